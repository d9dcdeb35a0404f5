//! Where a request comes from: the host that it names, and the site whose page sent it.

use std::net::IpAddr;

use http::{HeaderMap, Method, Uri, header};

use crate::web::failure::Failure;

/// Checks that the request names a loopback host. Otherwise another site's name, resolved to this address, would make its pages the same
/// origin as these (DNS rebinding).
pub(super) fn check_loopback(uri: &Uri, headers: &HeaderMap) -> Result<(), Failure> {
    let host = authority(uri, headers).map(host);
    if host.is_some_and(is_loopback) {
        return Ok(());
    }
    Err(Failure::forbidden(
        "This server has no keys, so it answers only under the names of this machine: open it as http://localhost with its port",
    ))
}

/// Checks that a request that may change something comes from a page of this server.
pub(super) fn check_same_origin(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Failure> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let origin = headers.get(header::ORIGIN).map(|value| value.to_str().unwrap_or_default());
    // The browser's own statement comes first: a proxy may have changed the host.
    let is_same = match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        // A program that is no browser sends neither; it still needs the cookie and the form's token.
        None => origin.is_none_or(|origin| {
            let from = origin.split_once("://").map(|(_, authority)| authority);
            from.is_some() && from == authority(uri, headers)
        }),
    };
    is_same.then_some(()).ok_or_else(|| {
        Failure::forbidden(
            "This form was sent from another site: open the page of this server, and send it from there",
        )
    })
}

/// The authority that the request is for.
fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let named = uri.authority().map(http::uri::Authority::as_str);
    named.or_else(|| headers.get(header::HOST)?.to_str().ok())
}

/// The host of an authority, without its port.
fn host(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let is_name = name == "localhost" || name.ends_with(".localhost");
    is_name || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        let root = Uri::from_static("/");
        for good in
            ["localhost", "localhost:8080", "LOCALHOST.", "127.0.0.1:8080", "[::1]:8080", "a.localhost"]
        {
            assert!(check_loopback(&root, &headers(&[("host", good)])).is_ok(), "{good}");
        }
        for bad in
            ["", "evil.example", "localhost.evil.example", "192.0.2.1", "127.0.0.1.evil.example", "[::2]"]
        {
            assert!(check_loopback(&root, &headers(&[("host", bad)])).is_err(), "{bad}");
        }
        assert!(check_loopback(&root, &HeaderMap::new()).is_err());
        let absolute = Uri::from_static("http://evil.example/");
        assert!(check_loopback(&absolute, &headers(&[("host", "localhost")])).is_err());
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        let root = Uri::from_static("/");
        let is_allowed = |pairs: &[(&'static str, &str)]| {
            let headers = headers(&[pairs, &[("host", "essays.example:8080")]].concat());
            check_same_origin(&Method::POST, &root, &headers).is_ok()
        };
        for good in [
            &[][..],
            &[("origin", "http://essays.example:8080")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://essays.example")],
        ] {
            assert!(is_allowed(good), "{good:?}");
        }
        for bad in [
            &[("origin", "http://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "http://essays.example:8081")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://essays.example:8080")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(!is_allowed(bad), "{bad:?}");
        }
        assert!(
            check_same_origin(&Method::GET, &root, &headers(&[("sec-fetch-site", "cross-site")])).is_ok()
        );
    }
}
