//! `palimpsest sources`, and the round trip of `export` and `import`.

use std::ffi::OsStr;
use std::fs;

use palimpsest::proto::corpus_service_client::CorpusServiceClient;

use super::{add, full, get};
use crate::cli::{Served, run, stderr, stdout};

fn json(arguments: &[&str], server: &str) -> serde_json::Value {
    let output = run(arguments, server);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ids(listed: &serde_json::Value) -> Vec<&str> {
    listed["sources"].as_array().unwrap().iter().map(|source| source["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_are_listed_updated_and_deleted_by_a_filter() {
    let server = Served::start(&[]);
    let address = server.address.as_str();
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    for number in 0..6 {
        let mut source = full(&format!("essay-{number}"), number);
        source.group = if number < 3 { "anna".to_owned() } else { "ben".to_owned() };
        add(&mut corpus, source).await;
    }
    let listed = json(&["sources", "list", "--group", "anna", "--json"], address);
    assert_eq!(ids(&listed), ["essay-0", "essay-1", "essay-2"]);
    assert_eq!(listed["sources"][0]["submittedAt"], "2023-11-14T22:13:20.123456789Z");
    assert_eq!(listed["sources"][0]["metadata"]["course"], "History 2");
    let listed = json(&["sources", "list", "--id-prefix", "essay-5", "--label", "essay", "--json"], address);
    assert_eq!(ids(&listed), ["essay-5"]);
    let times =
        ["--submitted-from", "2023-11-14T23:13:20+01:00", "--submitted-before", "2024-01-01T00:00:00Z"];
    let listed = json(&[&["sources", "list", "--json", "--limit", "2"], &times[..]].concat(), address);
    assert_eq!(ids(&listed), ["essay-0", "essay-1"]);
    let table = stdout(&run(&["sources", "list", "--group", "ben", "--group", "nobody"], address));
    assert!(table.contains("essay-4") && !table.contains("essay-1"), "{table}");

    let update = [
        "sources",
        "update",
        "essay-1",
        "--title",
        "New",
        "--group",
        "ben",
        "--label",
        "x",
        "--label",
        "y",
        "--uri",
        "https://example.org/2",
        "--submitted-at",
        "2026-01-31T12:00:00Z",
        "--metadata",
        "a=b=c",
        "--metadata",
        "d=",
        "--json",
    ];
    let updated = json(&update, address);
    assert_eq!(updated["metadata"], serde_json::json!({ "a": "b=c", "d": "" }));
    assert_eq!(updated["submittedAt"], "2026-01-31T12:00:00Z");
    let found = get(&mut corpus, "essay-1").await;
    assert_eq!(
        (found.title.as_str(), found.group.as_str(), found.labels),
        ("New", "ben", vec!["x".to_owned(), "y".to_owned()])
    );
    let output =
        run(&["sources", "update", "essay-1", "--clear", "labels", "--clear", "submitted-at"], address);
    assert_eq!(stdout(&output), "Updated source essay-1.\n", "{}", stderr(&output));
    let found = get(&mut corpus, "essay-1").await;
    assert_eq!((found.labels.len(), found.submitted_at, found.title.as_str()), (0, None, "New"));
    let shown = stdout(&run(&["sources", "get", "essay-1"], address));
    assert!(shown.contains("https://example.org/2") && shown.contains("a=b=c"), "{shown}");

    let preview = stdout(&run(&["sources", "delete", "--group", "anna", "--dry-run"], address));
    assert_eq!(preview, "This would delete 2 sources of collection default.\n  essay-0\n  essay-2\n");
    let refused = run(&["sources", "delete", "--group", "anna"], address);
    assert!(stderr(&refused).contains("--yes"), "{}", stderr(&refused));
    let deleted = stdout(&run(&["sources", "delete", "--group", "anna", "--yes"], address));
    assert_eq!(deleted, "Deleted 2 sources of collection default.\n");
    let deleted =
        json(&["sources", "delete", "--id-prefix", "essay-", "--label", "2026", "--yes", "--json"], address);
    assert_eq!(
        (&deleted["sourcesDeleted"], &deleted["sourceIds"]),
        (&"3".into(), &serde_json::json!(["essay-3", "essay-4", "essay-5"]))
    );
    let deleted = stdout(&run(&["sources", "delete", "essay-1", "--yes"], address));
    assert_eq!(deleted, "Deleted source essay-1.\n");
}

#[test]
fn wrong_arguments_say_what_to_write() {
    let server = Served::start(&[]);
    for (arguments, problem) in [
        (&["sources", "update", "a"][..], "required"),
        (&["sources", "update", "a", "--metadata", "b"], "write KEY=VALUE"),
        (&["sources", "update", "a", "--submitted-at", "31.1.2026"], "such as 2026-01-31T12:00:00Z"),
        (&["sources", "update", "a", "--title", "t", "--clear", "title"], "set and cleared"),
        (&["sources", "update", "a", "--title", "t"], "no source \"a\""),
        (&["sources", "delete"], "--id-prefix"),
        (&["sources", "delete", "a", "--group", "g", "--yes"], "not both"),
        (&["sources", "list", "--submitted-from", "today"], "RFC 3339"),
    ] {
        let output = run(arguments, &server.address);
        assert!(
            !output.status.success() && stderr(&output).contains(problem),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_imported_with_all_fields() {
    let (one, other) = (Served::start(&[]), Served::start(&[]));
    let mut corpus = CorpusServiceClient::connect(one.address.clone()).await.unwrap();
    add(&mut corpus, full("a", 1)).await;
    add(
        &mut corpus,
        palimpsest::proto::Source { id: "plain".to_owned(), text: super::text(2), ..Default::default() },
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.jsonl");
    let path = AsRef::<OsStr>::as_ref(&file).to_str().unwrap();
    let output = run(&["export", path], &one.address);
    assert!(output.status.success(), "{}", stderr(&output));
    let lines = fs::read_to_string(&file).unwrap();
    assert!(lines.contains("\"submitted_at\":\"2023-11-14T22:13:20.123456789Z\""), "{lines}");
    assert!(lines.lines().any(|line| line.starts_with("{\"id\":\"plain\",\"text\":")), "{lines}");
    let output = run(&["import", path], &other.address);
    assert!(output.status.success(), "{}", stderr(&output));
    let mut imported = CorpusServiceClient::connect(other.address.clone()).await.unwrap();
    for id in ["a", "plain"] {
        let (before, after) = (get(&mut corpus, id).await, get(&mut imported, id).await);
        let same = palimpsest::proto::Source {
            created_at: after.created_at,
            updated_at: after.updated_at,
            stats: after.stats,
            ..before
        };
        assert_eq!(after, same);
    }
    // It can be repeated.
    let again = run(&["import", path], &other.address);
    assert!(
        again.status.success() && get(&mut imported, "a").await.updated_at.is_some(),
        "{}",
        stderr(&again)
    );
}
