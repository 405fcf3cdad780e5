//! Real DBC files, where they are at hand: the small reader gives what the importer gives, or says which line it refuses.
#![cfg(feature = "import")]
#![expect(clippy::unwrap_used, reason = "a test says what it expects")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use dimo_dbc::gen1::{DbcText, DbcTextReason, Dialect};
use dimo_dbc::import;

/// The files, or `None` with a loud word on a machine that has none.
fn files() -> Option<Vec<PathBuf>> {
    let data = std::env::var_os("DIMO_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let Ok(folder) = data.join("dbc").read_dir() else {
        eprintln!("not run: needs ../shared/data");
        return None;
    };
    Some(folder.map(|entry| entry.unwrap().path()).collect())
}

#[test]
fn the_small_reader_agrees_with_the_importer_on_files_that_need_no_repair() {
    let Some(files) = files() else { return };
    let mut compared = 0;
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(database) = import(&bytes) else { continue };
        if !database.repairs.is_empty() {
            continue;
        }
        let mut expected = Vec::new();
        for message in &database.messages {
            let Some(id) = message.can_id() else { continue };
            expected.extend(message.signals.iter().map(|signal| {
                (id, signal.name.as_str(), signal.scale.factor.to_bits(), signal.scale.offset.to_bits())
            }));
        }
        let known: HashSet<_> = expected.iter().copied().collect();
        let mut lines = 0;
        for line in DbcText::with_dialect(&bytes, Dialect::Dbc) {
            // A message whose number is no identifier: its signals are skipped here and there.
            if line.as_ref().is_err_and(|error| error.reason == DbcTextReason::Message) {
                continue;
            }
            lines += 1;
            let Ok(signal) = line else { continue };
            let scale = signal.formula.scale();
            let found = (signal.id, signal.name, scale.factor.to_bits(), scale.offset.to_bits());
            assert!(known.contains(&found), "{}:{}: {found:?}", path.display(), signal.line);
        }
        assert_eq!(lines, expected.len(), "{}", path.display());
        compared += 1;
    }
    assert!(compared > 0, "no file without repairs");
    println!("{compared} files agree");
}
