//! A small corpus on disk, created for each process, and assertions for any corpus that can be opened.

use std::ops::ControlFlow;
use std::path::Path;

use palimpsest::{
    CollectionName, DetectionOptions, Engine, Group, IfExists, Label, Labels, Limits, NewSource, Scope,
    SourceId, Stop, Visibility,
};

use crate::words::text;

/// Opens a data directory as a server does.
pub fn open(folder: &Path) -> Result<Engine, palimpsest::Error> {
    Engine::open(folder, Limits::default(), 1 << 20, &mut |_| {})
}

/// Two collections with a few sources, of which one was deleted.
pub fn fill(engine: &Engine) {
    let other = CollectionName::new("other").unwrap();
    engine.create_collection(&other, Default::default()).unwrap();
    for number in 0..6_u8 {
        let words: Vec<u8> = (0..60).map(|word: u8| word.wrapping_mul(number + 3)).collect();
        let source = NewSource {
            id: Some(SourceId::new(&format!("source {number}")).unwrap()),
            group: Group::new("a group").unwrap(),
            labels: Labels::new(vec![Label::new("a label").unwrap()]).unwrap(),
            ..NewSource::new(text(&words))
        };
        let collection = if number < 4 { CollectionName::default() } else { other.clone() };
        engine.add_source(&collection, source, IfExists::Reject).unwrap();
    }
    engine.delete_source(&CollectionName::default(), &SourceId::new("source 1").unwrap()).unwrap();
}

/// Runs every read of an engine, and adds sources.
pub fn ask_everything(engine: &Engine) {
    let words: Vec<u8> = (0..60).map(|word: u8| word.wrapping_mul(5)).collect();
    let submission = text(&words);
    for info in engine.list_collections(&Visibility::all(), None, 10) {
        let scope = Scope { collections: [info.name.clone()].into(), ..Scope::default() };
        let _report = engine.check(&submission, &scope, &DetectionOptions::default(), &Stop::never());
        for entry in engine.list_sources(&info.name, None, 10).unwrap_or_default() {
            let _source = engine.get_source(&info.name, &entry.id);
        }
        let _added = engine.add_source(&info.name, NewSource::new(submission.as_str()), IfExists::Reject);
    }
    let _verified = engine.verify(&Stop::never(), &mut |_| ControlFlow::Continue(()));
    let _corpus = engine.corpus();
}
