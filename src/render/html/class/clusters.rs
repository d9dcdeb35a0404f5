//! The clusters, each as a graph and as a list.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use maud::{Markup, html};

use super::names::Names;
use super::overview::coverage;
use crate::proto::{PairsSummary, SourceCluster, SourcePair};
use crate::render::{counted, number};

/// Nodes of a graph, at most: more cannot be read.
const MOST_NODES: usize = 36;

/// Members of a cluster that are listed.
const MOST_MEMBERS: usize = 200;

/// Clusters that are drawn.
const MOST_GRAPHS: usize = 50;

/// Width and height of a graph.
const SIZE: f64 = 320.0;

/// A link between two nodes of a graph, by their places.
struct Link {
    from: usize,
    to: usize,
    percent: f64,
}

/// The nodes of a cluster, the strongest pairs first, and their links.
#[derive(Default)]
struct Graph<'a> {
    nodes: Vec<&'a str>,
    links: Vec<Link>,
    /// Sources without a place.
    left_out: usize,
}

/// The section of clusters; nothing if there are none.
pub(super) fn section(
    clusters: &[SourceCluster],
    pairs: &[SourcePair],
    summary: &PairsSummary,
    names: &Names<'_>,
) -> Markup {
    let mut by_cluster: BTreeMap<u64, Vec<&SourcePair>> = BTreeMap::new();
    for pair in pairs {
        by_cluster.entry(pair.cluster).or_default().push(pair);
    }
    html! {
        @if !clusters.is_empty() {
            section id="clusters" aria-labelledby="clusters-h" {
                h2 id="clusters-h" { "Clusters" }
                p class="note" {
                    "Any two texts of a cluster are linked by a chain of pairs. In a graph, each number is a text, and each line a listed pair: "
                    "thick from 50 %, thin from 25 %, dashed below."
                }
                div class="clusters" {
                    @for (place, cluster) in clusters.iter().enumerate() {
                        @let pairs = by_cluster.get(&cluster.number).map_or(&[][..], Vec::as_slice);
                        (self::cluster(cluster, pairs, names, place < MOST_GRAPHS))
                    }
                }
                @if summary.clusters_cut > 0 {
                    p class="note" { "Not listed: " (counted(summary.clusters_cut, "smaller cluster", "smaller clusters")) "." }
                }
            }
        }
    }
}

fn cluster(cluster: &SourceCluster, pairs: &[&SourcePair], names: &Names<'_>, is_drawn: bool) -> Markup {
    let graph = Graph::new(pairs);
    let more = cluster.size.saturating_sub(cluster.source_ids.len().min(MOST_MEMBERS) as u64);
    html! {
        div class="cluster" {
            h3 { "Cluster " (cluster.number) ": " (counted(cluster.size, "text", "texts")) }
            @if is_drawn && graph.nodes.len() > 1 {
                (draw(&graph, cluster.number, names))
                @if graph.left_out > 0 { p class="note" { "The graph leaves out " (counted(graph.left_out as u64, "text", "texts")) "." } }
            }
            ul class="members" { @for id in cluster.source_ids.iter().take(MOST_MEMBERS) { li { (names.show(id)) } } }
            @if more > 0 { p class="note" { "And " (number(more)) " more." } }
        }
    }
}

impl<'a> Graph<'a> {
    fn new(pairs: &[&'a SourcePair]) -> Self {
        let mut places: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        let mut graph = Self::default();
        for pair in pairs {
            let ends = [&pair.first, &pair.second].map(|source| {
                let id = source.as_ref().map_or("", |source| source.id.as_str());
                *places.entry(id).or_insert_with(|| {
                    let place = graph.nodes.len();
                    if place >= MOST_NODES {
                        graph.left_out += 1;
                        return None;
                    }
                    graph.nodes.push(id);
                    Some(place)
                })
            });
            if let [Some(from), Some(to)] = ends {
                graph.links.push(Link { from, to, percent: coverage(pair) });
            }
        }
        graph
    }
}

/// A point of a graph.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

/// The place of a node: nodes stand in a circle, so the picture depends on nothing but the pairs.
fn point(place: usize, nodes: usize) -> Point {
    #[expect(clippy::cast_precision_loss, reason = "a few dozen nodes")]
    let angle = TAU * place as f64 / nodes as f64 - TAU / 4.0;
    let (middle, radius) = (SIZE / 2.0, SIZE / 2.0 - 22.0);
    Point { x: middle + radius * angle.cos(), y: middle + radius * angle.sin() }
}

fn draw(graph: &Graph<'_>, number: u64, names: &Names<'_>) -> Markup {
    let nodes = graph.nodes.len();
    let pairs = counted(graph.links.len() as u64, "pair", "pairs");
    let one = |value: f64| format!("{value:.1}");
    html! {
        svg class="graph" viewBox={ "0 0 " (SIZE) " " (SIZE) } role="img"
            aria-label={ "Graph of cluster " (number) ": " (counted(nodes as u64, "text", "texts")) ", " (pairs) } {
            @for link in &graph.links {
                @let (from, to) = (point(link.from, nodes), point(link.to, nodes));
                line class=(strength(link.percent)) x1=(one(from.x)) y1=(one(from.y)) x2=(one(to.x)) y2=(one(to.y)) {}
            }
            @for (place, id) in graph.nodes.iter().enumerate() {
                @let at = point(place, nodes);
                circle cx=(one(at.x)) cy=(one(at.y)) r="14" {}
                text x=(one(at.x)) y=(one(at.y + 4.0)) { (names.number(id)) }
            }
        }
    }
}

fn strength(percent: f64) -> &'static str {
    match percent {
        50.0.. => "strong",
        25.0.. => "medium",
        _ => "weak",
    }
}
