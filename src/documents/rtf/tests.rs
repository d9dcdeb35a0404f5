//! Tests of RTF.

use super::super::{Document, Extraction, Failure, HiddenReason, Limits, RemovedKind, WarningKind};
use super::read;

fn rtf(body: &str) -> Extraction {
    let content = format!("{{\\rtf1\\ansi\\ansicpg1252\\deff0{body}}}");
    read(Document { content: content.as_bytes(), name: "", encoding: "" }, &Limits::default()).unwrap()
}

fn text(body: &str) -> String {
    rtf(body).text
}

#[test]
fn paragraphs_lines_rows_and_items() {
    for (body, expected) in [
        (
            "\\pard One {\\b bold} word.\\par\nTwo\\line lines\\par\\pard\\par Three",
            "One bold word.\n\nTwo\nlines\n\nThree",
        ),
        (
            "\\trowd\\cellx1\\cellx2\\pard\\intbl a\\cell b\\cell\\row\\trowd\\pard\\intbl c\\cell d\\cell\\row\\pard e\\par",
            "a\tb\nc\td\n\ne",
        ),
        (
            "before\\par\\pard\\ls1 {\\listtext 1.\\tab}a\\par\\pard\\ls1{\\listtext 2.\\tab}b\\par\\pard after",
            "before\n\na\nb\n\nafter",
        ),
        (
            "x\\par{\\trowd\\cellx1\\cellx2{{\\pard\\intbl a\\par}\\cell}{{\\pard\\intbl b\\par}\\cell}\\intbl\\row}{\\pard c\\par}",
            "x\n\na\tb\n\nc",
        ),
        (
            "{\\pard x\\par}{\\pard \\bullet \\tab a\\par}{\\pard \\bullet \\tab b\\par}{\\pard c\\bullet\\par}",
            "x\n\na\nb\n\nc•",
        ),
        ("\\{a\\\\b\\} c\\~d\\emdash e\\ldblquote f\\rdblquote\\_g", "{a\\b} c\u{a0}d—e“f”\u{2011}g"),
        ("{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt link}} end", "link end"),
        (
            "{\\fonttbl{\\f0 Times;}}{\\stylesheet{\\s1 Heading;}}{\\*\\generator Ada;}text{\\*\\unknown no}{\\pict 0102}",
            "text",
        ),
        ("a\\bin5 }}}}}b", "ab"),
        ("{\\upr{x}{\\*\\ud{caf\\u233?}}} now", "café now"),
    ] {
        assert_eq!(text(body), expected, "{body}");
    }
}

#[test]
fn characters_in_code_pages_and_unicode() {
    assert_eq!(text("caf\\'e9 \\u8217\\'92s \\u-10179?\\u-8704? {\\uc2\\u233ab}c"), "café ’s 😀 éc");
    assert_eq!(
        text(
            "{\\fonttbl{\\f0\\fcharset0 T;}{\\f1\\fcharset204 C;}{\\f2\\fcharset128 J;}{\\f3\\fcharset2 S;}}\\f1 \\'cc\\'e8\\'f0 {\\f2 \\'8a\\'bf\\'83A}{\\f3 \\'b7}"
        ),
        "Мир 漢ア"
    );
    assert_eq!(text("\\ansicpg1250 \\'b9"), "ą");
    assert_eq!(text("raw café"), "raw café");
}

#[test]
fn notes_boxes_heads_and_comments() {
    let read = rtf(
        "{\\header Head}{\\footer {\\field{\\fldinst PAGE}{\\fldrslt 3}}}{\\info{\\title On walls}{\\author Ada}{\\subject no}}\
         Walls{\\super\\chftn{\\footnote\\pard\\plain{\\super\\chftn} See Moll.}} stand{\\*\\annotation Why?}.\
         {\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv 1}}{\\shptxt In a box\\par}}{\\shprslt dup}} Still.\\par Next.",
    );
    assert_eq!(read.text, "Walls [1] stand. Still.\n\nIn a box\n\nNext.\n\n[1] See Moll.");
    assert_eq!((read.title.as_str(), read.author.as_str()), ("On walls", "Ada"));
    let kinds: Vec<(RemovedKind, &str)> =
        read.removed.iter().map(|one| (one.kind, one.text.as_str())).collect();
    assert_eq!(
        kinds,
        [(RemovedKind::RunningHead, "Head"), (RemovedKind::PageNumber, "3"), (RemovedKind::Comment, "Why?")]
    );
}

#[test]
fn hidden_and_deleted_text() {
    let colours = "{\\colortbl;\\red255\\green255\\blue255;\\red0\\green0\\blue128;}";
    for (body, reason) in [
        ("a{\\v HIDE ME}b", HiddenReason::Marked),
        ("a\\v HIDE ME\\v0 b", HiddenReason::Marked),
        ("a{\\cf1 HIDE ME}b", HiddenReason::Colour),
        ("a{\\fs2 HIDE ME}b", HiddenReason::Tiny),
    ] {
        let read = rtf(&format!("{colours}{body}"));
        assert_eq!(
            (read.text.as_str(), read.hidden[0].text.as_str(), read.hidden[0].reason),
            ("ab", "HIDE ME", reason)
        );
    }
    for body in [
        "a{\\cf1\\highlight2 b}",
        "a{\\cf1\\cb2 b}",
        "\\pard\\cbpat2\\cf1 ab",
        "\\trowd\\clcbpat2\\cellx1\\pard\\intbl\\cf1 ab\\cell\\row",
    ] {
        let read = rtf(&format!("{colours}{body}"));
        assert_eq!((read.text.as_str(), read.hidden.len()), ("ab", 0), "{body}");
    }
    let read = rtf("a {\\deleted old} {\\revised new}");
    assert_eq!((read.text.as_str(), read.removed[0].text.as_str()), ("a new", "old"));
    assert_eq!(read.warnings[0].kind, WarningKind::TrackedChanges);
}

#[test]
fn pages_are_those_of_breaks_if_the_document_agrees() {
    let read = rtf("one\\page two\\par\\pard\\pagebb three");
    let starts: Vec<&str> = read.pages.iter().map(|page| &read.text[page.start..]).collect();
    assert_eq!(starts, ["one two\n\nthree", "two\n\nthree", "three"]);
    let stated = rtf("{\\info{\\nofpages7}}one\\page two");
    assert_eq!((stated.pages.len(), stated.page_count), (0, 7));
}

#[test]
fn unbalanced_and_hostile_documents_end() {
    for (content, expected) in [
        (&b"{\\rtf1 {\\b a} b {\\i c"[..], "a b c"),
        (b"{\\rtf1 a}} b", "a b"),
        (b"{\\rtf1 a\\", "a"),
        (b"{\\rtf1 a\\'", "a"),
        (b"{\\rtf1 a\\'zz\\u", "azz"),
        (b"{\\rtf1 a\\bin99999999999 b}", "a"),
        (b"{\\rtf1 a\\u-99999999999999 b}", "a"),
    ] {
        let read = read(Document { content, name: "", encoding: "" }, &Limits::default());
        assert_eq!(read.unwrap().text, expected, "{}", String::from_utf8_lossy(content));
    }
    let deep = [&b"{\\rtf1 "[..], &b"{".repeat(1_000_000)].concat();
    let failure = read(Document { content: &deep, name: "", encoding: "" }, &Limits::default()).unwrap_err();
    assert!(matches!(failure, Failure::Limit { limit: 512, .. }));
    let empty =
        read(Document { content: b"{\\rtf1{\\pict 00}}", name: "", encoding: "" }, &Limits::default());
    assert!(matches!(empty, Err(Failure::NoText { is_scan: true, .. })));
}
