//! [`Who`]: who may ask for something, and whether a person must be there.

use dimo_crypto::pairing::Role;

use super::{Request, UploadKind};

/// Who may ask for something (SPEC.md, Messages, the column "who").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Who {
    /// Whoever has a session, without a grant.
    Anybody,
    /// Every role.
    All,
    /// The owner and an installer.
    OwnerOrInstaller,
    /// The owner.
    Owner,
}

impl Who {
    /// Whether a session with `role` is among them; `None` is a session without a grant.
    ///
    /// # Example: a viewer may look, and no more
    ///
    /// ```
    /// use dimo_crypto::pairing::Role;
    /// use dimo_pairing::Request;
    /// assert!(Request::WifiStatus.who(None).includes(Some(Role::Viewer)));
    /// assert!(!Request::ClearTroubleCodes.who(None).includes(Some(Role::Viewer)));
    /// assert!(!Request::WifiStatus.who(None).includes(None));
    /// ```
    #[must_use]
    pub fn includes(self, role: Option<Role>) -> bool {
        match self {
            Self::Anybody => true,
            Self::All => role.is_some(),
            Self::OwnerOrInstaller => matches!(role, Some(Role::Owner | Role::Installer)),
            Self::Owner => role == Some(Role::Owner),
        }
    }
}

impl Request<'_> {
    /// Who may ask for it. For a chunk and for the end of an upload that depends on `upload`, the kind of the upload that the device has:
    /// where it has none, they are refused anyhow.
    #[must_use]
    pub const fn who(&self, upload: Option<UploadKind>) -> Who {
        match self {
            Self::Grant(_) => Who::Anybody,
            Self::Identify
            | Self::ReadVin(_)
            | Self::ReadProtocol
            | Self::ReadTroubleCodes { .. }
            | Self::WifiStatus
            | Self::CellularStatus
            | Self::FirmwareStatus
            | Self::HoldAwake { .. }
            | Self::ForgetMe => Who::All,
            Self::ClearTroubleCodes
            | Self::ListWifi { .. }
            | Self::JoinWifi(_)
            | Self::SetApn(_)
            | Self::ReadImsi
            | Self::OfferFirmware(_)
            | Self::ReadLog { .. } => Who::OwnerOrInstaller,
            Self::BeginUpload(plan) => plan.kind.who(),
            Self::UploadChunk { .. } | Self::FinishUpload => match upload {
                Some(kind) => kind.who(),
                None => Who::OwnerOrInstaller,
            },
            Self::Claim(_)
            | Self::Pair(_)
            | Self::Unpair(_)
            | Self::ListPhones
            | Self::RevokePhone(_)
            | Self::FactoryReset => Who::Owner,
        }
    }

    /// Whether a person must be at the vehicle (SPEC.md, Messages, the column "presence"). A grant for a device without an owner needs one
    /// too, which the request does not tell.
    #[must_use]
    pub const fn needs_presence(&self) -> bool {
        matches!(
            self,
            Self::Claim(_) | Self::Pair(_) | Self::Unpair(_) | Self::ClearTroubleCodes | Self::FactoryReset
        )
    }
}
