//! Options parsed from a command line.

use clap::Parser;

use super::*;
use crate::engine::{CollectionName, Exclusions, Group};

/// A command with all options of a check.
#[derive(Debug, Parser)]
struct Given {
    #[command(flatten)]
    corpus: CorpusArgs,
    #[command(flatten)]
    options: OptionArgs,
}

fn given(arguments: &[&str]) -> Given {
    Given::try_parse_from([&["check"], arguments].concat()).unwrap()
}

#[test]
fn what_was_not_given_is_as_the_engine_has_it() {
    let Given { corpus, options } = given(&[]);
    let engine = options.to_engine(&corpus, options.detail()).unwrap();
    let default = DetectionOptions::default();
    assert_eq!(engine.exclusions, default.exclusions);
    assert_eq!(
        engine,
        DetectionOptions { max_sources: 20, max_passages: 10, include_excerpts: true, ..default }
    );
    let json = given(&["--json"]);
    assert_eq!(
        json.options.to_engine(&json.corpus, json.options.detail()).unwrap(),
        DetectionOptions::default()
    );
}

#[test]
fn what_is_left_out_is_the_same_for_the_engine_and_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("assignment.txt");
    std::fs::write(&file, "Write of lighthouses").unwrap();
    let Given { corpus, options } = given(&[
        "--count-quotations",
        "--count-citations",
        "--boilerplate",
        file.to_str().unwrap(),
        "--own-group=essay-7",
        "--own-group=essay-9",
        "--commonness-percent=2.5",
        "--commonness-cap=40",
    ]);
    let engine = options.to_engine(&corpus, options.detail()).unwrap();
    let own_groups = ["essay-7", "essay-9"].map(|group| Group::new(group).unwrap());
    let expected = Exclusions {
        bibliography: true,
        boilerplate_texts: vec!["Write of lighthouses".into()],
        own_groups: own_groups.into(),
        ..Exclusions::none()
    };
    assert_eq!(engine.exclusions, expected);
    assert_eq!((engine.commonness_cap, engine.commonness_percent), (Some(40), Some(2.5)));
    let server = options.to_proto(&corpus, options.detail()).unwrap();
    assert_eq!(boilerplate_sizes(server.exclusions.as_ref()), [20]);
    assert_eq!((server.commonness_cap, server.commonness_percent), (Some(40), Some(2.5)));
    let proto::Exclusions { quotations, bibliography, citations, own_groups, .. } =
        server.exclusions.unwrap();
    assert_eq!((quotations, bibliography, citations), (Some(false), Some(true), Some(false)));
    assert_eq!(own_groups, ["essay-7", "essay-9"]);
}

#[test]
fn a_collection_of_boilerplate_needs_a_server() {
    let Given { corpus, options } = given(&["--boilerplate-collection=templates"]);
    assert!(matches!(options.to_engine(&corpus, options.detail()), Err(CliError::Usage(_))));
    let collections =
        options.to_proto(&corpus, options.detail()).unwrap().exclusions.unwrap().boilerplate_collections;
    assert_eq!(collections, ["templates"]);
    let converted = options.engine_options(&corpus, options.detail()).unwrap();
    assert_eq!(
        converted.exclusions.boilerplate_collections,
        [CollectionName::new("templates").unwrap()].into()
    );
}

#[test]
fn bad_values_are_refused_before_anything_is_sent() {
    for wrong in ["0", "-1", "100.1", "NaN", "inf", "x", ""] {
        let argument = format!("--commonness-percent={wrong}");
        assert!(Given::try_parse_from(["check", &argument]).is_err(), "{wrong}");
    }
    for wrong in ["--own-group=", "--own-group=a\nb", "--boilerplate-collection=a b"] {
        let Given { corpus, options } = given(&[wrong]);
        let refused = options.to_proto(&corpus, options.detail());
        assert!(matches!(refused, Err(CliError::BadOption { .. })), "{wrong}");
    }
}

#[test]
fn without_sources_no_passages_are_asked_for() {
    let Given { corpus, options } = given(&["--max-sources=0"]);
    let asked = options.to_proto(&corpus, options.detail()).unwrap();
    assert_eq!((asked.max_sources, asked.max_passages, asked.include_excerpts), (Some(0), None, false));
}
