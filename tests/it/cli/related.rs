//! `palimpsest related`: sources on the subject of a text, with excerpts.

use std::fs;

use super::{Served, run, run_in, stderr, stdout};

const FOG: &str =
    "The keeper of the lighthouse counted ships in the fog until his lamp went out over the harbour.\n";
const PILOTS: &str =
    "Fog hid the ships from the pilots, and the lamp of a lighthouse was all that the harbour saw.\n";
const BREAD: &str =
    "Bakers of the old town sold rye bread with caraway and salt at the market on every morning.\n";

#[test]
fn related_sources_are_listed_with_excerpts_and_terms() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("class")).unwrap();
    for (name, text) in [("pilots.txt", PILOTS), ("bread.txt", BREAD), ("copy.txt", FOG)] {
        fs::write(root.join("class").join(name), text).unwrap();
    }
    fs::write(root.join("fog.txt"), FOG).unwrap();
    let server = Served::start(&[]);
    let related = |arguments: &[&str]| run_in(root, &[&["related"], arguments].concat(), &server.address);
    // Nothing is in scope yet.
    let output = related(&["fog.txt"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stdout(&output).contains("fog.txt: no source is in scope"), "{}", stdout(&output));
    let imported = run_in(
        root,
        &["import", "class", "--collection", "essays", "--create", "--group", "7b"],
        &server.address,
    );
    assert!(imported.status.success(), "{}", stderr(&imported));

    let essays = ["--collection", "essays"];
    let output = related(&[&["fog.txt"][..], &essays].concat());
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(said.starts_with("fog.txt: "), "{said}");
    let place = |what: &str| said.find(what).unwrap_or_else(|| panic!("{what}: {said}"));
    assert!(place(" 1. copy") < place(" 2. pilots"), "{said}");
    assert!(said.contains("similarity 100.0 %") && said.contains("group 7b"), "{said}");
    assert!(said.contains("19 words, about 1 page") && said.contains("Fog hid the ships"), "{said}");
    assert!(said.contains("terms: ") && said.contains("lighthouse"), "{said}");

    let json = |arguments: &[&str]| -> serde_json::Value {
        let output = related(&[arguments, &essays, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        serde_json::from_str(&stdout(&output)).unwrap()
    };
    let ids = |answer: &serde_json::Value| -> Vec<String> {
        let sources = answer["sources"].as_array().unwrap();
        sources.iter().map(|source| source["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&json(&["fog.txt", "--limit", "1"])), ["copy.txt"]);
    assert_eq!(ids(&json(&["fog.txt", "--exclude-near-copies"]))[0], "pilots.txt");
    assert_eq!(ids(&json(&["--id", "copy.txt"]))[0], "pilots.txt");
    let own = related(&["--id", "copy.txt", "--collection", "essays", "--exclude-own-group"]);
    assert_eq!(own.status.code(), Some(3), "all are of one group: {}", stdout(&own));
    assert_eq!(ids(&json(&["fog.txt", "--exclude-source", "copy.txt"]))[0], "pilots.txt");
    let found = json(&["fog.txt", "--offset-unit", "code-points"]);
    assert_eq!(found["sources"][0]["excerpt"]["text"], FOG.trim_end());
    assert!(found["sources"][0]["terms"].as_array().unwrap().len() > 3);

    // Without a collection, a stored source is in that of the scope.
    let output = related(&["--id", "copy.txt", "--id-collection", "essays", "--all-collections"]);
    assert!(stdout(&output).contains("pilots"), "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn mistakes_have_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("empty.txt", ""), ("signs.txt", "... !"), ("fog.txt", FOG)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let server = Served::start(&[]);
    for (arguments, code, reason) in [
        (&["related"][..], 2, "FILE"),
        (&["related", "fog.txt", "--id", "a"], 2, "--id"),
        (&["related", "fog.txt", "--limit", "0"], 2, "--limit"),
        (&["related", "fog.txt", "--limit", "101"], 2, "--limit"),
        (&["related", "fog.txt", "--exclude-own-group"], 2, "--exclude-own-group"),
        (&["related", "fog.txt", "--offset-unit", "utf16"], 2, "--json"),
        (&["related", "missing.txt"], 1, "missing.txt"),
        (&["related", "empty.txt"], 3, "empty"),
        (&["related", "signs.txt"], 1, "no words"),
        (&["related", "--id", "nobody"], 1, "nobody"),
        (&["related", "fog.txt", "--collection", "missing"], 1, "missing"),
    ] {
        let output = run_in(folder.path(), arguments, &server.address);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(reason), "{arguments:?}: {}", stderr(&output));
    }
    let output = run(&["related", "--id", "a"], "http://127.0.0.1:1");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}
