//! Requests of `WritingService`.

use super::Fields;
use super::detection::Submission;
use crate::engine::CollectionName;
use crate::proto;
use crate::service::documents::GivenText;
use crate::service::problem::Problem;
use crate::writing::measures::Language;

/// A text to analyze.
pub(in crate::service) struct Analysis {
    pub(in crate::service) subject: Submission,
    /// The language; `None` if it is to be found.
    pub(in crate::service) language: Option<Language>,
    /// The collection that percentiles are among.
    pub(in crate::service) percentiles: Option<CollectionName>,
}

pub(in crate::service) fn analyze(request: proto::AnalyzeRequest) -> Result<Analysis, Problem> {
    let proto::AnalyzeRequest { text, source, document, percentiles_collection, language } = request;
    let mut fields = Fields::default();
    let subject = fields.one_submission(text, source, document);
    let language = fields.language("language", &language);
    let percentiles = (!percentiles_collection.is_empty())
        .then(|| fields.get("percentiles_collection", CollectionName::new(&percentiles_collection)));
    fields.done(Analysis { subject, language, percentiles })
}

impl Fields {
    /// Exactly one of a text, a document and a stored source.
    pub(in crate::service) fn one_submission(
        &mut self,
        text: String,
        source: Option<proto::SourceName>,
        document: Option<proto::Document>,
    ) -> Submission {
        let given = self.submission(text, source, document);
        if matches!(&given, Submission::Given(GivenText::Text(text)) if text.is_empty()) {
            self.invalid("text", "is empty; set text, source or document");
        }
        given
    }

    /// A language by its code; `None` if the code is empty.
    fn language(&mut self, field: &str, code: &str) -> Option<Language> {
        if code.is_empty() {
            return None;
        }
        let language = Language::by_code(code);
        if language.is_none() {
            let code: String = code.chars().take(16).collect();
            let description = format!(
                "is {code:?}, which is no ISO 639-1 code of a language that is known here; use one such as en, or leave it empty"
            );
            self.invalid(field, description);
        }
        language
    }
}
