//! What a node refuses at its start, and what it says.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::nats::{Nats, NatsSettings};
use super::rig::{Rig, has_nats};
use crate::process::{palimpsest, said};

/// What a command that has to fail says. One that does not fail is ended.
fn refused(mut command: Command) -> String {
    command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut is_over = || child.try_wait().unwrap().is_some();
    let until = Instant::now() + Duration::from_mins(1);
    while !is_over() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    // Of a process that is over there is nothing to kill.
    drop(child.kill());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.code().is_some_and(|code| code != 0), "{}", said(&output));
    said(&output)
}

fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in {message}");
    }
}

fn alone(nats: &Nats) -> Command {
    let mut command = palimpsest();
    command.args(["serve", "--in-memory", "--cluster", &nats.urls().join(",")]);
    command.args(["--cluster-monitors", &nats.monitors().join(","), "--cluster-replicas", "1"]);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_do_not_fit_are_refused() {
    if !has_nats() {
        return;
    }
    let mut nobody = palimpsest();
    nobody.args(["serve", "--in-memory", "--cluster", "nats://127.0.0.1:1"]);
    assert_says(&refused(nobody), &["can't take part in the cluster", "127.0.0.1:1"]);
    let lazy = Nats::start_with(1, &NatsSettings { sync_always: false, ..NatsSettings::default() });
    assert_says(&refused(alone(&lazy)), &["sync_interval: always"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_do_not_fit_are_refused_and_change_nothing() {
    if !has_nats() {
        return;
    }
    let rig = Rig::start(1, &["1/2", "2/2"]).await;
    let folder = tempfile::tempdir().unwrap();
    let fresh = |name: &str| folder.path().join(name);
    assert_says(&refused(rig.command_of("8", "1/2", &fresh("a"))), &["partitions", "8", "4"]);
    let mut limits = rig.command("1/2", &fresh("b"));
    limits.args(["--max-text-words", "1000"]);
    assert_says(&refused(limits), &["the limits of this node", "max_text_words: 1000"]);
    let taken = rig.command("1/2", &rig.data(0));
    assert_says(&refused(taken), &["the data directory", "is in use by"]);
    let moved = rig.command("2/2", &rig.data(0));
    assert_says(&refused(moved), &["belongs to replica group 1/2", "started as 2/2"]);
    std::fs::create_dir(fresh("c")).unwrap();
    std::fs::write(fresh("c").join("essay.txt"), "words").unwrap();
    assert_says(&refused(rig.command("1/2", &fresh("c"))), &["holds other files"]);
    let other = Rig::start(1, &["1/2"]).await;
    let foreign = other.command("1/2", &rig.data(1));
    assert_says(&refused(foreign), &["belongs to corpus"]);
}
