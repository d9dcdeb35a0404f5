//! Any bytes as a backup: a data directory that can be used, or an error and nothing left behind.

#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use palimpsest::store::Store;
use palimpsest_fuzz::corpus;
use palimpsest_fuzz::records::{Piece, file_of};

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Bytes(&'a [u8]),
    Records(Vec<Piece<'a>>),
}

fuzz_target!(|input: Input| {
    let bytes = match input {
        Input::Bytes(bytes) => bytes.to_vec(),
        Input::Records(pieces) => file_of(real(), &pieces),
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
