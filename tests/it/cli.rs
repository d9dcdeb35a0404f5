//! The command line, as a user runs it: the real binary, a real server, real files.

mod check;
mod documents;
mod facts;
mod import;
mod pages;
mod related;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::harness::eventually_blocking;
use crate::words::Words;

fn palimpsest() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_palimpsest"));
    command.env_remove("PALIMPSEST_SERVER").env("NO_COLOR", "1");
    command
}

pub fn run(arguments: &[&str], server: &str) -> Output {
    palimpsest().env("PALIMPSEST_SERVER", server).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Runs the program in `folder`.
fn run_in(folder: &Path, arguments: &[&str], server: &str) -> Output {
    let mut command = palimpsest();
    command.current_dir(folder).env("PALIMPSEST_SERVER", server);
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Waits until the server at `address` serves.
fn eventually_serving(address: &str) {
    eventually_blocking("the server serves", || run(&["health"], address).status.success());
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// `palimpsest serve` as a process, killed when dropped.
pub struct Served {
    child: Child,
    pub address: String,
}

impl Served {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = palimpsest()
            .args(["serve", "--in-memory", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut logged = |message: &str| {
            lines.by_ref().find_map(|line| {
                let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
                (line["message"] == message).then_some(line)
            })
        };
        let listening = logged("listening").expect("a server that listens");
        // Until then it refuses calls.
        logged("the corpus is open").expect("a server that serves");
        // The server may not write to a pipe that has no reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: format!("http://{}", listening["address"].as_str().unwrap()) }
    }

    fn signal(&self, signal: &str) {
        assert!(
            Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success()
        );
    }

    fn wait(&mut self) -> Option<i32> {
        let mut status = None;
        eventually_blocking("the server ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_folder_is_imported_and_a_submission_is_checked() {
    let server = Served::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let essay = Words::new(1).text(200);
    fs::create_dir(folder.path().join("deeper")).unwrap();
    fs::write(folder.path().join("one.txt"), &essay).unwrap();
    fs::write(folder.path().join("deeper/two.md"), format!("# The second\n\n{}", Words::new(2).text(100)))
        .unwrap();
    fs::write(folder.path().join("short.txt"), "too short").unwrap();
    fs::write(folder.path().join("broken.txt"), b"\0\x01\x02\xFF\0").unwrap();
    fs::write(folder.path().join("ignored.png"), "not a text").unwrap();
    let imported = run(&["import", folder.path().to_str().unwrap()], &server.address);
    let said = stdout(&imported) + &stderr(&imported);
    assert_eq!(imported.status.code(), Some(1), "some failed: {said}");
    for part in ["Added 2 sources", "2 failed", "broken.txt", "of no known format", "short.txt", "at least"] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }

    let submission = folder.path().join("submission.txt");
    let words: Vec<&str> = essay.split(' ').collect();
    fs::write(
        &submission,
        format!("{} {} {}", Words::new(3).text(60), words[40..100].join(" "), Words::new(4).text(30)),
    )
    .unwrap();
    let submission = submission.to_str().unwrap();
    let checked = run(&["check", submission], &server.address);
    assert!(checked.status.success(), "{}", stderr(&checked));
    for part in ["40.0 %", "60 of 150 words", "Every run of 8 words", "one.txt", words[40], words[99]] {
        assert!(stdout(&checked).contains(part), "{part:?} is not in {}", stdout(&checked));
    }
    let json = run(&["check", submission, "--json"], &server.address);
    let report: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(report["coverage"]["words"], "60");
    assert_eq!(report["sources"][0]["sourceId"], "one.txt");

    // The same check without a server.
    let alone = run(
        &["check", submission, "--json", "--against", folder.path().join("one.txt").to_str().unwrap()],
        "http://127.0.0.1:1",
    );
    let report: serde_json::Value = serde_json::from_str(&stdout(&alone)).unwrap();
    assert_eq!(report["coverage"]["words"], "60", "{}", stderr(&alone));
    let compared =
        run(&["compare", submission, folder.path().join("one.txt").to_str().unwrap()], "http://127.0.0.1:1");
    assert!(stdout(&compared).contains("60 of 150 words"), "{} {}", stdout(&compared), stderr(&compared));
}

#[test]
fn lines_of_json_are_imported_and_bad_ones_fail_alone() {
    let server = Served::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sources.jsonl");
    let text = Words::new(9).text(50);
    let lines = [
        format!(r#"{{"id": "a", "title": "A", "group": "g", "labels": ["x"], "text": "{text}"}}"#),
        r#"{"id": "b", "text": "#.to_owned(),
        r#"{"id": "c", "text": "four words are short"}"#.to_owned(),
        format!(r#"{{"id": "d", "body": "x", "text": "{text}"}}"#),
        format!(r#"{{"id": "a", "text": "{text}"}}"#),
        String::new(),
        format!(r#"{{"id": "e", "text": "{text}"}}"#),
    ];
    fs::write(&file, lines.join("\n")).unwrap();
    let imported = run(&["import", file.to_str().unwrap()], &server.address);
    let said = stdout(&imported) + &stderr(&imported);
    assert_eq!(imported.status.code(), Some(1));
    for part in
        ["Added 2 sources", "4 failed", "line 2: ", "line 3: ", "line 4: ", "body", "line 5: ", "already"]
    {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    let listed = run(&["sources", "list"], &server.address);
    assert!(stdout(&listed).contains('e') && stdout(&listed).contains('A'), "{}", stdout(&listed));
    let stats = run(&["stats"], &server.address);
    assert!(stdout(&stats).contains("default"), "{}", stdout(&stats));
}

#[test]
fn mistakes_are_told_plainly() {
    let nowhere = "http://127.0.0.1:1";
    for (arguments, code, message) in [
        (&["check", "/no/such/file"][..], 1, "/no/such/file"),
        (&["stats"], 1, "palimpsest serve"),
        (&["frobnicate"], 2, "frobnicate"),
        (&["serve", "--worker-threads", "0", "--max-candidates", "0"], 2, "max_candidates is 0"),
        (&["serve", "--config", "/no/such.toml"], 2, "/no/such.toml"),
        (
            &["serve", "--in-memory", "--allow-anyone", "--listen", "192.0.2.1:1"],
            2,
            "can't listen on 192.0.2.1:1",
        ),
    ] {
        let output = run(arguments, nowhere);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(message), "{message:?} is not in {}", stderr(&output));
        assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
    }
}

#[test]
fn settings_come_from_flag_environment_and_file_in_that_order() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("palimpsest.toml");
    fs::write(&file, "max_text_bytes = 300\nmax_text_words = 30\nmax_candidates = 3\n").unwrap();
    let mut child = palimpsest()
        .args(["serve", "--in-memory", "--listen", "127.0.0.1:0", "--log-format", "json"])
        .args(["--max-text-bytes", "100"])
        .args(["--config", file.to_str().unwrap()])
        .env("PALIMPSEST_MAX_TEXT_BYTES", "200")
        .env("PALIMPSEST_MAX_TEXT_WORDS", "20")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let settings: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(settings["message"], "settings");
    let told: Vec<&str> = settings["values"].as_str().unwrap().split(", ").collect();
    for line in ["max_text_bytes = 100", "max_text_words = 20", "max_candidates = 3"] {
        assert!(told.contains(&line), "{line:?} is not in {told:?}");
    }
}

#[test]
fn sigterm_and_ctrl_c_end_the_server_with_exit_code_0() {
    for signal in ["-TERM", "-INT"] {
        let mut server = Served::start(&[]);
        assert!(run(&["stats"], &server.address).status.success());
        server.signal(signal);
        assert_eq!(server.wait(), Some(0), "{signal}");
    }
}
