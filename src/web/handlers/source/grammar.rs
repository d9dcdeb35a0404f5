//! The mistakes of a source.

use axum::extract::Path;
use axum::response::Response;
use http::Uri;
use maud::{Markup, html};

use super::{heading, name_of};
use crate::proto;
use crate::proto::GrammarKind;
use crate::web::failure::Failure;
use crate::web::layout;
use crate::web::layout::parts::count;
use crate::web::visitor::Visitor;

/// Findings that are shown.
const MAX_FINDINGS: u32 = 500;

/// The page of the findings.
pub(in crate::web) async fn show(
    visitor: Visitor,
    Path(collection): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let name = name_of(collection, &uri);
    let message = proto::CheckGrammarRequest {
        source: Some(name.clone()),
        max_findings: MAX_FINDINGS,
        ..proto::CheckGrammarRequest::default()
    };
    let request = visitor.backend.request(message);
    let answer = visitor.backend.writing().check_grammar(request).await?.into_inner();
    let content = html! {
        (heading(&name, "Grammar"))
        (summary(&answer))
        @if !answer.findings.is_empty() { (table(&answer.findings)) }
    };
    Ok(layout::page(&visitor.nav, "Grammar", &content))
}

fn summary(answer: &proto::CheckGrammarResponse) -> Markup {
    let found: u64 = answer.counts.iter().map(|kind| kind.findings).sum();
    let checked = answer.checked.unwrap_or_default();
    html! {
        @if answer.checker.is_empty() {
            p.failure { "This text was not checked." }
        } @else {
            p {
                (count(found)) " findings in " (count(checked.words)) " of " (count(checked.of_words)) " words, by "
                (answer.checker) " " (answer.checker_version) "."
            }
        }
        @if !answer.counts.is_empty() {
            ul { @for kind in &answer.counts { li { (kind_name(kind.kind())) ": " (count(kind.findings)) } } }
        }
        @if !answer.not_checked.is_empty() {
            h2 { "Not checked" }
            ul {
                @for part in &answer.not_checked { li { (count(part.words)) " words: " (part.message) } }
            }
        }
    }
}

fn table(findings: &[proto::GrammarFinding]) -> Markup {
    html! {
        h2 { "Findings" }
        div.scroll tabindex="0" role="region" aria-label="Findings" {
            table {
                thead {
                    tr {
                        th scope="col" { "Text" }
                        th scope="col" { "Kind" }
                        th scope="col" { "What it is" }
                        th scope="col" { "Suggestions" }
                    }
                }
                tbody {
                    @for finding in findings {
                        tr {
                            th.wide scope="row" dir="auto" { (finding.text) }
                            td { (kind_name(finding.kind())) }
                            td.wide { (finding.message) }
                            td.wide dir="auto" { (finding.replacements.join(", ")) }
                        }
                    }
                }
            }
        }
    }
}

/// The name of a kind.
fn kind_name(kind: GrammarKind) -> &'static str {
    match kind {
        GrammarKind::Spelling => "Spelling",
        GrammarKind::Grammar => "Grammar",
        GrammarKind::Punctuation => "Punctuation",
        GrammarKind::Capitalization => "Capital letters",
        GrammarKind::WordChoice => "Word choice",
        GrammarKind::Repetition => "Repetition",
        GrammarKind::Style => "Style",
        GrammarKind::Other | GrammarKind::Unspecified => "Other",
    }
}
