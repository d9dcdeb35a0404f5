//! Facts as JSON, tables that fit, and names that were mistyped.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Served, palimpsest, run_in, stderr, stdout};
use crate::words::Words;

fn json(folder: &Path, arguments: &[&str], server: &str) -> serde_json::Value {
    let output = run_in(folder, arguments, server);
    let said = stdout(&output);
    assert!(output.status.success(), "{arguments:?}: {said}{}", stderr(&output));
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {said}"))
}

#[test]
fn every_command_that_states_facts_states_them_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("a.txt"), Words::new(1).text(60)).unwrap();
    fs::write(root.join("b.txt"), Words::new(1).text(50)).unwrap();
    fs::create_dir(root.join("data")).unwrap();
    let mut command = palimpsest();
    command.args(["serve", "--data-dir", root.join("data").to_str().unwrap()]);
    let served = crate::process::Process::launch(command);
    super::eventually_serving(&served.address);
    let server = served.address.as_str();
    let get = |arguments: &[&str]| json(root, &[arguments, &["--json"]].concat(), server);
    assert_eq!(get(&["health"])["status"], "SERVING");
    assert_eq!(get(&["import", "a.txt", "b.txt"])["added"], 2);
    assert_eq!(get(&["stats"])["corpus"]["stats"]["sources"], "2");
    assert_eq!(get(&["stats"])["collections"][0]["name"], "default");
    assert!(get(&["stats"])["server"]["version"].is_string());
    assert_eq!(get(&["collections"])["collections"][0]["stats"]["sources"], "2");
    assert_eq!(get(&["collections", "list"])["collections"][0]["guaranteeWords"], 8);
    assert_eq!(get(&["collections", "create", "x", "--kgram-tokens", "4"])["kgramTokens"], 4);
    assert_eq!(get(&["collections", "get", "x"])["stats"]["sources"], "0");
    assert_eq!(get(&["collections", "delete", "x", "--yes"])["sourcesDeleted"], "0");
    assert_eq!(get(&["sources", "list"])["sources"][0]["id"], "a.txt");
    assert_eq!(get(&["sources", "get", "a.txt"])["stats"]["words"], "60");
    assert_eq!(get(&["check", "b.txt"])["coverage"]["percent"], 100.0);
    assert_eq!(get(&["compare", "a.txt", "b.txt"])["coverage"]["words"], "50");
    assert_eq!(get(&["analyze", "a.txt"])["counts"][0]["count"], "60");
    let among = get(&["analyze", "a.txt", "--percentiles", "default"]);
    assert_eq!((&among["percentileSources"], &among["counts"][0]["percentile"]), (&"2".into(), &75.0.into()));
    assert_eq!(get(&["analyze", "--id", "b.txt"])["length"]["words"], "50");
    assert_eq!(get(&["related", "a.txt"])["sources"][0]["length"]["words"], "60");
    assert_eq!(get(&["related", "--id", "a.txt"])["sources"][0]["id"], "b.txt");
    assert_eq!(get(&["pairs"])["summary"]["pairsFound"], "1");
    assert_eq!(get(&["verify"])["sources"], 2);
    assert_eq!(get(&["export", "out.jsonl"])["sources"], 2);
    assert!(get(&["backup", "out.backup"])["bytes"].as_u64().unwrap() > 100);
    assert_eq!(get(&["restore", "out.backup", "restored"])["sources"], 2);
    assert_eq!(get(&["verify", "restored"])["problems"], 0);
    let keys = ["--keys", "keys"];
    let created =
        get(&[&["key", "create", "--name", "n", "--role", "check", "--collection", "*"][..], &keys].concat());
    assert!(created["token"].as_str().unwrap().len() > 20);
    let listed = get(&[&["key", "list"][..], &keys].concat());
    assert_eq!((&listed["keys"][0]["id"], &listed["keys"][0]["role"]), (&created["id"], &"check".into()));
    assert!(listed["keys"][0].get("token").is_none());
    let id = created["id"].as_str().unwrap();
    assert_eq!(get(&[&["key", "revoke", id][..], &keys].concat())["id"], created["id"]);
}

/// Runs the program on a terminal of `columns`, and returns what it prints.
fn on_a_terminal(folder: &Path, columns: u32, arguments: &str, server: &str) -> String {
    let program = env!("CARGO_BIN_EXE_palimpsest");
    let command = format!("stty cols {columns}; exec {program} {arguments}");
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(folder).env_remove("COLUMNS");
    let output = script.env("PALIMPSEST_SERVER", server).env("NO_COLOR", "1").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap().replace('\r', "");
    // The progress bar is removed by an escape sequence.
    said.lines().map(|line| line.rsplit("\u{1b}[2K").next().unwrap()).collect::<Vec<&str>>().join("\n")
}

#[test]
fn tables_fit_the_terminal_and_break_no_word() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let name = "autumn-term-2026/class-7b/the-keeper-of-the-lighthouse-and-his-ledger-of-storms.txt";
    fs::create_dir_all(root.join("class/autumn-term-2026/class-7b")).unwrap();
    fs::write(root.join("class").join(name), Words::new(1).text(60)).unwrap();
    fs::write(root.join("class/autumn-term-2026/short.txt"), Words::new(1).text(50)).unwrap();
    fs::write(root.join("essay.txt"), Words::new(1).text(55)).unwrap();
    let server = Served::start(&[]);
    let group = ["--group", "the-morning-group-of-the-second-year"];
    let imported = run_in(root, &[&["import", "class"][..], &group].concat(), &server.address);
    assert!(imported.status.success(), "{}", stdout(&imported));
    for arguments in
        ["check essay.txt", "check essay.txt class", "pairs", "sources list", "collections", "stats"]
    {
        for columns in [0, 60, 80] {
            let said = on_a_terminal(root, columns, arguments, &server.address);
            let width = if columns == 0 { 80 } else { columns as usize };
            assert!(said.lines().count() >= 3, "{said}");
            for line in said.lines().filter(|line| line.contains('─') || line.contains('…')) {
                assert!(line.chars().count() <= width, "{columns}, {arguments}: {said}");
            }
            if arguments != "collections" && arguments != "stats" {
                assert!(said.contains("storms.txt") || said.contains('…'), "{columns}, {arguments}: {said}");
            }
        }
    }
    // Programs that read the table get the whole name.
    for arguments in [&["sources", "list"][..], &["check", "essay.txt"], &["pairs"]] {
        assert!(stdout(&run_in(root, arguments, &server.address)).contains(name), "{arguments:?}");
    }
}

#[test]
fn mistyped_names_get_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("settings.toml"), "max_text_byte = 7\n").unwrap();
    for (arguments, near) in [
        (&["chekc", "a.txt"][..], "check"),
        (&["check", "a.txt", "--colection", "x"], "--collection"),
        (&["import", "a", "--lenint"], "--lenient"),
        (&["serve", "--in-memroy"], "--in-memory"),
        (&["serve", "--config", "settings.toml"], "did you mean max_text_bytes?"),
        (&["key", "create", "--role", "chekc", "--name", "n", "--collection", "*", "--keys", "k"], "check"),
    ] {
        let output = run_in(folder.path(), arguments, "http://127.0.0.1:1");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(near), "{arguments:?}: {}", stderr(&output));
    }
    let mut command = palimpsest();
    let output =
        command.args(["serve", "--check-config"]).env("PALIMPSEST_LISEN", "127.0.0.1:1").output().unwrap();
    assert!(output.status.success());
    assert!(stderr(&output).contains("did you mean PALIMPSEST_LISTEN?"), "{}", stderr(&output));
}
