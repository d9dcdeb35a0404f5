//! Reading: checks of the whole corpus, and what is gathered of collections and sources.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::asking::conversation::RemoteNode;
use super::asking::messages::{Open, Question, Reply};
use super::member::Member;
use super::placement::ReplicaGroup;
use crate::corpus::{View, ViewRequest};
use crate::detection::search::{LocalNode, Node};
use crate::detection::{DetectionOptions, Subject};
use crate::engine::{CollectionInfo, CollectionStats, Entry, Error, SourcePage, SourceText, SourcesDeleted};
use crate::model::{
    CollectionName, Group, Scope, SourceFilter, SourceId, SourceName, Stop, WarnedField, Warning,
};
use crate::report::Report;

/// A search that a silent node ended is begun so often,
const ATTEMPTS: u32 = 3;

/// and not after so much time.
const REPEATED_WITHIN: Duration = Duration::from_secs(5);

/// The nodes of a search: the partitions of this node, if it is ready, and those of others.
pub(super) struct Nodes {
    views: Vec<View>,
    partitions: Vec<u16>,
    others: Vec<RemoteNode>,
    /// The partitions that no node answers for.
    missing: Vec<u16>,
}

impl Nodes {
    /// Does something with the nodes, of which this one comes first.
    pub(super) fn with<T>(&self, work: impl FnOnce(&[&dyn Node]) -> T) -> T {
        let here = LocalNode { views: &self.views, partitions: &self.partitions };
        let own = (!self.views.is_empty()).then_some(&here as &dyn Node);
        let nodes: Vec<&dyn Node> =
            own.into_iter().chain(self.others.iter().map(|node| node as &dyn Node)).collect();
        work(&nodes)
    }
}

impl Member {
    /// Checks a submission against a scope of the whole corpus.
    ///
    /// # Errors
    ///
    /// As [`Engine::check`](crate::Engine::check); [`Error::Unreachable`] if a replica group does not answer.
    pub(super) fn check_subject(
        &self,
        subject: Subject<'_>,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        self.report(subject, scope, options, stop, |scope, nodes| {
            self.holding.detector().check(subject, scope, options, nodes, stop)
        })
    }

    /// The report of a search of the whole corpus. `search` gets the scope with all its collections by name, and the nodes. The
    /// report names the partitions that no node answers for, which the options may allow.
    ///
    /// # Errors
    ///
    /// Those of `search`; [`Error::CollectionNotFound`] for boilerplate; [`Error::Unreachable`] if a replica group does not answer.
    pub(super) fn report(
        &self,
        subject: Subject<'_>,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
        search: impl Fn(&Scope, &[&dyn Node]) -> Result<Report, Error>,
    ) -> Result<Report, Error> {
        self.repeated(|| {
            let (scope, warnings) = self.resolved(scope, options)?;
            let nodes = self.nodes(subject, &scope, options, stop)?;
            let mut report = nodes.with(|nodes| search(&scope, nodes))?;
            report.partition_revisions.sort_unstable();
            if !nodes.missing.is_empty() {
                self.asker.counters.partial();
                let partitions = self.holding.placement.partitions;
                report = report.without(nodes.missing, partitions, subject.text);
            }
            report.warnings = std::mem::take(&mut report.warnings).and(warnings);
            Ok(report)
        })
    }

    /// Does a search, and again if a node fell silent.
    pub(super) fn repeated<T>(&self, search: impl Fn() -> Result<T, Error>) -> Result<T, Error> {
        let began = Instant::now();
        for _ in 1..ATTEMPTS {
            match search() {
                Err(Error::Unreachable { what }) if began.elapsed() < REPEATED_WITHIN => {
                    tracing::debug!(what, "a search begins again");
                    self.asker.counters.repeated();
                }
                done => return done,
            }
        }
        search()
    }

    /// A scope with all its collections by name, and warnings about patterns that name none. Collections of boilerplate exist.
    pub(super) fn resolved(
        &self,
        scope: &Scope,
        options: &DetectionOptions,
    ) -> Result<(Scope, Vec<Warning>), Error> {
        let (boilerplate, own_groups) = of_exclusions(options);
        let request = ViewRequest { scope, others: &boilerplate, own_groups: &own_groups, sources: &[] };
        let view = self.collections()?.view(&request)?;
        let of_patterns = view.unknown().iter().filter(|warning| warning.field == WarnedField::Patterns);
        let warnings = of_patterns.cloned().collect();
        Ok((view.resolved(scope).into_owned(), warnings))
    }

    /// The nodes of a search of a resolved scope.
    pub(super) fn nodes(
        &self,
        subject: Subject<'_>,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Nodes, Error> {
        let recency = self.recency();
        let (boilerplate, own_groups) = of_exclusions(options);
        let (here, mut there): (Vec<ReplicaGroup>, Vec<ReplicaGroup>) =
            self.groups().partition(|group| self.is_here(*group));
        let missing = if options.allow_partial { self.silent_of(&mut there, stop)? } else { Vec::new() };
        if here.is_empty() && there.is_empty() {
            return Err(Error::Unreachable { what: "no replica group answers".to_owned() });
        }
        let (views, partitions) = if here.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            self.holding.wait_for(&recency, stop)?;
            let request = ViewRequest { scope, others: &boilerplate, own_groups: &own_groups, sources: &[] };
            self.holding.views(&request)?
        };
        let open = Arc::new(Open {
            recency,
            text: subject.text.into(),
            is_stored: subject.is_stored,
            scope: scope.clone(),
            boilerplate,
            own_groups,
        });
        let remote = |group| {
            let meta = Arc::clone(&self.holding.meta);
            RemoteNode::new(self.asker.clone(), group, meta, Arc::clone(&open))
        };
        Ok(Nodes { views, partitions, others: there.into_iter().map(remote).collect(), missing })
    }

    /// Takes the groups that have no ready node out of some groups. Returns their partitions, in order.
    fn silent_of(&self, groups: &mut Vec<ReplicaGroup>, stop: &Stop) -> Result<Vec<u16>, Error> {
        let mut missing = Vec::new();
        for group in std::mem::take(groups) {
            if self.asker.is_silent(group, stop)? {
                missing.extend(self.holding.placement.of_group(group.index));
            } else {
                groups.push(group);
            }
        }
        missing.sort_unstable();
        Ok(missing)
    }

    /// A source, with its text if that is wanted.
    pub(super) fn source(
        &self,
        name: &SourceName,
        with_text: bool,
        stop: &Stop,
    ) -> Result<(Arc<Entry>, Option<Arc<str>>), Error> {
        self.collections()?.get_collection(&name.collection)?;
        let question = Question::Source { name: name.clone(), with_text };
        match self.ask_owner(name, question, stop)? {
            Reply::Source(entry, text) => Ok((entry, text)),
            _ => Err(mismatch()),
        }
    }

    /// A source and its text.
    pub(super) fn source_text(&self, name: &SourceName, stop: &Stop) -> Result<SourceText, Error> {
        let (entry, text) = self.source(name, true, stop)?;
        Ok(SourceText { entry, text: text.ok_or_else(mismatch)? })
    }

    /// A page of sources of a collection, gathered from all partitions.
    pub(super) fn sources(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        after: Option<&SourceId>,
        count: usize,
        stop: &Stop,
    ) -> Result<SourcePage, Error> {
        self.collections()?.get_collection(collection)?;
        let question = Question::Sources {
            collection: collection.clone(),
            filter: filter.clone(),
            after: after.cloned(),
            count,
        };
        let mut pages = Vec::new();
        for reply in self.ask_all(&question, stop)? {
            let Reply::Sources(of_node) = reply else { return Err(mismatch()) };
            pages.extend(of_node);
        }
        Ok(merged(pages, count))
    }

    /// What a deletion by a filter would delete.
    pub(super) fn deletion(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        stop: &Stop,
    ) -> Result<SourcesDeleted, Error> {
        self.collections()?.get_collection(collection)?;
        let question = Question::Deletion { collection: collection.clone(), filter: filter.clone() };
        let mut total = SourcesDeleted { sources: 0, ids: Vec::new(), revision: 0 };
        for reply in self.ask_all(&question, stop)? {
            let Reply::Deletion(of_node) = reply else { return Err(mismatch()) };
            for SourcesDeleted { sources, ids, revision } in of_node {
                total.sources += sources;
                total.ids.extend(ids);
                total.revision += revision;
            }
        }
        total.ids.sort_unstable();
        total.ids.truncate(SourcesDeleted::MAX_IDS);
        Ok(total)
    }

    /// Collections with the counts of all partitions. They are known by the meta log.
    pub(super) fn counted(
        &self,
        collections: Vec<CollectionInfo>,
        stop: &Stop,
    ) -> Result<Vec<CollectionInfo>, Error> {
        let names = collections.iter().map(|info| info.name.clone()).collect();
        let mut counted = collections;
        let mut totals = vec![CollectionStats::default(); counted.len()];
        for reply in self.ask_all(&Question::Collections(names), stop)? {
            let Reply::Collections(of_node) = reply else { return Err(mismatch()) };
            for (total, stats) in totals.iter_mut().zip(of_node) {
                *total = total.plus(stats);
            }
        }
        for (info, stats) in counted.iter_mut().zip(totals) {
            info.stats = stats;
        }
        Ok(counted)
    }

    /// The counts of all sources.
    pub(super) fn totals(&self, stop: &Stop) -> Result<CollectionStats, Error> {
        let mut total = CollectionStats::default();
        for reply in self.ask_all(&Question::Totals, stop)? {
            let Reply::Totals(of_node) = reply else { return Err(mismatch()) };
            total = total.plus(of_node);
        }
        Ok(total)
    }
}

/// The collections of boilerplate and the submission's own groups.
fn of_exclusions(options: &DetectionOptions) -> (BTreeSet<CollectionName>, BTreeSet<Group>) {
    (options.exclusions.boilerplate_collections.clone(), options.exclusions.own_groups.clone())
}

/// One page of the pages of all partitions, each in order of the ids. What follows the end of a page that is not the last of its
/// partition is left to the next page.
fn merged(pages: Vec<SourcePage>, count: usize) -> SourcePage {
    let mut next = pages.iter().filter_map(|page| page.next.clone()).min();
    let mut sources: Vec<Arc<Entry>> = pages.into_iter().flat_map(|page| page.sources).collect();
    sources.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    if let Some(next) = &next {
        sources.retain(|entry| entry.id <= *next);
    }
    if sources.len() > count {
        sources.truncate(count);
        next = sources.last().map(|last| last.id.clone());
    }
    SourcePage { sources, next }
}

pub(super) fn mismatch() -> Error {
    Error::Unreachable { what: "a node answered another question than it was asked".to_owned() }
}
