//! The child: checks one paragraph after another with Harper.

use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;

use harper_core::linting::{FlatConfig, Lint, LintGroup, LintKind, Suggestion};
use harper_core::parsers::PlainEnglish;
use harper_core::spell::{Dictionary as _, FstDictionary};
use harper_core::{Document, IrregularNouns};

use super::wire::{Answer, Found, Request};
use crate::contained::{self, Job, Requests};
use crate::writing::grammar::{Dialect, rules};

/// Checks what the parent sends until it closes the connection.
pub(super) fn run() -> ExitCode {
    let prepare = || {
        let mut checker = Checker::new();
        // Has Harper load its models and start its threads, which it can't later. A first mistake of spelling takes as long as many
        // paragraphs.
        let (dialect, none) = (Dialect::American, Vec::new());
        drop(checker.answer(
            &Request::Check { dialect, any_dialect: true, disabled: none.clone(), enabled: none },
            "He recieves it.",
        ));
        checker
    };
    contained::serve(Job::CheckGrammar, prepare, serve)
}

fn serve(requests: &mut Requests, mut checker: Checker) -> io::Result<()> {
    while let Some(request) = requests.receive::<Request>()? {
        let text = String::from_utf8(request.body).map_err(io::Error::other)?;
        // A panic leaves the rules of the dialect in an unknown state. They were taken for the paragraph, and are made
        // anew.
        let answer = catch_unwind(AssertUnwindSafe(|| checker.answer(&request.head, &text)));
        let answer = answer.unwrap_or(Answer::Panicked);
        requests.answer(&answer, &[])?;
    }
    Ok(())
}

struct Checker {
    dictionary: Arc<FstDictionary>,
    /// The rules by dialect. It takes a moment to make them.
    rules: Vec<Rules>,
    /// Paragraphs that were checked.
    checked: u64,
}

/// The rules of a dialect.
struct Rules {
    dialect: Dialect,
    all: LintGroup,
    /// Which of them are applied by default.
    default: FlatConfig,
}

/// A rule that does not exist. Its name has the number of the paragraph, so that the rules take nothing from what they keep of
/// other paragraphs: what they find in a part of a sentence depends on all of it.
const NUMBER: &str = "#";

impl Checker {
    fn new() -> Self {
        Self { dictionary: FstDictionary::curated(), rules: Vec::new(), checked: 0 }
    }

    /// The rules of a dialect, made at the first use.
    fn rules(&mut self, dialect: Dialect) -> Rules {
        if let Some(at) = self.rules.iter().position(|rules| rules.dialect == dialect) {
            return self.rules.swap_remove(at);
        }
        let all = LintGroup::new_curated(Arc::clone(&self.dictionary), of_harper(dialect));
        let mut default = all.config.clone();
        for rule in rules::off_by_default() {
            default.set_rule_enabled(rule, false);
        }
        Rules { dialect, all, default }
    }

    fn answer(&mut self, request: &Request, text: &str) -> Answer {
        let (dialect, any_dialect, disabled, enabled) = match request {
            Request::Dialect(stated) => {
                let dialect = stated.unwrap_or_else(|| self.dialect_of(text));
                let rules = self.rules(dialect);
                self.rules.push(rules);
                return Answer::Dialect(dialect);
            }
            Request::Check { dialect, any_dialect, disabled, enabled } => {
                (dialect, any_dialect, disabled, enabled)
            }
        };
        let mut rules = self.rules(*dialect);
        if let Some(rule) = disabled.iter().chain(enabled).find(|rule| !rules.all.contains_key(rule)) {
            let rule = rule.clone();
            self.rules.push(rules);
            return Answer::UnknownRule(rule);
        }
        let mut config = rules.default.clone();
        for rule in enabled {
            config.set_rule_enabled(rule, true);
        }
        for rule in disabled {
            config.set_rule_enabled(rule, false);
        }
        self.checked += 1;
        config.set_rule_enabled(format!("{NUMBER}{}", self.checked), false);
        rules.all.config = config;
        let found = self.find(text, &mut rules, *any_dialect);
        self.rules.push(rules);
        Answer::Findings(found)
    }

    fn find(&self, text: &str, rules: &mut Rules, any_dialect: bool) -> Vec<Found> {
        let mut chars: Vec<char> = text.chars().collect();
        let endless = without_endless(&mut chars);
        let document = Document::new_from_chars(chars.clone().into(), &PlainEnglish, &self.dictionary);
        let mut lints = rules.all.organized_lints(&document);
        // "Their is" is "there is" rather than "they're is".
        let surer: Vec<_> = lints.get("TheirToThere").into_iter().flatten().map(|lint| lint.span).collect();
        if let Some(others) = lints.get_mut("TheirToTheyre") {
            others.retain(|lint| !surer.contains(&lint.span));
        }
        harper_core::remove_overlaps_map(&mut lints);
        let mut found = Vec::new();
        for (rule, lints) in lints {
            for lint in lints {
                let is_near_gap =
                    |gap: &Range<usize>| gap.start <= lint.span.end && lint.span.start <= gap.end;
                if endless.iter().any(is_near_gap) {
                    continue;
                }
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

    /// Whether a word is formed by rule from one that is known: the plural of a noun, one with a prefix or a suffix that goes
    /// with any word, or a compound of two nouns.
    fn is_derived(&self, word: &[char]) -> bool {
        let word: String = word.iter().flat_map(|c| c.to_lowercase()).collect();
        // A word of another dialect.
        if self.dictionary.contains_word_str(&word) {
            return false;
        }
        let owner = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"));
        let is_possessive = owner.is_some_and(|it| self.is_known(it));
        let word = owner.unwrap_or(&word);
        let is_plural = || {
            let singulars = [
                word.strip_suffix('s').map(str::to_owned),
                word.strip_suffix("ies").map(|it| format!("{it}y")),
            ];
            let is_regular = |it: &String| IrregularNouns::curated().get_plural_for_singular(it).is_none();
            singulars.into_iter().flatten().any(|it| self.is_noun(&it, true) && is_regular(&it))
        };
        let is_prefixed =
            || rules::PREFIXES.iter().filter_map(|it| word.strip_prefix(it)).any(|it| self.is_known(it));
        is_possessive || is_plural() || is_prefixed() || self.has_suffix(word) || self.is_compound(word)
    }

    /// Whether a word of four letters or more is in the dictionary.
    fn is_known(&self, word: &str) -> bool {
        word.len() >= 4 && self.dictionary.contains_word_str(word)
    }

    /// Whether it is a noun of four letters or more; if asked, one that has a plural. A gerund is one.
    fn is_noun(&self, word: &str, has_plural: bool) -> bool {
        let metadata = self.dictionary.get_word_metadata_str(word).filter(|_| word.len() >= 4);
        metadata.is_some_and(|it| {
            it.is_noun() && !(has_plural && it.is_mass_noun_only()) || word.ends_with("ing")
        })
    }

    /// Whether it is a noun without or like something, a verb of an adjective or a noun, or what can be done.
    fn has_suffix(&self, word: &str) -> bool {
        let base = |suffixes: &[&str]| -> Vec<String> {
            let bases = suffixes.iter().filter_map(|suffix| word.strip_suffix(suffix));
            bases.flat_map(|base| [base.to_owned(), format!("{base}e")]).collect()
        };
        let of_noun = base(&["less", "like"]).iter().any(|it| self.is_noun(it, false));
        let others = [
            "able", "ability", "izing", "ized", "ize", "izes", "ising", "ised", "ise", "ises", "ization",
            "isation",
        ];
        of_noun || base(&others).iter().any(|it| it.len() >= 5 && self.is_known(it))
    }

    /// Whether it is two nouns in one word, such as those of technical terms.
    fn is_compound(&self, word: &str) -> bool {
        let cuts = (4..word.len().saturating_sub(3)).filter_map(|at| word.split_at_checked(at));
        let is_first = |it: &str| {
            let metadata = self.dictionary.get_word_metadata_str(it);
            metadata.is_some_and(|it| {
                it.is_noun() && !it.is_adjective() && !it.is_pronoun() && !it.is_determiner()
            })
        };
        let plain = |it: &str| it.strip_suffix('s').map(str::to_owned);
        cuts.into_iter().any(|(first, second)| {
            is_first(first)
                && (self.is_noun(second, false) || plain(second).is_some_and(|it| self.is_noun(&it, true)))
        })
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

/// Characters between spaces, at most: rules take time quadratic in them. Addresses are longer, and texts without spaces.
const MAX_WORD_CHARS: usize = 100;

/// Puts spaces in the place of endless words, and returns where.
fn without_endless(chars: &mut [char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in chars.split_mut(|c| c.is_whitespace()) {
        let end = start + word.len();
        if word.len() > MAX_WORD_CHARS {
            word.fill(' ');
            found.push(start.saturating_sub(1)..end + 1);
        }
        start = end + 1;
    }
    found
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
        kind: rules::kind_by_rule(rule).unwrap_or(kind),
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
