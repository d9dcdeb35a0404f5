//! Sources on the same subject as a text.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Engine;
use crate::corpus::{
    Entry, Error, RelatedEntry, TextRole, View, ViewRequest, ViewedCollection, check_bytes, check_words,
};
use crate::model::{CollectionName, Profile, Scope, SourceName, Stop, WarnedField, Warning, Warnings};
use crate::related::{NearCopies, SharedTerm, Words, most_related};
use crate::text::{Excerpt, StemmedText, Tokenizer};

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

/// A text with its tokens and profile.
struct Profiled {
    text: Arc<str>,
    stemmed: StemmedText,
    profile: Profile,
}

/// The text whose subject is looked for, with the words of its stems.
struct Given<'a> {
    profiled: &'a Profiled,
    words: Words<'a>,
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
        let source = match subject {
            RelatedSubject::Text(_) => None,
            RelatedSubject::Source(name) => Some(name),
        };
        let stated = scope;
        let scope = &self.scope_of_related(source, stated, *options)?;
        let none = BTreeSet::new();
        let names = source.map_or(&[][..], std::slice::from_ref);
        let nothing = BTreeSet::new();
        let request = ViewRequest { scope, others: &none, own_groups: &nothing, sources: names };
        let view = View::new(&self.corpus, &request)?;
        let given = match subject {
            RelatedSubject::Text(text) => self.profiled_submission(text)?,
            RelatedSubject::Source(name) => {
                self.profiled(view.collection(&name.collection)?.text(view.source(name)?)?)
            }
        };
        stop.check()?;
        let sources = self.related_in(&view, &given, &view.resolved(scope), *options, stop)?;
        // The own group is no part of the request.
        let is_stated = |warning: &&Warning| {
            warning.field != WarnedField::ExcludeGroups
                || stated.exclude_groups.iter().any(|group| group.as_str() == warning.value)
        };
        let warnings = view.unknown().iter().filter(is_stated).cloned().collect();
        Ok(Related {
            sources,
            sources_in_scope: view.in_scope().map(ViewedCollection::sources_in_scope).sum(),
            warnings,
            corpus_revision: view.revision(),
            scope_revision: view.changed_at(),
        })
    }

    /// The scope of a list, without the stored source and, if asked for, its group.
    fn scope_of_related(
        &self,
        source: Option<&SourceName>,
        scope: &Scope,
        options: RelatedOptions,
    ) -> Result<Scope, Error> {
        let mut scope = scope.clone();
        if let Some(name) = source {
            if options.exclude_own_group {
                let group = self.corpus.find_source(&name.collection, &name.id)?.group.clone();
                scope.exclude_groups.extend((!group.as_str().is_empty()).then_some(group));
            }
            scope.exclude_source = Some(name.clone());
        }
        Ok(scope)
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
        let candidates = candidates(view, given, most, scope, stop)?;
        let words = Words::of(&given.text, &given.stemmed, &given.profile);
        let given = Given { profiled: given, words };
        let mut copies = NearCopies::default();
        if exclude_near_copies {
            copies.admit(given.profiled.stemmed.tokenized.tokens());
        }
        let mut listed = Vec::new();
        for Candidate { collection, found } in candidates {
            if listed.len() >= max_sources {
                break;
            }
            stop.check()?;
            let source = self.profiled(view.collection(collection)?.text(&found.entry)?);
            if !exclude_near_copies || copies.admit(source.stemmed.tokenized.tokens()) {
                listed.push(given.related(source, collection.clone(), found.entry));
            }
        }
        // The index has similarities of fewer digits.
        listed.sort_by(|a, b| {
            let by_similarity = b.similarity.total_cmp(&a.similarity);
            by_similarity.then_with(|| (&a.collection, &a.entry.id).cmp(&(&b.collection, &b.entry.id)))
        });
        Ok(listed)
    }

    /// A text of a request, within the limits.
    fn profiled_submission(&self, text: &str) -> Result<Profiled, Error> {
        let (limits, role) = (&self.corpus.limits, TextRole::Submission);
        check_bytes(limits, text, role)?;
        let max_normalised_bytes = limits.max_normalised_bytes;
        let within = Tokenizer::new(self.corpus.seed).stemmed_within(text, max_normalised_bytes);
        let stemmed = within.map_err(|_| Error::TooManyNormalisedBytes { role, max_normalised_bytes })?;
        check_words(limits, stemmed.tokenized.tokens().len(), role)?;
        Ok(self.with_profile(text.into(), stemmed))
    }

    fn profiled(&self, text: Arc<str>) -> Profiled {
        let stemmed = Tokenizer::new(self.corpus.seed).stemmed(&text);
        self.with_profile(text, stemmed)
    }

    fn with_profile(&self, text: Arc<str>, stemmed: StemmedText) -> Profiled {
        let profile = Profile::new(&stemmed.stems, self.corpus.commonness());
        Profiled { text, stemmed, profile }
    }
}

/// The sources of a view that are most similar to a text, in their order, at most `most`.
fn candidates<'a>(
    view: &'a View,
    given: &Profiled,
    most: usize,
    scope: &Scope,
    stop: &Stop,
) -> Result<Vec<Candidate<'a>>, Error> {
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for collection in view.in_scope() {
        stop.check()?;
        let name = collection.name();
        let found = collection.related(&given.profile, most, scope);
        candidates.extend(found.into_iter().map(|found| Candidate { collection: name, found }));
    }
    candidates.sort_by(|a, b| {
        let by_similarity = b.found.similarity.total_cmp(&a.found.similarity);
        by_similarity.then_with(|| (a.collection, &a.found.entry.id).cmp(&(b.collection, &b.found.entry.id)))
    });
    candidates.truncate(most);
    Ok(candidates)
}

impl Given<'_> {
    fn related(&self, source: Profiled, collection: CollectionName, entry: Arc<Entry>) -> RelatedSource {
        let shared = self.profiled.profile.shared(&source.profile);
        let excerpt = most_related(&source.text, &source.stemmed, &shared);
        let terms = shared
            .iter()
            .take(MAX_TERMS)
            .map(|SharedTerm { key, contribution }| RelatedTerm {
                term: self.words.word(*key).to_owned(),
                contribution: *contribution,
            })
            .collect();
        let similarity = self.profiled.profile.similarity(&source.profile);
        RelatedSource { collection, entry, text: source.text, excerpt, similarity, terms }
    }
}
