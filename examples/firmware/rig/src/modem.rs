//! [`Modem`]: a cellular modem at the board's line, with the network behind it, which leads to one broker.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use dimo_types::Timestamp;

/// What the network does, for the steps to change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    /// The code of the operator: country and network.
    pub(crate) operator: &'static str,
    /// Whether data pass.
    pub(crate) has_service: bool,
}

pub(crate) type Shared = Arc<Mutex<Network>>;

/// A German network.
pub(crate) const AT_HOME: Network = Network { operator: "26201", has_service: true };
/// A Japanese one, where the device is not approved.
pub(crate) const ABROAD: Network = Network { operator: "44010", has_service: true };
/// A tunnel.
pub(crate) const NOWHERE: Network = Network { operator: "26201", has_service: false };

pub(crate) fn set(network: &Shared, to: Network) {
    *network.lock().unwrap_or_else(PoisonError::into_inner) = to;
}

/// Serves the board's line until it is gone.
pub(crate) fn serve(line: TcpStream, broker: SocketAddr, network: Shared) {
    thread::spawn(move || {
        let mut modem = Modem { line, broker, network, typed: Vec::new(), data: None, echo: true };
        // The board was switched off.
        let _ = modem.run();
    });
}

struct Modem {
    line: TcpStream,
    broker: SocketAddr,
    network: Shared,
    typed: Vec<u8>,
    data: Option<Data>,
    echo: bool,
}

/// A connection that was dialled.
struct Data {
    broker: TcpStream,
    /// The operator when it was dialled: with another one it is gone.
    operator: &'static str,
    /// When bytes came last, and how many `+` after a silence.
    last: Instant,
    plus: usize,
}

/// V.250, 6.3.
const SILENCE: Duration = Duration::from_millis(900);

impl Modem {
    fn run(&mut self) -> std::io::Result<()> {
        self.line.set_read_timeout(Some(Duration::from_millis(2)))?;
        let mut bytes = [0; 1024];
        loop {
            match self.line.read(&mut bytes) {
                Ok(0) => return Ok(()),
                Ok(count) => self.came(bytes.get(..count).unwrap_or_default())?,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
            self.hand_on()?;
        }
    }

    fn came(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if let Some(data) = &mut self.data {
            let was_silent = data.last.elapsed() > SILENCE;
            let only_plus = bytes.iter().all(|byte| *byte == b'+');
            data.plus = if only_plus && (was_silent || data.plus > 0) { data.plus + bytes.len() } else { 0 };
            data.last = Instant::now();
            if data.plus >= 3 {
                self.data = None;
                return self.say("OK");
            }
            if data.plus == 0 {
                data.broker.write_all(bytes)?;
            }
            return Ok(());
        }
        for byte in bytes {
            match byte {
                b'\r' => {
                    let command = String::from_utf8_lossy(&std::mem::take(&mut self.typed)).into_owned();
                    self.obey(command.trim_start_matches('+'))?;
                }
                b'\n' => {}
                other => self.typed.push(*other),
            }
        }
        Ok(())
    }

    /// Hands on what the broker sends, and ends the connection when it is over.
    fn hand_on(&mut self) -> std::io::Result<()> {
        let network = self.network();
        let Some(data) = &mut self.data else { return Ok(()) };
        let mut bytes = [0; 1024];
        let is_gone = match data.broker.read(&mut bytes) {
            Ok(0) => true,
            Ok(count) => {
                self.line.write_all(bytes.get(..count).unwrap_or_default())?;
                false
            }
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        };
        if is_gone || !network.has_service || network.operator != data.operator {
            self.data = None;
            self.say("NO CARRIER")?;
        }
        Ok(())
    }

    fn network(&self) -> Network {
        *self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&mut self, line: &str) -> std::io::Result<()> {
        self.line.write_all(format!("\r\n{line}\r\n").as_bytes())
    }

    fn obey(&mut self, command: &str) -> std::io::Result<()> {
        if self.echo {
            self.line.write_all(format!("{command}\r").as_bytes())?;
        }
        let network = self.network();
        let answer = match command {
            "ATE0" => {
                self.echo = false;
                "OK".to_owned()
            }
            "AT" | "AT+CMEE=1" | "AT+CEREG=4" | "AT+CFUN=1" | "AT+COPS=3,2" | "ATH" | "AT+CTZU=1"
            | "AT+CTZR=0" => "OK".to_owned(),
            "AT+CPIN?" => "+CPIN: READY\nOK".to_owned(),
            "AT+CEREG?" if network.has_service => "+CEREG: 4,1,\"1A2B\",\"01C3D4E5\",7\nOK".to_owned(),
            "AT+CEREG?" => "+CEREG: 4,2\nOK".to_owned(),
            "AT+COPS?" => format!("+COPS: 0,2,\"{}\",7\nOK", network.operator),
            "AT+CGACT=1,1" | "AT+CGACT=0,1" => "OK".to_owned(),
            "AT+CGACT?" => "+CGACT: 1,1\nOK".to_owned(),
            "AT+CGPADDR=1" => "+CGPADDR: 1,\"10.0.0.7\"\nOK".to_owned(),
            "AT+CCLK?" => format!("+CCLK: \"{}\"\nOK", clock()),
            "ATD*99#" => return self.dial(network),
            other if other.starts_with("AT+CGDCONT=1,\"IP\",") => "OK".to_owned(),
            _ => "ERROR".to_owned(),
        };
        answer.lines().try_for_each(|line| self.say(line))
    }

    fn dial(&mut self, network: Network) -> std::io::Result<()> {
        let broker = TcpStream::connect(self.broker).ok().filter(|_| network.has_service);
        let Some(broker) = broker else { return self.say("NO CARRIER") };
        broker.set_read_timeout(Some(Duration::from_millis(2)))?;
        broker.set_nodelay(true)?;
        self.say("CONNECT 150000000")?;
        self.data = Some(Data { broker, operator: network.operator, last: Instant::now(), plus: 0 });
        Ok(())
    }
}

/// The time of day as `+CCLK` has it, in UTC.
fn clock() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let text = Timestamp::from_secs(now.as_secs()).map(|time| time.to_string()).unwrap_or_default();
    // 2026-11-23T12:34:56Z becomes 26/11/23,12:34:56+00.
    let date = text.get(2..10).unwrap_or_default().replace('-', "/");
    format!("{date},{}+00", text.get(11..19).unwrap_or_default())
}
