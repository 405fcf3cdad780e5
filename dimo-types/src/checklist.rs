//! [`Checklist`]: the certification list of a device as it stands.

use core::fmt;

use thiserror::Error;

use crate::{AdditionalSpecification, Certification, DeviceType, ProviderKind};

/// How a specification stands for one device model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum CertificationStatus<'a> {
    /// Fulfilled; the evidence says by what it is known.
    Met {
        /// The check, document or certificate number.
        evidence: &'a str,
    },
    /// Not fulfilled, or nobody has shown it yet.
    NotMet {
        /// What is missing.
        reason: &'a str,
    },
    /// No software can tell: an accredited laboratory has to test the device.
    NeedsLaboratory,
}

impl CertificationStatus<'static> {
    /// Where every row begins: nothing has been shown.
    pub const UNSHOWN: Self = Self::NotMet { reason: "no evidence given" };
}

/// The certifications of one device model, row by row: what a factory prints and an application carries. No heap.
///
/// It holds every row of DIP-4 that applies to the provider's kind, then the additional specifications that apply.
/// A row is [`Met`](CertificationStatus::Met) only after evidence was given for it.
///
/// # Example: the list a factory prints
///
/// ```
/// use dimo_types::{Certification, CertificationStatus, Checklist, DeviceType, ProviderKind};
/// let mut list = Checklist::new(DeviceType::StandardDongle, ProviderKind::Hardware, &[]);
/// list.set(Certification::SecureElementWallet, CertificationStatus::Met { evidence: "attested key" })?;
/// let text = list.to_string();
/// assert_eq!(text.lines().count(), 8);
/// assert_eq!(text.lines().nth(4), Some("met\tHardware secure element & EVM wallet\tattested key"));
/// assert!(text.contains("needs-laboratory\t3rd party certifications\tEN 301 489-1 V2.2.0; EN 55025:2008"));
/// assert!(!list.is_complete());
/// # Ok::<(), dimo_types::ChecklistError>(())
/// ```
///
/// # Example: a software connection has no secure element
///
/// ```
/// use dimo_types::{Certification, CertificationStatus, Checklist, DeviceType, ProviderKind};
/// let mut list = Checklist::new(DeviceType::SoftwareOnly, ProviderKind::Software, &[]);
/// assert_eq!(list.rows().count(), 4);
/// let refused = list.set(Certification::SecureElementWallet, CertificationStatus::UNSHOWN);
/// assert!(refused.is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checklist<'a> {
    device_type: DeviceType,
    kind: ProviderKind,
    statuses: [CertificationStatus<'a>; Certification::DIP4.len()],
    additions: &'a [(AdditionalSpecification<'a>, CertificationStatus<'a>)],
}

impl<'a> Checklist<'a> {
    /// A list in which nothing is shown yet and the laboratory is waited for. `additions` are what DIMO Integrations
    /// asks beyond the minimum, each with how it stands; those of other device types or kinds make no row.
    #[must_use]
    pub fn new(
        device_type: DeviceType,
        kind: ProviderKind,
        additions: &'a [(AdditionalSpecification<'a>, CertificationStatus<'a>)],
    ) -> Self {
        let statuses = Certification::DIP4.map(|row| match row {
            Certification::ThirdPartyCertifications => CertificationStatus::NeedsLaboratory,
            _ => CertificationStatus::UNSHOWN,
        });
        Self { device_type, kind, statuses, additions }
    }

    /// States how a row stands.
    ///
    /// # Errors
    ///
    /// [`ChecklistError::NotAsked`] for a row that does not apply to this kind of provider; the list is unchanged.
    pub fn set(
        &mut self,
        certification: Certification,
        status: CertificationStatus<'a>,
    ) -> Result<(), ChecklistError> {
        let refused = ChecklistError::NotAsked { certification, kind: self.kind };
        if !certification.applies_to().includes(self.kind) {
            return Err(refused);
        }
        let place = Certification::DIP4.iter().position(|row| *row == certification).ok_or(refused)?;
        *self.statuses.get_mut(place).ok_or(refused)? = status;
        Ok(())
    }

    /// States the same of every row of the DIP: a report that certifies the whole device, for instance.
    ///
    /// # Example: one report for all rows
    ///
    /// ```
    /// use dimo_types::{CertificationStatus, Checklist, DeviceType, ProviderKind};
    /// let mut list = Checklist::new(DeviceType::Hub, ProviderKind::Hardware, &[]);
    /// list.set_all(CertificationStatus::Met { evidence: "report 7" });
    /// assert!(list.is_complete());
    /// ```
    pub const fn set_all(&mut self, status: CertificationStatus<'a>) {
        self.statuses = [status; Certification::DIP4.len()];
    }

    /// The device type it is for.
    #[must_use]
    pub const fn device_type(&self) -> DeviceType {
        self.device_type
    }

    /// The kind of provider it is for.
    #[must_use]
    pub const fn provider_kind(&self) -> ProviderKind {
        self.kind
    }

    /// The rows: those of the DIP in its order, then the additions in the order given.
    pub fn rows(&self) -> impl Iterator<Item = ChecklistRow<'a>> + '_ {
        let minimum = Certification::DIP4
            .into_iter()
            .zip(self.statuses)
            .filter(|(row, _)| row.applies_to().includes(self.kind))
            .map(|(row, status)| ChecklistRow { specification: Specification::Minimum(row), status });
        let additions =
            self.additions.iter().filter(|(addition, _)| addition.applies(self.device_type, self.kind)).map(
                |(addition, status)| ChecklistRow {
                    specification: Specification::Additional(*addition),
                    status: *status,
                },
            );
        minimum.chain(additions)
    }

    /// Whether every row is met.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.rows().all(|row| matches!(row.status, CertificationStatus::Met { .. }))
    }
}

/// One [`ChecklistRow`] a line.
impl fmt::Display for Checklist<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows().try_for_each(|row| writeln!(f, "{row}"))
    }
}

/// One row of a [`Checklist`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChecklistRow<'a> {
    /// What is asked.
    pub specification: Specification<'a>,
    /// How it stands.
    pub status: CertificationStatus<'a>,
}

/// `met`, `not-met` or `needs-laboratory`, the name of the row, and the evidence, the reason or the standards; tabs between.
impl fmt::Display for ChecklistRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.specification.name();
        match self.status {
            CertificationStatus::Met { evidence } => write!(f, "met\t{name}\t{evidence}"),
            CertificationStatus::NotMet { reason } => write!(f, "not-met\t{name}\t{reason}"),
            CertificationStatus::NeedsLaboratory => {
                write!(f, "needs-laboratory\t{name}\t")?;
                let standards = match self.specification {
                    Specification::Minimum(row) => row.standards(),
                    Specification::Additional(_) => &[],
                };
                standards
                    .iter()
                    .enumerate()
                    .try_for_each(|(i, standard)| write!(f, "{}{standard}", if i == 0 { "" } else { "; " }))
            }
        }
    }
}

/// What a row asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Specification<'a> {
    /// A row of DIP-4's tables.
    Minimum(Certification),
    /// What DIMO Integrations added.
    Additional(AdditionalSpecification<'a>),
}

impl<'a> Specification<'a> {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        match self {
            Self::Minimum(row) => row.name(),
            Self::Additional(addition) => addition.name,
        }
    }
}

/// Why a status was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChecklistError {
    /// The row is asked of hardware only, and this list is for a software connection.
    #[error("{certification} is not asked of a {kind} provider")]
    NotAsked {
        /// The row.
        certification: Certification,
        /// For whom the list is.
        kind: ProviderKind,
    },
}
