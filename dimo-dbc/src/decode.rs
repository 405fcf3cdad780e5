//! Frames to samples: [`Plan::decode`], [`Samples`], [`Sample`].

use core::{fmt, slice};

use dimo_types::{CanId, Frame, Raw, Reading, Scale, SignalIndex, SignalValue, Timestamp};

use crate::plan::Mapped;
use crate::plan::layout::{NONE, SignalEntry};
use crate::plan::packed::{Kind, PackedField};
use crate::presence::{Payload, Presence};
use crate::{Missing, Plan};

impl Plan<'_> {
    /// The samples in `frame`; `None` when the plan does not know its identifier, and for remote and error frames.
    ///
    /// A known message whose signals are all switched off gives an iterator without samples. Standard and extended
    /// identifiers are never mixed up. A frame may be shorter or longer than the DBC file declares.
    #[must_use]
    pub fn decode<'p, 'f>(&'p self, frame: &'f Frame) -> Option<Samples<'p, 'f>> {
        if !frame.is_data() {
            return None;
        }
        // Behind the data the frame's own buffer is zero, so windows are read whole.
        self.samples(frame.id(), Payload { data: frame.padded(), length: frame.length() })
    }

    /// The samples in `data` received under `id`; `None` when the plan does not know `id`. Bytes behind the 64th are ignored.
    #[must_use]
    pub fn decode_bytes<'p, 'f>(&'p self, id: CanId, data: &'f [u8]) -> Option<Samples<'p, 'f>> {
        self.samples(id, Payload { data, length: u8::try_from(data.len()).unwrap_or(u8::MAX) })
    }

    fn samples<'p, 'f>(&'p self, id: CanId, payload: Payload<'f>) -> Option<Samples<'p, 'f>> {
        let (_, message) = self.find(id)?;
        let signals = self.signals_in(&message)?;
        Some(Samples {
            plan: self,
            payload,
            needed_bytes: message.full_bytes,
            all: signals,
            left: signals.iter(),
            next: message.first_signal,
            asked: (NONE, Presence::Active),
        })
    }
}

/// The samples of one frame, in DBC order. A multiplexed signal is there only when its switch selects it.
///
/// # Example: what a short frame still holds
///
/// ```
/// # #[cfg(feature = "import")] {
/// use dimo_dbc::{Plan, Selection, compile, import};
/// use dimo_types::CanId;
/// let text = "BO_ 291 Engine: 8 ECU\n SG_ Speed : 0|16@1+ (0.01,0) [0|0] \"km/h\" X\n SG_ Rpm : 16|16@1+ (1,0) [0|0] \"rpm\" X\n";
/// let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
/// let plan = Plan::from_bytes(&blob).unwrap();
/// let samples = plan.decode_bytes(CanId::standard(291).unwrap(), &[0x10, 0x27, 0xE8]).unwrap();
/// let missing = samples.missing().unwrap();
/// assert_eq!((missing.signals, missing.frame_bytes, missing.needed_bytes), (1, 3, 4));
/// assert_eq!(samples.map(|sample| sample.physical()).collect::<Vec<_>>(), [100.0]);
/// # }
/// ```
#[derive(Clone)]
pub struct Samples<'p, 'f> {
    plan: &'p Plan<'p>,
    payload: Payload<'f>,
    needed_bytes: u8,
    all: &'p [[u8; SignalEntry::BYTES]],
    left: slice::Iter<'p, [u8; SignalEntry::BYTES]>,
    next: u16,
    /// The condition asked last and its answer: signals of one switch value stand together in most files.
    asked: (u16, Presence),
}

impl<'p> Samples<'p, '_> {
    /// What a short frame leaves out; `None` when it has room for every signal of its message.
    ///
    /// A multiplexed signal counts when its switch selects it, or when the switch itself is cut off. Signals that
    /// were taken already count too.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        self.payload.missing(self.plan, self.needed_bytes, self.all)
    }

    #[inline]
    fn presence(&mut self, entry: &[u8; SignalEntry::BYTES]) -> Presence {
        let condition = SignalEntry::condition_of(entry);
        if self.asked.0 != condition {
            self.asked = (condition, self.payload.selects(self.plan, condition));
        }
        let is_short = self.payload.length < self.needed_bytes;
        if is_short && self.asked.1 == Presence::Active && self.is_cut_off(entry) {
            return Presence::Missing;
        }
        self.asked.1
    }

    #[cold]
    fn is_cut_off(&self, entry: &[u8; SignalEntry::BYTES]) -> bool {
        self.payload.length < PackedField::of_entry(entry).field().needed_bytes()
    }

    /// The sample of an active signal; `None` when a mapping's value table does not list its raw value.
    #[inline]
    fn sample(&self, index: u16, entry: &[u8; SignalEntry::BYTES]) -> Option<Sample<'p>> {
        let field = PackedField::of_entry(entry);
        let bits = field.bits(self.payload.data);
        let raw = match field.kind() {
            Kind::Integer => RawSample::Integer(Raw::Signed(bits.cast_signed())),
            Kind::Unsigned64 => RawSample::Integer(Raw::Unsigned(bits)),
            // The field has 32 bits.
            Kind::Single => RawSample::Float(f32::from_bits(bits as u32).into()),
            Kind::Double => RawSample::Float(f64::from_bits(bits)),
        };
        let scale = SignalEntry::scale_of(entry);
        let meaning = if field.has_lookup() {
            Meaning::Mapped(self.plan.look_up(scale, bits.cast_signed())?)
        } else {
            Meaning::Scaled(self.plan.scale(scale))
        };
        Some(Sample { signal: SignalIndex(index), raw, meaning })
    }
}

impl<'p> Iterator for Samples<'p, '_> {
    type Item = Sample<'p>;

    #[inline]
    fn next(&mut self) -> Option<Sample<'p>> {
        loop {
            let entry = self.left.next()?;
            let index = self.next;
            self.next = index.wrapping_add(1);
            if self.presence(entry) == Presence::Active
                && let Some(sample) = self.sample(index, entry)
            {
                return Some(sample);
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left.len()))
    }
}

impl fmt::Debug for Samples<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// The value of one signal in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample<'p> {
    /// Which signal of the plan.
    pub signal: SignalIndex,
    /// What stands in the frame.
    pub raw: RawSample,
    meaning: Meaning<'p>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning<'p> {
    Scaled(Scale),
    Mapped(Mapped<'p>),
}

impl<'p> Sample<'p> {
    /// The value as a reading carries it: the raw integer with its scale, the physical value of a float signal, or what
    /// a mapping's value table says in place of the raw value.
    #[must_use]
    pub fn value(&self) -> SignalValue<'p> {
        match (self.meaning, self.raw) {
            (Meaning::Scaled(scale), RawSample::Integer(raw)) => SignalValue::Scaled { raw, scale },
            (Meaning::Scaled(scale), RawSample::Float(raw)) => SignalValue::Float(scale.apply(raw)),
            (Meaning::Mapped(Mapped::Integer(value)), _) => {
                SignalValue::Scaled { raw: Raw::Signed(value), scale: Scale::IDENTITY }
            }
            (Meaning::Mapped(Mapped::Float(value)), _) => SignalValue::Float(value),
            (Meaning::Mapped(Mapped::Text(text)), _) => SignalValue::Text(text),
        }
    }

    /// The physical value: `raw * factor + offset`, each step rounded; the number a mapping's value table gives; the raw
    /// value where that table gives text.
    #[must_use]
    pub fn physical(&self) -> f64 {
        match self.meaning {
            Meaning::Scaled(scale) => scale.apply(self.raw.to_f64()),
            Meaning::Mapped(Mapped::Integer(value)) => value as f64,
            Meaning::Mapped(Mapped::Float(value)) => value,
            Meaning::Mapped(Mapped::Text(_)) => self.raw.to_f64(),
        }
    }

    /// The reading of this sample, received at `time`.
    #[must_use]
    pub fn reading(&self, time: Timestamp) -> Reading<'p> {
        Reading { time, signal: self.signal, value: self.value() }
    }
}

/// What stands in a frame, before any scale.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum RawSample {
    /// An integer of 1 to 64 bits, sign-extended when it is signed.
    Integer(Raw),
    /// A float or double, as a double.
    Float(f64),
}

impl RawSample {
    /// The nearest double; exact for floats, and for integers up to 2^53.
    #[must_use]
    pub const fn to_f64(self) -> f64 {
        match self {
            Self::Integer(raw) => raw.to_f64(),
            Self::Float(value) => value,
        }
    }
}

impl fmt::Display for RawSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(raw) => raw.fmt(f),
            Self::Float(value) => value.fmt(f),
        }
    }
}
