//! [`Mapping`]: which DBC signal is which VSS signal, in which unit, and what its raw values mean.
//!
//! The file format is TOML and documented in the README of this crate.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::collections::HashMap;

use dimo_types::{Scale, Unit, VssKind, VssSignal};
use serde::Deserialize;
use thiserror::Error;

use crate::compile::{Catalogue, Place};
use crate::{Signal, SignalKind};

/// A mapping file: DBC signals and the VSS names they are delivered under.
///
/// It changes names, units and values, and selects nothing: see [`crate::Selection::mapped`].
///
/// # Example: a speedometer in miles an hour
///
/// ```
/// use dimo_dbc::{Mapping, Plan, Selection, compile, import};
/// use dimo_types::{CanId, SignalDictionary, SignalIndex};
/// let database = import(b"BO_ 291 Cluster: 8 X\n SG_ Spd : 0|8@1+ (0.5,0) [0|0] \"mph\" X\n").unwrap();
/// let mapping = Mapping::parse("[[signal]]\ndbc = \"Cluster.Spd\"\nvss = \"speed\"\n").unwrap();
/// let blob = compile(&database, &Selection::all(), Some(&mapping)).unwrap();
/// let plan = Plan::from_bytes(&blob).unwrap();
/// let speed = plan.signal(SignalIndex(0)).unwrap();
/// assert_eq!((speed.name, speed.unit.symbol()), ("speed", "km/h"));
/// let sample = plan.decode_bytes(CanId::standard(291).unwrap(), &[120]).unwrap().next().unwrap();
/// assert_eq!((sample.raw.to_string(), sample.physical().round()), ("120".into(), 97.0));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    dbc: String,
    vss: String,
    unit: Option<String>,
    to: Option<String>,
    values: Option<BTreeMap<String, Value>>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Value {
    Integer(i64),
    Float(f64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    signal: Vec<Entry>,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    ///
    /// [`MappingError::Syntax`] for text that is no TOML or has unknown keys, [`MappingError::Values`] for a value table
    /// that mixes numbers and text or whose keys are no integers.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let file: File = toml::from_str(text).map_err(|error| syntax(text, &error))?;
        for entry in &file.signal {
            entry.table()?;
        }
        Ok(Self { entries: file.signal })
    }

    /// Its entries in file order: the DBC name and the VSS name.
    pub fn signals(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|entry| (entry.dbc.as_str(), entry.vss.as_str()))
    }

    /// What becomes of each mapped signal.
    pub(crate) fn resolve(&self, catalogue: &Catalogue<'_>) -> Result<HashMap<Place, Target>, MappingError> {
        let mut targets = HashMap::new();
        for entry in &self.entries {
            let name = || entry.dbc.clone();
            let place = match catalogue.find(&entry.dbc).as_slice() {
                [] => return Err(MappingError::UnknownSignal { entry: name() }),
                [place] => *place,
                places => return Err(MappingError::AmbiguousSignal { entry: name(), count: places.len() }),
            };
            let Some(signal) = catalogue.signal(place) else {
                return Err(MappingError::UnknownSignal { entry: name() });
            };
            if targets.insert(place, entry.target(signal)?).is_some() {
                return Err(MappingError::DuplicateSignal { entry: name() });
            }
        }
        Ok(targets)
    }
}

/// What becomes of a signal that is mapped.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) vss: String,
    pub(crate) unit: String,
    pub(crate) conversion: Scale,
    pub(crate) values: Option<ValueTable>,
}

/// Values in place of raw integers, by raw integer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ValueTable {
    Integers(BTreeMap<i64, i64>),
    Floats(BTreeMap<i64, f64>),
    Texts(BTreeMap<i64, String>),
}

impl Entry {
    fn target(&self, signal: &Signal) -> Result<Target, MappingError> {
        let entry = || self.dbc.clone();
        let unknown = || MappingError::UnknownVss { entry: entry(), vss: self.vss.clone() };
        let vss = VssSignal::by_name(&self.vss).ok_or_else(unknown)?;
        let from = Unit::parse(self.unit.as_deref().unwrap_or(&signal.unit));
        let to = self.to.as_deref().map_or(vss.unit, Unit::parse);
        let values = self.table()?;
        self.check_kind(vss, values.as_ref())?;
        if values.is_some() && matches!(signal.kind, SignalKind::Float32 | SignalKind::Float64) {
            return Err(MappingError::ValuesOfFloat { entry: entry() });
        }
        // A value table says what raw values mean, so the unit of the raw value does not matter; nor does any unit
        // where the target has none.
        let conversion = if values.is_some() || to == Unit::None {
            Scale::IDENTITY
        } else {
            from.conversion_to(to).ok_or_else(|| MappingError::NoConversion {
                entry: entry(),
                from: from.symbol().to_string(),
                to: to.symbol().to_string(),
            })?
        };
        Ok(Target { vss: self.vss.clone(), unit: to.symbol().to_string(), conversion, values })
    }

    /// Text comes from value tables only, and is one of the texts that the catalogue allows.
    fn check_kind(&self, vss: &VssSignal, values: Option<&ValueTable>) -> Result<(), MappingError> {
        let texts = match values {
            Some(ValueTable::Texts(texts)) => Some(texts),
            _ => None,
        };
        let fits = match vss.kind {
            VssKind::Number => texts.is_none(),
            VssKind::Text => texts.is_some(),
            _ => false,
        };
        if !fits {
            return Err(MappingError::Kind { entry: self.dbc.clone(), vss: self.vss.clone() });
        }
        let refused = |text: &&String| !vss.allowed.is_empty() && !vss.allowed.contains(&text.as_str());
        match texts.into_iter().flat_map(BTreeMap::values).find(refused) {
            Some(text) => {
                Err(MappingError::Text { entry: self.dbc.clone(), vss: self.vss.clone(), text: text.clone() })
            }
            None => Ok(()),
        }
    }

    fn table(&self) -> Result<Option<ValueTable>, MappingError> {
        let Some(values) = &self.values else { return Ok(None) };
        let (mut integers, mut floats, mut texts) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (key, value) in values {
            let raw = raw(key).ok_or_else(|| self.wrong(key))?;
            let fresh = match value {
                Value::Integer(value) => {
                    floats.insert(raw, *value as f64);
                    integers.insert(raw, *value).is_none()
                }
                Value::Float(value) => floats.insert(raw, *value).is_none(),
                Value::Text(text) => texts.insert(raw, text.clone()).is_none(),
            };
            if !fresh || !texts.is_empty() && !floats.is_empty() {
                return Err(self.wrong(key));
            }
        }
        Ok(Some(if !texts.is_empty() {
            ValueTable::Texts(texts)
        } else if integers.len() == floats.len() {
            ValueTable::Integers(integers)
        } else {
            ValueTable::Floats(floats)
        }))
    }

    fn wrong(&self, key: &str) -> MappingError {
        MappingError::Values { entry: self.dbc.clone(), key: key.to_string() }
    }
}

/// A raw value as a key spells it; those of unsigned 64-bit signals wrap, as they do in a plan.
fn raw(key: &str) -> Option<i64> {
    key.parse().ok().or_else(|| key.parse().ok().map(u64::cast_signed))
}

fn syntax(text: &str, error: &toml::de::Error) -> MappingError {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let last = before.rsplit('\n').next().unwrap_or_default();
    MappingError::Syntax {
        line: u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX),
        column: u32::try_from(last.chars().count() + 1).unwrap_or(u32::MAX),
        reason: error.message().to_string(),
    }
}

/// Why a mapping file cannot be used. Each names the `dbc` key of its entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MappingError {
    /// No TOML, or a key that the format does not have.
    #[error("{line}:{column}: {reason}")]
    Syntax {
        /// The line, from 1.
        line: u32,
        /// The column in characters, from 1.
        column: u32,
        /// What is wrong there.
        reason: String,
    },
    /// The database has no such signal. Is it spelt as in the DBC file?
    #[error("{entry}: no such signal in the DBC file")]
    UnknownSignal {
        /// The DBC name of the entry.
        entry: String,
    },
    /// Several messages have a signal of that name. Say `Message.Signal`.
    #[error("{entry}: {count} messages have that signal")]
    AmbiguousSignal {
        /// The DBC name of the entry.
        entry: String,
        /// How many.
        count: usize,
    },
    /// Two entries map the same signal. Keep one.
    #[error("{entry}: mapped twice")]
    DuplicateSignal {
        /// The DBC name of the second entry.
        entry: String,
    },
    /// The network's catalogue has no signal of that name.
    #[error("{entry}: {vss} is no VSS signal of the network")]
    UnknownVss {
        /// The DBC name of the entry.
        entry: String,
        /// The VSS name.
        vss: String,
    },
    /// A VSS text needs `values` with texts; a VSS number has none of them; a position is no CAN signal.
    #[error("{entry}: its values are not of the kind that {vss} has")]
    Kind {
        /// The DBC name of the entry.
        entry: String,
        /// The VSS name.
        vss: String,
    },
    /// The catalogue lists the texts of this signal, and this is none of them.
    #[error("{entry}: {vss} is never `{text}`")]
    Text {
        /// The DBC name of the entry.
        entry: String,
        /// The VSS name.
        vss: String,
        /// The text.
        text: String,
    },
    /// The units do not measure the same thing, or one is unknown. State the unit of the DBC signal as `unit`.
    #[error("{entry}: no conversion from `{from}` to `{to}`")]
    NoConversion {
        /// The DBC name of the entry.
        entry: String,
        /// The unit of the signal.
        from: String,
        /// The unit wanted.
        to: String,
    },
    /// A key of `values` that is no integer or stands twice, or a value of another kind than those before it.
    #[error("{entry}: `{key}` in its values")]
    Values {
        /// The DBC name of the entry.
        entry: String,
        /// The key.
        key: String,
    },
    /// A float signal has no raw integers that a value table could list.
    #[error("{entry}: a float signal has no table of values")]
    ValuesOfFloat {
        /// The DBC name of the entry.
        entry: String,
    },
}
