//! [`Row`]: one line of a trace.

use dimo_hal::power::{Line, Millis, PowerConfig, PowerMachine};

const HEADER: &str = "ms,battery_mv,ignition,motion,can_activity";

/// What a vehicle is like from a time on.
pub(crate) struct Row {
    pub(crate) at: Millis,
    battery_mv: u32,
    ignition: Line,
    motion: Line,
    can_activity: Line,
}

impl Row {
    pub(crate) fn apply_to(&self, power: &mut PowerMachine) {
        power.handle_battery(self.at, self.battery_mv);
        power.handle_ignition(self.at, self.ignition);
        power.handle_motion(self.at, self.motion);
        power.handle_can(self.at, self.can_activity);
    }

    fn parse(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let [ms, battery_mv, ignition, motion, can_activity] = fields[..] else {
            return Err(format!("{} fields, where there are 5", fields.len()));
        };
        Ok(Self {
            at: Millis(number("ms", ms, PowerConfig::LONGEST_MS)?),
            battery_mv: number("battery_mv", battery_mv, 100_000)?,
            ignition: level("ignition", ignition)?,
            motion: level("motion", motion)?,
            can_activity: level("can_activity", can_activity)?,
        })
    }
}

/// Every row, in order.
pub(crate) fn parse(text: &str) -> Result<Vec<Row>, String> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut lines = text.lines().map(str::trim_end).enumerate();
    let header = lines.next().map_or("", |(_, line)| line);
    if header != HEADER {
        return Err(format!("line 1 is to be `{HEADER}`"));
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut blank = None;
    for (place, line) in lines {
        let number = place + 1;
        if line.is_empty() {
            blank = blank.or(Some(number));
            continue;
        }
        if let Some(blank) = blank {
            return Err(format!("line {blank} is empty"));
        }
        let row = Row::parse(line).map_err(|reason| format!("line {number}: {reason}"))?;
        if rows.last().is_some_and(|before| before.at >= row.at) {
            return Err(format!("line {number}: its time is not after that of the line before"));
        }
        rows.push(row);
    }
    if rows.is_empty() { Err("there is no row".to_owned()) } else { Ok(rows) }
}

fn number<T: TryFrom<u64>>(name: &str, text: &str, max: u64) -> Result<T, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse().ok().filter(|value| digits && *value <= max);
    value
        .and_then(|value| T::try_from(value).ok())
        .ok_or_else(|| format!("{name} is `{text}`, where a whole number up to {max} is to stand"))
}

fn level(name: &str, text: &str) -> Result<Line, String> {
    match text {
        "0" => Ok(Line::Quiet),
        "1" => Ok(Line::Active),
        _ => Err(format!("{name} is `{text}`, where 0 or 1 is to stand")),
    }
}
