//! [`TransmitGuard`] itself.

use core::time::Duration;

use dimo_types::{Frame, FrameKind};
use thiserror::Error;

use super::load::Load;
use super::policy::{Addressed, Driving, GuardPolicy, WhileDriving};
use super::refusal::{GuardError, Refusal, RefusalCounts};
use super::service::{self, Passes};
use super::transfer::Transfer;
use crate::blocking;
use crate::can::{BusMode, CanReceiver, CanTransmitter, ErrorType};
use crate::clock::Uptime;

/// How long a permission to clear trouble codes lasts.
const PERMISSION: Duration = Duration::from_secs(10);
/// How long after its last frame a long message may go on.
const TRANSFER: Duration = Duration::from_secs(5);

/// The ignition, as far as clearing trouble codes cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "on, off, or nobody knows")]
pub enum Ignition {
    /// On: control units listen.
    On,
    /// Off.
    Off,
    /// Nobody has said.
    Unknown,
}

/// Why clearing trouble codes is not permitted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum ClearRefusal {
    /// The vehicle moves, or nobody has said that it stands.
    #[error("the vehicle is not known to stand")]
    NotStanding,
    /// The ignition is not known to be on.
    #[error("the ignition is not known to be on")]
    IgnitionNotOn,
}

/// A transmitter that only asks. It starts in listen-only mode, and with a vehicle that may be moving.
///
/// - Told from outside: [`advance`](Self::advance) the time before frames are sent, [`set_mode`](Self::set_mode), [`set_driving`](Self::set_driving).
/// - Commands: [`permit_clear`](Self::permit_clear), and `transmit` of [`CanTransmitter`].
/// - Getters: [`refused`](Self::refused).
#[derive(Debug)]
pub struct TransmitGuard<T> {
    inner: T,
    policy: GuardPolicy,
    mode: BusMode,
    driving: Driving,
    now: Uptime,
    load: Load,
    transfer: Option<(Transfer, Uptime)>,
    permitted_until: Option<Uptime>,
    refused: RefusalCounts,
}

impl<T> TransmitGuard<T> {
    /// Stands before a transmitter.
    pub fn new(inner: T, policy: GuardPolicy, now: Uptime) -> Self {
        Self {
            inner,
            policy,
            mode: BusMode::ListenOnly,
            driving: Driving::Unknown,
            now,
            load: Load::new(&policy, now),
            transfer: None,
            permitted_until: None,
            refused: RefusalCounts::default(),
        }
    }

    /// Time goes on. What is sent is counted against the time that was told last.
    pub fn advance(&mut self, now: Uptime) {
        self.now = self.now.max(now);
        self.load.advance(&self.policy, self.now);
    }

    /// Whether the device takes part at all. The controller has a mode of its own, and both are needed.
    pub fn set_mode(&mut self, mode: BusMode) {
        self.mode = mode;
        self.transfer = None;
    }

    /// Whether the vehicle moves. A permission to clear trouble codes ends when it may.
    pub fn set_driving(&mut self, driving: Driving) {
        self.driving = driving;
        if driving != Driving::Standing {
            self.permitted_until = None;
        }
    }

    /// Lets one request pass that clears trouble codes, within ten seconds: because a person at the vehicle asked for it, by an owner's session. Every
    /// clearing needs a permission of its own.
    ///
    /// # Errors
    ///
    /// [`ClearRefusal`]: a control unit that is reset while the engine runs may stall it.
    pub fn permit_clear(&mut self, ignition: Ignition) -> Result<(), ClearRefusal> {
        if self.driving != Driving::Standing {
            return Err(ClearRefusal::NotStanding);
        }
        if ignition != Ignition::On {
            return Err(ClearRefusal::IgnitionNotOn);
        }
        self.permitted_until = Some(self.now.after(PERMISSION));
        Ok(())
    }

    /// What did not pass so far.
    #[must_use]
    pub const fn refused(&self) -> RefusalCounts {
        self.refused
    }

    /// The receiving half, where one controller is both. Nothing can be sent through it.
    pub const fn receiver(&mut self) -> &mut (impl CanReceiver<Error = T::Error> + use<T>)
    where
        T: CanReceiver,
    {
        &mut self.inner
    }

    /// Gives the transmitter back, without a guard.
    pub fn into_inner(self) -> T {
        self.inner
    }

    fn judge(&mut self, frame: &Frame) -> Result<(), Refusal> {
        let result = self.judge_frame(frame);
        if let Err(refusal) = result {
            self.refused.count(refusal);
        }
        result
    }

    fn judge_frame(&mut self, frame: &Frame) -> Result<(), Refusal> {
        if self.mode == BusMode::ListenOnly {
            return Err(Refusal::ListenOnly);
        }
        if self.policy.while_driving == WhileDriving::BeSilent && self.driving != Driving::Standing {
            return Err(Refusal::Driving);
        }
        if frame.kind() != FrameKind::Classic {
            return Err(Refusal::Kind);
        }
        let id = frame.id();
        let addressed = self.policy.addressed(id).ok_or(Refusal::Identifier { id })?;
        let message = Message::parse(frame.data(), addressed)?;
        let (passes, transfer) = self.judge_message(frame, &message)?;
        if passes == Passes::WithPermission && self.permitted_until.is_none_or(|until| self.now > until) {
            return Err(Refusal::NotPermitted);
        }
        if !self.load.take(frame) {
            return Err(Refusal::Load);
        }
        if passes == Passes::WithPermission {
            self.permitted_until = None;
        }
        self.transfer = transfer.map(|transfer| (transfer, self.now));
        Ok(())
    }

    /// What it needs to pass, and the message that is under way after it.
    fn judge_message(
        &self,
        frame: &Frame,
        message: &Message<'_>,
    ) -> Result<(Passes, Option<Transfer>), Refusal> {
        match *message {
            Message::Single { service, parameters } => {
                let passes = service::judge(service, parameters, parameters.len())?;
                Ok((passes, None))
            }
            Message::First { len, service, parameters } => {
                let passes = service::judge(service, parameters, len - 1)?;
                Ok((passes, Some(Transfer::new(frame.id(), len))))
            }
            Message::Consecutive { number, bytes } => {
                let under_way = self.transfer.filter(|(_, at)| self.now.since(*at) <= TRANSFER);
                let (transfer, _) = under_way.ok_or(Refusal::Transfer)?;
                let left = transfer.after(frame.id(), number, bytes).ok_or(Refusal::Transfer)?;
                Ok((Passes::Always, left))
            }
            Message::FlowControl => Ok((Passes::Always, self.transfer.map(|(transfer, _)| transfer))),
        }
    }
}

/// A frame of ISO 15765-2 with normal addressing.
enum Message<'f> {
    Single { service: u8, parameters: &'f [u8] },
    First { len: usize, service: u8, parameters: &'f [u8] },
    Consecutive { number: u8, bytes: usize },
    FlowControl,
}

impl<'f> Message<'f> {
    fn parse(data: &'f [u8], addressed: Addressed) -> Result<Self, Refusal> {
        let (&pci, rest) = data.split_first().ok_or(Refusal::Malformed)?;
        let low = pci & 0x0F;
        match (pci >> 4, addressed) {
            (0, _) => {
                let message = rest.get(..usize::from(low)).ok_or(Refusal::Malformed)?;
                let (&service, parameters) = message.split_first().ok_or(Refusal::Malformed)?;
                Ok(Self::Single { service, parameters })
            }
            (1, Addressed::One) => {
                let [low_len, service, parameters @ ..] = rest else { return Err(Refusal::Malformed) };
                let len = usize::from(low) << 8 | usize::from(*low_len);
                // What fits into a single frame is sent in one, and a first frame is full.
                if len < 8 || rest.len() != 7 {
                    return Err(Refusal::Malformed);
                }
                Ok(Self::First { len, service: *service, parameters })
            }
            (2, Addressed::One) => Ok(Self::Consecutive { number: low, bytes: rest.len() }),
            (3, Addressed::One) if low <= 2 && rest.len() >= 2 => Ok(Self::FlowControl),
            _ => Err(Refusal::Malformed),
        }
    }
}

impl<T: ErrorType> ErrorType for TransmitGuard<T> {
    type Error = GuardError<T::Error>;
}

impl<T: CanTransmitter> CanTransmitter for TransmitGuard<T> {
    async fn transmit(&mut self, frame: &Frame) -> Result<(), Self::Error> {
        self.judge(frame)?;
        // Only a frame that was sent is followed by others; one that was dropped half-way may not have been.
        let transfer = self.transfer.take();
        self.inner.transmit(frame).await.map_err(GuardError::Bus)?;
        self.transfer = transfer;
        Ok(())
    }

    async fn recover(&mut self) -> Result<(), Self::Error> {
        self.inner.recover().await.map_err(GuardError::Bus)
    }
}

impl<T: blocking::CanTransmitter> blocking::CanTransmitter for TransmitGuard<T> {
    fn transmit(&mut self, frame: &Frame) -> Result<(), Self::Error> {
        self.judge(frame)?;
        let transfer = self.transfer.take();
        self.inner.transmit(frame).map_err(GuardError::Bus)?;
        self.transfer = transfer;
        Ok(())
    }

    fn recover(&mut self) -> Result<(), Self::Error> {
        self.inner.recover().map_err(GuardError::Bus)
    }
}
