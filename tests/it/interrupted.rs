//! Commands that end before they are done, and files that only their owner may read.

use std::fs;
use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use palimpsest::proto::corpus_service_client::CorpusServiceClient;

use crate::harness::{add, eventually_blocking};
use crate::process::{Process, palimpsest, said};
use crate::words::Words;

fn ended(child: &mut Child) -> ExitStatus {
    let mut status = None;
    eventually_blocking("the end of the process", || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap()
}

/// A listener that never answers.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

fn start(arguments: &[&str], server: &str) -> Child {
    let mut command = palimpsest();
    command.env("PALIMPSEST_SERVER", server).stdin(Stdio::null()).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn send(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Whether this process, and therefore its children, ignores a signal, as jobs in the background do.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() >> (signal - 1) & 1 == 1
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

/// Starts a server on a data directory, and adds some sources.
async fn with_sources(folder: &Path, sources: u64) -> Process {
    let server = Process::start(&folder.join("data")).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    for number in 0..sources {
        corpus.add_source(add(&format!("s{number:04}"), &Words::new(number).text(2000))).await.unwrap();
    }
    server
}

#[test]
fn a_signal_takes_the_unfinished_file_away_and_is_told_by_the_exit_code() {
    let (_listener, address) = silent();
    let folder = tempfile::tempdir().unwrap();
    let (file, unfinished) = (folder.path().join("out"), folder.path().join("out.unfinished"));
    for command in ["export", "backup"] {
        for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
            if is_ignored(code - 128) {
                continue;
            }
            let mut child = start(&[command, file.to_str().unwrap()], &address);
            eventually_blocking("the unfinished file", || unfinished.exists());
            // The command handles signals before the file exists.
            send(&child, signal);
            assert_eq!(ended(&mut child).code(), Some(code), "{command} {signal}");
            assert_eq!(names(folder.path()), Vec::<String>::new(), "{command} {signal}");
            let mut told = String::new();
            child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            assert!(told.contains("interrupted") && told.contains("out\""), "{command} {signal}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_command_left_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let server = with_sources(folder.path(), 5).await;
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let (file, unfinished) = (out.join("file"), out.join("file.unfinished"));
    for command in ["export", "backup"] {
        let (_listener, nobody) = silent();
        let mut child = start(&[command, file.to_str().unwrap()], &nobody);
        eventually_blocking("the unfinished file", || unfinished.exists());
        // An unfinished file of a running process is left alone, and the message names it.
        let second = palimpsest().args([command]).arg(&file).env("PALIMPSEST_SERVER", &nobody).output();
        let second = second.unwrap();
        assert_eq!(second.status.code(), Some(1), "{}", said(&second));
        for part in ["file.unfinished", "another process", "wait"] {
            assert!(said(&second).contains(part), "{part:?} is not in {}", said(&second));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(names(&out), ["file.unfinished"]);
        fs::write(&unfinished, "left by somebody").unwrap();
        fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o666)).unwrap();
        let third =
            palimpsest().args([command]).arg(&file).env("PALIMPSEST_SERVER", &server.address).output();
        let third = third.unwrap();
        assert!(third.status.success(), "{}", said(&third));
        assert_eq!(names(&out), ["file"]);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!fs::read(&file).unwrap().starts_with(b"left"));
        fs::remove_file(&file).unwrap();
    }
}

/// A command that was killed just after it renamed the file leaves the same file under both names.
#[tokio::test(flavor = "multi_thread")]
async fn taking_over_what_was_left_changes_no_finished_file() {
    let folder = tempfile::tempdir().unwrap();
    let server = with_sources(folder.path(), 2).await;
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("finished"), "finished before").unwrap();
    fs::hard_link(out.join("finished"), out.join("file.unfinished")).unwrap();
    let export = || {
        let mut command = palimpsest();
        command.arg("export").arg(out.join("file")).env("PALIMPSEST_SERVER", &server.address);
        command.output().unwrap()
    };
    let first = export();
    assert!(first.status.success(), "{}", said(&first));
    assert_eq!(names(&out), ["file", "finished"]);
    assert_eq!(fs::read_to_string(out.join("finished")).unwrap(), "finished before");
    // The command leaves a folder of that name alone.
    fs::remove_file(out.join("file")).unwrap();
    fs::create_dir(out.join("file.unfinished")).unwrap();
    let second = export();
    assert_eq!(second.status.code(), Some(1));
    let told = said(&second);
    assert!(told.contains("file.unfinished") && told.contains("remove"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_no_more_of_the_output_ends_a_command_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let server = with_sources(folder.path(), 200).await;
    let text = folder.path().join("text.txt");
    fs::write(&text, Words::new(1).text(2000)).unwrap();
    let text = text.to_str().unwrap();
    // The reader stops after some bytes: `palimpsest ... | head -c 1`.
    for arguments in [
        &["export", "-"][..],
        &["backup", "-"],
        &["sources", "list"],
        &["sources", "get", "s0001"],
        &["check", text, "--json"],
        &["pairs", "--csv"],
        &["completions", "bash"],
        &["man"],
    ] {
        for read in [0, 1] {
            let mut child = start(arguments, &server.address);
            let mut stdout = child.stdout.take().unwrap();
            let mut some = vec![0; read];
            stdout.read_exact(&mut some).unwrap();
            drop(stdout);
            let status = ended(&mut child);
            let mut told = String::new();
            child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            assert_eq!(status.code(), Some(0), "{arguments:?}, {read} read: {told}");
            assert!(!told.contains("error") && !told.contains("panicked"), "{arguments:?}: {told}");
        }
    }
    // The reader has closed the pipe before the command starts.
    for arguments in [
        &["stats"][..],
        &["collections", "list"],
        &["health"],
        &["verify"],
        &["check", text],
        &["compare", text, text],
        &["pairs"],
        &["key", "list", "--keys", "/dev/null"],
        &["serve", "--check-config"],
        &["--help"],
    ] {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 0.1; exec \"$0\" \"$@\""]).arg(palimpsest().get_program()).args(arguments);
        command.env("PALIMPSEST_SERVER", &server.address).env("NO_COLOR", "1").stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let status = ended(&mut child);
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?}: {told}");
        assert!(!told.contains("panicked"), "{arguments:?}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_on_standard_output_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let server = with_sources(folder.path(), 5).await;
    let backup =
        palimpsest().args(["backup", "-"]).env("PALIMPSEST_SERVER", &server.address).output().unwrap();
    assert!(
        backup.status.success() && backup.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&backup.stderr)
    );
    let (file, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    fs::write(&file, &backup.stdout).unwrap();
    let restore = palimpsest().arg("restore").arg(&file).arg(&restored).output().unwrap();
    assert!(restore.status.success() && said(&restore).contains("Restored 5 sources"), "{}", said(&restore));
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_backups_and_keys_are_their_owners_alone_whatever_the_umask() {
    let folder = tempfile::tempdir().unwrap();
    let server = with_sources(folder.path(), 3).await;
    for umask in ["000", "022", "077", "277"] {
        for (command, name) in [
            (&["export"][..], "export"),
            (&["backup"], "backup"),
            (&["key", "create", "--name", "n", "--role", "check", "--collection", "*", "--keys"], "keys"),
        ] {
            let file = folder.path().join(format!("{name} {umask}"));
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")]);
            shell.arg(palimpsest().get_program()).args(command).arg(&file);
            let output = shell.env("PALIMPSEST_SERVER", &server.address).output().unwrap();
            assert!(output.status.success(), "{command:?} {umask}: {}", said(&output));
            let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{command:?} with umask {umask}: {mode:o}");
        }
    }
}

/// `nohup` lets a command go on after its terminal has gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_that_a_command_was_started_to_ignore_does_not_end_it() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, address) = silent();
    let file = folder.path().join("out");
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(palimpsest().get_program());
    shell.arg("export").arg(&file).env("PALIMPSEST_SERVER", &address).stderr(Stdio::piped());
    let mut child = shell.spawn().unwrap();
    eventually_blocking("the unfinished file", || folder.path().join("out.unfinished").exists());
    send(&child, "-HUP");
    send(&child, "-HUP");
    // The command ends when the server is gone.
    drop(listener.accept().unwrap());
    drop(listener);
    assert_eq!(ended(&mut child).code(), Some(1));
    assert_eq!(names(folder.path()), Vec::<String>::new());
}
