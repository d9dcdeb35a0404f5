//! Tables and lists of what a corpus holds, and of its keys.

use std::time::SystemTime;

use humantime::format_rfc3339_seconds;

use super::layout::Heading::{Number, Text, Title};
use super::layout::Table;
use super::list;
use crate::cli::render::{Look, bytes, counted, number, printable};
use crate::engine::Pattern;
use crate::proto;
use crate::server::Key;

/// The table of collections with their counts.
pub(in crate::cli) fn collections(collections: &[proto::Collection], look: Look) -> String {
    let mut table = Table::new(vec![
        Text("collection"),
        Number("sources"),
        Number("words"),
        Number("text"),
        Number("index"),
        Number("found from"),
    ]);
    for collection in collections {
        let stats = collection.stats.unwrap_or_default();
        table.add(vec![
            printable(&collection.name),
            number(stats.sources),
            number(stats.words),
            bytes(stats.text_bytes),
            bytes(stats.index_bytes),
            counted(collection.guarantee_words.into(), "word", "words"),
        ]);
    }
    table.lines(look)
}

/// A collection with its settings and counts, one value a line.
pub(in crate::cli) fn collection(collection: &proto::Collection) -> String {
    let proto::Collection { name, kgram_tokens, window_kgrams, guarantee_words, stats } = collection;
    let stats = stats.unwrap_or_default();
    list(&[
        ("collection", printable(name)),
        ("sources", number(stats.sources)),
        ("words", number(stats.words)),
        ("text", bytes(stats.text_bytes)),
        ("index", bytes(stats.index_bytes)),
        ("fingerprints", number(stats.fingerprints)),
        ("settings", format!("k = {kgram_tokens}, w = {window_kgrams}")),
        ("found from", counted((*guarantee_words).into(), "word", "words")),
        ("revision", number(stats.revision)),
    ])
}

/// The table of the keys in a key file.
pub(in crate::cli) fn keys(keys: &[&Key], now: SystemTime, look: Look) -> String {
    let columns = ["id", "name", "role", "collections", "created", "expires"];
    let mut table = Table::new(columns.map(Text).to_vec());
    for key in keys {
        let expires = match key.expires {
            None => "never".to_owned(),
            Some(_) if key.has_expired(now) => "expired".to_owned(),
            Some(at) => format_rfc3339_seconds(at).to_string(),
        };
        table.add(vec![
            key.id.clone(),
            printable(&key.name),
            key.role.to_string(),
            key.collections.iter().map(Pattern::to_string).collect::<Vec<_>>().join(" "),
            format_rfc3339_seconds(key.created).to_string(),
            expires,
        ]);
    }
    table.lines(look)
}

/// The table of the sources of a collection.
pub(in crate::cli) fn sources(sources: &[proto::Source], look: Look) -> String {
    let headings =
        vec![Text("source"), Number("words"), Number("text"), Text("group"), Text("labels"), Title("title")];
    let mut table = Table::new(headings);
    for source in sources {
        let stats = source.stats.unwrap_or_default();
        table.add(vec![
            printable(&source.id),
            number(stats.words),
            bytes(stats.text_bytes),
            printable(&source.group),
            printable(&source.labels.join(", ")),
            printable(&source.title),
        ]);
    }
    table.lines(look)
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
        max_document_bytes,
    } = limits;
    let list = list(&[
        ("one text", format!("{} bytes and {} words", number(*max_text_bytes), number(*max_text_words))),
        ("its words in their compared form", format!("{} bytes", number(*max_normalised_bytes))),
        ("one message", format!("{} bytes", number(*max_message_bytes))),
        ("one document", format!("{} bytes", number(*max_document_bytes))),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_plain() {
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
collection  sources  words      text  index  found from
───────────────────────────────────────────────────────
essays       10,000      0  42.00 MB    0 B     8 words";
        assert_eq!(collections(&[one], look), expected);
    }
}
