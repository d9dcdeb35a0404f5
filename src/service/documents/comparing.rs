//! Texts that are compared, from documents where the request has them.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{GivenText, attach, message, page_count, pages_of, title_of};
use crate::documents::Extraction;
use crate::engine::ComparedText;
use crate::proto;
use crate::service::call::CallContext;
use crate::service::context::ServiceContext;
use crate::service::handlers::detection::Checked;
use crate::service::parse::detection::ComparedSource;
use crate::service::problem::Problem;
use crate::text::OffsetUnit;

/// A submission as text.
pub(in crate::service) enum Extracted {
    /// It was sent as text.
    Text(String),
    /// It was sent as a document.
    Document(Box<Extraction>),
}

impl Extracted {
    pub(in crate::service) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Document(extraction) => &extraction.text,
        }
    }

    /// The number of its pages, if it was sent as a document that has pages.
    pub(in crate::service) fn pages(&self) -> Option<proto::DocumentPages> {
        match self {
            Self::Text(_) => None,
            Self::Document(extraction) => Some(page_count(&pages_of(extraction))),
        }
    }

    /// The report with what is known of the document, and the text.
    pub(in crate::service) fn into_checked(self, mut report: proto::Report, unit: OffsetUnit) -> Checked {
        match self {
            Self::Text(text) => Checked { report, text: Arc::from(text), is_extracted: false },
            Self::Document(extraction) => {
                let document = message(&extraction, unit, report.words);
                attach(&mut report, &extraction.text, document);
                Checked { report, text: Arc::from(extraction.text), is_extracted: true }
            }
        }
    }
}

impl ServiceContext {
    /// Reads the document of a submission, if it was sent as one.
    pub(in crate::service) async fn extracted(
        &self,
        call: &CallContext,
        given: GivenText,
    ) -> Result<Extracted, Problem> {
        Ok(match given {
            GivenText::Text(text) => Extracted::Text(text),
            GivenText::Document(document) => {
                Extracted::Document(self.read_text(call, document, Box::new).await?)
            }
        })
    }

    /// Reads the documents among the texts to compare with, some at a time.
    pub(in crate::service) async fn extracted_sources(
        &self,
        call: &CallContext,
        sources: Vec<ComparedSource>,
    ) -> Result<Vec<ComparedText>, Problem> {
        let read = |ComparedSource { text, document }: ComparedSource| async move {
            let Some(document) = document else { return Ok(text) };
            let extraction = self.read_text(call, document, Box::new).await?;
            let pages = Some(pages_of(&extraction)).filter(|pages| !pages.is_empty());
            let title =
                if text.title.is_empty() { title_of(&extraction).as_str().to_owned() } else { text.title };
            Ok(ComparedText { title, text: extraction.text.into(), pages, ..text })
        };
        stream::iter(sources).map(read).buffered(self.stream_width.max(1)).try_collect().await
    }
}
