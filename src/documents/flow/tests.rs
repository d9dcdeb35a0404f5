//! Tests of the flow of text.

use super::{Block, Flow};
use crate::documents::{Failure, Format, HiddenReason, Limits};

fn text(write: impl FnOnce(&mut Flow) -> Result<(), Failure>) -> String {
    let mut flow = Flow::new(Limits::default());
    write(&mut flow).unwrap();
    flow.finish().unwrap().finish(Format::Docx, false).unwrap().text
}

fn paragraph(flow: &mut Flow, block: Block, text: &str) -> Result<(), Failure> {
    flow.begin(block);
    flow.text(text)?;
    flow.end()
}

#[test]
fn items_are_lines_and_paragraphs_are_apart() {
    let text = text(|flow| {
        paragraph(flow, Block::Paragraph, "a")?;
        paragraph(flow, Block::Item, "b")?;
        paragraph(flow, Block::Item, "c")?;
        paragraph(flow, Block::Paragraph, "d")
    });
    assert_eq!(text, "a\n\nb\nc\n\nd");
}

#[test]
fn cells_are_tabs_and_rows_lines() {
    let text = text(|flow| {
        paragraph(flow, Block::Paragraph, "a")?;
        flow.begin_table();
        for cell in ["b", "c"] {
            paragraph(flow, Block::Paragraph, cell)?;
            flow.end_cell();
        }
        flow.end_row();
        paragraph(flow, Block::Paragraph, "d")?;
        paragraph(flow, Block::Item, "e")?;
        flow.end_cell();
        paragraph(flow, Block::Paragraph, "f")?;
        flow.end_cell();
        flow.end_row();
        flow.end_table();
        paragraph(flow, Block::Paragraph, "g")
    });
    assert_eq!(text, "a\n\nb\tc\nd\ne\tf\n\ng");
}

#[test]
fn boxes_follow_their_paragraph_and_notes_the_text() {
    let text = text(|flow| {
        flow.begin_anchored();
        paragraph(flow, Block::Paragraph, "note")?;
        let note = flow.end_anchored()?;
        flow.text("One")?;
        flow.begin_anchored();
        paragraph(flow, Block::Paragraph, "box")?;
        flow.end_box()?;
        let number = flow.note(note)?;
        flow.text(" two.")?;
        flow.end()?;
        flow.text("Three")?;
        flow.refer(number)
    });
    assert_eq!(text, "One [1] two.\n\nbox\n\nThree [1]\n\n[1] note");
}

#[test]
fn a_break_is_one_page_however_often_it_is_written() {
    let mut flow = Flow::new(Limits::default());
    flow.text("one").unwrap();
    flow.page().unwrap();
    flow.end().unwrap();
    flow.page_by_layout();
    flow.text("two").unwrap();
    flow.page_by_layout();
    flow.text(" goes on").unwrap();
    let extraction = flow.finish().unwrap().finish(Format::Docx, false).unwrap();
    assert_eq!(extraction.text, "one\n\ntwo goes on");
    let starts: Vec<(u32, usize)> = extraction.pages.iter().map(|page| (page.number, page.start)).collect();
    assert_eq!(starts, [(1, 0), (2, 5), (3, 9)]);
}

#[test]
fn hidden_paragraphs_stay_apart() {
    let mut flow = Flow::new(Limits::default());
    for part in ["one ", "two"] {
        flow.hidden(HiddenReason::Marked, part).unwrap();
        flow.end().unwrap();
    }
    let hidden = flow.finish().unwrap().finish(Format::Docx, false).unwrap().hidden;
    assert_eq!(hidden[0].text, "one \ntwo");
}
