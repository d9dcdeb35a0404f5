//! Altered text: words replaced, moved, inflected, condensed; and text that stands in no source at all.

use std::time::{Duration, Instant};

use palimpsest::proto::{self, PassageKind};
use palimpsest::text::CorpusSeed;
use palimpsest::{DetectionOptions, Engine, Exclusions, Limits, Stop};
use proptest::prelude::*;

use crate::harness::{TestServer, check, fill, report};
use crate::words::Words;

const SALT: &str = "Before the railway came, salt reached the mountain villages on the backs of mules. A caravan left \
    the coast in early spring, as soon as the passes were open, and needed eleven days for a journey that a truck now \
    makes in an afternoon. The drivers slept in stone huts along the track and paid for their beds with a handful of \
    what they carried. Every village on the route had its own scales, and every village suspected its neighbour of \
    cheating with them. Disputes were settled once a year at the autumn fair, when a sealed weight was brought up from \
    the customs house and all the scales were tested against it in public. A merchant whose scales were found false \
    lost his licence for seven years, and his name was painted on the church door.";

const RAILWAY: &str = "The first train arrived in the summer of a drought year, and it brought water before it brought \
    anything else. Within a decade the caravans had disappeared. The mules were sold to the army, the huts lost their \
    roofs, and the men who had known every bend of the track became porters on the platform or left for the mines \
    abroad. What nobody had foreseen was that the price of salt would rise. The railway company held the only depot in \
    the valley and could ask what it liked, while forty drivers competing with each other had kept the price down \
    without ever meaning to. Petitions were written, a member of parliament gave a speech, and in the end the company \
    was made to publish its tariffs twice a year.";

const CHEESE: &str = "The shepherds suffered most, because a flock needs salt as much as a household does, and cheese \
    needs more of it than either. Some of them began to boil brine from a spring above the upper pasture, although the \
    law forbade it and although the wood for the fires cost them almost as much as they saved. Inspectors climbed up \
    from the town and overturned the kettles; a week later the kettles stood on their stones again. The dispute lasted \
    until the monopoly itself was abolished, and to this day the oldest families of the valley season their cheese with \
    grey salt from the spring, out of stubbornness rather than taste, and sell it to visitors at three times the price \
    of the white.";

const FAIR: &str = "Of the whole trade only the autumn fair has survived. The sealed weight is carried through the \
    streets by the youngest mule driver that can be found, who is usually a student in a borrowed coat, and the mayor \
    pretends to test the scales of the ice cream sellers. Historians have pointed out that the ceremony in its present \
    form is hardly sixty years old. That is true, but it misses the point. What the fair remembers is not the mules and \
    not even the salt, but the idea that a measure is honest only as long as anybody may ask to see it checked. The \
    villages have quarrelled about everything else since then, about water, about roads and about the school, and the \
    weight has been sent for more than once.";

const TELESCOPE: &str = "Amateur astronomers grind their mirrors by pushing one disc of glass over another, with wet \
    carborundum between them. The upper disc slowly becomes hollow and the lower one convex, without anybody having to \
    guide the curve. When the depth is right, finer and finer grains follow, until the surface is grey and smooth; then \
    pitch and rouge replace the grit, and the polishing begins. The final corrections are measured with a lamp, a razor \
    blade and a great deal of patience, for the errors that matter are smaller than a wave of light.";

fn compare(text: &str, source: &str) -> proto::CompareRequest {
    proto::CompareRequest {
        submitted_at: None,
        text: text.to_owned(),
        sources: vec![proto::ComparedText { text: source.to_owned(), ..Default::default() }],
        options: None,
        ..Default::default()
    }
}

async fn compared(server: &TestServer, text: &str, source: &str) -> proto::Report {
    server.detection().await.compare(compare(text, source)).await.unwrap().into_inner().report.unwrap()
}

/// The text with every `every`th word replaced by a made-up one. Punctuation stays.
fn replaced(text: &str, every: usize) -> String {
    let mut made_up = Words::new(99);
    let words = text.split_whitespace().enumerate().map(|(place, word)| {
        if place % every != every / 2 {
            return word.to_owned();
        }
        let mark = word.trim_start_matches(char::is_alphanumeric);
        format!("{}{mark}", made_up.word())
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The sentences in another order: those at even positions, then those at odd ones.
fn reordered(text: &str) -> String {
    let sentences: Vec<&str> = text.split_inclusive(". ").map(str::trim).collect();
    let (even, odd): (Vec<_>, Vec<_>) = sentences.iter().enumerate().partition(|(place, _)| place % 2 == 0);
    even.iter().chain(&odd).map(|(_, sentence)| **sentence).collect::<Vec<_>>().join(" ")
}

fn words_before(text: &str, byte: usize) -> i64 {
    text[..byte].split_whitespace().count() as i64
}

/// Asserts that there is one passage: `part` of the submission and `of` the source, give or take `slack` words.
#[track_caller]
fn assert_is_found(
    report: &proto::Report,
    (text, part): (&str, &str),
    (source, of): (&str, &str),
    slack: i64,
) {
    assert_eq!(
        report.passages_found,
        1,
        "{:?}",
        report.sources.iter().map(|s| &s.passages).collect::<Vec<_>>()
    );
    let passage = &report.sources[0].passages[0];
    assert_eq!(passage.kind(), PassageKind::Altered);
    for (text, part, span) in [(text, part, passage.submission), (source, of, passage.source)] {
        let (start, span) = (text.find(part).unwrap(), span.unwrap());
        let edges = [(start, span.start), (start + part.len(), span.end)];
        for (expected, found) in edges {
            let off = words_before(text, found as usize) - words_before(text, expected);
            assert!(
                off.abs() <= slack,
                "an edge is {off} words off: {}",
                &text[span.start as usize..span.end as usize]
            );
        }
    }
    let dice = 2.0 * f64::from(passage.matched_words)
        / (f64::from(passage.submission_words) + f64::from(passage.source_words));
    assert!(
        (passage.similarity - dice).abs() < 1e-6 && passage.similarity < 1.0 && passage.evidence_nats > 50.0
    );
}

#[tokio::test]
async fn replaced_words_in_reordered_sentences_are_one_passage() {
    let server = TestServer::start().await;
    let altered = replaced(&reordered(SALT), 5);
    let text = format!("{TELESCOPE}\n\n{altered}\n\n{}", TELESCOPE.replace("glass", "bronze"));
    let source = format!("{RAILWAY}\n\n{SALT}\n\n{CHEESE}");
    let report = compared(&server, &text, &source).await;
    assert_is_found(&report, (&text, &altered), (&source, SALT), 6);
    let similarity = report.sources[0].passages[0].similarity;
    assert!((0.7..0.9).contains(&similarity), "{similarity}");

    // The altered text has no run that verbatim mode could find.
    let mut request = compare(&text, &source);
    let mut options = proto::DetectionOptions::default();
    options.set_mode(proto::DetectionMode::VerbatimOnly);
    request.options = Some(options);
    let verbatim = server.detection().await.compare(request).await.unwrap().into_inner().report.unwrap();
    assert_eq!((verbatim.passages_found, verbatim.coverage.unwrap().words), (0, 0));
}

#[tokio::test]
async fn unrelated_texts_share_no_passage() {
    let server = TestServer::start().await;
    let texts = [SALT, RAILWAY, CHEESE, FAIR, TELESCOPE];
    for (place, text) in texts.iter().enumerate() {
        for source in texts.iter().skip(place + 1) {
            let report = compared(&server, text, source).await;
            assert_eq!(
                (report.passages_found, report.coverage.unwrap().words),
                (0, 0),
                "{text:.30} {source:.30}"
            );
        }
    }
}

#[tokio::test]
async fn an_inflected_copy_is_found() {
    let server = TestServer::start().await;
    let mut inflected = SALT.to_owned();
    for (from, to) in [
        ("reached", "reaches"),
        ("villages", "village"),
        ("caravan left", "caravans leaves"),
        ("were open", "were opening"),
        ("needed", "needing"),
        ("makes", "making"),
        ("slept", "sleeping"),
        ("huts", "hut"),
        ("paid", "paying"),
        ("carried", "carry"),
        ("scales", "scale"),
        ("suspected", "suspects"),
        ("cheating", "cheats"),
        ("Disputes", "Dispute"),
        ("settled", "settling"),
        ("brought", "bringing"),
        ("tested", "testing"),
        ("painted", "painting"),
        ("merchant", "merchants"),
    ] {
        assert!(inflected.contains(from), "{from}");
        inflected = inflected.replace(from, to);
    }
    let text = format!("{TELESCOPE} {inflected}");
    let report = compared(&server, &text, SALT).await;
    assert_is_found(&report, (&text, &inflected), (SALT, SALT), 6);
    // Altered passages match by stems: hardly a word is lost.
    let similarity = report.sources[0].passages[0].similarity;
    assert!(similarity > 0.88, "{similarity}");
}

const GERMAN: &str = "Der alte Leuchtturmwärter schrieb jeden Abend auf, welche Schiffe an der Insel vorbeigefahren \
    waren, und bei Nebel notierte er wenigstens den Klang ihrer Maschinen. Nach vierzig Jahren füllten seine Hefte \
    einen ganzen Schrank. Niemand fragte danach, bis eine Versicherung wissen wollte, welcher Kapitän nach einem \
    Zusammenstoß die Wahrheit gesagt hatte. Zwei Juristen reisten mit der Fähre an, blätterten drei Tage lang in den \
    Aufzeichnungen und fanden schließlich die gesuchte Nacht. Der Wärter hatte beide Schiffe gehört und sogar die \
    Minute vermerkt, in der das Nebelhorn des Frachters verstummte. Vor Gericht genügte dieser eine Satz, um den \
    Prozess zu entscheiden.";

const RUSSIAN: &str = "Старый смотритель маяка каждый вечер записывал, какие корабли прошли мимо острова, а в туман \
    отмечал хотя бы звук их машин. За сорок лет его тетради заполнили целый шкаф. Никто о них не спрашивал, пока \
    страховая компания не захотела узнать, какой капитан после столкновения сказал правду. Два юриста приехали на \
    пароме, три дня листали записи и наконец нашли нужную ночь. Смотритель слышал оба судна и даже указал минуту, \
    когда замолчал туманный гудок грузового корабля. В суде хватило одной этой фразы, чтобы решить дело.";

const CHINESE: &str = "老灯塔看守人每天晚上都记下经过小岛的船只,遇到大雾,他至少记下机器的声音。四十年以后,他的笔记本装满了整整一个柜子。\
    从来没有人问起这些本子,直到一家保险公司想知道,在一次碰撞事故之后,究竟是哪一位船长说了真话。两名律师乘渡轮来到岛上,\
    花了三天时间翻阅记录,终于找到了那个夜晚。看守人听见了两艘船,甚至写下了货轮雾笛停止鸣叫的那一分钟。在法庭上,\
    仅凭这一句话就足以判决整个案件。";

const GERMAN_OTHER: &str = "In der Backstube beginnt die Arbeit um zwei Uhr morgens, wenn der Sauerteig reif ist und \
    die Öfen heiß genug sind. Die Lehrlinge formen Brötchen, während die Meisterin den Teig für das Roggenbrot prüft.";
const RUSSIAN_OTHER: &str = "В пекарне работа начинается в два часа утра, когда закваска поднялась и печи достаточно \
    горячи. Ученики лепят булочки, а хозяйка проверяет тесто для ржаного хлеба и ставит противни на полки.";
const CHINESE_OTHER: &str = "面包房凌晨两点开工,酵头已经发好,烤炉也足够热了。学徒们揉小面包,师傅检查黑麦面团,然后把烤盘一个个放上架子。";

#[tokio::test]
async fn other_languages_are_no_different() {
    let server = TestServer::start().await;
    // The Russian paragraph ends with a short sentence of mostly common words, which may be lost.
    for (paragraph, other, slack) in [(GERMAN, GERMAN_OTHER, 6), (RUSSIAN, RUSSIAN_OTHER, 10)] {
        let altered = replaced(&reordered(paragraph), 6);
        let text = format!("{other}\n\n{altered}");
        let report = compared(&server, &text, paragraph).await;
        assert_is_found(&report, (&text, &altered), (paragraph, paragraph), slack);
        assert_eq!(compared(&server, other, paragraph).await.passages_found, 0);
    }
}

#[tokio::test]
async fn a_chinese_paragraph_with_replaced_characters_is_found() {
    let server = TestServer::start().await;
    const OTHERS: [char; 8] = ['鹅', '瓷', '铜', '梅', '犬', '竹', '珠', '桥'];
    // The alteration replaces one character in nine.
    let altered: String = CHINESE
        .chars()
        .enumerate()
        .map(|(place, c)| if place % 9 == 4 && c.is_alphabetic() { OTHERS[place / 9 % 8] } else { c })
        .collect();
    let text = format!("{CHINESE_OTHER}\n\n{altered}");
    let report = compared(&server, &text, CHINESE).await;
    let covered = report.coverage.unwrap();
    let characters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() as u64;
    // A word is 1.6 characters.
    let words = characters(&altered) * 62 / 100;
    assert!(covered.words.abs_diff(words) <= 5, "{covered:?} of {words}");
    assert_eq!(report.passages_found, 1);
    assert_eq!(report.sources[0].passages[0].kind(), PassageKind::Altered);
    assert_eq!(compared(&server, CHINESE_OTHER, CHINESE).await.passages_found, 0);
}

#[tokio::test]
async fn a_summary_is_found() {
    let server = TestServer::start().await;
    let source = [SALT, RAILWAY, CHEESE, FAIR].join("\n\n");
    assert!(source.split_whitespace().count() > 450);
    let summary = "Mules carried salt to the mountain villages until the railway came, and disputes over false scales \
        were settled at the autumn fair against a sealed weight. The company's depot raised the price of salt until \
        petitions made it publish its tariffs. Shepherds boiled brine from a spring against the law, inspectors \
        overturned their kettles, and grey salt still seasons the cheese of the valley. Only the fair and the weight \
        have survived.";
    let text = format!("{TELESCOPE}\n\n{summary}\n\n{}", Words::new(8).text(120));
    let report = compared(&server, &text, &source).await;
    assert_eq!(report.passages_found, 1);
    let passage = &report.sources[0].passages[0];
    assert_eq!(passage.kind(), PassageKind::Summary);
    let share = f64::from(passage.matched_words) / f64::from(passage.submission_words);
    assert!((passage.similarity - share).abs() < 1e-6 && share > 0.5, "{share}");
    let span = passage.submission.unwrap();
    let at = text.find(summary).unwrap();
    for (expected, found) in [(at, span.start), (at + summary.len(), span.end)] {
        let off = words_before(&text, found as usize) - words_before(&text, expected);
        assert!(off.abs() <= 8, "an edge is {off} words off");
    }
    assert!(passage.source_words > 300, "too few words of the source: {}", passage.source_words);
}

#[tokio::test]
async fn check_finds_what_compare_finds() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    for i in 0..50 {
        let text =
            format!("{} {}", Words::new(500 + i).text(150), [RAILWAY, CHEESE, TELESCOPE][i as usize % 3]);
        fill(&mut corpus, &[(&format!("other {i}"), &text)]).await;
    }
    let source = format!("{}\n\n{SALT}\n\n{}", Words::new(1).text(200), Words::new(2).text(200));
    fill(&mut corpus, &[("salt", &source)]).await;
    let altered = replaced(SALT, 10);
    let text = format!("{FAIR}\n\n{altered}\n\n{}", Words::new(3).text(100));
    let checked = report(&mut detection, check(&text)).await;
    let compared = compared(&server, &text, &source).await;
    // Less than a run of eight words may be lost at each edge.
    assert_is_found(&compared, (&text, &altered), (&source, SALT), 7);
    assert_eq!((checked.sources_found, checked.sources_in_scope), (1, 51));
    assert_eq!(checked.sources[0].source_id, "salt");
    let mut passages = checked.sources[0].passages.clone();
    let expected = passages.iter_mut().map(|passage| passage.expected_by_chance.take());
    assert!(expected.flatten().all(|expected| expected < 1e-6), "a corpus states what chance produces");
    assert_eq!(passages, compared.sources[0].passages);
    assert_eq!((checked.coverage, checked.covered_spans), (compared.coverage, compared.covered_spans));
}

#[tokio::test]
async fn short_copies_with_one_word_in_ten_replaced_are_one_passage() {
    let server = TestServer::start().await;
    let mut lost = Vec::new();
    for (seed, paragraph) in (40..).zip([SALT, RAILWAY, CHEESE, FAIR, TELESCOPE]) {
        let source =
            format!("{} {paragraph} {}", Words::new(seed).text(150), Words::new(seed + 10).text(150));
        for (from, count) in [(0, 25), (13, 25), (31, 30), (20, 40), (40, 50)] {
            let part = paragraph.split_whitespace().skip(from).take(count).collect::<Vec<_>>().join(" ");
            let altered = replaced(&part, 10);
            let text =
                format!("{} {altered} {}", Words::new(seed + 20).text(150), Words::new(seed + 30).text(150));
            let report = compared(&server, &text, &source).await;
            let covered = report.coverage.unwrap().words;
            if report.passages_found != 1 || covered.abs_diff(count as u64) > 10 {
                lost.push(format!(
                    "{} passages, {covered} of {count} words: {altered}",
                    report.passages_found
                ));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

/// Compares, over gRPC, texts that take long to compare. Returns the report and the time it took.
async fn timed(server: &TestServer, text: &str, source: &str) -> (proto::Report, Duration) {
    let start = Instant::now();
    let report = compared(server, text, source).await;
    (report, start.elapsed())
}

#[tokio::test]
async fn texts_made_to_be_slow_are_compared_in_seconds() {
    let server = TestServer::start().await;
    let prose = [SALT, RAILWAY, CHEESE, FAIR].join("\n\n");
    let one_word = "again ".repeat(200_000);
    let stop_words = "the of and to in a is that it was for on ".repeat(8_000);
    let long = format!("{prose}\n\n").repeat((1 << 20) / prose.len());
    let varied = Words::new(12).text(180_000);
    let same_sentence = "The mule driver sold his salt at the autumn fair for a fair price. ".repeat(8_000);
    let half_of_it = &same_sentence[..same_sentence.len() / 2];
    let no_space = "ab1cd2ef3".repeat((1 << 20) / 9);
    let no_space_chinese: String =
        CHINESE.chars().filter(|c| c.is_alphabetic()).collect::<String>().repeat(1800);
    for (name, text, source, percent) in [
        ("one word", one_word.as_str(), one_word.as_str(), 100.0),
        ("one word, half as often", &one_word, &one_word[..600_000], 100.0),
        ("stop words", &stop_words, &stop_words, 100.0),
        ("stop words and prose", &stop_words, &prose, 0.0),
        ("identical", &long, &long, 100.0),
        ("identical and varied", &varied, &varied, 100.0),
        ("the same sentence", &same_sentence, &same_sentence, 100.0),
        ("the same sentence, half as often", &same_sentence, half_of_it, 100.0),
        ("no space", &no_space, &no_space, 100.0),
        ("no space, and prose", &no_space, &prose, 0.0),
        ("no space, in Chinese", &no_space_chinese, &no_space_chinese, 100.0),
    ] {
        let (report, took) = timed(&server, text, source).await;
        let share = report.coverage.unwrap();
        assert_eq!(share.of_words, report.words);
        assert_eq!((share.percent, report.passages_found), (percent, u64::from(percent > 0.0)), "{name}");
        assert!(took < Duration::from_secs(5), "{name}: {took:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// Passages with correct figures cover each run of eight words that the submission and the source share, whatever
    /// other passages are found.
    #[test]
    fn verbatim_runs_are_never_lost_to_altered_passages(
        submission in proptest::collection::vec((0_usize..5, 0_usize..100, 1_usize..40), 1..8),
        source in proptest::collection::vec((0_usize..5, 0_usize..100, 1_usize..40), 1..8),
    ) {
        runs_are_covered(&submission, &source)?;
    }
}

/// Pieces of texts: number of the text, first word, number of words.
type Pieces = [(usize, usize, usize)];

fn runs_are_covered(submission: &Pieces, source: &Pieces) -> Result<(), TestCaseError> {
    const TEXTS: [&str; 5] =
        [SALT, RAILWAY, CHEESE, FAIR, "a b a b c a a b c a b a c b a b a b a b c c a b a b a b"];
    let words = |pieces: &[(usize, usize, usize)]| -> Vec<String> {
        let piece = |&(text, from, count): &(usize, usize, usize)| {
            let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            TEXTS[text].split_whitespace().skip(from).take(count).map(bare).collect::<Vec<_>>()
        };
        pieces.iter().flat_map(piece).collect()
    };
    let (here, there) = (words(submission), words(source));
    prop_assume!(!here.is_empty() && !there.is_empty());
    let least = 8.min(here.len());
    let mut expected = vec![false; here.len()];
    for from in 0..(here.len() + 1).saturating_sub(least) {
        if there.windows(least).any(|run| run == &here[from..from + least]) {
            expected[from..from + least].fill(true);
        }
    }
    let engine = Engine::with_seed(Limits::default(), CorpusSeed::new(1));
    let text = here.join(" ");
    let texts = [palimpsest::ComparedText {
        id: "s".into(),
        title: String::new(),
        text: there.join(" ").into(),
        submitted_at: None,
        pages: None,
    }];
    let options = DetectionOptions { exclusions: Exclusions::none(), ..DetectionOptions::default() };
    let report = engine.compare(&text, &texts, &options, &Stop::never()).unwrap();
    let byte = |word: usize| here[..word].iter().map(|w| w.len() + 1).sum::<usize>();
    for (word, _) in expected.iter().enumerate().filter(|(_, expected)| **expected) {
        let start = byte(word) as u32;
        prop_assert!(
            report.covered_spans.iter().any(|c| c.span.start <= start && start < c.span.end),
            "word {} is not covered",
            word
        );
    }
    for passage in report.sources.iter().flat_map(|source| &source.passages) {
        prop_assert!(passage.submission_words as usize >= least);
        prop_assert!(passage.matched_words <= passage.submission_words.min(passage.source_words));
        prop_assert!((0.0..=1.0).contains(&passage.similarity));
        let is_verbatim = passage.kind == palimpsest::matching::PassageKind::Verbatim;
        prop_assert!(
            !is_verbatim || passage.similarity == 1.0 && passage.submission_words == passage.source_words
        );
    }
    Ok(())
}

/// Regression: a run between two parts of a passage, copied from another place, was lost.
#[test]
fn a_run_inside_what_is_cut_out_of_a_passage_is_kept() {
    let submission = [(0, 83, 26), (2, 57, 25), (1, 0, 1)];
    let source = [(0, 93, 30), (0, 18, 23), (0, 69, 30), (2, 59, 30)];
    runs_are_covered(&submission, &source).unwrap();
}

/// Regression: words that stand in the submission twice and in the source once were counted twice.
#[test]
fn no_more_words_match_than_the_source_has() {
    runs_are_covered(&[(0, 60, 36), (0, 79, 17)], &[(0, 79, 8)]).unwrap();
}
