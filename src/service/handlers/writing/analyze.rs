//! `WritingService.Analyze`.

use prost::Message as _;
use tonic::{Request, Response, Status};

use crate::engine::{Backend, CollectionName, Error, Limits, SourceName, SourceText, Stop, TextRole};
use crate::proto;
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::convert::{corpus, measures};
use crate::service::documents::Extracted;
use crate::service::handlers::detection::stored_bytes;
use crate::service::parse::detection::Submission;
use crate::service::parse::writing::{self, Analysis};
use crate::service::problem::Problem;
use crate::service::revisions::RevisionMask;
use crate::service::writing::percentiles::{Percentiles, values_of};
use crate::writing::measures::{CountId, Language, Measures};

impl ServiceContext {
    /// Answers the request.
    pub(super) async fn analyze(
        &self,
        request: Request<proto::AnalyzeRequest>,
    ) -> Result<Response<proto::AnalyzeResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        Ok(call.respond(self.analyzed(caller, &call, request.into_inner()).await?))
    }

    async fn analyzed(
        &self,
        caller: Caller,
        call: &CallContext,
        request: proto::AnalyzeRequest,
    ) -> Result<proto::AnalyzeResponse, Problem> {
        let given = request.encoded_len();
        let Analysis { subject, language, percentiles } = writing::analyze(request)?;
        caller.sees_all(&percentiles)?;
        let backend = self.backend.get()?;
        let kept = self.percentiles.clone();
        let stored = stored_bytes(&caller, &*backend, &subject)?;
        let sampled = percentiles.as_ref().map_or(Ok(0), |collection| kept.bytes(&*backend, collection))?;
        let bytes = given.saturating_add(stored).saturating_add(sampled);
        let subject = match subject {
            Submission::Given(given) => Subject::Given(self.extracted(call, given).await?),
            Submission::Source(name) => Subject::Stored(name),
        };
        let analyze = move |stop: &Stop| {
            let Measured { measures, pages } = match subject {
                Subject::Given(given) => {
                    let pages = given.pages();
                    Measured::of(backend.limits(), given.text(), language, pages)?
                }
                Subject::Stored(name) => {
                    let SourceText { entry, text } = backend.get_source(&name.collection, &name.id)?;
                    let revisions = RevisionMask::for_caller(&caller, &*backend);
                    Measured::of(backend.limits(), &text, language, corpus::source(&entry, &revisions).pages)?
                }
            };
            stop.check()?;
            let mut response = measures::analysis(&measures, pages.as_ref());
            if let Some(collection) = &percentiles {
                add_percentiles(&mut response, &measures, &kept, &*backend, collection, stop)?;
            }
            Ok(response)
        };
        self.workers.run(call, bytes, analyze).await
    }
}

/// What is analyzed, when a document was read.
enum Subject {
    Given(Extracted),
    Stored(SourceName),
}

/// A text's measures, and its pages if they are known.
struct Measured {
    measures: Measures,
    pages: Option<proto::DocumentPages>,
}

impl Measured {
    fn of(
        limits: &Limits,
        text: &str,
        language: Option<Language>,
        pages: Option<proto::DocumentPages>,
    ) -> Result<Self, Problem> {
        let role = TextRole::Submission;
        if text.len() > limits.max_text_bytes {
            return Err(Error::TooManyBytes {
                role,
                bytes: text.len(),
                max_text_bytes: limits.max_text_bytes,
            }
            .into());
        }
        let measures =
            language.map_or_else(|| Measures::of(text), |language| Measures::in_language(text, language));
        let words = measures.count(CountId::Words).map_or(0, |words| words as usize);
        if words > limits.max_text_words {
            return Err(Error::TooManyWords { role, words, max_text_words: limits.max_text_words }.into());
        }
        Ok(Self { measures, pages })
    }
}

fn add_percentiles(
    response: &mut proto::AnalyzeResponse,
    measures: &Measures,
    kept: &Percentiles,
    backend: &dyn Backend,
    collection: &CollectionName,
    stop: &Stop,
) -> Result<(), Problem> {
    let distribution = kept.of(backend, collection, stop)?;
    let percentiles = distribution.percentiles(&values_of(measures));
    let of_counts = response.counts.iter_mut().map(|count| &mut count.percentile);
    let of_measures = response.measures.iter_mut().map(|measure| &mut measure.percentile);
    of_counts.chain(of_measures).zip(percentiles).for_each(|(slot, percentile)| *slot = percentile);
    response.percentile_sources = distribution.sampled;
    response.collection_sources = distribution.sources;
    Ok(())
}
