//! Any bytes as a backup: a usable data directory, or an error without remains.

#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use palimpsest::store::Store;
use palimpsest_fuzz::corpus;
use palimpsest_fuzz::records::{Edit, Record, edit, file_of, records};

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Bytes(&'a [u8]),
    /// Edited records of a real backup, with or without the right counts at the end.
    Records {
        edits: Vec<Edit<'a>>,
        counted: bool,
    },
}

fuzz_target!(|input: Input| {
    let bytes = match input {
        Input::Bytes(bytes) => bytes.to_vec(),
        Input::Records { edits, counted } => {
            let mut edited = records(real());
            edit(&mut edited, 0, &edits);
            if counted {
                count(&mut edited);
            }
            file_of(real(), &edited)
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    match Store::restore(Path::new("backup"), &mut bytes.as_slice(), &data) {
        Err(_) => {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was left behind")
        }
        Ok(_) => {
            if let Ok(engine) = corpus::open(&data) {
                corpus::ask_everything(&engine);
            }
        }
    }
});

/// Writes the number of collections and sources to the last record.
fn count(edited: &mut [Record]) {
    let of_kind = |kind: u8| edited.iter().filter(|(other, _)| *other == kind).count() as u64;
    let counts = [of_kind(2).to_le_bytes(), of_kind(3).to_le_bytes()].concat();
    if let Some((4, last)) = edited.last_mut() {
        *last = counts;
    }
}

/// A real backup.
fn real() -> &'static [u8] {
    static REAL: OnceLock<Vec<u8>> = OnceLock::new();
    REAL.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let engine = corpus::open(folder.path()).unwrap();
        corpus::fill(&engine);
        let mut backup = Vec::new();
        engine.backup(&mut backup).unwrap();
        backup
    })
}
