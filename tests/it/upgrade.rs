//! A data directory of an older version of the algorithm: everything is counted and fingerprinted again.

use std::fs;
use std::path::{Path, PathBuf};

use palimpsest::{
    CollectionName, DetectionOptions, Engine, GradedText, IfExists, Limits, NewSource, Progress,
    RelatedOptions, RelatedSubject, ScalePlan, Scope, SourceId, Stop,
};

use crate::harness::opened;
use crate::scales::graded;

/// A small corpus of version 1, in six scripts.
fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scripts-v1")
}

fn copied(from: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("texts")).unwrap();
    for name in ["corpus.redb", "index.snapshot", "palimpsest.format", "texts/00000001.texts"] {
        fs::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// Ids, words and fingerprints of all sources.
fn counts(engine: &Engine) -> Vec<(String, u64, u64)> {
    let entries = engine.list_sources(&CollectionName::default(), None, 100).unwrap();
    entries.iter().map(|entry| (entry.id.as_str().to_owned(), entry.words, entry.fingerprints)).collect()
}

/// The same corpus as a program of this version would have made it.
fn made_anew(from: &Engine) -> Engine {
    let (anew, default) = (Engine::in_memory().unwrap(), CollectionName::default());
    for entry in from.list_sources(&default, None, 100).unwrap() {
        let text = from.get_source(&default, &entry.id).unwrap().text;
        let source = NewSource { id: Some(entry.id.clone()), text: text.to_string(), ..NewSource::default() };
        anew.add_source(&default, source, IfExists::Reject).unwrap();
    }
    anew
}

fn found(engine: &Engine, submission: &str) -> (Vec<String>, u64, u64) {
    let report =
        engine.check(submission, &Scope::default(), &DetectionOptions::default(), &Stop::never()).unwrap();
    let ids = report.sources.iter().map(|source| source.source_id.clone()).collect();
    (ids, report.coverage.words, report.coverage.of_words)
}

#[test]
fn a_start_counts_and_fingerprints_all_sources_again() {
    let folder = copied(&fixture());
    let mut seen: Vec<Progress> = Vec::new();
    let engine =
        Engine::open(folder.path(), Limits::default(), 1 << 20, &mut |progress| seen.push(progress)).unwrap();
    assert_eq!(seen.first(), Some(&Progress { sources: 0, of_sources: 6 }));
    assert_eq!(seen.last(), Some(&Progress { sources: 6, of_sources: 6 }));
    let (upgraded, expected) = (counts(&engine), counts(&made_anew(&engine)));
    let words = |counts: &[(String, u64, u64)]| -> Vec<(String, u64)> {
        counts.iter().map(|(id, words, _)| (id.clone(), *words)).collect()
    };
    assert_eq!(words(&upgraded), words(&expected));
    let zh = upgraded.iter().find(|(id, ..)| id == "zh").unwrap();
    assert!((30..45).contains(&zh.1), "59 characters are some 37 words: {zh:?}");
    let total = engine.get_collection(&CollectionName::default()).unwrap().stats.words;
    assert_eq!(total, upgraded.iter().map(|(_, words, _)| words).sum::<u64>());
    // What the old version could not find.
    for (id, submission) in [
        ("ar", "كان النجار العجوز يفتح باب الورشة كل صباح ثم يكنس نشارة الامس ويجلس قرب النافذة"),
        (
            "fr",
            "LE VIEUX MENUISIER OUVRAIT CHAQUE MATIN LA PORTE DE L'ATELIER, BALAYAIT LA SCIURE DE LA VEILLE",
        ),
        ("tr", "YAŞLI MARANGOZ HER SABAH ATÖLYENİN KAPISINI AÇAR, DÜNKÜ TALAŞI SÜPÜRÜR VE PENCERENİN"),
        ("zh", "老木匠每天清晨打開作坊的門，先把昨天剩下的木屑掃乾淨，再坐在窗邊磨他的刨刀"),
    ] {
        let (ids, words, of_words) = found(&engine, submission);
        assert_eq!((ids, words), (vec![id.to_owned()], of_words), "{submission}");
    }
    engine.close();
    drop(engine);
    // The second start has nothing to do again.
    let mut again = Vec::new();
    let engine = opened(|| {
        Engine::open(folder.path(), Limits::default(), 1 << 20, &mut |progress| again.push(progress))
    })
    .unwrap();
    assert_eq!(again, [Progress::default()]);
    assert_eq!(counts(&engine), upgraded);
}

#[test]
fn an_older_directory_is_read_without_a_change() {
    let folder = copied(&fixture());
    let bytes = || {
        let files = ["corpus.redb", "index.snapshot", "palimpsest.format", "texts/00000001.texts"];
        files.map(|name| fs::read(folder.path().join(name)).unwrap())
    };
    let before = bytes();
    let engine = Engine::open_read_only(folder.path(), Limits::default(), &mut |_| {}).unwrap();
    let read = counts(&engine);
    drop(engine);
    assert_eq!(bytes(), before);
    let engine = opened(|| Engine::open(folder.path(), Limits::default(), 0, &mut |_| {})).unwrap();
    assert_eq!(counts(&engine), read);
}

/// The backup of a data directory of format 4, by a program of that time.
#[test]
fn a_backup_of_an_older_version_is_restored() {
    let backup = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/backup-v4");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let restored = Engine::restore(&backup, &data).unwrap();
    assert_eq!((restored.collections, restored.sources, restored.scales), (2, 12, 0));
    let format = fs::read_to_string(data.join("palimpsest.format")).unwrap();
    assert!(format.starts_with("palimpsest data directory, format 5\n"), "{format}");
    let engine = Engine::open(&data, Limits::default(), 1 << 20, &mut |_| {}).unwrap();
    let collection = CollectionName::default();
    assert_eq!(engine.scales(&collection).unwrap(), []);
    // Sources of that time are on the subject of themselves: their stems were counted.
    let text = engine.get_source(&collection, &SourceId::new("s1").unwrap()).unwrap().text;
    assert_eq!(found(&engine, &text).0, ["s1"]);
    let (scope, options) = (
        Scope::default(),
        RelatedOptions { max_sources: 3, exclude_near_copies: false, exclude_own_group: false },
    );
    let related = engine.list_related(RelatedSubject::Text(&text), &scope, &options, &Stop::never()).unwrap();
    assert_eq!(related.sources[0].entry.id.as_str(), "s1");
    // The corpus takes what is new in version 5, and a backup of it has that.
    let texts: Vec<_> = (0..120).map(graded).collect();
    let texts = texts.into_iter().map(|one| GradedText { text: one.text, grade: one.grade });
    let plan = ScalePlan { name: "style".parse().unwrap(), bands: Vec::new(), created_at: None };
    let texts: Vec<_> = texts.collect();
    let scale = engine.train_scale(&collection, plan, &texts, false, &Stop::never()).unwrap();
    let newer = folder.path().join("newer");
    let written = engine.backup(&mut fs::File::create(&newer).unwrap()).unwrap();
    assert_eq!((written.sources, written.scales), (12, 1));
    assert_eq!(Engine::restore(&newer, &folder.path().join("again")).unwrap(), written);
    let again = Engine::open(&folder.path().join("again"), Limits::default(), 1 << 20, &mut |_| {}).unwrap();
    assert_eq!(*again.scale(&collection, &scale.name).unwrap(), *scale);
}
