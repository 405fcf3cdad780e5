//! [`run`]: advertise, accept a phone, carry bytes, and again.

use dimo_pairing::gatt::{self, LinkSecurity};
use dimo_pairing::gen1::{AttError, Read};
use dimo_pairing::{FRAGMENT_MAX, Mtu};
use dimo_types::Timestamp;
use embassy_futures::select::{Either, select};
use embassy_time::{Instant, Timer};
use trouble_host::att::{AttClient, AttReq, AttRsp};
use trouble_host::prelude::*;

use crate::gen1_link::Bonds;
use crate::table::{Meaning, Table};
use crate::{Board, Gen1Link, Pairing, Served, Vehicle, now};

const CONNECTIONS: usize = 1;
/// Signalling and ATT.
const CHANNELS: usize = 2;

/// What answers the phone.
pub struct Parts<B> {
    /// The pairing protocol.
    pub pairing: Pairing,
    /// The Gen 1 profile, where its maker wants it.
    pub gen1: Option<Gen1Link>,
    /// What the Gen 1 profile asks.
    pub vehicle: Vehicle,
    /// What does everything else.
    pub board: B,
}

/// A device on `controller`, until the controller is gone. `passkey` is what the phone's user types for a bond.
pub async fn run<C: Controller, B: Board>(
    controller: C,
    address: [u8; 6],
    passkey: u32,
    mut parts: Parts<B>,
) {
    let mut resources: HostResources<DefaultPacketPool, CONNECTIONS, CHANNELS> = HostResources::new();
    let stack = trouble_host::new(controller, &mut resources)
        .set_random_address(Address::random(address))
        // The passkey stands on the label: the device has nothing to show one on. Bonds are those of LE Secure Connections:
        // trouble-host makes older ones with its feature `legacy-pairing` only.
        .set_io_capabilities(IoCapabilities::DisplayOnly)
        .set_passkey(Some(passkey))
        .build();
    let mut runner = stack.runner();
    let served = if parts.gen1.is_some() { Served::PairingAndGen1 } else { Served::Pairing };
    let Some(table) = Table::new("dimo", served) else { return };
    let serving = async {
        loop {
            match accept(&stack, &table, served, &mut parts).await {
                Ok(connection) => {
                    Link { stack: &stack, table: &table, connection, held: None }.serve(&mut parts).await
                }
                Err(error) => return log::error!("advertising: {error:?}"),
            }
        }
    };
    if let Either::First(Err(error)) = select(runner.run(), serving).await {
        log::info!("the controller is gone: {error:?}");
    }
}

/// Advertises one service: legacy advertising has room for one, and Gen 1's is the one that phones of today look for.
async fn accept<'s, C: Controller, B: Board>(
    stack: &'s Stack<'_, C, DefaultPacketPool>,
    table: &'s Table<'_>,
    served: Served,
    parts: &mut Parts<B>,
) -> Result<GattConnection<'s, 's, DefaultPacketPool>, BleHostError<C::Error>> {
    let service = match served {
        Served::Pairing => gatt::PAIRING,
        Served::PairingAndGen1 => gatt::gen1::DEVICE,
    };
    let (mut advertised, mut scanned) = ([0; 31], [0; 31]);
    let uuids = [service.uuid.to_le_bytes()];
    let structures = [
        AdStructure::Flags(LE_GENERAL_DISCOVERABLE | BR_EDR_NOT_SUPPORTED),
        AdStructure::CompleteServiceUuids128(&uuids),
    ];
    let advertised_len = AdStructure::encode_slice(&structures, &mut advertised)?;
    let scanned_len = scan_response(parts, &mut scanned)?;
    let data = Advertisement::ConnectableScannableUndirected {
        adv_data: advertised.get(..advertised_len).unwrap_or_default(),
        scan_data: scanned.get(..scanned_len).unwrap_or_default(),
    };
    let advertiser = stack.peripheral().advertise(&Default::default(), data).await?;
    log::info!("advertising");
    Ok(advertiser.accept().await?.with_attribute_server(&table.server)?)
}

/// What is told to whoever asks an advertiser for more: its length. A device of the pairing protocol has no name.
fn scan_response<B: Board, E>(parts: &mut Parts<B>, buffer: &mut [u8; 31]) -> Result<usize, BleHostError<E>> {
    match &parts.gen1 {
        // A name tells everybody whose device this is, so it is shown while somebody is present.
        Some(link) => {
            let name = Some(link.gen1()).filter(|gen1| gen1.may_bond(now())).map(|gen1| gen1.facts().name());
            let name = name.as_ref().map_or("dimo", |name| name.as_str());
            Ok(AdStructure::encode_slice(&[AdStructure::CompleteLocalName(name.as_bytes())], buffer)?)
        }
        None => {
            let [n0, n1, n2, n3, ..] = parts.board.random();
            let response = parts.pairing.advertisement(now(), [n0, n1, n2, n3]).scan_response();
            let (front, _) = buffer.split_at_mut(response.len());
            front.copy_from_slice(&response);
            Ok(response.len())
        }
    }
}

/// One connection.
struct Link<'s, 'r, 'v, C: Controller> {
    stack: &'s Stack<'r, C, DefaultPacketPool>,
    table: &'s Table<'v>,
    connection: GattConnection<'s, 's, DefaultPacketPool>,
    /// A read whose response waits for the vehicle or the wallet.
    held: Option<(GattData<'s, DefaultPacketPool>, gatt::Characteristic)>,
}

impl<'s, C: Controller> Link<'s, '_, '_, C> {
    async fn serve<B: Board>(&mut self, parts: &mut Parts<B>) {
        log::info!("connected");
        let random = parts.board.random();
        parts.pairing.connected(now(), random);
        if let Some(gen1) = &mut parts.gen1 {
            gen1.connected();
        }
        loop {
            self.settle(parts).await;
            let event = match wait_until(deadline(parts), self.connection.next()).await {
                None => continue,
                Some(event) => event,
            };
            match event {
                GattConnectionEvent::Disconnected { reason } => {
                    log::info!("disconnected: {reason:?}");
                    break;
                }
                GattConnectionEvent::Gatt { event } => self.gatt(event, parts).await,
                GattConnectionEvent::PassKeyDisplay(key) => log::info!("passkey {key:?}"),
                GattConnectionEvent::PairingComplete { security_level, .. }
                | GattConnectionEvent::Encrypted { security_level, .. } => {
                    self.secured(security_level, parts)
                }
                GattConnectionEvent::PairingFailed(error) => log::warn!("no bond: {error:?}"),
                GattConnectionEvent::BondLost => self.secured(SecurityLevel::NoEncryption, parts),
                _ => {}
            }
        }
        parts.pairing.disconnected();
        if let Some(gen1) = &mut parts.gen1 {
            gen1.disconnected();
        }
    }

    /// Only a bond that somebody has typed the passkey for counts.
    fn secured<B>(&self, level: SecurityLevel, parts: &mut Parts<B>) {
        let bonded = level.authenticated() && self.connection.raw().is_bonded_peer();
        log::info!("security {level:?}, bonded {bonded}");
        if let Some(gen1) = &mut parts.gen1 {
            gen1.secured(if bonded { LinkSecurity::Authenticated } else { LinkSecurity::Open });
        }
    }

    /// Does what is due, answers what is held, sends what is to be sent.
    async fn settle<B: Board>(&mut self, parts: &mut Parts<B>) {
        let Parts { pairing, gen1, vehicle, board } = parts;
        if let Some(gen1) = gen1 {
            if gen1.settle(now(), vehicle, board) == Bonds::Forget {
                self.forget_bonds();
            }
            let _ = self.connection.raw().set_bondable(gen1.gen1().may_bond(now()));
            if let Some((request, what)) = self.held.take() {
                self.held = answer_read(gen1, request, what, self.mtu()).await;
            }
            gen1.expire(now());
        }
        // A phone of today never begins a handshake.
        if !pairing.settle(now(), board) && gen1.is_none() {
            self.connection.raw().disconnect();
        }
        let mut buffer = [0; FRAGMENT_MAX];
        while let Some(fragment) = pairing.poll_transmit(self.mtu(), &mut buffer) {
            if let Err(error) = self.table.answer.notify_raw(&self.connection, fragment, false).await {
                log::warn!("not notified: {error:?}");
            }
        }
    }

    fn mtu(&self) -> Mtu {
        Mtu::new(self.connection.raw().att_mtu()).unwrap_or_default()
    }

    fn forget_bonds(&self) {
        while let Some(identity) =
            self.stack.with_bond_information(|bonds| bonds.first().map(|bond| bond.identity))
        {
            if self.stack.remove_bond_information(identity).is_err() {
                break;
            }
        }
        self.connection.raw().disconnect();
    }

    async fn gatt<B>(&mut self, event: GattEvent<'s, '_, DefaultPacketPool>, parts: &mut Parts<B>) {
        let reply = match event {
            GattEvent::Write(event) => match self.written(&event, parts) {
                Some(Ok(())) => event.accept_unprocessed(),
                Some(Err(code)) => event.reject(AttErrorCode::new(code)),
                None => event.accept(),
            },
            GattEvent::Read(event) => match (self.table.meaning(event.handle()), &mut parts.gen1) {
                (Meaning::Gen1(what), Some(gen1)) => {
                    self.held = answer_read(gen1, event.into_payload(), what, self.mtu()).await;
                    return;
                }
                _ => event.accept(),
            },
            other => other.accept(),
        };
        match reply {
            Ok(reply) => reply.send().await,
            Err(error) => log::warn!("no reply: {error:?}"),
        }
    }

    /// What becomes of a write, an error as the code of ATT; `None` when it is not ours.
    fn written<B>(
        &self,
        event: &WriteEvent<'_, '_, DefaultPacketPool>,
        parts: &mut Parts<B>,
    ) -> Option<Result<(), u8>> {
        let meaning = self.table.meaning(event.handle());
        event.with_data(|offset, value| match (meaning, &mut parts.gen1) {
            (Meaning::Request, _) => Some(parts.pairing.written(now(), value)),
            // A value comes whole, also where it was prepared in parts.
            (Meaning::Gen1(_), _) if offset > 0 => Some(Err(AttError::InvalidOffset.code())),
            (Meaning::Gen1(what), Some(gen1)) => {
                let outcome = gen1.written(now(), &what, value);
                log::info!("{} written: {outcome:?}", what.name);
                Some(outcome.map_err(AttError::code))
            }
            _ => None,
        })
    }
}

type Request<'s> = GattData<'s, DefaultPacketPool>;

/// Answers a read, or gives it back to be held.
async fn answer_read<'s>(
    gen1: &mut Gen1Link,
    request: Request<'s>,
    what: gatt::Characteristic,
    mtu: Mtu,
) -> Option<(Request<'s>, gatt::Characteristic)> {
    let (opcode, handle, offset) = match request.incoming() {
        AttClient::Request(AttReq::Read { handle }) => (0x0A, handle, 0),
        AttClient::Request(AttReq::ReadBlob { handle, offset }) => (0x0C, handle, offset),
        _ => return None,
    };
    // The response has one byte of opcode.
    let room = usize::from(mtu.get()) - 1;
    let response = match gen1.read(now(), &what, offset) {
        Ok(Read::Value(value)) => {
            let data = value.get(..room).unwrap_or(value);
            if opcode == 0x0A { AttRsp::Read { data } } else { AttRsp::ReadBlob { data } }
        }
        Ok(_) => return Some((request, what)),
        Err(error) => {
            log::info!("{} not read: {error}", what.name);
            AttRsp::Error { request: opcode, handle, code: AttErrorCode::new(error.code()) }
        }
    };
    if let Err(error) = request.reply(response).await {
        log::warn!("no reply: {error:?}");
    }
    None
}

/// When something is to be done without the phone.
fn deadline<B>(parts: &Parts<B>) -> Option<Timestamp> {
    let gen1 = parts.gen1.as_ref().and_then(Gen1Link::deadline);
    [parts.pairing.deadline(), gen1, parts.vehicle.deadline()].into_iter().flatten().min()
}

/// What `event` gives, or `None` when `deadline` comes first.
async fn wait_until<T>(deadline: Option<Timestamp>, event: impl Future<Output = T>) -> Option<T> {
    match deadline {
        None => Some(event.await),
        Some(deadline) => match select(event, Timer::at(Instant::from_micros(deadline.as_micros()))).await {
            Either::First(event) => Some(event),
            Either::Second(()) => None,
        },
    }
}
