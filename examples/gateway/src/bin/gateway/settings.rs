//! [`Settings`]: what a deployment sets, as JSON.

use std::path::{Path, PathBuf};

use gateway::Failed;
use serde::{Deserialize, Serialize};

/// All of it. What is not named has its default.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where the device keeps its key, its certificate, its plan and what waits to be sent.
    pub(crate) folder: PathBuf,
    /// The vehicle's bus.
    pub(crate) bus: BusSettings,
    /// What the frames mean: the plan of a device that has none yet.
    pub(crate) dbc: Option<PathBuf>,
    /// Only these of the signals; without them, all.
    pub(crate) signals: Option<Vec<String>>,
    /// How identifiers are matched.
    pub(crate) matching: Matching,
    /// What the vehicle is asked again and again: the list of a device that never had one.
    pub(crate) polls: Vec<PollSettings>,
    /// A receiver of satellites.
    pub(crate) receiver: Option<Port>,
    /// Battery and ignition.
    pub(crate) power: PowerSettings,
    /// What starts a stuck device anew.
    pub(crate) watchdog: Option<WatchdogSettings>,
    /// Whom to tell in the network's present form too, beside the sealed records.
    pub(crate) gen1: Option<Gen1For>,
    /// The country in which the gateway is, by ISO 3166: two letters.
    pub(crate) country: String,
    /// The broker.
    pub(crate) broker: BrokerSettings,
    /// Where certificates come from.
    pub(crate) authority: AuthoritySettings,
    /// Who receives.
    pub(crate) backend: BackendSettings,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum BusSettings {
    /// An interface of the kernel's, which is up, at so many bit/s as it was set to.
    SocketCan {
        interface: String,
        #[serde(default = "usual_bit_rate")]
        bit_rate: u32,
    },
    /// An adapter at a serial port, and the bus at so many bit/s.
    Slcan {
        port: PathBuf,
        baud: u32,
        #[serde(default = "usual_bit_rate")]
        bit_rate: u32,
    },
    /// A recording.
    Log { file: PathBuf, pace: Pace },
}

/// As ISO 15765-4 has it for most vehicles.
const fn usual_bit_rate() -> u32 {
    500_000
}

impl BusSettings {
    /// In bit/s. Nobody is asked over a recording.
    pub(crate) const fn bit_rate(&self) -> u32 {
        match *self {
            Self::SocketCan { bit_rate, .. } | Self::Slcan { bit_rate, .. } => bit_rate,
            Self::Log { .. } => usual_bit_rate(),
        }
    }
}

/// How fast a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Pace {
    /// As it was recorded.
    Recorded,
    /// As fast as it is taken.
    Fast,
}

/// Who listens for the network's present form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Gen1For {
    /// The backend that sealed records go to.
    Backend,
    /// The network's own services.
    Network,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Matching {
    Exact,
    J1939,
}

/// As the network's list of requests has it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PollSettings {
    /// Whom: the identifier, 0 for all units that OBD-II knows.
    pub(crate) header: u32,
    pub(crate) service: u8,
    pub(crate) parameter: u16,
    /// From one request to the next, in seconds; 0 for once after each start.
    pub(crate) interval: u16,
    /// Where flow control goes and where the answer comes from, when it is not as ISO 15765-4 has it.
    #[serde(default)]
    pub(crate) pair: Option<(u32, u32)>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Port {
    pub(crate) port: PathBuf,
    pub(crate) baud: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum PowerSettings {
    /// Nothing is known of battery and ignition: it never sleeps, and never asks the vehicle.
    Always,
    /// Files of the system's, as dimo-hal's `SysfsPower` reads them.
    Files { voltage: PathBuf, ignition: Option<PathBuf>, battery: BatteryKind },
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BatteryKind {
    #[serde(rename = "12v")]
    TwelveVolt,
    #[serde(rename = "24v")]
    TwentyFourVolt,
    Electric,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WatchdogSettings {
    pub(crate) device: PathBuf,
    pub(crate) timeout: PathBuf,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BrokerSettings {
    /// Its name, which its certificate has too.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// A file of certificates, as PEM: that of the broker leads to one of them.
    pub(crate) authorities: PathBuf,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AuthoritySettings {
    pub(crate) url: String,
    pub(crate) name: String,
    pub(crate) client_id: String,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BackendSettings {
    /// The key that sessions are opened to: 32 bytes in hexadecimal digits.
    pub(crate) server: String,
    /// Who may read them.
    pub(crate) recipient: String,
}

impl Settings {
    pub(crate) fn read(file: &Path) -> Result<Self, Failed> {
        let failed = |reason: &dyn std::fmt::Display| Failed::at(&file.display().to_string(), reason);
        let text = std::fs::read_to_string(file).map_err(|error| failed(&error))?;
        serde_json::from_str(&text).map_err(|error| failed(&error))
    }

    /// What has no name in a file.
    pub(crate) fn print_defaults() -> String {
        serde_json::to_string_pretty(&Self::default()).unwrap_or_default()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            folder: PathBuf::from("/var/lib/gateway"),
            bus: BusSettings::SocketCan { interface: "can0".to_owned(), bit_rate: usual_bit_rate() },
            dbc: None,
            signals: None,
            matching: Matching::Exact,
            polls: Vec::new(),
            receiver: None,
            power: PowerSettings::Always,
            watchdog: None,
            gen1: None,
            country: String::new(),
            broker: BrokerSettings::default(),
            authority: AuthoritySettings::default(),
            backend: BackendSettings::default(),
        }
    }
}

impl Default for BrokerSettings {
    fn default() -> Self {
        Self {
            host: "localhost".to_owned(),
            port: 8883,
            authorities: PathBuf::from("/etc/gateway/authorities.pem"),
        }
    }
}

impl Default for AuthoritySettings {
    fn default() -> Self {
        let (url, name) = ("https://auth.example".to_owned(), "auth.example".to_owned());
        Self { url, name, client_id: "gateway".to_owned() }
    }
}
