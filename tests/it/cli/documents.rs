//! Documents on the command line: extracted, checked, compared and imported, alone and in archives.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Served, palimpsest, run_in, stderr, stdout};
use crate::office::{NEW_PAGE, archive, docx, hidden, paragraph, titled_docx};
use crate::words::Words;

const NOWHERE: &str = "http://127.0.0.1:1";

/// A folder with a text in `library` and a Word document in `class` that copies 40 of its words on page 2.
fn class() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let source = Words::new(1).text(200);
    let words: Vec<&str> = source.split(' ').collect();
    let body = [
        paragraph(&Words::new(2).text(40)),
        NEW_PAGE.to_owned(),
        paragraph(&words[20..60].join(" ")),
        hidden("not for any reader"),
    ];
    for name in ["class/anna", "library"] {
        fs::create_dir_all(root.join(name)).unwrap();
    }
    fs::write(root.join("library/tides.txt"), &source).unwrap();
    fs::write(root.join("class/anna/essay.docx"), docx(&body.concat())).unwrap();
    folder
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents").join(name)
}

#[test]
fn a_copy_in_any_format_is_found_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture("essay.txt"), folder.path().join("source.txt")).unwrap();
    for name in [
        "essay.md",
        "libreoffice.docx",
        "libreoffice.odt",
        "ebooklib.epub",
        "page.html",
        "libreoffice.rtf",
        "libreoffice.pdf",
        "utf-16.txt",
    ] {
        // Formats are found by the content.
        let copy = folder.path().join(format!("copy-of-{name}.data"));
        fs::copy(fixture(name), &copy).unwrap();
        let copy = copy.to_str().unwrap();
        for arguments in [
            &["check", copy, "--against", "source.txt", "--count-citations", "--json"][..],
            &["compare", copy, "source.txt", "--count-citations", "--json"],
        ] {
            let checked = run_in(folder.path(), arguments, NOWHERE);
            let report: serde_json::Value = serde_json::from_str(&stdout(&checked))
                .unwrap_or_else(|_| panic!("{arguments:?}: {}", stderr(&checked)));
            assert_eq!(report["coverage"]["percent"], 100.0, "{arguments:?}: {}", report["coverage"]);
        }
    }
}

#[test]
fn the_text_goes_to_standard_output_and_the_facts_to_standard_error() {
    let folder = class();
    let root = folder.path();
    let essay = "class/anna/essay.docx";
    let extracted = run_in(root, &["extract", essay], NOWHERE);
    assert!(extracted.status.success(), "{}", stderr(&extracted));
    let text = stdout(&extracted);
    assert_eq!(text.split("\n\n").count(), 2, "{text}");
    assert!(!text.contains("not for any reader") && !text.contains('<'), "{text}");
    for part in
        ["2 pages", "80 words", "“On tides” by Ines", "4 words marked as hidden, p. 2: “not for any reader”"]
    {
        assert!(stderr(&extracted).contains(part), "{part:?} is not in {}", stderr(&extracted));
    }
    let json = run_in(root, &["extract", essay, "--json"], NOWHERE);
    let json: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(json["text"], text.as_str());
    assert_eq!(json["document"]["format"], "DOCUMENT_FORMAT_DOCX");
    assert_eq!(json["document"]["pages"]["pages"][1]["number"], 2);
    assert_eq!(json["document"]["hidden"][0]["text"], "not for any reader");

    // To a file that is not there yet, and from standard input.
    let to_file = |root: &Path| run_in(root, &["extract", essay, "-o", "essay.txt"], NOWHERE);
    assert!(to_file(root).status.success());
    assert_eq!(fs::read_to_string(root.join("essay.txt")).unwrap(), text);
    assert_eq!(to_file(root).status.code(), Some(1));
    let mut command = palimpsest();
    command.args(["extract", "-"]).stdin(fs::File::open(root.join(essay)).unwrap());
    assert_eq!(stdout(&command.output().unwrap()), text);
}

#[test]
fn many_documents_are_extracted_to_a_folder_or_to_lines() {
    let folder = class();
    let root = folder.path();
    let whole = fs::read(root.join("class/anna/essay.docx")).unwrap();
    fs::write(root.join("class/torn.odt"), &whole[..whole.len() / 2]).unwrap();
    fs::write(root.join("class/notes.txt"), "plain notes").unwrap();
    let refused = run_in(root, &["extract", "class"], NOWHERE);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("--output FOLDER"), "{}", stderr(&refused));
    let extracted = run_in(root, &["extract", "class", "-o", "texts"], NOWHERE);
    assert_eq!(extracted.status.code(), Some(1), "{}", stderr(&extracted));
    for part in ["class/torn.odt was not read: ", "Extracted 2 of 3 documents."] {
        assert!(stderr(&extracted).contains(part), "{part:?} is not in {}", stderr(&extracted));
    }
    assert_eq!(fs::read_to_string(root.join("texts/notes.txt.txt")).unwrap(), "plain notes");
    assert!(root.join("texts/anna/essay.docx.txt").is_file());
    let lines = run_in(root, &["extract", "class", "--json"], NOWHERE);
    assert_eq!(lines.status.code(), Some(1));
    let lines: Vec<serde_json::Value> =
        stdout(&lines).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let files: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["class/anna/essay.docx", "class/notes.txt", "class/torn.odt"]);
    assert_eq!((&lines[1]["read"], &lines[1]["text"]), (&true.into(), &"plain notes".into()));
    assert_eq!(lines[1]["document"]["encoding"], "UTF-8");
    assert_eq!(lines[2]["read"], false);
    assert!(lines[2]["reason"].as_str().unwrap().contains("damaged"), "{}", lines[2]);
}

#[test]
fn reports_name_pages_hidden_text_and_the_document() {
    let folder = class();
    let root = folder.path();
    fs::copy(root.join("class/anna/essay.docx"), root.join("library/old.docx")).unwrap();
    let server = Served::start(&[]);
    let imported = run_in(root, &["import", "library"], &server.address);
    assert!(imported.status.success(), "{}{}", stdout(&imported), stderr(&imported));
    let essay = "class/anna/essay.docx";
    for arguments in [
        &["check", essay][..],
        &["check", essay, "--against", "library"],
        &["compare", essay, "library/old.docx"],
    ] {
        let said = stdout(&run_in(root, arguments, &server.address));
        for part in [
            "2 pages, 80 words, “On tides” by Ines",
            "medium: 4 words that readers do not see, p. 2, line 3",
            "marked as hidden, p. 2: “not for any reader”",
            "pp. 1–2, lines 1-3: verbatim, 80 words, source pp. 1–2, line",
        ] {
            assert!(said.contains(part), "{arguments:?}: {part:?} is not in {said}");
        }
    }
    for arguments in [&["check", essay, "--csv"][..], &["check", essay, "--csv", "--against", "library"]] {
        let said = stdout(&run_in(root, arguments, &server.address));
        let mut lines = said.lines();
        assert!(
            lines.next().unwrap().ends_with(",alerts,format,pages,hidden_words,document_warnings"),
            "{said}"
        );
        assert!(lines.next().unwrap().contains(",docx,2,4,"), "{said}");
    }
    let json = run_in(root, &["check", "class", "--json"], &server.address);
    let line: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    let report = &line["report"];
    assert_eq!(report["document"]["title"], "On tides", "{report}");
    assert_eq!(report["alerts"][0]["kind"], "ALERT_KIND_HIDDEN_TEXT", "{report}");
    let page = root.join("report.html");
    let checked = run_in(root, &["check", essay, "--html", "report.html"], &server.address);
    assert!(checked.status.success(), "{}", stderr(&checked));
    let html = fs::read_to_string(page).unwrap();
    assert!(html.contains("On tides") && html.contains("not for any reader"), "{html}");
}

#[test]
fn archives_are_folders_whose_files_stay_inside() {
    let folder = class();
    let root = folder.path();
    let essay = fs::read(root.join("class/anna/essay.docx")).unwrap();
    let inner = archive(&[("inner.txt", Words::new(7).text(40).into_bytes())]);
    let files: &[(&str, &[u8])] = &[
        ("anna/essay.docx", &essay),
        ("__MACOSX/anna/._essay.docx", b"resource fork"),
        (".DS_Store", b"x"),
        ("more.zip", &inner),
        ("../../outside.txt", b"the tide keeps no diary and yet the harbour master reads it well"),
        ("photo.png", b"PNG"),
    ];
    fs::write(root.join("class.zip"), archive(files)).unwrap();
    fs::create_dir(root.join("inbox")).unwrap();
    fs::copy(root.join("class.zip"), root.join("inbox/class.zip")).unwrap();
    let server = Served::start(&[]);
    for (place, collection) in [("class.zip", "given"), ("inbox", "found")] {
        let imported =
            run_in(root, &["import", place, "--create", "--collection", collection], &server.address);
        let said = stdout(&imported);
        assert!(imported.status.success(), "{said}{}", stderr(&imported));
        for part in [
            "Added 2 sources",
            "By format: 1 docx, 1 txt",
            "Skipped 1 archive inside another",
            "more.zip",
            "photo.png",
        ] {
            assert!(said.contains(part), "{part:?} is not in {said}");
        }
        let listed =
            run_in(root, &["sources", "list", "--json", "--collection", collection], &server.address);
        let listed: serde_json::Value = serde_json::from_str(&stdout(&listed)).unwrap();
        let ids: Vec<&str> = listed["sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|source| source["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["class.zip/anna/essay.docx", "class.zip/outside.txt"]);
        assert_eq!(listed["sources"][0]["title"], "On tides");
        assert_eq!(listed["sources"][0]["pages"]["count"], 2, "{listed}");
    }
    let checked = run_in(root, &["check", "class.zip", "--against", "library", "class.zip"], NOWHERE);
    let said = stdout(&checked);
    assert!(checked.status.success(), "{said}{}", stderr(&checked));
    let line = said.lines().find(|line| line.starts_with("class.zip/anna/essay.docx")).unwrap();
    assert!(
        line.contains("50.0 %") && line.contains("library/tides.txt"),
        "not compared with itself: {said}"
    );
    assert!(!root.parent().unwrap().join("outside.txt").exists());
}

#[test]
fn a_bomb_and_a_torn_archive_fail_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let zeros = vec![b' '; 120 << 20];
    let bomb: &[(&str, &[u8])] =
        &[("a.txt", &zeros), ("b.txt", b"eight words and more than eight words of text")];
    fs::write(root.join("bomb.zip"), archive(bomb)).unwrap();
    fs::write(root.join("torn.zip"), &archive(bomb)[..200]).unwrap();
    fs::write(root.join("good.txt"), Words::new(3).text(30)).unwrap();
    let server = Served::start(&[]);
    let imported = run_in(root, &["import", "."], &server.address);
    let said = stdout(&imported);
    assert_eq!(imported.status.code(), Some(1), "{said}{}", stderr(&imported));
    for part in ["Added 2 sources", "2 failed", "bomb.zip/a.txt: ", "torn.zip: is a damaged zip archive"] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
}

#[test]
fn what_can_not_be_read_is_listed_with_the_reason() {
    let folder = class();
    let root = folder.path();
    let torn = fs::read(root.join("class/anna/essay.docx")).unwrap();
    fs::write(root.join("class/torn.docx"), &torn[..torn.len() / 2]).unwrap();
    fs::write(root.join("class/face.pdf"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    fs::write(root.join("class/short.txt"), "two words").unwrap();
    let server = Served::start(&[]);
    for name in ["failures.jsonl", "failures.csv"] {
        // A second time, it is replaced.
        for _ in 0..2 {
            let imported = run_in(root, &["import", "class", "--failures", name], &server.address);
            assert_eq!(imported.status.code(), Some(1), "{}", stderr(&imported));
            assert!(stdout(&imported).contains("Failures by reason: "), "{}", stdout(&imported));
            let list = fs::read_to_string(root.join(name)).unwrap();
            assert_eq!(list.lines().count(), 3 + usize::from(name.ends_with("csv")), "{list}");
            for part in
                ["class/torn.docx", "damaged", "class/face.pdf", "of no known format", "class/short.txt"]
            {
                assert!(list.contains(part), "{part:?} is not in {list}");
            }
        }
    }
    let refused = run_in(root, &["import", "class", "--failures", "library/tides.txt"], &server.address);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("name another file"), "{}", stderr(&refused));
    for (file, part) in [("class/torn.docx", "damaged"), ("class/face.pdf", "a PNG image")] {
        let checked = run_in(root, &["check", file, "--against", "library"], NOWHERE);
        assert_eq!(checked.status.code(), Some(1), "{}", stderr(&checked));
        assert!(stderr(&checked).contains(part), "{}", stderr(&checked));
    }
}

#[test]
fn an_import_is_resumed_by_its_journal() {
    let folder = class();
    let root = folder.path();
    for number in 0..30 {
        let text = paragraph(&Words::new(100 + number).text(40));
        fs::write(root.join(format!("class/{number}.docx")), docx(&text)).unwrap();
    }
    let server = Served::start(&[]);
    let import = |more: &[&str]| {
        let arguments = [&["import", "class", "--json", "--resume", "import.journal"], more].concat();
        let imported = run_in(root, &arguments, &server.address);
        let counts = serde_json::from_str::<serde_json::Value>(&stdout(&imported));
        counts.unwrap_or_else(|_| panic!("{}", stderr(&imported)))
    };
    let first = import(&[]);
    assert_eq!((&first["added"], &first["formats"]["docx"]), (&31.into(), &31.into()), "{first}");
    // As if the first import had been killed.
    let journal = fs::read_to_string(root.join("import.journal")).unwrap();
    let kept: Vec<&str> = journal.lines().take(11).collect();
    fs::write(root.join("import.journal"), format!("{}\n{{\"id\":\"cut", kept.join("\n"))).unwrap();
    let second = import(&[]);
    assert_eq!((&second["resumed"], &second["unchanged"]), (&10.into(), &21.into()), "{second}");
    // A file that was changed is read again.
    fs::write(root.join("class/7.docx"), docx(&paragraph(&Words::new(900).text(50)))).unwrap();
    let third = import(&["--replace"]);
    assert_eq!((&third["resumed"], &third["replaced"]), (&30.into(), &1.into()), "{third}");
    let other =
        run_in(root, &["import", "class", "--resume", "import.journal", "--group", "x"], &server.address);
    assert_eq!(other.status.code(), Some(1));
    assert!(stderr(&other).contains("the journal of another import"), "{}", stderr(&other));
}

#[test]
fn an_interrupted_import_says_how_to_go_on() {
    let folder = class();
    let root = folder.path();
    let text = paragraph(&Words::new(5).text(4000));
    for number in 0..2000 {
        fs::write(root.join(format!("class/{number}.docx")), docx(&text)).unwrap();
    }
    let server = Served::start(&[]);
    let mut command = palimpsest();
    command.current_dir(root).env("PALIMPSEST_SERVER", &server.address);
    command.args(["import", "class", "--resume", "journal"]).stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    crate::harness::eventually_blocking("some are imported", || {
        fs::read_to_string(root.join("journal")).is_ok_and(|journal| journal.lines().count() > 3)
    });
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}{}", stdout(&output), stderr(&output));
    let said = stdout(&output);
    assert!(
        said.contains("Interrupted: ") && said.contains("what is in the journal is not read again"),
        "{said}"
    );
}

#[test]
fn a_hundred_texts_in_windows_1252_are_imported_without_a_flag() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("old")).unwrap();
    for number in 0..100 {
        let text = format!(
            "Nr. {number}: Der Müller sagte „nein“ – er könne es nicht für möglich halten, daß {}",
            Words::new(number).text(20)
        );
        let bytes = text.chars().map(|c| match c {
            '„' => 0x84,
            '“' => 0x93,
            '–' => 0x96,
            c => u8::try_from(u32::from(c)).unwrap(),
        });
        fs::write(root.join(format!("old/{number}.txt")), bytes.collect::<Vec<u8>>()).unwrap();
    }
    let server = Served::start(&[]);
    let imported = run_in(root, &["import", "old"], &server.address);
    let said = stdout(&imported);
    assert!(imported.status.success(), "{said}{}", stderr(&imported));
    for part in ["Added 100 sources", "Encodings found by the content: windows-1252 (100 files)."] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    let text = stdout(&run_in(root, &["sources", "get", "7.txt", "--text-only"], &server.address));
    assert!(text.starts_with("Nr. 7: Der Müller sagte „nein“ – er könne"), "{text}");
}

#[test]
fn the_readme_shows_what_a_check_says() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let (_, after) = readme.split_once("<!-- documents: ").unwrap();
    let (_, block) = after.split_once("```text\n$ palimpsest ").unwrap();
    let (command, shown) = block.split_once("```").unwrap().0.split_once('\n').unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("library")).unwrap();
    for (name, text) in [
        ("bridges.txt", "A bridge is a promise that two banks make to each other over running water."),
        ("ferries.txt", "Before there was a bridge, there was a ferryman who knew every name on both banks."),
    ] {
        fs::write(root.join("library").join(name), text).unwrap();
    }
    let body = [
        paragraph("Rivers divide, and people cross them. This essay asks what a crossing is for."),
        NEW_PAGE.to_owned(),
        paragraph(
            "As somebody wrote, a BRIDGE is — a promise that two banks make to each other! The ferry made the same promise, \
             one passage at a time.",
        ),
    ];
    fs::write(root.join("essay.docx"), titled_docx("Crossings", "Mira", &body.concat())).unwrap();
    let output = run_in(root, &command.split(' ').collect::<Vec<_>>(), NOWHERE);
    assert!(stdout(&output).starts_with(shown), "{}{}", stdout(&output), stderr(&output));
}
