//! The peripheral on this machine: HCI over TCP, to a controller that somebody else serves.
//!
//! `trouble-peripheral HOST:PORT [--gen1]`. The wallet, the claim and the passkey are those of README.md, and public.

use bt_hci_serial::SerialTransport;
use dimo_crypto::{Claim, Registry, SoftwareKey};
use dimo_pairing::gen1::{DeviceFacts, Engine, Gen1};
use dimo_pairing::{Device, Identity, Limits, Presence, Text, Versions};
use dimo_types::CanProtocol;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embedded_io_adapters::tokio_1::FromTokio;
use trouble_host::prelude::ExternalController;
use trouble_peripheral::{Board, Gen1Link, Pairing, Parts, Vehicle, now, run};

type Failed = Box<dyn std::error::Error>;

/// The first account of the Hardhat tool; everybody knows its key.
const KEY: [u8; 32] = [
    0xac, 0x09, 0x74, 0xbe, 0xc3, 0x9a, 0x17, 0xe3, 0x6b, 0xa4, 0xa6, 0xb4, 0xd2, 0x38, 0xff, 0x94, 0x4b,
    0xac, 0xb4, 0x78, 0xcb, 0xed, 0x5e, 0xfc, 0xae, 0x78, 0x4d, 0x7b, 0xf4, 0xf2, 0xff, 0x80,
];
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

/// A device that was plugged in just now.
fn parts(gen1: bool) -> Result<Parts<SoftwareKey>, Failed> {
    let wallet = SoftwareKey::from_bytes(KEY)?;
    let mut pairing = Pairing::new(Device::new(
        Identity {
            address: wallet.address(),
            serial: Text::new(SERIAL)?,
            hardware: Text::new("7.0")?,
            firmware: Text::new(env!("CARGO_PKG_VERSION"))?,
            versions: Versions::SUPPORTED,
        },
        Limits::SPEC,
    ));
    pairing.open_window(now(), Presence::PluggedIn);
    let gen1 = if gen1 { Some(Gen1Link::new(profile(&wallet)?)) } else { None };
    let vehicle = Vehicle::new(VIN.parse()?, CanProtocol::Can11Bit500);
    Ok(Parts { pairing, gen1, board: Board { wallet, vehicle } })
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
