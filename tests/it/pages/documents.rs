//! Documents on the web page.

use super::browser::{Site, field, file};
use super::{BRIDGES, ESSAY, FERRIES};
use crate::office::{NEW_PAGE, docx, hidden, paragraph};

#[tokio::test]
async fn documents_are_added_and_checked() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    let source = docx(&[paragraph(FERRIES), NEW_PAGE.to_owned(), paragraph(BRIDGES)].concat());
    let page = format!("<!doctype html><title>Ferries at night</title><p>{FERRIES} That is a quotation.</p>");
    let old: Vec<u8> = "Le passeur connaît chaque prénom; il a été là bien avant le pont, à côté de l’eau"
        .chars()
        .map(|c| if c == '’' { 0x92 } else { u8::try_from(u32::from(c)).unwrap() })
        .collect();
    let add = "/collections/default/add";
    let files = [
        file("files", "bridges.docx", &source),
        file("files", "night.html", page.as_bytes()),
        file("files", "old.txt", &old),
    ];
    browser.send(add, add, &files).shows(200, &["3 texts are in", "bridges.docx", "night.html", "old.txt"]);
    // Titles are those of the documents.
    browser.open("/collections/default").shows(200, &["On tides", "Ferries at night", "3 sources"]);

    let essay = docx(
        &[paragraph("My own words."), NEW_PAGE.to_owned(), paragraph(ESSAY), hidden("for no reader")]
            .concat(),
    );
    let parts = [file("file", "essay.docx", &essay), field("collection", "default")];
    let report = browser.send("/", "/check", &parts);
    report.shows(200, &["bridges.docx", "Word (.docx)", "On tides", "p. 2", "for no reader"]);
    // A template is a document, too.
    let template = docx(&paragraph(ESSAY));
    let parts = [
        file("file", "essay.docx", &essay),
        field("collection", "default"),
        file("boilerplate", "sheet.docx", &template),
    ];
    browser.send("/", "/check", &parts).shows(200, &["boilerplate"]);
    // Plain text that was pasted has no document.
    let report = browser.send("/", "/check", &[field("text", ESSAY), field("collection", "default")]);
    assert!(!report.body.contains("Word (.docx)"), "{}", report.body);
}
