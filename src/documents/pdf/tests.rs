//! Tests over small documents that are written here, in Courier: all its characters are 0.6 of the size wide.

use std::fmt::Write as _;

use super::super::{Document, Extraction, Failure, HiddenReason, Limits, RemovedKind, WarningKind};

/// A page, as its content stream.
#[derive(Debug, Default)]
struct Page(String);

impl Page {
    /// Adds text, from the lower left corner of the page.
    fn text(mut self, x: f64, y: f64, size: f64, text: &str) -> Self {
        let text = text.replace('(', "\\(").replace(')', "\\)");
        let _ = writeln!(self.0, "BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET");
        self
    }

    fn operators(mut self, operators: &str) -> Self {
        self.0.push_str(operators);
        self.0.push('\n');
        self
    }

    /// Adds lines below one another.
    fn lines(self, x: f64, y: f64, lines: &[&str]) -> Self {
        let mut page = self;
        let mut at = y;
        for line in lines {
            page = page.text(x, at, 10.0, line);
            at -= 12.0;
        }
        page
    }
}

/// A document of these pages. Objects 1 to 4 are the catalogue, the page tree, the font and a picture.
fn pdf(pages: &[Page]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned(),
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\nA\nendstream"
            .to_owned(),
    ];
    for (number, page) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> /XObject << /I1 4 0 R >> >> >>",
            6 + 2 * number
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{}\nendstream", page.0.len(), page.0));
    }
    assembled(&objects, "/Root 1 0 R")
}

fn assembled(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = String::new();
    for (number, object) in objects.iter().enumerate() {
        let _ = writeln!(places, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let _ = write!(
        file,
        "xref\n0 {size}\n0000000000 65535 f \n{places}trailer\n<< /Size {size} {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.into_bytes()
}

fn read_bytes(content: &[u8]) -> Result<Extraction, Failure> {
    super::read(Document { content, name: "", encoding: "" }, &Limits::default())
}

fn read(pages: &[Page]) -> Extraction {
    read_bytes(&pdf(pages)).unwrap_or_else(|failure| unreachable!("{failure}"))
}

const LEFT: [&str; 4] = [
    "The archive of the old town",
    "was moved to a new building",
    "in the spring, and the work",
    "took longer than planned.",
];
const RIGHT: [&str; 4] = [
    "Visitors may read all books",
    "in the hall on Mondays, but",
    "the maps are shown only to",
    "those who ask for them.",
];

#[test]
fn columns_are_read_one_after_the_other() {
    let page = Page::default().text(60.0, 760.0, 14.0, "A heading over both columns of the page");
    let read = read(&[page.lines(60.0, 720.0, &LEFT).lines(240.0, 718.0, &RIGHT)]);
    let expected =
        format!("A heading over both columns of the page\n\n{}\n\n{}", LEFT.join(" "), RIGHT.join(" "));
    assert_eq!(read.text, expected);
}

#[test]
fn columns_that_are_drawn_row_by_row_are_columns() {
    let mut page = Page::default();
    for (number, (left, right)) in (0..).zip(LEFT.iter().zip(RIGHT)) {
        let y = 700.0 - 12.0 * f64::from(number);
        page = page.text(60.0, y, 10.0, left).text(240.0, y, 10.0, right);
    }
    assert_eq!(read(&[page]).text, format!("{}\n\n{}", LEFT.join(" "), RIGHT.join(" ")));
}

#[test]
fn rows_of_tables_are_lines_with_tabs() {
    let mut page = Page::default();
    for (number, row) in
        (0..).zip([["Town", "1950", "2000"], ["North", "120", "3400"], ["South", "80", "910"]])
    {
        let y = 700.0 - 14.0 * f64::from(number);
        for (column, cell) in (0..).zip(row) {
            page = page.text(60.0 + 100.0 * f64::from(column), y, 10.0, cell);
        }
    }
    assert_eq!(read(&[page]).text, "Town\t1950\t2000\nNorth\t120\t3400\nSouth\t80\t910");
}

#[test]
fn heads_and_page_numbers_are_removed_and_paragraphs_go_on() {
    let page = |number: u32, lines: &[&str]| {
        let head = Page::default().text(60.0, 770.0, 10.0, "History of the town");
        head.lines(60.0, 720.0, lines).text(300.0, 30.0, 10.0, &number.to_string())
    };
    let read = read(&[
        page(7, &LEFT[..3]),
        page(8, &["of many months ended when", "the snow came to the hill."]),
        page(9, &["Later nothing changed here."]),
    ]);
    let first = format!("{} of many months ended when the snow came to the hill.", LEFT[..3].join(" "));
    assert_eq!(read.text, format!("{first}\n\nLater nothing changed here."));
    let removed: Vec<_> =
        read.removed.iter().map(|removed| (removed.kind, removed.text.as_str(), removed.count)).collect();
    assert_eq!(
        removed,
        [(RemovedKind::RunningHead, "History of the town", 3), (RemovedKind::PageNumber, "7", 3)]
    );
    let starts: Vec<_> =
        read.pages.iter().map(|page| (page.number, read.text.get(page.start..page.start + 5))).collect();
    assert_eq!(starts, [(1, Some("The a")), (2, Some("of ma")), (3, Some("Later"))]);
}

#[test]
fn divided_words_are_joined_and_compounds_keep_their_hyphen() {
    let lines = [
        "It was a well-known building of the town and",
        "the people who came for the infor-",
        "mation about it liked the well-",
        "known pictures on the walls of it, and the hall.",
    ];
    let text = read(&[Page::default().lines(60.0, 700.0, &lines)]).text.replace('\n', " ");
    assert!(text.contains("information about") && text.contains("well-known pictures"), "{text}");
}

#[test]
fn notes_stand_after_the_text() {
    let page = Page::default()
        .lines(
            60.0,
            720.0,
            &["The hall was built in two years, and its roof was made", "of copper from the old mines"],
        )
        .text(60.0 + 28.0 * 6.0, 712.0, 6.0, "1")
        .text(60.0 + 28.0 * 6.0 + 10.0, 708.0, 10.0, "in the hills above.")
        .text(60.0, 64.0, 5.0, "1")
        .text(64.0, 60.0, 8.0, "The mines were closed soon after.");
    let text = read(&[page]).text;
    assert_eq!(
        text,
        "The hall was built in two years, and its roof was made of copper from the old mines [1] in the hills above.\n\n\
         [1] The mines were closed soon after."
    );
}

#[test]
fn text_that_a_reader_does_not_see_is_kept_apart() {
    let page = Page::default()
        .text(60.0, 700.0, 10.0, "Everybody sees this line.")
        .operators("1 1 1 rg")
        .text(60.0, 680.0, 10.0, "white words")
        .operators("0 0 0.4 rg 50 635 300 30 re f 1 1 1 rg")
        .text(60.0, 645.0, 10.0, "White on blue is seen.")
        .operators("0 g")
        .text(60.0, 600.0, 1.0, "tiny words")
        .operators("3 Tr")
        .text(60.0, 580.0, 10.0, "invisible words")
        .operators("0 Tr")
        .text(60.0, -50.0, 10.0, "words outside")
        .text(60.0, 500.0, 10.0, "covered words")
        .operators("1 g 40 480 300 40 re f");
    let read = read(&[page]);
    assert_eq!(read.text, "Everybody sees this line.\n\nWhite on blue is seen.");
    let hidden: Vec<_> = read.hidden.iter().map(|hidden| (hidden.reason, hidden.text.as_str())).collect();
    assert!(hidden.contains(&(HiddenReason::Colour, "white words")), "{hidden:?}");
    for (reason, text) in [
        (HiddenReason::Tiny, "tiny words"),
        (HiddenReason::Colour, "invisible words"),
        (HiddenReason::Covered, "words outside"),
        (HiddenReason::Covered, "covered words"),
    ] {
        assert!(hidden.iter().any(|found| found.0 == reason && found.1.contains(text)), "{text}: {hidden:?}");
    }
}

#[test]
fn scans_have_no_text_unless_there_is_a_layer_of_it() {
    let scan = || Page::default().operators("q 600 0 0 800 0 0 cm /I1 Do Q");
    let failure = read_bytes(&pdf(&[scan(), scan()])).err();
    assert_eq!(failure, Some(Failure::NoText { format: super::Format::Pdf, is_scan: true }));
    let mixed = read(&[Page::default().text(60.0, 700.0, 10.0, "A page of text."), scan()]);
    assert!(
        mixed
            .warnings
            .iter()
            .any(|w| w.kind == WarningKind::NoTextOnPages && w.message.starts_with("Page 2 has no text"))
    );
    let layer = read(&[scan().operators("3 Tr").text(60.0, 700.0, 10.0, "Words that OCR found.")]);
    assert_eq!((layer.text.as_str(), layer.hidden.len()), ("Words that OCR found.", 0));
}

#[test]
fn letters_that_are_drawn_twice_are_written_once() {
    let page = Page::default().text(60.0, 700.0, 10.0, "all bold").text(60.3, 700.0, 10.0, "all bold");
    assert_eq!(read(&[page]).text, "all bold");
}

#[test]
fn text_on_its_side_is_read() {
    let page = Page::default().operators("BT /F1 10 Tf 0 1 -1 0 100 100 Tm (from bottom to top) Tj ET");
    assert_eq!(read(&[page]).text, "from bottom to top");
}

#[test]
fn bad_documents_are_failures() {
    let whole = pdf(&[Page::default().text(60.0, 700.0, 10.0, "text")]);
    for length in 0..whole.len() {
        let _ = read_bytes(whole.get(..length).unwrap_or_default());
    }
    assert!(matches!(read_bytes(b"%PDF-1.7\nnothing"), Err(Failure::Damaged { .. })));
    let empty = Failure::NoText { format: super::Format::Pdf, is_scan: false };
    assert_eq!(read_bytes(&pdf(&[Page::default()])).err(), Some(empty));
    let cyclic = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]
        .map(str::to_owned);
    assert!(read_bytes(&assembled(&cyclic, "/Root 1 0 R")).is_err());
}

#[test]
fn a_password_is_named() {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [] /Count 0 >>".to_owned(),
        format!("<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{0}> /U <{0}> >>", "41".repeat(32)),
    ];
    let trailer = format!("/Root 1 0 R /Encrypt 3 0 R /ID [<{0}> <{0}>]", "42".repeat(16));
    let failure = read_bytes(&assembled(&objects, &trailer)).err();
    assert_eq!(failure, Some(Failure::Encrypted { format: super::Format::Pdf }));
}

#[test]
fn more_text_than_the_limit_is_a_failure() {
    let content = pdf(&[Page::default().text(60.0, 700.0, 10.0, "more than ten bytes of text")]);
    let limits = Limits { max_text_bytes: 10, ..Limits::default() };
    let failure = super::read(Document { content: &content, name: "", encoding: "" }, &limits).err();
    assert_eq!(failure, Some(limits.too_much_text()));
}
