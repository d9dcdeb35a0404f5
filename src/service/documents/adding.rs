//! Sources whose text is extracted from a document.

use tokio::sync::Semaphore;

use super::{GivenDocument, message, pages_of, title_of};
use crate::documents::Extraction;
use crate::engine::{Added, Change, Operation, RequestDigest};
use crate::proto;
use crate::service::call::CallContext;
use crate::service::context::ServiceContext;
use crate::service::parse::corpus::SourceAddition;
use crate::service::problem::Problem;
use crate::text::OffsetUnit;

/// A source to add, or the answer to a request that was done.
pub(in crate::service) enum Addition {
    /// The request was done before.
    Answered(Box<Added>),
    /// The source is to be added.
    New {
        operation: Box<Operation>,
        text_bytes: usize,
        /// What is known of the document, if it is from one, but for the number of its words.
        document: Option<Box<proto::ExtractedDocument>>,
    },
}

/// A document that was read.
struct Read {
    extraction: Extraction,
    message: proto::ExtractedDocument,
}

impl Read {
    fn new(extraction: Extraction) -> Self {
        let message = message(&extraction, OffsetUnit::Utf8Bytes, 0);
        Self { extraction, message }
    }
}

impl ServiceContext {
    /// The operation that adds a source. A document is read, unless the request with its id was done before. Takes one of
    /// `permits` to read it, if given.
    pub(in crate::service) async fn addition(
        &self,
        call: &CallContext,
        permits: Option<&Semaphore>,
        addition: SourceAddition,
    ) -> Result<Addition, Problem> {
        let SourceAddition { collection, mut source, document, if_exists, key } = addition;
        let (mut digest, mut known) = (None, None);
        if let Some(given) = document {
            let stated =
                Change::AddSource { collection: collection.clone(), source: source.clone(), if_exists };
            let of_request = self.digest(&stated, &given)?;
            if let Some(key) = &key
                && let Some(answer) = self.backend.get()?.answered(key, of_request)
            {
                return Ok(Addition::Answered(Box::new(answer?.into_added()?)));
            }
            let Read { extraction, message } = {
                // The semaphore is never closed.
                let _permit = match permits {
                    Some(permits) => Some(call.bound(permits.acquire()).await?),
                    None => None,
                };
                self.read_text(call, given, Read::new).await?
            };
            if source.title.as_str().is_empty() {
                source.title = title_of(&extraction);
            }
            source = source.with_pages(pages_of(&extraction));
            source.text = extraction.text;
            (digest, known) = (Some(of_request), Some(Box::new(message)));
        }
        let text_bytes = source.text.len();
        let mut operation = Operation::new(Change::AddSource { collection, source, if_exists });
        (operation.request, operation.request_digest) = (key, digest);
        Ok(Addition::New { operation: Box::new(operation), text_bytes, document: known })
    }

    /// The digest of a request to add a document: of what it states, and of the document.
    fn digest(&self, stated: &Change, document: &GivenDocument) -> Result<RequestDigest, Problem> {
        let GivenDocument { field: _, content, name, encoding } = document;
        let made_from = [content.as_slice(), name.as_bytes(), encoding.as_bytes()];
        Ok(self.backend.get()?.request_digest(stated, &made_from))
    }
}
