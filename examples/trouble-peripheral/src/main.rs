//! The peripheral on this machine: HCI over TCP, to a controller that somebody else serves.
//!
//! `trouble-peripheral HOST:PORT [--gen1]`. The wallet, the claim and the passkey are those of README.md, and public.

use bt_hci_serial::SerialTransport;
use dimo_crypto::{Claim, Registry, Signature, SoftwareKey};
use dimo_pairing::gen1::{DeviceFacts, Engine, Gen1, Signable};
use dimo_pairing::{
    Answer, Device, Ignition, Limits, Presence, Record, Request, SignRequest, SigningFailed, StorageFailed,
    Text,
};
use dimo_types::{CanProtocol, Timestamp};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embedded_io_adapters::tokio_1::FromTokio;
use trouble_host::prelude::ExternalController;
use trouble_peripheral::{Board, Gen1Link, Pairing, Parts, Vehicle, now, run};

use workshop::Workshop;

/// The same that the examples of dimo-pairing have.
#[path = "../../../dimo-pairing/examples/workshop/mod.rs"]
mod workshop;

type Failed = Box<dyn std::error::Error>;

const OWNER: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const SERIAL: &str = "60d4af69-86e8-b790-02d3-c0a9dc4d6c8a";
const VIN: &str = "1HGBH41JXMN109186";
/// On the label of a real device, another one for each.
const PASSKEY: u32 = 271_828;
/// Static random: the two highest bits are set.
const ADDRESS: [u8; 6] = [0xff, 0x8f, 0x1a, 0x05, 0xe4, 0xff];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info,trouble_host=warn"))
        .init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (hci, gen1) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [hci] => (hci, false),
        [hci, "--gen1"] => (hci, true),
        _ => return Err("usage: trouble-peripheral HOST:PORT [--gen1]".into()),
    };
    let stream = tokio::net::TcpStream::connect(hci).await?;
    stream.set_nodelay(true)?;
    let (reader, writer) = tokio::io::split(stream);
    let transport: SerialTransport<NoopRawMutex, _, _> =
        SerialTransport::new(FromTokio::new(reader), FromTokio::new(writer));
    let controller: ExternalController<_, 10> = ExternalController::new(transport);
    eprintln!("passkey {PASSKEY:06}");
    run(controller, ADDRESS, PASSKEY, parts(gen1)?).await;
    Ok(())
}

/// The workshop as a board.
struct Bench {
    workshop: Workshop,
    /// The wallet once more, for phones of today.
    wallet: SoftwareKey,
}

impl Board for Bench {
    fn random(&mut self) -> [u8; 32] {
        let mut random = [0; 32];
        // Without randomness there is no security, and no device.
        getrandom::fill(&mut random).expect("this machine has a generator");
        random
    }

    fn sign(&mut self, request: &SignRequest) -> Result<Signature, SigningFailed> {
        self.workshop.sign(request)
    }

    fn sign_gen1(&mut self, message: &Signable) -> Result<Signature, SigningFailed> {
        message.sign_blocking(&mut self.wallet).map_err(|_| SigningFailed)
    }

    fn store(&mut self, record: &Record) -> Result<(), StorageFailed> {
        self.workshop.store(record)
    }

    fn perform(&mut self, now: Timestamp, request: &Request<'_>) -> Answer<'_> {
        self.workshop.perform(now, request)
    }
}

/// A device that was plugged in just now, and knows the time.
fn parts(gen1: bool) -> Result<Parts<Bench>, Failed> {
    let (workshop, wallet, label) = (Workshop::new()?, workshop::wallet()?, workshop::label()?);
    let device = Device::new(workshop::setup()?, workshop.memory()?, Limits::SPEC);
    let mut pairing = Pairing::new(device, label.secret.hint_key(&label.address));
    let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    pairing.clock(now(), Timestamp::from_secs(unix.as_secs())?);
    pairing.open_window(now(), Presence::PluggedIn);
    pairing.ignition(Ignition::On);
    let gen1 = if gen1 { Some(Gen1Link::new(profile(&wallet)?)) } else { None };
    let vehicle = Vehicle::new(VIN.parse()?, CanProtocol::Can11Bit500);
    Ok(Parts { pairing, gen1, vehicle, board: Bench { workshop, wallet } })
}

/// Gen 1, with the one claim that the device was told of.
fn profile(wallet: &SoftwareKey) -> Result<Gen1, Failed> {
    let facts = DeviceFacts {
        address: wallet.address(),
        serial: Text::new(SERIAL)?,
        secondary_serial: Text::new("f3a2b1c0-0d9e-4f8a-8b7c-6d5e4f3a2b1c")?,
        hardware_revision: Text::new("7")?,
        software_version: Text::new("1.22.8")?,
        application_version: Text::new(env!("CARGO_PKG_VERSION"))?,
    };
    let mut gen1 = Gen1::new(facts, Limits::SPEC);
    gen1.set_signal(Some(-79));
    gen1.open_window(now(), Presence::PluggedIn);
    gen1.handle_engine(now(), Engine::IgnitionOn);
    gen1.expect_claim(
        now(),
        Claim { registry: Registry::POLYGON, device_node: 42.into(), owner: OWNER.parse()? },
    )?;
    Ok(gen1)
}
