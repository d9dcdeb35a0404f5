//! The frame around the pages: document, style, script, security headers.

pub(super) mod parts;

use std::sync::LazyLock;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use data_encoding::BASE64;
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

use super::failure::Failure;
use super::visitor::Nav;
use crate::render::html::content_security_policy;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
const ICON: &str = include_str!("icon.svg");

/// What a page may load and do: its own style and script, known by their hashes, the icon, and forms to this server.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let hash = |content: &str| BASE64.encode(digest(&SHA256, content.as_bytes()).as_ref());
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; img-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    policy.parse().ok()
});

/// Headers of every response. A referrer is sent to this server only: with none, browsers would send no origin with a form either.
const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// A page.
pub(super) fn page(nav: &Nav, title: &str, content: &Markup) -> Response {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – Palimpsest" }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header.bar {
                    div {
                        a.brand href="/" { "Palimpsest" }
                        @if nav.may_enter { (menu(nav)) }
                    }
                }
                main id="content" { (content) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], document.into_string()).into_response()
}

fn menu(nav: &Nav) -> Markup {
    html! {
        nav aria-label="Pages" {
            a href="/" { "Check a text" }
            a href="/collections" { "Collections" }
            @if nav.has_key {
                form method="post" action="/logout" {
                    (nav.token_field())
                    button.second type="submit" { "Log out" }
                }
            }
        }
    }
}

/// A page with another status than 200.
pub(super) fn page_with(status: StatusCode, nav: &Nav, title: &str, content: &Markup) -> Response {
    let mut response = page(nav, title, content);
    *response.status_mut() = status;
    response
}

/// The page of a failure, with the status and headers of `response`.
pub(super) fn failure(nav: &Nav, failure: &Failure, response: &Response) -> Response {
    let mut page = page_with(response.status(), nav, failure.title, &failure.content());
    // The length is that of the empty response.
    for (name, value) in response.headers().iter().filter(|(name, _)| **name != header::CONTENT_LENGTH) {
        page.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    if let Some(delay) = failure.retry_in.filter(|_| failure.reloads) {
        reload_after(&mut page, delay.as_secs().max(1));
    }
    page
}

/// Lets a browser load the page again after some seconds.
pub(super) fn reload_after(response: &mut Response, seconds: u64) {
    response.headers_mut().insert(HeaderName::from_static("refresh"), HeaderValue::from(seconds));
}

/// Leads to another page of this server, after a form or instead of a page.
pub(super) fn redirect(location: &str) -> Response {
    match HeaderValue::try_from(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => Failure::defect().into_response(),
    }
}

/// A report, which is a page of its own. It is shown, or saved as `file_name`.
pub(super) fn report(document: impl Into<Body>, file_name: Option<&str>) -> Response {
    let mut response = Response::new(document.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::try_from(content_security_policy()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let saved = file_name.map(|name| format!("attachment; filename=\"{name}\""));
    if let Some(saved) = saved.and_then(|saved| HeaderValue::try_from(saved).ok()) {
        headers.insert(header::CONTENT_DISPOSITION, saved);
    }
    response
}

/// The icon of the pages, which browsers may keep.
pub(super) async fn icon() -> Response {
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    let kept = (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    ([kind, kept], ICON).into_response()
}

/// Adds the headers that every response has, unless it has its own.
pub(super) fn secure(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if let Some(policy) = &*POLICY
        && !headers.contains_key(header::CONTENT_SECURITY_POLICY)
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
}
