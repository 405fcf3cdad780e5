//! [`World`]: the device and everything around it, for the steps.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backend::cloud::Cloud;
use backend::{Backend, Event, Registry, Seen};
use blueprint::trust;
use dimo_crypto::SoftwareKey;
use dimo_crypto::session::ServerKey;
use dimo_types::Address;
use rumqttc::MqttOptions;

use crate::args::Args;
use crate::board::{Board, Ports};
use crate::broker::Broker;
use crate::drive::Drive;
use crate::modem::{self, AT_HOME, Network};
use crate::phone::Phone;
use crate::sky;
use crate::vehicle::{Motion, Vehicle};

/// The test key of the backend, as `tool server` has it.
const SERVER: [u8; 32] = *b"DIMO crates demo backend, secret";
/// The number of the vehicle that the device is in, in the registry.
pub(crate) const VEHICLE: u64 = 1337;
/// The device says by then whatever it is going to say.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// Everything.
pub(crate) struct World {
    pub(crate) args: Args,
    pub(crate) drive: Drive,
    pub(crate) device: Address,
    pub(crate) flash: PathBuf,
    pub(crate) cloud: Cloud<Seen>,
    pub(crate) network: modem::Shared,
    broker: Broker,
    /// The phone, while it is on.
    pub(crate) phone: Option<Phone>,
    /// What the vehicle does when the device is switched on.
    pub(crate) motion: Motion,
    /// The release that a phone uploads.
    pub(crate) upload: Option<PathBuf>,
    /// The board and what is at its lines, while it is on.
    pub(crate) running: Option<Running>,
}

/// A board that runs.
pub(crate) struct Running {
    pub(crate) board: Board,
    pub(crate) vehicle: Vehicle,
}

impl World {
    /// What the backend has seen, but for the sessions, is of no interest any more.
    pub(crate) fn forget(&self) {
        self.cloud.retain(|event| matches!(event, Event::Session { .. }));
    }

    /// Nor is what was reported.
    pub(crate) fn forget_reports(&self) {
        self.cloud.retain(|event| !matches!(event, Event::Report { .. }));
    }

    pub(crate) fn new(args: Args) -> Result<Self, String> {
        let drive = Drive::of(args.files.clone(), args.frames)?;
        let key = SoftwareKey::from_bytes(trust::DEVICE).map_err(|error| error.to_string())?;
        let device = key.address();
        let broker = Broker::start(&args.folder)?;
        let recipient = Address::new(trust::RECIPIENT);
        let backend =
            Backend::new(ServerKey::from_bytes(SERVER), recipient, Registry::default().with(device));
        let mut options = MqttOptions::new("backend", broker.address.ip().to_string(), broker.address.port());
        options.set_max_packet_size(1 << 20, 1 << 20);
        let cloud = Cloud::start(options, backend, Seen::default());
        cloud.listening(PATIENCE)?;
        let flash = args.folder.join("device.bin");
        let network = Arc::new(Mutex::new(AT_HOME));
        Ok(Self {
            args,
            drive,
            device,
            flash,
            cloud,
            network,
            broker,
            phone: None,
            motion: Motion::Moving,
            upload: None,
            running: None,
        })
    }

    /// Calls the maker's tool.
    pub(crate) fn tool(&self, arguments: &[&str]) -> Result<(), String> {
        let output = Command::new(&self.args.tool)
            .current_dir(&self.args.folder)
            .args(arguments)
            .output()
            .map_err(|error| format!("needs {}: {error}", self.args.tool.display()))?;
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        }
    }

    /// A release of the image that is linked for a slot.
    pub(crate) fn release(
        &self,
        slot: usize,
        seq: u64,
        name: &str,
        fault: Option<&str>,
    ) -> Result<(), String> {
        let program = self.args.device.get(slot).map(|path| text(path)).ok_or("two slots")??;
        let (letter, seq) = (if slot == 0 { "a" } else { "b" }, seq.to_string());
        let mut arguments = vec!["release", program, letter, seq.as_str(), name];
        arguments.extend(fault);
        self.tool(&arguments)
    }

    /// Switches the board on with everything at its lines but a phone.
    pub(crate) fn switch_on(&mut self) -> Result<&mut Running, String> {
        self.phone = None;
        // What the radio sends is not read.
        let (running, _) = self.power()?;
        Ok(self.running.insert(running))
    }

    /// Likewise, beside a phone that takes these steps.
    pub(crate) fn switch_on_beside_phone(&mut self, steps: &[&str]) -> Result<(), String> {
        self.phone = None;
        let mut command = Command::new(&self.args.python);
        // -B: nothing is to be left beside the scripts.
        command.arg("-B").arg(&self.args.phone).arg(self.args.folder.join("phone.json")).args(steps);
        command.arg("--plan").arg(self.own_plan());
        command.arg("--share-with").arg(Address::new(trust::RECIPIENT).to_string());
        command.arg("--vehicle").arg(VEHICLE.to_string());
        if let Some(release) = &self.upload {
            command.arg("--release").arg(release);
        }
        let mut phone = Phone::switch_on(command)?;
        let (running, radio) = self.power()?;
        self.running = Some(running);
        phone.connect(radio)?;
        self.phone = Some(phone);
        Ok(())
    }

    fn power(&mut self) -> Result<(Running, TcpStream), String> {
        self.running = None;
        let ports = Ports::open()?;
        let (board, lines) = Board::switch_on(&self.args.boot_loader, &self.flash, &ports)?;
        modem::serve(lines.modem, self.broker.address, Arc::clone(&self.network));
        sky::shine(lines.receiver);
        let vehicle = Vehicle::start(lines.bus, &self.args.python, &self.args.unit, self.motion)?;
        Ok((Running { board, vehicle }, lines.radio))
    }

    /// A plan for a phone to bring, of the vehicle of our own.
    pub(crate) fn keep_own_plan(&self) -> Result<(), String> {
        let plan = Drive::of(None, 200)?.plan;
        std::fs::write(self.own_plan(), plan).map_err(|error| format!("the plan of a phone: {error}"))
    }

    fn own_plan(&self) -> PathBuf {
        self.args.folder.join("own.plan")
    }

    /// The board that runs.
    pub(crate) fn running(&mut self) -> Result<&mut Running, String> {
        self.running.as_mut().ok_or_else(|| "the board is off".to_owned())
    }

    /// Takes its power away, at whatever instruction.
    pub(crate) fn cut_power(&mut self) {
        self.running = None;
        self.phone = None;
    }

    pub(crate) fn set_network(&self, to: Network) {
        modem::set(&self.network, to);
    }
}

pub(crate) fn text(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{} is no text", path.display()))
}
