//! [`Request`]: what a phone asks for.

use dimo_crypto::{Claim, Pair, Unpair};

use super::{
    Answer, ApnSettings, Chunk, FirmwareOffer, PresentedGrant, Slot, UploadPlan, VinSource, WifiCredentials,
    kind,
};

/// What a phone asks for (SPEC.md, Messages). There is no request that carries a digest: the device builds what it signs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request<'a> {
    /// Let me in: the owner grants it. The first of a session that was not resumed.
    Grant(PresentedGrant),
    /// Who are you?
    Identify,
    /// Sign that this owner takes you.
    Claim(Claim),
    /// Sign that you belong to this vehicle.
    Pair(Pair),
    /// Sign that you no longer belong to this vehicle.
    Unpair(Unpair),
    /// Tell the vehicle's VIN.
    ReadVin(VinSource),
    /// Tell how the vehicle's diagnostic bus speaks.
    ReadProtocol,
    /// Tell the vehicle's trouble codes.
    ReadTroubleCodes {
        /// The index of the first that is wanted.
        first: u16,
    },
    /// Clear the vehicle's trouble codes. As bytes it carries its confirmation.
    ClearTroubleCodes,
    /// Tell the Wi-Fi networks in sight.
    ListWifi {
        /// The index of the first that is wanted.
        first: u8,
    },
    /// Join a Wi-Fi network.
    JoinWifi(WifiCredentials),
    /// Tell how you are connected to Wi-Fi.
    WifiStatus,
    /// Use this access point of the cellular network.
    SetApn(ApnSettings),
    /// Tell how you are connected to the cellular network.
    CellularStatus,
    /// Tell the number of your subscription.
    ReadImsi,
    /// Tell what runs on you.
    FirmwareStatus,
    /// Here is a firmware: what of it do you want?
    OfferFirmware(FirmwareOffer),
    /// Stay awake.
    HoldAwake {
        /// For how long, in seconds.
        seconds: u16,
    },
    /// Something is to be uploaded, or an upload goes on.
    BeginUpload(UploadPlan),
    /// A piece of an upload.
    UploadChunk {
        /// Where in the whole it belongs, in bytes.
        offset: u32,
        /// The piece.
        bytes: Chunk<'a>,
    },
    /// All was uploaded.
    FinishUpload,
    /// Tell what you have logged.
    ReadLog {
        /// The number of the last line that the phone has; 0 for all there are.
        after: u32,
    },
    /// Tell which phones you know.
    ListPhones,
    /// Forget a phone.
    RevokePhone(Slot),
    /// Forget this phone.
    ForgetMe,
    /// Forget everything. As bytes it carries its confirmation.
    FactoryReset,
}

impl Request<'_> {
    /// The first byte of its message.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Grant(_) => kind::GRANT,
            Self::Identify => kind::IDENTIFY,
            Self::Claim(_) => kind::CLAIM,
            Self::Pair(_) => kind::PAIR,
            Self::Unpair(_) => kind::UNPAIR,
            Self::ReadVin(_) => kind::READ_VIN,
            Self::ReadProtocol => kind::READ_PROTOCOL,
            Self::ReadTroubleCodes { .. } => kind::READ_TROUBLE_CODES,
            Self::ClearTroubleCodes => kind::CLEAR_TROUBLE_CODES,
            Self::ListWifi { .. } => kind::LIST_WIFI,
            Self::JoinWifi(_) => kind::JOIN_WIFI,
            Self::WifiStatus => kind::WIFI_STATUS,
            Self::SetApn(_) => kind::SET_APN,
            Self::CellularStatus => kind::CELLULAR_STATUS,
            Self::ReadImsi => kind::READ_IMSI,
            Self::FirmwareStatus => kind::FIRMWARE_STATUS,
            Self::OfferFirmware(_) => kind::OFFER_FIRMWARE,
            Self::HoldAwake { .. } => kind::HOLD_AWAKE,
            Self::BeginUpload(_) => kind::BEGIN_UPLOAD,
            Self::UploadChunk { .. } => kind::UPLOAD_CHUNK,
            Self::FinishUpload => kind::FINISH_UPLOAD,
            Self::ReadLog { .. } => kind::LOG_TAIL,
            Self::ListPhones => kind::LIST_PHONES,
            Self::RevokePhone(_) => kind::REVOKE_PHONE,
            Self::ForgetMe => kind::FORGET_ME,
            Self::FactoryReset => kind::FACTORY_RESET,
        }
    }

    /// Whether `answer` is of a kind that may follow upon this request: the one of its own, *working*, or *refused*.
    ///
    /// # Example: a device that answers something else
    ///
    /// ```
    /// use dimo_pairing::{Answer, Refusal, Request};
    /// assert!(Request::ForgetMe.answered_by(&Answer::Forgotten));
    /// assert!(Request::ForgetMe.answered_by(&Answer::Refused(Refusal::Busy)));
    /// assert!(!Request::ForgetMe.answered_by(&Answer::Revoked));
    /// ```
    #[must_use]
    pub const fn answered_by(&self, answer: &Answer<'_>) -> bool {
        matches!(answer, Answer::Working { .. } | Answer::Refused(_))
            || answer.kind() == self.kind() | kind::ANSWER
    }
}
