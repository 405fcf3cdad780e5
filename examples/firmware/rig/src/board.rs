//! [`Board`]: the device in QEMU, its console, and its serial ports.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use blueprint::memory::FLASH_LEN;

/// The most bytes of stack that the device has told of, over all its starts.
static DEEPEST: AtomicU32 = AtomicU32::new(0);

/// The most bytes of stack that the device has told of, over all its starts.
pub(crate) fn deepest_stack() -> u32 {
    DEEPEST.load(Ordering::Relaxed)
}

/// The board's serial ports behind the console: where QEMU connects to.
pub(crate) struct Ports([TcpListener; 4]);

impl Ports {
    pub(crate) fn open() -> Result<Self, String> {
        let open = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("a port: {error}"));
        Ok(Self([open()?, open()?, open()?, open()?]))
    }
}

/// The other ends of the ports of a board that runs.
pub(crate) struct Lines {
    pub(crate) radio: TcpStream,
    pub(crate) bus: TcpStream,
    pub(crate) modem: TcpStream,
    pub(crate) receiver: TcpStream,
}

/// A board that runs. Dropping it cuts its power.
pub(crate) struct Board {
    qemu: Child,
    console: Receiver<String>,
    /// What it printed and nobody has waited for.
    printed: Vec<String>,
}

impl Board {
    pub(crate) fn switch_on(
        boot_loader: &Path,
        flash: &Path,
        ports: &Ports,
    ) -> Result<(Self, Lines), String> {
        let mut command = Command::new("qemu-system-arm");
        command.args(["-machine", "mps2-an386,memory-backend=flash", "-m", "16M", "-object"]);
        command.arg(format!("memory-backend-file,id=flash,size=16M,share=on,mem-path={}", flash.display()));
        command
            .args(["-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel"])
            .arg(boot_loader);
        for (number, port) in ports.0.iter().enumerate() {
            let port = port.local_addr().map_err(|error| format!("a port: {error}"))?.port();
            let socket = format!("socket,id=port{number},host=127.0.0.1,port={port},nodelay=on");
            command.args(["-chardev", &socket, "-serial", &format!("chardev:port{number}")]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut qemu = command.spawn().map_err(|error| format!("needs qemu-system-arm: {error}"))?;
        let output = qemu.stdout.take().ok_or("qemu-system-arm has no output")?;
        let (sender, console) = channel();
        thread::spawn(move || {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            for line in lines {
                let line = line.trim_end().to_owned();
                if let Some(deep) = line.strip_prefix("app\tstack\t").and_then(|deep| deep.parse().ok()) {
                    DEEPEST.fetch_max(deep, Ordering::Relaxed);
                }
                // Whoever listened may have heard enough.
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let accept = |port: &TcpListener| -> Result<TcpStream, String> {
            let (stream, _) = port.accept().map_err(|error| format!("a port: {error}"))?;
            stream.set_nodelay(true).map_err(|error| format!("a port: {error}"))?;
            Ok(stream)
        };
        let [radio, bus, modem, receiver] = &ports.0;
        let lines = Lines {
            radio: accept(radio)?,
            bus: accept(bus)?,
            modem: accept(modem)?,
            receiver: accept(receiver)?,
        };
        Ok((Self { qemu, console, printed: Vec::new() }, lines))
    }

    /// Waits until it prints a line that `is_it` takes, and forgets all before it.
    pub(crate) fn wait_for(
        &mut self,
        what: &str,
        patience: Duration,
        mut is_it: impl FnMut(&str) -> bool,
    ) -> Result<String, String> {
        let until = Instant::now() + patience;
        loop {
            while !self.printed.is_empty() {
                let line = self.printed.remove(0);
                if is_it(&line) {
                    return Ok(line);
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.console.recv_timeout(left) {
                Ok(line) => {
                    if std::env::var_os("RIG_ECHO").is_some() {
                        eprintln!("{line}");
                    }
                    self.printed.push(line);
                }
                Err(_) => {
                    return Err(format!("the device did not say `{what}` within {} s", patience.as_secs()));
                }
            }
        }
    }

    /// Waits for a line that begins so.
    pub(crate) fn expect(&mut self, start: &str, patience: Duration) -> Result<String, String> {
        self.wait_for(start, patience, |line| line.starts_with(start))
    }

    /// All that it has printed until now, and nobody has waited for.
    pub(crate) fn said(&mut self) -> Vec<String> {
        self.printed.extend(self.console.try_iter());
        std::mem::take(&mut self.printed)
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}

/// What the vehicle does to a pin of the board: words behind the flash in the host's file.
pub(crate) fn set_pin(flash: &Path, pin: u32, value: u32) -> Result<(), String> {
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(flash)?;
        file.seek(SeekFrom::Start(u64::from(FLASH_LEN + pin * 4)))?;
        file.write_all(&value.to_le_bytes())
    };
    write().map_err(|error| format!("{}: {error}", flash.display()))
}
