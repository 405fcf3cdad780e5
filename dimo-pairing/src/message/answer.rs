//! [`Answer`]: what a device answers.

use dimo_crypto::Signature;
use dimo_types::{Address, VehicleNumber};

use super::{
    CellularStatus, FirmwareStatus, FirmwareWanted, Identity, LogLines, Percent, PhoneEntries, PrivateImsi,
    SleepHold, TroubleCodes, VehicleProtocol, VinAge, VinSource, Welcome, WifiNetworks, WifiStatus, kind,
};
use crate::Refusal;

/// What a device answers to one [`Request`](super::Request), and the proof that it sends unasked (SPEC.md, Messages).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// To nothing: the first message of a session that was not resumed. Its request id is always 0.
    Proof {
        /// The account of the device's wallet.
        address: Address,
        /// The wallet's signature over the handshake.
        signature: Signature,
    },
    /// To [`Request::Grant`](super::Request::Grant): what was granted.
    Welcome(Welcome),
    /// To [`Request::Identify`](super::Request::Identify).
    Identity(Identity),
    /// To [`Request::Claim`](super::Request::Claim): the device's signature over that claim.
    ClaimProof(Signature),
    /// To [`Request::Pair`](super::Request::Pair): the device's signature over that pairing.
    PairProof(Signature),
    /// To [`Request::Unpair`](super::Request::Unpair): the device's signature over that unpairing.
    UnpairProof(Signature),
    /// To [`Request::ReadVin`](super::Request::ReadVin).
    Vin {
        /// Where it comes from.
        source: VinSource,
        /// How long ago the vehicle told it.
        age: VinAge,
        /// The number as the vehicle tells it, its check digit not verified.
        number: VehicleNumber,
    },
    /// To [`Request::ReadProtocol`](super::Request::ReadProtocol).
    Protocol(VehicleProtocol),
    /// To [`Request::ReadTroubleCodes`](super::Request::ReadTroubleCodes).
    TroubleCodes(TroubleCodes<'a>),
    /// To [`Request::ClearTroubleCodes`](super::Request::ClearTroubleCodes): done.
    TroubleCodesCleared,
    /// To [`Request::ListWifi`](super::Request::ListWifi).
    WifiNetworks(WifiNetworks<'a>),
    /// To [`Request::JoinWifi`](super::Request::JoinWifi): how far it came.
    WifiJoin(WifiStatus),
    /// To [`Request::WifiStatus`](super::Request::WifiStatus).
    WifiStatus(WifiStatus),
    /// To [`Request::SetApn`](super::Request::SetApn): done.
    ApnSet,
    /// To [`Request::CellularStatus`](super::Request::CellularStatus).
    CellularStatus(CellularStatus),
    /// To [`Request::ReadImsi`](super::Request::ReadImsi).
    Imsi(PrivateImsi),
    /// To [`Request::FirmwareStatus`](super::Request::FirmwareStatus).
    FirmwareStatus(FirmwareStatus),
    /// To [`Request::OfferFirmware`](super::Request::OfferFirmware).
    OfferTaken(FirmwareWanted),
    /// To [`Request::HoldAwake`](super::Request::HoldAwake): for how long.
    HeldAwake(SleepHold),
    /// To [`Request::BeginUpload`](super::Request::BeginUpload).
    UploadBegun {
        /// The offset of the byte that comes next; the length when all is there.
        next: u32,
    },
    /// To [`Request::UploadChunk`](super::Request::UploadChunk).
    ChunkTaken {
        /// The offset of the byte that comes next; the length when all is there.
        next: u32,
    },
    /// To [`Request::FinishUpload`](super::Request::FinishUpload): the hash is right and it is in use, or kept for installing.
    Uploaded,
    /// To [`Request::ReadLog`](super::Request::ReadLog).
    LogLines(LogLines<'a>),
    /// To [`Request::ListPhones`](super::Request::ListPhones).
    Phones(PhoneEntries<'a>),
    /// To [`Request::RevokePhone`](super::Request::RevokePhone): done.
    Revoked,
    /// To [`Request::ForgetMe`](super::Request::ForgetMe): done.
    Forgotten,
    /// To [`Request::FactoryReset`](super::Request::FactoryReset): done.
    Reset,
    /// To any of them, before the final answer: at work.
    Working {
        /// How much is done; `None` when not known.
        percent: Option<Percent>,
        /// How long it may still take, in seconds.
        seconds: u16,
    },
    /// To any of them: no, and why.
    Refused(Refusal),
}

impl Answer<'_> {
    /// The first byte of its message.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Proof { .. } => kind::DEVICE_PROOF,
            Self::Welcome(_) => kind::ANSWER | kind::GRANT,
            Self::Identity(_) => kind::ANSWER | kind::IDENTIFY,
            Self::ClaimProof(_) => kind::ANSWER | kind::CLAIM,
            Self::PairProof(_) => kind::ANSWER | kind::PAIR,
            Self::UnpairProof(_) => kind::ANSWER | kind::UNPAIR,
            Self::Vin { .. } => kind::ANSWER | kind::READ_VIN,
            Self::Protocol(_) => kind::ANSWER | kind::READ_PROTOCOL,
            Self::TroubleCodes(_) => kind::ANSWER | kind::READ_TROUBLE_CODES,
            Self::TroubleCodesCleared => kind::ANSWER | kind::CLEAR_TROUBLE_CODES,
            Self::WifiNetworks(_) => kind::ANSWER | kind::LIST_WIFI,
            Self::WifiJoin(_) => kind::ANSWER | kind::JOIN_WIFI,
            Self::WifiStatus(_) => kind::ANSWER | kind::WIFI_STATUS,
            Self::ApnSet => kind::ANSWER | kind::SET_APN,
            Self::CellularStatus(_) => kind::ANSWER | kind::CELLULAR_STATUS,
            Self::Imsi(_) => kind::ANSWER | kind::READ_IMSI,
            Self::FirmwareStatus(_) => kind::ANSWER | kind::FIRMWARE_STATUS,
            Self::OfferTaken(_) => kind::ANSWER | kind::OFFER_FIRMWARE,
            Self::HeldAwake(_) => kind::ANSWER | kind::HOLD_AWAKE,
            Self::UploadBegun { .. } => kind::ANSWER | kind::BEGIN_UPLOAD,
            Self::ChunkTaken { .. } => kind::ANSWER | kind::UPLOAD_CHUNK,
            Self::Uploaded => kind::ANSWER | kind::FINISH_UPLOAD,
            Self::LogLines(_) => kind::ANSWER | kind::LOG_TAIL,
            Self::Phones(_) => kind::ANSWER | kind::LIST_PHONES,
            Self::Revoked => kind::ANSWER | kind::REVOKE_PHONE,
            Self::Forgotten => kind::ANSWER | kind::FORGET_ME,
            Self::Reset => kind::ANSWER | kind::FACTORY_RESET,
            Self::Working { .. } => kind::WORKING,
            Self::Refused(_) => kind::REFUSED,
        }
    }

    /// Whether it ends its request: everything but *working* does.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Working { .. })
    }
}
