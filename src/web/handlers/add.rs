//! Adding sources to a collection: several files, or a text that is pasted.

use axum::extract::{Path, Request};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use crate::proto::{self, IfExists, import_sources_response};
use crate::web::documents;
use crate::web::failure::Failure;
use crate::web::forms::{Form, NamedText};
use crate::web::layout;
use crate::web::layout::parts::{collection_path, count, file_zone};
use crate::web::visitor::Visitor;

/// The choices for a source whose name is taken: value, label, and what the service does.
const CHOICES: [(&str, &str, IfExists); 3] = [
    ("keep", "Refuse the new text, unless it is the same", IfExists::RejectDifferent),
    ("replace", "Replace the old text, unless it is the same", IfExists::ReplaceDifferent),
    ("reject", "Refuse the new text", IfExists::Reject),
];

/// The form for new sources.
pub(in crate::web) async fn form(visitor: Visitor, Path(name): Path<String>) -> Result<Response, Failure> {
    let request = visitor.backend.request(proto::GetCollectionRequest { name: name.clone() });
    visitor.backend.corpus().get_collection(request).await?;
    if !visitor.nav.may_write {
        return Err(Failure::forbidden(
            "Adding sources needs a key with the role write: log in with another key",
        ));
    }
    let content = html! {
        h1 { "Add sources to " bdi { (name) } }
        form method="post" enctype="multipart/form-data" action=(collection_path(&name, "/add")) {
            (visitor.nav.token_field())
            (texts(&visitor))
            (facts())
            div.actions { button type="submit" { "Add" } }
        }
        p { a href=(collection_path(&name, "")) { "Sources of " bdi { (name) } } }
    };
    Ok(layout::page(&visitor.nav, "Add sources", &content))
}

fn texts(visitor: &Visitor) -> Markup {
    html! {
        fieldset {
            legend { "Texts" }
            (file_zone("files", "Files", true, visitor.state.options.max_document_bytes))
            div.field {
                label for="text" { "Or paste one text" }
                textarea id="text" name="text" dir="auto" {}
            }
        }
    }
}

fn facts() -> Markup {
    html! {
        fieldset {
            legend { "About them" }
            div.columns {
                div.field {
                    label for="id" { "Name" }
                    input type="text" id="id" name="id" autocomplete="off" spellcheck="false" aria-describedby="id_hint";
                    p.hint id="id_hint" { "Of a pasted text or a single file. Empty for the file’s own name." }
                }
                div.field {
                    label for="title" { "Title" }
                    input type="text" id="title" name="title" autocomplete="off" aria-describedby="title_hint";
                    p.hint id="title_hint" { "Of a pasted text or a single file." }
                }
                div.field {
                    label for="group" { "Group" }
                    input type="text" id="group" name="group" autocomplete="off" aria-describedby="group_hint";
                    p.hint id="group_hint" { "For example the author, whose own earlier work need not count." }
                }
                div.field {
                    label for="if_exists" { "If a name is taken" }
                    select id="if_exists" name="if_exists" {
                        @for (value, label, _) in CHOICES { option value=(value) { (label) } }
                    }
                }
            }
        }
    }
}

/// What became of one text.
struct Added {
    name: String,
    result: Result<proto::AddSourceResponse, Failure>,
}

/// Adds the texts of a form, and says what became of each.
pub(in crate::web) async fn submit(
    visitor: Visitor,
    Path(collection): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let form = Form::read(&visitor, request).await?;
    let texts = chosen(&visitor, &form).await?;
    let if_exists = if_exists(&form)?;
    let (sources, mut added) = sources(&form, texts)?;
    let requests: Vec<_> = sources
        .into_iter()
        .map(|source| proto::ImportSourcesRequest {
            collection: collection.clone(),
            source: Some(source),
            if_exists: if_exists.into(),
            request_id: String::new(),
        })
        .collect();
    if !requests.is_empty() {
        added.extend(import(&visitor, requests).await?);
    }
    if let [Added { result: Err(failure), .. }] = added.as_slice() {
        return Err(failure.clone());
    }
    let failed = added.iter().filter_map(|one| one.result.as_ref().err());
    let is_all_failed = failed.clone().count() == added.len();
    let status =
        failed.map(|failure| failure.status).next().filter(|_| is_all_failed).unwrap_or(StatusCode::OK);
    let content = results(&visitor, &collection, &added);
    Ok(layout::page_with(status, &visitor.nav, "Added sources", &content))
}

/// The texts of the form: its files, or the pasted text without a name.
async fn chosen(visitor: &Visitor, form: &Form) -> Result<Vec<Result<NamedText, Failure>>, Failure> {
    let (files, pasted) = (form.files("files")?, form.pasted("text")?);
    match (files.is_empty(), pasted) {
        (false, None) => Ok(documents::read_all(visitor, files).await),
        (true, Some(text)) => Ok(vec![Ok(NamedText::pasted("", text))]),
        (true, None) => Err(Failure::bad_form("There is no text: choose a file, or paste a text")),
        (false, Some(_)) => Err(Failure::bad_form(
            "There are files and a pasted text: send the files first, then paste the text",
        )),
    }
}

fn if_exists(form: &Form) -> Result<IfExists, Failure> {
    let value = form.value("if_exists")?;
    let chosen = CHOICES.iter().find(|(own, ..)| *own == value || value.is_empty());
    let unknown = || {
        Failure::bad_form(format!("“If a name is taken” is {value:?}, but must be keep, replace or reject"))
    };
    chosen.map(|(.., if_exists)| *if_exists).ok_or_else(unknown)
}

/// The sources that the texts make, and those that are no texts.
fn sources(
    form: &Form,
    texts: Vec<Result<NamedText, Failure>>,
) -> Result<(Vec<proto::Source>, Vec<Added>), Failure> {
    let (id, title, group) =
        (form.value("id")?.trim(), form.value("title")?.trim(), form.value("group")?.trim());
    if texts.len() > 1 && !(id.is_empty() && title.is_empty()) {
        return Err(Failure::bad_form(
            "A name and a title are for a single text, but there are several files: leave them empty, or send one file",
        ));
    }
    let (mut sources, mut failed) = (Vec::new(), Vec::new());
    for text in texts {
        match text {
            Err(failure) => failed.push(Added { name: String::new(), result: Err(failure) }),
            Ok(text) => {
                let own_title = if title.is_empty() { text.title().to_owned() } else { title.to_owned() };
                let names = [id, &text.name, title];
                let name = names.into_iter().find(|name| !name.is_empty());
                let id = name.ok_or_else(|| Failure::bad_form("Give the pasted text a name"))?.to_owned();
                let (group, pages) = (group.to_owned(), text.document.and_then(|document| document.pages));
                let (title, text) = (own_title, text.text);
                sources.push(proto::Source { id, title, group, text, pages, ..proto::Source::default() });
            }
        }
    }
    Ok((sources, failed))
}

/// Adds sources; they become durable together.
async fn import(
    visitor: &Visitor,
    requests: Vec<proto::ImportSourcesRequest>,
) -> Result<Vec<Added>, Failure> {
    let id = |request: &proto::ImportSourcesRequest| request.source.as_ref().map(|source| source.id.clone());
    let names: Vec<String> = requests.iter().map(|request| id(request).unwrap_or_default()).collect();
    let backend = &visitor.backend;
    let stream = futures_util::stream::iter(requests);
    let request = backend.request_within(stream, visitor.state.options.max_deadline);
    let mut responses = backend.corpus().import_sources(request).await?.into_inner();
    let mut added = Vec::new();
    let mut names = names.into_iter();
    while let Some(response) = responses.message().await? {
        let name = names.next().unwrap_or_default();
        let result = match response.result {
            Some(import_sources_response::Result::Added(added)) => Ok(added),
            Some(import_sources_response::Result::Error(error)) => Err(Failure::of_item(&error)),
            None => Err(Failure::defect()),
        };
        added.push(Added { name, result });
    }
    Ok(added)
}

fn results(visitor: &Visitor, collection: &str, added: &[Added]) -> Markup {
    let failed = added.iter().filter(|one| one.result.is_err()).count();
    let done = added.len() - failed;
    html! {
        h1 { "Added sources" }
        @if done > 0 {
            p.success role="status" {
                (count(done as u64)) @if done == 1 { " text is" } @else { " texts are" }
                " in " bdi { (collection) } " now."
            }
        }
        @if failed > 0 {
            p.failure role="alert" {
                (count(failed as u64)) @if failed == 1 { " text was" } @else { " texts were" }
                " not added. The table has the reasons."
            }
        }
        div.scroll tabindex="0" role="region" aria-label="Texts" {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Result" } th.count scope="col" { "Words" } } }
                tbody {
                    @for one in added { (result(one)) }
                }
            }
        }
        div.actions {
            a.button href="/" { "Check a text" }
            @if visitor.nav.may_write {
                a.button.second href=(collection_path(collection, "/add")) { "Add more" }
            }
            a.button.second href=(collection_path(collection, "")) { "Sources of " bdi { (collection) } }
        }
    }
}

fn result(added: &Added) -> Markup {
    html! {
        tr {
            th.wide scope="row" { bdi { (added.name) } }
            @match &added.result {
                Ok(done) => {
                    td.wide {
                        (verb(done))
                        @if let Some(same) = done.exact_duplicates.first() {
                            "; the same words are in " bdi { (same) }
                        }
                    }
                    td.count { (count(done.stats.unwrap_or_default().words)) }
                }
                Err(failure) => {
                    td.wide.bad { (failure.message) }
                    td.count {}
                }
            }
        }
    }
}

fn verb(added: &proto::AddSourceResponse) -> &'static str {
    match (added.unchanged, added.replaced) {
        (true, _) => "unchanged",
        (false, true) => "replaced",
        (false, false) => "added",
    }
}
