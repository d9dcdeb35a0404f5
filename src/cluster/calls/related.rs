//! Sources on a subject, of the whole corpus.

use std::sync::Arc;

use super::super::asking::messages::{Question, Reply};
use super::super::member::Member;
use super::super::reading::mismatch;
use crate::detection::DetectionOptions;
use crate::engine::{
    Error, Related, RelatedCandidate, RelatedFound, RelatedOptions, RelatedPartitions, RelatedQuery,
    RelatedSubject, RelatedText, SourceText, scope_without,
};
use crate::model::{Scope, SourceName, Stop};

impl Member {
    /// Lists the sources of a scope of the whole corpus that are on the subject of a text.
    ///
    /// # Errors
    ///
    /// As [`Engine::list_related`](crate::Engine::list_related); [`Error::Unreachable`] if a replica group does not answer.
    pub(in crate::cluster) fn related(
        &self,
        subject: RelatedSubject<'_>,
        stated: &Scope,
        options: RelatedOptions,
        stop: &Stop,
    ) -> Result<Related, Error> {
        let (text, scope) = match subject {
            RelatedSubject::Text(text) => (RelatedText::Given(text), stated.clone()),
            RelatedSubject::Source(name) => {
                let SourceText { entry, text } = self.source_text(name, stop)?;
                (RelatedText::Stored(text), scope_without(stated, name, &entry, options))
            }
        };
        self.repeated(|| {
            let (resolved, warnings) = self.resolved(&scope, &DetectionOptions::default())?;
            // The patterns are those names now, for all nodes.
            let scope = resolved.with_patterns(std::collections::BTreeSet::new());
            let scopes = (&scope, stated);
            let engine = &self.holding.meta.engine;
            let mut related = engine.related_among(text.clone(), scopes, options, self, stop)?;
            related.warnings = std::mem::take(&mut related.warnings).and(warnings);
            Ok(related)
        })
    }
}

/// All partitions of the corpus, on any nodes.
impl RelatedPartitions for Member {
    fn find(&self, query: RelatedQuery, stop: &Stop) -> Result<Vec<RelatedFound>, Error> {
        let mut found = Vec::new();
        for reply in self.ask_all(&Question::Related(Box::new(query)), stop)? {
            let Reply::Related(of_node) = reply else { return Err(mismatch()) };
            found.extend(of_node);
        }
        Ok(found)
    }

    /// A source that changed since it was found ends the search, which begins again.
    fn texts(&self, candidates: &[RelatedCandidate], stop: &Stop) -> Result<Vec<Arc<str>>, Error> {
        let name = |candidate: &RelatedCandidate| SourceName {
            collection: candidate.collection.clone(),
            id: candidate.entry.id.clone(),
        };
        let names: Vec<SourceName> = candidates.iter().map(name).collect();
        let found = Member::texts(self, &names, stop)?;
        let text = |(candidate, found): (&RelatedCandidate, Option<SourceText>)| {
            let same = found.filter(|found| found.entry.changed == candidate.entry.changed);
            let changed = || Error::Unreachable {
                what: "sources on the subject were changed while they were read".to_owned(),
            };
            same.map(|found| found.text).ok_or_else(changed)
        };
        candidates.iter().zip(found).map(text).collect()
    }
}
