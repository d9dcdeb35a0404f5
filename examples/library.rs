//! The engine as a library: a corpus in memory, a check, and its report.
//!
//! `cargo run --example library`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use palimpsest::{
    CollectionName, DetectionOptions, Engine, Group, IfExists, NewSource, Scope, SourceId, Stop, Title,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::in_memory()?;
    let essays = CollectionName::default();
    for (id, title, author, text) in [
        (
            "1",
            "On bridges",
            "Ines",
            "A bridge is a promise that two banks make to each other over running water.",
        ),
        (
            "2",
            "On tides",
            "Jonas",
            "The tide keeps no diary, and yet the harbour master can read it like one.",
        ),
    ] {
        let source = NewSource::new(text)
            .with_id(SourceId::new(id)?)
            .with_title(Title::new(title)?)
            .with_group(Group::new(author)?);
        engine.add_source(&essays, source, IfExists::Reject)?;
    }

    let submission = "As somebody wrote, a bridge is a promise that two banks make to each other.";
    let options = DetectionOptions::default().with_include_excerpts(true);
    let report = engine.check(submission, &Scope::default(), &options, &Stop::never())?;

    println!(
        "{:.1} % covered: {} of {} words; every run of {} words or more is found",
        report.coverage.percent(),
        report.coverage.words,
        report.coverage.of_words,
        report.guarantee.min_run_words,
    );
    for source in &report.sources {
        for excerpts in source.passages.iter().filter_map(|passage| passage.excerpts.as_ref()) {
            println!("{}: {:?} occurs there as {:?}", source.title, excerpts.submission, excerpts.source);
        }
    }
    assert_eq!((report.coverage.words, report.coverage.of_words), (12, 15));

    // Ines's own texts are excluded.
    let own = Scope::default().with_exclude_groups([Group::new("Ines")?]);
    assert_eq!(engine.check(submission, &own, &options, &Stop::never())?.coverage.words, 0);
    Ok(())
}
