//! What the phone does: it reads and writes.

use dimo_types::Timestamp;

use super::facts::Radio;
use super::fetch::Fetch;
use super::value::from_offset;
use super::{AttError, DeviceFacts, Engine, Gen1, Held, READ_HOLD, Read, Signing, WifiCredentials};
use crate::gatt::{self, Characteristic, LinkSecurity, Properties, Uuid};
use crate::limits::after;

impl Gen1 {
    /// The phone reads `characteristic` from `offset`, 0 for ATT Read.
    ///
    /// # Errors
    ///
    /// [`AttError`], to reject the read with.
    pub fn read(
        &mut self,
        now: Timestamp,
        characteristic: &Characteristic,
        offset: u16,
    ) -> Result<Read<'_>, AttError> {
        let what = self.served(characteristic, Properties::READ)?;
        // Open is open to whoever is present. Nobody else learns from the air whose device this is.
        if !(self.is_bonded() || what.security == LinkSecurity::Open && self.may_bond(now)) {
            return Err(AttError::InsufficientAuthentication);
        }
        let held = self.hold(now, what.uuid, offset)?;
        let (connection, limit) = (&mut self.connection, self.limits.job);
        let value = match what.uuid {
            VIN => connection.vin.read(now, offset, &mut self.jobs, limit)?,
            PROTOCOL => connection.protocol.read(now, offset, &mut self.jobs, limit)?,
            TROUBLE_CODES => connection.codes.read(now, offset, &mut self.jobs, limit)?,
            SIGN_HASH => connection.signing.read(now, offset)?,
            other => Some(from_offset(Self::fact(&self.facts, &self.radio, other)?, offset)?),
        };
        if value.is_none() {
            connection.held = Some(held);
        }
        Ok(value.map_or(Read::Held, Read::Value))
    }

    /// The phone wrote `bytes` to `characteristic`: the whole value, also where it came in parts.
    ///
    /// # Errors
    ///
    /// [`AttError`], to reject the write with; nothing was done then, but that an earlier signature is gone.
    pub fn write(
        &mut self,
        now: Timestamp,
        characteristic: &Characteristic,
        bytes: &[u8],
    ) -> Result<(), AttError> {
        if characteristic.uuid == SIGN_HASH {
            self.connection.signing = Signing::Nothing;
        }
        let what = self.served(characteristic, Properties::WRITE)?;
        // All that Gen 1 writes needs a bond.
        if !self.is_bonded() {
            return Err(AttError::InsufficientAuthentication);
        }
        self.connection.held = None;
        match what.uuid {
            SLEEP_CONTROL => {
                self.asked.hold_awake = true;
                Ok(())
            }
            SET_WIFI => self.write_wifi(now, bytes),
            TROUBLE_CODES => self.write_trouble_codes(now),
            SIGN_HASH => self.write_digest(now, bytes),
            _ => Err(AttError::WriteNotPermitted),
        }
    }

    /// The row of our own table: what the caller's says of security is not asked.
    fn served(
        &self,
        characteristic: &Characteristic,
        access: Properties,
    ) -> Result<&'static Characteristic, AttError> {
        let rows = SERVICES.iter().flat_map(|service| service.characteristics);
        let row = rows.into_iter().find(|row| row.uuid == characteristic.uuid);
        let row = row.ok_or(AttError::UnknownCharacteristic)?;
        match row.properties.contains(access) {
            true => Ok(row),
            false if access == Properties::READ => Err(AttError::ReadNotPermitted),
            false => Err(AttError::WriteNotPermitted),
        }
    }

    /// Until when this read may be held. Its time began when it came first.
    fn hold(&mut self, now: Timestamp, what: Uuid, offset: u16) -> Result<Held, AttError> {
        match self.connection.held.take() {
            Some(held) if held.what == what && offset == 0 => {
                if held.until <= now {
                    Err(AttError::TooSlow)
                } else {
                    Ok(held)
                }
            }
            _ => Ok(Held { what, until: after(now, READ_HOLD) }),
        }
    }

    /// What is known without asking anybody.
    fn fact<'a>(facts: &'a DeviceFacts, radio: &'a Radio, what: Uuid) -> Result<&'a [u8], AttError> {
        Ok(match what {
            SERIAL => facts.serial.as_bytes(),
            SECONDARY_SERIAL => facts.secondary_serial.as_bytes(),
            HARDWARE_REVISION => facts.hardware_revision.as_bytes(),
            SOFTWARE_VERSION => facts.software_version.as_bytes(),
            APPLICATION_VERSION => facts.application_version.as_bytes(),
            ADDRESS => facts.address.as_bytes(),
            SIGNAL_STRENGTH => radio.signal.as_bytes(),
            IMSI => radio.imsi.as_ref().map_or(&[], |imsi| imsi.as_bytes()),
            WIFI_STATUS => radio.wifi.as_ref().map_or(&[], |network| network.as_str().as_bytes()),
            _ => return Err(AttError::ReadNotPermitted),
        })
    }

    fn write_wifi(&mut self, now: Timestamp, bytes: &[u8]) -> Result<(), AttError> {
        self.present(now).ok_or(AttError::NotPresent)?;
        let credentials = WifiCredentials::from_json(bytes).map_err(|_| AttError::MalformedWifi)?;
        self.asked.wifi = Some(credentials);
        Ok(())
    }

    fn write_trouble_codes(&mut self, now: Timestamp) -> Result<(), AttError> {
        self.present(now).ok_or(AttError::NotPresent)?;
        if self.engine(now) != Some(Engine::IgnitionOn) {
            return Err(AttError::WrongEngineState);
        }
        self.asked.clear_codes = true;
        // What was or is being read is from before.
        self.connection.codes = Fetch::Idle;
        Ok(())
    }

    fn write_digest(&mut self, now: Timestamp, bytes: &[u8]) -> Result<(), AttError> {
        let digest = <&[u8; 32]>::try_from(bytes).map_err(|_| AttError::InvalidLength)?;
        self.present(now).ok_or(AttError::NotPresent)?;
        let digest = self.expected.find(now, digest).ok_or(AttError::NotExpected)?;
        self.signatures_left = self.signatures_left.checked_sub(1).ok_or(AttError::RateLimited)?;
        self.signatures_begun = self.signatures_begun.saturating_add(1);
        let (job, until) = (self.jobs.next(), after(now, self.limits.job));
        self.connection.signing = Signing::Asked { job, digest, until, handed_out: false };
        Ok(())
    }
}

impl Signing {
    /// The signature from `offset`, nothing where none was asked for, or `None` while the wallet is at work.
    fn read(&mut self, now: Timestamp, offset: u16) -> Result<Option<&[u8]>, AttError> {
        if let Self::Asked { until, .. } = *self
            && until <= now
        {
            *self = Self::Failed;
        }
        match self {
            Self::Nothing => from_offset(&[], offset).map(Some),
            Self::Asked { .. } if offset == 0 => Ok(None),
            Self::Asked { .. } => Err(AttError::InvalidOffset),
            Self::Signed(signature) => from_offset(signature.as_slice(), offset).map(Some),
            Self::Failed => Err(AttError::SigningFailed),
        }
    }
}

static SERVICES: [gatt::Service; 3] = gatt::gen1::SERVICES;

// Names for patterns.
const SERIAL: Uuid = gatt::gen1::SERIAL.uuid;
const SECONDARY_SERIAL: Uuid = gatt::gen1::SECONDARY_SERIAL.uuid;
const HARDWARE_REVISION: Uuid = gatt::gen1::HARDWARE_REVISION.uuid;
const SIGNAL_STRENGTH: Uuid = gatt::gen1::SIGNAL_STRENGTH.uuid;
const WIFI_STATUS: Uuid = gatt::gen1::WIFI_STATUS.uuid;
const SET_WIFI: Uuid = gatt::gen1::SET_WIFI.uuid;
const SOFTWARE_VERSION: Uuid = gatt::gen1::SOFTWARE_VERSION.uuid;
const APPLICATION_VERSION: Uuid = gatt::gen1::APPLICATION_VERSION.uuid;
const SLEEP_CONTROL: Uuid = gatt::gen1::SLEEP_CONTROL.uuid;
const IMSI: Uuid = gatt::gen1::IMSI.uuid;
const VIN: Uuid = gatt::gen1::VIN.uuid;
const PROTOCOL: Uuid = gatt::gen1::PROTOCOL.uuid;
const TROUBLE_CODES: Uuid = gatt::gen1::TROUBLE_CODES.uuid;
const ADDRESS: Uuid = gatt::gen1::ADDRESS.uuid;
const SIGN_HASH: Uuid = gatt::gen1::SIGN_HASH.uuid;
