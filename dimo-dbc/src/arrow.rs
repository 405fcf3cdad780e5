//! [`BatchDecoder`]: many frames at once to Arrow record batches, one for each message.

use alloc::collections::BinaryHeap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;
use std::collections::HashSet;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, TimestampMicrosecondArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{ArrowError, DataType, Field, Metadata, Schema, SchemaRef, TimeUnit};
use dimo_types::{CanId, SignalIndex};

use crate::plan::layout::MessageEntry;
use crate::{BusFrame, Column, ColumnDecoder, Columns, MessageTable, Plan};

/// The name of the first column.
const TIME: &str = "time";

/// Decodes many frames into Arrow record batches: one for each message, with a row for each frame and a column for each
/// signal. So a batch is what [`ColumnDecoder`] has, copied once, and a table that databases store and compress by column.
///
/// The first column is `time`, in microseconds of UTC. The others have the names that signals have in the DBC file, and
/// doubles: the values of [`Sample::physical`](crate::Sample::physical). A signal that its switch does not select, or that
/// the frame is too short for, is null. A second column of the same name gets `_2` behind it, and without a names section
/// signal 7 is `signal_7`.
///
/// A batch's schema is that of its message and never changes, so batches may be appended to each other. Its metadata says
/// `message` and `id` (hexadecimal, 3 digits standard and 8 extended), that of a field `signal` (`Message.Signal`), `unit`
/// and `vss`, each where it is known.
///
/// # Example: a message with a switch
///
/// ```
/// # #[cfg(feature = "import")] {
/// use dimo_dbc::{BatchDecoder, Plan, Selection, compile, import};
/// use dimo_types::{CanId, Frame, Timestamp};
/// let text = "BO_ 291 Car: 8 X\n SG_ Page M : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ Speed m0 : 8|16@1+ (0.01,0) [0|0] \"km/h\" X\n";
/// let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
/// let mut decoder = BatchDecoder::new(Plan::from_bytes(&blob).unwrap());
///
/// let id = CanId::standard(291).unwrap();
/// let frame = |second, data: &[u8]| Frame::classic(Timestamp::from_secs(second).unwrap(), id, data).unwrap();
/// decoder.decode(&[frame(1, &[0, 0x10, 0x27]), frame(2, &[1, 0, 0])]);
///
/// let [car] = &decoder.take()?[..] else { panic!("one message") };
/// assert_eq!((car.id, car.batch.num_rows()), (id, 2));
/// let speed = car.batch.column_by_name("Speed").unwrap();
/// assert_eq!(speed.null_count(), 1); // the second frame has another page
/// assert_eq!(car.batch.schema().field_with_name("Speed")?.metadata()["unit"], "km/h");
/// # }
/// # Ok::<(), arrow_schema::ArrowError>(())
/// ```
#[derive(Clone)]
pub struct BatchDecoder<'p> {
    decoder: ColumnDecoder<'p>,
    columns: Columns,
    /// In the order of their identifiers.
    shapes: Vec<Shape>,
}

/// What the frames of one message held.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MessageBatch {
    /// The identifier of the message in the DBC file.
    pub id: CanId,
    /// A row for each frame.
    pub batch: RecordBatch,
}

impl<'p> BatchDecoder<'p> {
    /// A decoder for the signals of `plan`.
    #[must_use]
    pub fn new(plan: Plan<'p>) -> Self {
        let shapes = plan.messages.iter().filter_map(|entry| Shape::of(&plan, MessageEntry::read(entry)));
        let decoder = ColumnDecoder::new(plan);
        Self { columns: decoder.columns(), decoder, shapes: shapes.collect() }
    }

    /// The schema of each message of the plan, whether or not frames of it were decoded.
    pub fn schemas(&self) -> impl Iterator<Item = (CanId, &SchemaRef)> {
        self.shapes.iter().map(|shape| (shape.id, &shape.schema))
    }

    /// Decodes `frames` and keeps what they held for [`BatchDecoder::take`]; some ten thousand a call are fastest.
    ///
    /// Unknown identifiers, remote and error frames are skipped. Returns how many frames were not.
    pub fn decode<F: BusFrame>(&mut self, frames: &[F]) -> usize {
        self.decoder.decode(frames, &mut self.columns)
    }

    /// What was decoded since the last time, for each message of which there were frames, in the order of identifiers.
    ///
    /// Rows stand in the order of the frames. In a message with switches they are in the order of their times, and of equal
    /// times in no certain order unless the switches select the same signals.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] when Arrow refuses a batch. None is known that it refuses; what was decoded is lost then.
    pub fn take(&mut self) -> Result<Vec<MessageBatch>, ArrowError> {
        let tables: Vec<&MessageTable> = self.columns.tables().collect();
        let messages = tables.chunk_by(|one, next| one.id() == next.id());
        let batches = messages.filter_map(|tables| {
            let id = tables.first()?.id();
            let at = self.shapes.binary_search_by_key(&id.packed(), |shape| shape.id.packed()).ok()?;
            let batch = self.shapes.get(at)?.batch(tables);
            Some(batch.map(|batch| MessageBatch { id, batch }))
        });
        let batches = batches.collect();
        self.columns.clear();
        batches
    }
}

impl fmt::Debug for BatchDecoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchDecoder").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// The columns of a message.
#[derive(Clone)]
struct Shape {
    id: CanId,
    signals: Vec<SignalIndex>,
    schema: SchemaRef,
}

impl Shape {
    fn of(plan: &Plan<'_>, message: MessageEntry) -> Option<Self> {
        let id = CanId::from_packed(message.id)?;
        let end = message.first_signal.saturating_add(message.signal_count);
        let signals: Vec<SignalIndex> = (message.first_signal..end).map(SignalIndex).collect();
        let mut names = Names::default();
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let mut fields = vec![Field::new(names.unique(TIME), time, false)];
        fields.extend(signals.iter().map(|signal| field(plan, *signal, &mut names)));
        // Not by the identifier: where groups are matched, it may find another message of the same group.
        let name = signals.first().and_then(|signal| plan.signal_name(*signal)).map(|name| name.message);
        let mut metadata = Metadata::from([("id", id.to_string())]);
        metadata.extend(name.map(|name| ("message", name)));
        Some(Self { id, signals, schema: Arc::new(Schema::new_with_metadata(fields, metadata)) })
    }

    fn batch(&self, tables: &[&MessageTable]) -> Result<RecordBatch, ArrowError> {
        let merged = Merged::of(tables);
        let mut columns: Vec<ArrayRef> = vec![Arc::new(merged.times())];
        for signal in &self.signals {
            columns.push(Arc::new(merged.column(*signal)?));
        }
        RecordBatch::try_new(self.schema.clone(), columns)
    }
}

fn field(plan: &Plan<'_>, signal: SignalIndex, names: &mut Names) -> Field {
    let name = plan.signal_name(signal);
    let unit = plan.signal_unit(signal).filter(|unit| !unit.is_empty());
    let known =
        [("signal", name.map(|name| name.full)), ("unit", unit), ("vss", name.and_then(|name| name.vss))];
    let known = known.into_iter().filter_map(|(key, value)| Some((key, value?)));
    let column = name.map_or_else(|| format!("signal_{}", signal.0), |name| name.signal.to_string());
    Field::new(names.unique(&column), DataType::Float64, true).with_metadata(known.collect::<Metadata>())
}

/// The names of the columns so far.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    /// `name`, with a number behind it where there is such a column.
    fn unique(&mut self, name: &str) -> String {
        let mut unique = name.to_string();
        let mut number = 2;
        while !self.0.insert(unique.clone()) {
            unique = format!("{name}_{number}");
            number += 1;
        }
        unique
    }
}

/// The tables of one message as one.
struct Merged<'t> {
    tables: &'t [&'t MessageTable],
    /// Where the rows of each table go; empty for a single table, whose rows stay.
    places: Vec<Vec<usize>>,
    rows: usize,
}

impl<'t> Merged<'t> {
    fn of(tables: &'t [&'t MessageTable]) -> Self {
        let rows = tables.iter().map(|table| table.times().len()).sum();
        let places = if tables.len() == 1 { Vec::new() } else { places(tables) };
        Self { tables, places, rows }
    }

    fn times(&self) -> TimestampMicrosecondArray {
        let micros = |table: &MessageTable| {
            let times = table.times().iter();
            times.map(|time| i64::try_from(time.as_micros()).unwrap_or(i64::MAX)).collect::<Vec<_>>()
        };
        let times = match self.tables {
            [table] => micros(table),
            tables => {
                let mut times = vec![0; self.rows];
                for (table, places) in tables.iter().zip(&self.places) {
                    put(&mut times, places, &micros(table));
                }
                times
            }
        };
        TimestampMicrosecondArray::from(times).with_timezone("UTC")
    }

    fn column(&self, signal: SignalIndex) -> Result<Float64Array, ArrowError> {
        let (values, there) = match self.tables {
            [table] => match find(table, signal) {
                Some(column) => (column.values().to_vec(), there(column)),
                None => return Ok(Float64Array::new_null(self.rows)),
            },
            tables => {
                let (mut values, mut all_there) = (vec![0.0; self.rows], vec![false; self.rows]);
                for (table, places) in tables.iter().zip(&self.places) {
                    let Some(column) = find(table, signal) else { continue };
                    put(&mut values, places, column.values());
                    put(&mut all_there, places, &there(column).unwrap_or_else(|| vec![true; places.len()]));
                }
                (values, Some(all_there))
            }
        };
        let nulls = there.map(NullBuffer::from).filter(|nulls| nulls.null_count() > 0);
        Float64Array::try_new(values.into(), nulls)
    }
}

fn find(table: &MessageTable, signal: SignalIndex) -> Option<&Column> {
    table.columns().get(table.signals().binary_search(&signal).ok()?)
}

/// In which rows the signal is there; `None` for all.
fn there(column: &Column) -> Option<Vec<bool>> {
    let mut there = vec![true; if column.missing().is_empty() { return None } else { column.values().len() }];
    for row in column.missing() {
        if let Some(there) = there.get_mut(*row as usize) {
            *there = false;
        }
    }
    Some(there)
}

/// Puts each of `from` at its place.
fn put<T: Copy>(to: &mut [T], places: &[usize], from: &[T]) {
    for (place, value) in places.iter().zip(from) {
        if let Some(room) = to.get_mut(*place) {
            *room = *value;
        }
    }
}

/// Where the rows of each table go when all are in the order of their times, and those of a table in their own.
fn places(tables: &[&MessageTable]) -> Vec<Vec<usize>> {
    let mut places: Vec<Vec<usize>> =
        tables.iter().map(|table| Vec::with_capacity(table.times().len())).collect();
    let next = |number: usize, row: usize| {
        tables.get(number).and_then(|table| table.times().get(row)).map(|time| Reverse((*time, number, row)))
    };
    let mut heads: BinaryHeap<_> = (0..tables.len()).filter_map(|number| next(number, 0)).collect();
    let mut place = 0;
    while let Some(Reverse((_, number, row))) = heads.pop() {
        if let Some(places) = places.get_mut(number) {
            places.push(place);
        }
        place += 1;
        heads.extend(next(number, row + 1));
    }
    places
}
