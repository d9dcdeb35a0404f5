//! The check of one text: paragraphs to checkers, and their findings through the filter.

use std::time::{Duration, Instant};

use super::contained::{self, EnglishCheckers};
use super::filter::Filter;
use super::languagetool::{self, Refusal, Server};
use super::scope::{self, Regions, Words};
use super::{CheckError, Checked, NotChecked, Options, Reason, paragraphs};
use crate::text::Span;

/// The checkers of a server.
#[derive(Debug, Clone)]
pub struct Checkers {
    /// English; `None` if the build has no checker, or the settings turn it off.
    pub english: Option<EnglishCheckers>,
    /// Other languages, and English if there is no other checker.
    pub languagetool: Option<Server>,
    /// Maximum time for one text. What is not checked by then is stated.
    pub timeout: Duration,
}

/// Which checkers there are, and what they may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How English is checked. Without checkers (0) it is not.
    pub english: contained::Config,
    /// The LanguageTool server, if there is one.
    pub languagetool: Option<Server>,
    /// Maximum time for one text.
    pub timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        let english = contained::Config::default();
        Self { english, languagetool: None, timeout: Duration::from_secs(30) }
    }
}

impl Checkers {
    /// The checkers of this build by `config`. Nothing is started before it is needed.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let Config { english, languagetool, timeout } = config;
        let is_on = contained::is_built_in() && english.checkers > 0;
        Self { english: is_on.then(|| EnglishCheckers::new(english)), languagetool, timeout }
    }

    /// Counts of the children that check English; zero in a build without them.
    #[must_use]
    pub fn counts(&self) -> contained::Counts {
        self.english.as_ref().map(EnglishCheckers::counts).unwrap_or_default()
    }
}

/// Finds the mistakes of a text. Blocks. Near-linear in the text.
///
/// # Errors
///
/// [`CheckError`].
pub fn check(
    text: &str,
    options: &Options,
    checkers: &Checkers,
    is_stopped: &dyn Fn() -> bool,
) -> Result<Checked, CheckError> {
    let now = Instant::now();
    let deadline = now.checked_add(checkers.timeout).unwrap_or_else(|| now + Duration::from_hours(1));
    let regions = Regions::of(text);
    let stated = Some(options.language.as_str()).filter(|code| !code.is_empty());
    let found = scope::language(text);
    let mut work = Work {
        text,
        options,
        checkers,
        deadline,
        is_stopped,
        checked: Checked::default(),
        unreachable: None,
    };
    stated.or(found).unwrap_or_default().clone_into(&mut work.checked.language);
    let words = Words::of(text);
    work.checked.words = words.total();
    let whole = paragraphs::paragraphs(text);
    let mut groups: Vec<Group> = Vec::new();
    for paragraph in &whole {
        for part in scope::outside(*paragraph, &regions.bibliographies) {
            let language = stated.or_else(|| scope::language_of_paragraph(part.of(text), found));
            Group::add(&mut groups, language.unwrap_or_default(), part);
        }
    }
    for group in &groups {
        work.check_group(group)?;
    }
    if let Some(problem) = work.unreachable.take().filter(|_| work.checked.checker.is_empty()) {
        return Err(CheckError::Unavailable { problem });
    }
    for (spans, reason) in
        [(&regions.quotations, Reason::Quotation), (&regions.bibliographies, Reason::Bibliography)]
    {
        for span in spans {
            work.not_checked(*span, reason, message(reason));
        }
    }
    let mut checked = work.checked;
    let english = groups.iter().find(|group| group.language == "en");
    let english = english.map_or(&[][..], |group| group.parts.as_slice());
    let filter = Filter::new(text, &whole, english, options, &checked.findings);
    filter.apply(&mut checked, options, &regions);
    checked.findings.sort_by(|a, b| (a.span, &a.rule).cmp(&(b.span, &b.rule)));
    without_overlaps(&mut checked.not_checked);
    checked.not_checked = joined_by_reason(text, checked.not_checked);
    for part in &mut checked.not_checked {
        part.words = words.inside(part.span);
    }
    checked.not_checked.retain(|part| part.words > 0);
    Ok(checked)
}

/// The parts of a text that are in one language.
struct Group {
    language: String,
    parts: Vec<Span>,
}

impl Group {
    fn add(groups: &mut Vec<Self>, language: &str, part: Span) {
        match groups.iter_mut().find(|group| group.language == language) {
            Some(group) => group.parts.push(part),
            None => groups.push(Self { language: language.to_owned(), parts: vec![part] }),
        }
    }
}

struct Work<'a> {
    text: &'a str,
    options: &'a Options,
    checkers: &'a Checkers,
    deadline: Instant,
    is_stopped: &'a dyn Fn() -> bool,
    checked: Checked,
    /// Why the LanguageTool server is not asked any more.
    unreachable: Option<String>,
}

/// Most bytes of a request to LanguageTool, whose servers limit texts to 20,000 characters and more.
const MAX_REQUEST_BYTES: u32 = 15_000;

impl Work<'_> {
    fn check_group(&mut self, group: &Group) -> Result<(), CheckError> {
        let language = group.language.as_str();
        // There is nothing to find in the others, if their language has a checker.
        let with_letters = || -> Vec<Span> {
            let has_letters = |part: &&Span| part.of(self.text).contains(char::is_alphabetic);
            group.parts.iter().filter(has_letters).copied().collect()
        };
        match (&self.checkers.english, &self.checkers.languagetool) {
            (Some(english), _) if language == "en" => return self.check_english(english, &with_letters()),
            (_, Some(server)) if !language.is_empty() => {
                return self.check_by_server(server, language, &with_letters());
            }
            (None, None) => {
                self.not_checked_parts(&group.parts, Reason::NoChecker, message(Reason::NoChecker));
            }
            _ if language.is_empty() => {
                self.not_checked_parts(&group.parts, Reason::Language, UNKNOWN_LANGUAGE);
            }
            _ => {
                let why = format!("{} (\"{language}\")", message(Reason::Language));
                self.not_checked_parts(&group.parts, Reason::Language, &why);
            }
        }
        Ok(())
    }

    fn check_english(&mut self, english: &EnglishCheckers, parts: &[Span]) -> Result<(), CheckError> {
        if parts.is_empty() {
            return Ok(());
        }
        let outcome = english.check(self.text, parts, self.options, self.deadline, self.is_stopped)?;
        self.checked.findings.extend(outcome.findings);
        self.checked.dialect = outcome.dialect;
        self.checker(contained::CHECKER, contained::CHECKER_VERSION);
        for part in outcome.failed {
            self.not_checked(part, Reason::CheckerFailed, message(Reason::CheckerFailed));
        }
        Ok(())
    }

    fn check_by_server(&mut self, server: &Server, language: &str, parts: &[Span]) -> Result<(), CheckError> {
        for whole in joined(parts) {
            let asked = inside(parts, whole);
            if let Some(problem) = &self.unreachable {
                let why = format!("{}: {problem}", message(Reason::CheckerFailed));
                self.not_checked_parts(asked, Reason::CheckerFailed, &why);
                continue;
            }
            match server.check(self.text, whole, language, self.options, self.deadline, self.is_stopped) {
                Ok(answer) => {
                    let is_asked = |at: Span| scope::touches(asked, at);
                    let findings = answer.findings.into_iter().filter(|finding| is_asked(finding.span));
                    self.checked.findings.extend(findings);
                    self.checker(languagetool::CHECKER, &answer.version);
                }
                Err(Refusal::Refused(said)) => {
                    let why = format!("LanguageTool did not check the language \"{language}\": {said}");
                    self.not_checked_parts(asked, Reason::Language, &why);
                }
                Err(Refusal::Because(CheckError::Unavailable { problem })) => {
                    let why = format!("{}: {problem}", message(Reason::CheckerFailed));
                    self.not_checked_parts(asked, Reason::CheckerFailed, &why);
                    self.unreachable = Some(problem);
                }
                Err(Refusal::Because(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// Names a checker, beside another one if a text took two.
    fn checker(&mut self, name: &str, version: &str) {
        let Checked { checker, checker_version, .. } = &mut self.checked;
        if checker.split(", ").any(|known| known == name) {
            return;
        }
        for (all, one) in [(checker, name), (checker_version, version)] {
            if !all.is_empty() {
                all.push_str(", ");
            }
            all.push_str(one);
        }
    }

    fn not_checked_parts(&mut self, parts: &[Span], reason: Reason, message: &str) {
        for part in parts {
            self.not_checked(*part, reason, message);
        }
    }

    fn not_checked(&mut self, span: Span, reason: Reason, message: &str) {
        self.checked.not_checked.push(NotChecked { span, words: 0, reason, message: message.to_owned() });
    }
}

/// The parts that are in a joined one. Logarithmic.
fn inside(parts: &[Span], whole: Span) -> &[Span] {
    let at = |byte: u32| parts.partition_point(|part| part.start < byte);
    parts.get(at(whole.start)..at(whole.end)).unwrap_or_default()
}

/// Parts that follow one another, as far as one request may go.
fn joined(parts: &[Span]) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for part in parts {
        match out.last_mut() {
            Some(last) if part.end - last.start <= MAX_REQUEST_BYTES => last.end = part.end,
            _ => out.push(*part),
        }
    }
    out
}

/// Cuts parts so that none has a byte of another one. The reason that was found first wins.
fn without_overlaps(parts: &mut Vec<NotChecked>) {
    parts.sort_by_key(|part| (part.span.start, std::cmp::Reverse(part.span.end)));
    let mut end = 0;
    for part in parts.iter_mut() {
        part.span.start = part.span.start.max(end).min(part.span.end.max(end));
        part.span.end = part.span.end.max(part.span.start);
        end = end.max(part.span.end);
    }
    parts.retain(|part| part.span.start < part.span.end);
}

/// Joins parts with space alone between them that have one reason.
fn joined_by_reason(text: &str, parts: Vec<NotChecked>) -> Vec<NotChecked> {
    let mut out: Vec<NotChecked> = Vec::new();
    for part in parts {
        let is_next = |last: &&mut NotChecked| {
            let between = Span { start: last.span.end, end: part.span.start }.of(text);
            last.reason == part.reason && last.message == part.message && between.trim().is_empty()
        };
        match out.last_mut().filter(is_next) {
            Some(last) => last.span.end = part.span.end,
            None => out.push(part),
        }
    }
    out
}

/// Why a text is not checked whose language is not known.
const UNKNOWN_LANGUAGE: &str = "its language could not be told; state the language";

/// The reason in a sentence.
fn message(reason: Reason) -> &'static str {
    match reason {
        Reason::Language => {
            "no checker of this server has the language; set languagetool_url to a LanguageTool server"
        }
        Reason::Quotation => "it is quoted",
        Reason::Bibliography => "it is in the bibliography",
        Reason::CheckerFailed => "the checker failed on it, or took too long; check it by itself",
        Reason::NoChecker => {
            "this server has no checker: use a build with the feature \"grammar\", or set languagetool_url to a LanguageTool server"
        }
    }
}
