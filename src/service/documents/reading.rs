//! Reading the documents of requests.

use super::GivenDocument;
use crate::documents::{Document, Extraction, Failure, Limits, read};
use crate::service::call::CallContext;
use crate::service::context::ServiceContext;
use crate::service::problem::Problem;

impl ServiceContext {
    /// Reads a document, and does `then` with what was extracted on the same worker thread.
    pub(in crate::service) async fn read_document<T: Send + 'static>(
        &self,
        call: &CallContext,
        document: GivenDocument,
        then: impl FnOnce(Extraction) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let bytes = document.content.len();
        let work = move |_: &_| {
            let GivenDocument { field, content, name, encoding } = document;
            let given = Document { content: &content, name: &name, encoding: &encoding };
            let extraction = read(given, &Limits::default());
            then(extraction.map_err(|failure| Problem::unreadable(&field, &failure))?)
        };
        self.workers.run(call, bytes, work).await
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
