//! The document that the submission was extracted from: what is known of it, what its reader does not see, and what was
//! left out.

use maud::{Markup, html};

use crate::proto::{DocumentPages, DocumentWarning, ExtractedDocument, HiddenText, RemovedText};
use crate::render::html::glyphs::Visible;
use crate::render::html::options::RenderOptions;
use crate::render::{counted, format_name, hidden_reason, number, page_count, removed_kind};

/// Hidden texts, removed texts and warnings that are shown, of each.
const SHOWN: usize = 50;

/// Characters of a removed text that are shown.
const REMOVED_CHARS: usize = 120;

/// The section of the document; nothing if the submission was sent as text.
pub(in crate::render::html) fn section(
    document: Option<&ExtractedDocument>,
    options: &RenderOptions,
) -> Markup {
    html! {
        @if let Some(document) = document {
            section id="document" aria-labelledby="document-h" {
                h2 id="document-h" { "Document" }
                (facts(document, options))
                (warnings(&document.warnings))
                (hidden(&document.hidden))
                (removed(&document.removed))
            }
        }
    }
}

fn facts(document: &ExtractedDocument, options: &RenderOptions) -> Markup {
    let pages = document.pages.as_ref().filter(|pages| pages.count > 0);
    html! {
        dl {
            dt { "Format" } dd { (format_name(document.format())) }
            @if !document.encoding.is_empty() { dt { "Encoding" } dd { bdi { (Visible::all(&document.encoding)) } } }
            // The two may tell who wrote it.
            @if !options.hide_names && !document.title.is_empty() {
                dt class="name" { "Title" } dd class="name" { bdi { (Visible::all(&document.title)) } }
            }
            @if !options.hide_names && !document.author.is_empty() {
                dt class="name" { "Author" } dd class="name" { bdi { (Visible::all(&document.author)) } }
            }
            @if let Some(pages) = pages { dt { "Length" } dd { (length(pages)) } }
            dt { "Words" } dd { (number(document.words)) }
        }
    }
}

fn length(pages: &DocumentPages) -> String {
    page_count(pages.kind(), pages.count)
}

fn warnings(warnings: &[DocumentWarning]) -> Markup {
    html! {
        @if !warnings.is_empty() {
            div class="warn" {
                p { strong { "About the text of this document" } }
                ul { @for warning in warnings.iter().take(SHOWN) { li { bdi { (Visible::all(&warning.message)) } } } }
                (more(warnings.len(), "more warning", "more warnings"))
            }
        }
    }
}

fn hidden(hidden: &[HiddenText]) -> Markup {
    html! {
        @if !hidden.is_empty() {
            h3 { "Text that its reader does not see" }
            p { "It is not part of the submission, and was not compared." }
            ul class="alerts" {
                @for text in hidden.iter().take(SHOWN) {
                    li {
                        (counted(text.words, "word", "words")) " " (hidden_reason(text.reason())) ": "
                        q class="t" dir="auto" { (Visible::all(&text.text)) }
                    }
                }
            }
            (more(hidden.len(), "more place", "more places"))
        }
    }
}

fn removed(removed: &[RemovedText]) -> Markup {
    html! {
        @if !removed.is_empty() {
            h3 { "Left out" }
            ul {
                @for text in removed.iter().take(SHOWN) {
                    li {
                        (removed_kind(text.kind()))
                        @if text.count > 1 { ", " (number(text.count.into())) " times" }
                        ": " q class="t" dir="auto" { (Visible::all(beginning(&text.text))) }
                    }
                }
            }
            (more(removed.len(), "more text", "more texts"))
        }
    }
}

fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(REMOVED_CHARS).map_or(text.len(), |(byte, _)| byte);
    text.get(..end).unwrap_or_default()
}

fn more(count: usize, one: &str, many: &str) -> Markup {
    let more = count.saturating_sub(SHOWN);
    html! { @if more > 0 { p class="note" { "And " (counted(more as u64, one, many)) "." } } }
}
