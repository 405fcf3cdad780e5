//! Frames to integers, for a core without a double FPU: [`Plan::integers`], [`Integers`], [`IntegerSample`].

use core::{fmt, slice};

use dimo_types::{CanId, Frame, SignalIndex};

use crate::fixed_point::{FixedPoint, FixedPointError};
use crate::plan::Mapped;
use crate::plan::layout::{MessageEntry, NONE, SignalEntry};
use crate::plan::packed::{Kind, PackedField};
use crate::presence::{Payload, chain, in_ranges, switch_of};
use crate::{Missing, Plan};

impl Plan<'_> {
    /// The integers in `frame`, by the same rules as [`Plan::decode`] and without any floating-point instruction; `None` when
    /// the plan does not know its identifier, and for remote and error frames.
    #[must_use]
    #[inline(always)]
    pub fn integers<'p, 'f>(&'p self, frame: &'f Frame) -> Option<Integers<'p, 'f>> {
        if !frame.is_data() {
            return None;
        }
        self.integers_in(frame.id(), Payload { data: frame.padded(), length: frame.length() })
    }

    /// The integers in `data` received under `id`; `None` when the plan does not know `id`. Bytes behind the 64th are ignored.
    #[must_use]
    #[inline(always)]
    pub fn integers_bytes<'p, 'f>(&'p self, id: CanId, data: &'f [u8]) -> Option<Integers<'p, 'f>> {
        self.integers_in(id, Payload { data, length: u8::try_from(data.len()).unwrap_or(u8::MAX) })
    }

    #[inline(always)]
    fn integers_in<'p, 'f>(&'p self, id: CanId, payload: Payload<'f>) -> Option<Integers<'p, 'f>> {
        let entry = self.find_entry(id)?;
        let message = MessageEntry::read(entry);
        let signals = self.signals_in(&message)?;
        let is_whole = payload.length >= message.full_bytes;
        Some(Integers {
            plan: self,
            payload,
            message: entry,
            left: signals.iter(),
            end: message.first_signal.wrapping_add(message.signal_count),
            active: if is_whole { u32::from(NONE) } else { UNKNOWN },
            inactive: UNKNOWN,
            switch: UNKNOWN,
            value: None,
        })
    }
}

/// The integers of one frame, in DBC order: what [`crate::Samples`] gives, before any scale.
///
/// # Example: a board without a double FPU
///
/// ```
/// # #[cfg(feature = "import")] {
/// use dimo_dbc::{Plan, RawBits, Selection, compile, import};
/// use dimo_types::CanId;
/// let text = "BO_ 291 Engine: 8 ECU\n SG_ Coolant : 8|16@1+ (0.01,-40) [0|0] \"degC\" X\n";
/// let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
///
/// // On the board: no double is touched.
/// let plan = Plan::from_bytes(&blob).unwrap();
/// let mut integers = plan.integers_bytes(CanId::standard(291).unwrap(), &[0, 0x67, 0x2F]).unwrap();
/// let coolant = integers.next().unwrap();
/// assert_eq!(coolant.raw, RawBits::Signed(0x2F67));
/// let degrees = coolant.fixed_point().unwrap();
/// assert_eq!((degrees.value, degrees.places), (8135, 2));
/// assert_eq!(degrees.to_string(), "81.35");
/// # }
/// ```
#[derive(Clone)]
pub struct Integers<'p, 'f> {
    plan: &'p Plan<'p>,
    payload: Payload<'f>,
    message: &'p [u8; MessageEntry::BYTES],
    left: slice::Iter<'p, [u8; SignalEntry::BYTES]>,
    /// The index behind that of the last.
    end: u16,
    /// The conditions found to hold and not to hold last: signals under one condition stand together in most files.
    active: u32,
    inactive: u32,
    /// The switch asked last and its value, none when it is not there itself.
    switch: u32,
    value: Option<u32>,
}

/// Of a short frame every signal is asked for, so no condition is the one asked last.
const UNKNOWN: u32 = u32::MAX;

impl<'p> Integers<'p, '_> {
    /// What a short frame leaves out, as [`crate::Samples::missing`] says it.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        let message = MessageEntry::read(self.message);
        self.payload.missing(
            self.plan,
            message.full_bytes,
            self.plan.signals_in(&message).unwrap_or_default(),
        )
    }

    /// The raw value of a signal; `None` when it is not there, or when a mapping's value table does not list it.
    #[inline(always)]
    fn raw(&mut self, entry: &[u8; SignalEntry::BYTES]) -> Option<RawBits> {
        match self.narrow_raw(entry) {
            Some(raw) => Some(RawBits::Signed(raw)),
            None => self.other_raw(entry),
        }
    }

    /// The raw value of a narrow signal that is known to be there.
    #[inline(always)]
    fn narrow_raw(&self, entry: &[u8; SignalEntry::BYTES]) -> Option<i64> {
        let field = PackedField::of_entry(entry);
        if !field.is_narrow() || u32::from(SignalEntry::condition_of(entry)) != self.active {
            return None;
        }
        let base = usize::from(field.base());
        let window = self.payload.data.get(base..base + 4)?;
        Some(field.narrow_bits(*window.first_chunk()?))
    }

    /// The raw value of any other signal. Apart from the loop, which has its registers for itself then.
    #[inline(never)]
    fn other_raw(&mut self, entry: &[u8; SignalEntry::BYTES]) -> Option<RawBits> {
        let condition = SignalEntry::condition_of(entry);
        if u32::from(condition) == self.inactive {
            return None;
        }
        if u32::from(condition) != self.active {
            if !self.is_selected(condition) {
                return None;
            }
            if let Some(raw) = self.narrow_raw(entry) {
                return Some(RawBits::Signed(raw));
            }
        }
        let field = PackedField::of_entry(entry);
        if self.is_short() && self.payload.length < field.field().needed_bytes() {
            return None;
        }
        let bits = field.bits(self.payload.data);
        if field.has_lookup() {
            self.plan.look_up(SignalEntry::scale_of(entry), bits.cast_signed())?;
        }
        Some(match field.kind() {
            // The field has 32 bits.
            Kind::Single => RawBits::Single(bits as u32),
            Kind::Double => RawBits::Double(bits),
            Kind::Unsigned64 => RawBits::Unsigned(bits),
            Kind::Integer => RawBits::Signed(bits.cast_signed()),
        })
    }

    /// Whether the switches select what is there under `condition`. Of a whole frame the answer is remembered; in a short one
    /// the bytes of every signal are counted too.
    fn is_selected(&mut self, condition: u16) -> bool {
        let is_selected = condition == NONE || self.is_in_range(condition);
        if !self.is_short() {
            let known = if is_selected { &mut self.active } else { &mut self.inactive };
            *known = condition.into();
        }
        is_selected
    }

    fn is_short(&self) -> bool {
        self.payload.length < MessageEntry::read(self.message).full_bytes
    }

    fn is_in_range(&mut self, condition: u16) -> bool {
        let chain = chain(self.plan, condition);
        let Some(switch) = switch_of(chain) else { return false };
        if self.switch != u32::from(switch) {
            self.switch = switch.into();
            self.value = self.payload.switch_value(self.plan, switch);
        }
        self.value.is_some_and(|value| in_ranges(chain, value))
    }

    /// The sample of an entry behind which there are `left` more.
    #[inline(always)]
    fn sample(&self, entry: &'p [u8; SignalEntry::BYTES], raw: RawBits, left: usize) -> IntegerSample<'p> {
        // A plan has fewer than 2^16 signals.
        IntegerSample {
            signal: SignalIndex(self.end.wrapping_sub(left as u16).wrapping_sub(1)),
            raw,
            plan: self.plan,
            entry,
        }
    }
}

impl<'p> Iterator for Integers<'p, '_> {
    type Item = IntegerSample<'p>;

    #[inline(always)]
    fn next(&mut self) -> Option<IntegerSample<'p>> {
        loop {
            let entry = self.left.next()?;
            if let Some(raw) = self.raw(entry) {
                return Some(self.sample(entry, raw, self.left.len()));
            }
        }
    }

    /// What `for_each` and the like use: faster than one after the other, since the place in the table stays in a register.
    #[inline(always)]
    fn fold<A, F: FnMut(A, Self::Item) -> A>(mut self, start: A, mut take: F) -> A {
        let (mut taken, mut left) = (start, self.left.clone());
        while let Some(entry) = left.next() {
            if let Some(raw) = self.raw(entry) {
                taken = take(taken, self.sample(entry, raw, left.len()));
            }
        }
        taken
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left.len()))
    }
}

impl fmt::Debug for Integers<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// The integer of one signal in one frame.
#[derive(Clone, Copy)]
pub struct IntegerSample<'p> {
    /// Which signal of the plan.
    pub signal: SignalIndex,
    /// What stands in the frame.
    pub raw: RawBits,
    plan: &'p Plan<'p>,
    entry: &'p [u8; SignalEntry::BYTES],
}

impl IntegerSample<'_> {
    /// The physical value, exact to the last digit: `raw * factor + offset` in the decimals of the DBC file, or the integer that
    /// a mapping's value table gives.
    ///
    /// # Errors
    ///
    /// [`FixedPointError`] for floats and texts, for a scale without a decimal form, and for a value that needs more than 64 bits.
    pub fn fixed_point(&self) -> Result<FixedPoint, FixedPointError> {
        let raw = match self.raw {
            RawBits::Signed(raw) => raw,
            RawBits::Unsigned(raw) => i64::try_from(raw).map_err(|_| FixedPointError::Overflow)?,
            RawBits::Single(_) | RawBits::Double(_) => return Err(FixedPointError::Float),
        };
        let scale = SignalEntry::scale_of(self.entry);
        if PackedField::of_entry(self.entry).has_lookup() {
            return listed(self.plan, scale, raw);
        }
        let scale = self.plan.decimal_scale(scale).ok_or(FixedPointError::NotDecimal)?;
        FixedPoint::scaled(raw, scale)
    }
}

/// What a value table gives.
#[inline(never)]
fn listed(plan: &Plan<'_>, lookup: u16, raw: i64) -> Result<FixedPoint, FixedPointError> {
    match plan.look_up(lookup, raw) {
        Some(Mapped::Integer(value)) => Ok(FixedPoint { value, places: 0 }),
        Some(Mapped::Text(_)) => Err(FixedPointError::Text),
        _ => Err(FixedPointError::NotDecimal),
    }
}

impl fmt::Debug for IntegerSample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntegerSample")
            .field("signal", &self.signal)
            .field("raw", &self.raw)
            .finish_non_exhaustive()
    }
}

/// What stands in a frame, without any float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RawBits {
    /// A signed integer, sign-extended, or an unsigned one of at most 63 bits.
    Signed(i64),
    /// An unsigned integer of 64 bits.
    Unsigned(u64),
    /// The bits of an IEEE 754 single, as `f32::from_bits` takes them.
    Single(u32),
    /// The bits of an IEEE 754 double, as `f64::from_bits` takes them.
    Double(u64),
}
