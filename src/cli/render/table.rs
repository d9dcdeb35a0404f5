//! Tables and lists.

use std::time::SystemTime;

use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use humantime::format_rfc3339_seconds;

use super::{Look, bytes, counted, number, percent, printable};
use crate::engine::Pattern;
use crate::proto;
use crate::server::Key;

/// The heading of a column.
#[derive(Debug, Clone, Copy)]
enum Heading {
    /// Of text, aligned to the left.
    Text(&'static str),
    /// Of numbers, aligned to the right.
    Number(&'static str),
}

use Heading::{Number, Text};

impl Heading {
    fn name(self) -> &'static str {
        match self {
            Self::Text(name) | Self::Number(name) => name,
        }
    }

    fn alignment(self) -> CellAlignment {
        match self {
            Self::Text(_) => CellAlignment::Left,
            Self::Number(_) => CellAlignment::Right,
        }
    }
}

fn table(headings: &[Heading], look: Look) -> Table {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().header_separator(rule)).force_no_tty();
    if let Some(columns) = look.columns {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(columns);
    }
    table.set_header(headings.iter().map(|heading| Cell::new(heading.name())));
    for (column, heading) in table.column_iter_mut().zip(headings) {
        column.set_padding((0, 1));
        column.set_cell_alignment(heading.alignment());
    }
    table
}

/// The table of the sources of a report.
pub(super) fn overlaps(sources: &[proto::SourceOverlap], look: Look) -> String {
    let first = sources.first().map(|source| &source.collection);
    let with_title = sources.iter().any(|source| !source.title.is_empty());
    let with_collection = sources.iter().any(|source| Some(&source.collection) != first);
    let mut headings: Vec<Heading> = vec![
        Number("#"),
        Number("covered"),
        Number("words"),
        Number("unique"),
        Number("of the source"),
        Text("source"),
    ];
    if with_collection {
        headings.push(Text("collection"));
    }
    if with_title {
        headings.push(Text("title"));
    }
    let mut table = table(&headings, look);
    for (place, source) in sources.iter().enumerate() {
        let covered = source.covered.unwrap_or_default();
        let mut row = vec![
            (place + 1).to_string(),
            percent(&covered),
            number(covered.words),
            number(source.unique_words),
            percent(&source.source_used.unwrap_or_default()),
            printable(&source.source_id),
        ];
        if with_collection {
            row.push(printable(&source.collection));
        }
        if with_title {
            row.push(printable(&source.title));
        }
        table.add_row(row);
    }
    table.trim_fmt()
}

/// The table of pairs of sources.
pub(super) fn pairs(pairs: &[proto::SourcePair], look: Look) -> String {
    let sides = |pair: &proto::SourcePair| {
        [pair.first.clone().unwrap_or_default(), pair.second.clone().unwrap_or_default()]
    };
    let with_group = pairs.iter().any(|pair| sides(pair).iter().any(|side| !side.group.is_empty()));
    let mut headings: Vec<Heading> = vec![Number("#")];
    for _ in 0..2 {
        headings.extend([Number("covered"), Number("words"), Text("source")]);
        headings.extend(with_group.then_some(Text("group")));
    }
    headings.extend([Number("passages"), Number("cluster")]);
    let mut table = table(&headings, look);
    for (place, pair) in pairs.iter().enumerate() {
        let mut row = vec![(place + 1).to_string()];
        for proto::PairedSource { id, group, covered, .. } in sides(pair) {
            let covered = covered.unwrap_or_default();
            row.extend([percent(&covered), number(covered.words), printable(&id)]);
            row.extend(with_group.then(|| printable(&group)));
        }
        row.extend([number(pair.passages), number(pair.cluster)]);
        table.add_row(row);
    }
    table.trim_fmt()
}

/// The table of collections with their settings and counts.
pub(in crate::cli) fn collections(collections: &[proto::Collection], look: Look) -> String {
    let mut table = table(
        &[
            Text("collection"),
            Number("sources"),
            Number("words"),
            Number("text"),
            Number("index"),
            Number("fingerprints"),
            Number("k"),
            Number("w"),
            Number("found from"),
        ],
        look,
    );
    for collection in collections {
        let stats = collection.stats.unwrap_or_default();
        table.add_row([
            printable(&collection.name),
            number(stats.sources),
            number(stats.words),
            bytes(stats.text_bytes),
            bytes(stats.index_bytes),
            number(stats.fingerprints),
            collection.kgram_tokens.to_string(),
            collection.window_kgrams.to_string(),
            counted(collection.guarantee_words.into(), "word", "words"),
        ]);
    }
    table.trim_fmt()
}

/// The table of the keys in a key file.
pub(in crate::cli) fn keys(keys: &[&Key], now: SystemTime, look: Look) -> String {
    let columns = ["id", "name", "role", "collections", "created", "expires"];
    let mut table = table(&columns.map(Text), look);
    for key in keys {
        let expires = match key.expires {
            None => "never".to_owned(),
            Some(_) if key.has_expired(now) => "expired".to_owned(),
            Some(at) => format_rfc3339_seconds(at).to_string(),
        };
        table.add_row([
            key.id.clone(),
            printable(&key.name),
            key.role.to_string(),
            key.collections.iter().map(Pattern::to_string).collect::<Vec<_>>().join(" "),
            format_rfc3339_seconds(key.created).to_string(),
            expires,
        ]);
    }
    table.trim_fmt()
}

/// The table of the sources of a collection.
pub(in crate::cli) fn sources(sources: &[proto::Source], look: Look) -> String {
    let headings =
        [Text("source"), Number("words"), Number("text"), Text("group"), Text("labels"), Text("title")];
    let mut table = table(&headings, look);
    for source in sources {
        let stats = source.stats.unwrap_or_default();
        table.add_row([
            printable(&source.id),
            number(stats.words),
            bytes(stats.text_bytes),
            printable(&source.group),
            printable(&source.labels.join(", ")),
            printable(&source.title),
        ]);
    }
    table.trim_fmt()
}

/// The metadata of a source, one value a line.
pub(in crate::cli) fn source(source: &proto::Source) -> String {
    let stats = source.stats.unwrap_or_default();
    let counts = format!(
        "{}, {}, {}, as of revision {}",
        counted(stats.words, "word", "words"),
        bytes(stats.text_bytes),
        counted(stats.fingerprints, "fingerprint", "fingerprints"),
        number(stats.revision)
    );
    let time = |time: Option<prost_types::Timestamp>| time.map_or_else(String::new, |time| time.to_string());
    let metadata: Vec<String> =
        source.metadata.iter().map(|(key, value)| printable(&format!("{key}={value}"))).collect();
    let optional = [
        ("uri", printable(&source.uri)),
        ("submitted", time(source.submitted_at)),
        ("metadata", metadata.join(", ")),
        ("created", time(source.created_at)),
        ("updated", time(source.updated_at)),
    ];
    let mut rows = vec![
        ("source", printable(&source.id)),
        ("title", printable(&source.title)),
        ("group", printable(&source.group)),
        ("labels", printable(&source.labels.join(", "))),
    ];
    rows.extend(optional.into_iter().filter(|(_, value)| !value.is_empty()));
    rows.push(("counts", counts));
    list(&rows)
}

/// The totals of a corpus, one value a line.
pub(in crate::cli) fn totals(corpus: &proto::GetCorpusResponse) -> String {
    let stats = corpus.stats.unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
    let ratio = stats.index_bytes as f64 / stats.text_bytes.max(1) as f64;
    list(&[
        (
            "sources",
            format!(
                "{} in {}",
                number(stats.sources),
                counted(corpus.collections, "collection", "collections")
            ),
        ),
        ("words", number(stats.words)),
        ("text", bytes(stats.text_bytes)),
        ("index", format!("{} ({ratio:.2} bytes for each byte of text)", bytes(stats.index_bytes))),
        ("fingerprints", number(stats.fingerprints)),
        ("revision", number(stats.revision)),
        (
            "server",
            format!("{}, algorithm version {}", printable(&corpus.server_version), corpus.algorithm_version),
        ),
    ])
}

/// The limits of a server, one value a line.
pub(in crate::cli) fn limits(limits: &proto::Limits) -> String {
    let proto::Limits {
        max_text_bytes,
        max_text_words,
        max_message_bytes,
        max_collections,
        max_sources_per_collection,
        max_candidates,
        exhaustive_sources,
        max_common_postings,
        max_compared_texts,
        max_normalised_bytes,
        max_collection_bytes,
        max_deleted_text_seconds,
    } = limits;
    let list = list(&[
        ("one text", format!("{} bytes and {} words", number(*max_text_bytes), number(*max_text_words))),
        ("its words in their compared form", format!("{} bytes", number(*max_normalised_bytes))),
        ("one message", format!("{} bytes", number(*max_message_bytes))),
        ("collections", number(*max_collections)),
        ("sources of a collection", number(*max_sources_per_collection)),
        ("texts of a collection", format!("{} bytes", number(*max_collection_bytes))),
        ("candidates of a check", number(*max_candidates)),
        ("sources compared without the index", number(*exhaustive_sources)),
        ("common postings of a check", number(*max_common_postings)),
        ("texts of a comparison", number(*max_compared_texts)),
        ("a deleted text on disk", format!("{} seconds", number(*max_deleted_text_seconds))),
    ]);
    format!("At most:\n{list}")
}

/// A list of names and values, one a line, with aligned values. Empty values are left out.
pub(super) fn list(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| format!("{name:width$}  {value}").trim_end().to_owned();
    pairs.iter().filter(|(_, value)| !value.is_empty()).map(line).collect::<Vec<String>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_plain_and_wraps_only_on_a_terminal() {
        let stats = proto::CollectionStats { sources: 10_000, text_bytes: 42_000_000, ..Default::default() };
        let one = proto::Collection {
            name: "essays".into(),
            kgram_tokens: 5,
            window_kgrams: 4,
            guarantee_words: 8,
            stats: Some(stats),
        };
        let look = Look { columns: None, colour: false, full: false };
        let expected = "\
collection  sources  words      text  index  fingerprints  k  w  found from
────────────────────────────────────────────────────────────────────────────
essays       10,000      0  42.00 MB    0 B             0  5  4     8 words";
        assert_eq!(collections(&[one], look), expected);
    }
}
