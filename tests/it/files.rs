//! A data directory with files that are missing, empty, cut, or from another corpus. It is either whole, or refused
//! and left as it is, byte for byte.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use palimpsest::proto::{
    self, admin_service_client::AdminServiceClient, corpus_service_client::CorpusServiceClient,
};
use palimpsest::{CollectionName, Engine, Error, IfExists, Limits, NewSource, SourceId, Stop};
use tonic::Code;

use crate::harness::{add, opened};
use crate::process::{Process, palimpsest, run, said};
use crate::words::Words;

const FILES: [&str; 4] = ["palimpsest.format", "corpus.redb", "texts/00000001.texts", "index.snapshot"];
const LOCK: &str = "palimpsest.lock";

/// State of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Whole,
    Missing,
    Empty,
    Cut,
    /// The file of another corpus.
    Swapped,
}

const FATES: [Fate; 5] = [Fate::Whole, Fate::Missing, Fate::Empty, Fate::Cut, Fate::Swapped];

fn text(seed: u64, number: u64) -> String {
    Words::new(seed + number).text(30 + number as usize % 9)
}

/// Writes a corpus of some sources. Returns its files by name.
fn corpus(folder: &Path, seed: u64, sources: u64) -> BTreeMap<&'static str, Vec<u8>> {
    let engine = Engine::open(folder, Limits::default(), 0, &mut |_| {}).unwrap();
    for number in 0..sources {
        let id = Some(SourceId::new(&format!("s{number}")).unwrap());
        let source = NewSource { id, ..NewSource::new(text(seed, number)) };
        engine.add_source(&CollectionName::default(), source, IfExists::Reject).unwrap();
    }
    engine.close();
    FILES.iter().filter_map(|name| Some((*name, fs::read(folder.join(name)).ok()?))).collect()
}

/// All files of a folder, each with a digest of its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, u128> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), xxhash_rust::xxh3::xxh3_128(&fs::read(&path).unwrap()));
            }
        }
    }
    found
}

fn without_lock(mut tree: BTreeMap<PathBuf, u128>) -> BTreeMap<PathBuf, u128> {
    tree.retain(|path, _| path.file_name() != Some(OsStr::new(LOCK)));
    tree
}

/// Numbers of verified sources and of findings, in a folder opened read-only.
fn verified(folder: &Path) -> Result<(u64, usize), Error> {
    let engine = Engine::open_read_only(folder, Limits::default(), &mut |_| {})?;
    let (mut sources, mut findings) = (0, 0);
    engine.verify(&Stop::never(), &mut |verified| {
        sources = verified.sources;
        findings += verified.findings.len();
        ControlFlow::Continue(())
    })?;
    Ok((sources, findings))
}

/// The cases are all combinations of states of the files.
#[test]
fn missing_empty_cut_and_swapped_files_are_never_a_success_and_nothing_is_deleted() {
    let scratch = tempfile::tempdir().unwrap();
    let ours = corpus(&scratch.path().join("ours"), 1, 25);
    let others = corpus(&scratch.path().join("others"), 1_000, 19);
    let mut whole = 0;
    for number in 0..FATES.len().pow(4) {
        let digits = [number % 5, number / 5 % 5, number / 25 % 5, number / 125];
        let fates = digits.map(|digit| FATES[digit]);
        let folder = scratch.path().join(format!("case {number}"));
        fs::create_dir_all(folder.join("texts")).unwrap();
        for (name, fate) in FILES.into_iter().zip(fates) {
            let bytes = match fate {
                Fate::Missing => continue,
                Fate::Whole => &ours[name][..],
                Fate::Empty => &[],
                Fate::Cut => &ours[name][..ours[name].len() / 3],
                Fate::Swapped => &others[name][..],
            };
            fs::write(folder.join(name), bytes).unwrap();
        }
        whole += u32::from(assert_sound(&folder, fates));
        fs::remove_dir_all(&folder).unwrap();
    }
    assert!(whole >= 2, "some cases are whole");
}

/// Asserts that the folder opens if its corpus is whole, and is otherwise refused and left unchanged. Returns whether
/// it is whole.
fn assert_sound(folder: &Path, fates: [Fate; 4]) -> bool {
    use Fate::{Missing, Swapped, Whole};
    let [format, ledger, segment, _snapshot] = fates;
    let is_whole =
        matches!(format, Whole | Swapped) && matches!(ledger, Whole | Swapped) && segment == ledger;
    let sources = if ledger == Swapped { 19 } else { 25 };
    let before = tree(folder);
    let verified = opened(|| verified(folder));
    assert_eq!(tree(folder), before, "verifying changed {fates:?}");
    if is_whole {
        assert_eq!(verified, Ok((sources, 0)), "{fates:?}");
    } else {
        assert!(
            verified.is_err() || verified.as_ref().is_ok_and(|(_, found)| *found > 0),
            "{fates:?}: {verified:?}"
        );
    }
    let engine = opened(|| Engine::open(folder, Limits::default(), 0, &mut |_| {}));
    if fates == [Missing; 4] {
        assert_eq!(engine.unwrap().corpus().stats.sources, 0, "a new corpus");
        return false;
    }
    match engine {
        Ok(engine) => {
            assert!(is_whole, "{fates:?} was opened");
            for number in 0..sources {
                let id = SourceId::new(&format!("s{number}")).unwrap();
                let text = engine.get_source(&CollectionName::default(), &id).unwrap().text;
                assert!(!text.is_empty());
            }
        }
        Err(error) => {
            assert!(!is_whole, "{fates:?}: {error}");
            assert_eq!(without_lock(tree(folder)), before, "opening changed {fates:?}");
            let next_step = ["restore a backup", "use a newer"];
            assert!(next_step.iter().any(|step| error.to_string().contains(step)), "{fates:?}: {error}");
        }
    }
    is_whole
}

/// A first start that was cut off at any point leaves a folder in which the next start begins anew.
#[test]
fn a_first_start_that_was_cut_off_is_begun_again() {
    let scratch = tempfile::tempdir().unwrap();
    let new = corpus(&scratch.path().join("new"), 1, 0);
    let left: [&[(&str, &[u8])]; 5] = [
        &[(LOCK, b"")],
        &[("corpus.redb.new", b"")],
        &[("corpus.redb.new", &new["corpus.redb"][..1000])],
        &[("corpus.redb", &new["corpus.redb"])],
        &[("corpus.redb", &new["corpus.redb"]), ("palimpsest.format.new", b"palimp")],
    ];
    for (number, files) in left.into_iter().enumerate() {
        let folder = scratch.path().join(format!("case {number}"));
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).unwrap();
        }
        let engine = opened(|| Engine::open(&folder, Limits::default(), 0, &mut |_| {})).unwrap();
        assert_eq!(engine.corpus().collections, 1);
        drop(engine);
        assert!(folder.join("palimpsest.format").exists() && !folder.join("corpus.redb.new").exists());
        assert_eq!(opened(|| verified(&folder)), Ok((0, 0)));
    }
}

/// A ledger from a backup doesn't name the texts added after it. They are put aside, and come back with the right
/// ledger.
#[test]
fn texts_that_an_older_ledger_does_not_name_are_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    corpus(&path, 1, 10);
    let old = fs::read(path.join("corpus.redb")).unwrap();
    let segment = path.join("texts/00000001.texts");
    let short = fs::metadata(&segment).unwrap().len();
    let engine = opened(|| Engine::open(&path, Limits::default(), 0, &mut |_| {})).unwrap();
    for number in 10..20 {
        let source = NewSource::new(text(1, number));
        engine.add_source(&CollectionName::default(), source, IfExists::Reject).unwrap();
    }
    engine.close();
    drop(engine);
    let (new, whole) = (fs::read(path.join("corpus.redb")).unwrap(), fs::read(&segment).unwrap());
    fs::write(path.join("corpus.redb"), old).unwrap();
    let engine = opened(|| Engine::open(&path, Limits::default(), 0, &mut |_| {})).unwrap();
    assert_eq!(engine.corpus().stats.sources, 10);
    drop(engine);
    let aside = path.join(format!("strays/00000001-from-{short}-0.texts"));
    assert_eq!(fs::read(&aside).unwrap(), &whole[short as usize..]);
    assert_eq!(fs::metadata(&segment).unwrap().len(), short);
    // This is the recovery that docs/format.md describes.
    fs::write(path.join("corpus.redb"), new).unwrap();
    let tail = fs::read(&aside).unwrap();
    std::io::Write::write_all(&mut fs::OpenOptions::new().append(true).open(&segment).unwrap(), &tail)
        .unwrap();
    assert_eq!(opened(|| verified(&path)), Ok((20, 0)));
}

fn cli(arguments: &[&OsStr], server: &str) -> (Option<i32>, String) {
    let output = run(arguments, server);
    (output.status.code(), said(&output))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_without_its_ledger_is_refused_by_serve_and_verify() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    corpus(&data, 1, 10);
    let ledger = data.join("corpus.redb");
    let whole = fs::read(&ledger).unwrap();
    for empty in [false, true] {
        if empty {
            fs::write(&ledger, "").unwrap();
        } else {
            fs::remove_file(&ledger).unwrap();
        }
        let before = without_lock(tree(&data));
        let (code, told) = cli(&[OsStr::new("verify"), data.as_os_str()], "");
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("corpus.redb") && told.contains("nothing was changed"), "{told}");
        let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir"].map(OsStr::new);
        let (code, told) = cli(&[&serve[..], &[data.as_os_str()]].concat(), "");
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("corpus.redb") && told.contains("restore a backup"), "{told}");
        assert_eq!(without_lock(tree(&data)), before);
    }
    fs::write(&ledger, whole).unwrap();
    let (code, told) = cli(&[OsStr::new("verify"), data.as_os_str()], "");
    assert_eq!((code, told.trim()), (Some(0), "Verified 10 sources: all is as it was written."));
}

#[tokio::test(flavor = "multi_thread")]
async fn verifying_the_folder_of_a_killed_server_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Process::start(&data).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    for number in 0..20 {
        corpus.add_source(add(&format!("s{number}"), &text(1, number))).await.unwrap();
    }
    server.kill();
    let before = tree(&data);
    fs::set_permissions(&data, fs::Permissions::from_mode(0o500)).unwrap();
    let (code, told) = cli(&[OsStr::new("verify"), data.as_os_str()], "");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!((code, told.trim()), (Some(0), "Verified 20 sources: all is as it was written."));
    assert_eq!(tree(&data), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_is_taken_away_under_a_server_stops_writes_and_not_checks() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Process::start(&data).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    corpus.add_source(add("first", &text(1, 1))).await.unwrap();
    let (ledger, aside) = (data.join("corpus.redb"), folder.path().join("aside"));
    fs::rename(&ledger, &aside).unwrap();
    let mut admin = AdminServiceClient::connect(server.address.clone()).await.unwrap();
    let mut answers = admin.verify(proto::VerifyRequest {}).await.unwrap().into_inner();
    let mut found = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        found.extend(answer.findings.into_iter().map(|finding| finding.problem));
    }
    assert!(found.len() == 1 && found[0].contains("was removed"), "{found:?}");
    let (code, told) = cli(&[OsStr::new("verify")], &server.address);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.starts_with(&format!("{ledger:?} was removed")), "{told}");
    let refused = corpus.add_source(add("second", &text(1, 2))).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    assert!(refused.message().contains("take a backup"), "{refused:?}");
    let get = proto::GetSourceRequest { id: "first".to_owned(), include_text: true, ..Default::default() };
    assert_eq!(corpus.get_source(get).await.unwrap().into_inner().source.unwrap().text, text(1, 1));
    let backup = folder.path().join("backup");
    let (code, told) = cli(&[OsStr::new("backup"), backup.as_os_str()], &server.address);
    assert_eq!(code, Some(0), "{told}");
    fs::rename(&aside, &ledger).unwrap();
    corpus.add_source(add("second", &text(1, 2))).await.unwrap();
    server.stop();
    assert_eq!(opened(|| verified(&data)), Ok((2, 0)));
}

/// The modes of all files and folders in a folder, and of the folder itself.
fn modes(folder: &Path) -> BTreeMap<PathBuf, u32> {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files: Vec<PathBuf> = tree(folder).into_keys().collect();
    let folders = [folder.to_owned(), folder.join("texts")];
    files.into_iter().chain(folders).map(|path| (path.clone(), mode(&path))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_creates_is_its_owners_alone_whatever_the_umask() {
    for umask in ["000", "177"] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("made/data");
        let under = |arguments: &[&OsStr]| {
            let program = palimpsest();
            let mut command = Command::new("sh");
            for (name, value) in program.get_envs() {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
            command.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")]).arg(program.get_program());
            command.args(arguments);
            command
        };
        let serve = ["serve", "--data-dir"].map(OsStr::new);
        let server = Process::start_command(under(&[&serve[..], &[data.as_os_str()]].concat())).await;
        let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
        corpus.add_source(add("first", &text(1, 1))).await.unwrap();
        let backup = folder.path().join("backup");
        let (code, told) = cli(&[OsStr::new("backup"), backup.as_os_str()], &server.address);
        assert_eq!(code, Some(0), "{told}");
        server.stop();
        let restored = folder.path().join("restored");
        let restore =
            under(&[OsStr::new("restore"), backup.as_os_str(), restored.as_os_str()]).output().unwrap();
        assert!(restore.status.success(), "{}", said(&restore));
        for folder in [data.as_path(), &restored] {
            let modes = modes(folder);
            assert!(modes.len() >= 6, "{modes:?}");
            for (path, mode) in modes {
                assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{path:?} under {umask}");
            }
        }
        assert!(data.join("index.snapshot").exists());
        assert_eq!(fs::metadata(folder.path().join("made")).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
