//! Exclusions, which do not count, and alerts, which are reported without effect on the count.

use palimpsest::proto::{self, AlertKind, AlertSeverity, ExclusionReason as Reason};
use palimpsest::report::ExclusionReason;
use palimpsest::text::CorpusSeed;
use palimpsest::{
    CollectionName, DetectionMode, DetectionOptions, Engine, Exclusions, IfExists, Limits, NewSource, Scope,
    SourceId, Stop,
};
use proptest::prelude::*;

use crate::harness::{TestServer, add, check, fill, report};
use crate::words::Words;

const ESSAY: &str = "\
A working alliance joins two people around a task that both of them chose.
Most authors tell two kinds of it apart (Marlow and Finch, 2009; Osei, 2011, p. 4).
As one of them puts it, \"a client stays where a client is heard\" (2009).
References: Marlow, A. and Finch, T. (2009). Alliances at Work. (5th ed). Leeds. Harbour
Press, Inc. Osei, K. (2011). Hearing and Being Heard. Harbour Quarterly, 20:2, 94-103.";

const OTHER_ESSAY: &str = "\
A good apprenticeship binds a master and a learner to work that neither could do alone.
Two schools of it are commonly told apart (Adeyemi & Holt, 1998, pp. 12-15; Brandt et al., 2014).
In the words of the later one, “the hand learns what the ear has missed” [2].

References

Adeyemi, R. and Holt, S. (1998). The Bench and the Book. 2nd ed. Bristol: Quay Press.
Brandt, L., Moor, P. and Weiss, J. (2014). Learning by the Hand. Journal of Craft, 7(3), 201-219.
";

/// A request with these exclusions, in verbatim mode unless `change` says otherwise.
fn excluding(text: &str, change: impl FnOnce(&mut proto::Exclusions)) -> proto::CheckRequest {
    let mut exclusions = proto::Exclusions::default();
    change(&mut exclusions);
    let mut request = check(text);
    let mut options =
        proto::DetectionOptions { exclusions: Some(exclusions), ..proto::DetectionOptions::default() };
    options.set_mode(proto::DetectionMode::VerbatimOnly);
    request.options = Some(options);
    request
}

fn slice(text: &str, span: Option<proto::Span>) -> &str {
    let span = span.unwrap();
    &text[span.start as usize..span.end as usize]
}

fn excluded<'t>(report: &proto::Report, text: &'t str) -> Vec<(Reason, &'t str)> {
    report.exclusions.iter().map(|exclusion| (exclusion.reason(), slice(text, exclusion.span))).collect()
}

/// Numbers of words covered and of words considered.
fn share(report: &proto::Report) -> (u64, u64) {
    let share = report.coverage.unwrap();
    (share.words, share.of_words)
}

#[track_caller]
fn assert_adds_up(report: &proto::Report) {
    let considered = report.coverage.unwrap().of_words;
    assert_eq!(report.words, report.too_few_words + report.excluded_words + considered);
    assert_eq!(report.exclusions.iter().map(|exclusion| exclusion.words).sum::<u64>(), report.excluded_words);
    assert!(report.exclusions.iter().all(|exclusion| exclusion.words > 0));
    let spans: Vec<_> = report.exclusions.iter().map(|exclusion| exclusion.span.unwrap()).collect();
    assert!(spans.iter().all(|span| span.start < span.end));
    assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{spans:?}");
    let covered: Vec<_> = report.covered_spans.iter().map(|covered| covered.span.unwrap()).collect();
    let apart = |a: &proto::Span, b: &proto::Span| a.end <= b.start || b.end <= a.start;
    assert!(covered.iter().all(|covered| spans.iter().all(|span| apart(covered, span))));
    assert_eq!(report.covered_spans.iter().map(|c| c.words).sum::<u64>(), report.coverage.unwrap().words);
}

#[tokio::test]
async fn the_essay_comes_out_as_its_comments_say() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    fill(&mut corpus, &[("essay", ESSAY), ("other", OTHER_ESSAY)]).await;
    let bibliography = |essay: &'static str| essay[essay.find("References").unwrap()..].trim_end();
    let cases: [(&str, u64, Vec<(Reason, &str)>); 2] = [
        (
            ESSAY,
            14 + 8 + 6,
            vec![
                (Reason::Citation, "Marlow and Finch, 2009; Osei, 2011, p. 4"),
                (Reason::Quotation, "a client stays where a client is heard"),
                (Reason::Citation, "2009"),
                (Reason::Bibliography, bibliography(ESSAY).trim_end_matches('.')),
            ],
        ),
        (
            OTHER_ESSAY,
            16 + 8 + 7,
            vec![
                (Reason::Citation, "Adeyemi & Holt, 1998, pp. 12-15; Brandt et al., 2014"),
                (Reason::Quotation, "the hand learns what the ear has missed"),
                (Reason::Citation, "2"),
                (Reason::Bibliography, bibliography(OTHER_ESSAY).trim_end_matches('.')),
            ],
        ),
    ];
    for (essay, considered, expected) in cases {
        let found = report(&mut detection, check(essay)).await;
        assert_eq!(excluded(&found, essay), expected);
        assert_adds_up(&found);
        // The rest of the essay was copied whole.
        assert_eq!(share(&found), (considered, considered));
        assert_eq!(found.coverage.unwrap().percent, 100.0);
        let passage = &found.sources[0].passages[0];
        assert_eq!(u64::from(passage.submission_words), found.words, "passages in exclusions are listed");
        assert_eq!(u64::from(passage.counted_words), considered);
        assert_eq!(found.sources[0].source_used.unwrap().words, found.words);
        let compared = proto::CompareRequest {
            submitted_at: None,
            text: essay.to_owned(),
            sources: vec![proto::ComparedText { text: essay.to_owned(), ..Default::default() }],
            options: None,
            ..Default::default()
        };
        let compared = detection.compare(compared).await.unwrap().into_inner().report.unwrap();
        assert_eq!(compared.exclusions, found.exclusions);
        assert_eq!(compared.coverage, found.coverage);
    }
}

#[tokio::test]
async fn each_kind_of_region_is_left_out_or_counted_as_asked() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    fill(&mut corpus, &[("essay", ESSAY)]).await;
    let all = report(&mut detection, check(ESSAY)).await;
    for kinds in 0..8_u8 {
        let wanted = |bit: u8| kinds & bit != 0;
        let request = excluding(ESSAY, |exclusions| {
            // Unset means true.
            exclusions.quotations = (!wanted(1)).then_some(false);
            exclusions.bibliography = (!wanted(2)).then_some(false);
            exclusions.citations = Some(wanted(4));
        });
        let found = report(&mut detection, request).await;
        let is_wanted = |exclusion: &&proto::Exclusion| match exclusion.reason() {
            Reason::Quotation => wanted(1),
            Reason::Bibliography => wanted(2),
            _ => wanted(4),
        };
        let expected: Vec<_> = all.exclusions.iter().filter(is_wanted).copied().collect();
        assert_eq!(found.exclusions, expected, "{kinds:03b}");
        assert_adds_up(&found);
        let left = found.words - expected.iter().map(|exclusion| exclusion.words).sum::<u64>();
        assert_eq!(share(&found), (left, left), "{kinds:03b}");
    }
}

#[tokio::test]
async fn both_counts_lose_the_words_of_a_copied_quotation() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let source = Words::new(1).text(22).replace('.', "");
    fill(&mut corpus, &[("source", &source)]).await;
    let words: Vec<&str> = source.split(' ').collect();
    let submission =
        format!("{} «{}» {}", Words::new(2).text(20), words[..12].join(" "), words[12..].join(" "));
    let left_out = report(&mut detection, excluding(&submission, |_| {})).await;
    assert_eq!(excluded(&left_out, &submission), [(Reason::Quotation, words[..12].join(" ").as_str())]);
    assert_eq!((left_out.words, share(&left_out)), (42, (10, 30)));
    let passage = &left_out.sources[0].passages[0];
    assert_eq!((passage.submission_words, passage.counted_words), (22, 10));
    assert_eq!((left_out.sources[0].covered.unwrap().words, left_out.sources[0].unique_words), (10, 10));
    assert_eq!(left_out.sources[0].source_used.unwrap().words, 22);
    assert_eq!(slice(&submission, left_out.covered_spans[0].span), words[12..].join(" "));

    let counted = report(&mut detection, excluding(&submission, |e| e.quotations = Some(false))).await;
    assert_eq!((share(&counted), counted.excluded_words), ((22, 42), 0));
    assert_eq!(counted.sources[0].passages[0].counted_words, 22);
    assert_ne!(counted.settings_digest, left_out.settings_digest);
}

#[tokio::test]
async fn unbalanced_quotation_marks_leave_nothing_out() {
    let server = TestServer::start().await;
    let mut detection = server.detection().await;
    for text in [
        "She said \"nothing of the kind and went on as if nobody had ever asked her about it at all.",
        "She said “nothing of the kind and went on as if nobody had ever asked her.\n\nAnd then he went.",
        "It is 6\" wide and the others' boards don't fit ’twas said, rock ’n’ roll » of the seventies",
        "«Nobody ever closes what « he opens 「and so it goes on and on until the end of it",
    ] {
        let found = report(&mut detection, check(text)).await;
        assert_eq!(excluded(&found, text), [], "{text}");
        assert_eq!(found.coverage.unwrap().of_words, found.words);
    }
}

#[tokio::test]
async fn boilerplate_is_left_out_from_texts_and_collections() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let (sheet, copied, own) = (Words::new(1).text(30), Words::new(2).text(25), Words::new(3).text(15));
    let submission = format!("{sheet} {own} {copied}");
    let other_answer = format!("{sheet} {}", Words::new(4).text(40));
    fill(&mut corpus, &[("answer", &other_answer), ("book", &copied)]).await;
    let request = proto::CreateCollectionRequest { name: "sheets".to_owned(), ..Default::default() };
    corpus.create_collection(request).await.unwrap();
    for (id, text) in [("sheet", &sheet), ("another", &Words::new(5).text(50))] {
        let mut request = add(id, text);
        request.collection = "sheets".to_owned();
        corpus.add_source(request).await.unwrap();
    }
    let plain = report(&mut detection, excluding(&submission, |_| {})).await;
    assert_eq!((share(&plain), plain.exclusions.len()), ((55, 70), 0));
    let long_sheet = format!("{} {sheet}", Words::new(6).text(40));
    let texts =
        excluding(&submission, |e| e.boilerplate_texts = vec![own[..4].to_owned(), long_sheet.clone()]);
    let collections = excluding(&submission, |e| e.boilerplate_collections = vec!["sheets".to_owned()]);
    let compare = proto::CompareRequest {
        submitted_at: None,
        text: submission.clone(),
        sources: vec![proto::ComparedText { text: copied.clone(), ..Default::default() }],
        options: texts.options.clone(),
        ..Default::default()
    };
    for request in [texts, collections] {
        let found = report(&mut detection, request).await;
        assert_eq!(excluded(&found, &submission), [(Reason::Boilerplate, sheet.trim_end_matches('.'))]);
        assert_eq!(share(&found), (25, 40));
        assert_adds_up(&found);
        // A source that shares only boilerplate is listed last, and counts for nothing.
        let sources: Vec<_> =
            found.sources.iter().map(|s| (s.source_id.as_str(), s.covered.unwrap().words)).collect();
        assert_eq!(sources, [("book", 25), ("answer", 0)]);
        assert_eq!((found.sources_in_scope, found.sources[1].passages[0].counted_words), (2, 0));
    }
    let compared = detection.compare(compare).await.unwrap().into_inner().report.unwrap();
    assert_eq!((share(&compared), compared.excluded_words), ((25, 40), 30));
}

#[tokio::test]
async fn own_earlier_work_is_left_out_and_not_listed() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let (mine, theirs, new) = (Words::new(1).text(30), Words::new(2).text(25), Words::new(3).text(15));
    for (id, group, text) in [
        ("my draft", "anna", mine.clone()),
        ("their book", "ben", format!("{} {theirs}", Words::new(7).text(20))),
        ("their copy of mine", "ben", mine.clone()),
    ] {
        let mut request = add(id, &text);
        request.source.as_mut().unwrap().group = group.to_owned();
        corpus.add_source(request).await.unwrap();
    }
    let submission = format!("{mine} {new} {theirs}");
    let listed = |report: &proto::Report| -> Vec<String> {
        report.sources.iter().map(|source| source.source_id.clone()).collect()
    };
    let own = excluding(&submission, |e| e.own_groups = vec!["anna".to_owned(), "nobody".to_owned()]);
    let found = report(&mut detection, own).await;
    assert_eq!(excluded(&found, &submission), [(Reason::OwnWork, mine.trim_end_matches('.'))]);
    assert_eq!(share(&found), (25, 40));
    // Sources of other groups that contain the own work are listed, and not counted.
    assert_eq!(listed(&found), ["their book", "their copy of mine"]);
    assert_eq!((found.sources_found, found.passages_found, found.sources_in_scope), (2, 2, 3));
    assert_eq!(found.sources[1].covered.unwrap().words, 0);
    assert_adds_up(&found);

    // The group is out of scope, so that it excludes nothing: its words count, and other sources cover them.
    let mut out_of_scope = excluding(&submission, |_| {});
    out_of_scope.scope =
        Some(proto::Scope { exclude_groups: vec!["anna".to_owned()], ..proto::Scope::default() });
    let found = report(&mut detection, out_of_scope).await;
    assert_eq!((share(&found), found.excluded_words), ((55, 70), 0));
    // By evidence: another source of the collection has the words of the copy too.
    assert_eq!(listed(&found), ["their book", "their copy of mine"]);
    assert_eq!((found.sources[1].unique_words, found.sources_in_scope), (30, 2));
}

#[tokio::test]
async fn short_passages_are_left_out_unless_a_longer_one_covers_them() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let (short, long, own) = (Words::new(1).text(9), Words::new(2).text(15), Words::new(3).text(20));
    let part: String = long.split(' ').take(9).collect::<Vec<_>>().join(" ");
    let noise = |seed: u64| Words::new(seed).text(20);
    let sources_of = [
        ("both", format!("{short} {} {long} {}", noise(10), noise(11))),
        ("part", format!("{} {part} {}", noise(12), noise(13))),
    ];
    fill(&mut corpus, &sources_of.each_ref().map(|(id, text)| (*id, text.as_str()))).await;
    let submission = format!("{own} {short} {} {long}", noise(4));
    for (least, expected, covered, sources) in [
        (8, vec![], (24, 64), 2),
        (9, vec![], (24, 64), 2),
        (10, vec![(Reason::ShortPassage, short.as_str())], (15, 55), 1),
        (15, vec![(Reason::ShortPassage, short.as_str())], (15, 55), 1),
        (
            16,
            vec![(Reason::ShortPassage, short.as_str()), (Reason::ShortPassage, long.trim_end_matches('.'))],
            (0, 40),
            0,
        ),
    ] {
        let mut request = excluding(&submission, |_| {});
        request.options.as_mut().unwrap().min_passage_words = Some(least);
        let found = report(&mut detection, request).await;
        assert_eq!(excluded(&found, &submission), expected, "{least}");
        assert_eq!((share(&found), found.sources.len()), (covered, sources), "{least}");
        let guarantee = found.guarantee.as_ref().unwrap();
        assert_eq!((guarantee.min_run_words, guarantee.holds), (least, true));
        assert_adds_up(&found);
        let sources = sources_of.iter().map(|(id, text)| proto::ComparedText {
            id: (*id).to_owned(),
            text: text.clone(),
            ..Default::default()
        });
        let options = proto::DetectionOptions {
            // Comparisons ignore the commonness cap.
            commonness_cap: Some(1),
            min_passage_words: Some(least),
            mode: proto::DetectionMode::VerbatimOnly.into(),
            ..Default::default()
        };
        let request = proto::CompareRequest {
            text: submission.clone(),
            sources: sources.collect(),
            options: Some(options),
            ..Default::default()
        };
        let compared = detection.compare(request).await.unwrap().into_inner().report.unwrap();
        assert_eq!((compared.coverage, compared.exclusions), (found.coverage, found.exclusions), "{least}");
    }
}

#[tokio::test]
async fn common_text_is_left_out_and_the_guarantee_says_so() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let (common, rare, own) = (Words::new(1).text(30), Words::new(2).text(20), Words::new(3).text(20));
    for i in 0..20 {
        // Six of the twenty sources have the common text.
        let first = if i < 6 { common.clone() } else { Words::new(200 + i).text(30) };
        let text = format!("{} {first} {}", Words::new(100 + i).text(10), if i == 3 { &rare } else { "" });
        fill(&mut corpus, &[(&format!("s{i:02}"), &text)]).await;
    }
    let submission = format!("{own} {common} {} {rare}", Words::new(4).text(10));
    let ask = async |cap: Option<u32>, percent: Option<f64>| {
        let mut request = excluding(&submission, |_| {});
        let options = request.options.as_mut().unwrap();
        (options.commonness_cap, options.commonness_percent) = (cap, percent);
        report(&mut server.detection().await, request).await
    };
    let plain = ask(None, None).await;
    assert_eq!((share(&plain), plain.sources_found), ((50, 80), 6));
    for (cap, percent) in [(Some(6), None), (None, Some(30.0)), (Some(6), Some(30.0)), (Some(7), Some(99.0))]
    {
        let uncapped = ask(cap, percent).await;
        assert_eq!(
            (&uncapped.coverage, uncapped.excluded_words),
            (&plain.coverage, 0),
            "{cap:?} {percent:?}"
        );
        assert!(uncapped.guarantee.unwrap().holds);
    }
    let start = submission.find(&common).unwrap();
    let here = start..start + common.len();
    for (cap, percent) in
        [(Some(5), None), (None, Some(25.0)), (Some(5), Some(90.0)), (Some(900), Some(29.9))]
    {
        let capped = ask(cap, percent).await;
        assert_adds_up(&capped);
        assert!(capped.exclusions.iter().all(|exclusion| exclusion.reason() == Reason::Common));
        // K-grams that reach over the text's edges are rare: all but a few words at each end are left out.
        assert!((22..=30).contains(&capped.excluded_words), "{}", capped.excluded_words);
        let spans: Vec<_> = capped.exclusions.iter().map(|exclusion| exclusion.span.unwrap()).collect();
        assert!(spans.iter().all(|span| here.start <= span.start as usize && span.end as usize <= here.end));
        let guarantee = capped.guarantee.clone().unwrap();
        assert_eq!((guarantee.holds, guarantee.voids.len()), (false, 1));
        let void = &guarantee.voids[0];
        assert_eq!((void.reason(), void.limit), (proto::GuaranteeVoidReason::CommonnessCap, 5));
        let is_void =
            |span: &proto::Span| void.spans.iter().any(|v| v.start <= span.start && span.end <= v.end);
        assert!(spans.iter().all(is_void), "the guarantee names what is left out");
        // One source also has the rare text, which finds it; the others share only common text.
        assert_eq!(capped.sources.iter().map(|s| s.source_id.as_str()).collect::<Vec<_>>(), ["s03"]);
        let (covered, considered) = share(&capped);
        assert_eq!((covered, considered), (50 - capped.excluded_words, 80 - capped.excluded_words));
    }
    assert_eq!(
        detection.check(check(&submission)).await.unwrap().into_inner().report.unwrap().excluded_words,
        0
    );
}

#[tokio::test]
async fn what_stands_in_one_source_of_few_is_not_common() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    fill(
        &mut corpus,
        &[("notebooks", PLAIN), ("a", &Words::new(3).text(60)), ("b", &Words::new(4).text(60))],
    )
    .await;
    let mut request = excluding(PLAIN, |_| {});
    request.options.as_mut().unwrap().commonness_percent = Some(5.0);
    let found = report(&mut detection, request).await;
    assert_eq!((share(&found), found.excluded_words), ((60, 60), 0));
}

#[tokio::test]
async fn a_word_is_left_out_once_for_the_first_reason_that_holds() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let sheet = "what the tide leaves behind belongs to whoever walks there first";
    let submission = format!(
        "{} \"{sheet} (Osei, 2011) every single morning\" {}",
        Words::new(1).text(9),
        Words::new(2).text(9)
    );
    let mut draft = add("draft", &submission);
    draft.source.as_mut().unwrap().group = "anna".to_owned();
    corpus.add_source(draft).await.unwrap();
    let request = excluding(&submission, |exclusions| {
        exclusions.boilerplate_texts = vec![sheet.to_owned()];
        exclusions.own_groups = vec!["anna".to_owned()];
    });
    let found = report(&mut detection, request).await;
    assert_eq!(
        excluded(&found, &submission),
        [
            (Reason::OwnWork, Words::new(1).text(9).as_str()),
            (Reason::Boilerplate, sheet),
            (Reason::Quotation, "Osei, 2011) every single morning"),
            (Reason::OwnWork, Words::new(2).text(9).as_str()),
        ]
    );
    assert_eq!((found.words, found.excluded_words, share(&found)), (34, 34, (0, 0)));
    assert_eq!((found.coverage.unwrap().percent, found.sources.len()), (0.0, 0));
}

#[tokio::test]
async fn a_text_too_short_to_check_adds_up_with_a_quotation_in_it() {
    let server = TestServer::start().await;
    let mut detection = server.detection().await;
    let found = report(&mut detection, check("He said \"no thanks\"")).await;
    assert_eq!((found.words, found.too_few_words), (4, 4));
    assert_adds_up(&found);
}

#[tokio::test]
async fn exclusions_and_alerts_come_in_the_unit_asked_for() {
    let server = TestServer::start().await;
    let mut detection = server.detection().await;
    let text = "😀 Ünlike „die müde Fähre zog über den Fluß“ (Öseï, 2011) 数据 𝒳 it was cоpied by mе and hе.";
    let bytes = report(&mut detection, check(text)).await;
    assert_eq!(
        excluded(&bytes, text),
        [(Reason::Quotation, "die müde Fähre zog über den Fluß"), (Reason::Citation, "Öseï, 2011")]
    );
    let alerts: Vec<_> = bytes.alerts.iter().map(|alert| (alert.kind(), slice(text, alert.span))).collect();
    assert_eq!(alerts.last(), Some(&(AlertKind::LookAlike, "cоpied by mе and hе")));
    type Length = fn(&str) -> usize;
    let units: [(proto::OffsetUnit, Length); 3] = [
        (proto::OffsetUnit::Utf8Bytes, str::len),
        (proto::OffsetUnit::Utf16CodeUnits, |text| text.encode_utf16().count()),
        (proto::OffsetUnit::CodePoints, |text| text.chars().count()),
    ];
    for (unit, length) in units {
        let mut request = check(text);
        let mut options = proto::DetectionOptions::default();
        options.set_offset_unit(unit);
        request.options = Some(options);
        let found = report(&mut detection, request).await;
        let converted = |span: Option<proto::Span>| {
            let at = |byte: u64| length(&text[..byte as usize]) as u64;
            span.map(|span| proto::Span { start: at(span.start), end: at(span.end) })
        };
        let spans = |report: &proto::Report| -> Vec<Option<proto::Span>> {
            let exclusions = report.exclusions.iter().map(|exclusion| exclusion.span);
            exclusions.chain(report.alerts.iter().map(|alert| alert.span)).collect()
        };
        let expected: Vec<_> = spans(&bytes).into_iter().map(converted).collect();
        assert_eq!(spans(&found), expected, "{unit:?}");
        assert_adds_up(&found);
    }
}

/// A text of sixty words.
const PLAIN: &str = "The keeper of the lighthouse wrote down every ship that passed, and when the fog was too thick \
    to see by, he wrote down the sound of their engines instead. After forty years the notebooks filled a \
    whole cupboard. Nobody asked for them until an insurance company wanted to know which captain had been \
    telling the truth about a collision.";

/// Changes words of at least `letters` letters, the first `most` of them.
fn each_word(letters: usize, most: usize, change: impl Fn(&str) -> String) -> String {
    let mut left = most;
    let words = PLAIN.split(' ').map(|word| {
        let is_plain = word.len() >= letters && word.bytes().all(|byte| byte.is_ascii_lowercase());
        if is_plain && left > 0 {
            left -= 1;
            change(word)
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn hiding_is_matched_through_and_told_and_changes_no_percentage() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    // Thirty words before and after, as long as those of the text.
    let around = (
        "My aunt sold lamps from a cart near the old mill, and in the cold months she would lend them out for a song or a \
         bowl of warm soup.",
        "Each of the boys got a pear and a thin slice of cake that day, but the girl who came last had to wait in rain \
         for the next train.",
    );
    fill(&mut corpus, &[("notebooks", PLAIN), ("noise", &Words::new(3).text(300))]).await;
    let submission = |copied: &str| format!("{} {copied} {}", around.0, around.1);
    let plain = report(&mut detection, check(&submission(PLAIN))).await;
    assert_eq!((share(&plain), &plain.alerts[..]), ((60, 120), &[][..]));

    let inside = |hidden: &'static str| move |word: &str| format!("{}{hidden}{}", &word[..2], &word[2..]);
    let spaced = |word: &str| word.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let cases = [
        (each_word(4, 99, inside("\u{200B}")), AlertKind::ZeroWidth, AlertSeverity::High, '\u{200B}'),
        (each_word(4, 1, inside("\u{200D}")), AlertKind::ZeroWidth, AlertSeverity::Medium, '\u{200D}'),
        (each_word(4, 9, inside("\u{200E}")), AlertKind::BidiControl, AlertSeverity::High, '\u{200E}'),
        (each_word(4, 3, inside("\u{AD}\u{AD}")), AlertKind::SoftHyphen, AlertSeverity::Medium, '\u{AD}'),
        (
            each_word(4, 20, |w| w.replace('e', "е").replace('o', "о")),
            AlertKind::LookAlike,
            AlertSeverity::High,
            'е',
        ),
        (
            each_word(4, 2, inside("\u{E0041}\u{E0042}")),
            AlertKind::Invisible,
            AlertSeverity::High,
            '\u{E0041}',
        ),
        (
            PLAIN.replace(" wrote", " \u{E001}\u{E002}\u{E003}\u{E004}\u{E005} wrote"),
            AlertKind::PrivateUse,
            AlertSeverity::Medium,
            '\u{E001}',
        ),
        (each_word(6, 1, spaced), AlertKind::SpacedLetters, AlertSeverity::Low, 'k'),
        (
            each_word(5, 99, |word| format!("  {}  ", spaced(word))),
            AlertKind::SpacedLetters,
            AlertSeverity::High,
            'k',
        ),
    ];
    for (disguised, kind, severity, hidden) in cases {
        assert_ne!(disguised, PLAIN);
        let text = submission(&disguised);
        let found = report(&mut detection, check(&text)).await;
        assert_eq!((&found.coverage, found.words), (&plain.coverage, plain.words), "{kind:?}");
        assert_eq!((found.sources.len(), found.sources[0].passages.len()), (1, 1), "{kind:?}");
        let passage = &found.sources[0].passages[0];
        assert_eq!(passage.kind(), proto::PassageKind::Verbatim, "{kind:?}");
        assert_eq!((passage.similarity, passage.matched_words), (1.0, 60), "{kind:?}");
        assert_eq!(found.sources[0].source_used.unwrap().percent, 100.0);
        let copied = disguised.trim_end_matches('.');
        assert_eq!(slice(&text, passage.submission), copied, "{kind:?}");
        let alerts: Vec<_> = found.alerts.iter().map(|alert| (alert.kind(), alert.severity())).collect();
        assert_eq!(alerts, [(kind, severity)]);
        let span = slice(&text, found.alerts[0].span);
        assert!(disguised.contains(span), "{kind:?}: {span}");
        // The span reaches from the first finding to the last.
        let outside = text.replacen(span, "", 1);
        if kind != AlertKind::SpacedLetters {
            assert!(span.contains(hidden) && !outside.contains(hidden), "{kind:?}: {span:?}");
        }
        assert_eq!(found.excluded_words, 0);
        // The disguised text alone matches the source.
        let alone = report(&mut detection, check(&disguised)).await;
        assert_eq!((share(&alone), alone.coverage.unwrap().percent), ((60, 60), 100.0), "{kind:?}");
    }
}

/// A piece of a text: own words, copied words, quotations, citations, or misplaced marks.
fn piece() -> impl Strategy<Value = String> {
    let copied = || {
        (0_usize..30, 3_usize..25)
            .prop_map(|(from, count)| PLAIN.split(' ').skip(from).take(count).collect::<Vec<_>>().join(" "))
    };
    prop_oneof![
        3 => (0_u64..50, 1_usize..20).prop_map(|(seed, count)| Words::new(seed).text(count)),
        3 => copied(),
        2 => copied().prop_map(|text| format!("\"{text}\"")),
        1 => copied().prop_map(|text| format!("“{text}” (2009)")),
        1 => copied().prop_map(|text| format!("\n\n> {text}\n\n")),
        1 => Just("(Marlow and Finch, 2009; Osei, 2011, p. 4).".to_owned()),
        1 => Just("so it is [12]".to_owned()),
        1 => prop_oneof![Just("\""), Just("“"), Just("(2009"), Just("\n\nReferences\n\n"), Just("«")].prop_map(str::to_owned),
        1 => Just("\nOsei, K. (2011). Hearing and Being Heard. Harbour Quarterly, 20:2, 94-103.\n".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn words_add_up_whatever_is_left_out(
        pieces in proptest::collection::vec(piece(), 1..14),
        (quotations, bibliography, citations) in any::<(bool, bool, bool)>(),
        boilerplate in proptest::option::of(piece()),
        (own, altered) in any::<(bool, bool)>(),
        min_passage_words in proptest::option::of(1_u32..20),
        commonness_cap in proptest::option::of(1_u32..3),
    ) {
        let text = pieces.join(" ");
        let engine = Engine::with_seed(Limits::default(), CorpusSeed::new(4));
        for (id, group, source) in [
            ("one", "", PLAIN),
            ("two", "anna", &PLAIN[..200]),
            ("three", "", &PLAIN[100..]),
        ] {
            let group = palimpsest::Group::new(group).unwrap();
            let source = NewSource { id: Some(SourceId::new(id).unwrap()), group, ..NewSource::new(source) };
            engine.add_source(&CollectionName::default(), source, IfExists::Reject).unwrap();
        }
        let exclusions = Exclusions {
            quotations,
            bibliography,
            citations,
            boilerplate_texts: boilerplate.into_iter().filter(|text| text.contains(char::is_alphanumeric)).collect(),
            own_groups: own.then(|| palimpsest::Group::new("anna").unwrap()).into_iter().collect(),
            ..Exclusions::none()
        };
        let options = DetectionOptions {
            exclusions,
            min_passage_words,
            commonness_cap,
            mode: if altered { DetectionMode::AlteredToo } else { DetectionMode::VerbatimOnly },
            ..DetectionOptions::default()
        };
        let Ok(report) = engine.check(&text, &Scope::default(), &options, &Stop::never()) else {
            prop_assert!(!text.contains(char::is_alphanumeric));
            return Ok(());
        };
        prop_assert!(report.coverage.words <= report.coverage.of_words);
        for source in &report.sources {
            prop_assert!(source.unique_words <= source.covered.words);
            prop_assert_eq!(source.covered.of_words, report.coverage.of_words);
            prop_assert!(source.passages.iter().all(|p| p.counted_words <= u64::from(p.submission_words)));
        }
        if !own && min_passage_words.is_none() && commonness_cap.is_none() {
            // A text matches itself, whatever the exclusions leave out of the count.
            let itself = [palimpsest::ComparedText { id: "s".into(), title: String::new(), text: text.as_str().into(), submitted_at: None, pages: None }];
            let whole = engine.compare(&text, &itself, &options, &Stop::never()).unwrap();
            // What boilerplate leaves of it counts where that is a passage by itself.
            let is_cut = whole.exclusions.iter().any(|excluded| excluded.reason == ExclusionReason::Boilerplate);
            prop_assert!(is_cut || whole.coverage.words == whole.coverage.of_words);
            prop_assert_eq!(whole.coverage_without_exclusions.percent(), 100.0);
            prop_assert_eq!(whole.sources[0].source_used.percent(), 100.0);
            assert_adds_up(&palimpsest::service::report_to_proto(whole));
        }
        assert_adds_up(&palimpsest::service::report_to_proto(report));
    }
}
