//! The interface for operators: exit codes, `--check-config`, completions, man pages, and the notifications to the
//! service manager.

use std::fs;
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use clap::CommandFactory as _;
use palimpsest::cli::Cli;

use crate::process::{Process, palimpsest, said};

/// Runs `palimpsest serve` in a folder, and returns its output.
fn serve(folder: &Path, arguments: &[&str]) -> Output {
    palimpsest().current_dir(folder).arg("serve").args(arguments).output().unwrap()
}

#[test]
fn wrong_settings_end_with_exit_code_2_all_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("no.toml"), "listen = 5").unwrap();
    fs::write(folder.path().join("unknown.toml"), "lisen = '127.0.0.1:1'").unwrap();
    fs::write(folder.path().join("both.toml"), "in_memory = true\ndata_dir = 'x'\nimport_width = 0").unwrap();
    fs::write(folder.path().join("latin.toml"), b"log = '\xE4'").unwrap();
    for (arguments, parts) in [
        (
            &["--worker-threads", "0", "--log", "palimpsest=loud"][..],
            &["invalid:\n  worker_threads is 0", "\n  log is"][..],
        ),
        (&["--drain-seconds", "99999999"], &["drain_seconds is 99999999", "from 0 to 86400"]),
        (&["--listen", "here"], &["--listen", "here"]),
        (&["--in-memory", "--data-dir", "x"], &["--in-memory", "--data-dir"]),
        (&["--config", "missing.toml"], &["missing.toml", "can't be read"]),
        (&["--config", "no.toml"], &["no.toml", "line 1", "1 | listen = 5\n  |          ^\n"]),
        (&["--config", "unknown.toml"], &["unknown.toml", "unknown field `lisen`", "listen"]),
        (&["--config", "both.toml"], &["contradict", "import_width is 0"]),
        (&["--config", "latin.toml"], &["latin.toml", "can't be read", "UTF-8"]),
    ] {
        for check in [&[][..], &["--check-config"]] {
            let output = serve(folder.path(), &[arguments, check].concat());
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
            assert!(output.stdout.is_empty(), "{}", said(&output));
            for part in parts {
                assert!(said(&output).contains(part), "{arguments:?}: {part:?} is not in {}", said(&output));
            }
        }
    }
    assert!(!folder.path().join("palimpsest-data").exists());
}

#[test]
fn a_port_in_use_ends_with_exit_code_2_and_leaves_the_data_alone() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = serve(folder.path(), &["--listen", &address]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    for part in [&format!("another program listens on {address}"), "--listen"] {
        assert!(said(&output).contains(part), "{part:?} is not in {}", said(&output));
    }
    assert!(!folder.path().join("palimpsest-data").exists());
    // `--check-config` doesn't bind the address.
    let output = serve(folder.path(), &["--listen", &address, "--check-config"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn check_config_prints_a_settings_file_that_comes_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("some.toml"), "max_candidates = 7\nlog_format = 'json'").unwrap();
    let output = palimpsest()
        .current_dir(folder.path())
        .args(["serve", "--config", "some.toml", "--check-config", "--drain-seconds", "9"])
        .env("PALIMPSEST_MAX_QUEUED", "11")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let told = String::from_utf8(output.stdout).unwrap();
    for line in ["max_candidates = 7", "log_format = \"json\"", "drain_seconds = 9", "max_queued = 11"] {
        assert!(told.lines().any(|other| other == line), "{line:?} is not in {told}");
    }
    fs::write(folder.path().join("told.toml"), &told).unwrap();
    let again = serve(folder.path(), &["--config", "told.toml", "--check-config"]);
    assert_eq!(String::from_utf8(again.stdout).unwrap(), told);
    assert!(!folder.path().join("palimpsest-data").exists());
}

#[test]
fn the_table_of_settings_in_docs_is_what_the_arguments_say() {
    let told = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).unwrap();
    let cli = Cli::command();
    let serve = cli.find_subcommand("serve").unwrap();
    let rows: Vec<String> = serve
        .get_arguments()
        .filter_map(|argument| {
            let (flag, environment) = (argument.get_long()?, argument.get_env()?.to_str()?);
            let help = argument.get_help()?.to_string();
            let (what, default) = help.split_once(" [default: ").unwrap_or((&help, "none]"));
            let default = default.trim_end_matches(']');
            Some(format!("| `--{flag}` | `{environment}` | {default} | {what} |"))
        })
        .collect();
    let is_row = |line: &&str| line.starts_with("| `--");
    let in_docs: Vec<&str> =
        told.lines().filter(|line| is_row(line) && line.contains("`PALIMPSEST_")).collect();
    assert_eq!(in_docs, rows);
}

#[test]
fn every_shell_gets_completions_that_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = palimpsest().args(["completions", shell]).output().unwrap();
        assert!(output.status.success(), "{shell}: {}", said(&output));
        for part in ["palimpsest", "import", "check-config", "boilerplate"] {
            assert!(said(&output).contains(part), "{shell}: {part:?} is not in {}", said(&output));
        }
    }
    let output = palimpsest().args(["completions", "tcsh"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn there_is_a_man_page_for_every_command() {
    let output = palimpsest().arg("man").output().unwrap();
    assert!(output.status.success() && said(&output).contains(".TH palimpsest 1"), "{}", said(&output));
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man1");
    let output = palimpsest().arg("man").arg("--out").arg(&pages).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    for page in ["palimpsest", "palimpsest-serve", "palimpsest-check", "palimpsest-sources-list"] {
        let page = fs::read_to_string(pages.join(format!("{page}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
    }
    let serve = fs::read_to_string(pages.join("palimpsest-serve.1")).unwrap();
    assert!(serve.contains("PALIMPSEST_LISTEN"), "{serve}");
    fs::write(folder.path().join("file"), "").unwrap();
    let refused = palimpsest().args(["man", "--out"]).arg(folder.path().join("file")).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_manager_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let next = || {
        let mut buffer = [0; 1000];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    let mut command = palimpsest();
    command.args(["serve", "--data-dir"]).arg(folder.path().join("data")).env("NOTIFY_SOCKET", &path);
    let process = Process::start_command(command).await;
    assert_eq!(next(), "STATUS=opening the corpus\n");
    assert_eq!(next(), "READY=1\nSTATUS=serving\n");
    assert!(process.stop().success());
    assert_eq!(next(), "STOPPING=1\nSTATUS=stopping: running calls may end\n");
}

#[test]
fn a_service_manager_that_does_not_listen_does_not_keep_the_server_from_serving() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = palimpsest();
    command.args(["serve", "--in-memory"]).env("NOTIFY_SOCKET", folder.path().join("nobody"));
    assert!(Process::launch(command).stop().success());
}

#[tokio::test]
async fn health_is_told_by_the_exit_code() {
    let health = |server: &str| palimpsest().arg("health").env("PALIMPSEST_SERVER", server).output().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path()).await;
    let output = health(&process.address);
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(0), &b"SERVING\n"[..]),
        "{}",
        said(&output)
    );
    process.kill();
    let output = health(&process.address);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("no server answers"), "{}", said(&output));
}
