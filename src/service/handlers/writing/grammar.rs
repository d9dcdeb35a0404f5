//! `WritingService.CheckGrammar`.

use tonic::{Request, Response, Status};

use crate::engine::{Error, Limits, SourceText, Stop, TextRole};
use crate::proto;
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::convert;
use crate::service::handlers::detection::stored_bytes;
use crate::service::parse::detection::Submission;
use crate::service::parse::grammar::{self, GrammarCheck};
use crate::service::problem::Problem;
use crate::writing::grammar::{CheckError, check};
use crate::writing::measures::{CountId, Measures};

impl ServiceContext {
    /// Answers the request.
    pub(super) async fn check_grammar(
        &self,
        request: Request<proto::CheckGrammarRequest>,
    ) -> Result<Response<proto::CheckGrammarResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let check = grammar::check_grammar(request.into_inner())?;
        Ok(call.respond(self.grammar_of(&caller, &call, check).await?))
    }

    /// Checks on the threads that wait for processes, as the checkers are processes.
    async fn grammar_of(
        &self,
        caller: &Caller,
        call: &CallContext,
        request: GrammarCheck,
    ) -> Result<proto::CheckGrammarResponse, Problem> {
        let GrammarCheck { subject, options, unit, max_findings } = request;
        let backend = self.backend.get()?;
        if let Submission::Source(_) = &subject {
            // Findings have words of the source.
            caller.may_read_texts()?;
        }
        stored_bytes(caller, &*backend, &subject)?;
        let given = match subject {
            Submission::Given(given) => Ok(self.extracted(call, given).await?),
            Submission::Source(name) => Err(name),
        };
        let checkers = self.grammar.clone();
        let work = move |stop: &Stop| {
            let text = match &given {
                Ok(given) => given.text().into(),
                Err(name) => {
                    let SourceText { entry: _, text } = backend.get_source(&name.collection, &name.id)?;
                    std::borrow::Cow::Owned(text.as_ref().to_owned())
                }
            };
            within_limits(backend.limits(), &text)?;
            match check(&text, &options, &checkers, &|| stop.check().is_err()) {
                Ok(checked) => Ok(convert::grammar::grammar(&text, checked, unit, max_findings)),
                Err(CheckError::Stopped) => {
                    stop.check()?;
                    Err(Problem::not_checked(&CheckError::Stopped, ""))
                }
                Err(error) => {
                    let rules =
                        if options.enabled_rules.is_empty() { "disabled_rules" } else { "enabled_rules" };
                    Err(Problem::not_checked(&error, rules))
                }
            }
        };
        self.workers.run_document(call, work).await
    }
}

fn within_limits(limits: &Limits, text: &str) -> Result<(), Problem> {
    let role = TextRole::Submission;
    let (bytes, max_text_bytes) = (text.len(), limits.max_text_bytes);
    if bytes > max_text_bytes {
        return Err(Error::TooManyBytes { role, bytes, max_text_bytes }.into());
    }
    // Few bytes are few words.
    let max_text_words = limits.max_text_words;
    if bytes <= max_text_words {
        return Ok(());
    }
    let words = Measures::of(text).count(CountId::Words).map_or(0, |words| words as usize);
    if words > max_text_words {
        return Err(Error::TooManyWords { role, words, max_text_words }.into());
    }
    Ok(())
}
