//! The DIP-4 report: each row of both specification tables, judged by checks that just ran.
//!
//! Whoever composes a device runs its checks into an [`Evidence`]; [`Report`] makes the rows of it. A row passes only when every
//! [`Requirement`] of it has been checked and none failed. There is no other way to a pass: a check is recorded by running it. Of parts that not every
//! device has ([`Need::WherePresent`]) only those are judged that were checked.
//!
//! # Example: a key in memory fails its row, and a row without checks is not judged
//!
//! ```
//! use dimo_hal::KeyProtection;
//! use dimo_hal::report::{Evidence, Report, Requirement, Verdict};
//! use dimo_types::Certification;
//!
//! let mut evidence = Evidence::new();
//! evidence.run(Requirement::ElementContract, || Ok::<_, String>(()));
//! evidence.run(Requirement::KeyProtected, || Err(KeyProtection::Extractable));
//! let report = Report::new(&evidence);
//! assert_eq!(report.row(Certification::SecureElementWallet).verdict(), Verdict::Failed);
//! assert_eq!(report.row(Certification::OtaProcess).verdict(), Verdict::NotJudged);
//! assert!(report.to_string().contains("failed\tHardware secure element & EVM wallet\tsoftware key"));
//! ```

mod evidence;
mod requirement;
mod row;

pub use evidence::{Check, Evidence};
pub use requirement::{Need, Requirement};
pub use row::{Report, Row, Verdict};
