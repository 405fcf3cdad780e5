//! [`Link`]: T=1 on a bus.

use embedded_hal::i2c::ErrorKind;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

use super::atr::Timing;
use super::block::{Block, Control, Damage, Sequence, Supervision};
use super::error::Se05xError;
use super::exchange::{Exchange, Step};

/// How often a block is offered to an element that is busy or asleep.
const OFFERS: u8 = 50;
/// How often a reset of the link is tried.
const RESETS: u8 = 3;
/// The longest wait for one block, in milliseconds, however much time the element asks for.
const MAX_WAIT_MS: u32 = 20_000;

/// What both ends count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    /// The number of the next block of ours.
    pub(crate) send: Sequence,
    /// The number of the next block of the element's.
    pub(crate) receive: Sequence,
    /// The most information the element takes in a block.
    pub(crate) information: usize,
}

impl Numbers {
    const fn new(information: usize) -> Self {
        Self { send: Sequence::Zero, receive: Sequence::Zero, information }
    }
}

pub(crate) struct Link<I2C, D> {
    pub(crate) bus: I2C,
    pub(crate) delay: D,
    pub(crate) address: u8,
    timing: Timing,
    numbers: Numbers,
}

impl<I2C: I2c, D: DelayNs> Link<I2C, D> {
    pub(crate) fn new(bus: I2C, delay: D, address: u8) -> Self {
        let timing = Timing::DEFAULT;
        Self { bus, delay, address, timing, numbers: Numbers::new(timing.information) }
    }

    /// Both ends count from zero again, and the element says its times.
    pub(crate) async fn reset(&mut self) -> Result<(), Se05xError> {
        self.timing = Timing::DEFAULT;
        let mut block = Block::empty();
        // The element may be in the middle of an answer that nobody reads any more; a soft reset ends that too.
        let ask = match self.supervise(Supervision::Resync, &mut block).await {
            Ok(()) => Supervision::GetAtr,
            Err(error @ Se05xError::Bus(_)) => return Err(error),
            Err(_) => Supervision::SoftReset,
        };
        self.supervise(ask, &mut block).await?;
        if let Ok((_, atr)) = block.parse() {
            self.timing = Timing::parse(atr).unwrap_or(Timing::DEFAULT);
        }
        self.numbers = Numbers::new(self.timing.information);
        Ok(())
    }

    /// Sends a request and reads its response into `block`.
    async fn supervise(&mut self, what: Supervision, block: &mut Block) -> Result<(), Se05xError> {
        let mut failed = Se05xError::Timeout;
        for _ in 0..RESETS {
            block.set(Control::Request(what), &[]);
            self.send(block).await?;
            match self.receive(block, 1).await? {
                Some(Damage::Silence) => failed = Se05xError::Timeout,
                Some(_) => failed = Se05xError::Damaged,
                None => match block.parse() {
                    Ok((Control::Response(of), _)) if of == what => return Ok(()),
                    Ok(_) => failed = Se05xError::Protocol,
                    Err(_) => failed = Se05xError::Damaged,
                },
            }
        }
        Err(failed)
    }

    /// Sends a command and writes its answer, with the status at its end, to the beginning of `answer`.
    pub(crate) async fn exchange(&mut self, command: &[u8], answer: &mut [u8]) -> Result<usize, Se05xError> {
        let mut block = Block::empty();
        let mut exchange = Exchange::new(command, &self.numbers, &mut block);
        let mut waits = 1;
        loop {
            self.send(&block).await?;
            let damage = self.receive(&mut block, waits).await?;
            match exchange.handle(damage, &mut self.numbers, &mut block, answer)? {
                Step::Send { waits: next } => waits = next,
                Step::Done { len } => return Ok(len),
            }
        }
    }

    /// A busy or sleeping element does not acknowledge its address: it is asked again.
    async fn send(&mut self, block: &Block) -> Result<(), Se05xError> {
        for _ in 0..OFFERS {
            match self.bus.write(self.address, block.bytes()).await {
                Ok(()) => {
                    self.delay.delay_us(u32::from(self.timing.guard_us)).await;
                    return Ok(());
                }
                Err(error) => not_ready(&error)?,
            }
            self.delay.delay_ms(u32::from(self.timing.poll_ms)).await;
        }
        Err(Se05xError::Timeout)
    }

    /// Reads a block, as soon as the element has one.
    async fn receive(&mut self, block: &mut Block, waits: u8) -> Result<Option<Damage>, Se05xError> {
        let poll_ms = u32::from(self.timing.poll_ms);
        let wait_ms = u32::from(self.timing.wait_ms).saturating_mul(u32::from(waits)).min(MAX_WAIT_MS);
        for _ in 0..=wait_ms.checked_div(poll_ms).unwrap_or(wait_ms) {
            match self.bus.read(self.address, block.header_mut()).await {
                Ok(()) => return self.receive_rest(block).await,
                Err(error) => not_ready(&error)?,
            }
            self.delay.delay_ms(poll_ms).await;
        }
        Ok(Some(Damage::Silence))
    }

    async fn receive_rest(&mut self, block: &mut Block) -> Result<Option<Damage>, Se05xError> {
        let rest = match block.rest_mut() {
            Ok(rest) => rest,
            Err(damage) => return Ok(Some(damage)),
        };
        match self.bus.read(self.address, rest).await {
            Ok(()) => Ok(None),
            Err(error) => not_ready(&error).map(|()| Some(Damage::Form)),
        }
    }
}

/// An element that does not acknowledge is not ready; anything else is a fault of the bus.
fn not_ready(error: &impl embedded_hal::i2c::Error) -> Result<(), Se05xError> {
    match error.kind() {
        ErrorKind::NoAcknowledge(_) => Ok(()),
        kind => Err(Se05xError::Bus(kind)),
    }
}
