//! What the targets of documents share: their seeds, and what holds of every extraction.

use std::fs;
use std::path::Path;

use palimpsest::documents::{Document, Extraction, Failure, Format, Limits, read};

use crate::seeds;

/// Writes the fixtures with these extensions as seeds, before the target reads them.
pub fn write_seeds(extensions: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/documents");
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let wanted = paths.into_iter().filter(|path| {
        extensions.iter().any(|one| path.extension().is_some_and(|extension| extension == *one))
    });
    seeds::write(wanted.filter_map(|path| fs::read(path).ok()));
}

/// A zip archive of stored entries.
pub fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let offset = (archive.len() as u32).to_le_bytes();
        let (length, size) = ((name.len() as u16).to_le_bytes(), (content.len() as u32).to_le_bytes());
        let sum = crc32(content).to_le_bytes();
        let about = [&[0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sum, &size, &size, &length, &[0, 0]].concat();
        archive.extend([b"PK\x03\x04", about.as_slice(), name.as_bytes(), content].concat());
        directory
            .extend([b"PK\x01\x02\x0A\0", about.as_slice(), &[0; 10], &offset, name.as_bytes()].concat());
    }
    let number = (entries.len() as u16).to_le_bytes();
    let (size, offset) = ((directory.len() as u32).to_le_bytes(), (archive.len() as u32).to_le_bytes());
    [&archive, &directory, &b"PK\x05\x06\0\0\0\0"[..], &number, &number, &size, &offset, &[0, 0]].concat()
}

fn crc32(content: &[u8]) -> u32 {
    !content.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()))
    })
}

/// Reads a document within small limits, and asserts what holds of every extraction.
pub fn reads(content: &[u8]) -> Result<Format, Failure> {
    let limits = Limits { max_text_bytes: 1 << 20, max_inflated_bytes: 16 << 20, ..Limits::default() };
    let extraction = read(Document { content, name: "a.md", encoding: "" }, &limits)?;
    holds(&extraction, &limits);
    Ok(extraction.format)
}

fn holds(extraction: &Extraction, limits: &Limits) {
    let text = extraction.text.as_str();
    assert!(text.len() as u64 <= limits.max_text_bytes, "the text is within its limit");
    assert!(!text.contains('\0'), "NUL is no text");
    assert!(!text.trim().is_empty() || !extraction.hidden.is_empty(), "an empty success");
    for page in &extraction.pages {
        assert!(text.is_char_boundary(page.start), "page {} begins inside a character", page.number);
    }
    let are_sorted = extraction.pages.is_sorted_by(|a, b| a.number < b.number && a.start <= b.start);
    assert!(are_sorted, "pages are in order");
    for hidden in &extraction.hidden {
        assert!(text.is_char_boundary(hidden.at), "hidden text stands inside a character");
    }
}
