//! The invariants that ARCHITECTURE.md states, kept.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up, each with the rooms that it may name.
const MAY_NAME: [(&str, &[&str]); 12] = [
    ("private", &[]),
    ("text", &[]),
    ("fingerprint", &["text"]),
    ("index", &["fingerprint"]),
    ("matching", &["text"]),
    ("report", &["matching", "text"]),
    ("store", &["index", "private"]),
    ("engine", &["text", "fingerprint", "index", "matching", "report", "store"]),
    ("proto", &[]),
    ("service", &["engine", "fingerprint", "matching", "report", "text", "proto"]),
    ("server", &["service", "engine", "index", "proto"]),
    ("cli", &["private", "server", "service", "engine", "report", "text", "matching", "proto"]),
];

/// The rooms that may name what speaks to the network.
const ASYNC_ROOMS: [&str; 4] = ["proto", "service", "server", "cli"];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Files of `src` with the room that each is in.
fn rooms() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&src).into_iter().map(|path| {
        let inside = path.strip_prefix(&src).unwrap();
        let room = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .trim_end_matches(".rs")
            .to_owned();
        let code: String = fs::read_to_string(&path)
            .unwrap()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect();
        (room, path, code)
    });
    // The program's own files, which no room may name.
    let program = ["lib", "main", "allocator"];
    files.filter(|(room, ..)| !program.contains(&room.as_str())).collect()
}

#[test]
fn arrows_point_down() {
    let mut seen = 0;
    for (room, path, code) in rooms() {
        let may = MAY_NAME.iter().find(|(name, _)| *name == room);
        let (_, may) = may.unwrap_or_else(|| panic!("{room} is a room that MAY_NAME does not know"));
        for (other, _) in MAY_NAME.iter().filter(|(other, _)| *other != room && !may.contains(other)) {
            let named =
                code.contains(&format!("crate::{other}::")) || code.contains(&format!("crate::{other};"));
            assert!(!named, "{} names {other}, which {room} may not", path.display());
        }
        seen += 1;
    }
    assert!(seen > 30, "only {seen} files were looked at");
}

#[test]
fn the_engine_is_synchronous() {
    for (room, path, code) in rooms() {
        if ASYNC_ROOMS.contains(&room.as_str()) {
            continue;
        }
        for name in ["tonic", "prost", "tokio", "async fn", ".await"] {
            assert!(!code.contains(name), "{} names {name}", path.display());
        }
    }
}

#[test]
fn dashmap_and_postings_have_one_home() {
    for (room, path, code) in rooms() {
        let may_dashmap = ["engine", "store", "index"].contains(&room.as_str());
        assert!(may_dashmap || !code.contains("dashmap"), "{} names dashmap", path.display());
        assert!(room == "index" || !code.contains("Slab"), "{} knows how postings are kept", path.display());
    }
}

#[test]
fn conversions_and_statuses_have_one_home() {
    for (_, path, code) in rooms() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            name == "problem.rs"
                || path.to_string_lossy().contains("/cli/")
                || !code.contains("Status::new("),
            "{} makes statuses of its own",
            path.display()
        );
    }
}
