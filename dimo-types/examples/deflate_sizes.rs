//! What each level and window makes of recorded batches, beside miniz_oxide with its whole window of 32 KB.
//!
//! `deflate_sizes DIR`: every file `*.pb.z` of the directory, such as the virtual dongle's `batches`, is inflated and written
//! again. Printed are bytes, and their part of what miniz_oxide writes at level 9.

use std::error::Error;
use std::path::Path;

use dimo_types::wire::{ZlibEncoder, ZlibOptions};
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib;

const WINDOWS: [usize; 5] = [256, 512, 1024, 2048, 4096];

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("usage: deflate_sizes DIR")?;
    let batches = batches(Path::new(&directory))?;
    let bytes: usize = batches.iter().map(Vec::len).sum();
    let theirs: usize = batches.iter().map(|batch| compress_to_vec_zlib(batch, 9).len()).sum();
    println!("{} batches, {bytes} bytes; miniz_oxide at level 9: {theirs}", batches.len());
    println!("level{}", WINDOWS.map(|window| format!("{window:>18}")).concat());
    let mut encoder = ZlibEncoder::new();
    for level in 1..=9 {
        print!("{level:<5}");
        for window in WINDOWS {
            let options = ZlibOptions::new(level, window)?;
            let ours = batches.iter().try_fold(0, |sum, batch| {
                Ok::<_, Box<dyn Error>>(sum + len(&mut encoder, batch, options)?)
            })?;
            print!("{ours:>12}{:>6.3}", ours as f64 / theirs as f64);
        }
        println!();
    }
    Ok(())
}

fn batches(directory: &Path) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut batches = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".pb.z") {
            let stream = std::fs::read(&path)?;
            batches.push(
                decompress_to_vec_zlib(&stream).map_err(|error| format!("{}: {error}", path.display()))?,
            );
        }
    }
    if batches.is_empty() { Err("no file *.pb.z".into()) } else { Ok(batches) }
}

fn len(encoder: &mut ZlibEncoder, batch: &[u8], options: ZlibOptions) -> Result<usize, Box<dyn Error>> {
    let mut out = vec![0; ZlibEncoder::bound(batch.len())];
    let len = encoder.encode(batch, options, &mut out)?;
    let read = out.get(..len).ok_or("longer than its buffer")?;
    let back = decompress_to_vec_zlib(read).map_err(|error| error.to_string())?;
    if back == batch { Ok(len) } else { Err("it is not read back".into()) }
}
