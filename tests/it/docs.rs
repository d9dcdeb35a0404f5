//! Quotations in the docs match the files that they quote.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The lines of a file between `[part]` and `[/part]`.
fn part(file: &Path, part: &str) -> String {
    let text = fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    let mut find = |mark: String| {
        let before: Vec<&str> = lines.by_ref().take_while(|line| !line.ends_with(&mark)).collect();
        before.join("\n")
    };
    find(format!(" [{part}]"));
    find(format!(" [/{part}]"))
}

#[test]
fn the_examples_of_clients_are_quoted_as_they_stand() {
    let docs = fs::read_to_string(root().join("docs/clients.md")).unwrap();
    let mut quoted = 0;
    for block in docs.split("<!-- from ").skip(1) {
        let (source, rest) = block.split_once(" -->\n```").unwrap();
        let (_language, rest) = rest.split_once('\n').unwrap();
        let (code, _) = rest.split_once("\n```").unwrap();
        let (file, name) = source.split_once('#').unwrap();
        let expected = part(&root().join(file), name);
        assert!(!expected.is_empty(), "{file} has no part {name}");
        assert_eq!(code.trim(), expected.trim(), "docs/clients.md quotes another {source}");
        quoted += 1;
    }
    assert!(quoted > 10, "only {quoted} parts are quoted");
}

/// The targets of links in a Markdown text that are files of this project.
fn linked(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let files = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    files.map(|target| target.split('#').next().unwrap_or(target))
}

#[test]
fn links_lead_somewhere() {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let tops = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(|name| root().join(name));
    let pages: Vec<PathBuf> =
        docs.chain(tops).filter(|page| page.extension().is_some_and(|e| e == "md")).collect();
    assert!(pages.len() > 8);
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for target in linked(&text) {
            assert!(page.parent().unwrap().join(target).exists(), "{}: no {target}", page.display());
        }
    }
}
