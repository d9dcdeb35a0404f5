//! Any Word document: what is read of the package, or of one as its main part, holds together.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palimpsest_fuzz::documents::{packed, reads, write_seeds};

fuzz_target!(init: write_seeds(&["docx"]), |content: &[u8]| {
    let _ = reads(content);
    let _ = reads(&package(content));
});

const TYPES: &[u8] = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELATIONSHIPS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

fn package(content: &[u8]) -> Vec<u8> {
    packed(&[("[Content_Types].xml", TYPES), ("_rels/.rels", RELATIONSHIPS), ("word/document.xml", content)])
}
