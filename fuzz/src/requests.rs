//! Requests of all methods, as bytes.

use palimpsest::proto;
use prost::Message as _;

/// The paths of all methods, in the order of the protos.
pub fn methods() -> Vec<String> {
    let set = prost_types::FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET)
        .expect("it was encoded by the build");
    let services =
        set.file.iter().flat_map(|file| file.service.iter().map(move |service| (file.package(), service)));
    services
        .flat_map(|(package, service)| {
            service
                .method
                .iter()
                .map(move |method| format!("/{package}.{}/{}", service.name(), method.name()))
        })
        .collect()
}

/// The body of a call: one message, or the unchanged frames of a stream.
pub fn body(is_framed: bool, bytes: &[u8]) -> Vec<u8> {
    if is_framed { bytes.to_vec() } else { frame(bytes) }
}

fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("an input is short");
    [&[0][..], &length.to_be_bytes(), message].concat()
}

/// An input for each method with a valid request, and some invalid ones.
pub fn seeds() -> Vec<Vec<u8>> {
    let methods = methods();
    let one = |method: &str, messages: &[Vec<u8>]| -> Vec<u8> {
        let number =
            methods.iter().position(|path| path.ends_with(&format!("/{method}"))).expect("it is a method");
        let number = u8::try_from(number).expect("there are few");
        match messages {
            [message] => [&[number][..], message].concat(),
            frames => {
                [vec![number | 0x80], frames.iter().flat_map(|message| frame(message)).collect()].concat()
            }
        }
    };
    let words: Vec<u8> = (0..60).map(|word: u8| word.wrapping_mul(5)).collect();
    let text = crate::words::text(&words);
    let source = |id: &str| proto::Source {
        id: id.into(),
        text: text.clone(),
        labels: vec!["draft".into()],
        ..Default::default()
    };
    let add = |id: &str| proto::AddSourceRequest { source: Some(source(id)), ..Default::default() };
    let check = proto::CheckRequest {
        text: text.clone(),
        scope: Some(scope()),
        options: Some(options()),
        ..Default::default()
    };
    let item =
        |key: &str| proto::CheckStreamRequest { key: key.into(), check: Some(check.clone()) }.encode_to_vec();
    let import = |id: &str| {
        proto::ImportSourcesRequest { source: Some(source(id)), ..Default::default() }.encode_to_vec()
    };
    let compared = proto::ComparedText {
        id: "one".into(),
        title: "One".into(),
        text: text.clone(),
        ..Default::default()
    };
    let compare = proto::CompareRequest {
        text: text.clone(),
        sources: vec![compared],
        options: Some(options()),
        ..Default::default()
    };
    vec![
        one("AddSource", &[add("one").encode_to_vec()]),
        one("ImportSources", &[import("one"), import("two"), import("one")]),
        one("Check", &[check.encode_to_vec()]),
        one("CheckStream", &[item("a"), item("b")]),
        one("Compare", &[compare.encode_to_vec()]),
        one(
            "CompareAll",
            &[proto::CompareAllRequest { collection: "default".into(), options: None }.encode_to_vec()],
        ),
        one(
            "RenderReport",
            &[proto::RenderReportRequest {
                subject: Some(proto::render_report_request::Subject::Check(check.clone())),
                options: Some(proto::RenderOptions { submission_name: "<one>".into(), ..Default::default() }),
            }
            .encode_to_vec()],
        ),
        one(
            "GetSource",
            &[proto::GetSourceRequest { id: "source 2".into(), ..Default::default() }.encode_to_vec()],
        ),
        one(
            "ListSources",
            &[proto::ListSourcesRequest { page_size: 2, ..Default::default() }.encode_to_vec()],
        ),
        one(
            "CreateCollection",
            &[proto::CreateCollectionRequest { name: "new".into(), ..Default::default() }.encode_to_vec()],
        ),
        one(
            "DeleteCollection",
            &[proto::DeleteCollectionRequest { name: "other".into(), ..Default::default() }.encode_to_vec()],
        ),
        one(
            "DeleteSource",
            &[proto::DeleteSourceRequest { id: "source 2".into(), ..Default::default() }.encode_to_vec()],
        ),
        one("Verify", &[proto::VerifyRequest::default().encode_to_vec()]),
        one("ExportSources", &[proto::ExportSourcesRequest::default().encode_to_vec()]),
    ]
}

fn scope() -> proto::Scope {
    let collections = vec!["default".into(), "other".into()];
    proto::Scope { collections, exclude_labels: vec!["draft".into()], ..Default::default() }
}

fn options() -> proto::DetectionOptions {
    let exclusions = proto::Exclusions {
        quotations: Some(false),
        boilerplate_texts: vec!["a page that all share".into()],
        own_groups: vec!["mine".into()],
        ..Default::default()
    };
    proto::DetectionOptions {
        min_passage_words: Some(9),
        commonness_percent: Some(50.0),
        offset_unit: proto::OffsetUnit::CodePoints.into(),
        include_excerpts: true,
        max_sources: Some(5),
        exclusions: Some(exclusions),
        max_expected_by_chance: Some(0.001),
        ..Default::default()
    }
}
