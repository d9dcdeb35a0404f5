//! The child: checks one paragraph after another with Harper.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;

use harper_core::linting::{FlatConfig, Lint, LintGroup, LintKind, Suggestion};
use harper_core::parsers::PlainEnglish;
use harper_core::spell::{Dictionary as _, FstDictionary};
use harper_core::{Document, IrregularNouns};

use super::wire::{Answer, Found, Request};
use crate::contained::{self, Job, Requests};
use crate::writing::grammar::{Dialect, Kind, rules};

/// Checks what the parent sends until it closes the connection.
pub(super) fn run() -> ExitCode {
    let prepare = || {
        let mut checker = Checker::new(Dialect::American);
        // Has Harper load its models and start its threads, which it can't later.
        drop(checker.find("This is a sentence.", true));
        checker
    };
    contained::serve(Job::CheckGrammar, prepare, serve)
}

fn serve(requests: &mut Requests, mut checker: Checker) -> io::Result<()> {
    while let Some(request) = requests.receive::<Request>()? {
        let text = String::from_utf8(request.body).map_err(io::Error::other)?;
        // A panic leaves the rules in an unknown state, so that they are made anew.
        let answer = match catch_unwind(AssertUnwindSafe(|| checker.answer(&request.head, &text))) {
            Ok(answer) => answer,
            Err(_) => {
                checker = Checker::new(checker.dialect);
                Answer::Panicked
            }
        };
        requests.answer(&answer, &[])?;
    }
    Ok(())
}

struct Checker {
    dictionary: Arc<FstDictionary>,
    dialect: Dialect,
    rules: LintGroup,
    /// The rules that are applied by default.
    default: FlatConfig,
    /// Paragraphs that were checked.
    checked: u64,
}

/// A rule that does not exist. Its name has the number of the paragraph, so that the rules take nothing from what they keep of
/// other paragraphs: what they find in a part of a sentence depends on all of it.
const NUMBER: &str = "#";

impl Checker {
    fn new(dialect: Dialect) -> Self {
        let dictionary = FstDictionary::curated();
        let rules = LintGroup::new_curated(Arc::clone(&dictionary), of_harper(dialect));
        let mut default = rules.config.clone();
        for rule in rules::off_by_default() {
            default.set_rule_enabled(rule, false);
        }
        Self { dictionary, dialect, rules, default, checked: 0 }
    }

    fn answer(&mut self, request: &Request, text: &str) -> Answer {
        let Request::Check { dialect, any_dialect, disabled, enabled } = request else {
            return Answer::Dialect(self.dialect_of(text));
        };
        if *dialect != self.dialect {
            *self = Self::new(*dialect);
        }
        if let Some(rule) = disabled.iter().chain(enabled).find(|rule| !self.rules.contains_key(rule)) {
            return Answer::UnknownRule(rule.clone());
        }
        let mut config = self.default.clone();
        enabled.iter().for_each(|rule| config.set_rule_enabled(rule, true));
        disabled.iter().for_each(|rule| config.set_rule_enabled(rule, false));
        self.checked += 1;
        config.set_rule_enabled(format!("{NUMBER}{}", self.checked), false);
        self.rules.config = config;
        Answer::Findings(self.find(text, *any_dialect))
    }

    fn find(&mut self, text: &str, any_dialect: bool) -> Vec<Found> {
        let chars: Vec<char> = text.chars().collect();
        let document = Document::new_from_chars(chars.clone().into(), &PlainEnglish, &self.dictionary);
        let mut lints = self.rules.organized_lints(&document);
        harper_core::remove_overlaps_map(&mut lints);
        let mut found = Vec::new();
        for (rule, lints) in lints {
            for lint in lints {
                let word = chars.get(lint.span.start..lint.span.end).unwrap_or_default();
                let is_spelling = lint.lint_kind == LintKind::Spelling;
                if is_spelling && (self.is_derived(word) || any_dialect && self.is_of_any_dialect(word)) {
                    continue;
                }
                found.push(finding(&rule, &lint, &chars));
            }
        }
        found.sort_by(|a, b| (a.start, a.end, &a.rule).cmp(&(b.start, b.end, &b.rule)));
        found
    }

    /// Whether a word is formed by rule from one that is known: the plural of a noun, a participle, or one with a prefix.
    fn is_derived(&self, word: &[char]) -> bool {
        const PREFIXES: [&str; 14] = [
            "anti", "bio", "co", "inter", "micro", "mid", "mis", "multi", "non", "over", "pre", "re", "semi",
            "un",
        ];
        let word: String = word.iter().flat_map(|c| c.to_lowercase()).collect();
        let known = |base: &str| base.len() >= 4 && self.dictionary.contains_word_str(base);
        let noun = |base: &str| {
            let metadata = self.dictionary.get_word_metadata_str(base);
            metadata.is_some_and(|metadata| metadata.is_noun() && !metadata.is_mass_noun_only())
                && IrregularNouns::curated().get_plural_for_singular(base).is_none()
        };
        let plural =
            word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).or_else(|| word.strip_suffix('s'));
        let prefixed = PREFIXES.iter().filter_map(|prefix| word.strip_prefix(prefix)).any(known);
        plural.is_some_and(|base| known(base) && noun(base)) || prefixed
    }

    fn is_of_any_dialect(&self, word: &[char]) -> bool {
        let lower: Vec<char> = word.iter().flat_map(|c| c.to_lowercase()).collect();
        self.dictionary.contains_exact_word(word) || self.dictionary.contains_exact_word(&lower)
    }

    /// The dialect whose words a text has most of; American, then British, if several have as many.
    fn dialect_of(&self, text: &str) -> Dialect {
        const ALL: [Dialect; 5] =
            [Dialect::American, Dialect::British, Dialect::Canadian, Dialect::Australian, Dialect::Indian];
        let mut counts = [0_usize; 5];
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            let Some(metadata) = self.dictionary.get_word_metadata_str(word) else { continue };
            for (dialect, count) in ALL.into_iter().zip(&mut counts) {
                *count += usize::from(metadata.dialects.is_dialect_enabled_strict(of_harper(dialect)));
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        ALL.into_iter().zip(counts).find(|(_, count)| *count == most).map_or(Dialect::American, |(it, _)| it)
    }
}

fn finding(rule: &str, lint: &Lint, chars: &[char]) -> Found {
    let (start, end) = (lint.span.start, lint.span.end);
    let there: String = chars.get(start..end).unwrap_or_default().iter().collect();
    let replacement = |suggestion: &Suggestion| match suggestion {
        Suggestion::ReplaceWith(with) => with.iter().collect(),
        Suggestion::InsertAfter(with) => there.chars().chain(with.iter().copied()).collect(),
        Suggestion::Remove => String::new(),
    };
    let kind = rules::kind_of(&lint.lint_kind.to_string_key());
    Found {
        start,
        end,
        kind: if rules::is_style(rule) { Kind::Style } else { kind },
        rule: rule.to_owned(),
        message: lint.message.clone(),
        replacements: lint.suggestions.iter().map(replacement).collect(),
    }
}

fn of_harper(dialect: Dialect) -> harper_core::Dialect {
    match dialect {
        Dialect::American => harper_core::Dialect::American,
        Dialect::British => harper_core::Dialect::British,
        Dialect::Canadian => harper_core::Dialect::Canadian,
        Dialect::Australian => harper_core::Dialect::Australian,
        Dialect::Indian => harper_core::Dialect::Indian,
    }
}
