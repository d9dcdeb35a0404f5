//! Whole reports, compared with reviewed golden files.
//!
//! `UPDATE_GOLDEN=1 cargo test` writes them anew; read the difference before you commit it.

use std::path::Path;

use palimpsest::proto::{FILE_DESCRIPTOR_SET, Report};
use palimpsest::service::report_to_proto;
use palimpsest::text::{CorpusSeed, OffsetUnit};
use palimpsest::{
    CollectionName, DetectionMode, DetectionOptions, Engine, Group, IfExists, Label, Labels, Limits,
    NewSource, Scope, SourceId, Stop, Title,
};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};

use crate::words::Words;

fn to_json(report: &Report) -> String {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let descriptor = pool.get_message_by_name("palimpsest.v1.Report").unwrap();
    let message = DynamicMessage::decode(descriptor, report.encode_to_vec().as_slice()).unwrap();
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::pretty(&mut out);
    message
        .serialize_with_options(&mut serializer, &SerializeOptions::new().skip_default_fields(false))
        .unwrap();
    String::from_utf8(out).unwrap() + "\n"
}

#[track_caller]
fn assert_golden(name: &str, report: palimpsest::report::Report) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let json = to_json(&report_to_proto(report));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &json).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(json, golden, "{name} has changed");
}

fn engine() -> Engine {
    let engine = Engine::with_seed(Limits::default(), CorpusSeed::new(2026));
    let sources = [
        (
            "harbour",
            "Harbour",
            "north",
            "The harbour froze twice that winter, and both times the pilots walked home across the ice. \
          Nobody wrote it down except the clerk, who had little else to do.",
        ),
        (
            "clerk",
            "The clerk’s book",
            "south",
            "“Nobody wrote it down except the clerk, who had little else to do,” \
          says the chronicle — naïve as it is — of the year in which the harbour froze twice.",
        ),
        ("noise", "", "", &Words::new(77).text(80)),
    ];
    for (id, title, group, text) in sources {
        let source = NewSource {
            id: Some(SourceId::new(id).unwrap()),
            title: Title::new(title).unwrap(),
            group: Group::new(group).unwrap(),
            labels: Labels::new(vec![Label::new("chronicle").unwrap()]).unwrap(),
            ..NewSource::new(text)
        };
        engine.add_source(&CollectionName::default(), source, IfExists::Reject).unwrap();
    }
    engine
}

const SUBMISSION: &str = "It’s said the harbour froze twice that winter, and each time the pilots walked home across the ice. \
    Nobody wrote it down except the clerk, who had little else to do. – Ünlikely!";

#[test]
fn a_check_with_excerpts() {
    let options = DetectionOptions { include_excerpts: true, ..DetectionOptions::default() };
    let report = engine().check(SUBMISSION, &Scope::default(), &options, &Stop::never()).unwrap();
    assert_golden("check_with_excerpts.json", report);
}

#[test]
fn a_verbatim_check_in_utf_16_with_a_cap() {
    let options = DetectionOptions {
        mode: DetectionMode::VerbatimOnly,
        commonness_cap: Some(1),
        offset_unit: OffsetUnit::Utf16CodeUnits,
        max_passages: 1,
        ..DetectionOptions::default()
    };
    let report = engine().check(SUBMISSION, &Scope::default(), &options, &Stop::never()).unwrap();
    assert_golden("verbatim_capped_utf16.json", report);
}

#[test]
fn nothing_found() {
    let report = engine()
        .check(
            "Words that stand in none of the sources at all.",
            &Scope::default(),
            &DetectionOptions::default(),
            &Stop::never(),
        )
        .unwrap();
    assert_golden("nothing_found.json", report);
}
