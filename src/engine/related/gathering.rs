//! The list of sources on a subject, gathered from all partitions.

use std::sync::Arc;

use super::partition::{RelatedCandidate, RelatedFound, RelatedPartitions, RelatedQuery, in_order};
use super::{Related, RelatedOptions, RelatedSource, RelatedTerm};
use crate::corpus::{Entry, Error, TextRole, check_bytes, check_words};
use crate::engine::Engine;
use crate::model::{Profile, Scope, SourceName, Stop, WarnedField, Warning};
use crate::related::{NearCopies, SharedTerm, Words, most_related};
use crate::text::{StemmedText, Tokenizer};

/// Terms of a related source, at most.
const MAX_TERMS: usize = 10;

/// Sources that are compared with others to leave out near copies, at most, for each one that is listed.
const COMPARED_FOR_EACH: usize = 10;

/// Texts that are asked for at once, at least if there are as many: near copies among them are left out.
const LEAST_ASKED: usize = 8;

/// Bytes of texts that are asked for at once, unless one has more.
const MOST_BYTES_ASKED: u64 = 8 << 20;

/// The text whose subject is looked for, once it was read.
#[derive(Debug, Clone)]
pub(crate) enum RelatedText<'a> {
    /// Of the request.
    Given(&'a str),
    /// Of a stored source, which was within the limits when it was added.
    Stored(Arc<str>),
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

/// The scope of a list for a stored source: without it and, if asked for, its group.
pub(crate) fn scope_without(
    scope: &Scope,
    name: &SourceName,
    entry: &Entry,
    options: RelatedOptions,
) -> Scope {
    let mut scope = scope.clone();
    if options.exclude_own_group && !entry.group.as_str().is_empty() {
        scope.exclude_groups.insert(entry.group.clone());
    }
    scope.exclude_source = Some(name.clone());
    scope
}

impl Engine {
    /// Lists the sources of a scope that are on the subject of a text, of all partitions. The second scope is that of the request,
    /// about whose parts there may be warnings. This engine has the seed and the limits; of its sources nothing is used.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`], [`Error::Stopped`]; those of the partitions.
    pub(crate) fn related_among(
        &self,
        text: RelatedText<'_>,
        (scope, stated): (&Scope, &Scope),
        options: RelatedOptions,
        partitions: &dyn RelatedPartitions,
        stop: &Stop,
    ) -> Result<Related, Error> {
        let given = match text {
            RelatedText::Given(text) => self.profiled_submission(text)?,
            RelatedText::Stored(text) => self.profiled(text),
        };
        stop.check()?;
        let RelatedOptions { max_sources, exclude_near_copies, exclude_own_group: _ } = options;
        let most = if exclude_near_copies { max_sources * COMPARED_FOR_EACH } else { max_sources };
        let query = RelatedQuery { profile: given.profile.clone(), scope: scope.clone(), most };
        let mut found = partitions.find(query, stop)?;
        let candidates = found.iter_mut().flat_map(|one| std::mem::take(&mut one.candidates));
        let candidates = in_order(candidates.collect(), most);
        let sources = self.listed(&given, &candidates, options, partitions, stop)?;
        Ok(Related {
            sources,
            sources_in_scope: found.iter().map(|one| one.sources_in_scope).sum(),
            warnings: warnings(&found, stated).cloned().collect(),
            corpus_revision: found.iter().map(|one| one.revision).sum(),
            scope_revision: found.iter().map(|one| one.changed_at).sum(),
        })
    }

    /// The candidates that are listed, by their texts.
    fn listed(
        &self,
        given: &Profiled,
        candidates: &[RelatedCandidate],
        options: RelatedOptions,
        partitions: &dyn RelatedPartitions,
        stop: &Stop,
    ) -> Result<Vec<RelatedSource>, Error> {
        let words = Words::of(&given.text, &given.stemmed, &given.profile);
        let given = Given { profiled: given, words };
        let mut copies = NearCopies::default();
        if options.exclude_near_copies {
            copies.admit(given.profiled.stemmed.tokenized.tokens());
        }
        let mut listed = Vec::new();
        let mut left = candidates;
        while listed.len() < options.max_sources && !left.is_empty() {
            let wanted = (options.max_sources - listed.len()).max(LEAST_ASKED);
            let (some, rest) = asked_next(left, (wanted, MOST_BYTES_ASKED), |one| one.entry.text_bytes);
            left = rest;
            for (candidate, text) in some.iter().zip(partitions.texts(some, stop)?) {
                if listed.len() >= options.max_sources {
                    break;
                }
                stop.check()?;
                let source = self.profiled(text);
                if !options.exclude_near_copies || copies.admit(source.stemmed.tokenized.tokens()) {
                    listed.push(given.related(source, candidate));
                }
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

/// The sources whose texts are asked for next, so many with so many bytes at most, and the others. One at least, if there is any.
pub(crate) fn asked_next<T>(
    left: &[T],
    (most, most_bytes): (usize, u64),
    text_bytes: impl Fn(&T) -> u64,
) -> (&[T], &[T]) {
    let mut bytes = 0_u64;
    let within = left.iter().take(most).take_while(|source| {
        bytes = bytes.saturating_add(text_bytes(source));
        bytes <= most_bytes
    });
    let count = within.count().max(1);
    left.split_at_checked(count).unwrap_or((left, &[]))
}

/// The warnings about parts of the stated scope that no partition knows.
fn warnings<'a>(found: &'a [RelatedFound], stated: &'a Scope) -> impl Iterator<Item = &'a Warning> {
    let (first, others) = found.split_first().map_or((None, found), |(first, others)| (Some(first), others));
    let unknown = first.map_or(&[][..], |first| first.unknown.as_slice());
    // The own group is no part of the request.
    let is_stated = |warning: &&Warning| {
        warning.field != WarnedField::ExcludeGroups
            || stated.exclude_groups.iter().any(|group| group.as_str() == warning.value)
    };
    unknown
        .iter()
        .filter(|warning| others.iter().all(|one| one.unknown.binary_search(warning).is_ok()))
        .filter(is_stated)
}

impl Given<'_> {
    fn related(&self, source: Profiled, candidate: &RelatedCandidate) -> RelatedSource {
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
        let RelatedCandidate { collection, entry, similarity: _ } = candidate.clone();
        RelatedSource { collection, entry, text: source.text, excerpt, similarity, terms }
    }
}
