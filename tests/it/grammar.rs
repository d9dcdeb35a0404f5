//! `CheckGrammar` over gRPC: a stand-in for a LanguageTool server, the answer without a checker, and bad requests. With the feature
//! `grammar` also English, and the processes that check it.

#[cfg(feature = "grammar")]
mod children;
#[cfg(feature = "grammar")]
mod english;
#[cfg(feature = "grammar")]
mod fuzz;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use palimpsest::proto::writing_service_client::WritingServiceClient;
use palimpsest::proto::{
    self, CheckGrammarRequest, CheckGrammarResponse, GrammarKind, GrammarNotCheckedReason, GrammarSeverity,
    OffsetUnit,
};
use palimpsest::service::Role;
use serde_json::json;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::access::{Keys, keyed};
use crate::cli::{Served, run, stderr, stdout};
use crate::harness::{TestServer, add};

/// A French text with a word that the stand-in does not know, behind letters that differ in length in each unit.
const FRENCH: &str =
    "Les élèves 🙂 ont trouvé la maizon du gardien, et personne ne savait plus pourquoi elle était vide.";

/// An HTTP server that answers as LanguageTool does: `maizon`, `Strase` and `Anouk` are misspelt in every language but `xx`, and `it` ends it.
struct LanguageTool {
    port: u16,
    /// The fields of each request.
    asked: Arc<Mutex<Vec<Vec<(String, String)>>>>,
}

impl LanguageTool {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                kept.lock().unwrap().push(answer(stream.unwrap()));
            }
        });
        Self { port, asked }
    }

    async fn server(&self) -> TestServer {
        let url = format!("http://127.0.0.1:{}", self.port);
        TestServer::start_with(|settings| settings.grammar.languagetool = Some(url.parse().unwrap())).await
    }
}

/// Answers a request, and returns its fields.
fn answer(mut stream: TcpStream) -> Vec<(String, String)> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).unwrap().1.clone();
    if field("language") == "it" {
        // As a server that ends.
        return fields;
    }
    let (status, body) = if field("language") == "xx" {
        ("400 Bad Request", "Error: 'xx' is not a language code".to_owned())
    } else {
        let software = json!({"name": "LanguageTool", "version": "6.9"});
        ("200 OK", json!({"software": software, "matches": matches(&field("text"))}).to_string())
    };
    write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\n\r\n{body}").unwrap();
    fields
}

/// The words that are misspelt, with offsets in UTF-16.
fn matches(text: &str) -> Vec<serde_json::Value> {
    let units = |text: &str| text.encode_utf16().count();
    let known = [("maizon", "maison"), ("Strase", "Straße"), ("Anouk", "Annick")];
    let found = known.iter().flat_map(|(wrong, right)| {
        text.match_indices(wrong).map(move |(at, _)| {
            json!({
                "message": "Faute de frappe possible",
                "offset": units(&text[..at]),
                "length": units(wrong),
                "replacements": [{"value": right}],
                "rule": {"id": "HUNSPELL_RULE", "issueType": "misspelling", "category": {"id": "TYPOS"}},
            })
        })
    });
    found.collect()
}

async fn ask(server: &TestServer, request: CheckGrammarRequest) -> Result<CheckGrammarResponse, Status> {
    let mut client = WritingServiceClient::new(server.channel().await).max_encoding_message_size(64 << 20);
    Ok(client.check_grammar(request).await?.into_inner())
}

fn text(text: &str) -> CheckGrammarRequest {
    CheckGrammarRequest { text: text.to_owned(), ..CheckGrammarRequest::default() }
}

fn stated(language: &str, whole: &str) -> CheckGrammarRequest {
    CheckGrammarRequest { language: language.to_owned(), ..text(whole) }
}

#[tokio::test]
async fn findings_are_at_their_places_in_every_unit() {
    let tool = LanguageTool::start();
    let server = tool.server().await;
    for (unit, start) in
        [(OffsetUnit::Utf8Bytes, 33), (OffsetUnit::Utf16CodeUnits, 28), (OffsetUnit::CodePoints, 27)]
    {
        let request = CheckGrammarRequest { offset_unit: unit.into(), ..text(FRENCH) };
        let response = ask(&server, request).await.unwrap();
        let [finding] = &response.findings[..] else { panic!("{response:?}") };
        assert_eq!(finding.span, Some(proto::Span { start, end: start + 6 }), "{unit:?}");
        assert_eq!((finding.text.as_str(), finding.kind()), ("maizon", GrammarKind::Spelling));
        assert_eq!((finding.rule.as_str(), finding.severity()), ("HUNSPELL_RULE", GrammarSeverity::Mistake));
        assert_eq!(finding.replacements, ["maison"]);
        assert_eq!((response.checker.as_str(), response.checker_version.as_str()), ("LanguageTool", "6.9"));
        assert_eq!((response.language.as_str(), response.not_checked.len()), ("fr", 0));
        let checked = response.checked.unwrap();
        assert_eq!((checked.words, checked.of_words), (17, 17));
        assert_eq!((response.counts.len(), response.counts[0].findings), (1, 1));
    }
}

#[tokio::test]
async fn own_words_rules_and_what_others_wrote_are_left_out() {
    let tool = LanguageTool::start();
    let server = tool.server().await;
    let count = async |request| ask(&server, request).await.unwrap().findings.len();
    let many = |change: fn(&mut CheckGrammarRequest)| {
        let mut request = text(FRENCH);
        change(&mut request);
        request
    };
    assert_eq!(count(many(|request| request.own_words = vec!["MAIZON".to_owned()])).await, 0);
    assert_eq!(count(many(|request| request.disabled_rules = vec!["HUNSPELL_RULE".to_owned()])).await, 0);
    assert_eq!(tool.asked.lock().unwrap().last().unwrap()[2].1, "HUNSPELL_RULE");
    // A German noun begins with a capital letter, and is no name for that.
    let german = "Der Wärter ging jeden Abend durch die dunkle Strase zum Turm, und niemand wusste, warum er nie zurückkam.";
    assert_eq!(count(text(german)).await, 1);
    let quoted = format!(
        "{FRENCH}\n\nLe gardien a dit : « Elle est dans la maizon depuis hier soir, je crois. » Et il est parti."
    );
    let response = ask(&server, text(&quoted)).await.unwrap();
    assert_eq!(response.findings.len(), 1, "{response:?}");
    assert!(response.not_checked.iter().any(|part| part.reason() == GrammarNotCheckedReason::Quotation));
    let checked = response.checked.unwrap();
    let left_out: u64 = response.not_checked.iter().map(|part| part.words).sum();
    assert_eq!(checked.words + left_out, checked.of_words);
    // Counts are of all findings, also of those that are not listed.
    let few = CheckGrammarRequest { max_findings: 2, ..text(&format!("{FRENCH}\n\n").repeat(5)) };
    let response = ask(&server, few).await.unwrap();
    assert_eq!((response.findings.len(), response.counts[0].findings), (2, 5));
}

#[tokio::test]
async fn a_language_that_the_server_refuses_is_stated() {
    let tool = LanguageTool::start();
    let server = tool.server().await;
    let response = ask(&server, stated("xx", "Zir mol dan")).await.unwrap();
    let [part] = &response.not_checked[..] else { panic!("{response:?}") };
    assert_eq!((part.reason(), part.words), (GrammarNotCheckedReason::Language, 3));
    assert!(part.message.contains("not a language code"), "{}", part.message);
    assert_eq!((response.checker.as_str(), response.checked.unwrap().words), ("", 0));
}

#[tokio::test]
async fn a_server_that_is_gone_is_unavailable() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let server =
        TestServer::start_with(|settings| settings.grammar.languagetool = Some(url.parse().unwrap())).await;
    let status = ask(&server, text(FRENCH)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert!(status.message().contains("languagetool_url"), "{}", status.message());
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "CHECKER_UNAVAILABLE", "{details:?}");
    assert!(details.retry_info().is_some(), "{details:?}");
}

#[tokio::test]
async fn what_was_checked_before_a_server_went_is_kept() {
    let tool = LanguageTool::start();
    let server = tool.server().await;
    let italian = "Il guardiano del faro saliva ogni sera le scale della torre, e nessuno sapeva perché non tornasse mai.";
    let response = ask(&server, text(&format!("{FRENCH}\n\n{FRENCH}\n\n{italian}"))).await.unwrap();
    assert_eq!((response.findings.len(), response.checker.as_str()), (2, "LanguageTool"));
    let [part] = &response.not_checked[..] else { panic!("{response:?}") };
    assert_eq!((part.reason(), part.words), (GrammarNotCheckedReason::CheckerFailed, 18));
    assert!(part.message.contains("languagetool_url"), "{}", part.message);
    let alone = ask(&server, text(italian)).await.unwrap_err();
    assert_eq!(alone.code(), Code::Unavailable, "{alone:?}");
}

#[tokio::test]
async fn without_a_checker_every_part_says_so() {
    let server = TestServer::start_with(|settings| settings.grammar.english.checkers = 0).await;
    for (whole, words) in [(FRENCH, 17), ("maizon", 1)] {
        let response = ask(&server, text(whole)).await.unwrap();
        let [part] = &response.not_checked[..] else { panic!("{response:?}") };
        assert_eq!((part.reason(), part.words), (GrammarNotCheckedReason::NoChecker, words), "{part:?}");
        assert!(part.message.contains("languagetool_url"));
        assert_eq!(part.span, Some(proto::Span { start: 0, end: whole.len() as u64 }));
        assert_eq!(response.checked.unwrap(), proto::Share { words: 0, of_words: words, percent: 0.0 });
        assert!(response.findings.is_empty() && response.counts.is_empty() && response.checker.is_empty());
    }
    let signs = ask(&server, text("?! … 🙂")).await.unwrap();
    assert_eq!((signs.not_checked.len(), signs.checked.unwrap().of_words), (0, 0));
}

#[tokio::test]
async fn bad_requests_name_their_fields() {
    let server = TestServer::start().await;
    let named = async |request| {
        let status = ask(&server, request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        let fields = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
        fields.into_iter().map(|violation| violation.field).collect::<Vec<_>>()
    };
    let name = |id: &str| Some(proto::SourceName { collection: String::new(), id: id.to_owned() });
    let many = |count: usize| vec!["a".to_owned(); count];
    assert_eq!(named(text("")).await, ["text"]);
    assert_eq!(named(CheckGrammarRequest { source: name("a"), ..text("b") }).await, ["text"]);
    assert_eq!(named(CheckGrammarRequest { dialect: 99, ..text("b") }).await, ["dialect"]);
    assert_eq!(named(CheckGrammarRequest { offset_unit: 99, ..text("b") }).await, ["offset_unit"]);
    assert_eq!(named(stated("english", "b")).await, ["language"]);
    assert_eq!(
        named(CheckGrammarRequest { disabled_rules: many(201), ..text("b") }).await,
        ["disabled_rules"]
    );
    assert_eq!(named(CheckGrammarRequest { enabled_rules: many(201), ..text("b") }).await, ["enabled_rules"]);
    assert_eq!(named(CheckGrammarRequest { own_words: many(10_001), ..text("b") }).await, ["own_words"]);
    let long = vec!["fine".to_owned(), "x".repeat(129)];
    assert_eq!(named(CheckGrammarRequest { own_words: long, ..text("b") }).await, ["own_words[1]"]);
    let empty = vec![" ".to_owned()];
    assert_eq!(
        named(CheckGrammarRequest { disabled_rules: empty, ..text("b") }).await,
        ["disabled_rules[0]"]
    );
    let missing = CheckGrammarRequest { source: name("a"), ..CheckGrammarRequest::default() };
    assert_eq!(ask(&server, missing).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_text_has_the_limits_of_a_submission() {
    let words = |count: usize| "word and ".repeat(count / 2);
    let server = TestServer::start_with(|settings| {
        settings.max_message_bytes = 32 << 20;
        settings.grammar.english.checkers = 0;
    })
    .await;
    let response = ask(&server, stated("en", &words(1_000_000))).await.unwrap();
    assert_eq!(response.checked.unwrap().of_words, 1_000_000);
    let server = TestServer::start_with(|settings| {
        settings.limits.max_text_words = 100;
        settings.grammar.english.checkers = 0;
    })
    .await;
    assert!(ask(&server, text(&words(100))).await.is_ok());
    let long = ask(&server, text(&words(102))).await.unwrap_err();
    assert_eq!(long.code(), Code::OutOfRange, "{long:?}");
    assert!(long.message().contains("max_text_words"), "{long:?}");
}

#[tokio::test]
async fn a_stored_source_is_checked_for_keys_that_may_read_it() {
    let keys = Keys::new();
    let (writer, _) = keys.make(Role::Write, &["*"]);
    let (reader, _) = keys.make(Role::Check, &["*"]);
    let (other, _) = keys.make(Role::Write, &["mine"]);
    let tool = LanguageTool::start();
    let url = format!("http://127.0.0.1:{}", tool.port);
    let server = TestServer::start_with(|settings| {
        keys.set(settings);
        settings.grammar.languagetool = Some(url.parse().unwrap());
    })
    .await;
    let mut corpus = proto::corpus_service_client::CorpusServiceClient::new(keyed(&server, &writer).await);
    corpus.add_source(add("a", FRENCH)).await.unwrap();
    let of = async |token: &str, collection: &str, id: &str| {
        let source = Some(proto::SourceName { collection: collection.to_owned(), id: id.to_owned() });
        let request = CheckGrammarRequest { source, ..CheckGrammarRequest::default() };
        WritingServiceClient::new(keyed(&server, token).await).check_grammar(request).await
    };
    assert_eq!(of(&writer, "default", "a").await.unwrap().into_inner().findings[0].text, "maizon");
    assert_eq!(of(&reader, "default", "a").await.unwrap_err().code(), Code::PermissionDenied);
    // A collection that is there and hidden is as one that is not there.
    let hidden = of(&other, "default", "a").await.unwrap_err();
    let absent = of(&other, "absent", "a").await.unwrap_err();
    assert_eq!(hidden.code(), absent.code());
    assert_eq!(hidden.message().replace("default", "absent"), absent.message());
}

#[test]
fn the_command_lists_places_and_suggestions() {
    let tool = LanguageTool::start();
    let served = Served::start(&["--languagetool-url", &format!("http://127.0.0.1:{}", tool.port)]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("essai.txt");
    std::fs::write(&path, format!("Le gardien\n\n{FRENCH}\n")).unwrap();
    let path = path.to_str().unwrap();
    let server = ["--server", served.address.as_str()];
    let grammar = |arguments: &[&str]| run(&[&["grammar"], arguments, &server].concat(), &served.address);
    let output = grammar(&[path]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("3:28  spelling       \"maizon\" → \"maison\""), "{said}");
    assert!(
        said.contains("1 finding (1 spelling); checked 19 of 19 words by LanguageTool 6.9, language fr"),
        "{said}"
    );
    let said = stdout(&grammar(&[path, "--own-word", "maizon", "--language", "fr", "--json"]));
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&said["findings"], &said["checker"]), (&json!([]), &json!("LanguageTool")));
    assert_eq!(grammar(&[path, "--language", "xx"]).status.code(), Some(3));
    for bad in
        [&["--language", "French"][..], &["--dialect", "scottish"], &["--id", "a"], &["--max-findings", "0"]]
    {
        assert_eq!(grammar(&[&[path], bad].concat()).status.code(), Some(2), "{bad:?}");
    }
    let imported = run(&["import", path], &served.address);
    assert!(imported.status.success(), "{}", stderr(&imported));
    let listed = stdout(&run(&["sources", "list", "--json"], &served.address));
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let id = listed["sources"][0]["id"].as_str().unwrap();
    assert!(stdout(&grammar(&["--id", id])).contains("3:28  spelling"), "{id}");
}
