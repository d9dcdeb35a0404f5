//! A real data directory with changed bytes in its snapshot or in its file of texts: it opens, and every change is
//! detected.

#![no_main]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use palimpsest_fuzz::corpus;
use palimpsest_fuzz::records::{Edit, edit, file_of, records};

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Snapshot(&'a [u8]),
    /// Edits after the first record, which identifies the corpus.
    SnapshotRecords(Vec<Edit<'a>>),
    Texts {
        changes: Vec<(u16, u8)>,
        cut: u16,
        more: &'a [u8],
    },
}

const SNAPSHOT: &str = "index.snapshot";

fuzz_target!(|input: Input| {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    let snapshot = folder.path().join(SNAPSHOT);
    let (file, bytes) = match input {
        Input::Snapshot(bytes) => (snapshot, bytes.to_vec()),
        Input::SnapshotRecords(edits) => {
            let real = fs::read(&snapshot).unwrap();
            let mut edited = records(&real);
            edit(&mut edited, 1, &edits);
            (snapshot, file_of(&real, &edited))
        }
        Input::Texts { changes, cut, more } => {
            let texts = folder.path().join("texts/00000001.texts");
            let mut bytes = fs::read(&texts).unwrap();
            let length = bytes.len();
            changes.iter().for_each(|(place, value)| bytes[usize::from(*place) % length] = *value);
            bytes.truncate(length.saturating_sub(usize::from(cut) % 64));
            bytes.extend_from_slice(more);
            (texts, bytes)
        }
    };
    fs::write(file, bytes).unwrap();
    if let Ok(engine) = corpus::open(folder.path()) {
        corpus::ask_everything(&engine);
        engine.close();
    }
});

/// Writes the files of a real data directory.
fn lay_out(folder: &Path) {
    static FILES: OnceLock<BTreeMap<OsString, Vec<u8>>> = OnceLock::new();
    let files = FILES.get_or_init(|| {
        let real = tempfile::tempdir().unwrap();
        let engine = corpus::open(real.path()).unwrap();
        corpus::fill(&engine);
        engine.close();
        drop(engine);
        let names = ["palimpsest.format", "corpus.redb", SNAPSHOT, "texts/00000001.texts"];
        names.map(|name| (name.into(), fs::read(real.path().join(name)).unwrap())).into()
    });
    fs::create_dir(folder.join("texts")).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}
