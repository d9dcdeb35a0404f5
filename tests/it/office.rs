//! Small documents and archives, made by the tests.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A zip archive of these files.
pub fn archive<Content: AsRef<[u8]>>(files: &[(&str, Content)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_ref()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A Word document with this body: “On tides” by Ines.
pub fn docx(body: &str) -> Vec<u8> {
    titled_docx("On tides", "Ines", body)
}

/// A Word document with this title, author and body.
pub fn titled_docx(title: &str, author: &str, body: &str) -> Vec<u8> {
    let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let types = "http://schemas.openxmlformats.org/package/2006/content-types";
    let main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    archive(&[
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{types}\"><Override PartName=\"/word/document.xml\" ContentType=\"{main}\"/></Types>"
            ),
        ),
        (
            "word/document.xml",
            format!("<w:document xmlns:w=\"{word}\"><w:body>{body}</w:body></w:document>"),
        ),
        (
            "docProps/core.xml",
            format!(
                "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
                 xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{title}</dc:title>\
                 <dc:creator>{author}</dc:creator></cp:coreProperties>"
            ),
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
             Target=\"word/document.xml\"/></Relationships>"
                .to_owned(),
        ),
    ])
}

/// A paragraph of a Word document.
pub fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// The end of a page.
pub const NEW_PAGE: &str = "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>";

/// A paragraph that is marked as hidden.
pub fn hidden(text: &str) -> String {
    format!("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{text}</w:t></w:r></w:p>")
}
