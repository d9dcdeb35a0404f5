//! Malformed requests: every method answers that the error is the caller's, and the server's log has no error.

use bytes::{Buf as _, BufMut as _};
use palimpsest::proto;
use prost::Message as _;
use prost_reflect::DescriptorPool;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use crate::harness::{TestServer, source};
use crate::watched::Watched;
use crate::words::Words;

/// A protobuf key with an undefined wire type.
const NO_WIRE_TYPE: &[u8] = &[0x0f];

/// Field 1 as a string that is not UTF-8, with words that a search can find.
const NO_UTF8: &[u8] = b"\x0a\x0aquire\xffmore";

/// A codec that passes messages on as bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

/// Calls a method with these messages. Returns its answers, and the status at the end.
async fn call(channel: &Channel, path: &str, messages: Vec<Vec<u8>>) -> (Vec<Vec<u8>>, Result<(), Status>) {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let request = Request::new(tokio_stream::iter(messages));
    let mut answers = match client.streaming(request, path.parse().unwrap(), Bytes).await {
        Ok(answers) => answers.into_inner(),
        Err(status) => return (Vec::new(), Err(status)),
    };
    let mut got = Vec::new();
    loop {
        match answers.message().await {
            Ok(Some(answer)) => got.push(answer),
            Ok(None) => return (got, Ok(())),
            Err(status) => return (got, Err(status)),
        }
    }
}

/// All methods that are served: the path, the type of the requests, and whether there may be many.
fn methods() -> Vec<(String, String, bool)> {
    let mut pool = DescriptorPool::decode(proto::FILE_DESCRIPTOR_SET).unwrap();
    pool.decode_file_descriptor_set(tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET).unwrap();
    pool.decode_file_descriptor_set(tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET).unwrap();
    let services: Vec<_> = pool.services().collect();
    let methods = services.iter().flat_map(|service| {
        service.methods().map(|method| {
            let path = format!("/{}/{}", service.full_name(), method.name());
            (path, method.input().full_name().to_owned(), method.is_client_streaming())
        })
    });
    methods.collect()
}

fn assert_malformed(status: &Status, path: &str, request: &str) {
    assert_eq!(status.code(), Code::InvalidArgument, "{path}: {status:?}");
    let said = status.message();
    assert!(said.contains(request), "{path}: {said}");
    assert!(!said.contains("quire") && !said.contains("more\""), "{path}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_tells_that_its_request_is_malformed_and_why() {
    let server = TestServer::start().await;
    let channel = server.channel().await;
    let methods = methods();
    assert!(methods.len() > 20, "{methods:?}");
    for (path, request, _) in &methods {
        let (answers, ended) = call(&channel, path, vec![NO_WIRE_TYPE.to_vec()]).await;
        let status = ended.unwrap_err();
        assert_malformed(&status, path, request);
        assert!(status.message().contains("invalid wire type"), "{status:?}");
        assert!(answers.is_empty());
    }
    for path in [
        "/palimpsest.v1.DetectionService/Check",
        "/palimpsest.v1.DetectionService/CheckStream",
        "/palimpsest.v1.CorpusService/ImportSources",
        "/palimpsest.v1.AdminService/ExportSources",
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ] {
        let (_, request, _) = methods.iter().find(|(known, ..)| known == path).unwrap();
        let (_, ended) = call(&channel, path, vec![NO_UTF8.to_vec()]).await;
        let status = ended.unwrap_err();
        assert_malformed(&status, path, request);
        assert!(status.message().contains("UTF-8"), "{status:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_its_one_message_is_malformed() {
    let server = TestServer::start().await;
    let channel = server.channel().await;
    for (path, request, is_stream) in methods() {
        let (answers, ended) = call(&channel, &path, Vec::new()).await;
        if path.ends_with("/ExtractText") || path.ends_with("/TrainScale") {
            // The one document, or the one plan and its texts, may come in any number of messages; none of them lacks both.
            assert_eq!(ended.unwrap_err().code(), Code::InvalidArgument);
        } else if is_stream {
            assert!(answers.is_empty() && ended.is_ok(), "{path}: {ended:?}");
        } else {
            let status = ended.unwrap_err();
            assert_eq!(status.code(), Code::InvalidArgument, "{path} ({request}): {status:?}");
            assert!(status.message().contains("no message"), "{path}: {status:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_malformed_message_of_a_stream_is_answered() {
    let server = TestServer::start().await;
    let channel = server.channel().await;
    let item = |id: &str, seed| proto::ImportSourcesRequest {
        source: Some(source(id, &Words::new(seed).text(50))),
        ..Default::default()
    };
    let mut messages: Vec<Vec<u8>> = (0..20).map(|i| item(&format!("s{i}"), i).encode_to_vec()).collect();
    messages.push(NO_UTF8.to_vec());
    messages.push(item("later", 99).encode_to_vec());
    let path = "/palimpsest.v1.CorpusService/ImportSources";
    let (answers, ended) = call(&channel, path, messages).await;
    assert_malformed(&ended.unwrap_err(), path, "palimpsest.v1.ImportSourcesRequest");
    assert_eq!(answers.len(), 20);
    for (answer, index) in answers.into_iter().zip(0..) {
        let answer = proto::ImportSourcesResponse::decode(&answer[..]).unwrap();
        assert_eq!(answer.index, index);
        let result = answer.result.unwrap();
        assert!(matches!(result, proto::import_sources_response::Result::Added(_)), "{result:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_answers_what_is_well_formed() {
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};
    let server = TestServer::start().await;
    let channel = server.channel().await;
    let ask = ServerReflectionRequest {
        message_request: Some(MessageRequest::ListServices(String::new())),
        ..Default::default()
    };
    let mut messages = vec![ask.encode_to_vec(); 3];
    for path in [
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ] {
        let (answers, ended) = call(&channel, path, messages.clone()).await;
        assert!(ended.is_ok(), "{ended:?}");
        assert_eq!(answers.len(), 3);
        for answer in answers {
            assert!(ServerReflectionResponse::decode(&answer[..]).unwrap().message_response.is_some());
        }
    }
    messages.push(NO_WIRE_TYPE.to_vec());
    let path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let (answers, ended) = call(&channel, path, messages).await;
    assert_eq!(answers.len(), 3);
    assert_malformed(&ended.unwrap_err(), path, "grpc.reflection.v1.ServerReflectionRequest");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_malformed_requests_as_it_tells_other_wrong_ones() {
    let server = Watched::start(&["--in-memory"]).await;
    for (service, method) in
        [("palimpsest.v1.DetectionService", "Check"), ("palimpsest.v1.DetectionService", "CheckStream")]
    {
        let path = format!("/{service}/{method}");
        let (_, ended) = call(&server.channel, &path, vec![NO_UTF8.to_vec()]).await;
        assert_eq!(ended.unwrap_err().code(), Code::InvalidArgument);
        let line = server.line(|line| line["service"] == service && line["method"] == method).await;
        assert_eq!(line["code"], "InvalidArgument", "{line}");
        assert_eq!(line["level"], "INFO", "{line}");
    }
    let log = server.log();
    assert!(!log.contains("ERROR") && !log.contains("quire"), "{log}");
}
