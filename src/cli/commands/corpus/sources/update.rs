//! `palimpsest sources update`.

use std::collections::BTreeMap;
use std::io::Write;

use clap::{ArgGroup, Args, ValueEnum};
use prost_types::{FieldMask, Timestamp};

use super::filter::parse_time;
use crate::cli::connection::{Client, Corpus, request_id};
use crate::cli::error::CliError;
use crate::cli::output::json;
use crate::cli::render::printable;
use crate::proto;

/// Arguments of `sources update`.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("values").required(true).multiple(true))]
pub(super) struct UpdateArgs {
    /// The source's id
    id: String,
    /// The title
    #[arg(long, value_name = "TITLE", group = "values")]
    title: Option<String>,
    /// The group: an author, class or series
    #[arg(long, value_name = "GROUP", group = "values")]
    group: Option<String>,
    /// A label; may be given several times. These labels replace all that the source has
    #[arg(long = "label", value_name = "LABEL", group = "values")]
    labels: Vec<String>,
    /// The address of the original
    #[arg(long, value_name = "URI", group = "values")]
    uri: Option<String>,
    /// When the text was submitted, in RFC 3339, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_time, group = "values")]
    submitted_at: Option<Timestamp>,
    /// An entry of metadata; may be given several times. These entries replace all that the source has
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_entry, group = "values")]
    metadata: Vec<Entry>,
    /// A field to clear; may be given several times
    #[arg(long, value_name = "FIELD", group = "values")]
    clear: Vec<Field>,
    /// Print the source as JSON
    #[arg(long)]
    json: bool,
}

/// A field that can be updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Field {
    Title,
    Group,
    Labels,
    Uri,
    SubmittedAt,
    Metadata,
}

impl Field {
    const ALL: [Self; 6] =
        [Self::Title, Self::Group, Self::Labels, Self::Uri, Self::SubmittedAt, Self::Metadata];

    /// Its path in a field mask.
    fn path(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Group => "group",
            Self::Labels => "labels",
            Self::Uri => "uri",
            Self::SubmittedAt => "submitted_at",
            Self::Metadata => "metadata",
        }
    }
}

/// An entry of metadata.
#[derive(Debug, Clone)]
struct Entry {
    key: String,
    value: String,
}

fn parse_entry(text: &str) -> Result<Entry, String> {
    let (key, value) = text.split_once('=').ok_or("has no '='; write KEY=VALUE")?;
    Ok(Entry { key: key.to_owned(), value: value.to_owned() })
}

impl UpdateArgs {
    /// Whether a field is given a value.
    fn sets(&self, field: Field) -> bool {
        match field {
            Field::Title => self.title.is_some(),
            Field::Group => self.group.is_some(),
            Field::Labels => !self.labels.is_empty(),
            Field::Uri => self.uri.is_some(),
            Field::SubmittedAt => self.submitted_at.is_some(),
            Field::Metadata => !self.metadata.is_empty(),
        }
    }

    /// The request for a collection.
    fn into_request(self, collection: String) -> Result<proto::UpdateSourceRequest, CliError> {
        if self.clear.iter().any(|field| self.sets(*field)) {
            return Err(CliError::Usage("a field can't be set and cleared; leave out its value or --clear"));
        }
        let is_updated = |field: &Field| self.sets(*field) || self.clear.contains(field);
        let paths = Field::ALL.into_iter().filter(is_updated).map(|field| field.path().to_owned()).collect();
        let entries: BTreeMap<String, String> =
            self.metadata.into_iter().map(|Entry { key, value }| (key, value)).collect();
        let source = proto::Source {
            id: self.id,
            title: self.title.unwrap_or_default(),
            group: self.group.unwrap_or_default(),
            labels: self.labels,
            uri: self.uri.unwrap_or_default(),
            submitted_at: self.submitted_at,
            metadata: entries,
            ..proto::Source::default()
        };
        Ok(proto::UpdateSourceRequest {
            collection,
            source: Some(source),
            update_mask: Some(FieldMask { paths }),
            request_id: request_id(),
        })
    }
}

pub(super) async fn run(
    client: &Client,
    collection: String,
    args: UpdateArgs,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let is_json = args.json;
    let request = args.into_request(collection)?;
    let update = |mut corpus: Corpus, request| async move { corpus.update_source(request).await };
    let source = client.call_with_retries(update, request).await?.source.unwrap_or_default();
    if is_json {
        return json::message(out, "Source", &source);
    }
    Ok(writeln!(out, "Updated source {}.", printable(&source.id))?)
}
