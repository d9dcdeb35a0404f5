//! Logging in with a key, and out.

use axum::extract::{Request, State};
use axum::response::Response;
use http::{Uri, header};
use maud::{Markup, html};

use std::sync::Arc;

use crate::web::WebState;
use crate::web::failure::Failure;
use crate::web::forms::Form;
use crate::web::guard::session::{MAX_KEY_BYTES, Session};
use crate::web::layout::{self, parts::parameter};
use crate::web::visitor::Visitor;

/// The form for a key.
pub(in crate::web) async fn form(State(state): State<Arc<WebState>>, visitor: Visitor, uri: Uri) -> Response {
    if state.options.authenticate.is_none() {
        return layout::redirect("/");
    }
    let from = parameter(uri.query(), "from");
    layout::page(&visitor.nav, "Log in", &content(&visitor, &from, None))
}

fn content(visitor: &Visitor, from: &str, problem: Option<&str>) -> Markup {
    html! {
        h1 { "Log in" }
        p { "This server requires a key. The operator makes it with " code { "palimpsest key create" } "." }
        @if let Some(problem) = problem {
            p.failure role="alert" id="problem" { (problem) }
        }
        form method="post" action="/login" {
            (visitor.nav.token_field())
            input type="hidden" name="from" value=(from);
            div.field {
                label for="key" { "Key" }
                input type="password" id="key" name="key" required autocomplete="current-password" spellcheck="false"
                    aria-describedby=[problem.map(|_| "problem")];
            }
            div.actions { button type="submit" { "Log in" } }
        }
    }
}

/// Checks the key, and begins a session with it.
pub(in crate::web) async fn submit(visitor: Visitor, request: Request) -> Result<Response, Failure> {
    let form = Form::read_small(&visitor, request).await?;
    let (key, from) = (form.value("key")?.trim(), form.value("from")?);
    let state = &visitor.state;
    let Some(authenticate) = &state.options.authenticate else { return Ok(layout::redirect("/")) };
    let checked = if key.is_empty() || key.len() > MAX_KEY_BYTES {
        Err(Failure::login_needed("This is no key: copy it whole, from pal_ on"))
    } else {
        authenticate(key).map_err(Failure::from)
    };
    if let Err(failure) = checked {
        tracing::info!(
            peer = visitor.backend.peer.map(tracing::field::display),
            "web page: a log-in was refused"
        );
        let content = content(&visitor, from, Some(&failure.message));
        return Ok(layout::page_with(failure.status, &visitor.nav, failure.title, &content));
    }
    let session = Session::begin(Some(key.to_owned())).map_err(|_| Failure::defect())?;
    let cookie = state.sessions.cookie(&session).ok_or_else(Failure::defect)?;
    state.sessions.end(&visitor.session);
    let mut response = layout::redirect(if is_own_path(from) { from } else { "/" });
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Ends the session.
pub(in crate::web) async fn end(visitor: Visitor, request: Request) -> Result<Response, Failure> {
    Form::read_small(&visitor, request).await?;
    let sessions = &visitor.state.sessions;
    sessions.end(&visitor.session);
    visitor.state.jobs.stop_all(&visitor.session.id);
    let fresh = Session::begin(None).map_err(|_| Failure::defect())?;
    let cookie = sessions.cookie(&fresh).ok_or_else(Failure::defect)?;
    let mut response = layout::redirect("/login");
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// True for a path of this server, as opposed to an address of another.
fn is_own_path(path: &str) -> bool {
    let is_path =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t']);
    is_path && path.parse::<Uri>().is_ok_and(|uri| uri.authority().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_leads_to_this_server_only() {
        for good in ["/", "/collections?after=x", "/collections/a/pairs"] {
            assert!(is_own_path(good), "{good}");
        }
        for bad in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "evil"]
        {
            assert!(!is_own_path(bad), "{bad}");
        }
    }
}
