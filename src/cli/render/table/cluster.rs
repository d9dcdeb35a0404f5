//! The tables of a cluster's streams and nodes, and the verdict.

use std::collections::BTreeSet;

use super::layout::Heading::{Number, Text, Title};
use super::layout::Table;
use crate::cli::render::{ALARM, Look, STRONG, bytes, number, printable};
use crate::cluster::{ClusterStatus, NodeStatus, Problem, StreamState, StreamStatus, Verdict, verdict};

/// The fewest letters of a node's name in the table of streams.
const LEAST_LETTERS: usize = 4;

/// The tables of streams and nodes, and a line with the verdict.
pub(in crate::cli) fn cluster_status(status: &ClusterStatus, problems: &[Problem], look: Look) -> String {
    let nodes =
        if status.nodes.is_empty() { "No node was heard.".to_owned() } else { nodes(&status.nodes, look) };
    [streams(status, look), String::new(), nodes, String::new(), concluded(problems, look)].join("\n")
}

fn streams(status: &ClusterStatus, look: Look) -> String {
    let mut table = Table::new(vec![
        Text("stream"),
        Text("leader"),
        Number("replicas"),
        Number("last"),
        Number("messages"),
        Number("bytes"),
        Number("lag"),
        Text("nodes"),
    ]);
    let names: Vec<&str> = status.nodes.iter().map(|node| node.said.node.as_str()).collect();
    let letters = letters(&names);
    for stream in &status.streams {
        let nodes = status.holders(stream.id).map(|node| begin(&node.said.node, letters));
        let nodes: Vec<String> = nodes.map(printable).collect();
        let [leader, replicas, last, messages, size] = state(stream);
        table.add(vec![
            printable(&stream.name),
            leader,
            replicas,
            last,
            messages,
            size,
            status.largest_lag(stream).map_or_else(|| "–".to_owned(), number),
            nodes.join(" "),
        ]);
    }
    table.lines(look)
}

/// The cells of what a stream says of itself.
fn state(stream: &StreamStatus) -> [String; 5] {
    let without =
        |leader: &str| [leader.to_owned(), String::new(), String::new(), String::new(), String::new()];
    match &stream.state {
        StreamState::Missing => without("missing"),
        StreamState::Silent { .. } => without("no answer"),
        StreamState::Found(state) => [
            state.leader.as_deref().map_or_else(|| "none".to_owned(), printable),
            format!("{} / {}", state.current_replicas(), state.wanted_replicas),
            number(state.last),
            number(state.messages),
            bytes(state.bytes),
        ],
    }
}

fn nodes(nodes: &[NodeStatus], look: Look) -> String {
    let mut table =
        Table::new(vec![Text("node"), Text("group"), Text("version"), Number("heard"), Title("ready")]);
    for NodeStatus { said, heard } in nodes {
        table.add(vec![
            printable(&said.node),
            said.group.to_string(),
            printable(&said.version),
            format!("{:.1} s ago", heard.as_secs_f64()),
            if said.ready { "yes".to_owned() } else { format!("no: {}", printable(&said.reason)) },
        ]);
    }
    table.lines(look)
}

/// The verdict and its reasons.
fn concluded(problems: &[Problem], look: Look) -> String {
    let verdict = match verdict(problems) {
        Verdict::Well => return format!("{}.", look.paint(STRONG, "All is well")),
        Verdict::Degraded => "Degraded",
        Verdict::NotServed => "Not served",
    };
    let what: Vec<String> = problems.iter().map(|problem| printable(&problem.what)).collect();
    format!("{}: {}.", look.paint(ALARM, verdict), what.join("; "))
}

/// How many letters of names tell all of them apart.
fn letters(names: &[&str]) -> usize {
    let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let are_apart = |letters: &usize| {
        let begins: BTreeSet<&str> = names.iter().map(|name| begin(name, *letters)).collect();
        begins.len() == names.len()
    };
    (LEAST_LETTERS..longest).find(are_apart).unwrap_or(longest)
}

/// The begin of a name. Names of nodes are hexadecimal; others are not cut.
fn begin(name: &str, letters: usize) -> &str {
    name.get(..letters).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_named_by_as_few_letters_as_tell_them_apart() {
        for (names, expected) in [
            (vec![], 0),
            (vec!["0123456789abcdef"], 4),
            (vec!["0123456789abcdef", "0123466789abcdef", "a123456789abcdef"], 6),
            (vec!["a", "b"], 1),
            (vec!["same", "same"], 4),
        ] {
            assert_eq!(letters(&names), expected, "{names:?}");
        }
    }

    #[test]
    fn the_verdict_is_one_line_that_nothing_breaks() {
        let look = Look { columns: None, colour: false, full: false };
        let problem = |verdict, what: &str| Problem { verdict, what: what.to_owned() };
        assert_eq!(concluded(&[], look), "All is well.");
        let problems = [problem(Verdict::NotServed, "no\nnode"), problem(Verdict::Degraded, "b")];
        assert_eq!(concluded(&problems, look), "Not served: no node; b.");
        assert_eq!(concluded(&problems[1..], look), "Degraded: b.");
    }
}
