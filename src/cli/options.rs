//! The options of a check, from the command line to the engine's and the server's terms.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::check::read_submission;
use super::error::CliError;
use crate::engine::{DetectionMode, DetectionOptions, Exclusions};
use crate::proto;
use crate::text::OffsetUnit;

/// Sources that a report for a person shows.
const SHOWN_SOURCES: u32 = 20;

/// Passages of each source that a report for a person shows.
const SHOWN_PASSAGES: u32 = 10;

/// How a check is done, and how its report is shown.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags are bools")]
pub(super) struct OptionArgs {
    /// Fewest words in a passage [default: the guaranteed run]
    #[arg(long, value_name = "WORDS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    min_passage_words: Option<u32>,
    /// Look for runs of the same words only: a replaced word ends a passage
    #[arg(long)]
    verbatim_only: bool,
    /// Count quotations too, which are left out of the count otherwise
    #[arg(long)]
    count_quotations: bool,
    /// Count the bibliography too
    #[arg(long)]
    count_bibliography: bool,
    /// Count in-text citations too
    #[arg(long)]
    count_citations: bool,
    /// A file of boilerplate, such as the assignment's text: what stands in it is left out (repeatable)
    #[arg(long, value_name = "FILE")]
    boilerplate: Vec<PathBuf>,
    /// Most sources to show [default: 20, with --json 100]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    max_sources: Option<u32>,
    /// Most passages of each source to show [default: 10, with --json 1000]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    max_passages: Option<u32>,
    /// Show long excerpts in full
    #[arg(long, conflicts_with = "json")]
    pub(super) full: bool,
    /// Print the report as JSON: the protobuf JSON of palimpsest.v1.Report, fields with default values
    /// included
    #[arg(long)]
    pub(super) json: bool,
    /// With --json: include the excerpts of the passages
    #[arg(long, requires = "json")]
    excerpts: bool,
    /// With --json: the unit of the offsets
    #[arg(long, value_name = "UNIT", value_enum, default_value_t, requires = "json")]
    offset_unit: UnitArg,
}

/// The unit of a report's offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum UnitArg {
    /// Bytes of UTF-8
    #[default]
    Utf8,
    /// UTF-16 code units, as JavaScript, Java and C# count
    Utf16,
    /// Code points, as Python counts
    CodePoints,
}

impl OptionArgs {
    fn max_sources(&self) -> Option<u32> {
        self.max_sources.or((!self.json).then_some(SHOWN_SOURCES))
    }

    fn max_passages(&self) -> Option<u32> {
        self.max_passages.or((!self.json).then_some(SHOWN_PASSAGES))
    }

    fn boilerplate_texts(&self) -> Result<Vec<String>, CliError> {
        self.boilerplate.iter().map(|path| Ok(read_submission(path)?.text)).collect()
    }

    /// In the server's terms; the files of boilerplate are read.
    pub(super) fn to_proto(&self, commonness_cap: Option<u32>) -> Result<proto::DetectionOptions, CliError> {
        let mode = if self.verbatim_only {
            proto::DetectionMode::VerbatimOnly
        } else {
            proto::DetectionMode::AlteredToo
        };
        let unit = match self.offset_unit {
            UnitArg::Utf8 => proto::OffsetUnit::Utf8Bytes,
            UnitArg::Utf16 => proto::OffsetUnit::Utf16CodeUnits,
            UnitArg::CodePoints => proto::OffsetUnit::CodePoints,
        };
        Ok(proto::DetectionOptions {
            min_passage_words: self.min_passage_words,
            mode: mode.into(),
            commonness_cap,
            commonness_percent: None,
            offset_unit: unit.into(),
            include_excerpts: self.excerpts || !self.json,
            max_sources: self.max_sources(),
            max_passages: self.max_passages(),
            exclusions: Some(proto::Exclusions {
                quotations: Some(!self.count_quotations),
                bibliography: Some(!self.count_bibliography),
                citations: Some(!self.count_citations),
                boilerplate_texts: self.boilerplate_texts()?,
                ..proto::Exclusions::default()
            }),
        })
    }

    /// In the engine's terms; the files of boilerplate are read.
    pub(super) fn to_engine(&self, commonness_cap: Option<u32>) -> Result<DetectionOptions, CliError> {
        let default = DetectionOptions::default();
        let count = |given: Option<u32>, default: usize| given.map_or(default, |count| count as usize);
        Ok(DetectionOptions {
            min_passage_words: self.min_passage_words,
            mode: if self.verbatim_only {
                DetectionMode::VerbatimOnly
            } else {
                DetectionMode::AlteredToo
            },
            commonness_cap,
            commonness_percent: None,
            exclusions: Exclusions {
                quotations: !self.count_quotations,
                bibliography: !self.count_bibliography,
                citations: !self.count_citations,
                boilerplate_texts: self.boilerplate_texts()?,
                ..Exclusions::default()
            },
            offset_unit: match self.offset_unit {
                UnitArg::Utf8 => OffsetUnit::Utf8Bytes,
                UnitArg::Utf16 => OffsetUnit::Utf16CodeUnits,
                UnitArg::CodePoints => OffsetUnit::CodePoints,
            },
            include_excerpts: self.excerpts || !self.json,
            max_sources: count(self.max_sources(), default.max_sources),
            max_passages: count(self.max_passages(), default.max_passages),
        })
    }
}
