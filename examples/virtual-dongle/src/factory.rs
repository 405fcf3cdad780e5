//! The factory: a wallet in a secure element, a serial number, and the certification list as it stands.

use dimo_hal::{KeyProtection, KeySlot, SoftwareSecureElement, Wallet};
use dimo_types::{Certification, CertificationStatus, Checklist, DeviceType, ProviderKind};

use crate::error::TripError;

/// What this device calls itself.
pub(crate) const SERIAL: &str = "00000000-0000-4000-8000-000000000001";
/// Its software.
pub(crate) const FIRMWARE: &str = concat!("virtual-dongle ", env!("CARGO_PKG_VERSION"));
/// Its hardware, which is yours.
pub(crate) const HARDWARE: &str = "laptop";

/// Everybody can read this seed, so the key protects nothing; in return every run makes the same device. A real
/// secure element draws its key from its own random source and never shows it.
const PUBLIC_SEED: [u8; 32] = *b"virtual dongle: never own a coin";

/// The wallet of the device.
pub(crate) type DeviceWallet = Wallet<SoftwareSecureElement>;

/// Makes the wallet.
pub(crate) fn wallet() -> Result<DeviceWallet, TripError> {
    let element = SoftwareSecureElement::new(PUBLIC_SEED);
    Wallet::create_blocking(element, KeySlot(0)).map_err(|error| TripError::part("the factory")(&error))
}

/// The certification list of DIP-4 for this device, each row with what is known at this moment.
pub(crate) fn certifications(wallet: &DeviceWallet) -> Result<Checklist<'static>, TripError> {
    let mut list = Checklist::new(DeviceType::StandardDongle, ProviderKind::Hardware, &[]);
    let wallet_row = match wallet.key_protection() {
        KeyProtection::SecureElement => {
            CertificationStatus::Met { evidence: "the key never leaves the secure element" }
        }
        _ => CertificationStatus::NotMet {
            reason: "the key lies in this program's memory, not in a secure element",
        },
    };
    let rows = [
        (
            Certification::PowerManagement,
            CertificationStatus::NotMet { reason: "no vehicle battery to watch" },
        ),
        (
            Certification::SecureRuntime,
            CertificationStatus::NotMet { reason: "nothing verifies this program before it starts" },
        ),
        (Certification::StreamingInterface, CertificationStatus::NotMet { reason: "nothing was sent yet" }),
        (
            Certification::ApprovedGeography,
            CertificationStatus::NotMet { reason: "no network country and no fix to check" },
        ),
        (Certification::SecureElementWallet, wallet_row),
        (
            Certification::DbcLoggerConfiguration,
            CertificationStatus::Met { evidence: "this trip's plan was compiled from DBC text at run time" },
        ),
        (Certification::OtaProcess, CertificationStatus::NotMet { reason: "no modem to update over" }),
    ];
    for (row, status) in rows {
        list.set(row, status).map_err(|error| TripError::part("the factory")(&error))?;
    }
    Ok(list)
}

/// What the list says once a backend has taken every batch of a drive.
pub(crate) fn streaming_shown(list: &mut Checklist<'static>) -> Result<(), TripError> {
    let evidence =
        "a backend verified and decoded every batch of this trip, as compressed JSON, protobuf and Avro";
    list.set(Certification::StreamingInterface, CertificationStatus::Met { evidence })
        .map_err(|error| TripError::part("the factory")(&error))
}

/// Prints the list as a table.
pub(crate) fn print(list: &Checklist<'_>) {
    for row in list.to_string().lines() {
        let mut parts = row.splitn(3, '\t');
        let mut part = || parts.next().unwrap_or_default();
        println!("{:<11} {:<17} {:<37} {}", "", part(), part(), part());
    }
}
