//! The web page of a server with keys.

use std::time::Duration;

use palimpsest::server::{KeyFile, Role};

use super::browser::{Browser, Page, Site, field};
use super::{BRIDGES, ESSAY};
use crate::access::Keys;
use crate::certificates::Authority;
use crate::harness::pass;
use crate::watched::Watched;

async fn site(keys: &Keys, arguments: &[&str]) -> Site {
    Site::start(&[&["--keys", keys.path.to_str().unwrap()], arguments].concat()).await
}

fn log_in(browser: &mut Browser, key: &str) -> Page {
    browser.send("/login", "/login", &[field("key", key), field("from", "/collections")])
}

#[tokio::test]
async fn a_key_opens_the_pages_that_its_role_allows() {
    let keys = Keys::new();
    let (write, _) = keys.make(Role::Write, &["*"]);
    let (check, _) = keys.make(Role::Check, &["course-*"]);
    let site = site(&keys, &[]).await;
    let mut writer = site.browser();
    let first = writer.get("/collections?after=");
    assert_eq!(
        (first.status, first.header("location")),
        (303, Some("/login?from=%2Fcollections%3Fafter%3D"))
    );
    writer
        .send("/login", "/login", &[field("key", "pal_wrong")])
        .shows(401, &["unknown, expired or revoked"]);
    writer.send("/login", "/login", &[field("key", "")]).shows(401, &["This is no key"]);
    log_in(&mut writer, &write).shows(200, &["Create a collection", "Log out"]);
    writer.send("/collections", "/collections", &[field("name", "course-1")]).shows(200, &["Add sources"]);
    let add = "/collections/course-1/add";
    writer.send(add, add, &[field("id", "bridges"), field("text", BRIDGES)]).shows(200, &["1 text is in"]);

    let mut checker = site.browser();
    let collections = log_in(&mut checker, &check);
    collections.shows(200, &["course-1"]);
    for hidden in ["default", "Create a collection", "/add"] {
        assert!(!collections.body.contains(hidden), "{hidden}: {}", collections.body);
    }
    checker.open(add).shows(403, &["role write"]);
    let refused = checker.send("/", add, &[field("id", "x"), field("text", BRIDGES)]);
    refused.shows(403, &["needs a key with the role write"]);
    let report = checker.send("/", "/check", &[field("text", ESSAY), field("collection", "course-1")]);
    report.shows(200, &["bridges"]);
    checker
        .send("/", "/check", &[field("text", ESSAY), field("collection", "default")])
        .shows(404, &["default"]);
    // The cookie does not hold the key as it is.
    let cookies: String = checker.cookies.values().cloned().collect();
    assert!(!cookies.contains(&check) && !cookies.contains("pal_"), "{cookies}");
    // Nor does anything in the log.
    let log = site.server.log();
    assert!(!log.contains(&check) && !log.contains(&write), "{log}");
}

#[tokio::test]
async fn a_session_ends_with_its_key_and_when_its_owner_says_so() {
    let keys = Keys::new();
    let (key, id) = keys.make(Role::Write, &["*"]);
    let site = site(&keys, &[]).await;
    let mut browser = site.browser();
    log_in(&mut browser, &key).shows(200, &["Log out"]);
    let stolen = browser.clone();
    browser.send("/", "/logout", &[]).shows(200, &["Log in"]);
    for mut left in [browser.clone(), stolen] {
        assert_eq!(left.get("/collections").status, 303);
    }
    log_in(&mut browser, &key).shows(200, &["Log out"]);
    let token = browser.open("/").token();
    KeyFile::change(&keys.path, |keys| keys.remove(&id)).unwrap();
    pass(Duration::from_millis(2500)).await;
    let form = [field("form_token", &token), field("text", ESSAY), field("collection", "default")];
    browser.post("/check", &form).shows(401, &["unknown, expired or revoked", "href=\"/login\""]);
    assert_eq!(browser.get("/collections").status, 303);
}

#[tokio::test]
async fn a_form_without_a_session_or_with_a_changed_one_is_refused() {
    let keys = Keys::new();
    let (key, _) = keys.make(Role::Write, &["*"]);
    let site = site(&keys, &[]).await;
    let mut browser = site.browser();
    log_in(&mut browser, &key).shows(200, &[]);
    let (name, value) = browser.cookies.clone().into_iter().next().unwrap();
    let half = &value[..value.len() / 2];
    let changed = format!("{}A", &value[..value.len() - 1]);
    for bad in ["", "x", half, &changed, &format!("{value}; {name}={value}")] {
        if bad == value {
            continue;
        }
        let page =
            browser.clone().request("GET", "/collections", &[("cookie", &format!("{name}={bad}"))], b"");
        assert_eq!(page.status, 303, "{bad}");
    }
    // Keys that an attacker's session holds are of no use to it: the token belongs to the session.
    let mut other = site.browser();
    let token = other.open("/login").token();
    let form = [field("form_token", &token), field("name", "mine")];
    browser.post("/collections", &form).shows(403, &["does not belong to your session"]);
}

#[tokio::test]
async fn limits_of_a_key_hold_for_its_pages() {
    let keys = Keys::new();
    let (key, _) = keys.make(Role::Check, &["*"]);
    let site = site(&keys, &["--max-calls-per-second", "2"]).await;
    let mut browser = site.browser();
    log_in(&mut browser, &key);
    let pages: Vec<Page> = (0..6).map(|_| browser.get("/collections")).collect();
    let refused = pages.iter().find(|page| page.status == 429).expect("some page is refused");
    refused.shows(429, &["max_calls_per_second"]);
    assert!(refused.header("retry-after").is_some(), "{}", refused.head);
}

#[tokio::test]
async fn over_tls_the_cookie_is_for_tls_only() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let ca = folder.path().join("ca.pem");
    authority.write(&ca);
    let (certificate, private_key) = authority.pair_until("localhost", 2100).write(folder.path(), "server");
    let keys = Keys::new();
    let (key, _) = keys.make(Role::Write, &["*"]);
    let server = Watched::start_silent(&[
        "--in-memory",
        "--web-listen",
        "127.0.0.1:0",
        "--tls-certificate",
        certificate.to_str().unwrap(),
        "--tls-private-key",
        private_key.to_str().unwrap(),
        "--keys",
        keys.path.to_str().unwrap(),
    ])
    .await;
    let site = Site::of(server).await;
    let mut browser = site.secure_browser(&ca);
    let login = browser.get("/login");
    let cookie = login.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure"), "{cookie}");
    log_in(&mut browser, &key).shows(200, &["Log out"]);
    let add = "/collections/default/add";
    browser.send(add, add, &[field("id", "bridges"), field("text", BRIDGES)]).shows(200, &["1 text is in"]);
    let report = browser.send("/", "/check", &[field("text", ESSAY), field("collection", "default")]);
    report.shows(200, &["bridges"]);
    // Without TLS there is no page.
    assert!(site.browser().exchange(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").len() < 100);
}
