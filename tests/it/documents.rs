//! Documents: what is read of them, and that they can do no harm.

pub mod contained;
mod contract;
mod formats;
mod made;
mod pages;
mod service;

use palimpsest::proto;
use palimpsest::proto::document_service_client::DocumentServiceClient;
use tonic::Status;
use tonic::transport::Channel;

/// Extracts the text of a document, sent in pieces of this many bytes.
pub async fn extract_in_pieces(
    client: &mut DocumentServiceClient<Channel>,
    name: &str,
    content: &[u8],
    piece_bytes: usize,
) -> Result<proto::ExtractTextResponse, Status> {
    let mut pieces: Vec<_> = content
        .chunks(piece_bytes)
        .map(|chunk| proto::ExtractTextRequest { chunk: chunk.to_vec(), ..Default::default() })
        .collect();
    if pieces.is_empty() {
        pieces.push(proto::ExtractTextRequest::default());
    }
    name.clone_into(&mut pieces[0].name);
    Ok(client.extract_text(tokio_stream::iter(pieces)).await?.into_inner())
}

/// Extracts the text of a document.
pub async fn extract(
    client: &mut DocumentServiceClient<Channel>,
    name: &str,
    content: &[u8],
) -> Result<proto::ExtractTextResponse, Status> {
    extract_in_pieces(client, name, content, 64 << 10).await
}

/// The reason of an error, and its metadata.
pub fn reason(status: &Status) -> (String, std::collections::HashMap<String, String>) {
    use tonic_types::StatusExt as _;
    let info = status.get_details_error_info().unwrap_or_else(|| panic!("{status:?} has no reason"));
    (info.reason, info.metadata)
}
