//! Flash in a file: what NOR flash does, and what a program that is killed leaves.
#![cfg(all(feature = "std", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use dimo_hal::flash::BlockingFlash;
use dimo_hal::host::{FileFlash, FileFlashError};
use dimo_hal::key_value::{FlashKeyValue, Key, KeyValue as _};
use dimo_hal::wait;
use embedded_storage::nor_flash::{NorFlash as _, NorFlashErrorKind, ReadNorFlash as _};

type Flash = FileFlash<4, 512>;

fn open(path: &Path) -> Result<Flash, FileFlashError> {
    Flash::open(path, 4)
}

#[test]
fn words_are_written_once_between_two_erasures_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flash");
    let mut flash = open(&path).unwrap();
    assert_eq!(flash.capacity(), 2048);
    flash.write(8, &[1, 2, 3, 4]).unwrap();
    assert!(matches!(flash.write(8, &[0; 4]), Err(FileFlashError::NotErased { offset: 8 })));
    let mut read = [0; 6];
    flash.read(7, &mut read).unwrap();
    assert_eq!(read, [0xFF, 1, 2, 3, 4, 0xFF]);
    drop(flash);
    let mut flash = open(&path).unwrap();
    flash.read(7, &mut read).unwrap();
    assert_eq!(read, [0xFF, 1, 2, 3, 4, 0xFF]);
    flash.erase(0, 512).unwrap();
    flash.write(8, &[5; 4]).unwrap();
}

#[test]
fn what_is_no_whole_word_or_page_or_beyond_the_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut flash = open(&folder.path().join("flash")).unwrap();
    for (result, kind) in [
        (flash.write(2, &[0; 4]), NorFlashErrorKind::NotAligned),
        (flash.write(2048, &[0; 4]), NorFlashErrorKind::OutOfBounds),
        (flash.erase(0, 100), NorFlashErrorKind::NotAligned),
        (flash.read(2047, &mut [0; 2]), NorFlashErrorKind::OutOfBounds),
    ] {
        assert!(matches!(result, Err(FileFlashError::Place(found)) if found == kind), "{result:?}");
    }
}

#[test]
fn a_file_of_another_length_or_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flash");
    let first = open(&path).unwrap();
    assert!(matches!(open(&path), Err(FileFlashError::InUse)));
    drop(first);
    let other = Flash::open(&path, 5);
    assert!(matches!(other, Err(FileFlashError::Length { len: 2048, wanted: 2560 })));
    assert!(matches!(open(folder.path()), Err(FileFlashError::Io(_))));
}

const COUNTER: Key = Key::new(1, 1);
/// Where the program that is killed finds its flash.
const PATH: &str = "DIMO_HAL_FILE_FLASH";

/// Not a test by itself: what [`a_program_that_is_killed_loses_nothing_that_was_acknowledged`] starts and kills.
#[test]
fn the_program_that_is_killed() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let flash = open(Path::new(&path)).unwrap();
    let mut store = wait(FlashKeyValue::<_, 64>::open(BlockingFlash(flash))).unwrap();
    for value in stored(&mut store).. {
        wait(store.put(COUNTER, &value.to_le_bytes())).unwrap();
        println!("acknowledged {value}");
    }
}

fn stored(store: &mut FlashKeyValue<BlockingFlash<Flash>, 64>) -> u32 {
    let mut buffer = [0; 4];
    let len = wait(store.get(COUNTER, &mut buffer)).unwrap();
    len.map_or(0, |_| u32::from_le_bytes(buffer))
}

#[test]
fn a_program_that_is_killed_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flash");
    let mut known = 0;
    for round in 0..8 {
        let mut program = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_program_that_is_killed", "--nocapture"])
            .env(PATH, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let killer = thread::spawn(move || {
            thread::sleep(Duration::from_millis(60 + 13 * round));
            program.kill().unwrap();
            program.wait().unwrap();
        });
        for line in lines.map_while(Result::ok) {
            if let Some(value) = line.strip_prefix("acknowledged ").and_then(|value| value.parse().ok()) {
                known = value;
            }
        }
        killer.join().unwrap();
        let mut store = wait(FlashKeyValue::<_, 64>::open(BlockingFlash(open(&path).unwrap()))).unwrap();
        let found = stored(&mut store);
        assert!(found == known || found == known + 1, "{known} was acknowledged, {found} is there");
        known = found;
    }
    assert!(known > 0, "it never stored anything");
}
