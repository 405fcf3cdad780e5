//! The program `board-check`: what it finds out by itself, and its ports, with this host at their other ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use crate::firmware::Firmware;
use crate::firmware_board::{Board, Ports};

/// More than the board keeps of a line, so that the line has to wait.
const BULK: usize = 8 * 1024;

pub(crate) fn run(firmware: &Firmware) -> Result<(), String> {
    firmware.tool(&["flash", "check.bin"])?;
    let ports = Ports::open()?;
    let flash = firmware.scratch()?.join("check.bin");
    let board = Board::switch_on(&firmware.program("board-check"), &flash, Some(&ports))?;
    let streams = ports.accept()?;
    // It resets itself once; what it finds then is what it left.
    for reset in ["reset\tPowerOn", "reset\tSoftware"] {
        board.expect(&[reset, "ok\ttime", "ok\tflash", "ok\tfuses"])?;
    }
    board.expect(&["ready"])?;
    for (number, stream) in (b'1'..).zip(streams) {
        // Letters only, so that the numbers between them are the board's.
        let sent: Vec<u8> = (b'a'..=b'z').cycle().take(BULK).collect();
        let came = talk(stream, &sent).map_err(|error| format!("port {}: {error}", char::from(number)))?;
        if !came.contains(&number) || came.iter().any(|byte| byte.is_ascii_digit() && *byte != number) {
            return Err(format!("port {} is another one", char::from(number)));
        }
        if came.into_iter().filter(u8::is_ascii_lowercase).ne(sent) {
            return Err(format!("port {} changed bytes", char::from(number)));
        }
    }
    board.expect_silence()
}

/// Sends bytes and reads until as many letters came back.
fn talk(mut stream: TcpStream, sent: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut sender = stream.try_clone()?;
    thread::scope(|scope| {
        let sending = scope.spawn(move || sender.write_all(sent));
        let (mut came, mut letters) = (Vec::new(), 0);
        let mut bytes = [0; 1024];
        while letters < sent.len() {
            let count = stream.read(&mut bytes)?;
            let bytes = bytes.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            letters += bytes.iter().filter(|byte| byte.is_ascii_lowercase()).count();
            came.extend_from_slice(bytes);
        }
        sending.join().map_err(|_| std::io::Error::other("the sender"))??;
        Ok(came)
    })
}
