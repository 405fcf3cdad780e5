//! The machine of the firmware: QEMU's mps2-an386, with a file for its flash. Ending QEMU is a power cut.

use core::time::Duration;
use std::io::{self, BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

/// How long the board may be silent while something is expected of it.
const PATIENCE: Duration = Duration::from_secs(20);
/// What lines of an application begin with.
const APPLICATION: &str = "app\t";
/// How long it must be silent to count as halted.
const SILENCE: Duration = Duration::from_millis(300);

/// A board that runs.
pub(crate) struct Board {
    qemu: Child,
    console: Receiver<String>,
}

/// The board's serial ports behind the console, in their order: radio, bus, modem, receiver. QEMU connects to each.
pub(crate) struct Ports([TcpListener; 4]);

impl Ports {
    pub(crate) fn open() -> Result<Self, String> {
        let open = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("a port: {error}"));
        Ok(Self([open()?, open()?, open()?, open()?]))
    }

    /// The other end of each, once the board is on.
    pub(crate) fn accept(&self) -> Result<[TcpStream; 4], String> {
        let accept = |port: &TcpListener| -> io::Result<TcpStream> {
            let (stream, _) = port.accept()?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            Ok(stream)
        };
        let accept = |port| accept(port).map_err(|error| format!("a port: {error}"));
        let [radio, bus, modem, receiver] = &self.0;
        Ok([accept(radio)?, accept(bus)?, accept(modem)?, accept(receiver)?])
    }
}

impl Board {
    /// Switches it on. All 16 MiB of the machine's largest memory are the file, of which the firmware takes the first for flash.
    pub(crate) fn switch_on(boot_loader: &Path, flash: &Path, ports: Option<&Ports>) -> Result<Self, String> {
        let mut command = Command::new("qemu-system-arm");
        command.args(["-machine", "mps2-an386,memory-backend=flash", "-m", "16M", "-object"]);
        command.arg(format!("memory-backend-file,id=flash,size=16M,share=on,mem-path={}", flash.display()));
        command
            .args(["-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel"])
            .arg(boot_loader);
        for (number, port) in ports.iter().flat_map(|ports| ports.0.iter().enumerate()) {
            let address = port.local_addr().map_err(|error| format!("a port: {error}"))?;
            let (host, port) = (address.ip(), address.port());
            command.args(["-chardev", &format!("socket,id=port{number},host={host},port={port},nodelay=on")]);
            command.args(["-serial", &format!("chardev:port{number}")]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut qemu = command.spawn().map_err(|error| format!("needs qemu-system-arm: {error}"))?;
        let output = qemu.stdout.take().ok_or("qemu-system-arm has no output")?;
        let (sender, console) = channel();
        thread::spawn(move || {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            // Whoever listened may have heard enough.
            lines.map(|line| sender.send(line)).take_while(Result::is_ok).for_each(drop);
        });
        Ok(Self { qemu, console })
    }

    /// Waits for these lines, one after the other and no others between them, but for what else an application has to say.
    pub(crate) fn expect(&self, lines: &[&str]) -> Result<(), String> {
        for expected in lines {
            let printed = loop {
                let printed = self.console.recv_timeout(PATIENCE);
                let printed = printed.map_err(|_| format!("nothing came, {expected:?} was expected"))?;
                if printed.trim_end() == *expected || !printed.starts_with(APPLICATION) {
                    break printed;
                }
            };
            if printed.trim_end() != *expected {
                return Err(format!("{printed:?} came, {expected:?} was expected"));
            }
        }
        Ok(())
    }

    /// That nothing more is printed, but by an application.
    pub(crate) fn expect_silence(&self) -> Result<(), String> {
        loop {
            match self.console.recv_timeout(SILENCE) {
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => return Err("qemu-system-arm ended".to_owned()),
                Ok(line) if line.starts_with(APPLICATION) => {}
                Ok(line) => return Err(format!("{line:?} came after the end")),
            }
        }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}
