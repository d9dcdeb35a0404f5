//! Requests of `RenderingService`.

use super::Fields;
use crate::proto;
use crate::proto::render_report_request::Subject;
use crate::service::problem::Problem;

/// Maximum number of bytes of a name.
const MAX_NAME_BYTES: usize = 512;

/// Maximum number of pairs in a class report.
const MAX_PAIRS: u32 = 10_000;

/// Maximum number of pairs whose passages are rendered.
const MAX_RENDERED_PAIRS: u32 = 1000;

/// Number of pairs whose passages are rendered by default.
const DEFAULT_RENDERED_PAIRS: u32 = 100;

/// A report to render.
pub(in crate::service) struct Rendering {
    pub(in crate::service) subject: Subject,
    pub(in crate::service) name: String,
    pub(in crate::service) hide_names: bool,
    pub(in crate::service) rendered_pairs: usize,
}

pub(in crate::service) fn render_report(request: proto::RenderReportRequest) -> Result<Rendering, Problem> {
    let proto::RenderReportRequest { subject, options } = request;
    let proto::RenderOptions { submission_name, hide_names, max_rendered_pairs } =
        options.unwrap_or_default();
    let mut fields = Fields::default();
    if submission_name.len() > MAX_NAME_BYTES {
        let bytes = submission_name.len();
        fields.invalid(
            "options.submission_name",
            format!("has {bytes} bytes, but may have {MAX_NAME_BYTES} at most"),
        );
    }
    let rendered = fields.number("options.max_rendered_pairs", max_rendered_pairs, 0..=MAX_RENDERED_PAIRS);
    match &subject {
        None => fields.invalid("subject", "is missing; set check, compare, pair, pairs or finished"),
        Some(Subject::Pairs(pairs)) => {
            let max_pairs = pairs.options.as_ref().and_then(|options| options.max_pairs);
            fields.number("pairs.options.max_pairs", max_pairs, 0..=MAX_PAIRS);
        }
        Some(Subject::Finished(finished)) if finished.report.is_none() => {
            fields.invalid(
                "finished.report",
                "is missing; send the report that Check, Compare or ComparePair returned",
            );
        }
        Some(_) => {}
    }
    let subject = subject.unwrap_or_else(|| Subject::Finished(proto::FinishedReport::default()));
    let rendered_pairs = rendered.unwrap_or(DEFAULT_RENDERED_PAIRS) as usize;
    fields.done(Rendering { subject, name: submission_name, hide_names, rendered_pairs })
}

/// The text of a finished report is that of another submission.
pub(in crate::service) fn other_text(words: u64, of_report: u64) -> Problem {
    let mut fields = Fields::default();
    fields.invalid(
        "finished.text",
        format!("has {words} words, but the submission of the report has {of_report}; send the text that was checked"),
    );
    fields.done(()).err().unwrap_or_else(Problem::defect)
}
