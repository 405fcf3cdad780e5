//! The fuzz targets over the inputs that are kept, so that every test run notices when one of them goes wrong again.
#![cfg(all(feature = "boot", feature = "se05x"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod fuzz;

use std::fs;
use std::path::PathBuf;

use fuzz::TARGETS;

/// The kept inputs; `None` in the package of the crate, which has none.
fn corpus() -> Option<PathBuf> {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    if !corpus.is_dir() {
        eprintln!("not run: needs the folder fuzz/ of the workspace");
    }
    corpus.is_dir().then_some(corpus)
}

#[test]
fn every_kept_input_of_every_target_still_passes() {
    let Some(corpus) = corpus() else { return };
    for (target, body) in TARGETS {
        let inputs = fs::read_dir(corpus.join(target)).unwrap_or_else(|error| panic!("{target}: {error}"));
        let mut count = 0;
        for path in inputs.map(|entry| entry.unwrap().path()) {
            // Shown when it fails.
            println!("{}", path.display());
            body(&fs::read(&path).unwrap());
            count += 1;
        }
        assert!(count > 0, "{target} has no inputs");
    }
}

#[test]
fn every_target_is_fuzzed_and_every_folder_of_inputs_has_a_program() {
    let Some(corpus) = corpus() else { return };
    for (target, _) in TARGETS {
        let program = corpus.join("../fuzz_targets").join(target).with_extension("rs");
        let text = fs::read_to_string(&program).unwrap_or_else(|error| panic!("{target}: {error}"));
        assert!(text.contains(&format!("\"{target}\"")), "{}", program.display());
    }
    // The folder is one for all crates, and each program names the target that it is for.
    for folder in fs::read_dir(&corpus).unwrap() {
        let name = folder.unwrap().file_name();
        let program = corpus.join("../fuzz_targets").join(&name).with_extension("rs");
        assert!(program.is_file(), "{}", name.display());
    }
}

#[test]
fn inputs_that_mean_nothing_pass() {
    for (target, body) in TARGETS {
        for length in [0, 1, 7, 36, 300] {
            for byte in [0, 0x20, 0x41, 0x80, 0xFF] {
                println!("{target}: {length} times {byte:#x}");
                body(&vec![byte; length]);
            }
        }
    }
}
