//! Extraction of many documents: a file or a line of JSON for each.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{ExtractArgs, Extracted};
use crate::cli::commands::documents::DocumentTally;
use crate::cli::error::CliError;
use crate::cli::input::{Ids, Submission, Submissions, map_in_order, readers};
use crate::cli::outcome::Outcome;
use crate::cli::output::{NewFile, json};
use crate::cli::render::{counted, note, number, warn};
use crate::proto;

/// A document that was read, or the reason why it was not.
struct Read {
    name: String,
    /// The path of its text below the folder, without an extension.
    id: String,
    result: Result<Extracted, String>,
}

/// Extracts the texts of many documents, to a folder or as lines of JSON.
pub(super) fn run(
    args: &ExtractArgs,
    folder: Option<&Path>,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let Submissions { found, skipped, .. } = Submissions::find(&args.files);
    let documents = found.len() as u64;
    let ids = Ids::below_all(found.iter().map(|submission| submission.file.path()));
    let mut texts = Texts { args, folder: folder.map(Folder::new), tally: DocumentTally::default(), read: 0 };
    let find = |give: &mut dyn FnMut(Submission) -> ControlFlow<()>| {
        let _end = found.into_iter().try_for_each(give);
    };
    let mut failure = None;
    let _end =
        map_in_order(readers(), find, |submission| read(args, &ids, submission), &mut |read| match texts
            .write(read, out)
        {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        });
    if let Some(error) = failure {
        return Err(error);
    }
    texts.tally.print_warnings();
    skipped.lines().iter().for_each(|line| note(line));
    note(&format!("Extracted {} of {}.", number(texts.read), counted(documents, "document", "documents")));
    Ok(Outcome::of(texts.read == documents && documents > 0))
}

fn read(args: &ExtractArgs, ids: &Ids, Submission { file, problem }: Submission) -> Read {
    let name = file.place().to_string();
    let id = ids.id(file.path(), file.path()).unwrap_or_else(|_| file.path().to_string_lossy().into_owned());
    let result = match problem {
        Some(problem) => Err(problem.to_string()),
        None => Extracted::read(args, &file).map_err(|problem| problem.to_string()),
    };
    Read { name, id, result }
}

/// Where the texts go.
struct Texts<'a> {
    args: &'a ExtractArgs,
    folder: Option<Folder<'a>>,
    tally: DocumentTally,
    /// Number of documents that were read.
    read: u64,
}

impl Texts<'_> {
    fn write(&mut self, read: Read, out: &mut dyn Write) -> Result<(), CliError> {
        let Read { name, id, result } = read;
        match &result {
            Ok(extracted) => {
                self.read += 1;
                self.tally.add(&name, Some(&extracted.document));
            }
            Err(reason) => warn(&format!("{name} was not read: {reason}")),
        }
        let Some(folder) = &mut self.folder else {
            let (text, document) = match &result {
                Ok(extracted) => (Some(extracted.text.as_str()), Some(&extracted.document)),
                Err(_) => (None, None),
            };
            return json::extracted(out, &name, result.as_ref().err().map(String::as_str), text, document);
        };
        let Ok(Extracted { text, document, .. }) = result else { return Ok(()) };
        if self.args.json {
            let mut content = Vec::new();
            let response = proto::ExtractTextResponse { text, document: Some(document) };
            json::message(&mut content, "ExtractTextResponse", &response)?;
            folder.write(&id, "json", &content)
        } else {
            folder.write(&id, "txt", text.as_bytes())
        }
    }
}

/// A folder of texts.
struct Folder<'a> {
    path: &'a Path,
    used: HashSet<PathBuf>,
}

impl<'a> Folder<'a> {
    fn new(path: &'a Path) -> Self {
        Self { path, used: HashSet::new() }
    }

    /// Writes a file that is named after the document, with an extension more.
    fn write(&mut self, id: &str, extension: &str, content: &[u8]) -> Result<(), CliError> {
        let parts = id.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
        let base: PathBuf = parts.map(|part| part.replace(char::is_control, "_")).collect();
        let base = self.path.join(base);
        let mut path = with_extension(&base, extension);
        for number in 2_u64.. {
            if self.used.insert(path.clone()) {
                break;
            }
            path = with_extension(&base, &format!("{number}.{extension}"));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|cause| CliError::NotWritten { path: path.clone(), cause })?;
        }
        let mut file = NewFile::create(&path)?;
        file.write(content)?;
        file.finish()
    }
}

/// A path with an extension more.
fn with_extension(base: &Path, extension: &str) -> PathBuf {
    let mut path = base.as_os_str().to_owned();
    path.push(".");
    path.push(extension);
    path.into()
}
