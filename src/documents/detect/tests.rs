//! Tests of detection.

use super::super::{Document, Failure, Format};
use super::format;

fn detected(content: &[u8]) -> Result<Format, Failure> {
    format(Document { content, name: "essay.docx", encoding: "" })
}

fn looks_like(content: &[u8]) -> String {
    match detected(content) {
        Err(Failure::UnknownFormat { looks_like }) => looks_like,
        other => panic!("{other:?}"),
    }
}

/// A zip archive of stored, empty entries, the first of which may be `mimetype`.
fn zip(mimetype: &str, names: &[&str]) -> Vec<u8> {
    let mut names: Vec<&str> = names.to_vec();
    if !mimetype.is_empty() {
        names.insert(0, "mimetype");
    }
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let content = if name == "mimetype" { mimetype } else { "" };
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        archive.extend(b"PK\x03\x04\x0A\0\0\0\0\0\0\0\0\0\0\0\0\0");
        archive.extend([size, size].concat());
        archive.extend([length, [0, 0]].concat());
        archive.extend(name.bytes().chain(content.bytes()));
        directory.extend(b"PK\x01\x02\x0A\0\x0A\0\0\0\0\0\0\0\0\0\0\0\0\0");
        directory.extend([size, size].concat());
        directory.extend(length);
        directory.extend([0; 16]);
        directory.extend(name.bytes());
    }
    let offset = u32::try_from(archive.len()).unwrap().to_le_bytes();
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0");
    archive.extend(offset);
    archive.extend([0, 0]);
    archive
}

#[test]
fn archives_are_told_apart_by_their_entries() {
    let odt = "application/vnd.oasis.opendocument.text";
    for (archive, expected) in [
        (zip("", &["[Content_Types].xml", "word/document.xml"]), Format::Docx),
        (zip(odt, &["content.xml"]), Format::Odt),
        (zip("application/epub+zip", &["META-INF/container.xml"]), Format::Epub),
        (zip("", &["META-INF/container.xml", "a.xhtml"]), Format::Epub),
    ] {
        assert_eq!(detected(&archive), Ok(expected));
        let cut = &archive[..archive.len() - 70];
        assert_eq!(detected(cut), Ok(expected), "what is left of it says what it was");
    }
    assert!(looks_like(&zip("", &["[Content_Types].xml", "xl/workbook.xml"])).contains(".xlsx"));
    assert!(looks_like(&zip("", &["[Content_Types].xml", "ppt/slides/slide1.xml"])).contains(".pptx"));
    assert!(looks_like(&zip(&odt.replace("text", "spreadsheet"), &["content.xml"])).contains(".ods"));
    assert_eq!(looks_like(&zip("", &["a.txt", "b.docx"])), "a zip archive");
}

#[test]
fn formats_that_are_not_read_are_named() {
    assert_eq!(detected(b""), Err(Failure::Empty));
    assert_eq!(looks_like(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"), "a PNG image");
    assert_eq!(looks_like(b"\x1F\x8B\x08\0"), "a gzip archive");
    assert_eq!(looks_like(b"%!PS-Adobe-3.0"), "a PostScript file; convert it to PDF");
    let name = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let ole = |stream: &str| [super::OLE, &[0; 64], &name(stream)].concat();
    assert!(looks_like(&ole("WordDocument")).contains(".doc"));
    assert_eq!(detected(&ole("EncryptedPackage")), Err(Failure::Encrypted { format: Format::Docx }));
    assert!(looks_like(b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n\r\n<html>").contains(".mhtml"));
    for text in ["MZ is how programs begin.", "BZh, said he.", "GIF89a is a format.", "ID3 tags"] {
        assert_eq!(detected(text.as_bytes()), Ok(Format::Text), "{text}");
    }
}

#[test]
fn pdf_and_rtf_begin_with_their_marks() {
    assert_eq!(detected(b"%PDF-1.7\n"), Ok(Format::Pdf));
    assert_eq!(detected(b"junk before\n%PDF-1.4\n1 0 obj\n<<>>\nendobj"), Ok(Format::Pdf));
    assert_eq!(detected(b"A file of PDF begins with %PDF-1.7, as everybody knows."), Ok(Format::Text));
    assert_eq!(detected(b"\n{\\rtf1\\ansi a}"), Ok(Format::Rtf));
    assert_eq!(detected(b"In RTF, {\\rtf1 begins a document."), Ok(Format::Text));
}

#[test]
fn html_is_told_from_text_about_it() {
    for html in [
        "\u{FEFF}<!DOCTYPE html><title>x</title><p>Text",
        "<!-- saved -->\n <!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE html><html xmlns=\"x\"><body/></html>",
        "<?xml version=\"1.0\"?><html><p>a</p></html>",
        "<HTML><BODY>text</BODY></HTML>",
        "<p>One paragraph.</p>\n<p>Another <b>one</b>.</p>",
        "<div class=\"post\"><p>Text<br>more</div>",
        "<h1>Title</h1><ul><li>a<li>b</ul>",
    ] {
        assert_eq!(detected(html.as_bytes()), Ok(Format::Html), "{html}");
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let utf16: Vec<u8> = html.encode_utf16().flat_map(bytes).collect();
            assert_eq!(detected(&utf16), Ok(Format::Html), "UTF-16: {html}");
        }
    }
    for text in [
        "The <p> tag begins a paragraph, and </p> ends it.",
        "<p> is the tag of paragraphs. Few tags are used as often, and few are as often left open.",
        "<p align=\"center\"><img src=\"x.png\"></p>\n\n# A tool\n\nIt does what it says, and it does it well.\n",
        "# Heading\n\nSome <b>bold</b> text.\n\n<div>a box</div>\n",
        "```html\n<!doctype html>\n<p>code</p>\n```\n",
        "<3 is a heart, and 1 < 2.",
        "<dialogue> He said nothing. <end>",
    ] {
        assert_eq!(detected(text.as_bytes()), Ok(Format::Text), "{text}");
    }
}
