//! What a maker does on the host: signs images, and lays out the flash of a device in a file.

mod elf;
mod flash;
mod key;
mod order;
mod release;
mod server;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dimo_crypto::manifest::ChunkSize;
use dimo_hal::boot::BootSlot;
use dimo_hal::update::payload_with_proofs;

use flash::FlashFile;
use release::{Plan, Release};

const HELP: &str = "\
tool root FILE                             writes the public keys of the maker
tool server FILE                           writes the public key of the backend
tool release ELF SLOT SEQ FILE [FAULT]     signs the image in a program: FILE.image and FILE.manifest
                                           FAULT: unsigned|stranger|tampered|dead|other-class|other-slot, to try a boot loader with
tool order DEVICE NUMBER FILE RELEASE...   signs a directive for a device, and puts the releases' manifests behind it
tool payload RELEASE                       the image with a proof for each page, as a phone uploads it: RELEASE.payload
tool flash FILE [a=RELEASE] [b=RELEASE] [confirmed=SLOT] [trial=SLOT:STARTS] [counter=SEQ]
                                           lays out a flash with these releases
SLOT is a or b. The keys are test keys: whoever has this program has them.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("tool: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    match *arguments {
        ["root", file] => Ok(fs::write(file, key::root()?)?),
        ["server", file] => Ok(fs::write(file, server::public_key())?),
        ["release", elf, place, seq, file, ref fault @ ..] => {
            let image = elf::image(&fs::read(elf)?, &blueprint::memory::image(slot(place)?))?;
            let fault = match *fault {
                [] => None,
                [fault] => Some(release::Fault::named(fault).ok_or(HELP)?),
                _ => return Err(HELP.into()),
            };
            let release = Plan { slot: slot(place)?, seq: seq.parse()?, fault }.build(image)?;
            fs::write(part(file, "image"), release.image)?;
            Ok(fs::write(part(file, "manifest"), release.signed)?)
        }
        ["order", device, number, file, ref releases @ ..] => {
            let manifests = releases.iter().map(|release| fs::read(part(release, "manifest")));
            let manifests: Vec<_> = manifests.collect::<Result<_, _>>()?;
            Ok(fs::write(file, order::order(device.parse()?, number.parse()?, &manifests)?)?)
        }
        ["payload", file] => {
            let payload = payload_with_proofs(&fs::read(part(file, "image"))?, ChunkSize::FLASH_PAGE)?;
            Ok(fs::write(part(file, "payload"), payload)?)
        }
        ["flash", file, ref contents @ ..] => {
            let mut flash = FlashFile::new();
            contents.iter().try_for_each(|content| add(&mut flash, content))?;
            Ok(flash.finish(Path::new(file))?)
        }
        _ => Err(HELP.into()),
    }
}

fn add(flash: &mut FlashFile, content: &str) -> Result<(), Box<dyn Error>> {
    match content.split_once('=').ok_or(HELP)? {
        (place @ ("a" | "b"), file) => {
            let (image, signed) = (fs::read(part(file, "image"))?, fs::read(part(file, "manifest"))?);
            flash.put(slot(place)?, &Release { image, signed })
        }
        ("confirmed", place) => {
            flash.state.confirmed = Some(slot(place)?);
            Ok(())
        }
        ("trial", trial) => {
            let (place, starts) = trial.split_once(':').ok_or(HELP)?;
            flash.state.trial = Some((slot(place)?, starts.parse()?));
            Ok(())
        }
        ("counter", seq) => flash.count(seq.parse()?),
        _ => Err(HELP.into()),
    }
}

fn part(file: &str, extension: &str) -> PathBuf {
    Path::new(file).with_extension(extension)
}

fn slot(name: &str) -> Result<BootSlot, &'static str> {
    match name {
        "a" => Ok(BootSlot::A),
        "b" => Ok(BootSlot::B),
        _ => Err(HELP),
    }
}
