//! A [`PowerConfig`] as JSON.

use dimo_hal::power::{Currents, Heartbeat, PowerConfig};
use serde_json::{Map, Value, json};

/// A name of the file and the field it stands for.
macro_rules! fields {
    ($macro:ident) => {
        $macro! {
            nominal_mv cut_out_mv cut_out_ms recover_mv sleep_mv wake_mv wake_ms rise_mv rise_ms dip_ms write_mv listen_after_ms
            sleep_after_ms sleep_after_wake_ms heartbeat_ms hibernate_after_ms quiet_ms dwell_ms voltage_only_ms awake_max_ms
        }
    };
}

pub(crate) fn to_json(config: &PowerConfig) -> String {
    let mut object = Map::new();
    macro_rules! put {
        ($($name:ident)*) => { $(object.insert(stringify!($name).to_owned(), json!(config.$name));)* };
    }
    fields!(put);
    let rows = config.heartbeats.map(|row| json!({ "until_ms": row.until_ms, "every_ms": row.every_ms }));
    object.insert("heartbeats".to_owned(), json!(rows));
    let Currents { active, listen, sleep, hibernate } = config.currents;
    let currents = json!({ "active": active, "listen": listen, "sleep": sleep, "hibernate": hibernate });
    object.insert("current_ua".to_owned(), currents);
    format!("{:#}", Value::Object(object))
}

/// What is not there stays as it is without a file.
pub(crate) fn from_json(text: &str) -> Result<PowerConfig, String> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Value::Object(object) = value else { return Err("it is no object".to_owned()) };
    let mut config = PowerConfig::TWELVE_VOLT;
    for (name, value) in &object {
        macro_rules! take {
            ($($name:ident)*) => {
                match name.as_str() {
                    $(stringify!($name) => config.$name = number(name, value)?,)*
                    "heartbeats" => config.heartbeats = heartbeats(value)?,
                    "current_ua" => currents(&mut config.currents, value)?,
                    _ => return Err(format!("there is no `{name}`")),
                }
            };
        }
        fields!(take);
    }
    config.validate().map_err(|error| error.to_string())?;
    Ok(config)
}

fn number<T: TryFrom<u64>>(name: &str, value: &Value) -> Result<T, String> {
    let number = value.as_u64().and_then(|value| T::try_from(value).ok());
    number.ok_or_else(|| format!("`{name}` is {value}, where a whole number is to stand"))
}

fn currents(currents: &mut Currents, value: &Value) -> Result<(), String> {
    let object = value.as_object().ok_or("`current_ua` has a number for each state")?;
    for (state, value) in object {
        let current = match state.as_str() {
            "active" => &mut currents.active,
            "listen" => &mut currents.listen,
            "sleep" => &mut currents.sleep,
            "hibernate" => &mut currents.hibernate,
            _ => return Err(format!("there is no state `{state}`")),
        };
        *current = number(state, value)?;
    }
    Ok(())
}

fn heartbeats(value: &Value) -> Result<[Heartbeat; 3], String> {
    let shape = "`heartbeats` has three objects of `until_ms` and `every_ms`";
    let rows = value.as_array().ok_or(shape)?.iter().map(|row| {
        let object = row.as_object().filter(|object| object.len() == 2).ok_or(shape)?;
        let field = |name| object.get(name).ok_or(shape.to_owned()).and_then(|value| number(name, value));
        Ok(Heartbeat { until_ms: field("until_ms")?, every_ms: field("every_ms")? })
    });
    let rows: Vec<Heartbeat> = rows.collect::<Result<_, String>>()?;
    rows.try_into().map_err(|_| shape.to_owned())
}
