//! Whole pages.

use super::{RenderOptions, ReportKind, check};
use crate::engine::{ComparedText, DetectionOptions, Engine, Stop};
use crate::proto;
use crate::service::report_to_proto;

/// The report of a comparison, with excerpts.
fn compared(submission: &str, sources: &[(&str, &str, &str)]) -> proto::Report {
    let engine = Engine::in_memory().unwrap();
    let text = |(id, title, text): &(&str, &str, &str)| ComparedText {
        id: (*id).to_owned(),
        title: (*title).to_owned(),
        text: (*text).into(),
    };
    let sources: Vec<ComparedText> = sources.iter().map(text).collect();
    let options = DetectionOptions { include_excerpts: true, ..DetectionOptions::default() };
    report_to_proto(engine.compare(submission, &sources, &options, &Stop::never()).unwrap())
}

#[test]
fn a_report_is_one_complete_file() {
    let submission = "The harbour master kept a ledger of every ship that came in under sail, with its cargo and its crew. Nothing else is known of him.";
    let source = "It is said that the harbour master kept a ledger of each ship that came in under sail, with its cargo and its crew, until he died.";
    let report = compared(submission, &[("a", "The <b>Harbour</b>", source)]);
    let html = check(&report, submission, &RenderOptions::new(ReportKind::Compare, "essay.txt"));
    assert!(html.contains(r#"<b id="num">20</b> of <b id="den">26</b> words"#));
    assert!(html.contains("The &lt;b&gt;Harbour&lt;/b&gt;") && !html.contains("<b>Harbour"));
    assert!(html.ends_with("</body></html>\n"));
}
