//! [`take`]: one command at a time works with flashes, brokers and boards in a folder.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Kept until this program ends.
static TURNS: Mutex<BTreeMap<PathBuf, File>> = Mutex::new(BTreeMap::new());

/// Makes the folder, and waits until no other command works in it; the turn ends with this program.
pub(crate) fn take(folder: &Path) -> Result<(), String> {
    let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    if turns.contains_key(folder) {
        return Ok(());
    }
    let path = folder.join("turn");
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    let file = File::create(&path).map_err(failed)?;
    if file.try_lock().is_err() {
        eprintln!("another command works in {}: this one waits for it", folder.display());
        file.lock().map_err(failed)?;
    }
    turns.insert(folder.to_path_buf(), file);
    Ok(())
}
