//! Comparisons of stored sources: of two, and of all of a collection.

use super::super::member::Member;
use super::gathered::{Gathered, check_size};
use crate::detection::{DetectionOptions, PairedSource, Subject};
use crate::engine::{
    CheckedSource, CollectionInfo, Error, PairOptions, Pairs, PairsProgress, SourceText, of_stored,
};
use crate::model::{CollectionName, Scope, SourceName, Stop};

impl Member {
    /// Compares two stored sources in full, each as it is when its text is read.
    ///
    /// # Errors
    ///
    /// As [`Engine::compare_pair`](crate::Engine::compare_pair); [`Error::Unreachable`] if a replica group does not answer.
    pub(in crate::cluster) fn pair(
        &self,
        submission: &SourceName,
        source: &SourceName,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<CheckedSource, Error> {
        if submission == source {
            return Err(Error::SamePair { id: source.id.clone() });
        }
        let SourceText { entry, text } = self.source_text(submission, stop)?;
        let other = self.source_text(source, stop)?;
        let paired = PairedSource { name: source, entry: &other.entry, text: &other.text };
        let options = of_stored(options, &entry);
        let subject = Subject::stored(&text, entry.pages.as_deref());
        let from = &submission.collection;
        let scope = Scope::of([source.collection.clone()]);
        let report = self.report(subject, &scope, &options, stop, |_, nodes| {
            self.holding.detector().compare_pair(subject, from, paired, &options, nodes, stop)
        })?;
        Ok(CheckedSource { report, source: entry, text })
    }

    /// Finds the pairs of a collection's sources that share passages, in a copy of the collection and those of boilerplate that this
    /// node gathers first. `progress` counts the sources that are gathered, then those that are looked up.
    ///
    /// # Errors
    ///
    /// As [`Engine::compare_all`](crate::Engine::compare_all); [`Error::TooMuchToGather`]; [`Error::Unreachable`] if a replica group
    /// does not answer.
    pub(in crate::cluster) fn all_pairs(
        &self,
        collection: &CollectionName,
        options: &PairOptions,
        progress: &mut (dyn FnMut(PairsProgress) + Send),
        stop: &Stop,
    ) -> Result<Pairs, Error> {
        let meta = self.collections()?;
        let boilerplate = &options.exclusions.boilerplate_collections;
        if let Some(place) = boilerplate.iter().position(|name| name == collection) {
            return Err(Error::OwnBoilerplate { collection: collection.clone(), place });
        }
        let names = std::iter::once(collection).chain(boilerplate);
        let known: Result<Vec<CollectionInfo>, Error> = names.map(|name| meta.get_collection(name)).collect();
        let counted = self.counted(known?, stop)?;
        check_size(&counted)?;
        let revision = self.totals(stop)?.revision;
        let mut gathered = Gathered::new(meta);
        for one in &counted {
            let mut count = |sources| progress(PairsProgress { sources, ..PairsProgress::default() });
            gathered.add(self, one, one.name == *collection, &mut count, stop)?;
        }
        let pairs = gathered.engine.compare_all(collection, options, progress, stop)?;
        let scope_revision = counted.iter().map(|one| one.stats.revision).sum();
        Ok(Pairs { revision, scope_revision, ..gathered.as_known(pairs) })
    }
}
