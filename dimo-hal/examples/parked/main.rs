//! What a device in a parked vehicle does over a recorded trace of its battery, and what it draws on average.
//!
//! `cargo run --release -p dimo-hal --features std --example parked -- TRACE.csv [--config CONFIG.json]`
//!
//! TRACE.csv has the header `ms,battery_mv,ignition,motion,can_activity`; each row holds until the next, the last one ends the trace. Printed are
//! `ms<TAB>STATE<TAB>REASON` at each change, the state at the first row among them, and at the end `average_ua<TAB>N`. `--print-config` prints the
//! configuration that holds without one: thresholds in mV, times in ms, currents in microampere. A file of the same form may leave out what it does not
//! change. A bad trace or configuration ends with 2.

mod config;
mod trace;

use std::path::Path;
use std::process::ExitCode;

use dimo_hal::power::{Change, Currents, Millis, PowerConfig, PowerMachine, PowerState};

use trace::Row;

const USAGE: &str = "usage: parked TRACE.csv [--config CONFIG.json] | parked --print-config";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("parked: {reason}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut trace = None;
    let mut config = PowerConfig::TWELVE_VOLT;
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--print-config" => {
                println!("{}", config::to_json(&config));
                return Ok(());
            }
            "--config" => {
                let path = arguments.next().ok_or("--config needs a file")?;
                config = config::from_json(&read(&path)?).map_err(|reason| format!("{path}: {reason}"))?;
            }
            path if trace.is_none() && !path.starts_with("--") => trace = Some(path.to_owned()),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let path = trace.ok_or(USAGE)?;
    let rows = trace::parse(&read(&path)?).map_err(|reason| format!("{path}: {reason}"))?;
    replay(&rows, config);
    Ok(())
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(Path::new(path)).map_err(|error| format!("{path}: {error}"))
}

/// Steps the machine at each row and at each timer between.
fn replay(rows: &[Row], config: PowerConfig) {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
    let mut power = PowerMachine::new(config, first.at);
    let mut charge = Charge::new(config.currents, first.at);
    for row in rows {
        while let Some(timer) = power.poll_timeout().filter(|timer| *timer < row.at) {
            told(&mut power, timer, &mut charge);
        }
        row.apply_to(&mut power);
        told(&mut power, row.at, &mut charge);
    }
    println!("average_ua\t{}", charge.average(last.at));
}

fn told(power: &mut PowerMachine, now: Millis, charge: &mut Charge) {
    while let Some(Change { at, state, reason, .. }) = power.poll(now) {
        println!("{}\t{}\t{}", at.0, state.name(), reason.name());
        charge.change(at, state);
    }
}

/// What has flown so far, in microampere milliseconds.
struct Charge {
    currents: Currents,
    start: Millis,
    since: Millis,
    state: Option<PowerState>,
    sum: u128,
}

impl Charge {
    const fn new(currents: Currents, start: Millis) -> Self {
        Self { currents, start, since: start, state: None, sum: 0 }
    }

    fn change(&mut self, at: Millis, state: PowerState) {
        let current = match self.state.replace(state) {
            None => 0,
            Some(PowerState::Active) => self.currents.active,
            Some(PowerState::Listen) => self.currents.listen,
            Some(PowerState::Sleep) => self.currents.sleep,
            Some(PowerState::Hibernate) => self.currents.hibernate,
        };
        self.sum += u128::from(current) * u128::from(at.0 - self.since.0);
        self.since = at;
    }

    /// Over the whole trace, rounded to the nearest; a trace without duration has the current of its state.
    fn average(mut self, end: Millis) -> u128 {
        let Some(state) = self.state else { return 0 };
        let duration = u128::from(end.0 - self.start.0);
        if duration == 0 {
            self.change(Millis(self.since.0 + 1), state);
            return self.sum;
        }
        self.change(end, state);
        (self.sum + duration / 2) / duration
    }
}
