#![doc = include_str!("../README.md")]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod account;
mod basis_points;
mod batch;
mod curve;
mod economy;
mod fixed;
mod integrations;
mod ledger;
mod licence;
mod nft;
mod policy;
mod sale;
mod schedule;
mod settlement;
mod stake;
mod statement;

pub use account::{Account, AccountError, Name, NameError};
pub use basis_points::{BasisPoints, BasisPointsError};
pub use batch::{Amount, Batch, BatchError, BatchTotals, Bitmap, BitmapError, Instalments};
pub use curve::{Curve, CurveError};
pub use economy::{
    BondError, BuyError, CloseError, ConnectError, Economy, OpenError, StakeError, UnlinkError,
};
pub use integrations::{Integrations, LicensingError};
pub use ledger::{Entry, Ledger, LedgerError, Purpose, Transfer};
pub use licence::{Licence, LicenceError, LicenceState, Refusal, Standing, good_standing};
pub use nft::{Bond, Nft, NftId, SaleNumber};
pub use policy::{NftTerms, Policy, Quantity, TeamTerms};
/// The decimal type at the edge: shares for display.
pub use rust_decimal::Decimal;
pub use sale::{Split, SplitError};
pub use schedule::{Instalment, Schedule, ScheduleError, ScheduleState, paid_after};
pub use settlement::{Bonded, Connection, Settlement, SettlementError};
pub use stake::{Deposit, RequirementError, Stake};
pub use statement::{Period, PeriodError, Statement, StatementError, StatementLine, Totals};
