//! The pairs of a collection as a page of HTML.

use futures_util::StreamExt as _;
use futures_util::stream;

use super::PairsArgs;
use crate::cli::commands::detection::page::Page;
use crate::cli::connection::Client;
use crate::cli::error::CliError;
use crate::cli::render::ComparedPairs;
use crate::proto;
use crate::render::html::{ClassReport, ReportKind};

/// Number of pairs whose passages are in the page; the others are only listed.
const PAIRS_WITH_PASSAGES: usize = 100;

/// Number of pairs that are compared at once.
const AT_ONCE: usize = 4;

/// Writes the page. The passages of one pair at a time are in memory, and of those that are compared ahead.
pub(super) async fn write(
    client: &Client,
    args: &PairsArgs,
    options: &proto::PairOptions,
    found: &ComparedPairs,
) -> Result<(), CliError> {
    let Some(path) = args.page.path() else { return Ok(()) };
    let ComparedPairs { pairs, clusters, summary } = found;
    let render = args.page.options(ReportKind::Pair, &args.collection);
    let report = ClassReport::new(summary, pairs, clusters, &render, PAIRS_WITH_PASSAGES);
    let mut page = Page::create(path)?;
    page.write(&report.begin())?;
    let compared = pairs.iter().take(report.shown()).map(|pair| compare(client, args, options, pair));
    let mut compared = stream::iter(compared).buffered(AT_ONCE).enumerate();
    while let Some((place, compared)) = compared.next().await {
        let section = match compared {
            Ok(pair) => report.pair(place, &pair),
            Err(error @ CliError::Refused(_)) => report.missing(place, &error.to_string()),
            Err(error) => return Err(error),
        };
        page.write(&section)?;
    }
    page.write(&report.end())?;
    page.finish()
}

/// Compares the first source of a pair with the second.
async fn compare(
    client: &Client,
    args: &PairsArgs,
    options: &proto::PairOptions,
    pair: &proto::SourcePair,
) -> Result<proto::Report, CliError> {
    let name = |side: &Option<proto::PairedSource>| {
        let id = side.as_ref().map(|side| side.id.clone()).unwrap_or_default();
        Some(proto::SourceName { collection: args.collection.clone(), id })
    };
    let request = proto::ComparePairRequest {
        submission: name(&pair.first),
        source: name(&pair.second),
        options: Some(proto::DetectionOptions {
            min_passage_words: options.min_passage_words,
            mode: options.mode,
            include_excerpts: true,
            exclusions: options.exclusions.clone(),
            ..proto::DetectionOptions::default()
        }),
    };
    let response = client.response(client.detection().compare_pair(client.request(request)).await)?;
    Ok(response.report.unwrap_or_default())
}
