//! Checking a text: the form on the first page, and the report.

use axum::extract::Request;
use axum::response::Response;
use maud::{Markup, html};

use super::options::{exclusions, min_passage_words, mode};
use super::report;
use crate::proto;
use crate::web::documents;
use crate::web::failure::Failure;
use crate::web::forms::{Form, NamedText};
use crate::web::layout;
use crate::web::layout::parts::{
    collection_counts, collection_path, detection_fields, exclusion_fields, file_zone, with_parameter,
};
use crate::web::visitor::Visitor;

/// Collections that the form lists.
const LISTED: u32 = 100;

/// The collection that is chosen if it exists.
const DEFAULT: &str = "default";

/// The name of a pasted text in its report.
const PASTED: &str = "Pasted text";

/// What a form that failed has sent, so that nobody has to paste a text twice.
struct Sent {
    text: String,
    collections: Vec<String>,
    has_all: bool,
    failure: Failure,
}

/// The first page: the form for a text.
pub(in crate::web) async fn form(visitor: Visitor) -> Result<Response, Failure> {
    let content = content(&visitor, None).await?;
    Ok(layout::page(&visitor.nav, "Check a text", &content))
}

/// The form, filled in as it was sent.
async fn content(visitor: &Visitor, sent: Option<&Sent>) -> Result<Markup, Failure> {
    let request = proto::ListCollectionsRequest { page_size: LISTED, page_token: String::new() };
    let request = visitor.backend.request(request);
    let listed = visitor.backend.corpus().list_collections(request).await?.into_inner();
    let max_bytes = visitor.state.options.max_document_bytes;
    Ok(html! {
        h1 { "Check a text" }
        @if let Some(Sent { failure, .. }) = sent {
            p.failure role="alert" { (failure.message) }
        } @else if sources(&listed.collections) == 0 && listed.next_page_token.is_empty() {
            (nothing_yet(visitor))
        }
        form method="post" enctype="multipart/form-data" action="/check" {
            (visitor.nav.token_field())
            fieldset {
                legend { "NamedText" }
                (file_zone("file", "File", false, max_bytes))
                div.field {
                    label for="text" { "Or paste the text" }
                    textarea id="text" name="text" dir="auto" { @if let Some(sent) = sent { (sent.text) } }
                }
            }
            (scope_fields(&listed, sent))
            fieldset {
                legend { "Options" }
                div.columns {
                    (detection_fields())
                    div.field {
                        label for="own_group" { "The author’s own group" }
                        input type="text" id="own_group" name="own_group" autocomplete="off" aria-describedby="own_group_hint";
                        p.hint id="own_group_hint" { "Earlier work of this group does not count." }
                    }
                }
            }
            (exclusion_fields(max_bytes))
            div.actions {
                button type="submit" { "Check" }
                button.second type="submit" name="save" value="yes" { "Check and save the report" }
            }
        }
    })
}

fn sources(collections: &[proto::Collection]) -> u64 {
    collections.iter().filter_map(|collection| collection.stats).map(|stats| stats.sources).sum()
}

/// The next step where there is nothing to compare with.
fn nothing_yet(visitor: &Visitor) -> Markup {
    html! {
        p.failure role="status" {
            "There are no sources to compare with yet. "
            @if visitor.nav.may_write {
                a href=(collection_path(DEFAULT, "/add")) { "Add sources" } ", then check a text."
            } @else {
                "Somebody with a key that may write has to add them."
            }
        }
    }
}

/// The choice of collections. Without a choice so far, it is the default collection, or all if that is empty.
fn scope_fields(listed: &proto::ListCollectionsResponse, sent: Option<&Sent>) -> Markup {
    let is_default = |collection: &&proto::Collection| collection.name == DEFAULT;
    let default = listed.collections.iter().find(is_default).and_then(|collection| collection.stats);
    let uses_default = default.is_some_and(|stats| stats.sources > 0);
    let is_chosen = |name: &String| match sent {
        Some(sent) => sent.collections.contains(name),
        None => listed.collections.len() == 1 || (uses_default && name == DEFAULT),
    };
    let has_all = sent.map_or(!uses_default, |sent| sent.has_all);
    html! {
        fieldset {
            legend { "Compare with these collections" }
            ul.choices {
                @if listed.collections.len() > 1 {
                    li { label { input type="checkbox" name="all" value="yes" checked[has_all]; " All collections" } }
                }
                @for collection in &listed.collections {
                    li {
                        label {
                            input type="checkbox" name="collection" value=(collection.name)
                                checked[is_chosen(&collection.name)];
                            " " (collection.name) " "
                            span.hint { "(" (collection_counts(&collection.stats.unwrap_or_default())) ")" }
                        }
                    }
                }
            }
            @if !listed.next_page_token.is_empty() {
                div.field {
                    label for="more_collections" { "More collections, separated by commas" }
                    input type="text" id="more_collections" name="more_collections" autocomplete="off" spellcheck="false";
                    p.hint { a href=(with_parameter("/collections", "after", &listed.next_page_token)) { "Their names" } }
                }
            }
        }
    }
}

/// Leads from the address of a report to the form.
pub(in crate::web) async fn to_form() -> Response {
    layout::redirect("/")
}

/// Checks a text, and answers with the report, or with the form as it was sent.
pub(in crate::web) async fn submit(visitor: Visitor, request: Request) -> Result<Response, Failure> {
    let form = Form::read(&visitor, request).await?;
    let failure = match check(&visitor, &form).await {
        Err(failure) if !failure.needs_login => failure,
        checked => return checked,
    };
    let collections = form.values("collection").filter_map(Result::ok).map(str::to_owned).collect();
    let text = form.pasted("text")?.unwrap_or_default();
    let sent = Sent { text, collections, has_all: form.is_checked("all"), failure };
    // A file has to be chosen again. If the form can't be shown, the message of the failure stands alone.
    let content = if sent.text.is_empty() { None } else { content(&visitor, Some(&sent)).await.ok() };
    let Sent { failure, .. } = sent;
    let Some(content) = content else { return Err(failure) };
    let mut page = layout::page_with(failure.status, &visitor.nav, failure.title, &content);
    failure.add_retry_after(&mut page);
    Ok(page)
}

async fn check(visitor: &Visitor, form: &Form) -> Result<Response, Failure> {
    let NamedText { name, text, document } = chosen(visitor, form).await?;
    let options = proto::DetectionOptions {
        min_passage_words: min_passage_words(form)?,
        mode: mode(form)?.into(),
        include_excerpts: true,
        exclusions: Some(exclusions(visitor, form).await?),
        ..proto::DetectionOptions::default()
    };
    let check = proto::CheckRequest {
        text,
        scope: Some(scope_of(form)?),
        options: Some(options),
        ..proto::CheckRequest::default()
    };
    let file_name = form.is_checked("save").then_some("report.html");
    report::check(visitor, report::Submission { check, name, document }, file_name).await
}

/// The file or the pasted text.
async fn chosen(visitor: &Visitor, form: &Form) -> Result<NamedText, Failure> {
    let (mut files, pasted) = (form.files("file")?, form.pasted("text")?);
    if files.len() > 1 {
        return Err(Failure::bad_form("There are several files: choose one"));
    }
    match (files.pop(), pasted) {
        (Some(file), None) => documents::read(visitor, file?).await,
        (None, Some(text)) => Ok(NamedText::pasted(PASTED, text)),
        (None, None) => Err(Failure::bad_form("There is no text: choose a file, or paste a text")),
        (Some(_), Some(_)) => Err(Failure::bad_form("There is a file and a pasted text: send one of them")),
    }
}

/// The collections to compare with.
fn scope_of(form: &Form) -> Result<proto::Scope, Failure> {
    if form.is_checked("all") {
        return Ok(proto::Scope { all_collections: true, ..proto::Scope::default() });
    }
    let listed = form.values("collection").map(|name| Ok(name?.to_owned()));
    let mut collections = listed.collect::<Result<Vec<_>, Failure>>()?;
    let more = form.value("more_collections")?.split(',').map(str::trim);
    collections.extend(more.filter(|name| !name.is_empty()).map(str::to_owned));
    if collections.is_empty() {
        return Err(Failure::bad_form("No collection is chosen: choose at least one to compare with"));
    }
    Ok(proto::Scope { collections, ..proto::Scope::default() })
}
