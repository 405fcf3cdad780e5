//! [`Broker`]: mosquitto that lets in who has a certificate of the authority.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gateway::Failed;

use crate::authority::Authority;

/// A broker that runs.
pub(crate) struct Broker {
    process: Child,
    pub(crate) address: SocketAddr,
}

const PATIENCE: Duration = Duration::from_secs(10);

impl Broker {
    pub(crate) fn start(folder: &Path, authority: &Authority) -> Result<Self, Failed> {
        let failed = |reason: &dyn std::fmt::Display| Failed::at("mosquitto", reason);
        let (certificate, key) = authority.issue("broker")?;
        for (name, text) in
            [("ca.pem", &authority.certificate), ("broker.pem", &certificate), ("broker.key", &key)]
        {
            fs::write(folder.join(name), text).map_err(|error| failed(&error))?;
        }
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|port| port.local_addr());
        let address = free.map_err(|error| failed(&error))?;
        let at = |name: &str| folder.join(name).display().to_string();
        let lines = [
            // It has to read its key, whoever starts it.
            "user root".to_owned(),
            format!("listener {} 127.0.0.1", address.port()),
            format!("cafile {}", at("ca.pem")),
            format!("certfile {}", at("broker.pem")),
            format!("keyfile {}", at("broker.key")),
            "require_certificate true".to_owned(),
            "use_identity_as_username true".to_owned(),
        ];
        let config = folder.join("mosquitto.conf");
        fs::write(&config, lines.join("\n") + "\n").map_err(|error| failed(&error))?;
        let mut command = Command::new("mosquitto");
        command.arg("-c").arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().map_err(|error| failed(&error))?;
        let broker = Self { process, address };
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            if Instant::now() > until {
                return Err(failed(&"it does not listen"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(broker)
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
