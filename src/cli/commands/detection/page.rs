//! Reports as pages of HTML.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::output::{NewFile, is_stdout};
use crate::proto;
use crate::render::html::{self, RenderOptions, ReportKind};

/// Arguments of pages.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct PageArgs {
    /// Write the report as a page of HTML: to this file, of many files to a page for each in this folder; - for standard output
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Leave out names, ids, titles and groups in the page
    #[arg(long, requires = "html")]
    hide_names: bool,
}

impl PageArgs {
    /// Where to write the page, or the folder of many.
    pub(super) fn path(&self) -> Option<&Path> {
        self.html.as_deref()
    }

    /// Whether the page goes to standard output.
    pub(super) fn is_stdout(&self) -> bool {
        self.path().is_some_and(is_stdout)
    }

    /// The options of a page on a submission of this name.
    pub(super) fn options(&self, kind: ReportKind, name: &str) -> RenderOptions {
        RenderOptions { hide_names: self.hide_names, ..RenderOptions::new(kind, name) }
    }
}

/// A page that is written piece by piece.
pub(super) enum Page {
    /// To a file, which appears when it is complete.
    File(NewFile),
    /// To standard output.
    Stdout(io::Stdout),
}

impl Page {
    /// Creates the page. Missing folders are created, too.
    pub(super) fn create(path: &Path) -> Result<Self, CliError> {
        if is_stdout(path) {
            // Not through the command's output, which strips escape sequences.
            return Ok(Self::Stdout(io::stdout()));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .map_err(|cause| CliError::NotWritten { path: path.to_owned(), cause })?;
        }
        NewFile::create_page(path).map(Self::File)
    }

    /// Writes the next piece.
    pub(super) fn write(&mut self, piece: &str) -> Result<(), CliError> {
        match self {
            Self::File(file) => file.write(piece.as_bytes()),
            Self::Stdout(out) => Ok(out.write_all(piece.as_bytes())?),
        }
    }

    /// Completes the page.
    pub(super) fn finish(self) -> Result<(), CliError> {
        match self {
            Self::File(file) => file.finish(),
            Self::Stdout(mut out) => Ok(out.flush()?),
        }
    }
}

/// Writes the page of a report on `text` to `path`.
pub(super) fn write(
    path: &Path,
    report: &proto::Report,
    text: &str,
    options: &RenderOptions,
) -> Result<(), CliError> {
    let mut page = Page::create(path)?;
    page.write(&html::check(report, text, options))?;
    page.finish()
}
