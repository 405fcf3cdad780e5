//! The messages of package `dimo.v1`, field by field as `proto/dimo/v1/telemetry.proto` has them (a test holds the two
//! equal). They can say anything that protobuf can; the functions of [`wire`](crate::wire) make and check them.

use alloc::string::String;
use alloc::vec::Vec;

use prost::{Enumeration, Message, Oneof};

/// One message of the stream.
#[derive(Clone, PartialEq, Message)]
pub struct SignedMessage {
    /// What it carries.
    #[prost(oneof = "Body", tags = "1, 2")]
    pub body: Option<Body>,
    /// 65 bytes over the bytes of a batch; empty beside a dictionary.
    #[prost(bytes = "vec", tag = "3")]
    pub signature: Vec<u8>,
}

/// What a [`SignedMessage`] carries.
#[derive(Clone, PartialEq, Oneof)]
#[non_exhaustive]
pub enum Body {
    /// A zlib stream of a [`TelemetryBatch`].
    #[prost(bytes = "vec", tag = "1")]
    Batch(Vec<u8>),
    /// A zlib stream of a [`Dictionary`].
    #[prost(bytes = "vec", tag = "2")]
    Dictionary(Vec<u8>),
}

/// One message of a stream whose records are authenticated already.
#[derive(Clone, PartialEq, Message)]
pub struct StreamMessage {
    /// What it carries.
    #[prost(oneof = "StreamBody", tags = "1, 2, 3, 4")]
    pub body: Option<StreamBody>,
    /// 65 bytes over the root of a batch's leaves, or none.
    #[prost(bytes = "vec", tag = "5")]
    pub root_signature: Vec<u8>,
}

/// What a [`StreamMessage`] carries.
#[derive(Clone, PartialEq, Oneof)]
#[non_exhaustive]
pub enum StreamBody {
    /// A zlib stream of a [`TelemetryBatch`].
    #[prost(bytes = "vec", tag = "1")]
    Batch(Vec<u8>),
    /// A zlib stream of a [`Dictionary`].
    #[prost(bytes = "vec", tag = "2")]
    Dictionary(Vec<u8>),
    /// A [`TelemetryBatch`] as it is.
    #[prost(bytes = "vec", tag = "3")]
    PlainBatch(Vec<u8>),
    /// The hash of a dictionary: 32 bytes.
    #[prost(bytes = "vec", tag = "4")]
    DictionaryRequest(Vec<u8>),
}

/// The readings of one device over one span of time. How its lists make columns is told in the schema.
#[derive(Clone, PartialEq, Message)]
pub struct TelemetryBatch {
    /// Id of the batch: 20 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub id: Vec<u8>,
    /// Address of the device's wallet: 20 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub device: Vec<u8>,
    /// Token id of the vehicle, big-endian without leading zeros.
    #[prost(bytes = "vec", optional, tag = "3")]
    pub vehicle: Option<Vec<u8>>,
    /// keccak256 of the encoded dictionary: 32 bytes.
    #[prost(bytes = "vec", tag = "4")]
    pub dictionary_hash: Vec<u8>,
    /// Time of the earliest reading, in microseconds since the Unix epoch.
    #[prost(uint64, tag = "5")]
    pub start_us: u64,
    /// How many times each timeline has.
    #[prost(uint64, repeated, tag = "6")]
    pub timeline_lengths: Vec<u64>,
    /// First time of each timeline, in microseconds after the start.
    #[prost(sint64, repeated, tag = "7")]
    pub timeline_firsts_us: Vec<i64>,
    /// In each timeline the first distance, then the changes of the distance, in microseconds.
    #[prost(sint64, repeated, tag = "8")]
    pub timeline_steps_us: Vec<i64>,
    /// Signal of each column, as the distance from the index after the one before.
    #[prost(sint32, repeated, tag = "9")]
    pub column_signals: Vec<i32>,
    /// Timeline of each column, as the distance from the one before.
    #[prost(sint64, repeated, tag = "10")]
    pub column_timelines: Vec<i64>,
    /// Kind of each column.
    #[prost(enumeration = "Kind", repeated, tag = "11")]
    pub column_kinds: Vec<i32>,
    /// First raw integer of each column of them.
    #[prost(sint64, repeated, tag = "12")]
    pub raw_firsts: Vec<i64>,
    /// Distances of the further raw integers, modulo 2^64.
    #[prost(sint64, repeated, tag = "13")]
    pub raw_steps: Vec<i64>,
    /// Physical values.
    #[prost(double, repeated, tag = "14")]
    pub floats: Vec<f64>,
    /// Texts.
    #[prost(string, repeated, tag = "15")]
    pub texts: Vec<String>,
    /// States.
    #[prost(bool, repeated, tag = "16")]
    pub states: Vec<bool>,
    /// Positions.
    #[prost(message, repeated, tag = "17")]
    pub locations: Vec<Location>,
    /// What happened to the vehicle.
    #[prost(message, repeated, tag = "18")]
    pub events: Vec<Event>,
    /// Answers to readings of the vehicle's trouble codes.
    #[prost(message, repeated, tag = "19")]
    pub trouble_codes: Vec<TroubleReport>,
    /// Which vehicle it is.
    #[prost(message, optional, tag = "20")]
    pub fingerprint: Option<Fingerprint>,
    /// How many of the last times of its timeline each column lacks; empty when none lacks any.
    #[prost(uint64, repeated, tag = "21")]
    pub column_shorts: Vec<u64>,
    /// What the salts of the batch's leaves are made from: 16 bytes.
    #[prost(bytes = "vec", optional, tag = "22")]
    pub leaf_seed: Option<Vec<u8>>,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
#[non_exhaustive]
pub enum Kind {
    /// Not used.
    Unspecified = 0,
    /// Raw integers, signed.
    Raw = 1,
    /// Raw integers, unsigned.
    UnsignedRaw = 2,
    /// Physical values.
    Float = 3,
    /// Texts.
    Text = 4,
    /// States.
    State = 5,
    /// Positions.
    Location = 6,
}

/// A position in WGS 84.
#[derive(Clone, Copy, PartialEq, Message)]
pub struct Location {
    /// Degrees north.
    #[prost(double, optional, tag = "1")]
    pub latitude: Option<f64>,
    /// Degrees east.
    #[prost(double, optional, tag = "2")]
    pub longitude: Option<f64>,
    /// Metres above the ellipsoid.
    #[prost(double, optional, tag = "3")]
    pub altitude: Option<f64>,
    /// Horizontal dilution of precision.
    #[prost(double, optional, tag = "4")]
    pub hdop: Option<f64>,
    /// Degrees clockwise from geographic north.
    #[prost(double, optional, tag = "5")]
    pub heading: Option<f64>,
}

/// Something that happened to the vehicle.
#[derive(Clone, PartialEq, Message)]
pub struct Event {
    /// The network's name for it.
    #[prost(string, tag = "1")]
    pub name: String,
    /// When it began, in microseconds since the Unix epoch.
    #[prost(uint64, tag = "2")]
    pub time_us: u64,
    /// How long it lasted, in nanoseconds.
    #[prost(uint64, optional, tag = "3")]
    pub duration_ns: Option<u64>,
    /// A text that holds JSON.
    #[prost(string, optional, tag = "4")]
    pub metadata: Option<String>,
    /// Words to find it by.
    #[prost(string, repeated, tag = "5")]
    pub tags: Vec<String>,
}

/// The trouble codes that the vehicle had stored at one time.
#[derive(Clone, PartialEq, Message)]
pub struct TroubleReport {
    /// When the vehicle answered, in microseconds since the Unix epoch.
    #[prost(uint64, tag = "1")]
    pub time_us: u64,
    /// Two bytes a code.
    #[prost(bytes = "vec", tag = "2")]
    pub codes: Vec<u8>,
}

/// Which vehicle the device found itself in.
#[derive(Clone, PartialEq, Message)]
pub struct Fingerprint {
    /// When the vehicle answered, in microseconds since the Unix epoch.
    #[prost(uint64, tag = "1")]
    pub time_us: u64,
    /// Its VIN, or its chassis number.
    #[prost(string, tag = "2")]
    pub vehicle_number: String,
    /// The network's number of the CAN protocol.
    #[prost(uint32, optional, tag = "3")]
    pub protocol: Option<u32>,
    /// Its odometer, in kilometres.
    #[prost(double, optional, tag = "4")]
    pub odometer_km: Option<f64>,
    /// The version of the device's software.
    #[prost(string, tag = "5")]
    pub software_version: String,
}

/// What the signal indexes of a batch stand for.
#[derive(Clone, PartialEq, Message)]
pub struct Dictionary {
    /// The entries in the order of their index.
    #[prost(message, repeated, tag = "1")]
    pub signals: Vec<Signal>,
}

/// One entry of a dictionary.
#[derive(Clone, PartialEq, Message)]
pub struct Signal {
    /// The VSS name, else `Message.Signal`.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Symbol of the unit.
    #[prost(string, tag = "2")]
    pub unit: String,
    /// Physical units per raw count; absent: 1.
    #[prost(double, optional, tag = "3")]
    pub factor: Option<f64>,
    /// Physical value of raw zero; absent: 0.
    #[prost(double, optional, tag = "4")]
    pub offset: Option<f64>,
}
