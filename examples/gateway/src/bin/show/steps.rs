//! The steps, in their order.

use std::collections::BTreeMap;

use backend::contract::{Word, topic};
use backend::{Event, Refused};
use dimo_types::wire::{StreamMessage, batch_message};
use dimo_types::{Batch, SignalValue};
use gateway::uplink::Uplink;
use gateway::{Failed, drive, enrol, gen1};
use time::{Duration, OffsetDateTime};

use crate::world::{PATIENCE, World, new_wallet};

type Show = fn(&mut World) -> Result<(), Failed>;

/// What is shown.
pub(crate) const ALL: [(&str, Show); 7] = [
    ("enrol", enrolled),
    ("connect", connected),
    ("gen1-accepted", gen1_accepted),
    ("sealed-accepted", sealed_accepted),
    ("replay-refused", replay_refused),
    ("stranger-refused", stranger_refused),
    ("renewed", renewed),
];

/// Readings in one batch: its message has room in the outbox whatever they are.
const MOST: usize = 2_000;

fn check(is_true: bool, otherwise: &str) -> Result<(), Failed> {
    if is_true { Ok(()) } else { Err(Failed(otherwise.to_owned())) }
}

/// The wallet logs in, and a P-256 key gets a certificate with the device's address as its name. Another account's token gets none.
fn enrolled(world: &mut World) -> Result<(), Failed> {
    let identity = enrol::enrol(&world.authority.as_seen(), &mut world.wallet)?;
    check(identity.certificate.contains("BEGIN CERTIFICATE"), "there is no certificate")?;
    check(!identity.is_due(OffsetDateTime::now_utc()), "it is to be renewed at once")?;
    let mut elsewhere = world.authority.as_seen();
    elsewhere.name = "bank.example".to_owned();
    check(
        enrol::enrol(&elsewhere, &mut world.wallet).is_err(),
        "the wallet signed another server's challenge",
    )?;
    world.identity = Some(identity);
    Ok(())
}

/// The broker lets in who has a certificate.
fn connected(world: &mut World) -> Result<(), Failed> {
    let identity = world.identity()?.clone();
    world.uplink = Some(Uplink::connect(world.device, &world.destination, Some(&identity))?);
    Ok(())
}

/// Telemetry in the network's present form is verified and read.
fn gen1_accepted(world: &mut World) -> Result<(), Failed> {
    let (device, dictionary) = (world.device, world.dictionary.clone());
    let readings: Vec<_> = world.readings.iter().copied().filter(gen1::is_finite).take(MOST).collect();
    let sent = readings.len();
    let batches = drive::batches(device, &dictionary, readings, MOST)?;
    let batch = batches.first().ok_or_else(|| Failed("no readings".to_owned()))?;
    let (uplink, wallet, _) = world.uplink()?;
    uplink.send_gen1(wallet, batch)?;
    let came = world.cloud.event("message of today's form", PATIENCE, |event| match event {
        Event::Gen1 { readings, .. } => Some(readings.len()),
        _ => None,
    });
    check(came.map_err(Failed)? == sent, "another number of signals arrived")
}

/// What the backend decodes of sealed batches is what this program decodes of the log.
fn sealed_accepted(world: &mut World) -> Result<(), Failed> {
    let (device, dictionary, readings) = (world.device, world.dictionary.clone(), world.readings.clone());
    let batches = drive::batches(device, &dictionary, readings, MOST)?;
    for batch in &batches {
        let message = StreamMessage::of_batch(&batch_message(batch)).encode();
        world.outbox.push(batch.id(), &message)?;
    }
    world.sessions += 1;
    let (sessions, destination) = (world.sessions, world.destination.clone());
    let (uplink, wallet, outbox) = world.uplink()?;
    uplink.open(wallet, &destination, sessions, &dictionary)?;
    let delivered = uplink.deliver(outbox)?;
    check(delivered == batches.len(), "not all batches were delivered")?;
    check(world.outbox.next(None)?.is_none(), "something stayed in the outbox")?;
    let came = received(&world.cloud.events());
    check(came == sent(&batches), "the backend has decoded something else")
}

/// The values of each signal, in their order.
type Values = BTreeMap<String, Vec<String>>;

fn sent(batches: &[Batch<'_>]) -> Values {
    let mut values = Values::new();
    for batch in batches {
        for reading in batch.readings() {
            let name = batch.dictionary().get(usize::from(reading.signal.0)).map_or("", |info| info.name);
            let value = match reading.value {
                SignalValue::Text(text) => text.to_owned(),
                other => other.as_f64().map_or_else(|| format!("{other:?}"), |number| number.to_string()),
            };
            values.entry(name.to_owned()).or_default().push(value);
        }
    }
    values
}

fn received(events: &[Event]) -> Values {
    let mut values = Values::new();
    for event in events {
        let Event::Batch { readings, .. } = event else { continue };
        for reading in readings {
            values.entry(reading.name.clone()).or_default().push(reading.value.to_string());
        }
    }
    values
}

/// Every record and the opening, recorded and sent again, are refused and counted.
fn replay_refused(world: &mut World) -> Result<(), Failed> {
    let device = world.device;
    let again: Vec<_> = world.cloud.look(|_, seen| seen.messages.clone());
    let is = |word| move |message: &&(String, Vec<u8>)| message.0 == topic(device, word);
    let records: Vec<_> = again.iter().filter(is(Word::Record)).cloned().collect();
    let openings: Vec<_> = again.iter().filter(is(Word::Session)).cloned().collect();
    check(!records.is_empty() && !openings.is_empty(), "nothing was recorded")?;
    let (uplink, _, _) = world.uplink()?;
    for (topic, payload) in records.iter().chain(&openings) {
        uplink.publish(topic, payload.clone())?;
    }
    let wanted = (records.len(), openings.len());
    let refused = world.cloud.wait("refusal of every replay", PATIENCE, |seen| {
        let count = |wanted| seen.events.iter().filter(|event| is_refused(event, wanted)).count();
        (count(Refused::Replay) >= wanted.0 && count(Refused::OldOpening) >= wanted.1).then_some(())
    });
    refused.map_err(Failed)
}

fn is_refused(event: &Event, wanted: Refused) -> bool {
    matches!(event, Event::Refused { reason, .. } if *reason == wanted)
}

/// Without a certificate nobody gets in; with one of another authority neither; and a device that nobody registered gets to the broker and no further.
fn stranger_refused(world: &mut World) -> Result<(), Failed> {
    let nobody = Uplink::connect(world.device, &world.destination, None);
    check(nobody.is_err(), "the broker let in somebody without a certificate")?;
    let elsewhere = crate::authority::Authority::start()?;
    let mut stranger = new_wallet()?;
    let forged = enrol::enrol(&elsewhere.as_seen(), &mut stranger)?;
    let forged = Uplink::connect(stranger.address(), &world.destination, Some(&forged));
    check(forged.is_err(), "the broker let in somebody with a certificate of another authority")?;
    let identity = enrol::enrol(&world.authority.as_seen(), &mut stranger)?;
    let mut uplink = Uplink::connect(stranger.address(), &world.destination, Some(&identity))?;
    uplink.open(&mut stranger, &world.destination, 1, &world.dictionary)?;
    let refused =
        world.cloud.event("stranger", PATIENCE, |event| is_refused(event, Refused::Stranger).then_some(()));
    refused.map_err(Failed)?;
    uplink.close();
    Ok(())
}

/// A certificate that ends soon is renewed with a new key, and the new one connects and delivers.
fn renewed(world: &mut World) -> Result<(), Failed> {
    let authority = world.authority.as_seen();
    world.authority.set_lifetime(Duration::days(3));
    let short = enrol::enrol(&authority, &mut world.wallet)?;
    let now = OffsetDateTime::now_utc();
    check(short.is_due(now), "a certificate of three days is not due")?;
    world.authority.set_lifetime(Duration::days(30));
    let new = enrol::enrol(&authority, &mut world.wallet)?;
    check(!new.is_due(now), "the new one is due at once")?;
    check(new.key != short.key, "the key is the old one")?;
    if let Some(old) = world.uplink.take() {
        old.close();
    }
    world.identity = Some(new);
    connected(world)?;
    world.sessions += 1;
    let (sessions, destination, dictionary) =
        (world.sessions, world.destination.clone(), world.dictionary.clone());
    let readings: Vec<_> = world.readings.iter().take(10).copied().collect();
    let device = world.device;
    for batch in &drive::batches(device, &dictionary, readings, MOST)? {
        world.outbox.push(batch.id(), &StreamMessage::of_batch(&batch_message(batch)).encode())?;
    }
    let (uplink, wallet, outbox) = world.uplink()?;
    uplink.open(wallet, &destination, sessions, &dictionary)?;
    check(uplink.deliver(outbox)? == 1, "nothing was delivered")
}
