//! A corpus on disk: its state after it is opened again, from good files and from bad ones.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palimpsest::fingerprint::{FingerprintSettings, KgramLength, WindowSize};
use palimpsest::{
    CollectionName, DetectionMode, DetectionOptions, Engine, Error, Group, IfExists, Label, Labels, Limits,
    Metadata, MetadataKey, MetadataValue, NewSource, PageKind, PageStart, Pages, PairOptions, RelatedOptions,
    RelatedSubject, Scope, SourceId, SourceRecord, SourceText, SourceUpdate, Stop, StoreError, Timestamp,
    Title, Uri, Visibility,
};

use crate::harness::{figure, opened};
use crate::words::Words;

fn open(folder: &Path) -> Result<Engine, Error> {
    open_with(folder, Limits::default())
}

fn open_with(folder: &Path, limits: Limits) -> Result<Engine, Error> {
    opened(|| Engine::open(folder, limits, 1 << 20, &mut |_| {}))
}

fn name(name: &str) -> CollectionName {
    CollectionName::new(name).unwrap()
}

fn id(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

fn text(number: u64) -> String {
    Words::new(number).text(80 + number as usize % 60)
}

fn source(number: u64) -> NewSource {
    NewSource {
        id: Some(id(&format!("s{number}"))),
        title: Title::new(&format!("The {number}th")).unwrap(),
        group: Group::new(&format!("group {}", number % 7)).unwrap(),
        labels: Labels::new(vec![Label::new("made up").unwrap(), Label::new("é").unwrap()]).unwrap(),
        uri: Uri::new(&format!("https://example.org/{number}")).unwrap(),
        submitted_at: Timestamp::new(1_700_000_000 + number.cast_signed(), 5).ok(),
        metadata: Metadata::new(
            [(MetadataKey::new("term").unwrap(), MetadataValue::new("Spring").unwrap())].into(),
        )
        .unwrap(),
        pages: (number % 2 == 1).then(|| Arc::new(pages(number))),
        text: text(number),
    }
}

/// Two chapters of [`text`] of a number.
fn pages(number: u64) -> Pages {
    let start = |number: u32, label: &str| PageStart { offset: 3 * number, number, label: label.into() };
    Pages::new(PageKind::Chapter, 9, vec![start(1, "É"), start(4, "")], &text(number)).unwrap()
}

/// Fills three collections, with sources added, replaced and deleted, one collection deleted and created anew.
fn fill(engine: &Engine) {
    let default = CollectionName::default();
    let settings =
        FingerprintSettings { kgram: KgramLength::new(7).unwrap(), window: WindowSize::new(2).unwrap() };
    engine.create_collection(&name("sevens"), settings).unwrap();
    engine.create_collection(&name("passing"), FingerprintSettings::default()).unwrap();
    for number in 0..120 {
        engine.add_source(&default, source(number), IfExists::Reject).unwrap();
        engine.add_source(&name("sevens"), source(1000 + number), IfExists::Reject).unwrap();
        engine.add_source(&name("passing"), source(number), IfExists::Reject).unwrap();
    }
    for number in 0..20 {
        let replaced = NewSource { text: text(2000 + number), ..source(number) };
        engine.add_source(&default, replaced, IfExists::Replace).unwrap();
        engine.delete_source(&default, &id(&format!("s{}", 100 + number))).unwrap();
    }
    engine.delete_collection(&name("passing")).unwrap();
    engine.create_collection(&name("passing"), settings).unwrap();
    engine.add_source(&name("passing"), source(5), IfExists::Reject).unwrap();
}

/// Everything that a caller can see of a corpus.
fn seen(engine: &Engine) -> Result<String, Error> {
    let mut seen = String::new();
    let collections =
        engine.list_collections(&Visibility::all(), None, 100).into_iter().map(|info| info.name).collect();
    for mut info in engine.list_collections(&Visibility::all(), None, 100) {
        // The memory of an index depends on how it grew.
        info.stats.index_bytes = 0;
        writeln!(seen, "{info:?}").unwrap();
        for entry in engine.list_sources(&info.name, None, 1000)? {
            let record: &SourceRecord = &entry;
            let text = engine.get_source(&info.name, &record.id)?.text;
            writeln!(seen, "{record:?} {text}").unwrap();
        }
    }
    let scope = Scope { collections, ..Scope::default() };
    for number in [3, 50, 110, 1007, 2003, 9999] {
        let submission = format!("{} {}", Words::new(7).text(30), text(number));
        let report = engine.check(&submission, &scope, &DetectionOptions::default(), &Stop::never())?;
        writeln!(seen, "{report:?}").unwrap();
        writeln!(seen, "{}", related(engine, RelatedSubject::Text(&submission), &scope)).unwrap();
    }
    Ok(seen)
}

/// The sources that are related to a subject, as text.
fn related(engine: &Engine, subject: RelatedSubject<'_>, scope: &Scope) -> String {
    let options = RelatedOptions { max_sources: 20, exclude_near_copies: false, exclude_own_group: false };
    format!("{:?}", engine.list_related(subject, scope, &options, &Stop::never()).unwrap())
}

#[track_caller]
fn assert_sound(engine: &Engine) {
    let mut findings = Vec::new();
    engine
        .verify(&Stop::never(), &mut |verified| {
            findings.extend(verified.findings);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(findings, []);
}

#[test]
fn a_corpus_comes_back_as_it_was_with_or_without_a_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).unwrap();
    fill(&engine);
    let before = seen(&engine).unwrap();
    assert_sound(&engine);
    // A crash leaves no snapshot.
    drop(engine);
    for with_snapshot in [false, true, true] {
        assert_eq!(folder.path().join("index.snapshot").exists(), with_snapshot);
        let engine = open(folder.path()).unwrap();
        assert_eq!(seen(&engine).unwrap(), before);
        assert_sound(&engine);
        engine.close();
        let refused =
            engine.add_source(&CollectionName::default(), source(1), IfExists::Replace).unwrap_err();
        assert_eq!(refused, Error::Store(StoreError::Closed));
        assert_eq!(seen(&engine).unwrap(), before, "it can be read to the end");
    }
}

#[test]
fn what_came_after_a_snapshot_is_in_the_index_and_what_went_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("index.snapshot");
    let default = CollectionName::default();
    let engine = open(folder.path()).unwrap();
    fill(&engine);
    engine.close();
    drop(engine);
    let old = fs::read(&snapshot).unwrap();
    // So many sources are deleted that slots are purged and used again.
    let engine = open(folder.path()).unwrap();
    for number in 0..100 {
        engine.delete_source(&default, &id(&format!("s{number}"))).unwrap();
    }
    // A background task removes deleted texts and frees slots.
    std::thread::sleep(std::time::Duration::from_millis(200));
    for number in 40..130 {
        engine.add_source(&default, source(number), IfExists::Reject).unwrap();
    }
    let before = seen(&engine).unwrap();
    drop(engine);
    for _ in 0..2 {
        fs::write(&snapshot, &old).unwrap();
        let engine = open(folder.path()).unwrap();
        assert_eq!(seen(&engine).unwrap(), before);
        assert_sound(&engine);
        engine.close();
    }
    // The last snapshot was written after deletions, and before the purge.
    let engine = open(folder.path()).unwrap();
    for number in 40..60 {
        engine.delete_source(&default, &id(&format!("s{number}"))).unwrap();
    }
    let before = seen(&engine).unwrap();
    engine.close();
    drop(engine);
    let engine = open(folder.path()).unwrap();
    assert_eq!(seen(&engine).unwrap(), before);
    assert_sound(&engine);
}

/// Adds sources that hold one page each, some of them replaced many times. Remains of the old ones must not count.
fn fill_with_pages(engine: &Engine, collection: &CollectionName, sources: u64, replaces: u64) {
    let add = |number: u64, salt: u64| {
        let own = Words::new(10_000 + salt).text(30);
        let text = format!("{own} {} {}", Words::new(1).text(60), Words::new(50_000 + salt).text(20));
        engine.add_source(collection, NewSource { text, ..source(number) }, IfExists::Replace).unwrap();
    };
    (0..sources).for_each(|number| add(number, number));
    (0..replaces).for_each(|time| add(time % 3, 1_000 + time));
}

/// Reports of checks and of comparisons of all pairs, with limits so close that every posting matters.
fn reports(engine: &Engine, page: &CollectionName, pairs: &CollectionName) -> Vec<String> {
    let submission = format!("{} {} {}", Words::new(2).text(40), Words::new(1).text(60), text(3));
    let scope = Scope { collections: [page.clone()].into(), ..Scope::default() };
    let mut reports = Vec::new();
    for mode in [DetectionMode::VerbatimOnly, DetectionMode::AlteredToo] {
        for commonness_cap in [None, Some(302), Some(310)] {
            let options = DetectionOptions { mode, commonness_cap, ..DetectionOptions::default() };
            let report = engine.check(&submission, &scope, &options, &Stop::never()).unwrap();
            reports.push(format!("{mode:?} {commonness_cap:?} {report:?}"));
        }
        for commonness_cap in [Some(15), Some(14)] {
            let options = PairOptions { mode, commonness_cap, ..PairOptions::default() };
            let found = engine.compare_all(pairs, &options, &mut |_| {}, &Stop::never()).unwrap();
            reports.push(format!("{mode:?} {commonness_cap:?} {found:?}"));
        }
    }
    reports
}

#[test]
fn a_report_is_the_same_whatever_was_there_before() {
    let folder = tempfile::tempdir().unwrap();
    // With 303 postings each, three of the page's fingerprints are read; with 31 more of old sources, two are.
    let limits = Limits { max_common_postings: 1_000, exhaustive_sources: 0, ..Limits::default() };
    let engine = open_with(folder.path(), limits).unwrap();
    let (page, pairs) = (CollectionName::default(), name("pairs"));
    engine.create_collection(&pairs, FingerprintSettings::default()).unwrap();
    fill_with_pages(&engine, &page, 303, 300);
    fill_with_pages(&engine, &pairs, 15, 50);
    let before = reports(&engine, &page, &pairs);
    assert!(before[0].contains("PostingLimit"), "{}", before[0]);
    drop(engine);
    // The index is built from the texts alone, without a snapshot.
    let engine = open_with(folder.path(), limits).unwrap();
    assert_same(&reports(&engine, &page, &pairs), &before);
    // The next snapshot contains postings of deleted sources.
    for number in 200..250 {
        engine.delete_source(&page, &id(&format!("s{number}"))).unwrap();
    }
    let before = reports(&engine, &page, &pairs);
    engine.close();
    drop(engine);
    let snapshot = folder.path().join("index.snapshot");
    assert!(snapshot.exists());
    let engine = open_with(folder.path(), limits).unwrap();
    assert_same(&reports(&engine, &page, &pairs), &before);
    drop(engine);
    fs::remove_file(snapshot).unwrap();
    let engine = open_with(folder.path(), limits).unwrap();
    assert_same(&reports(&engine, &page, &pairs), &before);
}

#[track_caller]
fn assert_same(reports: &[String], before: &[String]) {
    assert_eq!(reports.len(), before.len());
    for (now, before) in reports.iter().zip(before) {
        assert_eq!(now, before);
    }
}

/// All files of a data directory that are not empty.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files =
        ["corpus.redb", "palimpsest.format", "index.snapshot"].map(|name| folder.join(name)).to_vec();
    files.extend(fs::read_dir(folder.join("texts")).unwrap().map(|entry| entry.unwrap().path()));
    files
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("texts")).unwrap();
    for file in files(from).into_iter().filter(|file| file.exists()) {
        fs::copy(&file, to.join(file.strip_prefix(from).unwrap())).unwrap();
    }
}

/// Asserts that a damaged directory is refused as damaged, or opens as the same corpus. True if it is refused.
#[track_caller]
fn assert_refused_or_unchanged(folder: &Path, before: &str, what: &str) -> bool {
    let outcome = open(folder).and_then(|engine| seen(&engine));
    match outcome {
        Ok(seen) => assert!(seen == before, "{what}: another corpus"),
        Err(Error::Store(StoreError::Damaged { .. } | StoreError::NewerFormat { .. })) => return true,
        Err(error) => panic!("{what}: {error}"),
    }
    false
}

#[test]
fn no_flipped_bit_and_no_cut_gives_a_wrong_answer() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good");
    let engine = open(&good).unwrap();
    fill(&engine);
    let before = seen(&engine).unwrap();
    engine.close();
    drop(engine);
    let mut choice = Words::new(5);
    for file in files(&good) {
        let bytes = fs::read(&file).unwrap();
        let relative = file.strip_prefix(&good).unwrap();
        let (mut told, tries) = (0, figure("PALIMPSEST_DAMAGE_TRIES", 12) as usize);
        for attempt in 0..tries {
            let bad = folder.path().join("bad");
            copy(&good, &bad);
            let mut damaged = bytes.clone();
            let what = if attempt % 4 == 3 {
                damaged.truncate(choice.below(bytes.len()));
                format!("{} cut to {}", relative.display(), damaged.len())
            } else {
                let at = choice.below(bytes.len());
                damaged[at] ^= 1 << choice.below(8);
                format!("{} flipped at {at}", relative.display())
            };
            fs::write(bad.join(relative), damaged).unwrap();
            told += usize::from(assert_refused_or_unchanged(&bad, &before, &what));
            fs::remove_dir_all(&bad).unwrap();
        }
        let is_snapshot = relative == Path::new("index.snapshot");
        assert_eq!(told > 0, !is_snapshot, "{}: {told} of {tries} were refused", relative.display());
    }
}

#[test]
fn a_missing_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).unwrap();
    fill(&engine);
    engine.close();
    drop(engine);
    let texts = files(folder.path()).pop().unwrap();
    fs::remove_file(&texts).unwrap();
    let error = open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("00000001.texts") && error.contains("missing"), "{error}");
}

#[test]
fn a_damaged_text_harms_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).unwrap();
    fill(&engine);
    engine.close();
    drop(engine);
    let texts = files(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&texts).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&texts, bytes).unwrap();
    let engine = open(folder.path()).unwrap();
    let mut findings = Vec::new();
    engine
        .verify(&Stop::never(), &mut |verified| {
            findings.extend(verified.findings);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    assert!(findings.len() <= 1, "{findings:?}");
    let infos = engine.list_collections(&Visibility::all(), None, 10);
    let all = infos.iter().flat_map(|info| {
        let sources = engine.list_sources(&info.name, None, 1000).unwrap();
        sources.into_iter().map(|entry| (info.name.clone(), entry.id.clone()))
    });
    let unreadable: Vec<_> = all.filter(|(name, id)| engine.get_source(name, id).is_err()).collect();
    assert_eq!(unreadable.len(), findings.len());
    for (finding, (_, id)) in findings.iter().zip(unreadable) {
        assert_eq!(finding.source_id, id.as_str());
        assert!(finding.problem.contains("00000001.texts"), "{finding:?}");
    }
}

#[test]
fn the_same_content_is_passed_over_and_other_content_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let default = CollectionName::default();
    let engine = open(folder.path()).unwrap();
    let added = engine.add_source(&default, source(1), IfExists::RejectDifferent).unwrap();
    assert!(!added.unchanged);
    drop(engine);
    let engine = open(folder.path()).unwrap();
    for if_exists in [IfExists::RejectDifferent, IfExists::ReplaceDifferent] {
        let again = engine.add_source(&default, source(1), if_exists).unwrap();
        assert!(again.unchanged && !again.replaced);
        assert_eq!(again.entry.added, added.entry.added);
    }
    let variants = [
        NewSource { text: text(2), ..source(1) },
        NewSource { title: Title::default(), ..source(1) },
        NewSource { group: Group::default(), ..source(1) },
        NewSource { labels: Labels::default(), ..source(1) },
        NewSource { uri: Uri::default(), ..source(1) },
        NewSource { submitted_at: None, ..source(1) },
        NewSource { metadata: Metadata::default(), ..source(1) },
        NewSource { pages: None, ..source(1) },
    ];
    for variant in variants {
        let rejected = engine.add_source(&default, variant.clone(), IfExists::RejectDifferent);
        assert!(matches!(rejected, Err(Error::SourceExists { .. })));
        let replaced = engine.add_source(&default, variant, IfExists::ReplaceDifferent).unwrap();
        assert!(replaced.replaced && !replaced.unchanged);
    }
}

#[test]
fn many_writers_share_commits_and_agree_with_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(open(folder.path()).unwrap());
    let default = CollectionName::default();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let (engine, default) = (&engine, &default);
            scope.spawn(move || {
                for number in 0..30 {
                    let own = NewSource {
                        id: Some(id(&format!("s{}", number % 10))),
                        ..source(writer * 100 + number)
                    };
                    engine.add_source(default, own, IfExists::Replace).unwrap();
                    if number % 5 == 4 {
                        // Another thread may have deleted it first.
                        let _ = engine.delete_source(default, &id(&format!("s{}", number % 10)));
                    }
                }
            });
        }
    });
    let before = seen(&Arc::into_inner(engine).unwrap()).unwrap();
    // The engine was dropped above.
    let engine = open(folder.path()).unwrap();
    assert_eq!(seen(&engine).unwrap(), before);
    assert_sound(&engine);
}

/// Contents of the fixtures: see [`every_version_of_the_format_is_opened`].
fn fill_fixture(engine: &Engine) {
    let default = CollectionName::default();
    for number in 0..12 {
        engine.add_source(&default, source(number), IfExists::Reject).unwrap();
    }
    engine.create_collection(&name("other"), FingerprintSettings::default()).unwrap();
    engine.add_source(&name("other"), source(100), IfExists::Reject).unwrap();
    engine.add_source(&default, NewSource { text: text(200), ..source(3) }, IfExists::Replace).unwrap();
    engine.delete_source(&default, &id("s4")).unwrap();
    // Since version 3.
    engine.update_source(&default, &id("s5"), moved("x:moved")).unwrap();
}

fn moved(uri: &str) -> SourceUpdate {
    SourceUpdate { uri: Some(Uri::new(uri).unwrap()), ..SourceUpdate::default() }
}

/// The fixtures are one small data directory for each version of the format. A new version's fixture is written with
/// `PALIMPSEST_WRITE_FIXTURE=tests/fixtures/data-vN cargo test --test it every_version`.
#[test]
fn every_version_of_the_format_is_opened() {
    if let Ok(folder) = std::env::var("PALIMPSEST_WRITE_FIXTURE") {
        let engine = open(Path::new(&folder)).unwrap();
        fill_fixture(&engine);
        engine.close();
    }
    let expected = Engine::in_memory().unwrap();
    fill_fixture(&expected);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut versions = 0;
    for fixture in fs::read_dir(fixtures).unwrap() {
        let fixture = fixture.unwrap();
        if !fixture.file_name().to_string_lossy().starts_with("data-") {
            continue;
        }
        let has_pages = ["data-v4", "data-v5"].contains(&fixture.file_name().to_str().unwrap());
        let has_times = !["data-v1", "data-v2"].contains(&fixture.file_name().to_str().unwrap());
        let folder = tempfile::tempdir().unwrap();
        copy(&fixture.path(), folder.path());
        for round in 0..2 {
            let engine = open(folder.path()).unwrap();
            assert_sound(&engine);
            for collection in [CollectionName::default(), name("other")] {
                let ids = |engine: &Engine| {
                    let entries = engine.list_sources(&collection, None, 100).unwrap();
                    entries
                        .iter()
                        .map(|entry| (entry.id.clone(), entry.added, entry.words))
                        .collect::<Vec<_>>()
                };
                assert_eq!(ids(&engine), ids(&expected));
                for (id, ..) in ids(&expected) {
                    let (ours, theirs) = (&engine, &expected);
                    let [SourceText { entry: one, text }, SourceText { entry: other, text: expected }] =
                        [ours, theirs].map(|engine| engine.get_source(&collection, &id).unwrap());
                    assert_eq!(text, expected);
                    assert_eq!(
                        (&one.title, &one.group, &one.labels),
                        (&other.title, &other.group, &other.labels)
                    );
                    if has_pages {
                        assert_eq!(one.pages, other.pages);
                    }
                    // A round updates it.
                    if has_times && one.id.as_str() != "s2" {
                        assert_eq!(
                            (&one.uri, one.submitted_at, &one.metadata, one.changed),
                            (&other.uri, other.submitted_at, &other.metadata, other.changed)
                        );
                        assert!(one.created_at.is_some() && one.updated_at >= one.created_at);
                    }
                }
            }
            let first = engine.find_source(&CollectionName::default(), &id("s1")).unwrap();
            assert_eq!((first.created_at.is_some(), first.updated_at.is_some()), (has_times, has_times));
            let uri = format!("x:{round}");
            let updated = engine.update_source(&CollectionName::default(), &id("s2"), moved(&uri)).unwrap();
            assert_eq!((updated.uri.as_str(), updated.created_at.is_some()), (uri.as_str(), has_times));
            // Profiles of older formats are made when they are opened.
            for number in [1, 7, 200] {
                let text = text(number);
                let found = related(&engine, RelatedSubject::Text(&text), &Scope::default());
                assert!(found.contains("similarity: 1.0") && found.contains(&text), "{found}");
            }
            let submission = text(7);
            let report = engine
                .check(&submission, &Scope::default(), &DetectionOptions::default(), &Stop::never())
                .unwrap();
            assert_eq!(report.coverage.words, report.coverage.of_words);
            engine.add_source(&name("other"), source(300), IfExists::Replace).unwrap();
            engine.delete_source(&name("other"), &id("s300")).unwrap();
            drop(engine);
            // The next round opens it without the snapshot.
            drop(fs::remove_file(folder.path().join("index.snapshot")));
        }
        versions += 1;
    }
    assert_eq!(versions, 5);
}
