//! Makes and applies deltas of firmware images.
//!
//! `delta encode BASE NEW OUT` writes the delta that makes NEW of BASE; `delta apply BASE DELTA OUT` makes the image again. Ends with 2 when a file is missing or no delta.

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use dimo_hal::delta::{DeltaApplier, DeltaTarget, encode};
use dimo_hal::wait;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["encode", base, new, out] => make(base, new, out),
        ["apply", base, delta, out] => apply(base, delta, out),
        _ => Err("usage: delta encode BASE NEW OUT, or delta apply BASE DELTA OUT".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("delta: {error}");
            ExitCode::from(2)
        }
    }
}

fn make(base: &str, new: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let (base, new) = (read(base)?, read(new)?);
    let delta = encode(&base, &new);
    println!("{} bytes of {}", delta.len(), new.len());
    Ok(fs::write(out, delta)?)
}

fn apply(base: &str, delta: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let (base, delta) = (read(base)?, read(delta)?);
    // On a device the manifest says how long the image is; here the delta does.
    let image_len = length(&delta).ok_or("no delta")?;
    let mut images = Images { base, new: Vec::new() };
    let mut applier = DeltaApplier::new(image_len);
    wait(applier.push(&delta, &mut images))?;
    applier.finish::<&'static str>()?;
    Ok(fs::write(out, images.new)?)
}

fn read(path: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    fs::read(path).map_err(|error| format!("{path}: {error}").into())
}

/// The number behind the mark.
fn length(delta: &[u8]) -> Option<u32> {
    let mut value = 0_u64;
    for (place, byte) in delta.get(4..)?.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return u32::try_from(value).ok();
        }
    }
    None
}

struct Images {
    base: Vec<u8>,
    new: Vec<u8>,
}

impl DeltaTarget for Images {
    type Error = &'static str;

    async fn read_base(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        let start = usize::try_from(offset).map_err(|_| "too far")?;
        let end = start.checked_add(bytes.len()).ok_or("too far")?;
        bytes.copy_from_slice(self.base.get(start..end).ok_or("the base ends before that")?);
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.new.extend_from_slice(bytes);
        Ok(())
    }
}
