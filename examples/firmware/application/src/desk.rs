//! [`Desk`]: the device as phones may use it, and [`Phones`], who serves them.

use dimo_crypto::manifest::SignatureScheme;
use dimo_hal::clock::Clock as _;
use dimo_hal::power::Millis;
use dimo_hal::update::{UpdateTarget, Updater};
use dimo_types::{Address, Timestamp};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::{Mutex, MutexGuard};
use thiserror::Error;

use crate::commands::Commands;
use crate::config::Config;
use crate::event::Event;
use crate::hardware::Hardware;
use crate::keeper::{self, now};
use crate::question::{Question, Told};
use crate::shared::SharedStore;
use crate::world::World;

/// Who serves phones beside the rest of the device: a radio, or nobody.
#[expect(async_fn_in_trait, reason = "one executor, one thread: no future is sent anywhere")]
pub trait Phones {
    /// Serves them until the device ends.
    async fn serve<H: Hardware, S: SignatureScheme>(self, desk: Desk<'_, '_, H, S>);
}

/// No phones: a device without a radio.
#[derive(Clone, Copy, Debug)]
pub struct NoPhones;

impl Phones for NoPhones {
    async fn serve<H: Hardware, S: SignatureScheme>(self, _desk: Desk<'_, '_, H, S>) {
        core::future::pending().await
    }
}

/// What phones may ask of the rest of the device. Who may ask for what was decided before.
#[expect(missing_debug_implementations, reason = "it is all of the device")]
pub struct Desk<'w, 'c, H: Hardware, S> {
    world: &'w World<H>,
    commands: &'w Mutex<NoopRawMutex, Commands<'w, 'c, H, S>>,
}

/// Why the vehicle told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unanswered {
    /// It may not be asked now, or not this: it is off, or the guard does not let it pass.
    #[error("the vehicle may not be asked this now")]
    MayNot,
    /// No control unit has answered.
    #[error("no control unit has answered")]
    Silence,
}

/// Plans of phones name their identifiers in full.
const EXACT: u8 = 0;
/// How long the device stays on after what needs a restart, so that a phone hears that it worked.
const FAREWELL: embassy_time::Duration = embassy_time::Duration::from_secs(2);

impl<'w, 'c, H: Hardware, S: SignatureScheme> Desk<'w, 'c, H, S> {
    pub(crate) const fn new(
        world: &'w World<H>,
        commands: &'w Mutex<NoopRawMutex, Commands<'w, 'c, H, S>>,
    ) -> Self {
        Self { world, commands }
    }

    /// Asks the vehicle, through the guard; the first answer into `answer`.
    ///
    /// # Errors
    ///
    /// [`Unanswered`].
    pub async fn ask<'a>(&self, request: &[u8], answer: &'a mut [u8]) -> Result<&'a [u8], Unanswered> {
        self.put(Question::new(request), answer).await
    }

    /// Clears the vehicle's trouble codes, because somebody at the vehicle asked for it: with the ignition on, the engine off, and the vehicle standing, as it says
    /// itself. The first answer goes into `answer`.
    ///
    /// # Errors
    ///
    /// [`Unanswered::MayNot`] for any other vehicle; [`Unanswered::Silence`].
    pub async fn clear_codes<'a>(&self, answer: &'a mut [u8]) -> Result<&'a [u8], Unanswered> {
        self.put(Question::clear_codes(), answer).await
    }

    async fn put<'a>(
        &self,
        question: Option<Question>,
        answer: &'a mut [u8],
    ) -> Result<&'a [u8], Unanswered> {
        let question = question.ok_or(Unanswered::MayNot)?;
        // One asks at a time, and whoever has the commands does.
        let told = match self.commands.lock().await.put(question).await {
            Told::Answer(told) => told,
            Told::Refused => return Err(Unanswered::MayNot),
            Told::Silence => return Err(Unanswered::Silence),
        };
        let answer = answer.get_mut(..told.bytes().len()).ok_or(Unanswered::Silence)?;
        answer.copy_from_slice(told.bytes());
        Ok(answer)
    }

    /// Keeps the device awake for so many seconds from now on, 0 for no longer than it would be; for how many it will be. A low battery comes first.
    pub async fn hold_awake(&self, seconds: u16) -> u16 {
        let until = Millis(now().0.saturating_add(u64::from(seconds) * 1_000));
        self.world.awake_until.set((seconds > 0).then_some(until));
        // Whether it may be is decided with the next look at the battery.
        self.world.held_until.set(None);
        embassy_time::Timer::after(2 * keeper::LOOK).await;
        let held =
            self.world.held_until.get().map_or(0, |until| until.0.saturating_sub(now().0).div_ceil(1_000));
        u16::try_from(held).map_or(seconds, |held| held.min(seconds))
    }

    /// A piece of a plan of `len` bytes, each behind the one before; the last one puts it in force with the next start. Whether it was taken.
    pub async fn plan(&self, len: u32, place: u32, piece: &[u8]) -> bool {
        self.commands.lock().await.plan_piece(EXACT, len, place, piece).await.is_ok()
    }

    /// What the owner consents to, signed: at most [`CONSENT_MAX`](crate::CONSENT_MAX) bytes. Whether it was taken.
    pub async fn consent(&self, file: &[u8]) -> bool {
        self.commands.lock().await.consent(file).await.is_ok()
    }

    /// A phone that may bring an image was let in: the one that runs may stay.
    pub async fn confirm(&self) {
        self.commands.lock().await.confirm().await;
    }

    /// Who owns the vehicle, once the registry has said so.
    #[must_use]
    pub fn owner(&self) -> Option<Address> {
        self.world.sharing.borrow().owner()
    }

    /// Updates, for as long as it is held: nobody else orders any meanwhile.
    pub async fn updates(&self) -> Updates<'_, 'w, 'c, H, S> {
        Updates(self.commands.lock().await)
    }

    /// The device starts anew, and tries what was staged. It takes its time, so that a phone hears of it.
    pub async fn restart(&self) {
        embassy_time::Timer::after(FAREWELL).await;
        self.world.restart.signal(());
    }

    /// The time of day, once somebody has told.
    #[must_use]
    pub fn time_of_day(&self) -> Option<Timestamp> {
        self.world.clock.borrow().wall().map(|wall| wall.time)
    }

    /// Whether the vehicle's ignition is on, as far as the board can tell.
    #[must_use]
    pub fn ignition(&self) -> Option<dimo_hal::power::Line> {
        self.world.power.get().ignition
    }

    /// Tells who watches what a phone did, in words with tabs between them.
    pub fn tell(&self, did: core::fmt::Arguments<'_>) {
        self.world.tell(Event::Phone(&did));
    }
}

/// The updates of the device, held by one.
#[expect(missing_debug_implementations, reason = "it is all of the device")]
pub struct Updates<'d, 'w, 'c, H: Hardware, S>(MutexGuard<'d, NoopRawMutex, Commands<'w, 'c, H, S>>);

/// What an update is made with.
#[expect(missing_debug_implementations, reason = "parts of a board")]
pub struct UpdateParts<'u, 'w, 'c, H: Hardware, S> {
    /// It knows the battery's voltage.
    pub updater: &'u mut Updater<SharedStore<'w, H::Store>>,
    /// The slots.
    pub boot: &'u mut H::Boot,
    /// Whose firmware the device takes.
    pub config: &'c Config<'c, S>,
    /// What the device is.
    pub target: UpdateTarget<'c>,
}

impl<'w, 'c, H: Hardware, S: SignatureScheme> Updates<'_, 'w, 'c, H, S> {
    /// All of it.
    pub fn parts(&mut self) -> UpdateParts<'_, 'w, 'c, H, S> {
        self.0.updates()
    }
}
