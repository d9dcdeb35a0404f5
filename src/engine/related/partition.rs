//! A part of the sources, as it is asked for those on a subject.

use std::sync::Arc;

use crate::corpus::{Entry, Error, View, ViewedCollection};
use crate::model::{CollectionName, Profile, Scope, Stop, Warning};

/// What is asked of each partition.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct RelatedQuery {
    /// The heaviest stems of the text whose subject is looked for.
    pub(crate) profile: Profile,
    /// The scope.
    pub(crate) scope: Scope,
    /// Candidates, at most.
    pub(crate) most: usize,
}

/// What one partition found.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct RelatedFound {
    /// The revision of its corpus.
    pub(crate) revision: u64,
    /// The revision at which one of its collections in scope last changed.
    pub(crate) changed_at: u64,
    /// Its sources in scope.
    pub(crate) sources_in_scope: u64,
    /// The names of the request that name nothing here; sorted.
    pub(crate) unknown: Vec<Warning>,
    /// Its most similar sources, in the order of [`in_order`].
    pub(crate) candidates: Vec<RelatedCandidate>,
}

/// A source that may be listed.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct RelatedCandidate {
    /// Its collection.
    pub(crate) collection: CollectionName,
    /// What is known of it.
    pub(crate) entry: Arc<Entry>,
    /// The similarity of both texts, 0 to 1.
    pub(crate) similarity: f32,
}

/// All partitions of the sources.
pub(crate) trait RelatedPartitions {
    /// What each partition found.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Stopped`]; [`Error::Unreachable`] of nodes.
    fn find(&self, query: RelatedQuery, stop: &Stop) -> Result<Vec<RelatedFound>, Error>;

    /// The texts of candidates, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Stopped`]; [`Error::Unreachable`] of nodes.
    fn texts(&self, candidates: &[RelatedCandidate], stop: &Stop) -> Result<Vec<Arc<str>>, Error>;
}

impl RelatedFound {
    /// What a view has of a query. The view is of the query's scope. Linear in the postings of the profile's stems.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    pub(crate) fn of(view: &View, query: &RelatedQuery, stop: &Stop) -> Result<Self, Error> {
        let RelatedQuery { profile, scope, most } = query;
        let mut candidates = Vec::new();
        for collection in view.in_scope() {
            stop.check()?;
            let name = collection.name();
            candidates.extend(collection.related(profile, *most, scope).into_iter().map(|found| {
                RelatedCandidate {
                    collection: name.clone(),
                    entry: found.entry,
                    similarity: found.similarity,
                }
            }));
        }
        Ok(Self {
            revision: view.revision(),
            changed_at: view.in_scope().map(ViewedCollection::changed_at).max().unwrap_or(0),
            sources_in_scope: view.in_scope().map(ViewedCollection::sources_in_scope).sum(),
            unknown: view.unknown().to_vec(),
            candidates: in_order(candidates, *most),
        })
    }
}

/// The most similar candidates first, then in order of collection and id; so many at most.
pub(super) fn in_order(mut candidates: Vec<RelatedCandidate>, most: usize) -> Vec<RelatedCandidate> {
    candidates.sort_by(|a, b| {
        let by_similarity = b.similarity.total_cmp(&a.similarity);
        by_similarity.then_with(|| (&a.collection, &a.entry.id).cmp(&(&b.collection, &b.entry.id)))
    });
    candidates.truncate(most);
    candidates
}

/// Sources that are not divided.
impl RelatedPartitions for View {
    fn find(&self, query: RelatedQuery, stop: &Stop) -> Result<Vec<RelatedFound>, Error> {
        Ok(vec![RelatedFound::of(self, &query, stop)?])
    }

    fn texts(&self, candidates: &[RelatedCandidate], stop: &Stop) -> Result<Vec<Arc<str>>, Error> {
        let text = |candidate: &RelatedCandidate| {
            stop.check()?;
            self.collection(&candidate.collection)?.text(&candidate.entry)
        };
        candidates.iter().map(text).collect()
    }
}
