//! English, which the program checks in processes of its own.

use std::time::{Duration, Instant};

use palimpsest::proto::{
    CheckGrammarRequest, CheckGrammarResponse, EnglishDialect, GrammarKind, GrammarNotCheckedReason,
};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{FRENCH, ask, stated, text};
use crate::harness::{TestServer, read_documents};

async fn server() -> TestServer {
    read_documents();
    TestServer::start().await
}

fn found(answer: &CheckGrammarResponse) -> Vec<&str> {
    answer.findings.iter().map(|finding| finding.text.as_str()).collect()
}

#[tokio::test]
async fn mistakes_are_found_with_what_is_right() {
    let server = server().await;
    for (sentence, wrong, right, kind) in [
        ("Every morning the old man opened teh window of his room.", "teh", "the", GrammarKind::Spelling),
        ("He go to school", "go", "goes", GrammarKind::Grammar),
        ("Their is a problem.", "Their", "There", GrammarKind::Grammar),
        ("They was happy about it.", "was", "were", GrammarKind::Grammar),
        ("She did not recieve the letter until the evening.", "recieve", "receive", GrammarKind::Spelling),
        ("He bought a apple from the woman at the corner.", "a", "an", GrammarKind::Grammar),
        ("The cat sat on the the mat and looked at us.", "the the", "the", GrammarKind::Repetition),
        ("We should of left before the rain began to fall.", "of", "have", GrammarKind::WordChoice),
    ] {
        let answer = ask(&server, text(sentence)).await.unwrap();
        let hit = answer.findings.iter().find(|finding| finding.text.contains(wrong));
        let hit = hit.unwrap_or_else(|| panic!("{sentence}: {answer:?}"));
        assert!(hit.replacements.iter().any(|it| it.contains(right)), "{hit:?}");
        assert_eq!(hit.kind(), kind, "{hit:?}");
        assert_eq!((answer.checker.as_str(), answer.language.as_str()), ("harper", "en"));
        assert!(answer.not_checked.is_empty(), "{answer:?}");
    }
}

#[tokio::test]
async fn what_is_no_mistake_is_not_found() {
    let server = server().await;
    for right in [
        "Yesterday Ysolde Brandtwerk met Wojciech Krzyszkowiak in Szczebrzeszyn, and they talked about Quenmore.",
        "The colour of the harbour had changed, and the travellers realised that they had to catalogue it anew.",
        "The keeper wrote in his diary: \"We was hapy then, and nobody seen us goin to teh harbour that nite.\"",
        "Light moves in straight lines (Brandtwerk & Krzyszkowiak, 2011; Quenmore et al., 2015, pp. 3–17).",
        "The method is fast [12], stable [13, 14] and easy to run: see https://exampel.org/teh_metod for details.",
    ] {
        let answer = ask(&server, text(right)).await.unwrap();
        assert!(answer.findings.is_empty(), "{right}: {:?}", answer.findings);
    }
}

#[tokio::test]
async fn dialects_rules_and_own_words_are_those_of_the_request() {
    let server = server().await;
    let british = "The colour of the harbour pleased the neighbours very much that day.";
    let of = async |dialect: EnglishDialect| {
        let request = CheckGrammarRequest { dialect: dialect.into(), ..text(british) };
        ask(&server, request).await.unwrap()
    };
    assert!(found(&of(EnglishDialect::British).await).is_empty());
    assert_eq!(found(&of(EnglishDialect::American).await), ["colour", "harbour", "neighbours"]);
    let unstated = of(EnglishDialect::Unspecified).await;
    assert_eq!((found(&unstated).len(), unstated.dialect()), (0, EnglishDialect::British));

    let wrong = "She did not recieve the letter until the evening.";
    let answer = ask(&server, text(wrong)).await.unwrap();
    let rule = answer.findings[0].rule.clone();
    let without = CheckGrammarRequest { disabled_rules: vec![rule], ..text(wrong) };
    assert!(ask(&server, without).await.unwrap().findings.is_empty());
    let own = CheckGrammarRequest { own_words: vec!["Recieve".to_owned()], ..text(wrong) };
    assert!(ask(&server, own).await.unwrap().findings.is_empty());
    let unknown = CheckGrammarRequest { enabled_rules: vec!["NoSuchRule".to_owned()], ..text(wrong) };
    let refused = ask(&server, unknown).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    assert_eq!(refused.get_details_bad_request().unwrap().field_violations[0].field, "enabled_rules");
    // The same again: nothing is kept of what was asked before.
    assert_eq!(ask(&server, text(wrong)).await.unwrap(), answer);
}

#[tokio::test]
async fn other_languages_in_an_english_text_are_stated() {
    let server = server().await;
    let english =
        "The keeper of the lighthouse climbed the stairs every evening, and nobody knew teh reason.";
    let chinese = "守塔人每天晚上都爬上楼梯，没有人知道他为什么再也没有回来。";
    let whole = format!("{english}\n\n{FRENCH}\n\n{chinese}\n\n{english}");
    let answer = ask(&server, text(&whole)).await.unwrap();
    assert_eq!(found(&answer), ["teh", "teh"]);
    let [french, other] = &answer.not_checked[..] else { panic!("{answer:?}") };
    for part in [french, other] {
        assert_eq!(part.reason(), GrammarNotCheckedReason::Language, "{part:?}");
        assert!(part.message.contains("languagetool_url"), "{part:?}");
    }
    // Words of scripts without spaces are counted as everywhere: about one and a half characters each.
    assert_eq!(french.words, 17);
    assert!((12..=24).contains(&other.words), "{other:?}");
    let checked = answer.checked.unwrap();
    assert_eq!((checked.words, checked.of_words), (30, 47 + other.words));
}

#[tokio::test]
async fn odd_texts_have_answers() {
    let server = server().await;
    for (odd, words) in [("word", 1), ("I", 1), ("The.", 1), ("12 345", 2), ("🙂 … !", 0), ("\u{200b}", 0)]
    {
        let answer = ask(&server, text(odd)).await.unwrap();
        assert!(answer.findings.is_empty(), "{odd:?} {answer:?}");
        assert_eq!(answer.checked.unwrap().of_words, words, "{odd:?} {answer:?}");
    }
}

#[tokio::test]
async fn a_million_words_end_in_time_and_the_rest_is_stated() {
    read_documents();
    let server = TestServer::start_with(|settings| {
        settings.max_message_bytes = 32 << 20;
        settings.grammar.timeout = Duration::from_secs(10);
    })
    .await;
    let began = Instant::now();
    let paragraph = format!("{}\n\n", "The keeper climbed the stairs, and nobody knew why. ".repeat(10));
    let answer = ask(&server, stated("en", &paragraph.repeat(10_000))).await.unwrap();
    assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
    let [rest] = &answer.not_checked[..] else { panic!("{:?}", answer.not_checked.len()) };
    assert_eq!(rest.reason(), GrammarNotCheckedReason::CheckerFailed);
    let checked = answer.checked.unwrap();
    assert_eq!((checked.of_words, checked.words + rest.words), (900_000, 900_000));
    assert!(checked.words > 0 && answer.checker == "harper", "{checked:?}");
}

#[tokio::test]
async fn a_deadline_ends_a_check() {
    let server = server().await;
    let sentence = "The keeper climbed the stairs, and nobody knew why he never came back.\n\n";
    let mut request = tonic::Request::new(text(&sentence.repeat(5_000)));
    request.set_timeout(Duration::from_millis(100));
    let began = Instant::now();
    let mut client =
        palimpsest::proto::writing_service_client::WritingServiceClient::new(server.channel().await);
    let status = client.check_grammar(request).await.unwrap_err();
    assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // The child of the one that was left is no burden for the next.
    assert_eq!(found(&ask(&server, stated("en", "It is teh end.")).await.unwrap()), ["teh"]);
}
