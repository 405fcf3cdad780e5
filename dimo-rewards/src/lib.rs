#![doc = include_str!("../README.md")]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod account;
mod actor;
#[cfg(feature = "baseline")]
pub mod baseline;
mod basis_points;
mod batch;
mod challenge;
mod court;
mod curve;
mod economy;
mod fixed;
mod ledger;
mod licence;
mod licensing;
mod model;
mod nft;
mod policy;
mod power;
mod publication;
mod record;
mod sale;
mod schedule;
mod settlement;
mod stake;
mod statement;
mod team;
mod token_holders;
mod type_statement;

pub use account::{Account, AccountError, Name, NameError};
pub use actor::{Actor, Unauthorised};
pub use basis_points::{BasisPoints, BasisPointsError};
pub use batch::{Amount, Batch, BatchError, BatchTotals, Bitmap, BitmapError, Instalments};
pub use challenge::{Challenge, Slash, Verdict, Violation, Words};
pub use court::{Court, VerdictError};
pub use curve::{Curve, CurveError, Rewards};
pub use economy::{
    ApplyError, BondError, Bonding, BuyError, ChallengeError, CloseError, ConnectError, Economy, OpenError,
    ReleaseError, RenounceError, ResellError, StakeError, UnlinkError, WithdrawError,
};
pub use ledger::{Entry, Ledger, LedgerError, Purpose, Transfer};
pub use licence::{Licence, LicenceError, LicenceState, Refusal, Standing, good_standing};
pub use licensing::{ApprovalError, BanError, Licensing, LicensingError, TypeError};
pub use model::{AddedSpecification, Certified, Model, ModelState};
pub use nft::{Bond, Nft, NftId, NftIdError, Purchase, SaleNumber};
pub use policy::{
    BondRule, CreditCost, DollarBond, Geography, HolderEffect, MintingCost, NftTerms, PastBond, Policy,
    PolicyError, PriceUsed, Quantity, RebaseCause, RebaseError, Rebased, TeamTerms, UsDollars,
    UsDollarsError,
};
pub use power::Power;
pub use publication::{
    ApprovedModel, Csv, Declaration, DeclarationError, Duty, Fleet, Goal, LicensedProvider, MonthlyTraffic,
    Objective, Progress, Publication, PublicationError, PublishedCase, PublishedIncident, Table,
};
pub use record::{Case, CaseId, Incident, IncidentId, Matter, Outcome, Record, ReportError, Traffic};
/// The decimal type at the edge: shares for display.
pub use rust_decimal::Decimal;
pub use sale::{Split, SplitError};
pub use schedule::{Instalment, Schedule, ScheduleError, ScheduleState, paid_after};
pub use settlement::{Bonded, Connection, Settlement, SettlementError};
pub use stake::{Deposit, RequirementError, Stake};
pub use statement::{Period, PeriodError, Statement, StatementError, StatementLine, Totals};
pub use team::{ShareError, TeamSplit, TeamSplitError};
pub use token_holders::{TokenHolders, VoteError};
pub use type_statement::TypeStatement;
