//! What `import` reads, and under which ids.

use std::fs;
use std::path::Path;

use super::{Served, run_in, stderr, stdout};
use crate::words::Words;

fn ids(folder: &Path, server: &str, collection: &str) -> Vec<String> {
    let listed = run_in(folder, &["sources", "list", "--json", "--collection", collection], server);
    let listed: serde_json::Value = serde_json::from_str(&stdout(&listed)).unwrap();
    listed["sources"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect()
}

/// Two folders with a file of the same name.
fn folders() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (seed, name) in [(1, "a/essay.txt"), (2, "b/essay.txt"), (3, "b/notes.markdown"), (4, "b/old.text")] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, Words::new(seed).text(40)).unwrap();
    }
    folder
}

#[test]
fn two_files_of_one_name_are_two_sources() {
    let folder = folders();
    let root = folder.path();
    let server = Served::start(&[]);
    let all = ["a/essay.txt", "b/essay.txt", "b/notes.markdown", "b/old.text"];
    let absolute = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let elsewhere = tempfile::tempdir().unwrap();
    for (collection, here, paths, expected) in [
        ("files", root, vec!["a/essay.txt".to_owned(), "./b/essay.txt".to_owned()], &all[..2]),
        ("folders", root, vec!["a".into(), "b/".into()], &all[..]),
        ("one", root, vec![".".into()], &all[..]),
        ("absolute", elsewhere.path(), vec![absolute("a"), absolute("b")], &all[..]),
        ("below", root, vec![absolute("b/essay.txt")], &all[1..2]),
        ("folder", elsewhere.path(), vec![absolute("b")], &["essay.txt", "notes.markdown", "old.text"][..]),
    ] {
        let mut arguments = vec!["import", "--create", "--collection", collection];
        arguments.extend(paths.iter().map(String::as_str));
        let imported = run_in(here, &arguments, &server.address);
        assert!(imported.status.success(), "{collection}: {}{}", stdout(&imported), stderr(&imported));
        assert!(
            stdout(&imported).contains(&format!("Created collection {collection}.")),
            "{}",
            stdout(&imported)
        );
        assert_eq!(ids(root, &server.address, collection), expected, "{collection}");
    }
    let prefixed = run_in(root, &["import", "a", "--id-prefix", "2026/", "--create"], &server.address);
    assert!(prefixed.status.success() && !stdout(&prefixed).contains("Created"), "{}", stdout(&prefixed));
    assert_eq!(ids(root, &server.address, "default"), ["2026/essay.txt"]);
    // The same files without a server.
    let checked = run_in(root, &["check", "b/essay.txt", "--against", "a", "b", "--json"], &server.address);
    let report: serde_json::Value = serde_json::from_str(&stdout(&checked)).unwrap();
    assert_eq!(report["sourcesInScope"], "3", "{}", stderr(&checked));
}

#[test]
fn a_missing_collection_is_named_with_the_next_step() {
    let folder = folders();
    let server = Served::start(&[]);
    let refused = run_in(folder.path(), &["import", "a", "--collection", "essays"], &server.address);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("`palimpsest collections create essays`"), "{}", stderr(&refused));
}

#[test]
fn hidden_files_are_skipped_and_what_was_skipped_is_named() {
    let folder = folders();
    let root = folder.path();
    fs::create_dir(root.join("b/.git")).unwrap();
    for name in ["b/.git/HEAD.txt", "b/.DS_Store", "b/scan.png", "b/letter.doc"] {
        fs::write(root.join(name), "not for us").unwrap();
    }
    let server = Served::start(&[]);
    let imported = run_in(root, &["import", "b"], &server.address);
    let said = stdout(&imported);
    assert!(imported.status.success(), "{said}{}", stderr(&imported));
    for part in ["Added 3 sources", "Skipped 2 files", "b/scan.png", "b/letter.doc", "b/.DS_Store", "b/.git"]
    {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    assert!(!said.contains("HEAD.txt"), "{said}");
    let again = run_in(root, &["import", "b", "--json"], &server.address);
    let counts: serde_json::Value = serde_json::from_str(&stdout(&again)).unwrap();
    assert_eq!((&counts["added"], &counts["unchanged"]), (&0.into(), &3.into()), "{counts}");
    assert_eq!((&counts["skippedFiles"], &counts["skippedHidden"]), (&2.into(), &2.into()), "{counts}");
    assert_eq!(counts["skipped"][0], "b/letter.doc");
}

#[test]
fn an_encoding_is_named_or_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("old")).unwrap();
    let text = "Déjà à l'école, l'élève répétait que la mer était bleue et que le ciel l'était aussi";
    let latin1: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    fs::write(root.join("old/latin1.txt"), &latin1).unwrap();
    let marked = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes));
    fs::write(root.join("old/utf16.txt"), marked.collect::<Vec<u8>>()).unwrap();
    let server = Served::start(&[]);
    for arguments in
        [&["import", "old"][..], &["import", "old", "--encoding", "windows-1252", "--id-prefix", "x/"]]
    {
        let imported = run_in(root, arguments, &server.address);
        let said = stdout(&imported);
        assert!(said.contains("Added 2 sources"), "{said}");
        assert!(said.contains("windows-1252 (1 file)") && said.contains("UTF-16LE (1 file)"), "{said}");
    }
    for id in ["latin1.txt", "utf16.txt", "x/latin1.txt", "x/utf16.txt"] {
        assert_eq!(stdout(&run_in(root, &["sources", "get", id, "--text-only"], &server.address)), text);
    }
    let unknown = run_in(root, &["import", "old", "--encoding", "windows-1225"], &server.address);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("did you mean windows-125"), "{}", stderr(&unknown));
}

#[test]
fn lines_of_other_programs_are_read_leniently() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let text = Words::new(9).text(40);
    let lines = [
        format!(r#"{{"id": 17, "text": "{text} one", "author": "Kim", "year": 2020}}"#),
        format!(r#"{{"id": "b", "text": "{text} two", "author": "Kim", "labels": ["x", 3]}}"#),
        r#"{"id": 18, "body": "no text"}"#.to_owned(),
    ];
    fs::write(root.join("in.jsonl"), lines.join("\n")).unwrap();
    let server = Served::start(&[]);
    let refused = run_in(root, &["import", "in.jsonl"], &server.address);
    let said = stdout(&refused);
    assert!(said.contains("3 failed") && said.contains("--lenient takes numbers as ids"), "{said}");
    assert!(said.contains("in.jsonl, line 2: ") && said.contains("--lenient ignores other fields"), "{said}");
    let imported = run_in(root, &["import", "in.jsonl", "--lenient"], &server.address);
    let said = stdout(&imported);
    assert_eq!(imported.status.code(), Some(1), "{said}");
    assert!(said.contains("Added 2 sources") && said.contains("1 failed"), "{said}");
    assert!(said.contains("Ignored fields: author (2 lines), year (1 line)."), "{said}");
    assert!(said.contains("line 3: ") && said.contains("missing field `text`"), "{said}");
    assert_eq!(ids(root, &server.address, "default"), ["17", "b"]);
}
