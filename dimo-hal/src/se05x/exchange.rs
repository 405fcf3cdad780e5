//! [`Exchange`]: one command and its answer over T=1, without the bus (ISO 7816-3, section 11.6.3).

use super::block::{Block, Chain, Control, Damage, Sequence, Supervision, Wanted};
use super::error::Se05xError;
use super::link::Numbers;

/// How often a block is asked for or sent again before the exchange is given up.
const REPETITIONS: u8 = 3;
/// How often the element may ask for more time: a key takes it once or twice.
const EXTENSIONS: u8 = 32;

/// What to do after a block came, or none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send the block that stands in the buffer, and wait so many times the usual time for the next.
    Send { waits: u8 },
    /// The answer is complete.
    Done { len: usize },
}

/// The state of one exchange. The element answers each block with one; the host speaks first.
pub(crate) struct Exchange<'a> {
    command: &'a [u8],
    /// Where the block that is under way starts, and how long its information is.
    at: usize,
    chunk: usize,
    received: usize,
    /// Whether the element has the whole command.
    taken: bool,
    repeated: u8,
    extended: u8,
}

impl<'a> Exchange<'a> {
    /// Starts with the first block of `command` in `block`.
    pub(crate) fn new(command: &'a [u8], numbers: &Numbers, block: &mut Block) -> Self {
        let chunk = command.len().min(numbers.information);
        let exchange = Self { command, at: 0, chunk, received: 0, taken: false, repeated: 0, extended: 0 };
        exchange.put(numbers, block);
        exchange
    }

    /// Puts the block of the command that is under way.
    fn put(&self, numbers: &Numbers, block: &mut Block) {
        let rest = self.command.get(self.at..).unwrap_or_default();
        block.set(Control::Information(numbers.send, self.chain()), rest.get(..self.chunk).unwrap_or(rest));
    }

    fn chain(&self) -> Chain {
        if self.at.saturating_add(self.chunk) < self.command.len() { Chain::More } else { Chain::Last }
    }

    /// Takes the block read into `block`, or what was wrong with it, and puts there what to send next.
    pub(crate) fn handle(
        &mut self,
        damage: Option<Damage>,
        numbers: &mut Numbers,
        block: &mut Block,
        answer: &mut [u8],
    ) -> Result<Step, Se05xError> {
        let parsed = match damage {
            Some(damage) => Err(damage),
            None => block.parse(),
        };
        let (control, information) = match parsed {
            Ok(parsed) => parsed,
            Err(damage) => return self.ask_again(damage, numbers, block),
        };
        match control {
            Control::Information(sequence, chain) if sequence == numbers.receive => {
                self.keep(information, answer)?;
                self.go_on(chain, numbers, block)
            }
            Control::Information(..) => self.ask_again(Damage::Form, numbers, block),
            Control::Receipt(wanted, why) => self.send_wanted(wanted, why, numbers, block),
            Control::Request(Supervision::WaitingTime) => {
                let [waits] = *information else { return Err(Se05xError::Protocol) };
                self.extended = self.extended.saturating_add(1);
                if self.extended > EXTENSIONS {
                    return Err(Se05xError::Stalled);
                }
                block.set(Control::Response(Supervision::WaitingTime), &[waits]);
                Ok(Step::Send { waits: waits.max(1) })
            }
            Control::Request(Supervision::InformationSize) => {
                let [size @ 1..=254] = *information else { return Err(Se05xError::Protocol) };
                self.count_repetition(Se05xError::Protocol)?;
                numbers.information = usize::from(size);
                block.set(Control::Response(Supervision::InformationSize), &[size]);
                Ok(Step::Send { waits: 1 })
            }
            Control::Request(_) | Control::Response(_) => Err(Se05xError::Protocol),
        }
    }

    /// Adds a part of the answer.
    fn keep(&mut self, information: &[u8], answer: &mut [u8]) -> Result<(), Se05xError> {
        // An element that answers half a command is broken, and empty blocks would go on for ever.
        if self.chain() == Chain::More || information.is_empty() {
            return Err(Se05xError::Protocol);
        }
        let end = self.received.saturating_add(information.len());
        let place = answer.get_mut(self.received..end).ok_or(Se05xError::Answer)?;
        place.copy_from_slice(information);
        self.received = end;
        Ok(())
    }

    /// Asks for the next part of the answer, if there is one. Each block of the element's shows that it has ours.
    fn go_on(&mut self, chain: Chain, numbers: &mut Numbers, block: &mut Block) -> Result<Step, Se05xError> {
        self.repeated = 0;
        numbers.receive = numbers.receive.next();
        if !self.taken {
            self.taken = true;
            numbers.send = numbers.send.next();
        }
        if chain == Chain::Last {
            return Ok(Step::Done { len: self.received });
        }
        block.set(Control::Receipt(numbers.receive, Wanted::Next), &[]);
        Ok(Step::Send { waits: 1 })
    }

    /// The element names the block of ours that it wants: the next one of a chain, or the last one again.
    fn send_wanted(
        &mut self,
        wanted: Sequence,
        why: Wanted,
        numbers: &mut Numbers,
        block: &mut Block,
    ) -> Result<Step, Se05xError> {
        if self.taken || (wanted != numbers.send && (self.chain() == Chain::Last || why != Wanted::Next)) {
            // It has everything, and still wants something: what it wants to say must be asked for.
            self.count_repetition(Se05xError::Damaged)?;
            block.set(Control::Receipt(numbers.receive, Wanted::Next), &[]);
            return Ok(Step::Send { waits: 1 });
        }
        if wanted == numbers.send {
            self.count_repetition(Se05xError::Damaged)?;
            // It may have asked for smaller blocks since.
            self.chunk = self.chunk.min(numbers.information);
        } else {
            self.at = self.at.saturating_add(self.chunk);
            self.chunk = self.command.len().saturating_sub(self.at).min(numbers.information);
            self.repeated = 0;
            numbers.send = numbers.send.next();
        }
        self.put(numbers, block);
        Ok(Step::Send { waits: 1 })
    }

    fn ask_again(
        &mut self,
        damage: Damage,
        numbers: &Numbers,
        block: &mut Block,
    ) -> Result<Step, Se05xError> {
        let (wanted, error) = match damage {
            Damage::Crc => (Wanted::AfterCrc, Se05xError::Damaged),
            Damage::Form => (Wanted::AfterOther, Se05xError::Damaged),
            Damage::Silence => (Wanted::AfterOther, Se05xError::Timeout),
        };
        self.count_repetition(error)?;
        block.set(Control::Receipt(numbers.receive, wanted), &[]);
        Ok(Step::Send { waits: 1 })
    }

    fn count_repetition(&mut self, error: Se05xError) -> Result<(), Se05xError> {
        self.repeated = self.repeated.saturating_add(1);
        if self.repeated > REPETITIONS { Err(error) } else { Ok(()) }
    }
}
