//! Checks of many files, and of texts that can't be checked.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use super::{Served, eventually_serving, palimpsest, run_in, stderr, stdout};
use crate::office::{docx, paragraph};
use crate::words::Words;

/// A folder with sources and a class of essays: half of `copied.txt` is from a source.
fn class() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("sources")).unwrap();
    fs::create_dir_all(root.join("class/.trash")).unwrap();
    let source = Words::new(1).text(200);
    fs::write(root.join("sources/tides.txt"), &source).unwrap();
    let words: Vec<&str> = source.split(' ').collect();
    let write = |name: &str, text: &str| fs::write(root.join("class").join(name), text).unwrap();
    write("clean.txt", &Words::new(2).text(80));
    write("copied.md", &format!("{} {}", words[20..60].join(" "), Words::new(3).text(40)));
    write("empty.txt", "");
    write("quoted.text", &format!("“{}”", Words::new(4).text(40)));
    write("short.markdown", "two words");
    write("scan.png", "PNG");
    let whole = docx(&paragraph(&source));
    fs::write(root.join("class/torn.docx"), &whole[..whole.len() / 2]).unwrap();
    write(".trash/old.txt", &source);
    fs::write(root.join("class/latin1.txt"), b"caf\xE9 au lait et le th\xE9").unwrap();
    folder
}

/// Runs a check of the class both on a server and in this process.
fn both(arguments: &[&str]) -> Vec<Output> {
    let folder = class();
    let server = Served::start(&[]);
    eventually_serving(&server.address);
    let imported = run_in(folder.path(), &["import", "sources"], &server.address);
    assert!(imported.status.success(), "{}", stderr(&imported));
    let alone = [arguments, &["--against", "sources"]].concat();
    vec![
        run_in(folder.path(), arguments, &server.address),
        run_in(folder.path(), &alone, "http://127.0.0.1:1"),
    ]
}

#[test]
fn a_folder_gives_a_table_with_what_was_not_checked() {
    for output in both(&["check", "class"]) {
        let (said, told) = (stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(3), "{said}{told}");
        let line =
            |name: &str| said.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{said}"));
        assert!(line("class/clean.txt").contains("0.0 %"), "{said}");
        let copied: Vec<&str> = line("class/copied.md").split_whitespace().collect();
        assert_eq!(copied[1..5], ["50.0", "%", "40", "80"], "{said}");
        assert!(copied[5].ends_with("tides.txt"), "{said}");
        for name in ["empty.txt", "quoted.text", "short.markdown", "torn.docx"] {
            let line = line(&format!("class/{name}"));
            assert!(line.contains("not checked") && !line.contains('%'), "{said}");
        }
        for reason in [
            "Checked 3 of 7 files.",
            "  class/empty.txt: is empty",
            "  class/quoted.text: all of its 40 words are excluded",
            "  class/short.markdown: its 2 words are too few",
            "  class/torn.docx: the Word document is damaged",
            "class/scan.png",
            "1 hidden file or folder: class/.trash",
        ] {
            assert!(said.contains(reason), "{reason:?} is not in {said}");
        }
        let order: Vec<usize> = ["clean", "copied", "empty", "latin1", "quoted", "short", "torn"]
            .map(|name| said.find(&format!("\nclass/{name}")).unwrap())
            .into();
        assert!(order.is_sorted(), "{said}");
    }
}

#[test]
fn many_files_are_lines_of_json_or_csv() {
    for output in both(&["check", "class/*.txt", "class/copied.md", "--json"]) {
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let lines: Vec<serde_json::Value> =
            stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let files: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
        assert_eq!(files, ["class/clean.txt", "class/empty.txt", "class/latin1.txt", "class/copied.md"]);
        assert_eq!(lines[1]["checked"], false);
        assert_eq!(lines[1]["reason"], "is empty: there is nothing to check");
        assert_eq!(lines[3]["report"]["coverage"]["percent"], 50.0);
        assert_eq!(lines[3]["report"]["sources"][0]["passages"].as_array().unwrap().len(), 1);
    }
    for output in both(&["check", "class", "--csv", "--encoding", "latin1"]) {
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let said = stdout(&output);
        let lines: Vec<&str> = said.split("\r\n").collect();
        assert!(lines[0].starts_with("file,checked,reason,percent,words,of_words,largest_source,"), "{said}");
        assert!(lines[1].starts_with("class/clean.txt,true,,0,0,80,"), "{said}");
        assert!(lines[2].starts_with("class/copied.md,true,,50,40,80,"), "{said}");
        assert_eq!(
            lines[3], "class/empty.txt,false,is empty: there is nothing to check,,,,,,,,,,,,,",
            "{said}"
        );
        assert!(lines.iter().any(|line| line.starts_with("class/latin1.txt,true,,0,0,6,")), "{said}");
        assert_eq!(lines.len(), 9, "{said}");
        assert!(stderr(&output).contains("class/scan.png"), "{}", stderr(&output));
    }
}

#[test]
fn the_exit_code_says_whether_a_coverage_is_over_a_limit() {
    for (arguments, code) in [
        (&["check", "class/copied.md", "--fail-over", "49.9"][..], 4),
        (&["check", "class/copied.md", "--fail-over", "50"], 0),
        (&["check", "class/copied.md", "--fail-over", "49.9", "--json"], 4),
        (&["check", "class/clean.txt", "class/copied.md", "--fail-over", "0"], 4),
        (&["check", "class/clean.txt", "class/copied.md", "--fail-over", "50"], 0),
        (&["check", "class", "--fail-over", "10"], 4),
        (&["check", "class", "--fail-over", "60"], 3),
        (&["check", "class/copied.md", "--fail-over", "101"], 2),
    ] {
        for output in both(arguments) {
            assert_eq!(
                output.status.code(),
                Some(code),
                "{arguments:?}: {}{}",
                stdout(&output),
                stderr(&output)
            );
            if code == 4 {
                let told = stderr(&output);
                assert!(told.contains("class/copied.md is covered to 50.0 %, over --fail-over"), "{told}");
            }
        }
    }
}

#[test]
fn what_was_not_checked_is_never_0_percent() {
    let folder = class();
    fs::create_dir(folder.path().join("pictures")).unwrap();
    fs::write(folder.path().join("pictures/a.png"), "PNG").unwrap();
    let server = Served::start(&[]);
    for (arguments, reason) in [
        (&["check", "class/clean.txt"][..], "no source is in scope"),
        (&["check", "class/clean.txt", "class/copied.md"], "no source is in scope"),
        (&["check", "class/clean.txt", "--against", "pictures"], "no source is in scope"),
        (&["check", "class/short.markdown", "--against", "sources"], "too few"),
        (&["check", "class/quoted.text", "--against", "sources"], "all of its 40 words are excluded"),
        (&["check", "class/empty.txt", "--against", "sources"], "is empty"),
        (&["check", "sources/tides.txt", "--against", "sources"], "no source is in scope"),
        (&["check", "pictures"], "no text or document was found"),
        (&["check", "nothing/*.txt", "--against", "sources"], "matches no file"),
        (&["compare", "class/quoted.text", "sources/tides.txt"], "all of its 40 words are excluded"),
        (&["compare", "class/empty.txt", "sources/tides.txt"], "is empty"),
    ] {
        for form in [&[][..], &["--json"]] {
            let output = run_in(folder.path(), &[arguments, form].concat(), &server.address);
            let said = stdout(&output) + &stderr(&output);
            // Two texts are compared, whatever is excluded.
            let is_compared = arguments[0] == "compare" && reason.ends_with("excluded");
            let code = if is_compared { 0 } else { 3 };
            assert_eq!(output.status.code(), Some(code), "{arguments:?} {form:?}: {said}");
            assert!(said.contains(reason), "{arguments:?} {form:?}: {said}");
            assert!(!said.contains("0.0 %"), "{arguments:?} {form:?}: {said}");
            for coverage in said.split("\"coverage\":").skip(1) {
                let coverage = coverage.split('}').next().unwrap().replace(' ', "");
                assert!(coverage.contains("\"percent\":null"), "{arguments:?} {form:?}: {said}");
            }
        }
    }
}

#[test]
fn an_essay_is_not_compared_with_itself_but_with_its_copy() {
    let folder = class();
    fs::copy(folder.path().join("class/clean.txt"), folder.path().join("sources/stolen.txt")).unwrap();
    let output =
        run_in(folder.path(), &["check", "sources", "--against", "sources", "class"], "http://127.0.0.1:1");
    let said = stdout(&output);
    let line =
        |name: &str| said.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{said}"));
    assert!(
        line("sources/stolen.txt").contains("100.0 %")
            && line("sources/stolen.txt").contains("class/clean.txt"),
        "{said}"
    );
    assert!(line("sources/tides.txt").contains("copied.md"), "{said}");
}

#[test]
fn places_in_sources_are_lines() {
    let folder = class();
    let text = Words::new(9).text(60);
    fs::write(folder.path().join("sources/poem.txt"), format!("A poem\n\n{text}")).unwrap();
    fs::write(folder.path().join("copy.txt"), &text).unwrap();
    let server = Served::start(&[]);
    assert!(run_in(folder.path(), &["import", "sources"], &server.address).status.success());
    for arguments in [
        &["check", "copy.txt"][..],
        &["check", "copy.txt", "--against", "sources"],
        &["compare", "copy.txt", "sources/poem.txt"],
    ] {
        let said = stdout(&run_in(folder.path(), arguments, &server.address));
        assert!(said.contains("line 1: verbatim, 60 words, source line 3"), "{arguments:?}: {said}");
    }
}

#[test]
fn a_missing_collection_is_one_error() {
    let folder = class();
    let server = Served::start(&[]);
    let output = run_in(folder.path(), &["check", "class", "--collection", "essays"], &server.address);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert_eq!(stderr(&output).matches("essays").count(), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("`palimpsest collections create essays`"), "{}", stderr(&output));
}

#[test]
fn texts_in_another_encoding_are_checked() {
    let folder = class();
    let words = "où était le gardien de la côte pendant la tempête que personne n'a notée";
    let latin1: Vec<u8> = words.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let marked: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(words.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    fs::write(folder.path().join("essay.txt"), latin1).unwrap();
    fs::write(folder.path().join("source.txt"), marked).unwrap();
    for arguments in [
        &["check", "essay.txt", "--against", "source.txt"][..],
        &["compare", "essay.txt", "source.txt"],
        &["check", "essay.txt", "--against", "source.txt", "--encoding", "latin1"],
        &["compare", "essay.txt", "source.txt", "--encoding", "latin1"],
    ] {
        let read = run_in(folder.path(), arguments, "http://127.0.0.1:1");
        assert!(
            stdout(&read).contains("100.0 % covered: 14 of 14 words"),
            "{}{}",
            stdout(&read),
            stderr(&read)
        );
    }
}

#[test]
fn a_check_of_many_files_ends_cleanly_when_interrupted_or_not_read() {
    let folder = class();
    let long = Words::new(5).text(8_000);
    for number in 0..200 {
        fs::write(folder.path().join(format!("sources/{number}.txt")), &long).unwrap();
    }
    let start = |submissions: &str, form: &str| {
        let mut command = palimpsest();
        command.current_dir(folder.path()).args([
            "check",
            submissions,
            "--against",
            "sources/tides.txt",
            form,
        ]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut child = start("sources", "--csv");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("file,"));
    lines.next().unwrap().unwrap();
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let rest = lines.count();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert!(rest < 190 && stderr(&output).contains("Interrupted: "), "{rest} {}", stderr(&output));
    for form in ["--csv", "--json", "--full"] {
        let mut child = start("class", form);
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{form}: {}", stderr(&output));
        assert!(!stderr(&output).contains("error"), "{form}: {}", stderr(&output));
    }
}
