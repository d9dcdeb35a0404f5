//! Tests of plain text in its encodings.

use encoding_rs::Encoding;

use super::super::{Document, Extraction, Failure, Format, Limits, WarningKind};
use super::read;

fn named(content: &[u8], name: &str, encoding: &str) -> Result<Extraction, Failure> {
    read(Document { content, name, encoding }, &Limits::default())
}

fn plain(content: &[u8]) -> Extraction {
    named(content, "x.txt", "").unwrap()
}

fn kinds(extraction: &Extraction) -> Vec<WarningKind> {
    extraction.warnings.iter().map(|warning| warning.kind).collect()
}

#[test]
fn utf_8_is_kept_as_it_stands() {
    let text = " Le caf\u{e9}\r\n\tn'est  pas\u{a0}ouvert\u{ad}. \n\n\n";
    let read = plain(text.as_bytes());
    assert_eq!((read.text.as_str(), read.encoding.as_str(), read.format), (text, "UTF-8", Format::Text));
    assert_eq!(kinds(&read), []);
    assert_eq!(plain("\u{FEFF}caf\u{e9}".as_bytes()).text, "caf\u{e9}");
}

#[test]
fn wide_encodings_are_read_with_and_without_marks() {
    for text in [
        "A tide table, kept by hand.\n",
        "Книга помнит руки, которые её писали.\n",
        "كلُّ جدارٍ يتذكّر الأيدي التي بنته، والمدّ لا يكتب يوميّاته؛ نعم.\n",
        "潮汐不记日记，港务长却读得懂。港口很安静。\n",
    ] {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let utf32 =
            |bytes: fn(u32) -> [u8; 4]| text.chars().map(u32::from).flat_map(bytes).collect::<Vec<u8>>();
        for (unmarked, mark, name) in [
            (utf16(u16::to_le_bytes), &[0xFF, 0xFE][..], "UTF-16LE"),
            (utf16(u16::to_be_bytes), &[0xFE, 0xFF], "UTF-16BE"),
            (utf32(u32::to_le_bytes), &[0xFF, 0xFE, 0, 0], "UTF-32LE"),
            (utf32(u32::to_be_bytes), &[0, 0, 0xFE, 0xFF], "UTF-32BE"),
        ] {
            let guessed = plain(&unmarked);
            assert_eq!((guessed.text.as_str(), guessed.encoding.as_str()), (text, name));
            assert_eq!(kinds(&guessed), [WarningKind::Encoding]);
            let marked = plain(&[mark, &unmarked].concat());
            assert_eq!((marked.text.as_str(), marked.encoding.as_str()), (text, name));
            assert_eq!(kinds(&marked), []);
        }
    }
}

#[test]
fn legacy_encodings_are_guessed_or_named() {
    for (label, text) in [
        (
            "windows-1252",
            "Das Geb\u{e4}ude \u{201c}erz\u{e4}hlt\u{201d} von den H\u{e4}nden, die es m\u{fc}hsam bauten.",
        ),
        ("windows-1251", "Каждая стена помнит руки, которые её построили."),
        ("koi8-r", "Каждая стена помнит руки, которые её построили."),
        ("shift_jis", "すべての壁は、それを築いた手を覚えている。"),
        ("euc-jp", "すべての壁は、それを築いた手を覚えている。"),
        ("iso-2022-jp", "すべての壁は、それを築いた手を覚えている。"),
        ("gbk", "每一堵墙都记得建造它的手，潮水却不记日记。"),
        ("big5", "每一堵牆都記得建造它的手，潮水卻不記日記。"),
        ("euc-kr", "모든 벽은 그것을 쌓은 손을 기억한다. 밀물은 일기를 쓰지 않는다."),
        ("windows-1253", "Κάθε τοίχος θυμάται τα χέρια που τον έχτισαν."),
        ("windows-1255", "כל קיר זוכר את הידיים שבנו אותו, והגאות אינה כותבת יומן."),
        ("windows-1256", "كل جدار يتذكر الأيدي التي بنته، والمد لا يكتب يومياته."),
    ] {
        let bytes = Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned();
        let guessed = plain(&bytes);
        assert_eq!(guessed.text, text, "{label}: read as {}", guessed.encoding);
        assert_eq!(kinds(&guessed), [WarningKind::Encoding]);
        let told = named(&bytes, "x.txt", label).unwrap();
        assert_eq!((told.text.as_str(), kinds(&told)), (text, vec![]));
    }
    let latin2 =
        Encoding::for_label(b"iso-8859-2").unwrap().encode("Każda ściana pamięta ręce").0.into_owned();
    assert_eq!(named(&latin2, "x", "iso-8859-2").unwrap().text, "Każda ściana pamięta ręce");
}

#[test]
fn a_few_broken_bytes_leave_utf_8() {
    let text = "Une \u{e9}t\u{e9} br\u{fb}lant, o\u{f9} l'on r\u{ea}vait \u{e0} la mer.";
    let mut bytes = text.as_bytes().to_vec();
    bytes.insert(4, 0x93);
    let read = plain(&bytes);
    assert_eq!((read.encoding.as_str(), read.text.replace('\u{FFFD}', "")), ("UTF-8", text.to_owned()));
    assert_eq!(kinds(&read), [WarningKind::UndecodableBytes]);
    assert!(read.warnings[0].message.contains("1 place"));
    let cut = plain(&text.as_bytes()[..=text.find('\u{f9}').unwrap()]);
    assert_eq!(cut.encoding, "UTF-8");
}

#[test]
fn form_feeds_begin_pages_and_headings_are_titles() {
    let read = plain(b"one\x0Ctwo\x0C\x0Cfour\n\x0C\n");
    let starts: Vec<(u32, &str)> =
        read.pages.iter().map(|page| (page.number, &read.text[page.start..])).collect();
    let expected = ["one\x0Ctwo\x0C\x0Cfour\n\x0C\n", "two\x0C\x0Cfour\n\x0C\n", "four\n\x0C\n"];
    assert_eq!(starts, [(1, expected[0]), (2, expected[1]), (4, expected[2])]);
    assert_eq!(plain(b"no page").pages, []);
    let markdown = named(b"intro\n\n## On Ships ##\n", "a/b.MD", "").unwrap();
    assert_eq!((markdown.format, markdown.title.as_str()), (Format::Markdown, "On Ships"));
}

#[test]
fn what_is_no_text_is_refused() {
    assert_eq!(named(b" \n\t\xC2\xA0", "x", ""), Err(Failure::Empty));
    let junk: Vec<u8> = (0..2000_u32).map(|n| (n * n / 7 % 251) as u8).collect();
    assert!(matches!(named(&junk, "x.txt", ""), Err(Failure::UnknownFormat { .. })));
    let limits = Limits { max_text_bytes: 5, ..Limits::default() };
    let document = Document { content: b"six is", name: "", encoding: "" };
    assert!(matches!(read(document, &limits), Err(Failure::Limit { limit: 5, .. })));
}
