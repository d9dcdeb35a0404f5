//! Tests of the writer.

use super::*;

fn writer() -> Writer {
    Writer::new(Limits::default())
}

fn written(write: impl FnOnce(&mut Writer) -> Result<(), Failure>) -> Extraction {
    let mut writer = writer();
    write(&mut writer).unwrap();
    writer.finish(Format::Docx, false).unwrap()
}

#[test]
fn separators_stand_between_texts_only() {
    let text = written(|w| {
        w.end_paragraph();
        w.text("  one \n two\u{7}")?;
        w.text("three ")?;
        w.text(" four")?;
        w.end_cell();
        w.text("five")?;
        w.end_line();
        w.end_cell();
        w.text("six")?;
        w.end_line();
        w.end_paragraph();
        w.end_paragraph();
        w.text(" seven\u{A0}eight ")?;
        w.end_paragraph();
        Ok(())
    });
    assert_eq!(text.text, "one twothree four\tfive\nsix\n\nseven\u{A0}eight");
}

#[test]
fn verbatim_text_keeps_its_spaces_and_lines() {
    let text = written(|w| {
        w.text("code:")?;
        w.end_paragraph();
        w.verbatim("  if x\n\ty\r\u{0}z  ")
    });
    assert_eq!(text.text, "code:\n\n  if x\n\tyz  ");
}

#[test]
fn a_page_begins_where_its_text_does() {
    let text = written(|w| {
        w.text("one")?;
        w.begin_page("");
        w.text(" goes on")?;
        w.end_paragraph();
        w.begin_page("");
        w.begin_page("Four");
        w.text("two")?;
        w.begin_page("");
        Ok(())
    });
    let pages: Vec<_> =
        text.pages.iter().map(|page| (page.number, page.start, page.label.as_str())).collect();
    // The third page has no text, and neither has the fifth.
    assert_eq!(pages, [(1, 0, ""), (2, 4, ""), (4, 13, "Four")]);
    assert_eq!((text.text.as_str(), text.page_count), ("one goes on\n\ntwo", 5));
}

#[test]
fn pages_that_begin_before_any_text_are_counted_from_one() {
    let text = written(|w| {
        w.pages_are(PageKind::Chapter);
        w.begin_page("Landfall");
        w.text("first")
    });
    assert_eq!((text.page_kind, text.page_count), (PageKind::Chapter, 1));
    assert_eq!(text.pages, [Page { number: 1, label: "Landfall".to_owned(), start: 0 }]);
    assert!(written(|w| w.text("no pages")).pages.is_empty());
}

#[test]
fn what_is_hidden_or_removed_is_not_in_the_text() {
    let text = written(|w| {
        w.text("seen")?;
        w.hide(HiddenReason::Colour, "not ")?;
        w.hide(HiddenReason::Colour, "seen")?;
        w.hide(HiddenReason::Tiny, "dust")?;
        w.remove(RemovedKind::PageNumber, "Page 1")?;
        w.remove(RemovedKind::PageNumber, "Page  12")?;
        w.remove(RemovedKind::RunningHead, "Page 1")?;
        w.remove(RemovedKind::RunningHead, " \n")
    });
    assert_eq!(text.text, "seen");
    let hidden: Vec<_> = text.hidden.iter().map(|hidden| (hidden.text.as_str(), hidden.at)).collect();
    assert_eq!(hidden, [("not seen", 4), ("dust", 4)]);
    let removed: Vec<_> = text.removed.iter().map(|removed| (removed.text.as_str(), removed.count)).collect();
    assert_eq!(removed, [("Page 1", 2), ("Page 1", 1)]);
    assert_eq!(text.warnings[0].kind, WarningKind::HiddenText);
}

#[test]
fn hidden_text_stands_in_its_own_paragraph() {
    let text = written(|w| {
        w.text("first")?;
        w.hide(HiddenReason::Marked, "at the end")?;
        w.end_paragraph();
        w.hide(HiddenReason::Tiny, "at the beginning")?;
        w.text("second")?;
        w.hide(HiddenReason::Tiny, "inside")?;
        w.text(" third")?;
        w.end_paragraph();
        w.hide(HiddenReason::Marked, "after all")
    });
    let hidden: Vec<_> = text.hidden.iter().map(|hidden| (hidden.text.as_str(), hidden.at)).collect();
    assert_eq!(text.text, "first\n\nsecond third");
    assert_eq!(hidden, [("at the end", 5), ("at the beginning", 7), ("inside", 13), ("after all", 19)]);
}

#[test]
fn nothing_to_read_is_a_failure_and_so_is_too_much() {
    let mut empty = writer();
    empty.text(" \u{1} \n").unwrap();
    empty.end_paragraph();
    let failure = empty.finish(Format::Pdf, true).unwrap_err();
    assert!(failure.to_string().contains("probably scanned"), "{failure}");
    let mut full = Writer::new(Limits { max_text_bytes: 8, ..Limits::default() });
    full.text("four").unwrap();
    full.hide(HiddenReason::Marked, "four").unwrap();
    assert!(matches!(full.text("x"), Err(Failure::Limit { limit: 8, .. })));
}
