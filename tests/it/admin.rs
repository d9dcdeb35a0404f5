//! Administration of a corpus on disk with the real program: backup, restore, verify, export; full disks, locks, and
//! folders that are no data directories.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::related_service_client::RelatedServiceClient;
use tonic::Code;
use tonic::transport::Channel;

use crate::harness::{TestServer, add, check};
use crate::process::{Process, palimpsest, run, said};
use crate::words::Words;

fn text(number: u64) -> String {
    Words::new(number).text(100)
}

async fn fill(corpus: &mut CorpusServiceClient<Channel>, numbers: std::ops::Range<u64>) {
    for number in numbers {
        corpus.add_source(add(&format!("s{number}"), &text(number))).await.unwrap();
    }
}

/// Runs a command of the program against a server.
fn cli(arguments: &[&str], server: &str) -> (Option<i32>, String) {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    let output = run(&arguments, server);
    (output.status.code(), said(&output))
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_of_one_moment_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let [data, backup, restored] = ["data", "backup", "restored"].map(|name| folder.path().join(name));
    let server = Process::start(&data).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    fill(&mut corpus, 0..200).await;
    // Sources are added and deleted while the backup is taken.
    let writing = tokio::spawn(async move {
        for number in 200.. {
            corpus.add_source(add(&format!("s{number}"), &text(number))).await.unwrap();
            let delete =
                proto::DeleteSourceRequest { id: format!("s{}", number - 200), ..Default::default() };
            corpus.delete_source(delete).await.unwrap();
            if number == 300 {
                break;
            }
        }
    });
    let address = server.address.clone();
    let (file, taken) = (backup.clone(), cli(&["backup", path(&backup)], &address));
    assert_eq!(taken.0, Some(0), "{}", taken.1);
    writing.await.unwrap();
    assert!(server.stop().success());

    let (code, said) = cli(&["restore", path(&file), path(&restored)], "");
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = cli(&["verify", path(&restored)], "");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("all is as it was written"), "{said}");
    let server = Process::start(&restored).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    let list = proto::ListSourcesRequest { page_size: 1000, ..Default::default() };
    let sources = corpus.list_sources(list).await.unwrap().into_inner().sources;
    let numbers: Vec<u64> = sources.iter().map(|source| source.id[1..].parse().unwrap()).collect();
    let (least, most) = (*numbers.iter().min().unwrap(), *numbers.iter().max().unwrap());
    // The backup is of one moment: 200 sources in a row, or 201 between an addition and a deletion.
    assert_eq!(numbers.len() as u64, most - least + 1);
    assert!([200, 201].contains(&numbers.len()), "{} sources", numbers.len());
    let get = proto::GetSourceRequest { id: format!("s{most}"), include_text: true, ..Default::default() };
    assert_eq!(corpus.get_source(get).await.unwrap().into_inner().source.unwrap().text, text(most));
    // Profiles come back, too.
    let mut related = RelatedServiceClient::connect(server.address.clone()).await.unwrap();
    let request = proto::ListRelatedRequest { text: text(most), ..Default::default() };
    let listed = related.list_related(request).await.unwrap().into_inner().sources;
    assert_eq!((listed[0].id.clone(), listed[0].similarity), (format!("s{most}"), 1.0));
    fill(&mut corpus, 1000..1010).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_imported_again_and_the_second_time_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let [data, file] = ["data", "out.jsonl"].map(|name| folder.path().join(name));
    let server = Process::start(&data).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    fill(&mut corpus, 0..150).await;
    let mut rich = add("rich", "Quotes \" and\nlines and \u{1F4A1} and back\\slashes are kept.");
    let source = rich.source.as_mut().unwrap();
    (source.title, source.group) = ("A title".to_owned(), "A group".to_owned());
    source.labels = vec!["one".to_owned(), "two".to_owned()];
    corpus.add_source(rich).await.unwrap();
    let (code, said) = cli(&["export", path(&file)], &server.address);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("151 sources"), "{said}");
    let (_, printed) = cli(&["export", "-"], &server.address);
    assert_eq!(printed, fs::read_to_string(&file).unwrap());

    let (code, said) = cli(&["import", path(&file)], &server.address);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("Added 0 sources") && said.contains("151 sources that were there already"),
        "{said}"
    );
    let create = proto::CreateCollectionRequest { name: "other".to_owned(), ..Default::default() };
    corpus.create_collection(create).await.unwrap();
    let (code, said) = cli(&["import", path(&file), "--collection", "other"], &server.address);
    assert_eq!((code, said.contains("Added 151 sources")), (Some(0), true), "{said}");
    let get = |collection: &str| proto::GetSourceRequest {
        collection: collection.to_owned(),
        id: "rich".to_owned(),
        include_text: true,
        ..Default::default()
    };
    let mut one = corpus.get_source(get("default")).await.unwrap().into_inner().source.unwrap();
    let mut other = corpus.get_source(get("other")).await.unwrap().into_inner().source.unwrap();
    // Counts, and the times of the two additions.
    for source in [&mut one, &mut other] {
        (source.stats, source.created_at, source.updated_at) = (None, None, None);
    }
    assert_eq!(one, other);
    let (code, said) = cli(&["verify"], &server.address);
    assert_eq!((code, said.contains("Verified 302 sources")), (Some(0), true), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_and_touch_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("a file"), "mine").unwrap();
    fs::create_dir(at("theirs")).unwrap();
    fs::write(at("theirs").join("their file"), "theirs").unwrap();
    fs::create_dir(at("newer")).unwrap();
    fs::write(at("newer").join("palimpsest.format"), "palimpsest data directory, format 9\n").unwrap();
    let server = Process::start(&at("data")).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    fill(&mut corpus, 0..20).await;
    assert_eq!(cli(&["backup", path(&at("backup"))], &server.address).0, Some(0));
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir"];
    let holder = "in use by process ";
    let [file, theirs, newer, data, backup] = ["a file", "theirs", "newer", "data", "backup"].map(at);
    let (impossible, none) = (at("a file").join("below"), at("none"));
    for (arguments, message) in [
        (&[&serve[..], &[path(&file)]].concat()[..], "is not a folder"),
        (&[&serve[..], &[path(&impossible)]].concat(), "a file"),
        (&[&serve[..], &[path(&theirs)]].concat(), "it holds \"their file\""),
        (&[&serve[..], &[path(&newer)]].concat(), "format version 9"),
        (&[&serve[..], &[path(&data)]].concat(), holder),
        (&["verify", path(&data)], holder),
        (&["verify", path(&none)], "no data directory"),
        (&["backup", path(&file)], "there already"),
        (&["backup", path(&none.join("below"))], "No such file"),
        (&["export", path(&file)], "there already"),
        (&["export", path(&none), "--collection", "nobody"], "no collection \"nobody\""),
        (&["restore", path(&backup), path(&data)], "there already"),
        (&["restore", path(&backup), path(&file)], "is not a folder"),
        (&["restore", path(&file), path(&none)], "cut off"),
        (&["restore", path(&none), path(&at("new"))], "No such file"),
        (&["export", "/dev/full"], "there already"),
    ] {
        let (code, said) = cli(arguments, &server.address);
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
        assert!(said.contains(message), "{arguments:?}: {message:?} is not in {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort_unstable();
    assert_eq!(names, ["a file", "backup", "data", "newer", "theirs"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    for folder in [&theirs, &newer] {
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "{}", folder.display());
    }
    fill(&mut corpus, 20..25).await;
}

/// A command that runs the program with files of at most `kibibytes` KiB. Longer writes fail as on a full disk.
fn with_little_space(kibibytes: u32, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kibibytes * 2);
    command.args(["-c", &script]).arg(palimpsest().get_program()).args(arguments);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_leaves_the_corpus_readable() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for kibibytes in [160, 400] {
        let command = with_little_space(kibibytes, &["serve", "--data-dir", path(&data)]);
        let server = Process::start_command(command).await;
        let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
        let mut detection =
            proto::detection_service_client::DetectionServiceClient::connect(server.address.clone())
                .await
                .unwrap();
        let (mut kept, mut refused) = (Vec::new(), 0);
        for number in 0..100_000 {
            let id = format!("{kibibytes} {number}");
            let long = Words::new(number).text(if number % 2 == 0 { 2000 } else { 60 });
            match corpus.add_source(add(&id, &long)).await {
                Ok(_) => kept.push((id, long)),
                Err(status) => {
                    let told = [Code::ResourceExhausted, Code::Unavailable].contains(&status.code());
                    assert!(told && status.message().contains("full"), "{status:?}");
                    refused += 1;
                    if refused == 10 {
                        break;
                    }
                }
            }
        }
        assert_eq!(refused, 10, "the disk was never full");
        assert!(kept.len() > 3, "{} were kept", kept.len());
        for (id, text) in &kept {
            let get = proto::GetSourceRequest { id: id.clone(), include_text: true, ..Default::default() };
            assert_eq!(corpus.get_source(get).await.unwrap().into_inner().source.unwrap().text, *text);
        }
        let report = crate::harness::report(&mut detection, check(&kept[2].1)).await;
        assert_eq!(report.coverage.unwrap().percent, 100.0);
        assert!(server.stop().success());
        // With more space, the server continues from the same state.
        let server = Process::start(&data).await;
        let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
        let stats = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
        assert!(stats.sources as usize >= kept.len());
        let (code, verified) = cli(&["verify"], &server.address);
        assert_eq!(code, Some(0), "{verified}");
        corpus.add_source(add(&format!("more than {kibibytes}"), &text(1))).await.unwrap();
        let export = folder.path().join("export");
        let mut command = with_little_space(4, &["export", path(&export)]);
        let output = command.env("PALIMPSEST_SERVER", &server.address).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains("was not written"), "{}", said(&output));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left of the export");
    }
}

#[tokio::test]
async fn a_corpus_in_memory_has_no_backup() {
    let server = TestServer::start().await;
    let mut admin = proto::admin_service_client::AdminServiceClient::new(server.channel().await);
    let mut answers = admin.backup(proto::BackupRequest {}).await.unwrap().into_inner();
    let status = answers.message().await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    let missing = proto::ExportSourcesRequest { collection: "nobody".to_owned() };
    assert_eq!(admin.export_sources(missing).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn until_the_corpus_is_open_calls_are_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Process::start(&data).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    let items = (0..3000).map(|number| proto::ImportSourcesRequest {
        source: Some(crate::harness::source(&format!("s{number}"), &Words::new(number).text(900))),
        ..Default::default()
    });
    let mut answers = corpus.import_sources(tokio_stream::iter(items)).await.unwrap().into_inner();
    while answers.message().await.unwrap().is_some() {}
    server.kill();
    let server = Process::launch(palimpsest_serving(&data));
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    let mut told = BTreeSet::new();
    let totals = loop {
        match corpus.get_corpus(proto::GetCorpusRequest {}).await {
            Ok(totals) => break totals.into_inner(),
            Err(status) => {
                assert_eq!(status.code(), Code::Unavailable);
                assert!(status.message().contains("the server is starting"), "{status:?}");
                told.insert(status.message().to_owned());
            }
        }
    };
    assert!(told.iter().any(|message| message.contains("of 3000 sources")), "{told:?}");
    assert_eq!(totals.stats.unwrap().sources, 3000);
    server.wait_until_serving().await;
}

fn palimpsest_serving(data: &Path) -> Command {
    let mut command = palimpsest();
    command.args(["serve", "--data-dir"]).arg(data);
    command
}
