//! The sources of a collection: list and delete.

use axum::extract::{Path, Request};
use axum::response::Response;
use http::Uri;
use maud::{Markup, html};

use super::source::source_path;
use crate::proto;
use crate::web::failure::Failure;
use crate::web::forms::Form;
use crate::web::layout;
use crate::web::layout::parts::{collection_counts, collection_path, count, parameter, with_parameter};
use crate::web::visitor::Visitor;

/// Sources on one page.
const PAGE_SIZE: u32 = 100;

/// The sources of a collection, page by page.
pub(in crate::web) async fn list(
    visitor: Visitor,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let backend = &visitor.backend;
    let request = backend.request(proto::GetCollectionRequest { name: name.clone() });
    let collection =
        backend.corpus().get_collection(request).await?.into_inner().collection.unwrap_or_default();
    let page_token = parameter(uri.query(), "after");
    let request = proto::ListSourcesRequest {
        collection: name.clone(),
        page_size: PAGE_SIZE,
        page_token,
        ..proto::ListSourcesRequest::default()
    };
    let listed = backend.corpus().list_sources(backend.request(request)).await?.into_inner();
    let path = |below: &str| collection_path(&name, below);
    let content = html! {
        h1 { bdi { (name) } }
        p { (collection_counts(&collection.stats.unwrap_or_default())) }
        div.actions {
            @if visitor.nav.may_write { a.button href=(path("/add")) { "Add sources" } }
            a.button.second href=(path("/pairs")) { "Compare all" }
        }
        h2 { "Sources" }
        @if listed.sources.is_empty() {
            p { "There are no sources here." }
        } @else {
            (table(&visitor, &name, &listed.sources))
        }
        @if !listed.next_page_token.is_empty() {
            p { a href=(with_parameter(&path(""), "after", &listed.next_page_token)) { "More sources" } }
        }
    };
    Ok(layout::page(&visitor.nav, &name, &content))
}

fn table(visitor: &Visitor, collection: &str, sources: &[proto::Source]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Sources" {
            table {
                thead {
                    tr {
                        th scope="col" { "Name" }
                        th scope="col" { "Title" }
                        th scope="col" { "Group" }
                        th.count scope="col" { "Words" }
                        @if visitor.nav.may_write { th scope="col" { "Delete" } }
                    }
                }
                tbody {
                    @for source in sources {
                        tr {
                            th.wide scope="row" { a href=(source_path(collection, &source.id, "")) { bdi { (source.id) } } }
                            td.wide { bdi { (source.title) } }
                            td { bdi { (source.group) } }
                            td.count { (count(source.stats.unwrap_or_default().words)) }
                            @if visitor.nav.may_write { td { (deletion(collection, &source.id)) } }
                        }
                    }
                }
            }
        }
    }
}

fn deletion(collection: &str, id: &str) -> Markup {
    let path = with_parameter(&collection_path(collection, "/delete"), "id", id);
    html! { a href=(path) aria-label={ "Delete " (id) } { "Delete" } }
}

/// Asks whether a source is to be deleted.
pub(in crate::web) async fn confirm(
    visitor: Visitor,
    Path(collection): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let id = parameter(uri.query(), "id");
    let message = proto::GetSourceRequest {
        collection: collection.clone(),
        id,
        include_text: false,
        ..Default::default()
    };
    let request = visitor.backend.request(message);
    let found = visitor.backend.corpus().get_source(request).await?.into_inner();
    let source = found.source.unwrap_or_default();
    let content = html! {
        h1 { "Delete a source" }
        p {
            "Delete " strong { bdi { (source.id) } }
            @if !source.title.is_empty() { " (" bdi { (source.title) } ")" }
            " from " bdi { (collection) } "? Its text is deleted, too. This can't be undone."
        }
        form method="post" action=(collection_path(&collection, "/delete")) {
            (visitor.nav.token_field())
            input type="hidden" name="id" value=(source.id);
            div.actions {
                button.danger type="submit" { "Delete" }
                a href=(collection_path(&collection, "")) { "Keep it" }
            }
        }
    };
    Ok(layout::page(&visitor.nav, "Delete a source", &content))
}

/// Deletes a source.
pub(in crate::web) async fn delete(
    visitor: Visitor,
    Path(collection): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let form = Form::read_small(&visitor, request).await?;
    let id = form.value("id")?.to_owned();
    let message =
        proto::DeleteSourceRequest { collection: collection.clone(), id, request_id: String::new() };
    let request = visitor.backend.request(message);
    visitor.backend.corpus().delete_source(request).await?;
    Ok(layout::redirect(&collection_path(&collection, "")))
}
