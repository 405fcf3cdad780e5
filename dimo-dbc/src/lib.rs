#![doc = include_str!("../README.md")]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "arrow")]
mod arrow;
mod byte_order;
#[cfg(feature = "alloc")]
mod columns;
#[cfg(feature = "import")]
mod compile;
mod crc;
#[cfg(feature = "import")]
mod database;
mod decode;
#[cfg(feature = "import")]
mod encode;
mod field;
mod fixed_point;
pub mod gen1;
#[cfg(feature = "import")]
mod import;
mod integers;
#[cfg(feature = "import")]
mod lint;
pub mod log;
pub mod logger;
#[cfg(feature = "import")]
mod mapping;
mod plan;
mod presence;
pub mod request;
#[cfg(feature = "alloc")]
mod row;
#[cfg(feature = "import")]
mod selection;

#[cfg(feature = "arrow")]
pub use arrow::{BatchDecoder, MessageBatch};
pub use byte_order::ByteOrder;
#[cfg(feature = "alloc")]
pub use columns::{Column, ColumnDecoder, Columns, MessageTable};
#[cfg(feature = "import")]
pub use compile::{CompileError, compile};
#[cfg(feature = "import")]
pub use database::{
    Database, FrameFormat, Label, Message, Presence, Repair, RepairKind, Signal, SignalGroup, SignalKind,
};
pub use decode::{RawSample, Sample, Samples};
#[cfg(feature = "import")]
pub use encode::{EncodeError, MessageEncoder};
pub use fixed_point::{FixedPoint, FixedPointError};
#[cfg(feature = "import")]
pub use import::{ImportError, import};
pub use integers::{IntegerSample, Integers, RawBits};
#[cfg(feature = "import")]
pub use lint::{Finding, FindingKind, lint};
#[cfg(feature = "import")]
pub use mapping::{Mapping, MappingError};
pub use plan::{Flaw, IdMatching, Plan, PlanError, Section, SignalName, Table};
pub use presence::Missing;
#[cfg(feature = "alloc")]
pub use row::{BusFrame, Row, RowBuffer, RowDecoder};
#[cfg(feature = "import")]
pub use selection::Selection;
