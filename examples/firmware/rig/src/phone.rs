//! [`Phone`]: a phone in Python, written from the protocol's specification alone, and the device's Bluetooth controller beside it.

use std::io::{self, BufRead as _, BufReader};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

/// A phone that runs, and takes one step after the other. Dropping it switches it off.
pub(crate) struct Phone {
    process: Child,
    lines: io::Lines<BufReader<ChildStdout>>,
}

impl Phone {
    pub(crate) fn switch_on(mut command: Command) -> Result<Self, String> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("needs Python: {error}"))?;
        let output = process.stdout.take().ok_or("the phone has no output")?;
        Ok(Self { process, lines: BufReader::new(output).lines() })
    }

    /// Joins the board's port and the controller.
    pub(crate) fn connect(&mut self, board: TcpStream) -> Result<(), String> {
        let line = self.line()?;
        let port = line.strip_prefix("port\t").and_then(|port| port.parse().ok());
        let port: u16 = port.ok_or_else(|| format!("{line:?} is no port"))?;
        join(board, port).map_err(|error| format!("the controller: {error}"))
    }

    /// Waits for all steps, each of which has its own patience.
    pub(crate) fn expect(&mut self, steps: &[&str]) -> Result<(), String> {
        let mut failed = Vec::new();
        for step in steps {
            let line = self.line()?;
            if line != format!("ok\t{step}") {
                failed.push(line.replace('\t', " "));
            }
        }
        if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
    }

    fn line(&mut self) -> Result<String, String> {
        self.lines.next().and_then(Result::ok).ok_or_else(|| "the phone ended, see above".to_owned())
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Carries bytes both ways, until one side is gone.
fn join(board: TcpStream, port: u16) -> io::Result<()> {
    let controller = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    controller.set_nodelay(true)?;
    for (from, to) in [(board.try_clone()?, controller.try_clone()?), (controller, board)] {
        thread::spawn(move || carry(from, to));
    }
    Ok(())
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    // Either end may be switched off.
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}
