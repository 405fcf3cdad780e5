//! The side of the test beside zlib that is ours, driven by `tests/peers/check_deflate.py`.
//!
//! It reads lines `LEVEL WINDOW INPUT` from standard input, the input in hexadecimal, and answers each with the stream, in
//! hexadecimal too.

use core::error::Error;
use core::fmt::Write as _;
use std::io::{self, BufRead, Write};

use dimo_types::wire::{ZlibEncoder, ZlibOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let mut encoder = ZlibEncoder::new();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split(' ');
        let mut word = || words.next().ok_or("LEVEL WINDOW INPUT");
        let options = ZlibOptions::new(word()?.parse()?, word()?.parse()?)?;
        let input = bytes(word()?)?;
        let mut stream = vec![0; ZlibEncoder::bound(input.len())];
        let len = encoder.encode(&input, options, &mut stream)?;
        stream.truncate(len);
        writeln!(out, "{}", text(&stream)?)?;
        out.flush()?;
    }
    Ok(())
}

fn bytes(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let pairs = text.as_bytes().as_chunks::<2>().0.iter();
    pairs.map(|pair| Ok(u8::from_str_radix(core::str::from_utf8(pair)?, 16)?)).collect()
}

fn text(bytes: &[u8]) -> Result<String, core::fmt::Error> {
    bytes.iter().try_fold(String::new(), |mut text, byte| write!(text, "{byte:02x}").map(|()| text))
}
