//! Properties that the docs claim for all inputs.

use palimpsest::fingerprint::{FingerprintSettings, KgramLength, WindowSize};
use palimpsest::text::{CorpusSeed, OffsetUnit, Span};
use palimpsest::{
    CollectionName, DetectionMode, DetectionOptions, Engine, IfExists, Limits, NewSource, Scope, SourceId,
    Stop,
};
use proptest::prelude::*;

fn engine(seed: u64) -> Engine {
    Engine::with_seed(Limits::default(), CorpusSeed::new(seed))
}

fn add(engine: &Engine, collection: &CollectionName, id: &str, text: &str) {
    let source = NewSource { id: Some(SourceId::new(id).unwrap()), ..NewSource::new(text) };
    engine.add_source(collection, source, IfExists::Reject).unwrap();
}

fn slice(text: &str, span: Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

/// Words of few kinds, so that texts repeat themselves and share much by chance.
fn words(kinds: u32, length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec((0..kinds).prop_map(|word| format!("w{word}")), length)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// The winnowing guarantee, end to end: if the submission and the source share a run of exactly `t` words, the
    /// source is a candidate, and the report has a passage that holds the run and can't be extended.
    #[test]
    fn every_run_of_t_words_is_found(
        seed in any::<u64>(),
        (k, w) in (3_u32..8, 1_u32..8),
        run in words(1000, 15..16),
        around in proptest::array::uniform4(words(9, 0..14)),
        others in proptest::collection::vec(words(9, 20..40), 0..4),
    ) {
        let settings = FingerprintSettings { kgram: KgramLength::new(k).unwrap(), window: WindowSize::new(w).unwrap() };
        let t = settings.guarantee_tokens() as usize;
        let run = &run[..t];
        let engine = engine(seed);
        let collection = CollectionName::new("c").unwrap();
        engine.create_collection(&collection, settings).unwrap();
        let source = [&around[0], run, &around[1]].concat();
        add(&engine, &collection, "the source", &source.join(" "));
        for (i, other) in others.iter().enumerate() {
            add(&engine, &collection, &format!("other {i}"), &other.join(" "));
        }
        let scope = Scope { collections: [collection].into(), ..Scope::default() };
        let options = DetectionOptions { mode: DetectionMode::VerbatimOnly, ..DetectionOptions::default() };
        for position in 0..=around[2].len() {
            let submission = [&around[2][..position], run, &around[2][position..], &around[3]].concat();
            let text = submission.join(" ");
            let report = engine.check(&text, &scope, &options, &Stop::never()).unwrap();
            prop_assert!(report.guarantee.holds());
            prop_assert_eq!(report.guarantee.min_run_words as usize, t);
            let (start, end) = (position, position + t);
            let byte = |word: usize| submission[..word].iter().map(|w| w.len() + 1).sum::<usize>();
            let holds_run = |span: Span| span.start as usize <= byte(start) && span.end as usize >= byte(end) - 1;
            let found = report.sources.iter().find(|s| s.source_id == "the source");
            prop_assert!(found.is_some(), "the source was not found");
            let passage = found.unwrap().passages.iter().find(|p| holds_run(p.submission));
            prop_assert!(passage.is_some(), "the run is in no passage");
            // Both sides of the passage have the same words, and one more word on either side would differ.
            let passage = passage.unwrap();
            let source_text = source.join(" ");
            prop_assert_eq!(slice(&text, passage.submission), slice(&source_text, passage.source));
            let next = |text: &str, at: u32| text[at as usize..].split_whitespace().next().map(str::to_owned);
            let after = (next(&text, passage.submission.end), next(&source_text, passage.source.end));
            prop_assert!(after.0.is_none() || after.1.is_none() || after.0 != after.1);
            let last = |text: &str, at: u32| text[..at as usize].split_whitespace().last().map(str::to_owned);
            let before = (last(&text, passage.submission.start), last(&source_text, passage.source.start));
            prop_assert!(before.0.is_none() || before.1.is_none() || before.0 != before.1);
        }
    }

    /// Spans lie on character boundaries in every unit and for every script, and all units name the same place.
    #[test]
    fn spans_are_true_in_every_unit(
        before in "(é|数|😀|ß|क्षि|ม|Ж|a|\u{200b}| ){0,30}",
        copied in proptest::collection::vec("(café|数据|😀ok|straße|हिन्दी|ที่นี่|слово|plain|한국어|naïve’s)", 9..20),
        after in "(é|数|😀|ß|क्षि|ม|Ж|a|\u{ad}| ){0,30}",
    ) {
        let copied = copied.join(" ");
        let submission = format!("{before} {copied} {after}");
        let source = format!("{after} 😀 {copied} — {before}");
        let engine = engine(1);
        let texts = [palimpsest::ComparedText { id: "s".into(), title: String::new(), text: source.as_str().into(), submitted_at: None, pages: None }];
        let report = |unit| {
            let options = DetectionOptions { offset_unit: unit, include_excerpts: true, ..DetectionOptions::default() };
            engine.compare(&submission, &texts, &options, &Stop::never()).unwrap()
        };
        let bytes = report(OffsetUnit::Utf8Bytes);
        prop_assert!(bytes.passages_found > 0);
        for (unit, cut) in [
            (OffsetUnit::Utf16CodeUnits, (|text: &str, at: u32| {
                let units: Vec<u16> = text.encode_utf16().take(at as usize).collect();
                String::from_utf16(&units).map(|text| text.len()).ok()
            }) as fn(&str, u32) -> Option<usize>),
            (OffsetUnit::CodePoints, |text: &str, at: u32| Some(text.chars().take(at as usize).map(char::len_utf8).sum())),
        ] {
            let other = report(unit);
            for (a, b) in bytes.sources[0].passages.iter().zip(&other.sources[0].passages) {
                for (text, in_bytes, in_unit) in [(&submission, a.submission, b.submission), (&source, a.source, b.source)] {
                    prop_assert_eq!(cut(text, in_unit.start), Some(in_bytes.start as usize));
                    prop_assert_eq!(cut(text, in_unit.end), Some(in_bytes.end as usize));
                }
                prop_assert_eq!(slice(&submission, a.submission), &b.excerpts.as_ref().unwrap().submission);
                prop_assert_eq!(slice(&source, a.source), &b.excerpts.as_ref().unwrap().source);
            }
            prop_assert_eq!(bytes.coverage, other.coverage);
        }
    }

    /// The report's spans add up to its counts, however the texts overlap, and whatever part is listed.
    #[test]
    fn the_report_adds_up(
        submission in words(6, 10..150),
        sources in proptest::collection::vec(words(6, 8..100), 1..6),
        max_passages in 0_usize..4,
    ) {
        let engine = engine(9);
        for (i, source) in sources.iter().enumerate() {
            add(&engine, &CollectionName::default(), &format!("s{i}"), &source.join(" "));
        }
        let text = submission.join(" ");
        let options = DetectionOptions { max_passages, ..DetectionOptions::default() };
        let all = engine.check(&text, &Scope::default(), &DetectionOptions::default(), &Stop::never()).unwrap();
        let cut = engine.check(&text, &Scope::default(), &options, &Stop::never()).unwrap();
        prop_assert_eq!(all.coverage, cut.coverage);
        prop_assert_eq!(&all.covered_spans, &cut.covered_spans);
        prop_assert_eq!(all.words as usize, submission.len());

        // The counts of words follow from the spans alone, as a client would compute them.
        let starts: Vec<usize> = submission.iter().scan(0, |at, word| { let start = *at; *at += word.len() + 1; Some(start) }).collect();
        let words_in = |span: Span| starts.iter().enumerate()
            .filter(move |(_, start)| (span.start as usize..span.end as usize).contains(start)).map(|(word, _)| word);
        let covered_by = |source: &palimpsest::report::SourceOverlap| -> std::collections::BTreeSet<usize> {
            source.passages.iter().flat_map(|p| &p.covered).flat_map(|covered| words_in(covered.span)).collect()
        };
        let sets: Vec<_> = all.sources.iter().map(covered_by).collect();
        for (i, (source, set)) in all.sources.iter().zip(&sets).enumerate() {
            prop_assert_eq!(source.covered.words as usize, set.len());
            let elsewhere: std::collections::BTreeSet<usize> =
                sets.iter().enumerate().filter(|(j, _)| *j != i).flat_map(|(_, set)| set.iter().copied()).collect();
            prop_assert_eq!(source.unique_words as usize, set.difference(&elsewhere).count());
            prop_assert!(source.passages.iter().all(|p| words_in(p.submission).count() == p.submission_words as usize));
        }
        let union: std::collections::BTreeSet<usize> = sets.into_iter().flatten().collect();
        prop_assert_eq!(all.coverage.words as usize, union.len());
        prop_assert_eq!(all.covered_spans.iter().map(|s| s.words).sum::<u64>(), all.coverage.words);
        let spanned: std::collections::BTreeSet<usize> = all.covered_spans.iter().flat_map(|s| words_in(s.span)).collect();
        prop_assert_eq!(spanned, union);
        let listed: u64 = cut.sources.iter().map(|s| s.passages.len() as u64).sum();
        prop_assert_eq!(listed + cut.passages_cut, all.passages_found);
        prop_assert_eq!(cut.sources.iter().map(|s| s.passages_cut).sum::<u64>() + listed, all.passages_found);
    }
}
