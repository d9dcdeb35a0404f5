//! The names of the sources of a class report, and the numbers that stand for them where names are hidden.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::proto::{PairedSource, SourceCluster, SourcePair};
use crate::render::html::glyphs::Visible;

/// A source of a class report.
#[derive(Debug, Clone, Copy)]
struct Named<'a> {
    number: usize,
    title: &'a str,
    group: &'a str,
}

/// The sources of a class report by id. Numbers follow the order of the pairs, so that they say nothing about names.
#[derive(Debug)]
pub(super) struct Names<'a> {
    by_id: BTreeMap<&'a str, Named<'a>>,
    are_hidden: bool,
}

impl<'a> Names<'a> {
    pub(super) fn new(pairs: &'a [SourcePair], clusters: &'a [SourceCluster], are_hidden: bool) -> Self {
        let mut by_id: BTreeMap<&str, Named<'_>> = BTreeMap::new();
        let mut add = |id: &'a str, title: &'a str, group: &'a str| {
            let number = by_id.len() + 1;
            by_id.entry(id).or_insert(Named { number, title: title.trim(), group });
        };
        for source in pairs.iter().flat_map(|pair| [&pair.first, &pair.second]).flatten() {
            add(&source.id, &source.title, &source.group);
        }
        for id in clusters.iter().flat_map(|cluster| &cluster.source_ids) {
            add(id, "", "");
        }
        Self { by_id, are_hidden }
    }

    /// The number of a source.
    pub(super) fn number(&self, id: &str) -> usize {
        self.by_id.get(id).map_or(0, |named| named.number)
    }

    /// A source by its id: its title and id, or its number if names are hidden.
    pub(super) fn show(&self, id: &str) -> Markup {
        let named = self.by_id.get(id).copied().unwrap_or(Named { number: 0, title: "", group: "" });
        html! {
            span class="num" { "Text " (named.number) }
            @if !self.are_hidden {
                span class="name" {
                    " "
                    @if named.title.is_empty() || named.title == id {
                        bdi { (Visible::all(id)) }
                    } @else {
                        bdi { (Visible::all(named.title)) } " " small { bdi { (Visible::all(id)) } }
                    }
                    @if !named.group.is_empty() { " " small { "group " bdi { (Visible::all(named.group)) } } }
                }
            }
        }
    }

    /// A source of a pair.
    pub(super) fn of(&self, source: Option<&PairedSource>) -> Markup {
        self.show(source.map_or("", |source| &source.id))
    }
}
