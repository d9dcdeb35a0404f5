//! Tests of archives.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Archive, Entries, Problem, resolve};
use crate::documents::Limits;

pub(in crate::documents) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn entries_are_found_by_name_in_any_case() {
    let content = archive(&[("word/Document.xml", b"<a/>"), ("b", b"")]);
    let mut archive = Archive::open(&content, &Limits::default()).unwrap();

    assert_eq!(archive.read("Word/document.xml").unwrap().unwrap(), b"<a/>");
    assert_eq!(archive.read("b").unwrap().unwrap(), b"");
    assert!(archive.read("c").unwrap().is_none());
}

#[test]
fn what_inflates_too_much_is_refused() {
    let zeros = vec![0; 90 << 20];
    let content = archive(&[("a", &zeros[..10]), ("b", &zeros)]);
    let mut archive = Archive::open(&content, &Limits::default()).unwrap();
    assert!(archive.read("a").is_ok());
    assert!(matches!(archive.read("b"), Err(Problem::TooMuch { .. })));

    let twice: Vec<_> = Entries::open(&content, &Limits::default()).unwrap().collect();
    assert_eq!(twice.len(), 2);
    assert!(twice[0].content.is_ok());
    assert!(matches!(twice[1].content, Err(Problem::TooMuch { .. })));
}

#[test]
fn too_many_entries_and_a_cut_archive_are_refused() {
    let names: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    let content = archive(&files);
    let limits = Limits { max_entries: 19, ..Limits::default() };

    assert!(matches!(Archive::open(&content, &limits).err(), Some(Problem::TooMuch { limit: 19, .. })));
    let half = &content[..content.len() / 2];
    assert!(matches!(Archive::open(half, &Limits::default()).err(), Some(Problem::Damaged(_))));
}

#[test]
fn only_files_that_somebody_put_there_are_entries() {
    let content = archive(&[
        ("class/anna/essay.docx", b"1"),
        ("__MACOSX/class/._essay.docx", b"2"),
        ("class/.DS_Store", b"3"),
        ("class\\ben\\essay.txt", b"4"),
    ]);
    let entries: Vec<String> =
        Entries::open(&content, &Limits::default()).unwrap().map(|entry| entry.name).collect();
    assert_eq!(entries, ["class/anna/essay.docx", "class/ben/essay.txt"]);
}

#[test]
fn references_stay_inside() {
    for (from, reference, to) in [
        ("word/document.xml", "footnotes.xml", "word/footnotes.xml"),
        ("word/document.xml", "/word/styles.xml", "word/styles.xml"),
        ("word/document.xml", "../../../etc/passwd", "etc/passwd"),
        ("OEBPS/content.opf", "text/./a.xhtml#start", "OEBPS/text/a.xhtml"),
        ("content.opf", "a.xhtml", "a.xhtml"),
    ] {
        assert_eq!(resolve(from, reference), to);
    }
}
