//! Passages to a report.

use criterion::{BatchSize, Criterion};
use palimpsest::matching::{CoveredPassage, PreparedSubmission, Stop, verbatim_passages};
use palimpsest::report::{Coverage, Draft, Finding, FoundSource, ReportLimits, SourceSide, build};
use palimpsest::text::{OffsetUnit, TokenizedText, Tokenizer};

use crate::{SEED, prose};

/// Sources with a passage each.
const SOURCES: u64 = 10;
const COPIED_WORDS: usize = 60;
const MIN_TOKENS: u32 = 8;

pub(crate) fn benches(criterion: &mut Criterion) {
    let tokenizer = Tokenizer::new(SEED);
    let copied = |number| prose(100 + number, COPIED_WORDS);
    let text: Vec<String> =
        (0..SOURCES).map(|number| format!("{} {}", prose(number, 40), copied(number))).collect();
    let text = text.join(" ");
    let cut = tokenizer.tokenize(&text);
    let prepared = PreparedSubmission::new(cut.tokens(), MIN_TOKENS);
    let findings: Vec<Finding> = (0..SOURCES)
        .filter_map(|number| {
            finding(&prepared, number, &format!("{} {}", copied(number), prose(200 + number, 690)))
        })
        .collect();
    let made = || draft(&text, &cut, findings.clone());
    let report = build(made());
    assert_eq!((report.coverage.words, report.sources.len()), (SOURCES * COPIED_WORDS as u64, 10));
    criterion.bench_function("report/ten sources", |bench| {
        bench.iter_batched(made, build, BatchSize::SmallInput);
    });
}

fn finding(prepared: &PreparedSubmission<'_>, number: u64, text: &str) -> Option<Finding> {
    let tokenized = Tokenizer::new(SEED).tokenize(text);
    let passages = verbatim_passages(prepared, tokenized.tokens(), MIN_TOKENS, &Stop::never()).ok()?;
    let source = FoundSource {
        collection: "default".to_owned(),
        source_id: format!("s{number}"),
        ..FoundSource::default()
    };
    let passages = passages.into_iter().map(CoveredPassage::whole).collect();
    let side = SourceSide { text, tokenized: &tokenized, pages: None };
    Finding::new(source, side, passages, OffsetUnit::Utf16CodeUnits, false)
}

fn draft<'a>(text: &'a str, tokenized: &'a TokenizedText, findings: Vec<Finding>) -> Draft<'a> {
    Draft {
        text,
        tokenized,
        pages: None,
        regions: &[],
        considered: true,
        findings,
        min_run_words: MIN_TOKENS,
        voids: Vec::new(),
        taken: Coverage::default(),
        commonplace: Vec::new(),
        exclusions: Vec::new(),
        submitted_at: None,
        alerts: Vec::new(),
        corpus_revision: 1,
        partition_revisions: Vec::new(),
        scope_revision: 1,
        settings_digest: 0,
        sources_in_scope: SOURCES,
        candidates: SOURCES,
        candidates_cut: 0,
        warnings: palimpsest::Warnings::default(),
        offset_unit: OffsetUnit::Utf16CodeUnits,
        limits: ReportLimits { max_sources: 100, max_passages: 1000 },
    }
}
