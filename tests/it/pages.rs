//! The web page, as a browser uses it.

mod attacks;
mod browser;
mod documents;
mod keys;
mod library;

use std::time::Duration;

use browser::{Site, field, file};

use crate::harness::pass;

const BRIDGES: &str = "A bridge is a promise that two banks make to each other over running water.";
const FERRIES: &str = "Before there was a bridge, there was a ferryman who knew every name on both banks.";
const ESSAY: &str = "As somebody wrote, a BRIDGE is — a promise that two banks make to each other!";

#[tokio::test]
async fn a_teacher_adds_sources_and_checks_an_essay() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    browser.open("/").shows(200, &["There are no sources to compare with yet", "/collections/default/add"]);
    let files =
        [file("files", "bridges.txt", BRIDGES.as_bytes()), file("files", "ferries.md", FERRIES.as_bytes())];
    let added = browser.send("/collections/default/add", "/collections/default/add", &files);
    added.shows(200, &["2 texts are in", "bridges.txt", "ferries.md", "added"]);
    let pasted = [
        field("text", "The tide keeps no diary.\r\nAnd yet it is read."),
        field("id", "tides"),
        field("group", "Jonas"),
    ];
    browser
        .send("/collections/default/add", "/collections/default/add", &pasted)
        .shows(200, &["1 text is in", "tides"]);
    let again = browser.send("/collections/default/add", "/collections/default/add", &pasted);
    again.shows(200, &["unchanged"]);
    browser
        .open("/collections/default")
        .shows(200, &["bridges.txt", "ferries", "tides", "Jonas", "3 sources"]);

    browser.open("/").shows(200, &["value=\"default\"", "3 sources"]);
    let report = browser.send("/", "/check", &[field("text", ESSAY), field("collection", "default")]);
    report.shows(200, &["bridges", "12", "15", "80"]);
    assert!(
        report.header("content-security-policy").unwrap().contains("default-src 'none'"),
        "{}",
        report.head
    );
    let parts =
        [file("file", "essay.txt", ESSAY.as_bytes()), field("collection", "default"), field("save", "yes")];
    let saved = browser.send("/", "/check", &parts);
    saved.shows(200, &["essay.txt"]);
    assert!(saved.header("content-disposition").unwrap().starts_with("attachment"), "{}", saved.head);
}

#[tokio::test]
async fn collections_are_created_and_sources_deleted() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    let add = "/collections/class-7/add";
    browser
        .send("/collections", "/collections", &[field("name", "class-7")])
        .shows(200, &["Add sources to", "class-7"]);
    browser.send("/collections", "/collections", &[field("name", "class-7")]).shows(409, &["class-7"]);
    browser.send("/collections", "/collections", &[field("name", "a/b")]).shows(400, &["has '/' at byte 1"]);
    // An id may have any character but control characters.
    let id = "a/b & <i>\"c\"?.txt";
    browser.send(add, add, &[field("id", id), field("text", BRIDGES)]).shows(200, &["a/b &amp; &lt;i&gt;"]);
    let list = browser.open("/collections/class-7");
    list.shows(200, &["a/b &amp; &lt;i&gt;"]);
    assert!(!list.body.contains("<i>"));
    let (_, link) = list.body.split_once("href=\"/collections/class-7/delete?").unwrap();
    let path =
        format!("/collections/class-7/delete?{}", link.split('"').next().unwrap().replace("&amp;", "&"));
    let confirm = browser.open(&path);
    confirm.shows(200, &["This can't be undone", "a/b &amp; &lt;i&gt;"]);
    browser
        .send(&path, "/collections/class-7/delete", &[field("id", id)])
        .shows(200, &["There are no sources here"]);
    browser.open(&path).shows(404, &["Not found"]);
    for missing in
        ["/collections/none", "/collections/none/pairs", "/collections/none/add", "/nothing", "/pairs/x"]
    {
        browser.open(missing).shows(404, &["Not found"]);
    }
    assert_eq!(browser.request("PUT", "/", &[("origin", "http://evil.example")], b"").status, 403);
    browser.request("PUT", "/", &[], b"").shows(405, &["does not take requests of this method"]);
}

#[tokio::test]
async fn all_pairs_of_a_collection_are_compared() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    let copied = format!("{BRIDGES} And the rest is my own work, every last word of it.");
    let files = [
        file("files", "one.txt", BRIDGES.as_bytes()),
        file("files", "two.txt", copied.as_bytes()),
        file("files", "three.txt", FERRIES.as_bytes()),
    ];
    browser
        .send("/collections/default/add", "/collections/default/add", &files)
        .shows(200, &["3 texts are in"]);
    let form = "/collections/default/pairs";
    browser.open(form).shows(200, &["Compare all sources of", "3 sources"]);
    let token = browser.open(form).token();
    let started = browser.post(form, &[field("form_token", &token), field("min_words", "8")]);
    let job = started.header("location").unwrap_or_else(|| panic!("{started:?}")).to_owned();
    let mut report = browser.get(&job);
    while report.header("refresh").is_some() {
        pass(Duration::from_millis(100)).await;
        report = browser.get(&job);
    }
    report.shows(200, &["one.txt", "two.txt"]);
    // Another browser does not see it.
    site.browser().open(&job).shows(404, &["Not found"]);
    browser.send(form, &format!("{job}/stop"), &[]).shows(200, &["Compare all sources of"]);
    browser.open(&job).shows(404, &["Not found"]);
    browser
        .send(form, form, &[field("min_words", "many")])
        .shows(400, &["“Shortest passage, in words”", "must be a number"]);
}

#[tokio::test]
async fn mistakes_are_named_with_the_next_step() {
    let site = Site::start(&["--max-text-bytes", "2000"]).await;
    let mut browser = site.browser();
    let (check, add) = ("/check", "/collections/default/add");
    browser.send(add, add, &[field("id", "bridges"), field("text", BRIDGES)]).shows(200, &["1 text is in"]);
    let default = || field("collection", "default");
    let large = "word ".repeat(500);
    for (parts, status, said) in [
        (vec![default()], 400, "choose a file, or paste a text"),
        (vec![field("text", ESSAY)], 400, "No collection is chosen"),
        (vec![field("text", ESSAY), field("collection", "none")], 404, "none"),
        (vec![field("text", "…!"), default()], 400, "has no words"),
        (vec![field("text", &large), default()], 413, "2500"),
        (
            vec![file("file", "large.txt", large.as_bytes()), default()],
            413,
            "has 2500 bytes, but may have 2000 at most",
        ),
        (vec![file("file", "empty.docx", b""), default()], 400, "empty.docx is empty"),
        (
            vec![file("file", "essay.docx", b"PK\x03\x04"), default()],
            400,
            "essay.docx can’t be read: it looks like a zip archive",
        ),
        (
            vec![file("file", "face.png", b"\x89PNG\r\n\x1a\n\0\0"), default()],
            400,
            "face.png can’t be read: it looks like a PNG image",
        ),
        (
            vec![field("text", ESSAY), file("file", "a.txt", b"other words"), default()],
            400,
            "send one of them",
        ),
        (vec![field("text", ESSAY), field("mode", "magic"), default()], 400, "must be altered or verbatim"),
        (vec![field("text", ESSAY), field("min_words", "0"), default()], 400, "min_passage_words"),
    ] {
        let page = browser.send("/", check, &parts);
        assert!(page.body.to_lowercase().contains(&said.to_lowercase()), "{said:?} is not in {}", page.body);
        assert_eq!(page.status, status, "{said}");
        // What was pasted is in the form again.
        let pasted =
            parts.iter().find(|part| part.name == "text").map(|part| std::str::from_utf8(part.data).unwrap());
        assert!(
            pasted.is_none_or(|text| page.body.contains(&format!("dir=\"auto\">{text}<"))),
            "{}",
            page.body
        );
    }
    // Of several files, those that are texts are added.
    let mixed = [file("files", "good.txt", FERRIES.as_bytes()), file("files", "bad.odt", b"PK\x03\x04")];
    browser.send(add, add, &mixed).shows(200, &["1 text is in", "1 text was", "bad.odt can’t be read"]);
    let changed = [field("id", "bridges"), field("text", FERRIES)];
    browser.send(add, add, &changed).shows(409, &["bridges"]);
    let replaced = [field("id", "bridges"), field("text", FERRIES), field("if_exists", "replace")];
    browser.send(add, add, &replaced).shows(200, &["replaced"]);
    let unnamed = [field("text", FERRIES)];
    browser.send(add, add, &unnamed).shows(400, &["Give the pasted text a name"]);
}

#[tokio::test]
async fn pages_are_logged_and_counted_without_names() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    let add = "/collections/secretname/add";
    browser.send("/collections", "/collections", &[field("name", "secretname")]).shows(200, &["secretname"]);
    browser.send(
        add,
        add,
        &[field("id", "secretid"), field("text", "Secrettext is what nobody may log at all.")],
    );
    let checked =
        [field("text", "Secrettext is what nobody may log at all."), field("collection", "secretname")];
    let page = browser.send("/", "/check", &checked);
    let id = page.header("x-request-id").unwrap().to_owned();
    let line = site.server.line(|line| line["message"] == "page" && line["request_id"] == id.as_str()).await;
    assert_eq!((line["route"].as_str(), line["status"].as_u64()), (Some("/check"), Some(200)), "{line}");
    // The calls for the page have its id.
    let call = site.server.line(|line| line["message"] == "call" && line["request_id"] == id.as_str()).await;
    assert_eq!(call["service"], "palimpsest.v1.RenderingService", "{call}");
    assert!(site.server.metric("palimpsest_web_requests_total{status=\"200\"}").unwrap() >= 3.0);
    browser.open("/nothing").shows(404, &[]);
    assert!(site.server.metric("palimpsest_web_requests_total{status=\"404\"}").is_some());
    let (status, log) = site.server.stop();
    assert!(status.success() && !log.to_lowercase().contains("secret"), "{log}");
}

#[tokio::test]
async fn limits_are_told_and_every_page_has_its_headers() {
    let site = Site::start(&["--max-collections", "1", "--worker-threads", "1"]).await;
    let mut browser = site.browser();
    browser.send("/collections", "/collections", &[field("name", "second")]).shows(429, &["1"]);
    let page = browser.open("/");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(page.header(name), Some(value), "{}", page.head);
    }
    let policy = page.header("content-security-policy").unwrap();
    for part in ["default-src 'none'", "script-src 'sha256-", "frame-ancestors 'none'", "form-action 'self'"]
    {
        assert!(policy.contains(part), "{policy}");
    }
}
