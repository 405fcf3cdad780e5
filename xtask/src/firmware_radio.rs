//! The steps `pairing`, `claim` and `bluetooth-update`: a phone in Python and the board's radio, over virtual Bluetooth controllers. The phone is that of
//! `examples/trouble-peripheral`, written from SPEC.md alone; what the device signs it checks with eth-account.

use std::io::{self, BufRead as _, BufReader};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::firmware::Firmware;
use crate::firmware_board::{Board, Ports};
use crate::firmware_boot::release;

/// What the board prints when it is on.
const ON: &str = "radio-check\tdevice\t0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const DEVICE: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const PAIRED: &str = "radio-check\tpaired\tOwner";
const RESUMED: &str = "radio-check\tresumed\tOwner";
const CLAIMED: &str = "radio-check\tclaimed\t0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/// With the secret of the label and the owner's word, then files, links that drop, strangers and repeated packets; and after a power cut, with
/// nothing but what phone and flash have kept.
pub(crate) fn pairing(firmware: &Firmware) -> Result<(), String> {
    let place = Place::new(firmware, "pairing")?;
    place.new_flash()?;
    // As the phone makes them, a plan that comes whole and one whose link drops.
    let whole = uploaded((0..3000).map(|at: u32| at * 7 % 251));
    let dropped = uploaded((0..2000).map(|at: u32| at * 11 % 241));
    place.meet(
        "the first time",
        &[
            "discover",
            "mtu",
            "handshake",
            "device-proof",
            "owner-grant",
            "identify",
            "vin",
            "plan-upload",
            "drop-and-resume",
            "wrong-secret-refused",
            "replay-refused",
            "keep",
        ],
        &[ON, PAIRED, &whole, RESUMED, RESUMED, &dropped, RESUMED],
    )?;
    place.meet("after a power cut", &["come-back", "identify"], &[ON, RESUMED])?;
    // It was the flash that knew the phone.
    place.new_flash()?;
    place.meet("with another flash", &["forgotten"], &[ON])
}

/// The signature of the device, before a power cut and after it, is one of its address over what the phone asked for.
pub(crate) fn claim(firmware: &Firmware) -> Result<(), String> {
    let place = Place::new(firmware, "claim")?;
    place.new_flash()?;
    let steps = ["discover", "handshake", "device-proof", "owner-grant", "claim", "keep"];
    place.meet("the first time", &steps, &[ON, PAIRED, CLAIMED])?;
    place.meet("after a power cut", &["come-back", "claim"], &[ON, RESUMED, CLAIMED])
}

/// A phone brings a firmware: what nobody ordered and what was forged is refused, and after a power cut the phone brings it anew. The boot
/// loader tries what it brought.
pub(crate) fn update(firmware: &Firmware) -> Result<(), String> {
    release(firmware, "a", "5", "radio-a", None)?;
    release(firmware, "b", "6", "radio-b", None)?;
    firmware.tool(&["order", DEVICE, "1", "radio-b.order", "radio-b"])?;
    firmware.tool(&["payload", "radio-b"])?;
    let place =
        Place { release: Some(firmware.scratch()?.join("radio-b")), ..Place::new(firmware, "update")? };
    firmware.tool(&["flash", &place.flash, "a=radio-a", "confirmed=a", "counter=5"])?;
    let ordered = ["radio-check\tuploaded\tFirmwareDirective", "radio-check\tuploaded\tFirmwareManifest"];
    let [directive, manifest] = ordered;
    place.meet(
        "the first time",
        &[
            "discover",
            "handshake",
            "device-proof",
            "owner-grant",
            "order-needed",
            "order",
            "forged-image-refused",
            "keep",
        ],
        &[ON, PAIRED, directive, manifest],
    )?;
    place.meet(
        "after a power cut",
        &["come-back", "order", "image"],
        &[ON, RESUMED, directive, manifest, "radio-check\tuploaded\tFirmwareImage"],
    )?;
    let flash = firmware.scratch()?.join(&place.flash);
    let board = Board::switch_on(&firmware.program("boot-loader"), &flash, None)?;
    let tried =
        ["boot-loader\tstarts\tB\ttrial\t0x6", "device\thello\tB\tTrial\t6\tPowerOn", "app\tconfirmed"];
    board.expect(&tried).map_err(|reason| format!("the next start: {reason}"))
}

/// What the board prints of an upload: its length and its FNV-1a, which only who has all pieces in their order can tell.
fn uploaded(bytes: impl ExactSizeIterator<Item = u32>) -> String {
    let len = bytes.len();
    let sum = bytes.fold(0x811C_9DC5, |sum: u32, byte| (sum ^ byte).wrapping_mul(0x0100_0193));
    format!("radio-check\tuploaded\tPlan\t{len}\t{sum:#010x}")
}

/// A flash, and what the phone keeps beside it.
struct Place<'f> {
    firmware: &'f Firmware,
    flash: String,
    kept: String,
    release: Option<PathBuf>,
}

impl<'f> Place<'f> {
    fn new(firmware: &'f Firmware, name: &str) -> Result<Self, String> {
        Ok(Self { firmware, flash: format!("{name}.bin"), kept: format!("{name}.json"), release: None })
    }

    /// As the factory leaves it.
    fn new_flash(&self) -> Result<(), String> {
        self.firmware.tool(&["flash", &self.flash])
    }

    /// Switches the board on beside a phone that takes these steps, cuts its power when the phone is done, and reads what it printed.
    fn meet(&self, when: &str, steps: &[&str], printed: &[&str]) -> Result<(), String> {
        let meet = || {
            let directory = self.firmware.scratch()?;
            let mut phone = self.firmware.phone("board_phone.py");
            phone.arg(directory.join(&self.kept)).args(steps);
            if let Some(release) = &self.release {
                phone.arg("--release").arg(release);
            }
            let mut phone = Phone::switch_on(phone)?;
            let ports = Ports::open()?;
            let program = self.firmware.program("radio-check");
            let board = Board::switch_on(&program, &directory.join(&self.flash), Some(&ports))?;
            let [radio, ..] = ports.accept()?;
            phone.connect(radio)?;
            phone.expect(steps)?;
            board.expect(printed)?;
            board.expect_silence()
        };
        meet().map_err(|reason| format!("{when}: {reason}"))
    }
}

/// A phone, and the controller of the device beside it.
struct Phone {
    process: Child,
    lines: io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Phone {
    fn switch_on(mut command: Command) -> Result<Self, String> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("needs Python: {error}"))?;
        let output = process.stdout.take().ok_or("the phone has no output")?;
        Ok(Self { process, lines: BufReader::new(output).lines() })
    }

    fn line(&mut self) -> Result<String, String> {
        self.lines.next().and_then(Result::ok).ok_or_else(|| "the phone ended, see above".to_owned())
    }

    /// Joins the board's port and the controller.
    fn connect(&mut self, board: TcpStream) -> Result<(), String> {
        let line = self.line()?;
        let port = line.strip_prefix("port\t").and_then(|port| port.parse().ok());
        let port: u16 = port.ok_or_else(|| format!("{line:?} is no port"))?;
        join(board, port).map_err(|error| format!("the controller: {error}"))
    }

    /// Waits for all steps, each of which has its own patience.
    fn expect(&mut self, steps: &[&str]) -> Result<(), String> {
        let mut failed = Vec::new();
        for step in steps {
            let line = self.line()?;
            if line != format!("ok\t{step}") {
                failed.push(line.replace('\t', " "));
            }
        }
        if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
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
    // A radio may be silent for as long as it likes.
    board.set_read_timeout(None)?;
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
