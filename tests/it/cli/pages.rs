//! Reports as pages of HTML, stored sources as submissions, scopes and warnings.

use std::fs;
use std::path::Path;

use super::{Served, eventually_serving, run_in, stderr, stdout};
use crate::words::Words;

/// A server with two essays that share half of their words in `class`, and a source in `books`.
fn corpus() -> (tempfile::TempDir, Served) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("class")).unwrap();
    let shared = Words::new(1).text(60);
    fs::write(root.join("class/anna.txt"), format!("First line.\n{shared} {}", Words::new(2).text(58)))
        .unwrap();
    fs::write(root.join("class/ben.txt"), format!("{} {shared}", Words::new(3).text(60))).unwrap();
    fs::write(root.join("book.txt"), Words::new(2).text(70)).unwrap();
    let server = Served::start(&[]);
    eventually_serving(&server.address);
    for arguments in [
        &["import", "class", "--create", "--collection", "class-7b", "--group", "autumn"][..],
        &["import", "book.txt", "--create", "--collection", "books", "--label", "library"],
    ] {
        let imported = run_in(root, arguments, &server.address);
        assert!(imported.status.success(), "{}{}", stdout(&imported), stderr(&imported));
    }
    (folder, server)
}

fn page(path: &Path) -> String {
    let page = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(
        page.to_ascii_lowercase().starts_with("<!doctype html>")
            && page.ends_with("</html>\n") | page.ends_with("</html>")
    );
    page
}

#[test]
fn check_compare_and_pairs_write_pages() {
    let (folder, server) = corpus();
    let root = folder.path();
    let run = |arguments: &[&str]| {
        let output = run_in(root, arguments, &server.address);
        assert!(output.status.success(), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
        stdout(&output)
    };
    let word = Words::new(1).text(1);
    let said = run(&["check", "class/anna.txt", "--collection", "class-7b", "--html", "out/report.html"]);
    assert!(
        said.contains("covered") && said.ends_with("The whole report is in out/report.html.\n"),
        "{said}"
    );
    assert!(!said.contains("submission │"), "{said}");
    assert!(page(&root.join("out/report.html")).contains(&word));
    // A page replaces a page, and nothing else.
    run(&["check", "class/anna.txt", "--collection", "class-7b", "--html", "out/report.html"]);
    let refused = run_in(root, &["check", "class/anna.txt", "--html", "book.txt"], &server.address);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("book.txt"), "{}", stderr(&refused));
    assert_eq!(fs::read_to_string(root.join("book.txt")).unwrap(), Words::new(2).text(70));
    let json =
        run(&["check", "class/anna.txt", "--against", "class/ben.txt", "--json", "--html", "out/alone.html"]);
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
    page(&root.join("out/alone.html"));
    run(&["compare", "class/anna.txt", "class/ben.txt", "--html", "out/compared.html"]);
    page(&root.join("out/compared.html"));
    assert!(run(&["check", "class/anna.txt", "--against", "class", "--html", "-"]).starts_with("<!"));
    let said = run(&["pairs", "class-7b", "--html", "out/pairs.html"]);
    assert!(said.contains("anna.txt") && said.contains("out/pairs.html"), "{said}");
    let pairs = page(&root.join("out/pairs.html"));
    assert!(pairs.contains("anna.txt") && pairs.contains(&word), "the passages are in the page");
    let hidden = run(&["pairs", "class-7b", "--html", "out/hidden.html", "--hide-names"]);
    assert!(hidden.contains("anna.txt"), "{hidden}");
    assert!(!page(&root.join("out/hidden.html")).contains("anna.txt"));
}

#[test]
fn many_files_get_a_page_each_and_a_list() {
    let (folder, server) = corpus();
    let root = folder.path();
    fs::write(root.join("class/empty.txt"), "").unwrap();
    for arguments in [
        &["check", "class", "book.txt", "--collection", "class-7b", "--html", "out"][..],
        &["check", "class", "book.txt", "--against", "class", "--html", "alone"],
    ] {
        let output = run_in(root, arguments, &server.address);
        assert_eq!(output.status.code(), Some(3), "{}{}", stdout(&output), stderr(&output));
        let out = root.join(arguments.last().unwrap());
        for name in ["class/anna.txt.html", "class/ben.txt.html", "book.txt.html"] {
            page(&out.join(name));
        }
        let index = page(&out.join("index.html"));
        assert!(index.contains("href=\"./class/anna.txt.html\""), "{index}");
        assert!(index.contains("not checked: is empty"), "{index}");
    }
}

#[test]
fn stored_sources_are_checked_and_compared_by_their_ids() {
    let (folder, server) = corpus();
    let root = folder.path();
    let run = |arguments: &[&str]| run_in(root, arguments, &server.address);
    let said = stdout(&run(&["check", "--id", "anna.txt", "--collection", "class-7b"]));
    assert!(said.starts_with("anna.txt: ") && said.contains("ben.txt"), "{said}");
    assert!(said.contains("line 2: verbatim, 60 words, source line 1"), "{said}");
    let elsewhere = ["check", "--id", "anna.txt", "--id-collection", "class-7b", "--collection", "books"];
    let said = stdout(&run(&elsewhere));
    assert!(said.contains("book.txt") && !said.contains("ben.txt"), "{said}");
    let both =
        run(&["check", "--id", "anna.txt", "--id", "ben.txt", "--id", "nobody", "--collection", "class-7b"]);
    let said = stdout(&both);
    assert_eq!(both.status.code(), Some(3), "{said}");
    assert!(said.contains("Checked 2 of 3 files.") && said.contains("nobody"), "{said}");
    let said =
        stdout(&run(&["compare", "--id", "anna.txt", "--with", "ben.txt", "--collection", "class-7b"]));
    assert!(said.contains("line 2: verbatim, 60 words, source line 1"), "{said}");
    let missing = run(&["compare", "--id", "anna.txt", "--with", "nobody", "--collection", "class-7b"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("nobody"), "{}", stderr(&missing));
    for wrong in [
        &["compare", "--id", "anna.txt"][..],
        &["check"],
        &["check", "a.txt", "--id", "b"],
        &["compare", "a.txt"],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn scopes_have_prefixes_and_inclusions_and_warnings_name_what_does_not_exist() {
    let (folder, server) = corpus();
    let root = folder.path();
    let sources = |more: &[&str]| {
        let output = run_in(root, &[&["check", "class/anna.txt", "--json"], more].concat(), &server.address);
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        (report["sourcesInScope"].as_str().unwrap().to_owned(), stderr(&output))
    };
    assert_eq!(sources(&["--all-collections"]).0, "3");
    assert_eq!(sources(&["--collection-prefix", "class-"]).0, "2");
    assert_eq!(sources(&["--all-collections", "--include-label", "library"]).0, "1");
    assert_eq!(sources(&["--all-collections", "--include-group", "autumn"]).0, "2");
    let (in_scope, told) = sources(&["--collection", "books", "--exclude-group", "winter"]);
    assert_eq!(in_scope, "1");
    assert!(told.contains("warning: ") && told.contains("winter"), "{told}");
    let many = ["check", "class", "--collection", "books", "--exclude-label", "no-such", "--csv"];
    let told = stderr(&run_in(root, &many, &server.address));
    assert_eq!(told.matches("no-such").count(), 1, "{told}");
    let text =
        stdout(&run_in(root, &["check", "class/anna.txt", "--collection-prefix", "zz"], &server.address));
    assert!(text.contains("not checked") && text.contains("Warning: "), "{text}");
}
