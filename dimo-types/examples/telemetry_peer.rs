//! The other side of `tests/peers/check_telemetry.py`, which reads and writes the same files with packages of others.
//!
//! ```text
//! telemetry_peer write DIR    batches of every kind of value, each in every form, with their rows
//! telemetry_peer read DIR     the rows of what the script wrote: of A.pb.z, A.object and A.avro into A.pb.z.rows and so on
//! telemetry_peer csv DIR      the table of telemetry_decode
//! telemetry_peer schema       proto/dimo/v1/telemetry.proto as a FileDescriptorSet, by protox
//! ```
//!
//! Rows say everything to the bit: the batch in the first line, then one line a reading. Text is the hexadecimal of its UTF-8,
//! a float that of its 64 bits.

use core::error::Error;
use core::fmt::Write as _;
use std::fs;
use std::io::{Write as _, stdout};
use std::path::Path;

use dimo_types::wire::{
    AvroReader, AvroWriter, DecodeLimits, DecodedBatch, Dictionary, decode_avro_batch,
    decode_avro_dictionary, decode_batch, encode_avro_batch, encode_avro_dictionary, encode_batch,
    encode_dictionary,
};
use dimo_types::{
    Address, Batch, BusSpeed, CanProtocol, Fingerprint, GnssFix, Location, MotionSummary, MovementEvidence,
    Raw, Reading, RecordId, Scale, ServingCell, SignalDictionary as _, SignalIndex, SignalInfo, SignalValue,
    Tags, Timestamp, TokenId, TroubleCode, TroubleReport, Unit, VehicleEvent, VehicleEventName,
};
use protox::prost_reflect::prost::Message as _;

#[expect(dead_code, reason = "its main is for the command line")]
#[path = "telemetry_decode.rs"]
mod telemetry_decode;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", folder] => write(Path::new(folder)),
        ["read", folder] => read(Path::new(folder)),
        ["csv", folder] => Ok(telemetry_decode::run(Path::new(folder), stdout().lock())?),
        ["schema"] => {
            let root = concat!(env!("CARGO_MANIFEST_DIR"), "/proto");
            let files = protox::compile(["dimo/v1/telemetry.proto"], [root])?;
            Ok(stdout().write_all(&files.encode_to_vec())?)
        }
        _ => Err("telemetry_peer write|read|csv DIR, or schema".into()),
    }
}

fn write(folder: &Path) -> Outcome<()> {
    let texts: Vec<String> = (0..40).map(|i| "é😀\"\n,".repeat(i % 3)).collect();
    let codes: Vec<TroubleCode> = ["P0456".parse()?, "U0100".parse()?].into();
    let movement = Movement::samples()?;
    let dictionary = dictionary();
    let hash = hex(&dimo_types::wire::dictionary_hash(&dictionary));
    fs::write(folder.join("dictionary.object"), encode_avro_dictionary(&dictionary)?)?;
    fs::write(folder.join(format!("dictionary-{hash}.pb")), encode_dictionary(&dictionary))?;
    let mut file = AvroWriter::new(Vec::new(), &dictionary, [0xA5; 16])?;
    let mut all = String::new();
    for number in 0..12 {
        let batch = batch(number, &dictionary, &texts, &codes, &movement)?;
        let rows = rows(&batch)?;
        fs::write(folder.join(format!("{number:06}.pb.z")), encode_batch(&batch))?;
        fs::write(folder.join(format!("{number:06}.object")), encode_avro_batch(&batch)?)?;
        fs::write(folder.join(format!("{number:06}.rows")), &rows)?;
        all.push_str(&rows);
        file.push(&batch)?;
    }
    fs::write(folder.join("all.avro"), file.finish()?)?;
    fs::write(folder.join("all.rows"), all)?;
    Ok(())
}

fn dictionary() -> Vec<SignalInfo<'static>> {
    let entry = |name, unit, factor, offset| SignalInfo { name, unit, scale: Scale { factor, offset } };
    vec![
        entry("Engine.Rpm", Unit::RevolutionPerMinute, 0.25, 0.0),
        entry("speed", Unit::KilometrePerHour, 1.0, 0.0),
        entry("odd,\"name\"", Unit::Other("furlong"), -0.1, -40.0),
        entry("", Unit::None, f64::INFINITY, -0.0),
    ]
}

/// A batch that is the same in every run. The first has no readings, the second is not paired.
fn batch<'a>(
    number: u64,
    entries: &[SignalInfo<'a>],
    texts: &'a [String],
    codes: &'a [TroubleCode],
    movement: &'a [Movement],
) -> Outcome<Batch<'a>> {
    let mut random = Random(number);
    let count = if number == 0 { 0 } else { 20 << number.min(5) };
    let mut time = 1_700_000_000_000_000 + number * 20_000_000;
    let mut readings = Vec::new();
    for _ in 0..count {
        time += if random.below(4) == 0 { random.below(1 << 20) } else { 10_000 };
        for (place, entry) in entries.iter().enumerate() {
            if random.below(5) > 0 {
                let value = value(&mut random, entry.scale, texts);
                let signal = SignalIndex(u16::try_from(place)?);
                readings.push(Reading { time: Timestamp::from_micros(time)?, signal, value });
            }
        }
    }
    let id = RecordId::new(Timestamp::from_secs(1_700_000_000 + number)?, [7; 16]);
    let device: Address = "0x2A82163EB20f272efEa5cdAE000D87fEf79590eE".parse()?;
    let vehicle = (number != 1).then(|| TokenId::from(number * 1000));
    let batch = Batch::new(id, device, vehicle, entries, readings).map_err(|rejected| rejected.reason)?;
    with_parts(batch, number, Timestamp::from_micros(time)?, codes, movement)
}

/// Events in the odd batches, trouble codes in every third, the fingerprint and evidence of movement in the first two.
fn with_parts<'a>(
    mut batch: Batch<'a>,
    number: u64,
    time: Timestamp,
    codes: &'a [TroubleCode],
    movement: &'a [Movement],
) -> Outcome<Batch<'a>> {
    let plain = VehicleEvent::new(VehicleEventName::Collision, time);
    let duration_ns = Some(u64::MAX - number);
    let tags = Tags::from(&["city", "", "é"]);
    if !number.is_multiple_of(2) {
        batch = batch.with_events([VehicleEvent { duration_ns, metadata: Some("{}"), tags, ..plain }, plain]);
    }
    if number.is_multiple_of(3) {
        let none = TroubleReport { time, codes: &[] };
        batch = batch.with_trouble_codes([TroubleReport { time, codes }, none]);
    }
    if number < 2 {
        batch = batch.with_leaf_seed([9; 16]);
        let (protocol, odometer_km) = if number == 0 { (None, None) } else { (Some(6), Some(12_345.6)) };
        let vehicle = "1HGBH41JXMN109186".parse()?;
        let protocol = protocol.and_then(CanProtocol::from_number);
        batch = batch.with_fingerprint(Fingerprint {
            time,
            vehicle,
            protocol,
            odometer_km,
            software_version: "1.0.0",
        });
    }
    Ok(match movement.get(usize::try_from(number)?) {
        Some(movement) => batch.with_movement(movement.evidence()),
        None => batch,
    })
}

/// What evidence of movement is made of.
#[derive(Default)]
struct Movement {
    fixes: Vec<GnssFix>,
    bus_speeds: Vec<BusSpeed>,
    motion: Vec<MotionSummary>,
    cells: Vec<ServingCell>,
}

impl Movement {
    fn evidence(&self) -> MovementEvidence<'_> {
        MovementEvidence {
            fixes: &self.fixes,
            bus_speeds: &self.bus_speeds,
            motion: &self.motion,
            cells: &self.cells,
        }
    }

    /// The first is empty, the second is full and goes back in time once.
    fn samples() -> Outcome<[Self; 2]> {
        let mut full = Self::default();
        for step in [5, 0, 1_000_000] {
            let time = Timestamp::from_micros(1_700_000_000_000_000 + step)?;
            let until = Timestamp::from_micros(1_700_000_000_000_003)?;
            let location = Location { altitude: Some(-0.0), ..Location::new(52.5, 13.4)? };
            let (speed_m_s, satellites) = if step == 0 { (None, None) } else { (Some(f64::NAN), Some(255)) };
            let (mean_m_s2, peak_m_s2, samples) = (0.1, f64::INFINITY, u32::MAX);
            full.fixes.push(GnssFix { time, location, speed_m_s, satellites });
            full.bus_speeds.push(BusSpeed { time, speed_km_h: -3.5 });
            full.motion.push(MotionSummary { from: time, until, mean_m_s2, peak_m_s2, samples });
            full.cells.push(ServingCell { time, mcc: 262, mnc: 1, area: u32::MAX, cell: u64::MAX - step });
        }
        Ok([Self::default(), full])
    }
}

fn value<'a>(random: &mut Random, scale: Scale, texts: &'a [String]) -> SignalValue<'a> {
    match random.below(10) {
        0 => SignalValue::Scaled { raw: Raw::Signed(random.next().cast_signed()), scale },
        1 => SignalValue::Scaled { raw: Raw::Unsigned(random.next()), scale },
        2 => SignalValue::Text(texts.get(random.below(40) as usize).map_or("", String::as_str)),
        3 => SignalValue::Bool(random.below(2) == 0),
        4 => {
            let latitude = random.below(180) as f64 - 90.25;
            let heading = (random.below(2) == 0).then_some(359.5);
            SignalValue::Location(Location {
                latitude,
                longitude: -0.0,
                altitude: None,
                hdop: Some(0.9),
                heading,
            })
        }
        // A quiet NaN with something in it, an infinity, a negative zero.
        5 => SignalValue::Float(f64::from_bits(0x7FF8_0000_0000_0BAD)),
        6 => SignalValue::Float(if random.below(2) == 0 { f64::NEG_INFINITY } else { -0.0 }),
        _ => SignalValue::Scaled { raw: Raw::Signed(4000 + random.below(50) as i64), scale },
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn read(folder: &Path) -> Outcome<()> {
    let limits = DecodeLimits::default();
    let dictionary = decode_avro_dictionary(&fs::read(folder.join("dictionary.object"))?, &limits)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a name in UTF-8")?;
        let rows = if name.ends_with(".pb.z") {
            let batch = decode_batch(&fs::read(&path)?, &limits)?;
            let plain = folder.join(format!("dictionary-{}.pb", hex(batch.dictionary_hash())));
            rows(&batch.to_batch(&Dictionary::decode(&fs::read(plain)?, &limits)?)?)?
        } else if name.ends_with(".object") && name != "dictionary.object" {
            rows(&decode_avro_batch(&fs::read(&path)?, &limits)?.to_batch(&dictionary)?)?
        } else if name.ends_with(".avro") {
            let mut file = AvroReader::new(fs::File::open(&path)?, limits)?;
            let batches = file.by_ref().collect::<Result<Vec<DecodedBatch>, _>>()?;
            let rows: Outcome<String> =
                batches.iter().map(|batch| rows(&batch.to_batch(file.dictionary())?)).collect();
            rows?
        } else {
            continue;
        };
        fs::write(folder.join(format!("{name}.rows")), rows)?;
    }
    Ok(())
}

/// A line for the batch, and a line for each reading: time, name, unit, kind, value, and the scale of a raw integer.
fn rows(batch: &Batch<'_>) -> Outcome<String> {
    let vehicle = batch.vehicle().map_or_else(|| "-".to_owned(), |id| id.to_string());
    let device = hex(batch.device().as_bytes());
    let mut rows = format!("batch {} {device} {vehicle}\n", hex(batch.id().as_bytes()));
    part_rows(&mut rows, batch)?;
    for Reading { time, signal, value } in batch.readings() {
        let entry = batch.dictionary().signal(*signal).ok_or("an entry for every reading")?;
        let (name, unit) = (hex(entry.name.as_bytes()), hex(entry.unit.symbol().as_bytes()));
        write!(rows, "{} {name}: {unit}: ", time.as_micros())?;
        match value {
            SignalValue::Scaled { raw, scale } => {
                let kind = if matches!(raw, Raw::Unsigned(_)) { "unsigned" } else { "raw" };
                writeln!(rows, "{kind} {raw} {} {}", bits(Some(scale.factor)), bits(Some(scale.offset)))?;
            }
            SignalValue::Float(value) => writeln!(rows, "float {}", bits(Some(*value)))?,
            SignalValue::Text(text) => writeln!(rows, "text {}:", hex(text.as_bytes()))?,
            SignalValue::Bool(on) => writeln!(rows, "state {}", u8::from(*on))?,
            SignalValue::Location(location) => writeln!(rows, "location {}", place(location))?,
            _ => return Err("a value of an unknown kind".into()),
        }
    }
    Ok(rows)
}

/// What stands beside the readings.
fn part_rows(rows: &mut String, batch: &Batch<'_>) -> Outcome<()> {
    let text = |text: &str| format!("{}:", hex(text.as_bytes()));
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    for event in batch.events() {
        let (time, name) = (event.time.as_micros(), text(event.name.id()));
        let duration = or_none(event.duration_ns.map(|duration| duration.to_string()));
        let tags: String = event.tags.iter().map(text).collect();
        writeln!(rows, "event {time} {name} {duration} {} {tags}", or_none(event.metadata.map(text)))?;
    }
    for report in batch.trouble_codes() {
        let codes: String = report.codes.iter().map(|code| hex(&code.to_bytes())).collect();
        writeln!(rows, "report {} {codes}", report.time.as_micros())?;
    }
    if let Some(fingerprint) = batch.fingerprint() {
        let protocol = or_none(fingerprint.protocol.map(|protocol| protocol.number().to_string()));
        let (time, number) = (fingerprint.time.as_micros(), fingerprint.vehicle.as_str());
        let (odometer, version) = (bits(fingerprint.odometer_km), text(fingerprint.software_version));
        writeln!(rows, "fingerprint {time} {number} {protocol} {odometer} {version}")?;
    }
    if let Some(seed) = batch.parts().leaf_seed {
        writeln!(rows, "seed {}", hex(&seed))?;
    }
    if let Some(movement) = batch.movement() {
        movement_rows(rows, movement)?;
    }
    Ok(())
}

fn movement_rows(rows: &mut String, movement: &MovementEvidence<'_>) -> Outcome<()> {
    writeln!(rows, "movement")?;
    for fix in movement.fixes {
        let satellites = fix.satellites.map_or_else(|| "-".to_owned(), |count| count.to_string());
        let (place, speed) = (place(&fix.location), bits(fix.speed_m_s));
        writeln!(rows, "fix {} {place} {speed} {satellites}", fix.time.as_micros())?;
    }
    for speed in movement.bus_speeds {
        writeln!(rows, "speed {} {}", speed.time.as_micros(), bits(Some(speed.speed_km_h)))?;
    }
    for motion in movement.motion {
        let (from, until) = (motion.from.as_micros(), motion.until.as_micros());
        let (mean, peak) = (bits(Some(motion.mean_m_s2)), bits(Some(motion.peak_m_s2)));
        writeln!(rows, "motion {from} {until} {mean} {peak} {}", motion.samples)?;
    }
    for cell in movement.cells {
        let ServingCell { time, mcc, mnc, area, cell } = cell;
        writeln!(rows, "cell {} {mcc} {mnc} {area} {cell}", time.as_micros())?;
    }
    Ok(())
}

fn place(place: &Location) -> String {
    let parts = [Some(place.latitude), Some(place.longitude), place.altitude, place.hdop, place.heading];
    parts.map(bits).join(" ")
}

fn bits(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{:016x}", value.to_bits()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
