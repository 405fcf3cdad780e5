//! [`run`]: the link to the network, and over it a session with the backend.

use dimo_crypto::manifest::SignatureScheme;
use dimo_hal::Wallet;
use dimo_hal::clock::{Clock as _, Trust};
use dimo_hal::key_value::KeyValue as _;
use dimo_hal::modem::UplinkState;
use dimo_types::Country;
use embassy_time::{Duration, Timer};

use crate::commands::Commands;
use crate::connection::{self, Ended};
use crate::event::Event;
use crate::hardware::Hardware;
use crate::keys::COUNTRY;
use crate::network::{Network as _, Terms};
use crate::recorder::{Messages, Recorder};
use crate::world::World;

/// The number of this part among those that live.
pub(crate) const PART: u32 = 1;
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

/// What the uplink works with.
pub(crate) struct Means<'w, 'm, 'c, H: Hardware, S> {
    pub(crate) world: &'w World<H>,
    pub(crate) recorder: &'w core::cell::RefCell<Recorder<'m>>,
    pub(crate) config: &'c crate::Config<'c, S>,
    pub(crate) commands: &'w embassy_sync::mutex::Mutex<
        embassy_sync::blocking_mutex::raw::NoopRawMutex,
        Commands<'w, 'c, H, S>,
    >,
    pub(crate) wallet: Wallet<H::Element>,
    pub(crate) gen1: H::Gen1,
    pub(crate) messages: Messages<'m>,
}

/// Runs until a command wants the device to start anew.
pub(crate) async fn run<H: Hardware, S: SignatureScheme>(
    mut means: Means<'_, '_, '_, H, S>,
    mut network: H::Modem,
) {
    let mut country = stored_country(means.world).await;
    let mut last = None;
    loop {
        means.world.sign(PART);
        if !means.world.power.get().is_awake() {
            Timer::after(PAUSE).await;
            continue;
        }
        let state = step(&mut means, &mut network, &mut country).await;
        if last != state {
            means.world.tell(Event::Uplink(state));
            last = state;
        }
        if let Some(UplinkState::Up { .. }) = state
            && let Some(stream) = network.open().await
        {
            let ended = connection::serve(&mut means, stream).await;
            network.close().await;
            means.world.tell(Event::Closed);
            last = None;
            if ended == Ended::Restart {
                return;
            }
        }
        Timer::after(PAUSE).await;
    }
}

/// Asks the network where things stand, brings the link up, and sets the clock by it.
async fn step<H: Hardware, S>(
    means: &mut Means<'_, '_, '_, H, S>,
    network: &mut H::Modem,
    country: &mut Option<Country>,
) -> Option<UplinkState> {
    let config = means.config;
    let terms =
        Terms { apn: config.apn, modem: config.modem, geography: config.geography, country: *country };
    let standing = network.step(&terms).await?;
    if standing.country != *country {
        *country = standing.country;
        store_country(means.world, *country).await;
    }
    if let Some(time) = standing.time {
        // A better source may have set it.
        let _ = means.world.clock.borrow_mut().set(time, Trust::Network);
    }
    Some(standing.state)
}

async fn stored_country<H: Hardware>(world: &World<H>) -> Option<Country> {
    let mut bytes = [0; 2];
    world.store.lock().await.get(COUNTRY, &mut bytes).await.ok()??;
    core::str::from_utf8(&bytes).ok()?.parse().ok()
}

async fn store_country<H: Hardware>(world: &World<H>, country: Option<Country>) {
    let Some(country) = country else { return };
    // Should it not be stored, the country is unknown after the next start until the modem says.
    let _ = world.store.lock().await.put(COUNTRY, country.as_str().as_bytes()).await;
}
