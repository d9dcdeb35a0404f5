//! Documents that tests make, and requests with them.

use std::io::{Cursor, Write as _};

use palimpsest::proto;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::{TestServer, read_documents};

pub const KEEPER: &str =
    "The lighthouse keeper wrote every storm into a ledger that nobody was ever meant to read by day.";
pub const PILOTS: &str =
    "Each spring the pilots of the old harbour counted the wrecks along the northern shore, “for luck”.";
pub const ICE: &str =
    "Ünder the ice — it is said — a bell was ringing whenever the moon stood over the frozen island.";

/// A server whose children are the program itself.
pub async fn server() -> TestServer {
    read_documents();
    TestServer::start().await
}

pub fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A Word document with a title, of these pages, with `hidden` before the last paragraph.
pub fn docx(pages: &[&str], hidden: &str) -> Vec<u8> {
    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let page_break = r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#;
    let paragraph = |text: &&str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let mut paragraphs: Vec<String> = pages.iter().map(paragraph).collect();
    if !hidden.is_empty() {
        let run = format!("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{hidden}</w:t></w:r>");
        let last = paragraphs.pop().unwrap();
        paragraphs.push(last.replacen("<w:p>", &run, 1));
    }
    let body = paragraphs.join(page_break);
    zipped(&[
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#,
        ),
        (
            "word/document.xml",
            &format!(
                r#"<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>"#
            ),
        ),
        (
            "docProps/core.xml",
            r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The ledger</dc:title><dc:creator>A. Keeper</dc:creator></cp:coreProperties>"#,
        ),
    ])
}

pub fn document(content: Vec<u8>) -> proto::Document {
    proto::Document { content, ..Default::default() }
}

/// A request to add a document.
pub fn adding(id: &str, content: Vec<u8>) -> proto::AddSourceRequest {
    let source = proto::Source { id: id.to_owned(), document: Some(document(content)), ..Default::default() };
    proto::AddSourceRequest { source: Some(source), ..Default::default() }
}

pub fn checking(content: Vec<u8>) -> proto::CheckRequest {
    proto::CheckRequest { document: Some(document(content)), ..Default::default() }
}

/// The first and the last page of a range; 0 if it is unset.
pub fn numbers(range: Option<&proto::PageRange>) -> (u32, u32) {
    range.map_or((0, 0), |range| (range.first, range.last))
}
