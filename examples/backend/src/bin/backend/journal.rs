//! [`Journal`]: a file to which records are added, each of them on the disk before the next.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// A file of lines, each with its CRC-32 in front.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// Up to here all is well.
    len: u64,
}

/// What a file had in it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) journal: Journal,
    pub(crate) records: Vec<String>,
    /// Bytes at its end that were no record: a power cut came while they were written, and nobody was told that they are stored.
    pub(crate) torn: u64,
}

impl Journal {
    /// Opens a journal, or begins one. A last record that is not whole is cut off.
    pub(crate) fn open(path: &Path) -> io::Result<Opened> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (records, len) = records(&bytes)?;
        let torn = (bytes.len() - len) as u64;
        let len = len as u64;
        if torn > 0 {
            file.set_len(len)?;
        }
        file.sync_all()?;
        Ok(Opened { journal: Self { file, len }, records, torn })
    }

    /// Adds a record of one line. When it fails nothing is added.
    pub(crate) fn add(&mut self, record: &str) -> io::Result<()> {
        let line = format!("{:08x}\t{record}\n", crc32fast::hash(record.as_bytes()));
        let added = self.write(line.as_bytes());
        match added {
            Ok(()) => self.len += line.len() as u64,
            // What is left of it is written over by the next one, or cut off by the next start.
            Err(_) => self.file.set_len(self.len)?,
        }
        added
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.len))?;
        self.file.write_all(line)?;
        self.file.sync_data()
    }
}

/// The records of a file, and the bytes that they take. Behind the first line that is none there may be no other: that would be no power cut, but a disk that fails.
fn records(bytes: &[u8]) -> io::Result<(Vec<String>, usize)> {
    let (mut records, mut len) = (Vec::new(), 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(record) = record(line) else {
            let rest = bytes.get(len + line.len()..).unwrap_or_default();
            if rest.split_inclusive(|byte| *byte == b'\n').any(|line| record(line).is_some()) {
                return Err(io::Error::other(format!("the record at byte {len} is damaged")));
            }
            break;
        };
        records.push(record);
        len += line.len();
    }
    Ok((records, len))
}

fn record(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (crc, record) = text.split_once('\t')?;
    let is_whole = crc.len() == 8 && u32::from_str_radix(crc, 16).ok()? == crc32fast::hash(record.as_bytes());
    is_whole.then(|| record.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDS: [&str; 3] = ["first", "", "the third, with ä"];

    fn written(path: &Path) -> Vec<u8> {
        let mut journal = Journal::open(path).unwrap().journal;
        RECORDS.iter().for_each(|record| journal.add(record).unwrap());
        std::fs::read(path).unwrap()
    }

    #[test]
    fn a_journal_that_is_cut_at_any_byte_has_the_records_before_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let whole = written(&path);
        let mut seen = 0;
        for len in 0..=whole.len() {
            std::fs::write(&path, &whole[..len]).unwrap();
            let Opened { mut journal, records, torn } = Journal::open(&path).unwrap();
            assert_eq!(records, RECORDS[..records.len()]);
            assert!(records.len() >= seen, "a longer file has fewer records");
            seen = records.len();
            assert_eq!(torn == 0, whole[..len].ends_with(b"\n") || len == 0);
            journal.add("more").unwrap();
            let again = Journal::open(&path).unwrap();
            assert_eq!((again.records.last().unwrap().as_str(), again.torn), ("more", 0));
            assert_eq!(again.records.len(), seen + 1);
        }
        assert_eq!(seen, RECORDS.len());
    }

    #[test]
    fn damage_before_other_records_is_no_torn_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut bytes = written(&path);
        bytes[9] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(Journal::open(&path).unwrap_err().to_string().contains("byte 0"));
    }
}
