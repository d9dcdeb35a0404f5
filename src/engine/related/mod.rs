//! Sources on the same subject as a text.
//!
//! The sources may be divided into partitions. Each finds its most similar ones ([`RelatedQuery`], [`RelatedFound`]), and the list is
//! made of those of all ([`gathering`]), from their texts: a similarity depends on two texts alone, so that the list is that of
//! one corpus with all sources.

mod gathering;
mod partition;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

#[cfg(feature = "server")]
pub(crate) use self::gathering::asked_next;
pub(crate) use self::gathering::{RelatedText, scope_without};
#[cfg(feature = "server")]
pub(crate) use self::partition::{RelatedCandidate, RelatedFound, RelatedPartitions, RelatedQuery};
use super::Engine;
use crate::corpus::{Entry, Error, View, ViewRequest};
use crate::model::{CollectionName, Scope, SourceName, Stop, Warnings};
use crate::text::Excerpt;

/// The text whose subject is looked for.
#[derive(Debug, Clone, Copy)]
pub enum RelatedSubject<'a> {
    /// A text.
    Text(&'a str),
    /// A stored source, which is not listed.
    Source(&'a SourceName),
}

/// What to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelatedOptions {
    /// Sources, at most.
    pub max_sources: usize,
    /// Whether to leave out sources that share at least half of the distinct sequences of three words of the shorter text with
    /// the text, or with a source that is listed before.
    pub exclude_near_copies: bool,
    /// Whether to leave out sources of the stored source's group.
    pub exclude_own_group: bool,
}

/// Sources on the subject of a text, as of one revision.
#[derive(Debug, Clone)]
pub struct Related {
    /// The sources, the most similar first, then in order of collection and id.
    pub sources: Vec<RelatedSource>,
    /// Sources in scope.
    pub sources_in_scope: u64,
    /// The parts of the scope that have no effect.
    pub warnings: Warnings,
    /// The revision of the corpus.
    pub corpus_revision: u64,
    /// The revision at which a collection that was read last changed.
    pub scope_revision: u64,
}

/// A source on the subject of a text.
#[derive(Debug, Clone)]
pub struct RelatedSource {
    /// Its collection.
    pub collection: CollectionName,
    /// What is known of it.
    pub entry: Arc<Entry>,
    /// Its text.
    pub text: Arc<str>,
    /// The part of its text that shares most with the other one.
    pub excerpt: Excerpt,
    /// Cosine of the two profiles, 0 to 1.
    pub similarity: f64,
    /// Up to ten terms that contributed most, the first one most.
    pub terms: Vec<RelatedTerm>,
}

/// A term that two texts share.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedTerm {
    /// The word, as the text whose subject is looked for writes it first.
    pub term: String,
    /// Its part of the similarity.
    pub contribution: f64,
}

impl Engine {
    /// Reads the general frequencies of words, so that no request waits for that: 11 ms.
    pub(crate) fn warm_up(&self) {
        self.corpus.commonness();
    }

    /// Lists the sources of a scope that are on the subject of a text, best first.
    ///
    /// Linear in the text, in the postings of its 64 heaviest stems, and in the texts of the sources that are listed or left out
    /// as near copies. Of the latter a bounded number is looked at: ten times the sources to list.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`], [`Error::SourceNotFound`],
    /// [`Error::CollectionNotFound`], [`Error::TooManyCollectionsInScope`], [`Error::Stopped`], [`Error::Store`].
    pub fn list_related(
        &self,
        subject: RelatedSubject<'_>,
        scope: &Scope,
        options: &RelatedOptions,
        stop: &Stop,
    ) -> Result<Related, Error> {
        let (names, within) = match subject {
            RelatedSubject::Text(_) => (&[][..], scope.clone()),
            RelatedSubject::Source(name) => {
                let entry = self.corpus.find_source(&name.collection, &name.id)?;
                (std::slice::from_ref(name), scope_without(scope, name, &entry, *options))
            }
        };
        let nothing = (BTreeSet::new(), BTreeSet::new());
        let request =
            ViewRequest { scope: &within, others: &nothing.0, own_groups: &nothing.1, sources: names };
        let view = View::new(&self.corpus, &request)?;
        let text = match subject {
            RelatedSubject::Text(text) => RelatedText::Given(text),
            RelatedSubject::Source(name) => {
                RelatedText::Stored(view.collection(&name.collection)?.text(view.source(name)?)?)
            }
        };
        let related = self.related_among(text, (&within, scope), *options, &view, stop)?;
        // The text of a stored source is of the view too.
        Ok(Related { scope_revision: view.changed_at(), ..related })
    }
}
