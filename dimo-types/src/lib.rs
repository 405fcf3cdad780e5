#![doc = include_str!("../README.md")]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod address;
#[cfg(feature = "alloy")]
mod alloy;
mod amount;
#[cfg(feature = "alloc")]
mod application;
mod approximate;
#[cfg(feature = "alloc")]
mod batch;
mod batch_parts;
mod can;
mod certification;
mod checklist;
mod conversion;
mod country;
mod device_type;
mod did;
mod disclosure;
mod fingerprint;
mod id;
mod location;
mod movement;
mod named;
mod obligation;
mod priority;
mod privilege;
mod provider;
mod region;
mod sacd;
#[cfg(feature = "alloc")]
mod shared_batch;
mod sharing;
mod signal;
mod sim;
mod specification;
mod tags;
mod text;
mod time;
mod trouble_code;
mod trouble_report;
mod unit;
mod vehicle_event;
mod vehicle_number;
mod vin;
mod vss;
pub mod wire;

pub use address::{Address, AddressError, AddressText};
pub use amount::{Wei, WeiError};
#[cfg(feature = "alloc")]
pub use application::{
    Design, DesignApplication, IncompleteApplication, LicenceApplication, MissingPart, Samples,
};
pub use approximate::ApproximateTrack;
#[cfg(feature = "alloc")]
pub use batch::{Batch, BatchError, RejectedBatch};
pub use batch_parts::BatchParts;
pub use can::{CanId, CanProtocol, Frame, FrameError, FrameKind};
pub use certification::{AppliesTo, Certification, Mark, Standard};
pub use checklist::{CertificationStatus, Checklist, ChecklistError, ChecklistRow, Specification};
pub use conversion::Conversion;
pub use country::{Country, CountryError};
pub use device_type::{DeviceType, DeviceTypeError, DeviceTypeInfo, DeviceTypeName, PricePoint};
pub use did::{Did, DidError};
pub use disclosure::{Disclosed, Disclosure, NotShared, Treatment};
pub use fingerprint::Fingerprint;
pub use id::{RecordId, RecordIdError, TokenId, TokenIdError};
pub use location::{Location, LocationError};
pub use movement::{BusSpeed, GnssFix, MotionSummary, MovementEvidence, ServingCell};
pub use movement::{
    Margin, MovementConclusion, MovementTest, MovementTolerance, MovementVerdict, NotMade, TestOutcome,
    check_movement,
};
pub use named::UnknownName;
pub use obligation::{Obligation, ObligationKind};
pub use priority::Priority;
pub use privilege::{Privilege, PrivilegeSet};
pub use provider::{ConnectivityProvider, ProviderKind};
pub use region::{ApprovedGeography, GeographyError, Region};
pub use sacd::{SacdError, SacdRecord};
#[cfg(feature = "alloc")]
pub use shared_batch::SharedBatch;
pub use sharing::{Grant, SharingPolicy, SharingPolicyError};
pub use signal::{Raw, Reading, Scale, SignalDictionary, SignalIndex, SignalInfo, SignalValue};
pub use sim::{Iccid, Imei, Imsi, SimError, SimIdentity};
pub use specification::AdditionalSpecification;
pub use tags::Tags;
pub use time::{Month, MonthError, Timestamp, TimestampError};
pub use trouble_code::{TroubleCode, TroubleCodeError, TroubleSystem};
pub use trouble_report::TroubleReport;
pub use unit::Unit;
pub use vehicle_event::{VehicleEvent, VehicleEventName};
pub use vehicle_number::{ChassisNumber, VehicleNumber, VehicleNumberError};
pub use vin::{CheckDigit, Vin, VinError};
pub use vss::{SignalClass, VssDataType, VssKind, VssNode, VssSignal};
