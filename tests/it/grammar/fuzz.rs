//! English that is mutated at random: the server goes on, and each answer covers its text or says why it does not.
//!
//! `PALIMPSEST_GRAMMAR_TEXTS` is the number of texts.

#![expect(clippy::print_stdout, reason = "the figures of a long run")]

use palimpsest::proto::writing_service_client::WritingServiceClient;
use palimpsest::proto::{CheckGrammarRequest, CheckGrammarResponse, GrammarNotCheckedReason};
use tonic::transport::Channel;

use crate::harness::{check, figure};
use crate::watched::Watched;

/// A small generator of random numbers, so that each text can be made again from its number.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Sentences with names, numbers, quotations and mistakes.
const SENTENCES: [&str; 16] = [
    "The keeper of the lighthouse climbed the stairs every evening, and nobody knew why he never came back.",
    "In 1997, Mr. Ysolde-Brandt paid $3,000.50 for it (about 12% of what it's worth).",
    "\"Where are you going?\" she asked; \"nowhere,\" he said.",
    "Their is a apple on teh table, and he go to school whith it.",
    "We don't, can't, and won't accept this -- not now, not ever!",
    "e.g. the U.S. and the U.K. agreed on 3rd May at 5 p.m., didn't they?",
    "See https://example.org/a?b=c#d or write to someone@example.org.",
    "An hour ago an unique idea was had by a honest man; the the man was tired.",
    "HELLO WORLD this is Written In Strange Case and it Is not nice",
    "I could of gone, but its to late for that, there going too leave.",
    "the 1980's were there best years . And then , suddenly ,it ended",
    "He's one of the best, most well known, state of the art, long term researchers in the world wide web.",
    "* an item\n* another item\n  1. a number\n  2. and one more",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "Every child should of learned this by heart, lest they be to blame for there own mistakes, no less then others.",
    "What's more - they'd've said so themselves, if they had'nt been asleep at 2:30am on the 31th of February.",
];

/// What is rare in prose, and hard to cut into words.
const ODD: [&str; 44] = [
    "'",
    "’",
    "\"",
    "“",
    "”",
    "‘",
    "«",
    "»",
    "„",
    "...",
    "…",
    "—",
    "–",
    "-",
    "--",
    "'s",
    "’s",
    "s'",
    "n't",
    "'ve",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{ad}",
    "\u{301}",
    "\u{202e}",
    "\u{a0}",
    "\0",
    "\t",
    "\r\n",
    "\n\n",
    "👩‍👩‍👧‍👦",
    "🙂",
    "🇩🇪",
    "é",
    "ß",
    "ﬁ",
    "İ",
    "數據",
    "ひらがな",
    "العربية",
    "हिन्दी",
    "#",
    "@",
];

/// A text by its number.
fn text(number: u64) -> String {
    let mut random = Random(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    match number % 8 {
        // A few odd signs alone.
        0 => (0..=random.below(6)).map(|_| random.one(&ODD)).collect(),
        // Words and odd signs.
        1 => (0..=random.below(30)).map(|_| words_or_odd(&mut random)).collect(),
        // Any characters.
        2 => (0..=random.below(80)).filter_map(|_| char::from_u32(random.below(0x2_0000) as u32)).collect(),
        // A very long word.
        3 => format!(
            "The {} is long.",
            random.one(&["a", "ab'", "-x", "ß", "9", "x."]).repeat(random.below(4000))
        ),
        // Prose whose characters are moved, doubled and lost.
        _ => mutated(&mut random),
    }
}

fn words_or_odd(random: &mut Random) -> String {
    let sentence = random.one(&SENTENCES);
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let word = random.one(&words).to_owned();
    match random.below(4) {
        0 => random.one(&ODD).to_owned(),
        1 => word,
        2 => format!("{word} "),
        _ => format!(" {word}"),
    }
}

fn mutated(random: &mut Random) -> String {
    let sentences: Vec<&str> = (0..=random.below(12)).map(|_| random.one(&SENTENCES)).collect();
    let mut chars: Vec<char> = sentences.join(random.one(&[" ", "\n", "\n\n", ""])).chars().collect();
    for _ in 0..=random.below(20) {
        let (at, other) = (random.below(chars.len()), random.below(chars.len()));
        match random.below(6) {
            0 => chars.swap(at, other),
            1 => drop(chars.splice(at..at, random.one(&ODD).chars())),
            2 => chars.truncate(at.max(1)),
            3 => drop(chars.drain(at..(at + random.below(10)).min(chars.len()))),
            4 => chars.insert(at, ' '),
            _ => chars.insert(at, chars[other]),
        }
        if chars.is_empty() {
            chars.push('a');
        }
    }
    chars.into_iter().collect()
}

async fn ask(channel: &Channel, text: &str) -> Result<CheckGrammarResponse, tonic::Status> {
    let request = CheckGrammarRequest {
        text: text.to_owned(),
        language: "en".to_owned(),
        ..CheckGrammarRequest::default()
    };
    Ok(WritingServiceClient::new(channel.clone()).check_grammar(request).await?.into_inner())
}

/// Whether the answer covers the text, and states what it left out.
fn examine(number: u64, text: &str, answer: &CheckGrammarResponse) {
    let inside = |span: Option<palimpsest::proto::Span>| {
        let span = span.unwrap();
        text.get(span.start as usize..span.end as usize)
            .unwrap_or_else(|| panic!("{number}: {span:?} of {text:?}"))
    };
    for finding in &answer.findings {
        assert_eq!(inside(finding.span), finding.text, "{number}: {finding:?}");
        assert!(!finding.rule.is_empty() && !finding.message.is_empty(), "{number}: {finding:?}");
    }
    for part in &answer.not_checked {
        assert!(!inside(part.span).is_empty() && !part.message.is_empty(), "{number}: {part:?}");
        assert_ne!(part.reason(), GrammarNotCheckedReason::NoChecker, "{number}: {part:?}");
    }
    let left_out: u64 = answer.not_checked.iter().map(|part| part.words).sum();
    let checked = answer.checked.unwrap();
    assert_eq!(checked.words + left_out, checked.of_words, "{number}: {answer:?}");
    let counted: u64 = answer.counts.iter().map(|count| count.findings).sum();
    assert_eq!(counted, answer.findings.len() as u64, "{number}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_text_is_the_server_goes_on_and_the_answer_covers_it() {
    let server = Watched::start(&["--in-memory"]).await;
    let (mut answered, mut failed) = (0_u64, 0_u64);
    for number in 0..figure("PALIMPSEST_GRAMMAR_TEXTS", 300) {
        let text = text(number);
        match ask(&server.channel, &text).await {
            Ok(answer) => {
                examine(number, &text, &answer);
                let is_failed = |reason| reason == GrammarNotCheckedReason::CheckerFailed;
                if answer.not_checked.iter().any(|part| is_failed(part.reason())) {
                    failed += 1;
                    println!("not checked: {number} {text:?}");
                }
                answered += 1;
            }
            // Texts without a word are refused.
            Err(status) => {
                assert_eq!(status.code(), tonic::Code::InvalidArgument, "{number} {text:?}: {status:?}");
            }
        }
    }
    server.detection().check(check(SENTENCES[0])).await.unwrap();
    let counts: Vec<String> = server
        .metrics()
        .lines()
        .filter(|line| line.contains("grammar") && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    println!("{answered} answered, {failed} of them with parts that the checker failed on; {counts:#?}");
    assert!(failed * 20 <= answered, "the checker failed on {failed} of {answered} texts");
}
