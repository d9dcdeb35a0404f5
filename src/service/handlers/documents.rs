//! `DocumentService`.

use tonic::{Request, Response, Status, Streaming};

use crate::documents::Extraction;
use crate::proto;
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::convert::enums;
use crate::service::documents::{GivenDocument, to_proto};
use crate::service::parse::Fields;
use crate::service::problem::Problem;
use crate::service::servers::document_service_server::DocumentService;
use crate::text::OffsetUnit;

/// The path by which errors name the document.
const FIELD: &str = "document";

/// The handlers of `DocumentService`.
#[derive(Debug, Clone)]
pub struct DocumentApi {
    context: ServiceContext,
}

impl DocumentApi {
    /// Handlers that use the readers of `context`.
    #[must_use]
    pub fn new(context: ServiceContext) -> Self {
        Self { context }
    }
}

/// A document that has arrived.
struct Upload {
    document: GivenDocument,
    unit: OffsetUnit,
}

#[tonic::async_trait]
impl DocumentService for DocumentApi {
    async fn extract_text(
        &self,
        request: Request<Streaming<proto::ExtractTextRequest>>,
    ) -> Result<Response<proto::ExtractTextResponse>, Status> {
        // Any caller that may call this may read any document, but nobody may without being one.
        Caller::of(&request)?;
        // A document is one item of work, however many messages it takes.
        let call = CallContext::of(&request).item();
        let _place = self.context.documents.upload(&call).await?;
        let Upload { document, unit } = self.context.receive(&call, request.into_inner()).await?;
        let respond = move |extraction: Extraction| {
            let document = Some(to_proto(&extraction, unit));
            Ok(proto::ExtractTextResponse { text: extraction.text, document })
        };
        Ok(call.respond(self.context.read_document(&call, document, respond).await?))
    }
}

impl ServiceContext {
    /// Receives the pieces of a document.
    async fn receive(
        &self,
        call: &CallContext,
        mut requests: Streaming<proto::ExtractTextRequest>,
    ) -> Result<Upload, Status> {
        let max_bytes = self.documents.max_document_bytes();
        let mut upload: Option<Upload> = None;
        while let Some(request) = call.bound(requests.message()).await.map_err(Problem::from)?? {
            let chunk = match &mut upload {
                None => {
                    let first = first(request)?;
                    &mut upload.insert(first).document.content
                }
                Some(Upload { document, .. }) => {
                    document.content.extend_from_slice(&more(request)?);
                    &mut document.content
                }
            };
            // Counted as the document from now on, of which as many may arrive as there are places.
            call.messages().all_answered();
            if chunk.len() as u64 > max_bytes {
                self.documents.count_too_large();
                return Err(Problem::document_too_large(max_bytes).into());
            }
        }
        let nothing = || first(proto::ExtractTextRequest::default());
        Ok(upload.map_or_else(nothing, Ok)?)
    }
}

/// The first message of a document, which states its facts.
fn first(request: proto::ExtractTextRequest) -> Result<Upload, Problem> {
    let proto::ExtractTextRequest { name, encoding, offset_unit, chunk } = request;
    let mut fields = Fields::default();
    fields.document_facts("", &name, &encoding);
    let unit = fields.get("offset_unit", enums::offset_unit(offset_unit));
    let document = GivenDocument { field: FIELD.to_owned(), content: chunk, name, encoding };
    fields.done(Upload { document, unit })
}

/// The bytes of a later message, which states no facts.
fn more(request: proto::ExtractTextRequest) -> Result<Vec<u8>, Problem> {
    let proto::ExtractTextRequest { name, encoding, offset_unit, chunk } = request;
    let mut fields = Fields::default();
    for (field, is_set) in
        [("name", !name.is_empty()), ("encoding", !encoding.is_empty()), ("offset_unit", offset_unit != 0)]
    {
        if is_set {
            fields.invalid(field, "is set in a later message; set it in the first one");
        }
    }
    fields.done(chunk)
}
