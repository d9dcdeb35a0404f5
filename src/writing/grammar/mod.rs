//! Mistakes of spelling, grammar and punctuation.
//!
//! [`check()`] cuts a text into paragraphs, leaves out what its author did not write or what no checker knows, has the rest checked, and
//! drops findings that are probably wrong. English is checked in a child process (`contained`); other languages, and English in a
//! build without the feature `grammar`, by a LanguageTool server if there is one.

mod check;
mod code;
pub mod contained;
mod filter;
pub mod languagetool;
mod paragraphs;
#[cfg(feature = "grammar")]
mod rules;
mod scope;
mod typos;

pub use self::check::{Checkers, Config, check};

use crate::text::Span;

/// The kind of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// A word that is not in the dictionary.
    Spelling,
    /// Agreement, tense, articles, word forms.
    Grammar,
    /// Punctuation and spaces.
    Punctuation,
    /// Capital letters.
    Capitalization,
    /// A word that is confused with another one, or used wrongly.
    WordChoice,
    /// Words that are repeated by mistake.
    Repetition,
    /// Style and readability: no mistake.
    Style,
    /// Anything else.
    Other,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// A mistake.
    Mistake,
    /// What is often a mistake.
    Warning,
    /// A suggestion.
    Suggestion,
}

impl Kind {
    /// How grave findings of this kind are.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Spelling | Self::Grammar | Self::Capitalization | Self::Repetition => Severity::Mistake,
            Self::Punctuation | Self::WordChoice | Self::Other => Severity::Warning,
            Self::Style => Severity::Suggestion,
        }
    }
}

/// A dialect of English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Dialect {
    /// American.
    American,
    /// British.
    British,
    /// Canadian.
    Canadian,
    /// Australian.
    Australian,
    /// Indian.
    Indian,
}

/// What to check, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The language as an ISO 639-1 code; found by the text if empty.
    pub language: String,
    /// The dialect of English; found by the text's spelling if not set.
    pub dialect: Option<Dialect>,
    /// Rules to leave out.
    pub disabled_rules: Vec<String>,
    /// Rules to apply beside the default ones.
    pub enabled_rules: Vec<String>,
    /// Words that are right.
    pub own_words: Vec<String>,
    /// Whether to leave out suggestions of style.
    pub exclude_style: bool,
}

/// A mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where it is.
    pub span: Span,
    /// Its kind.
    pub kind: Kind,
    /// The rule's name.
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// What could stand in its place, the best first.
    pub replacements: Vec<String>,
}

/// Why a part was not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// No checker has its language.
    Language,
    /// It is quoted.
    Quotation,
    /// It is in the bibliography.
    Bibliography,
    /// The checker failed on it, or took too long.
    CheckerFailed,
    /// There is no checker.
    NoChecker,
}

/// A part of a text that was not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotChecked {
    /// Where it is.
    pub span: Span,
    /// Its words.
    pub words: u64,
    /// Why it was not checked.
    pub reason: Reason,
    /// The reason in a sentence, with the next step.
    pub message: String,
}

/// The mistakes of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// The findings, in their order in the text.
    pub findings: Vec<Finding>,
    /// What was not checked, in the order of the text.
    pub not_checked: Vec<NotChecked>,
    /// Words of the text.
    pub words: u64,
    /// The name of the checker; empty if nothing was checked.
    pub checker: String,
    /// Its version.
    pub checker_version: String,
    /// The language as an ISO 639-1 code; empty if it is not known.
    pub language: String,
    /// The dialect of English that was checked.
    pub dialect: Option<Dialect>,
}

/// Why a text was not checked at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
    /// The checker has no such rule.
    #[error("the checker has no rule \"{rule}\"")]
    UnknownRule {
        /// The rule's name.
        rule: String,
    },
    /// No checker could be started or reached.
    #[error("no checker of grammar could be used: {problem}")]
    Unavailable {
        /// The problem.
        problem: String,
    },
}
