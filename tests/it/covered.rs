//! What counts as covered: matched words and short gaps, in every language; exclusions and what they may hide.

use std::collections::BTreeSet;
use std::sync::Arc;

use palimpsest::report::{ExclusionReason, Report};
use palimpsest::text::alerts::AlertKind;
use palimpsest::text::{CorpusSeed, Tokenizer};
use palimpsest::{
    CollectionName, ComparedText, DetectionOptions, Engine, Exclusions, Group, IfExists, Limits, NewSource,
    Scope, SourceId, Stop,
};

use proptest::prelude::*;

use crate::worksheets::{WORKSHEETS, Worksheet};

fn engine() -> Engine {
    Engine::with_seed(Limits::default(), CorpusSeed::new(1))
}

fn words(text: &str) -> u64 {
    u64::from(Tokenizer::new(CorpusSeed::new(1)).tokenize(text).lengths().total())
}

fn compare(text: &str, sources: &[&str], exclusions: Exclusions) -> Report {
    let source = |(place, text): (usize, &&str)| ComparedText {
        id: place.to_string(),
        title: String::new(),
        text: Arc::from(*text),
        submitted_at: None,
        pages: None,
    };
    let sources: Vec<ComparedText> = sources.iter().enumerate().map(source).collect();
    let options = DetectionOptions::default().with_exclusions(exclusions);
    engine().compare(text, &sources, &options, &Stop::never()).unwrap()
}

/// The questions, each with its answer below.
fn sheet(questions: &[&str; 4], answers: &[&str; 4]) -> String {
    let parts = questions.iter().zip(answers).enumerate();
    parts.map(|(n, (question, answer))| format!("{}. {question}\n\n{answer}\n\n", n + 1)).collect()
}

#[track_caller]
fn assert_adds_up(report: &Report) {
    assert_eq!(report.covered_spans.iter().map(|covered| covered.words).sum::<u64>(), report.coverage.words);
    for passage in report.sources.iter().flat_map(|source| &source.passages) {
        let within = passage.covered.iter().all(|covered| {
            passage.submission.start <= covered.span.start && covered.span.end <= passage.submission.end
        });
        assert!(within && passage.covered.is_sorted_by(|a, b| a.span.end <= b.span.start));
        assert!(passage.counted_words <= passage.covered.iter().map(|covered| covered.words).sum());
    }
    let all = report.coverage_without_exclusions;
    assert!(all.words >= report.coverage.words && all.of_words == report.words);
}

/// The share of `part` that is covered, in words.
fn covered_of(report: &Report, text: &str, part: &str) -> f64 {
    let start = text.find(part).unwrap();
    let all = start..start + part.len();
    let covered: String = report
        .covered_spans
        .iter()
        .map(|covered| covered.span.start as usize..covered.span.end as usize)
        .map(|span| span.start.max(all.start)..span.end.min(all.end))
        .filter(|span| span.start < span.end)
        .map(|span| format!("{} ", &text[span]))
        .collect();
    f64::from(u32::try_from(words(&covered)).unwrap()) / f64::from(u32::try_from(words(part)).unwrap())
}

#[test]
fn answers_that_differ_do_not_count() {
    for Worksheet { language, questions, one, other, .. } in WORKSHEETS {
        let (text, source) = (sheet(&questions, &one), sheet(&questions, &other));
        let report = compare(&text, &[&source], Exclusions::none());
        assert_adds_up(&report);
        for question in questions {
            let covered = covered_of(&report, &text, question);
            assert!(covered > 0.9, "{language}: {covered} of {question}");
        }
        for answer in one {
            let covered = covered_of(&report, &text, answer);
            assert!(covered < 0.15, "{language}: {covered} of {answer}");
        }
        let used = report.sources[0].source_used;
        assert!(used.words <= report.coverage.words + used.of_words / 20, "{language}: {used:?}");
    }
}

#[test]
fn equal_answers_count_without_the_sheet() {
    for Worksheet { language, questions, one, .. } in WORKSHEETS {
        let text = format!("Mira\n\n{}", sheet(&questions, &one));
        let source = format!("Jon\n\n{}", sheet(&questions, &one));
        let template = sheet(&questions, &[""; 4]);
        let exclusions = Exclusions::none().with_boilerplate_texts(vec![template.clone()]);
        let report = compare(&text, &[&source], exclusions);
        assert_adds_up(&report);
        let answers: u64 = one.iter().map(|answer| words(answer)).sum();
        assert!(report.coverage.words.abs_diff(answers) <= 2, "{language}: {:?} {answers}", report.coverage);
        assert!(report.excluded_words().abs_diff(words(&template)) <= 2, "{language}");
    }
}

#[test]
fn an_edited_template_does_not_count() {
    for Worksheet { language, questions, edited, one, other } in WORKSHEETS {
        let (text, source) = (sheet(&edited, &one), sheet(&edited, &other));
        let exclusions = Exclusions::none().with_boilerplate_texts(vec![questions.join(" ")]);
        let report = compare(&text, &[&source], exclusions);
        assert_adds_up(&report);
        assert_eq!(report.coverage.words, 0, "{language}: {:#?}", report.covered_spans);
    }
}

/// An engine with a source of each group.
fn with_groups(sources: &[(&str, &str)]) -> Engine {
    let engine = engine();
    for (group, text) in sources {
        let new = NewSource {
            id: Some(SourceId::new(group).unwrap()),
            group: Group::new(group).unwrap(),
            ..NewSource::new((*text).to_owned())
        };
        engine.add_source(&CollectionName::default(), new, IfExists::Reject).unwrap();
    }
    engine
}

#[test]
fn an_own_draft_hides_no_copied_text_between_its_sentences() {
    for Worksheet { language, questions, one, other, .. } in WORKSHEETS {
        let (own, copied) = ([questions, one].concat().join(" "), other.join(" "));
        let engine = with_groups(&[("mira", &own), ("jon", &copied)]);
        let mixed: Vec<&str> = (0..4).flat_map(|n| [questions[n], other[n]]).chain(one).collect();
        let text = mixed.join(" ");
        let own_groups = BTreeSet::from([Group::new("mira").unwrap()]);
        let exclusions = Exclusions::none().with_own_groups(own_groups);
        let options = DetectionOptions::default().with_exclusions(exclusions);
        let report = engine.check(&text, &Scope::default(), &options, &Stop::never()).unwrap();
        assert_adds_up(&report);
        let (own, copied) = (words(&own), words(&copied));
        assert!(report.coverage.words.abs_diff(copied) <= 2, "{language}: {:?} {copied}", report.coverage);
        assert!(report.excluded_words().abs_diff(own) <= own / 20, "{language}");
        assert!(report.exclusions.iter().all(|excluded| excluded.reason == ExclusionReason::OwnWork));
        let plain = DetectionOptions::default().with_exclusions(Exclusions::none());
        let plain = engine.check(&text, &Scope::default(), &plain, &Stop::never()).unwrap();
        assert_eq!(report.coverage_without_exclusions, plain.coverage, "{language}");
    }
}

#[test]
fn sources_that_alternate_by_line_or_cell_count_their_own_words() {
    for Worksheet { language, one, other, .. } in WORKSHEETS {
        for (between, after) in [("\n", "\n"), (" | ", "\n"), ("\t", "\n"), ("   ", "\n")] {
            let rows = one.iter().zip(other);
            let text: String = rows.map(|(one, other)| format!("{one}{between}{other}{after}")).collect();
            let report = compare(&text, &[&one.join("\n"), &other.join("\n")], Exclusions::none());
            assert_adds_up(&report);
            let all = words(&text);
            let total: u64 = report.sources.iter().map(|source| source.covered.words).sum();
            assert!(total <= all + all / 20, "{language}: {total} of {all}");
            assert!(report.coverage.words >= all - all / 10, "{language}: {:?}", report.coverage);
        }
    }
}

#[test]
fn table_cells_with_other_values_do_not_count() {
    let table = |values: [&str; 5]| {
        let names = [
            "Iron ore from the northern pits",
            "Copper wire in coils of ten",
            "Glass for the greenhouse roofs",
            "Timber cut in the state forest",
            "Salt for the winter roads",
        ];
        let rows = names.iter().zip(values);
        let rows: String = rows.map(|(name, value)| format!("{name} | {value}\n")).collect();
        format!("Goods that passed the lock | Remarks of the lock keeper\n{rows}")
    };
    let text = table(["late again", "wet barrels", "three panes broken", "paid by bill", "none came"]);
    let source = table(["on time", "sold at once", "sent back", "too short", "two barges full"]);
    let report = compare(&text, &[&source], Exclusions::none());
    assert_adds_up(&report);
    for own in ["late again", "wet barrels", "three panes broken", "paid by bill", "none came"] {
        assert!(covered_of(&report, &text, own) < 0.4, "{own}: {:?}", report.covered_spans);
    }
    for common in ["Copper wire in coils of ten", "Timber cut in the state forest"] {
        assert!(covered_of(&report, &text, common) > 0.99, "{common}: {:?}", report.covered_spans);
    }
}

#[test]
fn a_word_replaced_here_and_there_counts() {
    for Worksheet { language, one, other, .. } in WORKSHEETS.into_iter().filter(|w| w.language != "Japanese")
    {
        let source = [one, other].concat().join(" ");
        let replaced: Vec<&str> = source
            .split(' ')
            .enumerate()
            .map(|(n, word)| if n % 3 == 1 { ["xenon", "yttrium", "quokka"][n % 7 % 3] } else { word })
            .collect();
        let report = compare(&replaced.join(" "), &[&source], Exclusions::none());
        assert_adds_up(&report);
        let share = report.coverage;
        assert!(share.words * 100 >= share.of_words * 90, "{language}: {share:?}");
    }
}

#[test]
fn a_text_that_is_all_in_quotation_marks_raises_an_alert() {
    for Worksheet { language, one, other, .. } in WORKSHEETS {
        let source = [one, other].concat().join(" ");
        let (open, close) = match language {
            "German" | "Polish" => ("„", "“"),
            "Spanish" | "Russian" => ("«", "»"),
            "Japanese" => ("「", "」"),
            _ => ("“", "”"),
        };
        let text = format!("{open}{}{close}\n\n{open}{}{close}", one.join(" "), other.join(" "));
        let report = compare(&text, &[&source], Exclusions::default());
        assert_adds_up(&report);
        let share = report.coverage;
        let alerts: Vec<_> = report.alerts.iter().filter(|alert| alert.kind == AlertKind::Excluded).collect();
        assert!(!alerts.is_empty() || share.words * 10 >= 9 * words(&text), "{language}: {report:#?}");
        assert_eq!(report.coverage_without_exclusions.words, words(&text), "{language}");
    }
}

/// Words of no language, in sentences and clauses.
fn prose(numbers: &[u16]) -> String {
    let word = |(at, n): (usize, &u16)| {
        let mark = match at % 17 {
            5 => ",",
            11 => ".",
            16 => "\n",
            _ => "",
        };
        format!("{}{n}{mark} ", ["nov", "terra", "quil", "ostr"][usize::from(*n) % 4])
    };
    numbers.iter().enumerate().map(word).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// What counts has at most five words in a row that are not of the source. Runs of eight words of the source all count.
    #[test]
    fn matched_words_and_short_gaps_count(
        source in proptest::collection::vec(0_u16..400, 60..160),
        own in proptest::collection::vec(1000_u16..2000, 300),
        kept in proptest::collection::vec(0_u8..10, 160),
        least in 1_u8..6,
    ) {
        let changed: Vec<u16> = source.iter().zip(&kept).zip(&own)
            .flat_map(|((word, kept), own)| match kept {
                0 => vec![*own, *word],
                kept if *kept > least => vec![*word],
                _ => vec![*own],
            })
            .collect();
        let (text, source_text) = (prose(&changed), prose(&source));
        let report = compare(&text, &[&source_text], Exclusions::none());
        assert_adds_up(&report);
        let tokenizer = Tokenizer::new(CorpusSeed::new(1));
        let (tokenized, there) = (tokenizer.tokenize(&text), tokenizer.tokenize(&source_text));
        let known: BTreeSet<_> = there.tokens().iter().copied().collect();
        let is_counted = |at: usize| {
            let start = tokenized.spans()[at].start;
            report.covered_spans.iter().any(|covered| (covered.span.start..covered.span.end).contains(&start))
        };
        for covered in &report.covered_spans {
            let inside = tokenized.spans().iter().zip(tokenized.tokens())
                .filter(|(span, _)| covered.span.start <= span.start && span.end <= covered.span.end);
            let matched: Vec<bool> = inside.map(|(_, token)| known.contains(token)).collect();
            prop_assert!(matched.contains(&true));
            prop_assert!(matched.split(|matched| *matched).all(|gap| gap.len() <= 5), "{matched:?}");
        }
        for (at, run) in tokenized.tokens().windows(8).enumerate() {
            let is_copied = there.tokens().windows(8).any(|theirs| theirs == run);
            prop_assert!(!is_copied || (at..at + 8).all(is_counted));
        }
    }

    #[test]
    fn a_text_that_is_copied_whole_is_covered_whole(words in proptest::collection::vec(0_u16..60, 8..200)) {
        let text = prose(&words);
        let report = compare(&text, &[&text], Exclusions::none());
        prop_assert_eq!(report.coverage.percent(), 100.0);
        prop_assert_eq!(report.sources[0].source_used.percent(), 100.0);
    }
}
