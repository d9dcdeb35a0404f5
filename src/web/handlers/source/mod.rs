//! The page of a source, as a library shows a work: its length and first words, what can be asked about it, and related sources.

pub(in crate::web) mod grammar;
mod related;
pub(in crate::web) mod writing;

use axum::extract::Path;
use axum::response::Response;
use http::Uri;
use maud::{Markup, html};

use super::report::{self, Submission};
use crate::proto;
use crate::web::failure::Failure;
use crate::web::layout;
use crate::web::layout::parts::{collection_path, count, parameter, with_parameter};
use crate::web::visitor::Visitor;

/// The path of a source's page, or of one below it.
pub(super) fn source_path(collection: &str, id: &str, below: &str) -> String {
    with_parameter(&collection_path(collection, &format!("/source{below}")), "id", id)
}

/// The source that an address names.
fn name_of(collection: String, uri: &Uri) -> proto::SourceName {
    proto::SourceName { collection, id: parameter(uri.query(), "id") }
}

/// The page of a source.
pub(in crate::web) async fn show(
    visitor: Visitor,
    Path(collection): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let name = name_of(collection, &uri);
    let message = proto::GetSourceRequest {
        collection: name.collection.clone(),
        id: name.id.clone(),
        ..proto::GetSourceRequest::default()
    };
    let request = visitor.backend.request(message);
    let found = visitor.backend.corpus().get_source(request).await?.into_inner();
    let related = related::list(&visitor, &name).await?;
    let source = found.source.unwrap_or_default();
    let path = |below: &str| source_path(&name.collection, &name.id, below);
    let content = html! {
        h1 { bdi { (title(&source.title, &source.id)) } }
        p {
            @if !source.group.is_empty() { bdi { (source.group) } " · " }
            @if let Some(length) = source.length { (self::length(&length)) " · " }
            a href=(collection_path(&name.collection, "")) { bdi { (name.collection) } }
        }
        @match &found.preview {
            Some(preview) if !preview.text.is_empty() => blockquote dir="auto" { (preview.text) },
            _ => p.hint { "Its text is not shown with this key." },
        }
        div.actions {
            a.button href=(path("/check")) { "Plagiarism" }
            a.button href=(path("/grammar")) { "Grammar" }
            a.button href=(path("/writing")) { "Writing Score" }
        }
        (related)
    };
    Ok(layout::page(&visitor.nav, title(&source.title, &source.id), &content))
}

/// The title, or the id of a source without one.
fn title<'a>(title: &'a str, id: &'a str) -> &'a str {
    if title.is_empty() { id } else { title }
}

/// Words and pages.
fn length(length: &proto::TextLength) -> Markup {
    let words = if length.words == 1 { "word" } else { "words" };
    let pages = if length.pages == 1 { "page" } else { "pages" };
    let is_estimate = length.page_basis() == proto::PageBasis::Words;
    html! {
        (count(length.words)) " " (words) " · "
        @if is_estimate { span title="250 words a page" { "about " (count(length.pages)) " " (pages) } }
        @else { (count(length.pages)) " " (pages) }
    }
}

/// The heading of a page about a source, with the way back.
fn heading(name: &proto::SourceName, subject: &str) -> Markup {
    html! {
        h1 { (subject) ": " bdi { (name.id) } }
        p { a href=(source_path(&name.collection, &name.id, "")) { "Back to the source" } }
    }
}

/// The report of a source against the others of its collection.
pub(in crate::web) async fn check(
    visitor: Visitor,
    Path(collection): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let source = name_of(collection, &uri);
    let options = proto::DetectionOptions { include_excerpts: true, ..proto::DetectionOptions::default() };
    let check = proto::CheckRequest {
        scope: Some(proto::Scope { collections: vec![source.collection.clone()], ..proto::Scope::default() }),
        options: Some(options),
        source: Some(source.clone()),
        ..proto::CheckRequest::default()
    };
    report::check(&visitor, Submission { check, name: source.id, document: None }, None).await
}
