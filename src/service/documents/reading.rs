//! Reading the documents of requests.

use super::GivenDocument;
use crate::documents::contained::ReadError;
use crate::documents::{Document, Extraction, Failure};
use crate::matching::{Stop, StopReason};
use crate::service::call::CallContext;
use crate::service::context::ServiceContext;
use crate::service::problem::Problem;

impl ServiceContext {
    /// Reads a document in a process of its own, and does `then` with what was extracted on the thread that waited for it.
    pub(in crate::service) async fn read_document<T: Send + 'static>(
        &self,
        call: &CallContext,
        document: GivenDocument,
        then: impl FnOnce(Extraction) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let readers = self.documents.clone();
        let work = move |stop: &Stop| {
            let GivenDocument { field, content, name, encoding } = document;
            let given = Document { content: &content, name: &name, encoding: &encoding };
            let read = readers.read(given, stop);
            // What was read has all that is needed of the document.
            drop(content);
            match read {
                Ok(extraction) => then(extraction),
                Err(ReadError::Stopped) => Err(stop.check().err().unwrap_or(StopReason::CalledOff).into()),
                Err(error) => Err(Problem::not_read(&field, &error)),
            }
        };
        self.workers.run_document(call, work).await
    }

    /// Reads a document that is to be compared, so that it must have text that a reader sees.
    pub(in crate::service) async fn read_text<T: Send + 'static>(
        &self,
        call: &CallContext,
        document: GivenDocument,
        then: impl FnOnce(Extraction) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let field = document.field.clone();
        let with_text = move |extraction: Extraction| {
            if extraction.text.is_empty() {
                let failure = Failure::NoText { format: extraction.format, is_scan: false };
                return Err(Problem::unreadable(&field, &failure));
            }
            Ok(then(extraction))
        };
        self.read_document(call, document, with_text).await
    }
}
