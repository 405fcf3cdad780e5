//! [`WireForm`]: the forms of telemetry by name, and which of them two sides use.

use core::fmt;

use thiserror::Error;

/// A form in which telemetry travels, with its version. The order is that of preference: of two, the greater is newer or
/// smaller on the wire.
///
/// # How forms change
///
/// A name stands for what its readers understand, so it never changes its meaning. What an earlier reader can pass over
/// without taking the rest for something else (a field more, a kind of column more, an event more) is added under the same
/// name, and readers report it as `Unknown`. Avro's single objects name one schema exactly, so there any change of the schema is
/// a new form. What an earlier reader would misread gets a new name, such as `dimo.v2+protobuf`.
/// Field numbers and names are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WireForm {
    /// What the live network's devices send: signed JSON, in gzip and base64. Every device is taken to write it.
    Gen1Json,
    /// What the live network's ingest server takes from any maker: a CloudEvent, data version `default/v1.0`.
    CloudEvent,
    /// Batches as Avro.
    DimoV1Avro,
    /// Batches in columns, `dimo.v1` in protobuf: `proto/dimo/v1/telemetry.proto`.
    DimoV1Protobuf,
}

impl WireForm {
    /// Every form, in order.
    pub const ALL: [Self; 4] = [Self::Gen1Json, Self::CloudEvent, Self::DimoV1Avro, Self::DimoV1Protobuf];

    /// The name, of small letters, digits and `.+-`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gen1Json => "dimo.gen1+json",
            Self::CloudEvent => "dimo.cloudevent.v1+json",
            Self::DimoV1Avro => "dimo.v1+avro",
            Self::DimoV1Protobuf => "dimo.v1+protobuf",
        }
    }

    /// The form of this name, in letters of any case; `None` for a name that is not known here.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name().eq_ignore_ascii_case(name))
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for WireForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The forms that a device writes, or that a backend reads.
///
/// Two sides tell each other their forms, and each [chooses](Self::choose) by itself. Nobody tells the other what was chosen, so
/// there is nothing to be talked into: who wants a worse form used must change a list. Tell the lists where changes show, in a
/// session or beneath a signature.
///
/// # Example: a device offers, a backend answers
///
/// ```
/// use dimo_types::wire::{WireForm, WireForms};
/// let written = WireForms::of(&[WireForm::Gen1Json, WireForm::DimoV1Protobuf]);
/// let offer = written.to_string();
/// assert_eq!(offer, "dimo.v1+protobuf,dimo.gen1+json");
///
/// let read = WireForms::parse("dimo.v7+protobuf, dimo.v1+protobuf, dimo.v1+avro, dimo.gen1+json")?;
/// assert_eq!(WireForms::parse(&offer)?.choose(read)?, WireForm::DimoV1Protobuf); // by the backend
/// assert_eq!(written.choose(read)?, WireForm::DimoV1Protobuf); // by the device
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Example: a device that says nothing, and a backend that does not read what old devices write
///
/// ```
/// use dimo_types::wire::{WireForm, WireForms};
/// let old = WireForms::parse("")?;
/// assert_eq!(old, WireForms::of(&[WireForm::Gen1Json]));
/// let read = WireForms::of(&[WireForm::DimoV1Protobuf]);
/// let nothing = old.choose(read).unwrap_err();
/// assert_eq!(nothing.to_string(), "no form is both in [dimo.gen1+json] and in [dimo.v1+protobuf]");
/// # Ok::<(), dimo_types::wire::WireFormsError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct WireForms(u8);

impl WireForms {
    /// No form at all.
    pub const NONE: Self = Self(0);

    /// The longest text that is read as a list, in bytes.
    pub const MAX_TEXT: usize = 1024;

    /// These forms.
    #[must_use]
    pub const fn of(forms: &[WireForm]) -> Self {
        let (mut rest, mut bits) = (forms, 0);
        while let [first, others @ ..] = rest {
            bits |= first.bit();
            rest = others;
        }
        Self(bits)
    }

    /// The forms in a list of names with commas between, as [`Display`](fmt::Display) writes it; blanks around a name do not
    /// count. A name that is not known is passed over: it is a later form. An empty text, which is what a device sends that
    /// knows nothing of this, is [`WireForm::Gen1Json`].
    ///
    /// # Errors
    ///
    /// [`WireFormsError`] when the text is no list of names.
    pub fn parse(text: &str) -> Result<Self, WireFormsError> {
        if text.len() > Self::MAX_TEXT {
            return Err(WireFormsError::TooLong { len: text.len() });
        }
        if text.trim_ascii().is_empty() {
            return Ok(Self::of(&[WireForm::Gen1Json]));
        }
        let mut forms = Self::NONE;
        for (place, name) in text.split(',').map(str::trim_ascii).enumerate() {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(WireFormsError::NoName { place });
            }
            if let Some(form) = WireForm::from_name(name) {
                forms.0 |= form.bit();
            }
        }
        Ok(forms)
    }

    /// Whether `form` is among them.
    #[must_use]
    pub const fn contains(self, form: WireForm) -> bool {
        self.0 & form.bit() != 0
    }

    /// The forms, the preferred one first.
    pub fn iter(self) -> impl Iterator<Item = WireForm> {
        WireForm::ALL.into_iter().rev().filter(move |form| self.contains(*form))
    }

    /// The form to use between this side and the other: the greatest that both have. It is the same from either side.
    ///
    /// # Errors
    ///
    /// [`NoCommonForm`] when they have none in common: keep the readings until one of them is updated.
    pub fn choose(self, other: Self) -> Result<WireForm, NoCommonForm> {
        let common = self.iter().find(|form| other.contains(*form));
        common.ok_or(NoCommonForm { ours: self, theirs: other })
    }
}

/// Names with commas between, the preferred one first.
impl fmt::Display for WireForms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, form) in self.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{form}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for WireForms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Two sides have no form in common. An empty list is one of later forms only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no form is both in [{ours}] and in [{theirs}]")]
pub struct NoCommonForm {
    /// The forms of the side that chose.
    pub ours: WireForms,
    /// The forms of the other.
    pub theirs: WireForms,
}

/// Why a text is no list of forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WireFormsError {
    /// The text is longer than [`WireForms::MAX_TEXT`]: the other side does not speak of forms.
    #[error("the list has {len} bytes, more than {}", WireForms::MAX_TEXT)]
    TooLong {
        /// Its length, in bytes.
        len: usize,
    },
    /// An entry is empty, or has other characters than a name can have: the list was cut or damaged.
    #[error("entry {place} of the list is no name")]
    NoName {
        /// Which entry, counted from 0.
        place: usize,
    },
}
