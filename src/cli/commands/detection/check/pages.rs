//! The pages of many reports, in a folder.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use maud::{DOCTYPE, html};

use super::result::Checked;
use crate::cli::commands::detection::page::{self, Page, PageArgs};
use crate::cli::error::CliError;
use crate::cli::input::{Ids, Submission};
use crate::cli::render::{NotChecked, percent, printable};
use crate::render::html::ReportKind;

/// Name of the page that lists all others.
const INDEX: &str = "index.html";

/// The pages of many reports: one for each submission, named after it, and a list of them.
#[derive(Debug)]
pub(super) struct Pages {
    folder: PathBuf,
    /// Names of the pages of files, by the names of the files.
    names: HashMap<String, String>,
    used: HashSet<String>,
    listed: Vec<Listed>,
}

/// A submission in the list.
#[derive(Debug)]
struct Listed {
    name: String,
    /// The page, if there is one.
    page: Option<String>,
    result: String,
}

impl Pages {
    /// Names the pages of `files` after their paths below the folder that contains all of them.
    pub(super) fn new(folder: &Path, files: &[Submission]) -> Self {
        let ids = Ids::below_all(files.iter().map(|submission| submission.file.path()));
        let named = files.iter().map(|Submission { file, .. }| {
            let path = file.path();
            let id = ids.id(path, path).unwrap_or_else(|_| path.to_string_lossy().into_owned());
            (file.place().to_string(), id)
        });
        let used = HashSet::from([INDEX.to_owned()]);
        Self { folder: folder.to_owned(), names: named.collect(), used, listed: Vec::new() }
    }

    /// Writes the page of a submission, if it has a report.
    pub(super) fn write(&mut self, checked: &Checked, args: &PageArgs) -> Result<(), CliError> {
        let Checked { name, text, result } = checked;
        let mut listed = Listed { name: name.clone(), page: None, result: String::new() };
        match result {
            Err(reason) => listed.result = format!("not checked: {reason}"),
            Ok(report) => {
                listed.result = match NotChecked::of(report) {
                    Some(reason) => format!("not checked: {reason}"),
                    None => percent(&report.coverage.unwrap_or_default()),
                };
                let text = text.as_deref().ok_or_else(|| CliError::NoText { id: name.clone() })?;
                let file = self.file_name(name);
                page::write(&self.folder.join(&file), report, text, &args.options(ReportKind::Check, name))?;
                listed.page = Some(file);
            }
        }
        self.listed.push(listed);
        Ok(())
    }

    /// Writes the list.
    pub(super) fn finish(self) -> Result<(), CliError> {
        let mut page = Page::create(&self.folder.join(INDEX))?;
        page.write(&self.index())?;
        page.finish()
    }

    /// A name for the page of a submission, which no other page has: its path or id without parts that lead elsewhere.
    fn file_name(&mut self, name: &str) -> String {
        let name = self.names.get(name).map_or(name, String::as_str);
        let is_plain = |c: char| c.is_alphanumeric() || " ._-+@".contains(c);
        let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
        let parts = parts.map(|part| part.replace(|c| !is_plain(c), "_"));
        let base = parts.collect::<Vec<String>>().join("/");
        let mut file = format!("{base}.html");
        for number in 2_u64.. {
            if self.used.insert(file.clone()) {
                break;
            }
            file = format!("{base}-{number}.html");
        }
        file
    }

    fn index(&self) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { "Similarity reports" }
                }
                body {
                    main {
                        h1 { "Similarity reports" }
                        table {
                            thead { tr { th scope="col" { "Submission" } th scope="col" { "Covered" } } }
                            tbody {
                                @for listed in &self.listed {
                                    tr {
                                        td {
                                            bdi {
                                                @match &listed.page {
                                                    Some(page) => a href=(href(page)) { (printable(&listed.name)) },
                                                    None => (printable(&listed.name)),
                                                }
                                            }
                                        }
                                        td { (printable(&listed.result)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        .into_string()
    }
}

/// A relative path as a URL.
fn href(page: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let encoded = page
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    format!("./{}", encoded.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else_and_are_used_once() {
        let mut pages = Pages::new(Path::new("out"), &[]);
        let names = ["../../etc/passwd", "a/b.txt", "a//b.txt", "index", "<b>\u{7}"];
        let names = names.map(|name| pages.file_name(name));
        let expected = ["etc/passwd.html", "a/b.txt.html", "a/b.txt-2.html", "index-2.html", "_b__.html"];
        assert_eq!(names, expected);
        assert_eq!(href("a b/ä?.html"), "./a%20b/%C3%A4%3F.html");
    }
}
