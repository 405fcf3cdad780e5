//! What the examples share: a [`Workshop`], which does for a device what its maker's firmware does, and the factory's part of the device.
//!
//! A wallet in software, storage in a map, a vehicle that always answers. Every key here is public: nothing may rest on them.
#![allow(dead_code, reason = "each example uses its part of the workshop")]

use std::collections::BTreeMap;
use std::error::Error;

use dimo_crypto::{Signature, SoftwareKey};
use dimo_pairing::{
    Answer, CellularState, CellularStatus, FirmwareOffer, FirmwareState, FirmwareStatus, FirmwareWanted,
    Identity, Label, LabelSecret, LogLines, Memory, NoiseKey, NonEmptyText, PageBuffer, Percent, PrivateImsi,
    Record, RecordKey, Refusal, Request, Setup, SignRequest, SigningFailed, SleepHold, StorageFailed, Text,
    TroubleCodes, TroubleEntry, TroubleStatus, UploadKind, UploadPlan, VehicleProtocol, VinAge, VinSource,
    WifiCredentials, WifiKey, WifiName, WifiNetwork, WifiNetworks, WifiSecurity, WifiState, WifiStatus,
};
use dimo_types::{Address, Imsi, Timestamp, VehicleNumber};

/// The key of the device's wallet: the first account of the Hardhat tool, known to everybody.
pub(crate) const WALLET_KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/// The key of the owner's wallet: the second account.
pub(crate) const OWNER_KEY: &str = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
/// The key of a backend that vouches for owners whose account is a contract: the third account.
const BACKEND_KEY: &str = "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";
/// The secret key of the device, and what its label bears.
pub(crate) const DEVICE_STATIC: [u8; 32] = [0xD1; 32];
const LABEL_SECRET: [u8; 16] = *b"label of a demo!";

/// What the vehicle tells.
pub(crate) const VIN: &str = "WVWZZZ1JZXW000001";
/// A time of day, for devices that know it: January 2027, in Unix seconds.
pub(crate) const UNIX: u64 = 1_800_000_000;
/// The password of the Wi-Fi network `garage`.
const WIFI_PASSWORD: &str = "correct horse";

fn software_key(hex: &str) -> Result<SoftwareKey, Box<dyn Error>> {
    let bytes = base16ct::lower::decode_vec(hex).map_err(|_| "not hexadecimal")?;
    Ok(SoftwareKey::from_bytes(bytes.as_slice().try_into()?)?)
}

/// The device's wallet.
pub(crate) fn wallet() -> Result<SoftwareKey, Box<dyn Error>> {
    software_key(WALLET_KEY)
}

/// The owner's wallet.
pub(crate) fn owner_wallet() -> Result<SoftwareKey, Box<dyn Error>> {
    software_key(OWNER_KEY)
}

/// The wallet of the backend whose verdicts the device takes.
pub(crate) fn backend_wallet() -> Result<SoftwareKey, Box<dyn Error>> {
    software_key(BACKEND_KEY)
}

/// What the label of the device bears.
pub(crate) fn label() -> Result<Label, Box<dyn Error>> {
    Ok(Label { address: wallet()?.address(), secret: LabelSecret::new(LABEL_SECRET) })
}

/// What the device says of itself.
pub(crate) fn identity(address: Address) -> Result<Identity, Box<dyn Error>> {
    Ok(Identity {
        address,
        serial: Text::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a")?,
        hardware: Text::new("7.0")?,
        firmware: Text::new("1.22.8")?,
    })
}

/// The device as the factory makes it, with a label.
pub(crate) fn setup() -> Result<Setup, Box<dyn Error>> {
    let label = label()?;
    let setup = Setup::new(identity(label.address)?, NoiseKey::from_bytes(DEVICE_STATIC));
    Ok(setup.with_label(&label.secret).with_verdicts_of(backend_wallet()?.address()))
}

/// The parts of a device that are its maker's.
pub(crate) struct Workshop {
    wallet: SoftwareKey,
    records: BTreeMap<u8, Vec<u8>>,
    /// Whether the wallet does not sign.
    pub(crate) wallet_broken: bool,
    /// Whether the storage takes nothing.
    pub(crate) storage_broken: bool,
    vehicle: VehicleNumber,
    /// When the vehicle told its number last.
    told: Option<Timestamp>,
    trouble: Vec<TroubleEntry>,
    networks: Vec<WifiNetwork>,
    wifi: WifiStatus,
    imsi: Imsi,
    operator: Text<32>,
    running: NonEmptyText<32>,
    /// The version that was offered last; empty where none was.
    next: Text<32>,
    uploading: Option<(UploadPlan, Vec<u8>)>,
    /// What was uploaded whole, the latest of each kind.
    uploaded: BTreeMap<u8, Vec<u8>>,
    log: Vec<String>,
    page: PageBuffer,
}

impl Workshop {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let entry =
            |status, code: &str| Ok::<_, Box<dyn Error>>(TroubleEntry { status, code: code.parse()? });
        let network = |security, signal, name: &[u8]| {
            WifiName::new(name).map(|name| WifiNetwork { security, signal, name })
        };
        Ok(Self {
            wallet: wallet()?,
            records: BTreeMap::new(),
            wallet_broken: false,
            storage_broken: false,
            vehicle: VehicleNumber::as_reported(VIN)?,
            told: None,
            trouble: vec![
                entry(TroubleStatus::Stored, "P0301")?,
                entry(TroubleStatus::Stored, "P0420")?,
                entry(TroubleStatus::Pending, "U0100")?,
            ],
            networks: vec![
                network(WifiSecurity::Wpa2, -48, b"garage")?,
                network(WifiSecurity::Wpa3, -61, b"home")?,
                network(WifiSecurity::Open, -80, b"guests")?,
            ],
            wifi: WifiStatus { state: WifiState::Off, network: None },
            // Country code 001 is that of test networks.
            imsi: "001010123456789".parse()?,
            operator: Text::new("Test Mobile")?,
            running: NonEmptyText::new("1.22.8")?,
            next: Text::new("")?,
            uploading: None,
            uploaded: BTreeMap::new(),
            log: vec!["started".to_owned()],
            page: [0; _],
        })
    }

    /// What a device finds when it starts anew.
    pub(crate) fn memory(&self) -> Result<Memory, Box<dyn Error>> {
        let mut memory = Memory::new();
        for key in RecordKey::ALL {
            if let Some(bytes) = self.records.get(&key.number()) {
                memory.load(key, bytes)?;
            }
        }
        Ok(memory)
    }

    /// What was uploaded of this kind, if it came whole.
    pub(crate) fn uploaded(&self, kind: UploadKind) -> Option<&[u8]> {
        self.uploaded.get(&kind.number()).map(Vec::as_slice)
    }

    /// A restart: what is not stored is gone.
    pub(crate) fn restart(&mut self) {
        self.uploading = None;
        self.wifi = WifiStatus { state: WifiState::Off, network: None };
        self.log.push("started".to_owned());
    }

    /// Has the wallet sign. A product's wallet is in a secure element.
    pub(crate) fn sign(&mut self, request: &SignRequest) -> Result<Signature, SigningFailed> {
        if self.wallet_broken {
            return Err(SigningFailed);
        }
        request.sign_blocking(&mut self.wallet).map_err(|_| SigningFailed)
    }

    /// Stores a record. A product says yes only when it is there after a reset.
    pub(crate) fn store(&mut self, record: &Record) -> Result<(), StorageFailed> {
        if self.storage_broken {
            return Err(StorageFailed);
        }
        self.records.insert(record.key().number(), record.bytes().to_vec());
        Ok(())
    }

    /// Does what a phone asks for. Whether it may ask was decided before.
    pub(crate) fn perform(&mut self, now: Timestamp, request: &Request<'_>) -> Answer<'_> {
        self.log.push(format!("request 0x{:02x}", request.kind()));
        match request {
            Request::ReadVin(source) => self.read_vin(now, *source),
            Request::ReadProtocol => Answer::Protocol(VehicleProtocol::Can11Bit500),
            Request::ReadTroubleCodes { first } => {
                Answer::TroubleCodes(TroubleCodes::page(&self.trouble, *first, &mut self.page))
            }
            Request::ClearTroubleCodes => {
                self.trouble.clear();
                Answer::TroubleCodesCleared
            }
            Request::ListWifi { first } => {
                Answer::WifiNetworks(WifiNetworks::page(&self.networks, *first, &mut self.page))
            }
            Request::JoinWifi(credentials) => self.join_wifi(credentials),
            Request::WifiStatus => Answer::WifiStatus(self.wifi),
            Request::SetApn(_) => Answer::ApnSet,
            Request::CellularStatus => Answer::CellularStatus(CellularStatus {
                state: CellularState::Home,
                signal: core::num::NonZeroI16::new(-85),
                operator: self.operator,
            }),
            Request::ReadImsi => Answer::Imsi(PrivateImsi::new(self.imsi)),
            Request::FirmwareStatus => self.firmware_status(),
            Request::OfferFirmware(offer) => self.judge_firmware(offer),
            Request::HoldAwake { seconds } => Answer::HeldAwake(SleepHold::for_request(*seconds)),
            Request::BeginUpload(plan) => {
                self.uploading = Some((*plan, Vec::new()));
                Answer::UploadBegun { next: 0 }
            }
            Request::UploadChunk { offset, bytes } => self.take_chunk(*offset, bytes.bytes()),
            Request::FinishUpload => self.finish_upload(),
            Request::FactoryReset => {
                self.uploaded.clear();
                Answer::Reset
            }
            Request::ReadLog { after } => {
                let lines = (1..).zip(self.log.iter().map(String::as_bytes));
                Answer::LogLines(LogLines::page(lines, *after, &mut self.page))
            }
            // A request of a later version. The device answers the others by itself.
            _ => Answer::Refused(Refusal::Unavailable),
        }
    }

    fn read_vin(&mut self, now: Timestamp, source: VinSource) -> Answer<'static> {
        if source == VinSource::Vehicle {
            self.told = Some(now);
        }
        match self.told {
            Some(told) => {
                let age = VinAge::seconds(now.as_secs().saturating_sub(told.as_secs()));
                Answer::Vin { source, age, number: self.vehicle }
            }
            None => Answer::Refused(Refusal::Unavailable),
        }
    }

    fn join_wifi(&mut self, credentials: &WifiCredentials) -> Answer<'static> {
        let found = self.networks.iter().find(|network| network.name == credentials.network);
        let right = match &credentials.key {
            WifiKey::Wpa2(password) | WifiKey::Wpa3(password) => password.as_str() == WIFI_PASSWORD,
            _ => true,
        };
        let state = match found {
            None => WifiState::NotFound,
            Some(_) if !right => WifiState::WrongPassword,
            Some(network) => WifiState::Joined { signal: network.signal },
        };
        self.wifi = WifiStatus { state, network: Some(credentials.network) };
        Answer::WifiJoin(self.wifi)
    }

    fn firmware_status(&self) -> Answer<'static> {
        let state = match self.uploaded.contains_key(&UploadKind::FirmwareImage.number()) {
            _ if self.next.is_empty() => FirmwareState::Idle,
            true => FirmwareState::Ready,
            false => FirmwareState::Downloading,
        };
        let coming = self.uploading.as_ref().filter(|(plan, _)| plan.kind == UploadKind::FirmwareImage);
        let percent = match (state, coming) {
            (FirmwareState::Ready, _) => Percent::of(1, 1),
            (_, Some((plan, bytes))) => {
                Percent::of(u32::try_from(bytes.len()).unwrap_or(u32::MAX), plan.length)
            }
            _ => Percent::of(0, 1),
        };
        Answer::FirmwareStatus(FirmwareStatus { state, percent, running: self.running, next: self.next })
    }

    fn judge_firmware(&mut self, offer: &FirmwareOffer) -> Answer<'static> {
        if offer.version == self.running {
            return Answer::OfferTaken(FirmwareWanted::Nothing);
        }
        match Text::from_bytes(offer.version.as_bytes()) {
            Ok(version) => self.next = version,
            Err(_) => return Answer::Refused(Refusal::Rejected),
        }
        Answer::OfferTaken(FirmwareWanted::Both)
    }

    fn take_chunk(&mut self, offset: u32, bytes: &[u8]) -> Answer<'static> {
        // The device has checked the offset against what was written; a restart in between loses both.
        match &mut self.uploading {
            Some((_, uploaded)) if usize::try_from(offset) == Ok(uploaded.len()) => {
                uploaded.extend_from_slice(bytes);
                // The device counts, and fills in where it goes on.
                Answer::ChunkTaken { next: 0 }
            }
            _ => Answer::Refused(Refusal::StorageFailed),
        }
    }

    fn finish_upload(&mut self) -> Answer<'static> {
        // The hash was found right. A product checks here what the bytes are: the form of a plan, the signature of a manifest.
        let Some((plan, bytes)) = self.uploading.take() else {
            return Answer::Refused(Refusal::StorageFailed);
        };
        self.uploaded.insert(plan.kind.number(), bytes);
        Answer::Uploaded
    }
}
