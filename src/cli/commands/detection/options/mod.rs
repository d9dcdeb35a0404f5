//! The options of a check: command line arguments, and their conversions for the engine and for a server.

mod exclusions;
#[cfg(test)]
mod tests;

use clap::{Args, ValueEnum};

pub(super) use exclusions::to_proto as exclusions_to_proto;
pub(super) use exclusions::{
    CorpusArgs, ExclusionArgs, boilerplate_sizes, expected, non_empty_group, percentage, percentage_or_zero,
};

use super::page::PageArgs;
use super::texts::ReportForm;
use crate::cli::error::CliError;
use crate::engine::{DetectionMode, DetectionOptions};
use crate::proto;
use crate::text::OffsetUnit;

/// Number of sources in a report for people, by default.
const SHOWN_SOURCES: u32 = 20;

/// Number of passages of each source in a report for people, by default.
const SHOWN_PASSAGES: u32 = 10;

/// Arguments of a check and of its report.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags are bools")]
pub(in crate::cli) struct OptionArgs {
    /// Fewest words in a passage [default: the guaranteed run]
    #[arg(long, value_name = "WORDS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    min_passage_words: Option<u32>,
    /// Find runs of the same words only: a replaced word ends a passage
    #[arg(long)]
    verbatim_only: bool,
    #[command(flatten)]
    exclusions: ExclusionArgs,
    /// Most sources to show [default: 20, with --json 100]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    max_sources: Option<u32>,
    /// Most passages of each source to show [default: 10, with --json 1000]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    max_passages: Option<u32>,
    /// Of a cluster: report also if parts of the corpus do not answer; the report names them, and its guarantee does not hold
    #[arg(long)]
    allow_partial: bool,
    /// Show long excerpts and long lists of alerts in full
    #[arg(long, conflicts_with = "json")]
    full: bool,
    /// Print the report as JSON: the protobuf JSON of palimpsest.v1.Report, with all fields; `coverage.percent` is null
    /// if the text was not checked
    #[arg(long)]
    json: bool,
    /// With --json: include the excerpts of the passages, as --html does
    #[arg(long, requires = "json")]
    excerpts: bool,
    /// With --json: the unit of the offsets
    #[arg(long, value_name = "UNIT", value_enum, default_value_t, requires = "json")]
    offset_unit: UnitArg,
    #[command(flatten)]
    page: PageArgs,
}

/// How much of a report is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Detail {
    /// What people read: the first sources, with excerpts.
    People,
    /// What a program asked for.
    Program,
    /// The coverage and the largest source.
    Summary,
    /// What a page shows: as much as a program gets, with excerpts.
    Page,
}

/// The unit of a report's offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum UnitArg {
    /// Bytes of UTF-8
    #[default]
    Utf8,
    /// UTF-16 code units, as JavaScript, Java and C# count
    Utf16,
    /// Code points, as Python counts
    CodePoints,
}

impl From<UnitArg> for OffsetUnit {
    fn from(unit: UnitArg) -> Self {
        match unit {
            UnitArg::Utf8 => Self::Utf8Bytes,
            UnitArg::Utf16 => Self::Utf16CodeUnits,
            UnitArg::CodePoints => Self::CodePoints,
        }
    }
}

impl From<UnitArg> for proto::OffsetUnit {
    fn from(unit: UnitArg) -> Self {
        match unit {
            UnitArg::Utf8 => Self::Utf8Bytes,
            UnitArg::Utf16 => Self::Utf16CodeUnits,
            UnitArg::CodePoints => Self::CodePoints,
        }
    }
}

impl OptionArgs {
    /// The limit on sources to send; `None` for the default.
    fn max_sources(&self, detail: Detail) -> Option<u32> {
        match detail {
            Detail::People => self.max_sources.or(Some(SHOWN_SOURCES)),
            Detail::Program | Detail::Page => self.max_sources,
            Detail::Summary => Some(1),
        }
    }

    /// The limit on passages of each source to send; `None` for the default.
    fn max_passages(&self, detail: Detail) -> Option<u32> {
        match detail {
            Detail::People => self.max_passages.or(self.lists_sources().then_some(SHOWN_PASSAGES)),
            Detail::Program | Detail::Page => self.max_passages,
            Detail::Summary => Some(0),
        }
    }

    fn include_excerpts(&self, detail: Detail) -> bool {
        match detail {
            Detail::People => self.lists_sources(),
            Detail::Program => self.excerpts,
            Detail::Summary => false,
            Detail::Page => true,
        }
    }

    /// Whether the report lists sources with their passages.
    fn lists_sources(&self) -> bool {
        self.max_sources != Some(0)
    }

    /// The detail of a single report.
    pub(super) fn detail(&self) -> Detail {
        if self.page.path().is_some() {
            Detail::Page
        } else if self.json {
            Detail::Program
        } else {
            Detail::People
        }
    }

    /// The page to write.
    pub(super) fn page(&self) -> &PageArgs {
        &self.page
    }

    /// Whether to print JSON.
    pub(super) fn json(&self) -> bool {
        self.json
    }

    /// The unit of the report's offsets.
    pub(super) fn unit(&self) -> OffsetUnit {
        self.offset_unit.into()
    }

    /// The form of the report.
    pub(super) fn report_form(&self) -> ReportForm {
        match (self.json, self.page.path()) {
            (true, _) => ReportForm::Json,
            (false, Some(_)) => ReportForm::Brief,
            (false, None) => ReportForm::Text { full: self.full },
        }
    }

    /// The options for the engine in this process, with the contents of the boilerplate files.
    pub(in crate::cli) fn to_engine(
        &self,
        corpus: &CorpusArgs,
        detail: Detail,
    ) -> Result<DetectionOptions, CliError> {
        self.exclusions.ensure_no_server_needed()?;
        self.engine_options(corpus, detail)
    }

    /// The options for a server, with the contents of the boilerplate files.
    pub(in crate::cli) fn to_proto(
        &self,
        corpus: &CorpusArgs,
        detail: Detail,
    ) -> Result<proto::DetectionOptions, CliError> {
        let DetectionOptions {
            min_passage_words,
            mode,
            commonness_cap,
            commonness_percent,
            // The server has a default of its own.
            max_expected_by_chance: _,
            exclusions,
            // Sent as it was given.
            offset_unit: _,
            include_excerpts,
            // The server has defaults of its own.
            max_sources: _,
            max_passages: _,
            // Of the request, not of its options.
            submitted_at: _,
            allow_partial,
        } = self.engine_options(corpus, detail)?;
        let mode = match mode {
            DetectionMode::VerbatimOnly => proto::DetectionMode::VerbatimOnly,
            DetectionMode::AlteredToo => proto::DetectionMode::AlteredToo,
        };
        Ok(proto::DetectionOptions {
            min_passage_words,
            mode: mode.into(),
            commonness_cap,
            commonness_percent,
            offset_unit: proto::OffsetUnit::from(self.offset_unit).into(),
            include_excerpts,
            max_sources: self.max_sources(detail),
            max_passages: self.max_passages(detail),
            exclusions: Some(exclusions::to_proto(exclusions)),
            max_expected_by_chance: corpus.max_expected_by_chance,
            allow_partial,
        })
    }

    /// The options as a type of the engine, with the contents of the boilerplate files.
    fn engine_options(&self, corpus: &CorpusArgs, detail: Detail) -> Result<DetectionOptions, CliError> {
        let default = DetectionOptions::default();
        let count = |given: Option<u32>, default: usize| given.map_or(default, |count| count as usize);
        Ok(DetectionOptions {
            min_passage_words: self.min_passage_words,
            mode: if self.verbatim_only { DetectionMode::VerbatimOnly } else { DetectionMode::AlteredToo },
            commonness_cap: corpus.commonness_cap,
            commonness_percent: corpus.commonness_percent,
            max_expected_by_chance: corpus.max_expected_by_chance.unwrap_or(default.max_expected_by_chance),
            exclusions: self.exclusions.to_engine(corpus)?,
            offset_unit: self.unit(),
            include_excerpts: self.include_excerpts(detail),
            max_sources: count(self.max_sources(detail), default.max_sources),
            max_passages: count(self.max_passages(detail), default.max_passages),
            allow_partial: self.allow_partial,
            ..default
        })
    }
}
