//! [`QueueLife`]: items that are pushed, drained, and give way.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use dimo_types::Priority;

use crate::flash::BlockingFlash;
use crate::mock::{MockFlash, MockFlashError, Run, Scenario, Supply};
use crate::queue::{ItemId, Plain, PushError, Queue, QueueError};
use crate::wait;

const PAGES: usize = 8;
type Flash = MockFlash<8, 256>;
type Store<'f> = Queue<BlockingFlash<&'f mut Flash>, Plain, PAGES, 48>;

/// What a queue goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "three lives of a queue")]
pub enum QueueLife {
    /// Items are pushed while there is room, in a device that starts anew after every few of them.
    Fill,
    /// Items are pushed and acknowledged in turns, over all pages and over again.
    Drain,
    /// Nothing is acknowledged: the lowest priority gives way.
    Wrap,
}

impl QueueLife {
    /// Each life.
    pub const ALL: [Self; 3] = [Self::Fill, Self::Drain, Self::Wrap];

    const fn pushes(self) -> u32 {
        match self {
            Self::Fill => 14,
            Self::Drain => 40,
            Self::Wrap => 60,
        }
    }

    /// Few of the high priorities, or nothing could give way for the low ones.
    const fn priority(self, number: u32) -> Priority {
        match (self, number) {
            (Self::Wrap, 7 | 23) => Priority::Important,
            (Self::Wrap, _) if number.is_multiple_of(3) => Priority::Bulk,
            (Self::Drain, _) if number.is_multiple_of(5) => Priority::Urgent,
            _ => Priority::Routine,
        }
    }
}

/// One device with one queue, and what the world knows of it.
#[derive(Debug)]
pub struct QueueWorld {
    flash: Flash,
    /// The number of the next item.
    next: u32,
    /// Which item was taken under which id, and not yet acknowledged.
    taken: BTreeMap<u64, u32>,
    /// Every id there ever was, and what it was seen with.
    seen: BTreeMap<u64, u32>,
    /// What was asked for when the power went.
    pending: Option<u32>,
    /// The greatest id acknowledged, as far as the world knows.
    acknowledged: u64,
}

/// Items of different lengths, that tell themselves apart.
fn item(number: u32) -> ([u8; 40], usize) {
    let [low, high, ..] = number.to_le_bytes();
    let len = 2 + usize::from(low.wrapping_mul(7) % 39);
    let mut bytes = [low ^ 0x5A; 40];
    if let Some(start) = bytes.first_chunk_mut() {
        *start = [low, high];
    }
    (bytes, len)
}

fn number_of(bytes: &[u8]) -> Option<u32> {
    let [low, high] = *bytes.first_chunk()?;
    let number = u32::from(u16::from_le_bytes([low, high]));
    let (expected, len) = item(number);
    (expected.get(..len) == Some(bytes)).then_some(number)
}

/// How one step ended.
enum Step {
    Done,
    NoPower,
}

impl QueueWorld {
    /// Every item that was taken is there, in order, and nothing else than that and what was asked for when the power went.
    fn look(&mut self, queue: &mut Store<'_>, life: QueueLife) -> Result<Step, String> {
        let mut found = BTreeMap::new();
        let mut after = None;
        loop {
            let (id, number) = match wait(queue.next(after)) {
                Err(QueueError::Flash(MockFlashError::NoPower)) => return Ok(Step::NoPower),
                Err(error) => return Err(format!("reading: {error}")),
                Ok(None) => break,
                Ok(Some(item)) => {
                    let number =
                        number_of(item.bytes).ok_or_else(|| format!("{} was never stored", item.id))?;
                    (item.id, number)
                }
            };
            if after.is_some_and(|after| after >= id) {
                return Err(format!("{id} comes after {after:?}"));
            }
            self.note(id, number)?;
            found.insert(id.get(), number);
            after = Some(id);
        }
        self.compare(&found, life)
    }

    /// An id means one item for ever.
    fn note(&mut self, id: ItemId, number: u32) -> Result<(), String> {
        match self.seen.insert(id.get(), number) {
            Some(before) if before != number => Err(format!("{id} was {before} and is {number}")),
            _ => Ok(()),
        }
    }

    fn compare(&mut self, found: &BTreeMap<u64, u32>, life: QueueLife) -> Result<Step, String> {
        for (id, number) in found {
            let known = self.taken.contains_key(id) || *id <= self.acknowledged;
            if !known && self.pending != Some(*number) && !self.was_pending(*id) {
                return Err(format!("{number} under {id} was not asked for"));
            }
        }
        let lost: Vec<(u64, u32)> = self
            .taken
            .iter()
            .filter(|(id, _)| !found.contains_key(id))
            .map(|(id, number)| (*id, *number))
            .collect();
        if lost.is_empty() {
            return Ok(Step::Done);
        }
        // A push that was cut off may have let a page go: the oldest items of one priority, not above its own.
        let Some(pending) = self.pending.filter(|_| life == QueueLife::Wrap) else {
            return Err(format!("lost: {lost:?}"));
        };
        self.forgive(&lost, life, life.priority(pending))?;
        Ok(Step::Done)
    }

    /// An item that was half-way in when the power went may show itself at any later time.
    fn was_pending(&self, id: u64) -> bool {
        self.seen.contains_key(&id)
    }

    fn forgive(&mut self, lost: &[(u64, u32)], life: QueueLife, above: Priority) -> Result<(), String> {
        let Some(priority) = lost.first().map(|(_, number)| life.priority(*number)) else { return Ok(()) };
        let oldest =
            self.taken.iter().filter(|(_, number)| life.priority(**number) == priority).take(lost.len());
        let oldest: Vec<(u64, u32)> = oldest.map(|(id, number)| (*id, *number)).collect();
        if oldest != lost || priority > above || self.lowest(life) != Some(priority) || lost.len() > 10 {
            return Err(format!("lost: {lost:?}, where the oldest of {priority:?} are {oldest:?}"));
        }
        self.taken.retain(|id, _| lost.iter().all(|(lost, _)| lost != id));
        Ok(())
    }

    fn push(&mut self, queue: &mut Store<'_>, life: QueueLife) -> Result<Step, String> {
        let before = queue.statistics().dropped;
        let number = self.next;
        let (bytes, len) = item(number);
        self.pending = Some(number);
        let pushed = wait(queue.push(life.priority(number), bytes.get(..len).unwrap_or_default()));
        let id = match pushed {
            Ok(id) => id,
            Err(PushError::Flash(MockFlashError::NoPower)) => return Ok(Step::NoPower),
            // There is only what is worth more.
            Err(PushError::Full) if self.lowest(life) > Some(life.priority(number)) => {
                (self.pending, self.next) = (None, number + 1);
                return Ok(Step::Done);
            }
            Err(error) => return Err(format!("pushing {number}: {error}")),
        };
        self.pending = None;
        self.next += 1;
        for (level, (before, after)) in (0u8..).zip(before.into_iter().zip(queue.statistics().dropped)) {
            self.drop_oldest(Priority::from_level(level), after.wrapping_sub(before), life);
        }
        self.note(id, number)?;
        self.taken.insert(id.get(), number);
        Ok(Step::Done)
    }

    fn lowest(&self, life: QueueLife) -> Option<Priority> {
        self.taken.values().map(|number| life.priority(*number)).min()
    }

    fn drop_oldest(&mut self, priority: Option<Priority>, count: u32, life: QueueLife) {
        for _ in 0..count {
            let oldest = self.taken.iter().find(|(_, number)| Some(life.priority(**number)) == priority);
            let Some(id) = oldest.map(|(id, _)| *id) else { return };
            self.taken.remove(&id);
        }
    }

    /// Acknowledges about half of what is there.
    fn acknowledge(&mut self, queue: &mut Store<'_>) -> Result<Step, String> {
        let Some(id) = self.taken.keys().copied().nth(self.taken.len() / 2) else { return Ok(Step::Done) };
        self.acknowledged = self.acknowledged.max(id);
        self.taken.retain(|taken, _| *taken > id);
        match wait(queue.acknowledge(ItemId::new(id))) {
            Ok(()) => Ok(Step::Done),
            Err(QueueError::Flash(MockFlashError::NoPower)) => Ok(Step::NoPower),
            Err(error) => Err(format!("acknowledging {id}: {error}")),
        }
    }

    /// One start of the device.
    fn start(&mut self, life: QueueLife) -> Result<Run, String> {
        // The flash is taken out while the queue has it.
        let mut flash = core::mem::replace(&mut self.flash, Flash::new(0, &Supply::default()));
        let result = match wait(Store::open(BlockingFlash(&mut flash), Plain)) {
            Err(QueueError::Flash(MockFlashError::NoPower)) => Ok(Run::Interrupted),
            Err(error) => Err(format!("opening: {error}")),
            Ok(mut queue) => match self.look(&mut queue, life) {
                Ok(Step::Done) => self.live(&mut queue, life),
                Ok(Step::NoPower) => Ok(Run::Interrupted),
                Err(reason) => Err(reason),
            },
        };
        self.flash = flash;
        result
    }

    fn live(&mut self, queue: &mut Store<'_>, life: QueueLife) -> Result<Run, String> {
        let start = self.next;
        // A device starts anew now and then, so that pages are left half-full.
        while self.next < life.pushes() && self.next - start < 5 {
            if matches!(self.push(queue, life)?, Step::NoPower) {
                return Ok(Run::Interrupted);
            }
            if life == QueueLife::Drain
                && self.next.is_multiple_of(4)
                && matches!(self.acknowledge(queue)?, Step::NoPower)
            {
                return Ok(Run::Interrupted);
            }
        }
        Ok(Run::Finished)
    }
}

impl Scenario for QueueLife {
    type World = QueueWorld;

    fn name(&self) -> &'static str {
        match self {
            Self::Fill => "queue-fill",
            Self::Drain => "queue-drain",
            Self::Wrap => "queue-wrap",
        }
    }

    fn world(&self, supply: &Supply) -> QueueWorld {
        QueueWorld {
            flash: Flash::new(PAGES, supply),
            next: 0,
            taken: BTreeMap::new(),
            seen: BTreeMap::new(),
            pending: None,
            acknowledged: 0,
        }
    }

    fn run(&self, world: &mut QueueWorld) -> Result<Run, String> {
        loop {
            let run = world.start(*self)?;
            if run == Run::Interrupted || world.next >= self.pushes() {
                return Ok(run);
            }
        }
    }

    fn check(&self, world: &mut QueueWorld) -> Result<(), String> {
        if world.flash.misuses() != 0 {
            return Err(format!("{} words were written twice", world.flash.misuses()));
        }
        // Once more, to look at what is there.
        match world.start(*self)? {
            Run::Finished => Ok(()),
            Run::Interrupted => Err("it does not come to an end".into()),
        }
    }
}
