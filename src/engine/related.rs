//! Sources on the same subject as a text.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Engine;
use crate::corpus::{
    Entry, Error, RelatedEntry, TextRole, View, ViewRequest, ViewedCollection, check_bytes, check_words,
};
use crate::model::{CollectionName, Profile, Scope, SourceName, Stop};
use crate::related::{NearCopies, SharedTerm, most_related, words_of};
use crate::text::{Excerpt, Stem, TokenizedText, Tokenizer};

/// Terms of a related source, at most.
const MAX_TERMS: usize = 10;

/// Sources that are compared with others to leave out near copies, at most, for each one that is listed.
const COMPARED_FOR_EACH: usize = 10;

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

/// A text with its tokens and profile.
struct Profiled {
    text: Arc<str>,
    tokenized: TokenizedText,
    stems: Vec<Stem>,
    profile: Profile,
}

/// A source that may be listed.
struct Candidate<'a> {
    collection: &'a CollectionName,
    found: RelatedEntry,
}

impl Engine {
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
        let mut scope = scope.clone();
        let source = match subject {
            RelatedSubject::Text(_) => None,
            RelatedSubject::Source(name) => Some(name),
        };
        if let Some(name) = source {
            if options.exclude_own_group {
                let group = self.corpus.find_source(&name.collection, &name.id)?.group.clone();
                scope.exclude_groups.extend((!group.as_str().is_empty()).then_some(group));
            }
            scope.exclude_source = Some(name.clone());
        }
        let none = BTreeSet::new();
        let names = source.map_or(&[][..], std::slice::from_ref);
        let nothing = BTreeSet::new();
        let request = ViewRequest { scope: &scope, others: &none, own_groups: &nothing, sources: names };
        let view = View::new(&self.corpus, &request)?;
        let given = match subject {
            RelatedSubject::Text(text) => self.profiled_submission(text)?,
            RelatedSubject::Source(name) => {
                self.profiled(view.collection(&name.collection)?.text(view.source(name)?)?)
            }
        };
        stop.check()?;
        let scope = view.resolved(&scope);
        let sources = self.related_in(&view, &given, &scope, *options, stop)?;
        Ok(Related {
            sources,
            sources_in_scope: view.in_scope().map(ViewedCollection::sources_in_scope).sum(),
            corpus_revision: view.revision(),
            scope_revision: view.changed_at(),
        })
    }

    fn related_in(
        &self,
        view: &View,
        given: &Profiled,
        scope: &Scope,
        options: RelatedOptions,
        stop: &Stop,
    ) -> Result<Vec<RelatedSource>, Error> {
        let RelatedOptions { max_sources, exclude_near_copies, exclude_own_group: _ } = options;
        let most = if exclude_near_copies { max_sources * COMPARED_FOR_EACH } else { max_sources };
        let mut candidates: Vec<Candidate<'_>> = Vec::new();
        for collection in view.in_scope() {
            stop.check()?;
            let name = collection.name();
            let found = collection.related(&given.profile, most, scope);
            candidates.extend(found.into_iter().map(|found| Candidate { collection: name, found }));
        }
        candidates.sort_by(|a, b| {
            let by_similarity = b.found.similarity.total_cmp(&a.found.similarity);
            by_similarity
                .then_with(|| (a.collection, &a.found.entry.id).cmp(&(b.collection, &b.found.entry.id)))
        });
        let mut copies = NearCopies::default();
        copies.admit(given.tokenized.tokens());
        let mut listed = Vec::new();
        for Candidate { collection, found } in candidates.into_iter().take(most) {
            if listed.len() >= max_sources {
                break;
            }
            stop.check()?;
            let source = self.profiled(view.collection(collection)?.text(&found.entry)?);
            if !exclude_near_copies || copies.admit(source.tokenized.tokens()) {
                listed.push(Self::related_source(given, source, collection.clone(), found.entry));
            }
        }
        Ok(listed)
    }

    fn related_source(
        given: &Profiled,
        source: Profiled,
        collection: CollectionName,
        entry: Arc<Entry>,
    ) -> RelatedSource {
        let shared = given.profile.shared(&source.profile);
        let excerpt = most_related(&source.text, &source.tokenized, &source.stems, &shared);
        let first: Vec<SharedTerm> = shared.iter().take(MAX_TERMS).copied().collect();
        let words = words_of(&given.text, &given.tokenized, &given.stems, &first);
        let terms = words
            .into_iter()
            .zip(&first)
            .map(|(word, shared)| RelatedTerm { term: word.to_owned(), contribution: shared.contribution })
            .collect();
        let similarity = shared.iter().map(|term| term.contribution).sum::<f64>().min(1.0);
        RelatedSource { collection, entry, text: source.text, excerpt, similarity, terms }
    }

    /// A text of a request, within the limits.
    fn profiled_submission(&self, text: &str) -> Result<Profiled, Error> {
        let (limits, role) = (&self.corpus.limits, TextRole::Submission);
        check_bytes(limits, text, role)?;
        let max_normalised_bytes = limits.max_normalised_bytes;
        let within = Tokenizer::new(self.corpus.seed).tokenize_within(text, max_normalised_bytes);
        let tokenized = within.map_err(|_| Error::TooManyNormalisedBytes { role, max_normalised_bytes })?;
        check_words(limits, tokenized.tokens().len(), role)?;
        Ok(self.profiled(text.into()))
    }

    fn profiled(&self, text: Arc<str>) -> Profiled {
        let tokenizer = Tokenizer::new(self.corpus.seed);
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        tokenizer.tokenize_with_stems_into(&text, &mut tokens, &mut stems);
        let profile = Profile::new(&stems, self.corpus.commonness());
        Profiled { tokenized: tokenizer.tokenize(&text), text, stems, profile }
    }
}
