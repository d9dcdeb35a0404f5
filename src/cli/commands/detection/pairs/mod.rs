//! `palimpsest pairs`: the pairs of sources in a collection that share passages.

mod csv;
mod page;
mod progress;

use std::io::Write;

use clap::Args;

use self::progress::Progress;
use super::options::{
    CorpusArgs, ExclusionArgs, boilerplate_sizes, exclusions_to_proto, expected, percentage,
    percentage_or_zero,
};
use super::page::PageArgs;
use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{self, ComparedPairs, Look, printable, warn};
use crate::proto;
use crate::proto::compare_all_response::Event;

/// Number of pairs and of clusters in the output for people, by default.
const SHOWN: u32 = 20;

/// Arguments of `pairs`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The coverage of a pair is the share of covered words in one of its sources; the larger share \
    counts. A cluster is a set of sources that such pairs connect. --timeout limits the time between two \
    progress messages. `palimpsest compare --id ID --with ID` shows the passages of a pair. The page that --html \
    writes has the passages of the first 100 pairs."
)]
#[expect(clippy::struct_excessive_bools, reason = "flags are bools")]
pub(in crate::cli) struct PairsArgs {
    /// The collection
    #[arg(value_name = "COLLECTION", default_value = "default")]
    collection: String,
    /// Least coverage of a pair in percent, from 0 to 100 [default: 10]
    #[arg(long, value_name = "PERCENT", value_parser = percentage_or_zero)]
    min_coverage: Option<f64>,
    /// Fewest words in a passage [default: the guaranteed run]
    #[arg(long, value_name = "WORDS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    min_passage_words: Option<u32>,
    /// Find runs of the same words only: a replaced word ends a passage
    #[arg(long)]
    verbatim_only: bool,
    #[command(flatten)]
    exclusions: ExclusionArgs,
    /// Exclude runs that more than this many sources share [default: the server's limit]
    #[arg(long, value_name = "SOURCES", value_parser = clap::value_parser!(u32).range(1..))]
    commonness_cap: Option<u32>,
    /// Exclude runs that more than this percentage of the sources share; of both, the lower cap applies
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    commonness_percent: Option<f64>,
    /// Exclude passages of which chance produces more than this many in a check of a text that copied nothing [default: 0.05]
    #[arg(long, value_name = "NUMBER", value_parser = expected)]
    max_expected_by_chance: Option<f64>,
    /// Exclude pairs within a group
    #[arg(long)]
    leave_out_same_group: bool,
    /// Exclude the sources of this group; repeatable
    #[arg(long = "exclude-group", value_name = "GROUP")]
    exclude_groups: Vec<String>,
    /// Most pairs to show [default: 20, with --csv, --json and --html 1000]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    top: Option<u32>,
    /// Print the pairs as CSV (RFC 4180), with a header
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print the result as JSON: an object of `pairs`, `clusters` and `summary`, each the protobuf JSON of its
    /// message with all fields
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    page: PageArgs,
}

/// Compares the sources, and prints the pairs and the clusters.
pub(in crate::cli) async fn run(
    args: PairsArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let request = args.request()?;
    let client = Client::connect(server).await?;
    let texts = request.options.iter().flat_map(|options| boilerplate_sizes(options.exclusions.as_ref()));
    client.ensure_accepted(&texts.collect::<Vec<usize>>()).await?;
    let progress = Progress::new();
    let options = request.options.clone().unwrap_or_default();
    let found = compare_all(&client, request, &progress).await;
    progress.finish();
    let mut found = found?;
    found.summary.warnings.iter().for_each(|warning| warn(&warning.message));
    page::write(&client, &args, &options, &found).await?;
    if args.page.is_stdout() {
        return Ok(Outcome::Done);
    }
    if args.json {
        json::pairs(out, &found)?;
    } else if args.csv {
        csv::write(out, &found.pairs)?;
    } else {
        if args.page.path().is_some() {
            shorten(&mut found, args.top.unwrap_or(SHOWN));
        }
        render::pairs(out, &found, Look::of_stdout(false))?;
        if let Some(path) = args.page.path() {
            writeln!(out, "\nThe whole report is in {}.", printable(&path.display().to_string()))?;
        }
    }
    Ok(Outcome::Done)
}

/// Keeps the first pairs and clusters, for people.
fn shorten(found: &mut ComparedPairs, shown: u32) {
    let shown = shown as usize;
    found.summary.pairs_cut += found.pairs.len().saturating_sub(shown) as u64;
    found.summary.clusters_cut += found.clusters.len().saturating_sub(shown) as u64;
    found.pairs.truncate(shown);
    found.clusters.truncate(shown);
}

/// Receives the result of the comparison. The time limit applies to each message of the stream.
async fn compare_all(
    client: &Client,
    request: proto::CompareAllRequest,
    progress: &Progress,
) -> Result<ComparedPairs, CliError> {
    let mut events = client.response(client.detection().compare_all(request).await)?;
    let mut found = ComparedPairs::default();
    loop {
        match client.next(&mut events).await? {
            Some(proto::CompareAllResponse { event: Some(event) }) => match event {
                Event::Progress(now) => progress.show(&now),
                Event::Pair(pair) => found.pairs.push(pair),
                Event::Cluster(cluster) => found.clusters.push(cluster),
                Event::Summary(summary) => return Ok(ComparedPairs { summary, ..found }),
            },
            Some(proto::CompareAllResponse { event: None }) => {}
            None => return Err(client.lost("it ended the stream before the summary")),
        }
    }
}

impl PairsArgs {
    /// The request, with the contents of the boilerplate files.
    fn request(&self) -> Result<proto::CompareAllRequest, CliError> {
        let shown = (!self.json && !self.csv && self.page.path().is_none()).then_some(SHOWN);
        let mode = if self.verbatim_only {
            proto::DetectionMode::VerbatimOnly
        } else {
            proto::DetectionMode::AlteredToo
        };
        let exclusions = self.exclusions.to_engine(&CorpusArgs::default())?;
        let options = proto::PairOptions {
            min_passage_words: self.min_passage_words,
            mode: mode.into(),
            min_coverage_percent: self.min_coverage,
            commonness_cap: self.commonness_cap,
            commonness_percent: self.commonness_percent,
            exclusions: Some(exclusions_to_proto(exclusions)),
            leave_out_same_group: self.leave_out_same_group,
            exclude_groups: self.exclude_groups.clone(),
            max_pairs: self.top.or(shown),
            max_clusters: shown,
            max_expected_by_chance: self.max_expected_by_chance,
        };
        Ok(proto::CompareAllRequest { collection: self.collection.clone(), options: Some(options) })
    }
}
