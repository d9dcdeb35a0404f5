//! `palimpsest grammar`: mistakes of spelling, grammar and punctuation in a text.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::commands::detection::{read_submission, stored_text};
use crate::cli::commands::encoding::EncodingArgs;
use crate::cli::connection::{Client, ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::input::{STANDARD_INPUT, Text, TextFile};
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render;
use crate::proto::{self, GrammarNotCheckedReason};
use crate::service::grammar;
use crate::text::OffsetUnit;
use crate::writing::grammar::{Checkers, Config, Dialect, Options, check, contained};

/// Arguments of `grammar`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "A build with the feature \"grammar\" checks the English of a file in this process, without a server. With --id or --server, \
    and in other builds, a server checks. Quotations and bibliographies are not checked. Exit code 3: nothing of the text was checked."
)]
pub(in crate::cli) struct GrammarArgs {
    /// A text or a document, or - for standard input
    #[arg(value_name = "FILE", required_unless_present = "id", conflicts_with = "id")]
    file: Option<PathBuf>,
    /// Check the source with this id, which the server has
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The collection of the source that --id names
    #[arg(long, value_name = "NAME", requires = "id", default_value = "default")]
    collection: String,
    /// The language as an ISO 639-1 code such as en [default: found by the text]
    #[arg(long, value_name = "CODE", value_parser = language)]
    language: Option<String>,
    /// The dialect of English [default: found by the spelling of the text]
    #[arg(long, value_name = "NAME")]
    dialect: Option<DialectName>,
    /// Leave out what this rule finds; may be repeated
    #[arg(long = "disable-rule", value_name = "RULE")]
    disabled_rules: Vec<String>,
    /// Apply this rule too, which is off by default; may be repeated
    #[arg(long = "enable-rule", value_name = "RULE")]
    enabled_rules: Vec<String>,
    /// A word that is right, such as a name; may be repeated
    #[arg(long = "own-word", value_name = "WORD")]
    own_words: Vec<String>,
    /// Leave out suggestions of style
    #[arg(long)]
    exclude_style: bool,
    /// Findings to list, at most; they are counted nevertheless
    #[arg(long, value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    max_findings: u32,
    /// Print the findings as JSON: the protobuf JSON of palimpsest.v1.CheckGrammarResponse, with spans in bytes
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    encoding: EncodingArgs,
}

/// A dialect of English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DialectName {
    American,
    British,
    Canadian,
    Australian,
    Indian,
}

fn language(code: &str) -> Result<String, String> {
    let is_code = (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_code { Ok(code.to_owned()) } else { Err("is no ISO 639-1 code such as en".to_owned()) }
}

/// A text and its mistakes.
struct Checked {
    /// The text, if it is known.
    text: Option<String>,
    response: proto::CheckGrammarResponse,
}

/// Prints the mistakes.
pub(in crate::cli) fn run(
    args: &GrammarArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let is_local = contained::is_built_in() && args.id.is_none() && !server.is_named();
    let Checked { text, response } = if is_local { args.check()? } else { block_on(ask(args, server))? };
    if args.json {
        json::message(out, "CheckGrammarResponse", &response)?;
    } else {
        writeln!(out, "{}", render::grammar(&response, text.as_deref()))?;
    }
    Ok(outcome(&response))
}

/// [`Outcome::NotChecked`] if no word was checked, and there was more to check than quotations and bibliographies.
fn outcome(response: &proto::CheckGrammarResponse) -> Outcome {
    let is_checked = response.checked.is_none_or(|share| share.words > 0);
    let is_meant = |part: &proto::NotCheckedText| {
        matches!(part.reason(), GrammarNotCheckedReason::Quotation | GrammarNotCheckedReason::Bibliography)
    };
    if is_checked || response.not_checked.iter().all(is_meant) { Outcome::Done } else { Outcome::NotChecked }
}

impl GrammarArgs {
    fn text(&self) -> Result<Text, CliError> {
        let path = self.file.as_deref().unwrap_or(Path::new(STANDARD_INPUT));
        read_submission(&TextFile::at(path), self.encoding.encoding())
    }

    /// Checks in this process and its children.
    fn check(&self) -> Result<Checked, CliError> {
        let text = self.text()?.content.into_text();
        let options = Options {
            language: self.language.clone().unwrap_or_default(),
            dialect: self.dialect.map(Dialect::from),
            disabled_rules: self.disabled_rules.clone(),
            enabled_rules: self.enabled_rules.clone(),
            own_words: self.own_words.clone(),
            exclude_style: self.exclude_style,
        };
        let checked = check(&text, &options, &Checkers::new(Config::default()), &|| false)?;
        let response = grammar(&text, checked, OffsetUnit::Utf8Bytes, self.max_findings as usize);
        Ok(Checked { text: Some(text), response })
    }
}

/// Asks the server.
async fn ask(args: &GrammarArgs, server: &ServerArgs) -> Result<Checked, CliError> {
    let mut request = proto::CheckGrammarRequest {
        language: args.language.clone().unwrap_or_default(),
        dialect: args.dialect.map_or(proto::EnglishDialect::Unspecified, proto::EnglishDialect::from).into(),
        disabled_rules: args.disabled_rules.clone(),
        enabled_rules: args.enabled_rules.clone(),
        own_words: args.own_words.clone(),
        exclude_style: args.exclude_style,
        max_findings: args.max_findings,
        ..proto::CheckGrammarRequest::default()
    };
    let name = args.id.clone().map(|id| proto::SourceName { collection: args.collection.clone(), id });
    if name.is_none() {
        request.text = args.text()?.content.into_text();
    }
    request.source.clone_from(&name);
    let given = name.is_none().then(|| request.text.clone());
    let client = Client::connect(server).await?;
    client.ensure_accepted(&[request.text.len()]).await?;
    let response = client.response(client.writing().check_grammar(client.request(request)).await)?;
    let text = match name {
        Some(name) => stored_text(&client, name).await,
        None => given,
    };
    Ok(Checked { text, response })
}

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Self {
        match name {
            DialectName::American => Self::American,
            DialectName::British => Self::British,
            DialectName::Canadian => Self::Canadian,
            DialectName::Australian => Self::Australian,
            DialectName::Indian => Self::Indian,
        }
    }
}

impl From<DialectName> for proto::EnglishDialect {
    fn from(name: DialectName) -> Self {
        match name {
            DialectName::American => Self::American,
            DialectName::British => Self::British,
            DialectName::Canadian => Self::Canadian,
            DialectName::Australian => Self::Australian,
            DialectName::Indian => Self::Indian,
        }
    }
}
