//! [`Peripheral`]: advertise, accept a phone, carry bytes, and again.

use bt_hci::cmd::le::LeSetRandomAddr;
use dimo_hal::{SecureElement, Wallet};
use dimo_pairing::{Advertisement, AdvertisingFlags, Expiry, FRAGMENT_MAX, Mtu, Seed, gatt};
use embassy_futures::select::{Either3, select, select3};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_time::{Duration, Instant, Timer};
use trouble_host::advertise;
use trouble_host::prelude::*;

use crate::handler::Event;
use crate::table::Table;
use crate::{Radio, Stopped, now};

/// An address and a nonce on the air get no older.
const FRESH: Duration = Duration::from_secs(15 * 60);
/// How often a controller that does not advertise is asked again, and after how long.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// The device's side of the air.
pub(crate) struct Peripheral<'p, 'r, C: Controller, SE, E> {
    pub(crate) radio: &'p Radio,
    pub(crate) stack: &'p Stack<'r, C, DefaultPacketPool>,
    pub(crate) table: &'p Table,
    pub(crate) wallet: &'p Mutex<NoopRawMutex, Wallet<SE>>,
    pub(crate) events: &'p E,
}

type Connection<'p> = GattConnection<'p, 'p, DefaultPacketPool>;

impl<'p, C: Controller, SE: SecureElement, E: Fn(Event)> Peripheral<'p, '_, C, SE, E> {
    /// One phone after the other.
    pub(crate) async fn serve(&self) -> Stopped {
        let mut failures = 0;
        loop {
            match self.accept().await {
                Ok(Some(connection)) => {
                    failures = 0;
                    if let Err(stopped) = self.carry(&connection).await {
                        return stopped;
                    }
                }
                Ok(None) => failures = 0,
                // A controller may still be at work on what was before.
                Err(Stopped::Advertising) if failures < ATTEMPTS => {
                    failures += 1;
                    Timer::after(PAUSE).await;
                }
                Err(stopped) => return stopped,
            }
        }
    }

    /// Advertises until a phone connects; `None` when it is time to say something else.
    async fn accept(&self) -> Result<Option<Connection<'p>>, Stopped> {
        let random = self.random().await?;
        let [a0, a1, a2, a3, a4, a5, n0, n1, n2, n3, ..] = random;
        // As one that resolves looks, by a key that nobody has: nothing of it stays the same.
        let address = BdAddr::new([a0, a1, a2, a3, a4, a5 & 0x3F | 0x40]);
        self.stack.command(LeSetRandomAddr::new(address)).await.map_err(|_| Stopped::Advertising)?;
        let is_open = self.is_open();
        let flags = if is_open { AdvertisingFlags::OPEN } else { AdvertisingFlags::NONE };
        let said = Advertisement::with_label(flags, &self.radio.hint, [n0, n1, n2, n3]).scan_response();
        let advertiser = self.advertise(&said).await?;
        (self.events)(Event::Advertising);
        match select3(advertiser.accept(), self.changed(is_open), Timer::after(FRESH)).await {
            Either3::First(Ok(connection)) => {
                connection.with_attribute_server(&self.table.server).map(Some).map_err(|_| Stopped::Table)
            }
            _ => Ok(None),
        }
    }

    async fn advertise(&self, said: &[u8]) -> Result<Advertiser<'p, C, DefaultPacketPool>, Stopped> {
        let mut buffer = [0; 31];
        let uuids = [gatt::PAIRING.uuid.to_le_bytes()];
        let structures = [
            AdStructure::Flags(LE_GENERAL_DISCOVERABLE | BR_EDR_NOT_SUPPORTED),
            AdStructure::CompleteServiceUuids128(&uuids),
        ];
        let len = AdStructure::encode_slice(&structures, &mut buffer).map_err(|_| Stopped::Advertising)?;
        let advertised = advertise::Advertisement::ConnectableScannableUndirected {
            adv_data: buffer.get(..len).unwrap_or_default(),
            scan_data: said,
        };
        let advertising = self.stack.peripheral().advertise(&Default::default(), advertised).await;
        advertising.map_err(|_| Stopped::Advertising)
    }

    /// Until the presence window is another than `was_open`. What is due meanwhile is done.
    async fn changed(&self, was_open: bool) {
        while self.is_open() == was_open {
            let _ = self.expire();
            select(self.radio.stir.wait(), self.deadline()).await;
        }
    }

    fn is_open(&self) -> bool {
        self.radio.presence().is_some()
    }
}

impl<C: Controller, SE: SecureElement, E: Fn(Event)> Peripheral<'_, '_, C, SE, E> {
    /// One connection, to its end.
    async fn carry(&self, connection: &Connection<'_>) -> Result<(), Stopped> {
        let seed = self.random().await?;
        self.radio.tell(|device| device.handle_connected(now(), Mtu::MIN, Seed::from_bytes(seed)));
        (self.events)(Event::Connected);
        loop {
            if self.expire() == Some(Expiry::Link) {
                connection.raw().disconnect();
            }
            self.send(connection).await;
            match select3(connection.next(), self.radio.stir.wait(), self.deadline()).await {
                Either3::First(GattConnectionEvent::Disconnected { .. }) => break,
                Either3::First(GattConnectionEvent::Gatt { event }) => self.attribute(event).await,
                _ => {}
            }
        }
        self.radio.tell(|device| device.handle_disconnected());
        (self.events)(Event::Disconnected);
        Ok(())
    }

    /// Ends what has had its time. Says so when that is the link.
    fn expire(&self) -> Option<Expiry> {
        let mut link = None;
        while let Some(expiry) = self.radio.ask(|device| device.handle_timeout(now())) {
            match expiry {
                Expiry::Link => link = Some(expiry),
                Expiry::Job(job) if self.radio.performing.get() == Some(job) => {
                    self.radio.called_off.signal(());
                }
                _ => {}
            }
            self.radio.work.signal(());
        }
        link
    }

    /// Until something is to be done without the phone.
    async fn deadline(&self) {
        match self.radio.ask(|device| device.poll_timeout()) {
            Some(deadline) => Timer::at(Instant::from_micros(deadline.as_micros())).await,
            None => core::future::pending().await,
        }
    }

    async fn send(&self, connection: &Connection<'_>) {
        let mtu = Mtu::new(connection.raw().att_mtu()).unwrap_or_default();
        let mut buffer = [0; FRAGMENT_MAX];
        loop {
            let fragment = self.radio.ask(|device| {
                device.handle_mtu(mtu);
                device.poll_transmit(&mut buffer).map(<[u8]>::len)
            });
            let Some(fragment) = fragment.and_then(|len| buffer.get(..len)) else { return };
            // A phone that misses one asks again.
            let _ = self.table.answer.notify_raw(connection, fragment, false).await;
        }
    }

    async fn attribute(&self, event: GattEvent<'_, '_, DefaultPacketPool>) {
        let reply = match event {
            GattEvent::Write(event) if self.table.is_request(event.handle()) => {
                let taken = event.with_data(|_, fragment| {
                    self.radio.tell(|device| device.handle_fragment(now(), fragment))
                });
                match taken {
                    Ok(()) => event.accept_unprocessed(),
                    Err(error) => event.reject(AttErrorCode::new(error.att_error())),
                }
            }
            other => other.accept(),
        };
        if let Ok(reply) = reply {
            reply.send().await;
        }
    }

    /// 32 bytes fit for keys.
    async fn random(&self) -> Result<[u8; 32], Stopped> {
        let mut random = [0; 32];
        let drawn = self.wallet.lock().await.element_mut().random(&mut random).await;
        drawn.map(|()| random).map_err(|_| Stopped::Random)
    }
}
