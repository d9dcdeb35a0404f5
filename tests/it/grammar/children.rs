//! The processes that check English: a text has an answer also if one fails, and none is left behind.

use std::time::{Duration, Instant};

use palimpsest::proto::writing_service_client::WritingServiceClient;
use palimpsest::proto::{CheckGrammarRequest, CheckGrammarResponse, GrammarNotCheckedReason};
use tokio::task::JoinHandle;
use tonic::Status;

use crate::documents::contained::{children, signal};
use crate::harness::{check, eventually, pass};
use crate::watched::Watched;

const WRONG: &str = "It was teh end of a long day.";

type Answer = Result<CheckGrammarResponse, Status>;

/// A server that reads no documents.
struct Scene {
    server: Watched,
}

impl Scene {
    async fn start(more: &[&str]) -> Self {
        let arguments = [&["--in-memory", "--warm-document-readers", "0"], more].concat();
        Self { server: Watched::start(&arguments).await }
    }

    fn ask(&self, text: &str) -> JoinHandle<Answer> {
        let mut client = WritingServiceClient::new(self.server.channel.clone());
        let request = CheckGrammarRequest {
            text: text.to_owned(),
            language: "en".to_owned(),
            ..CheckGrammarRequest::default()
        };
        tokio::spawn(async move { Ok(client.check_grammar(request).await?.into_inner()) })
    }

    /// Checks a text, and returns the child that waits afterwards.
    async fn checker(&self) -> u32 {
        self.is_well().await;
        // At its start, a server starts a reader of documents for a moment, to learn what the system can restrict.
        eventually("one child is left", async || children(self.server.id()).len() == 1).await;
        *children(self.server.id()).first_key_value().unwrap().0
    }

    async fn is_well(&self) {
        let answer = self.ask(WRONG).await.unwrap().unwrap();
        assert_eq!(answer.findings[0].text, "teh", "{answer:?}");
        assert!(answer.not_checked.is_empty(), "{answer:?}");
    }

    async fn is_checking(&self) {
        eventually("it is given the text", async || self.count("palimpsest_running_grammar_checks") == 1)
            .await;
    }

    fn count(&self, metric: &str) -> u64 {
        self.server.metric(metric).unwrap() as u64
    }
}

fn failed(answer: Answer) {
    let answer = answer.unwrap();
    let [part] = &answer.not_checked[..] else { panic!("{answer:?}") };
    assert_eq!((part.reason(), part.words), (GrammarNotCheckedReason::CheckerFailed, 8), "{part:?}");
    assert_eq!((answer.checked.unwrap().words, answer.findings.len()), (0, 0), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_child_serves_many_texts_and_is_replaced_if_it_is_killed() {
    let scene = Scene::start(&["--grammar-checkers", "1"]).await;
    let checker = scene.checker().await;
    assert_eq!(scene.checker().await, checker);
    signal("KILL", checker);
    // The next text may be given to it before its end is seen; a child that takes its place has all of the text.
    let replaced = scene.checker().await;
    assert_ne!(replaced, checker);
    assert_eq!(scene.count("palimpsest_grammar_checkers_started_total"), 2);
    // While it has the text.
    let checker = scene.checker().await;
    signal("STOP", checker);
    let asked = scene.ask(WRONG);
    scene.is_checking().await;
    // It is given the text at once, but no figure says so.
    pass(Duration::from_millis(500)).await;
    signal("KILL", checker);
    let answer = asked.await.unwrap().unwrap();
    assert_eq!((answer.findings.len(), answer.not_checked.len()), (1, 0), "{answer:?}");
    assert!(scene.count("palimpsest_grammar_checkers_crashed_total") >= 1);
    assert_eq!(scene.count("palimpsest_grammar_paragraphs_not_checked_total"), 0);
    assert_eq!(scene.count("palimpsest_grammar_checkers_started_total"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_waits_for_a_checker_has_time_of_its_own() {
    let scene = Scene::start(&["--grammar-checkers", "1", "--grammar-seconds", "4"]).await;
    let paragraph = format!("{WRONG} {}\n\n", "The keeper of the lighthouse climbed the stairs. ".repeat(20));
    let text = paragraph.repeat(2000);
    let words = text.split_whitespace().count() as u64;
    // Neither the start of the child nor the wait for the other text takes all of its time.
    for asked in [scene.ask(&text), scene.ask(&text)] {
        let answer = asked.await.unwrap().unwrap();
        let [rest] = &answer.not_checked[..] else { panic!("{:?}", answer.not_checked) };
        assert_eq!(rest.reason(), GrammarNotCheckedReason::CheckerFailed);
        let checked = answer.checked.unwrap();
        assert!(checked.words > 0 && checked.words + rest.words == words, "{checked:?} {rest:?}");
        assert!(!answer.findings.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paragraph_that_takes_too_long_is_stated() {
    let scene = Scene::start(&["--grammar-checkers", "1", "--grammar-seconds", "12"]).await;
    let checker = scene.checker().await;
    signal("STOP", checker);
    let began = Instant::now();
    let asked = scene.ask(WRONG);
    scene.server.detection().check(check(WRONG)).await.unwrap();
    failed(asked.await.unwrap());
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    assert_eq!(scene.count("palimpsest_grammar_checkers_timed_out_total"), 1);
    scene.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_ends_the_child_that_is_busy_for_it() {
    let scene = Scene::start(&["--grammar-checkers", "1", "--grammar-seconds", "600"]).await;
    let checker = scene.checker().await;
    signal("STOP", checker);
    let asked = scene.ask(WRONG);
    scene.is_checking().await;
    asked.abort();
    eventually("the child is gone", async || !children(scene.server.id()).contains_key(&checker)).await;
    scene.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn children_end_with_their_server_however_it_ends() {
    for way in ["TERM", "KILL"] {
        let scene = Scene::start(&["--drain-pause-ms", "0", "--drain-seconds", "1"]).await;
        let checker = scene.checker().await;
        signal(way, scene.server.id());
        eventually("the child is gone", async || {
            let stat = std::fs::read_to_string(format!("/proc/{checker}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_checkers_nothing_is_started() {
    let scene = Scene::start(&["--grammar-checkers", "0"]).await;
    let answer = scene.ask(WRONG).await.unwrap().unwrap();
    assert_eq!(answer.not_checked[0].reason(), GrammarNotCheckedReason::NoChecker, "{answer:?}");
    eventually("no child is left", async || children(scene.server.id()).is_empty()).await;
    scene.ask(WRONG).await.unwrap().unwrap();
    assert!(children(scene.server.id()).is_empty());
}
