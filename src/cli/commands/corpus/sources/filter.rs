//! The options that select sources.

use clap::Args;
use prost_types::Timestamp;

use crate::cli::input::{not_a_time, time};
use crate::proto;

/// Conditions; a source matches if it fulfils all of them.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filter")]
pub(super) struct FilterArgs {
    /// Sources whose id begins so
    #[arg(long, value_name = "PREFIX")]
    id_prefix: Option<String>,
    /// Sources of this group; may be given several times, for any of them
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Sources with this label; may be given several times, for any of them
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    /// Sources submitted at this time or later, in RFC 3339
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    submitted_from: Option<Timestamp>,
    /// Sources submitted before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    submitted_before: Option<Timestamp>,
    /// Sources added at this time or later
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    created_from: Option<Timestamp>,
    /// Sources added before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    created_before: Option<Timestamp>,
}

/// A time as the user wrote it.
pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    time(text).ok_or_else(|| not_a_time(text))
}

impl FilterArgs {
    /// The message; `None` without a condition.
    pub(super) fn into_proto(self) -> Option<proto::SourceFilter> {
        let Self {
            id_prefix,
            groups,
            labels,
            submitted_from,
            submitted_before,
            created_from,
            created_before,
        } = self;
        let filter = proto::SourceFilter {
            id_prefix: id_prefix.unwrap_or_default(),
            groups,
            labels,
            submitted_from,
            submitted_before,
            created_from,
            created_before,
        };
        (filter != proto::SourceFilter::default()).then_some(filter)
    }
}
