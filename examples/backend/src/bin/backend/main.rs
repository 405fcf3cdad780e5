//! A backend at a broker: prints what devices send, and stores it before it is acknowledged.
//!
//! `backend --broker HOST:PORT --key FILE --recipient ADDRESS --registry FILE [--folder DIR]`; `--help` says the rest. It runs until it is told to end, and then
//! prints what it has counted. However it is ended, nothing that it acknowledged is lost, and nothing is stored twice.

mod arguments;
mod deeds;
mod entry;
mod journal;
mod key;
mod ledger;
mod lines;
mod openings;
mod store;
mod table;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use arguments::Arguments;
use backend::Backend;
use backend::cloud::Cloud;
use clap::Parser as _;
use deeds::Deeds;
use ledger::Ledger;
use rumqttc::MqttOptions;
use signal_hook::consts::{SIGINT, SIGTERM};
use store::Store;

/// How often it is looked whether there is something to do beside messages.
const LOOK: Duration = Duration::from_millis(100);
/// A message with a dictionary or a batch is shorter, in bytes.
const LONGEST: usize = 1 << 20;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("backend: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let told_to_end = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let flag = Arc::clone(&told_to_end);
        signal_hook::flag::register(signal, flag).map_err(|error| format!("signals: {error}"))?;
    }
    let key = key::open(&arguments.key)?;
    lines::print(&format!("key\t{}", key::hex(key.public_key().as_bytes())));
    let deeds = Deeds::open(&arguments.registry, arguments.consents.clone())?;
    let mut backend = Backend::new(key, arguments.recipient, deeds.registry());
    let store = arguments.folder.as_deref().map(|folder| Store::open(folder, arguments.rotation()));
    let store = store.transpose()?;
    if let Some(store) = &store {
        store.recall(&mut backend)?;
    }
    let cloud = Cloud::start(arguments.mqtt(), backend, Ledger::new(store, deeds));
    let began = Instant::now();
    while !told_to_end.load(Ordering::Relaxed) && !is_over(arguments, &cloud, began) {
        thread::sleep(LOOK);
        cloud.look(|backend, ledger| ledger.look(backend));
    }
    cloud.look(|backend, ledger| {
        lines::counts(backend.counts());
        ledger.end()
    })
}

fn is_over(arguments: &Arguments, cloud: &Cloud<Ledger>, began: Instant) -> bool {
    let batches = cloud.look(|backend, _| backend.counts().batches);
    arguments.until_batches.is_some_and(|most| batches >= most)
        || arguments.seconds.is_some_and(|most| began.elapsed() >= Duration::from_secs(most))
}

impl Arguments {
    /// What the broker knows it by. Messages that come while it is away wait for it.
    fn mqtt(&self) -> MqttOptions {
        let mut options = MqttOptions::new(self.client.clone(), self.broker.host.clone(), self.broker.port);
        options.set_max_packet_size(LONGEST, LONGEST).set_clean_session(false);
        options
    }
}
