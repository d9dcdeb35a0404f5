//! `palimpsest extract`: documents to texts, without a server.

mod many;

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::detection::UnitArg;
use super::encoding::EncodingArgs;
use crate::cli::error::CliError;
use crate::cli::input::{InputError, Submissions, TextFile};
use crate::cli::outcome::Outcome;
use crate::cli::output::{NewFile, is_stdout, json};
use crate::cli::render::{
    document_facts, hidden_texts, note, printable_lines, removed_texts, told_warnings, warn,
};
use crate::documents::Failure;
use crate::documents::contained::ReadError;
use crate::proto;
use crate::service::documents::to_proto;

/// Arguments of `extract`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The text of one document goes to standard output; its format, pages, words and warnings go to standard \
    error. Several documents, a folder, a zip archive or a pattern give a file for each in the folder of --output, or, \
    with --json, a line of JSON for each: {\"file\", \"read\", \"reason\", \"text\", \"document\"}. Formats are found by \
    the content: plain text and Markdown in any encoding, docx, odt, epub, html, rtf and pdf. What check, compare and \
    import read is this text. A document that can't be read does not stop the others; the exit code is 1 then."
)]
pub(in crate::cli) struct ExtractArgs {
    /// The documents: files, folders, zip archives, patterns such as 'class/*.docx', or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the text to this file, or a text for each of several documents to this folder; - for standard output
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Print the text and what is known of the document as JSON: the protobuf JSON of palimpsest.v1.ExtractTextResponse
    #[arg(long)]
    json: bool,
    /// With --json: the unit of the offsets
    #[arg(long, value_name = "UNIT", value_enum, default_value_t, requires = "json")]
    offset_unit: UnitArg,
    #[command(flatten)]
    encoding: EncodingArgs,
}

/// Extracts the texts.
pub(in crate::cli) fn run(args: &ExtractArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let output = args.output.as_deref().filter(|path| !is_stdout(path));
    match (Submissions::single(&args.files), output) {
        (Some(path), None) => single(args, path, None, out),
        (Some(path), Some(file)) if !is_folder(file) => single(args, path, Some(file), out),
        (_, None) if !args.json => Err(CliError::Usage(
            "several documents have no text in common: write each to a file with --output FOLDER, or all as lines with --json",
        )),
        (_, folder) => many::run(args, folder, out),
    }
}

/// Whether a path is a folder, or is meant to be one.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// Extracts the text of one document, to standard output or to a file.
fn single(
    args: &ExtractArgs,
    path: &Path,
    file: Option<&Path>,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let document = TextFile::at(path);
    let Extracted { name, text, document } = Extracted::read(args, &document)
        .map_err(|problem| CliError::NotExtracted { place: document.place(), problem })?;
    tell(&name, &document)?;
    let mut content = Vec::new();
    if args.json {
        let response = proto::ExtractTextResponse { text, document: Some(document) };
        json::message(&mut content, "ExtractTextResponse", &response)?;
    } else {
        content = text.into_bytes();
        if file.is_none() && io::stdout().is_terminal() {
            content.push(b'\n');
        }
    }
    match file {
        Some(file) => {
            let mut file = NewFile::create(file)?;
            file.write(&content)?;
            file.finish()?;
        }
        // Texts go past `out`, which strips escape sequences.
        None if args.json => out.write_all(&content)?,
        None => io::stdout().write_all(&content)?,
    }
    Ok(Outcome::Done)
}

/// The text of a document, with what is known of it.
struct Extracted {
    name: String,
    text: String,
    document: proto::ExtractedDocument,
}

impl Extracted {
    /// Reads a document. One whose text is all hidden has an empty text.
    fn read(args: &ExtractArgs, file: &TextFile) -> Result<Self, InputError> {
        let extraction = file.read(args.encoding.encoding())?.into_extraction(file.is_markdown());
        if extraction.text.trim().is_empty() && extraction.hidden.is_empty() {
            return Err(ReadError::from(Failure::Empty).into());
        }
        let document = to_proto(&extraction, args.offset_unit.into());
        Ok(Self { name: file.place().to_string(), text: extraction.text, document })
    }
}

/// Prints what is known of a document on standard error.
fn tell(name: &str, document: &proto::ExtractedDocument) -> Result<(), CliError> {
    note(&format!("{name}: {}", document_facts(document)));
    for warning in told_warnings(document) {
        warn(&warning.message);
    }
    let mut lines = Vec::new();
    hidden_texts(&mut lines, document)?;
    removed_texts(&mut lines, document)?;
    let lines = printable_lines(&String::from_utf8_lossy(&lines));
    // If standard error is closed, the notes are lost.
    drop(lines.lines().try_for_each(|line| writeln!(anstream::stderr(), "{line}")));
    Ok(())
}
