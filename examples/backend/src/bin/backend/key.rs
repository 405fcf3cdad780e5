//! [`open`]: the secret that devices open their sessions to, in a file.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use dimo_crypto::session::ServerKey;

/// The secret of the file, which is made when there is none, for its owner only.
pub(crate) fn open(file: &Path) -> Result<ServerKey, String> {
    let failed = |reason: &dyn std::fmt::Display| format!("{}: {reason}", file.display());
    match fs::read_to_string(file) {
        Ok(text) => {
            let secret = parse(text.trim()).ok_or_else(|| failed(&"not 64 hexadecimal digits"))?;
            Ok(ServerKey::from_bytes(secret))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).map_err(|error| failed(&error))?;
            write(file, &hex(&secret)).map_err(|error| failed(&error))?;
            Ok(ServerKey::from_bytes(secret))
        }
        Err(error) => Err(failed(&error)),
    }
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parse(digits: &str) -> Option<[u8; 32]> {
    let is_whole = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let mut secret = [0; 32];
    for (byte, pair) in secret.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    is_whole.then_some(secret)
}
