//! [`Event`]: what happens in a device, for an [`Observer`].

use core::fmt::{self, Display, Formatter};

use dimo_hal::boot_control::ErrorKind;
use dimo_hal::modem::UplinkState;
use dimo_hal::power::Change;
use dimo_hal::queue::ItemId;
use dimo_types::Address;

/// Who is told of what happens: a console, a log, a lamp. Nothing depends on it.
pub trait Observer {
    /// Hears of an event, at once. It is on the way of everything else, so it takes no time.
    fn saw(&mut self, event: Event<'_>);
}

/// Nobody watches. The words of events are then no part of the image, since nothing prints them.
impl Observer for () {
    fn saw(&mut self, _: Event<'_>) {}
}

/// What happened. As text it is one line for people and for tests: words with tabs between them.
#[derive(Clone, Copy)]
#[non_exhaustive]
#[expect(missing_debug_implementations, reason = "its text is for people")]
pub enum Event<'e> {
    /// The application has started, on this device.
    Device(Address),
    /// So many signals are in the plan, or there is none.
    Plan(Option<usize>),
    /// A backend or a phone was reached, which can bring another image: this one is confirmed.
    Confirmed,
    /// The same, but the slots could not be read, written or believed.
    NotConfirmed(ErrorKind),
    /// The stack was never so deep, in bytes.
    Stack(u32),
    /// The vehicle's power has changed, and what the device does for it.
    Power(Change),
    /// A batch was put into the queue.
    Queued {
        /// Its place.
        item: ItemId,
        /// Frames that were seen since the start.
        frames: u64,
        /// Readings that were kept since the start.
        readings: u64,
    },
    /// A batch could not be put into the queue.
    Lost,
    /// The backend has everything up to this place.
    Delivered(ItemId),
    /// How the way to the broker is; without a state, there is no modem.
    Uplink(Option<UplinkState>),
    /// The connection to the broker has ended.
    Closed,
    /// The opening of the session with this number is sent; the backend need not have agreed.
    SessionOpened(u16),
    /// The secure element or the store failed.
    SessionFailed,
    /// There is no room for what has to be said of the signals: nobody can read the batches.
    DictionaryTooLong,
    /// A plan is here, for the next start.
    PlanStored,
    /// All of an image is here.
    UpdateFetched,
    /// The image is verified, for the next start.
    UpdateStaged,
    /// The vehicle is asked these from now on, again and again.
    PollsInForce,
    /// It is known whose the vehicle is.
    OwnerKnown,
    /// What the owner shares, by the number of the consent.
    ConsentInForce(u64),
    /// The vehicle may not be asked, or not this.
    QuestionRefused,
    /// Something that was brought to the device was not taken, and why.
    Refused(Subject, &'e dyn Display),
    /// What the owner took back is no longer in the device.
    ThrownAway,
    /// What a phone did, in words with tabs between them.
    Phone(&'e dyn Display),
}

/// What a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A plan.
    Plan,
    /// An order of a director of updates.
    Order,
    /// A piece of an image.
    Chunk,
    /// An image that is here.
    Update,
    /// A list of questions.
    Polls,
    /// An owner.
    Owner,
    /// A consent.
    Consent,
    /// A frame that the guard does not let onto the bus.
    Frame,
}

impl Display for Event<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Device(address) => write!(f, "device\t{address}"),
            Self::Plan(Some(signals)) => write!(f, "plan\t{signals}"),
            Self::Plan(None) => f.write_str("plan\tnone"),
            Self::Confirmed => f.write_str("confirmed"),
            Self::NotConfirmed(why) => write!(f, "not confirmed\t{why:?}"),
            Self::Stack(deep) => write!(f, "stack\t{deep}"),
            Self::Power(Change { state, reason, .. }) => {
                write!(f, "power\t{}\t{}", state.name(), reason.name())
            }
            Self::Queued { item, frames, readings } => write!(f, "queued\t{item}\t{frames}\t{readings}"),
            Self::Lost => f.write_str("lost\ta batch"),
            Self::Delivered(item) => write!(f, "delivered\t{item}"),
            Self::Uplink(state) => uplink(f, state),
            Self::Closed => f.write_str("uplink\tclosed"),
            Self::SessionOpened(number) => write!(f, "session\topened\t{number}"),
            Self::SessionFailed => f.write_str("session\tfailed"),
            Self::DictionaryTooLong => f.write_str("dictionary\ttoo long"),
            Self::PlanStored => f.write_str("plan\tstored"),
            Self::UpdateFetched => f.write_str("update\tfetched"),
            Self::UpdateStaged => f.write_str("update\tstaged"),
            Self::PollsInForce => f.write_str("polls\tin force"),
            Self::OwnerKnown => f.write_str("owner\tknown"),
            Self::ConsentInForce(number) => write!(f, "sharing\tin force\t{number}"),
            Self::QuestionRefused => f.write_str("question\trefused"),
            Self::Refused(subject, why) => write!(f, "{}\trefused\t{why}", subject.name()),
            Self::ThrownAway => f.write_str("sharing\tthrown away"),
            Self::Phone(did) => write!(f, "phone\t{did}"),
        }
    }
}

fn uplink(f: &mut Formatter<'_>, state: Option<UplinkState>) -> fmt::Result {
    match state {
        Some(UplinkState::Up { country, .. }) => write!(f, "uplink\tup\t{country}"),
        Some(UplinkState::Outside { country }) => write!(f, "uplink\toutside\t{country}"),
        Some(UplinkState::Waiting(what)) => write!(f, "uplink\twaits\t{what:?}"),
        _ => f.write_str("uplink\tno modem"),
    }
}

impl Subject {
    /// The first word of the line.
    const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Order => "order",
            Self::Chunk => "chunk",
            Self::Update => "update",
            Self::Polls => "polls",
            Self::Owner => "owner",
            Self::Consent => "sharing",
            Self::Frame => "guard",
        }
    }
}
