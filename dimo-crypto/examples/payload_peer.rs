//! Seals the payload of a release and opens it, as `tests/peers/check_payload.py` does.
//!
//! `payload_peer seal SECRET FILE OUT` writes the sealed payload and prints the name of its key and the key; `payload_peer open KEY FILE OFFSET OUT` opens the file from that byte on.
//! Secrets and keys are 64 hexadecimal digits.

use std::error::Error;
use std::fs;

use dimo_crypto::manifest::PayloadKey;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["seal", secret, file, out] => {
            let mut payload = fs::read(file)?;
            let key = PayloadKey::seal(&bytes(secret)?, &mut payload);
            fs::write(out, payload)?;
            println!("{} 0x{}", key.id(), base16ct::lower::encode_string(key.as_bytes()));
        }
        ["open", key, file, offset, out] => {
            let (key, offset) = (PayloadKey::from_bytes(bytes(key)?), offset.parse::<u32>()?);
            let mut payload = fs::read(file)?.split_off(usize::try_from(offset)?);
            key.open(offset, &mut payload);
            fs::write(out, payload)?;
        }
        _ => return Err("usage: payload_peer seal SECRET FILE OUT, or open KEY FILE OFFSET OUT".into()),
    }
    Ok(())
}

fn bytes(hex: &str) -> Result<[u8; 32], Box<dyn Error>> {
    let mut bytes = [0; 32];
    let len = base16ct::lower::decode(hex, &mut bytes).map_err(|error| error.to_string())?.len();
    if len == 32 { Ok(bytes) } else { Err("64 digits are needed".into()) }
}
