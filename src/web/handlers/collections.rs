//! The collections: list and create.

use axum::extract::Request;
use axum::response::Response;
use http::Uri;
use maud::{Markup, html};

use crate::proto;
use crate::web::failure::Failure;
use crate::web::forms::Form;
use crate::web::layout::parts::{collection_path, count, parameter, with_parameter};
use crate::web::layout::{self};
use crate::web::visitor::Visitor;

/// Collections on one page.
const PAGE_SIZE: u32 = 100;

/// The list of collections, page by page.
pub(in crate::web) async fn list(visitor: Visitor, uri: Uri) -> Result<Response, Failure> {
    let page_token = parameter(uri.query(), "after");
    let request = proto::ListCollectionsRequest { page_size: PAGE_SIZE, page_token };
    let request = visitor.backend.request(request);
    let listed = visitor.backend.corpus().list_collections(request).await?.into_inner();
    let content = html! {
        h1 { "Collections" }
        @if listed.collections.is_empty() {
            p { "There are no collections." }
        } @else {
            (table(&visitor, &listed.collections))
        }
        @if !listed.next_page_token.is_empty() {
            p { a href=(with_parameter("/collections", "after", &listed.next_page_token)) { "More collections" } }
        }
        @if visitor.nav.may_write { (creation(&visitor)) }
    };
    Ok(layout::page(&visitor.nav, "Collections", &content))
}

fn table(visitor: &Visitor, collections: &[proto::Collection]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Collections" {
            table {
                thead {
                    tr {
                        th scope="col" { "Name" }
                        th.count scope="col" { "Sources" }
                        th.count scope="col" { "Words" }
                        th scope="col" { "Pages" }
                    }
                }
                tbody {
                    @for collection in collections {
                        (row(visitor, collection))
                    }
                }
            }
        }
    }
}

fn row(visitor: &Visitor, collection: &proto::Collection) -> Markup {
    let stats = collection.stats.unwrap_or_default();
    let name = &collection.name;
    html! {
        tr {
            th.wide scope="row" { a href=(collection_path(name, "")) { (name) } }
            td.count { (count(stats.sources)) }
            td.count { (count(stats.words)) }
            td {
                a href=(collection_path(name, "/pairs")) aria-label={ "Compare all sources of " (name) } { "Compare all" }
                @if visitor.nav.may_write {
                    " · "
                    a href=(collection_path(name, "/add")) aria-label={ "Add sources to " (name) } { "Add" }
                }
            }
        }
    }
}

fn creation(visitor: &Visitor) -> Markup {
    html! {
        h2 { "Create a collection" }
        form method="post" action="/collections" {
            (visitor.nav.token_field())
            div.field {
                label for="name" { "Name" }
                input type="text" id="name" name="name" required maxlength="128" autocomplete="off" spellcheck="false"
                    aria-describedby="name_hint";
                p.hint id="name_hint" {
                    "Letters a-z and A-Z, digits, “.”, “_” and “-”. It begins with a letter or a digit, for example essays-2026."
                }
            }
            div.actions { button type="submit" { "Create" } }
        }
    }
}

/// Creates a collection, and leads to it.
pub(in crate::web) async fn create(visitor: Visitor, request: Request) -> Result<Response, Failure> {
    let form = Form::read_small(&visitor, request).await?;
    let name = form.value("name")?.trim().to_owned();
    if name.is_empty() {
        return Err(Failure::bad_form("Give the collection a name"));
    }
    let message = proto::CreateCollectionRequest { name, ..proto::CreateCollectionRequest::default() };
    let request = visitor.backend.request(message);
    let created = visitor.backend.corpus().create_collection(request).await?.into_inner();
    let name = created.collection.map(|collection| collection.name).unwrap_or_default();
    Ok(layout::redirect(&collection_path(&name, "/add")))
}
