//! [`compile`]: a database, a selection and a mapping become one blob.

mod catalogue;
mod device;
mod names;

use alloc::string::String;
use alloc::vec::Vec;
use std::collections::{HashMap, HashSet};

use thiserror::Error;

pub(crate) use catalogue::{Catalogue, Place};
pub(crate) use device::{field, ranges};

use crate::compile::device::Device;
use crate::compile::names::Names;
use crate::mapping::Target;
use crate::plan::matching::group;
use crate::{Database, Mapping, MappingError, Selection};

/// Compiles the signals of `database` that `selection` names into a blob for [`crate::Plan::from_bytes`].
///
/// Signals keep the order of the DBC file: that of messages, then that of signals. Of messages with the same identifier
/// the first is compiled. Left out are signals that no frame can hold (without bits, wider than 64 bits, behind byte 63)
/// and those of which nothing tells when they are there; [`crate::lint`] lists them.
///
/// # Errors
///
/// [`CompileError`] when a name is unknown, the mapping cannot be used, or there is more than a plan can hold.
///
/// # Example: one signal, and a name that is not there
///
/// ```
/// use dimo_dbc::{CompileError, Plan, Selection, compile, import};
/// let text = "BO_ 291 Engine: 8 X\n SG_ Rpm : 0|16@1+ (0.25,0) [0|0] \"rpm\" X\n SG_ Load : 16|8@1+ (1,0) [0|0] \"%\" X\n";
/// let database = import(text.as_bytes()).unwrap();
/// let blob = compile(&database, &Selection::names(["Engine.Load"]), None)?;
/// assert_eq!(Plan::from_bytes(&blob).unwrap().signal_count(), 1);
/// let refused = compile(&database, &Selection::names(["Engine.Torque"]), None);
/// assert_eq!(refused, Err(CompileError::UnknownSignal { name: "Engine.Torque".into() }));
/// # Ok::<(), CompileError>(())
/// ```
pub fn compile(
    database: &Database,
    selection: &Selection,
    mapping: Option<&Mapping>,
) -> Result<Vec<u8>, CompileError> {
    let catalogue = Catalogue::of(database);
    let chosen = catalogue.choose(selection)?;
    let targets = mapping.map(|mapping| mapping.resolve(&catalogue)).transpose()?.unwrap_or_default();
    let (device, names) = tables(&catalogue, chosen.as_ref(), &targets)?;
    let mut blob = device.finish()?;
    names.finish(&mut blob)?;
    Ok(blob)
}

fn tables<'d>(
    catalogue: &Catalogue<'d>,
    chosen: Option<&catalogue::Chosen>,
    targets: &'d HashMap<Place, Target>,
) -> Result<(Device, Names<'d>), CompileError> {
    let (mut device, mut names) = (Device::default(), Names::default());
    let groups = chosen.map(|chosen| chosen_groups(catalogue, chosen)).unwrap_or_default();
    for (message_at, id, message) in catalogue.messages() {
        let mut compiled = device.message(message);
        for (signal_at, signal) in message.signals.iter().enumerate() {
            let place = Place { message: message_at, signal: signal_at };
            let target = targets.get(&place);
            if chosen.is_none_or(|chosen| chosen.contains(&place)) && compiled.signal(signal, target)? {
                names.signal(message, signal, target)?;
            }
        }
        let stays = chosen.is_none() || group(id).is_some_and(|group| groups.contains(&group));
        if compiled.finish(id, stays)? {
            names.message(id, message)?;
        }
    }
    Ok((device, names))
}

/// The J1939 groups of the messages that have a chosen signal. A message without any stays in the plan beside them: else its
/// frames would be taken for those of the other.
fn chosen_groups(catalogue: &Catalogue<'_>, chosen: &catalogue::Chosen) -> HashSet<u32> {
    let messages: HashSet<usize> = chosen.iter().map(|place| place.message).collect();
    catalogue.messages().filter(|(at, ..)| messages.contains(at)).filter_map(|(_, id, _)| group(id)).collect()
}

/// Why a database does not become a plan.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The selection names a signal that the database has not. Is it spelt as in the DBC file?
    #[error("no signal is named {name}")]
    UnknownSignal {
        /// The name as the selection has it.
        name: String,
    },
    /// The mapping does not fit the database.
    #[error("mapping: {0}")]
    Mapping(#[from] MappingError),
    /// A plan counts with 16 bits. Select fewer signals.
    #[error("{count} {what} are more than a plan can hold, {limit}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many a plan can hold.
        limit: usize,
    },
}

/// `count` as the plan's tables hold it.
fn count<N: TryFrom<usize>>(what: &'static str, count: usize) -> Result<N, CompileError> {
    let limit = if size_of::<N>() == 2 { usize::from(u16::MAX) } else { u32::MAX as usize };
    N::try_from(count).map_err(|_| CompileError::TooMany { what, count, limit })
}
