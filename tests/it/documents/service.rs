//! `DocumentService`.

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::document_service_client::DocumentServiceClient;
use palimpsest::service::Role;
use tokio_stream::iter;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{extract, extract_in_pieces, reason};
use crate::access::{Keys, keyed};
use crate::harness::{TestServer, eventually, read_documents};

const TEXT: &str = "Die Fähre fährt spät.\n\nIm Süden wächst das Schilf 🦆 am Ufer.";

/// The fields that an error names.
fn fields(status: &tonic::Status) -> Vec<String> {
    let details = status.get_details_bad_request().unwrap_or_else(|| panic!("{status:?}"));
    details.field_violations.into_iter().map(|violation| violation.field).collect()
}

async fn start() -> (TestServer, DocumentServiceClient<tonic::transport::Channel>) {
    read_documents();
    let server = TestServer::start().await;
    let client = DocumentServiceClient::new(server.channel().await);
    (server, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_of_any_size_are_one_document() {
    let (_server, mut client) = start().await;
    let whole = extract(&mut client, "a.txt", TEXT.as_bytes()).await.unwrap();
    assert_eq!(whole.text, TEXT);
    let document = whole.document.clone().unwrap();
    assert_eq!(document.format(), proto::DocumentFormat::Text);
    assert_eq!((document.text_bytes, document.words), (TEXT.len() as u64, 11));
    for piece in [1, 7, 64] {
        let pieces = extract_in_pieces(&mut client, "a.txt", TEXT.as_bytes(), piece).await.unwrap();
        assert_eq!(pieces, whole, "in pieces of {piece}");
    }
    let markdown = extract(&mut client, "a.md", TEXT.as_bytes()).await.unwrap();
    assert_eq!(markdown.document.unwrap().format(), proto::DocumentFormat::Markdown);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_request_is_named() {
    let (_server, mut client) = start().await;
    let request = |name: &str, encoding: &str, offset_unit, chunk: &[u8]| proto::ExtractTextRequest {
        name: name.to_owned(),
        encoding: encoding.to_owned(),
        offset_unit,
        chunk: chunk.to_vec(),
    };
    let wrong = request(&"x".repeat(513), "utf-9", 77, TEXT.as_bytes());
    let refused = client.extract_text(iter([wrong])).await.unwrap_err();
    assert_eq!(fields(&refused), ["name", "encoding", "offset_unit"]);
    let late = [request("a.txt", "", 0, b"Every"), request("b.txt", "utf-8", 1, b" page")];
    let refused = client.extract_text(iter(late)).await.unwrap_err();
    assert_eq!(fields(&refused), ["name", "encoding", "offset_unit"]);
    for nothing in [vec![], vec![request("a.txt", "", 0, b"")]] {
        let refused = client.extract_text(iter(nothing)).await.unwrap_err();
        assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, vec!["document".to_owned()]));
        assert_eq!(reason(&refused).0, "DOCUMENT_UNREADABLE");
        assert!(refused.message().contains("the document is empty"), "{refused:?}");
    }
    let picture = extract(&mut client, "essay.docx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").await.unwrap_err();
    assert_eq!(reason(&picture).0, "DOCUMENT_UNREADABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_larger_than_it_may_be_is_refused_before_it_has_arrived() {
    read_documents();
    let server = TestServer::start_with(|settings| settings.documents.max_bytes = 100_000).await;
    let mut client = DocumentServiceClient::new(server.channel().await);
    let piece = || proto::ExtractTextRequest { chunk: vec![b'a'; 60_000], ..Default::default() };
    // The stream has no end.
    let pieces = tokio_stream::StreamExt::chain(iter([piece(), piece()]), tokio_stream::pending());
    let refused = client.extract_text(pieces).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange, "{refused:?}");
    let (name, metadata) = reason(&refused);
    assert_eq!(name, "DOCUMENT_TOO_LARGE");
    assert_eq!(
        (metadata["limit"].as_str(), metadata["limit_value"].as_str()),
        ("max_document_bytes", "100000")
    );
    let mut corpus = CorpusServiceClient::new(server.channel().await);
    let limits = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().limits;
    assert_eq!(limits.unwrap().max_document_bytes, 100_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_may_be_larger_than_all_that_a_connection_may_have_under_way() {
    read_documents();
    let server = TestServer::start_with(|settings| {
        settings.limits.max_text_bytes = 32 << 10;
        settings.max_message_bytes = 64 << 10;
        settings.connections.max_pending_bytes = 64 << 10;
    })
    .await;
    let mut client = DocumentServiceClient::new(server.channel().await);
    let text = "palimpsest ".repeat(100_000);
    // More at once than fit.
    let mut reading = Vec::new();
    for _ in 0..8 {
        let (client, text) = (client.clone(), text.clone());
        reading.push(tokio::spawn(async move {
            extract_in_pieces(
                &mut client.max_decoding_message_size(8 << 20),
                "a.txt",
                text.as_bytes(),
                60_000,
            )
            .await
        }));
    }
    for read in reading {
        assert_eq!(read.await.unwrap().unwrap().text.trim(), text.trim());
    }
    assert!(extract(&mut client, "a.txt", TEXT.as_bytes()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_check_may_extract() {
    read_documents();
    let keys = Keys::new();
    let (token, _) = keys.make(Role::Check, &["some-*"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut client = DocumentServiceClient::new(keyed(&server, &token).await);
    let request = || proto::ExtractTextRequest { chunk: TEXT.as_bytes().to_vec(), ..Default::default() };
    eventually("the key is known", async || client.extract_text(iter([request()])).await.is_ok()).await;
    let mut nobody = DocumentServiceClient::new(server.channel().await);
    let refused = nobody.extract_text(iter([request()])).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}
