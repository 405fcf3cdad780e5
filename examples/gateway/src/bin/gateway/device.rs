//! [`Linux`]: a computer as the application takes it.

use std::path::Path;

use application::{
    Backend, Config, Hardware, Parts, check_polls, has_room_for, holds_plan, provision, provision_polls,
};
use backend::polls::{Poll, polls};
use dimo_crypto::manifest::ClassId;
use dimo_crypto::session::ServerPublicKey;
use dimo_dbc::{IdMatching, Plan, Selection, compile, import};
use dimo_hal::SoftwareSecureElement;
use dimo_hal::boot::BootSlot;
use dimo_hal::key_value::FlashKeyValue;
use dimo_hal::linux::{BaudRate, Tty};
use dimo_hal::modem::AtTimeouts;
use dimo_hal::slcan::SlcanBitRate;
use dimo_hal::update::UpdatePolicy;
use dimo_types::{Address, ApprovedGeography, Country, Timestamp};
use gateway::Failed;
use gateway::enrol::Authority;

use crate::boot::{NoReleases, Packaged, nobody};
use crate::bus::Bus;
use crate::certificates::Certificates;
use crate::console::Console;
use crate::gen1::SignedJson;
use crate::network::Internet;
use crate::power::{self, Power};
use crate::receiver::Receiver;
use crate::settings::{BusSettings, Matching, PollSettings, Settings};
use crate::storage::{self, PlanFile, QueueFlash, SmallFlash};
use crate::watchdog::Guardian;
use crate::{key, line};

/// The longest that all small values together may be, in bytes.
const STORED: usize = 1_280;
/// When this program was made at the earliest, in seconds since the Unix epoch: 2026-11-01. No clock is earlier.
const BUILT: u64 = 1_793_491_200;

/// A computer.
pub(crate) struct Linux;

impl Hardware for Linux {
    type Can = Bus;
    type Modem = Internet;
    type Receiver = Receiver;
    type Store = FlashKeyValue<SmallFlash, STORED>;
    type Queue = QueueFlash;
    type Plans = PlanFile;
    type Boot = Packaged;
    type Element = SoftwareSecureElement;
    type Power = Power;
    type Watchdog = Guardian;
    type Observer = Console;
    type Gen1 = Option<SignedJson>;
}

/// What can be said of the settings before anything is touched.
pub(crate) struct Checked {
    country: Country,
    backend: Backend,
    /// A plan, where the settings name a DBC file.
    plan: Option<Vec<u8>>,
    /// A list of polls, empty where the settings name none.
    polls: Vec<u8>,
}

impl Checked {
    pub(crate) fn of(settings: &Settings) -> Result<Self, Failed> {
        let country = settings.country.parse().map_err(|error| Failed::at("country", error))?;
        let server = hex(&settings.backend.server)
            .ok_or_else(|| Failed::at("backend.server", "not 64 hexadecimal digits"))?;
        let recipient: Address =
            settings.backend.recipient.parse().map_err(|error| Failed::at("backend.recipient", error))?;
        let backend = Backend { server: ServerPublicKey::new(server), recipient };
        let plan = settings.dbc.as_deref().map(|dbc| plan(dbc, settings.signals.as_deref())).transpose()?;
        let polls = polls_in(&settings.polls)?;
        check_bit_rate(&settings.bus)?;
        Ok(Self { country, backend, plan, polls })
    }
}

fn plan(dbc: &Path, signals: Option<&[String]>) -> Result<Vec<u8>, Failed> {
    let failed = |reason: &dyn std::fmt::Display| Failed::at(&dbc.display().to_string(), reason);
    let text = std::fs::read(dbc).map_err(|error| failed(&error))?;
    let database = import(&text).map_err(|error| failed(&error))?;
    let selection = signals.map_or_else(Selection::all, Selection::names);
    let blob = compile(&database, &selection, None).map_err(|error| failed(&error))?;
    let plan = Plan::from_bytes(&blob).map_err(|error| failed(&error))?;
    let signals = plan.signal_count();
    let has_room = has_room_for(&plan) && blob.len() <= storage::PLAN_MOST;
    has_room.then_some(blob).ok_or_else(|| {
        failed(&format_args!(
            "a device has no room for {signals} signals: name those that matter in `signals`"
        ))
    })
}

/// The list, as a command has it behind its kind.
fn polls_in(settings: &[PollSettings]) -> Result<Vec<u8>, Failed> {
    let poll = |&PollSettings { header, service, parameter, interval, pair }: &PollSettings| Poll {
        header,
        service,
        parameter,
        interval,
        pair,
    };
    let command = polls(&settings.iter().map(poll).collect::<Vec<_>>());
    let list = command.get(1..).unwrap_or_default().to_vec();
    check_polls(&list).map_err(|refusal| Failed::at("polls", refusal))?;
    Ok(list)
}

fn check_bit_rate(bus: &BusSettings) -> Result<(), Failed> {
    let is_known = match bus {
        BusSettings::Slcan { bit_rate, .. } => SlcanBitRate::from_bits_per_second(*bit_rate).is_some(),
        BusSettings::SocketCan { bit_rate, .. } => (10_000..=1_000_000).contains(bit_rate),
        BusSettings::Log { .. } => true,
    };
    if is_known { Ok(()) } else { Err(Failed::at("bus.bit_rate", "no bit rate of a bus, in bit/s")) }
}

/// All parts, open.
pub(crate) async fn parts(settings: &Settings, checked: &Checked) -> Result<Parts<Linux>, Failed> {
    let folder = &settings.folder;
    let wallet = key::open(folder)?;
    let authority = Authority {
        url: settings.authority.url.trim_end_matches('/').to_owned(),
        name: settings.authority.name.clone(),
        client_id: settings.authority.client_id.clone(),
    };
    let store = FlashKeyValue::open(storage::store(folder)?).await;
    let mut store = store.map_err(|error| Failed::at("the small values", format!("{error:?}")))?;
    if !checked.polls.is_empty() {
        let provisioned = provision_polls(&mut store, &checked.polls).await;
        provisioned.map_err(|refusal| Failed::at("polls", refusal))?;
    }
    // Who holds the files is the only one that runs: from here on it speaks for the device.
    let queue = storage::queue(folder)?;
    let certificates = Certificates::keep(folder, authority, key::open(folder)?)?;
    Ok(Parts {
        can: Bus::open(&settings.bus).await?,
        modem: Internet::new(settings.broker.clone(), certificates, checked.country)?,
        receiver: receiver(settings)?,
        store,
        queue,
        plans: plans(settings, checked).await?,
        boot: Packaged,
        wallet,
        power: Power::of(&settings.power),
        watchdog: Guardian::start(settings.watchdog.as_ref())?,
        observer: Console,
        gen1: settings.gen1.map(|listener| SignedJson::open(folder, listener)).transpose()?,
    })
}

fn receiver(settings: &Settings) -> Result<Receiver, Failed> {
    let Some(port) = &settings.receiver else { return Ok(Receiver::None) };
    let failed = |error: &dyn std::fmt::Display| Failed::at(&port.port.display().to_string(), error);
    let writer = Tty::open(&port.port, BaudRate(port.baud)).map_err(|error| failed(&error))?;
    let reader = writer.try_clone().map_err(|error| failed(&error))?;
    Ok(Receiver::Line(line::Line::new(reader, writer)))
}

/// Both places. A device that was never given a plan gets the one of the settings; what a backend has sent since stays.
async fn plans(settings: &Settings, checked: &Checked) -> Result<[PlanFile; 2], Failed> {
    let open = |name| PlanFile::open(&settings.folder, name);
    let (mut first, mut second) = (open("plan-a.bin")?, open("plan-b.bin")?);
    if let Some(plan) = &checked.plan
        && !holds_plan(&mut first).await
        && !holds_plan(&mut second).await
    {
        let matching = match settings.matching {
            Matching::Exact => IdMatching::Exact,
            Matching::J1939 => IdMatching::J1939,
        };
        let written = provision(first, plan, matching).await;
        first = written.map_err(|refusal| Failed::at("the plan", refusal))?;
    }
    Ok([first, second])
}

/// What the application is set to.
pub(crate) fn config(settings: &Settings, checked: &Checked) -> Result<Config<'static, NoReleases>, Failed> {
    let wrong = || Failed("a constant of this program is wrong".to_owned());
    Ok(Config {
        backend: checked.backend,
        bit_rate: settings.bus.bit_rate(),
        // Of a modem, which the system has or has not.
        apn: "none".parse().map_err(|_| wrong())?,
        modem: AtTimeouts::default(),
        geography: ApprovedGeography::DIP4,
        power: power::config(&settings.power),
        update: UpdatePolicy::TWELVE_VOLT,
        root: nobody().ok_or_else(wrong)?,
        scheme: NoReleases,
        class: ClassId(*b"gateway on Linux"),
        boot_seq: 0,
        slot: BootSlot::A,
        stack_used: || 0,
        built: Timestamp::from_secs(BUILT).map_err(|_| wrong())?,
    })
}

/// 32 bytes of hexadecimal digits.
fn hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
