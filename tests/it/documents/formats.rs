//! A text that went through a format comes out with the same words, and is found as the text is.

use std::path::Path;

use palimpsest::documents::{
    Document, Extraction, Failure, Format, HiddenReason, Limits, PageKind, RemovedKind, WarningKind, read,
};
use palimpsest::{ComparedText, DetectionOptions, Engine, Stop};

fn bytes(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents");
    std::fs::read(folder.join(name)).unwrap()
}

/// Reads a fixture under a name that says nothing of its format.
fn try_extract(name: &str) -> Result<Extraction, Failure> {
    let content = bytes(name);
    read(Document { content: &content, name: "essay", encoding: "" }, &Limits::default())
}

fn extract(name: &str) -> Extraction {
    try_extract(name).unwrap_or_else(|failure| panic!("{name}: {failure}"))
}

/// What a reader should get out of the fixtures.
fn essay() -> String {
    String::from_utf8(bytes("essay.txt")).unwrap().trim().to_owned()
}

/// The part of the essay that is in English, with its note.
fn english() -> String {
    let essay = essay();
    let (english, rest) = essay.split_once("\n\nVoices from abroad").unwrap();
    let (_, note) = rest.rsplit_once("\n\n").unwrap();
    format!("{english}\n\n{note}")
}

const WITH_PARAGRAPHS: [(&str, Format); 12] = [
    ("essay.txt", Format::Text),
    ("utf-16.txt", Format::Text),
    ("python-docx.docx", Format::Docx),
    ("pandoc.docx", Format::Docx),
    ("libreoffice.docx", Format::Docx),
    ("pandoc.odt", Format::Odt),
    ("libreoffice.odt", Format::Odt),
    ("pandoc.epub", Format::Epub),
    ("ebooklib.epub", Format::Epub),
    ("page.html", Format::Html),
    ("pandoc.html", Format::Html),
    ("libreoffice.rtf", Format::Rtf),
];

const OF_WORDS: [(&str, Format); 2] = [("pandoc.rtf", Format::Rtf), ("reportlab.pdf", Format::Pdf)];

const IN_ENGLISH: [(&str, Format); 2] = [("libreoffice.pdf", Format::Pdf), ("chromium.pdf", Format::Pdf)];

#[test]
fn formats_with_paragraphs_give_the_same_text() {
    for (name, format) in WITH_PARAGRAPHS {
        let extraction = extract(name);
        assert_eq!((extraction.format, extraction.text.trim()), (format, essay().as_str()), "{name}");
        assert!(extraction.hidden.is_empty(), "{name}");
    }
}

#[test]
fn other_formats_give_the_same_words() {
    // Bullets are characters in these formats, and the numbers of notes may have no brackets.
    let words = |text: &str| -> Vec<String> {
        let words = text.split_whitespace().filter(|word| *word != "•");
        words.map(|word| word.trim_matches(['[', ']']).to_owned()).collect()
    };
    for (name, format) in OF_WORDS {
        let extraction = extract(name);
        assert_eq!((extraction.format, words(&extraction.text)), (format, words(&essay())), "{name}");
    }
    for (name, format) in IN_ENGLISH {
        let extraction = extract(name);
        assert_eq!((extraction.format, words(&extraction.text)), (format, words(&english())), "{name}");
    }
}

#[test]
fn a_copy_is_found_whatever_it_went_through() {
    let engine = Engine::in_memory().unwrap();
    let source = ComparedText {
        id: "essay".to_owned(),
        title: String::new(),
        text: essay().into(),
        submitted_at: None,
        pages: None,
    };
    let options = DetectionOptions::default();
    let coverage = |text: &str| {
        let report = engine.compare(text, std::slice::from_ref(&source), &options, &Stop::never()).unwrap();
        (report.coverage.words, report.coverage.of_words)
    };
    let (covered, words) = coverage(&essay());
    assert_eq!(covered, words);
    for (name, _) in WITH_PARAGRAPHS.iter().chain(&OF_WORDS) {
        assert_eq!(coverage(&extract(name).text), (words, words), "{name}");
    }
    for (name, _) in IN_ENGLISH {
        let (covered, words) = coverage(&extract(name).text);
        assert_eq!((covered, words > 200), (words, true), "{name}");
    }
}

#[test]
fn what_is_not_text_is_kept_apart() {
    let extraction = extract("changed.docx");
    assert_eq!(
        extraction.text,
        "The bell rings twice at noon.\n\nOn the second page it is silent.\n\nWords in a box."
    );
    let hidden: Vec<_> =
        extraction.hidden.iter().map(|hidden| (hidden.reason, hidden.text.as_str())).collect();
    assert_eq!(
        hidden,
        [
            (HiddenReason::Marked, "marked words"),
            (HiddenReason::Colour, "white words"),
            (HiddenReason::Tiny, "tiny words"),
        ]
    );
    let removed: Vec<_> =
        extraction.removed.iter().map(|removed| (removed.kind, removed.text.as_str())).collect();
    assert_eq!(
        removed,
        [
            (RemovedKind::Deletion, "never"),
            (RemovedKind::RunningHead, "Harbour School"),
            (RemovedKind::Comment, "Is it?"),
        ]
    );
    let starts: Vec<_> = extraction.pages.iter().map(|page| (page.number, page.start)).collect();
    assert_eq!(starts, [(1, 0), (2, extraction.text.find("On the second").unwrap())]);
    let warnings: Vec<WarningKind> = extraction.warnings.iter().map(|warning| warning.kind).collect();
    assert_eq!(warnings, [WarningKind::TrackedChanges, WarningKind::HiddenText]);
}

#[test]
fn statements_and_chapters_are_read() {
    let book = extract("ebooklib.epub");
    assert_eq!((book.title.as_str(), book.author.as_str()), ("The Lighthouse Keeper's Ledger", "Ada Keel"));
    assert_eq!(book.page_kind, PageKind::Chapter);
    let labels: Vec<&str> = book.pages.iter().map(|page| page.label.as_str()).collect();
    assert_eq!(labels, ["The Lighthouse Keeper's Ledger", "Voices from abroad"]);
    assert_eq!(extract("python-docx.docx").author, "Ada Keel");
    assert_eq!(extract("python-docx.docx").removed[0].text, "Harbour School");
    assert_eq!(extract("libreoffice.pdf").page_count, 1);
}

#[test]
fn encodings_are_found() {
    let extraction = extract("windows-1252.txt");
    assert!(
        extraction.text.contains("größere Achtung") && extraction.text.contains("„So klang es“ – größer")
    );
    assert_eq!(extraction.encoding, "windows-1252");
    assert_eq!(extract("utf-16.txt").encoding, "UTF-16LE");
}

#[test]
fn documents_that_cannot_be_read_say_why() {
    assert_eq!(try_extract("encrypted.pdf"), Err(Failure::Encrypted { format: Format::Pdf }));
    assert_eq!(try_extract("scan.pdf"), Err(Failure::NoText { format: Format::Pdf, is_scan: true }));
    for name in ["python-docx.docx", "pandoc.odt", "pandoc.epub"] {
        let content = bytes(name);
        let half = Document { content: &content[..content.len() / 2], name, encoding: "" };
        let failure = read(half, &Limits::default()).unwrap_err();
        assert!(
            matches!(failure, Failure::Damaged { .. } | Failure::UnknownFormat { .. }),
            "{name}: {failure}"
        );
    }
}
