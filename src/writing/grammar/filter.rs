//! Findings that are probably wrong: names, terms and own words are no spelling mistakes.

use std::collections::{HashMap, HashSet};

use super::scope::{Regions, touches};
use super::{Checked, Finding, Kind, Options, typos};
use crate::text::Span;

/// What is known of the words of a text.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    text: &'a str,
    paragraphs: &'a [Span],
    own_words: HashSet<String>,
    /// What is in English, whose names and terms are known by their looks.
    english: &'a [Span],
    /// How often each word that was found occurs.
    counts: HashMap<&'a str, usize>,
}

/// Bytes on each side of a finding that are looked at.
const AROUND_BYTES: usize = 400;

/// How often an unknown word occurs before it is a term rather than a mistake.
const TERM_COUNT: usize = 3;

impl<'a> Filter<'a> {
    /// A filter for the findings in `text`, of which `english` is in English. Linear.
    pub(super) fn new(
        text: &'a str,
        paragraphs: &'a [Span],
        english: &'a [Span],
        options: &Options,
        findings: &[Finding],
    ) -> Self {
        let wanted: HashSet<&str> = findings.iter().map(|finding| finding.span.of(text)).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for word in text.split(|c: char| !c.is_alphanumeric() && !['\'', '’', '-'].contains(&c)) {
            let is_possessive = |end: &&str| word.ends_with(*end);
            let end = ["'s", "’s", "'", "’"].into_iter().find(is_possessive).unwrap_or_default();
            let word = word.strip_suffix(end).unwrap_or(word);
            if let Some(word) = wanted.get(word) {
                *counts.entry(word).or_default() += 1;
            }
        }
        let own_words = options.own_words.iter().map(|word| word.trim().to_lowercase()).collect();
        Self { text, paragraphs, own_words, english, counts }
    }

    /// Drops what is probably wrong, and what the options leave out.
    pub(super) fn apply(&self, checked: &mut Checked, options: &Options, regions: &Regions) {
        checked.findings.retain(|finding| {
            let is_hidden = regions.hide(finding.span) || self.is_own(finding.span);
            let is_style = options.exclude_style && finding.kind == Kind::Style;
            let is_disabled = options.disabled_rules.contains(&finding.rule);
            !is_hidden && !is_style && !is_disabled && self.is_likely(finding)
        });
    }

    fn is_own(&self, at: Span) -> bool {
        let word = at.of(self.text).to_lowercase();
        let stem = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"));
        self.own_words.contains(&word) || stem.is_some_and(|stem| self.own_words.contains(stem))
    }

    /// Whether the finding is more probably right than wrong.
    fn is_likely(&self, finding: &Finding) -> bool {
        if self.is_in_address(finding.span) {
            return false;
        }
        match finding.kind {
            // German nouns are capitalised, and most languages have letters beyond ASCII.
            _ if !touches(self.english, finding.span) => true,
            Kind::Spelling => self.is_likely_misspelt(finding),
            Kind::Capitalization => {
                finding.rule != "SentenceCapitalization"
                    || self.begins_sentence(finding.span) && !self.goes_on(finding.span)
            }
            _ => self.is_sure(finding),
        }
    }

    /// Whether a rule is right that often is not, by the words beside its finding.
    fn is_sure(&self, finding: &Finding) -> bool {
        let before =
            || self.before(finding.span).split_whitespace().next_back().unwrap_or_default().to_lowercase();
        let after = || self.after(finding.span).split_whitespace().next().unwrap_or_default().to_lowercase();
        match finding.rule.as_str() {
            // Not "one of you is".
            "PronounInflectionBe" => ["they", "we", "he", "she"].contains(&before().as_str()),
            // Not "their was-once look".
            "TheirToThere" => ["is", "are", "was", "were"].contains(&after().as_str()),
            _ => true,
        }
    }

    /// Whether a paragraph that begins here continues the one before it, which ends no sentence: after a formula, a heading, an item
    /// of a list, or at the end of a page.
    fn goes_on(&self, at: Span) -> bool {
        let before = self.before(at).trim_end();
        self.begins_paragraph(at)
            && !before.is_empty()
            && !before.ends_with(['.', '!', '?', '"', '”', '’', '\'', ')'])
    }

    fn is_likely_misspelt(&self, finding: &Finding) -> bool {
        let word = finding.span.of(self.text);
        let letters = word.chars().count();
        if word.contains(char::is_whitespace) {
            return true;
        }
        let is_plain = word.chars().all(|c| c.is_ascii_alphabetic() || ['\'', '’', '-'].contains(&c));
        if !is_plain
            || letters < 3
            || word.chars().skip(1).any(char::is_uppercase)
            || self.is_joined(finding.span)
        {
            return false;
        }
        let near = finding.replacements.iter().filter_map(|right| typos::distance(word, right)).min();
        let slip = finding.replacements.iter().find(|right| typos::is_slip(word, right));
        let is_near = near.is_some_and(|changes| changes * 3 <= letters);
        let count = self.counts.get(word).copied().unwrap_or(1);
        if word.starts_with(char::is_uppercase) {
            let is_alone = !self.has_capitalised_neighbour(finding.span);
            let begins = self.begins_sentence(finding.span);
            // A name, unless it is a slip in a name that is known, or begins a sentence as any word does. Names there are nearer to
            // words than to anything else, but seldom one letter from a long one.
            let of_name = |right: &String| right.starts_with(char::is_uppercase) && letters >= 6;
            let is_possessive = word.contains(['\'', '’']);
            let of_word = slip.is_some() || near == Some(1) && letters >= 7 && !is_possessive;
            return count == 1 && is_alone && (begins && of_word || !begins && slip.is_some_and(of_name));
        }
        is_near && (count < TERM_COUNT || slip.is_some() && letters >= 5) || slip.is_some()
    }

    /// What stands before, as far as it is looked at.
    fn before(&self, at: Span) -> &'a str {
        let end = at.start as usize;
        let start = (end.saturating_sub(AROUND_BYTES)..=end).find(|at| self.text.is_char_boundary(*at));
        self.text.get(start.unwrap_or(end)..end).unwrap_or_default()
    }

    /// What follows, as far as it is looked at.
    fn after(&self, at: Span) -> &'a str {
        let start = at.end as usize;
        let end = (start..=(start + AROUND_BYTES).min(self.text.len())).rev();
        let end = end.into_iter().find(|at| self.text.is_char_boundary(*at));
        self.text.get(start..end.unwrap_or(start)).unwrap_or_default()
    }

    /// Whether the word is a part of a longer one: an abbreviation, a compound, a number with its unit.
    fn is_joined(&self, at: Span) -> bool {
        let joins =
            |c: char| c.is_alphanumeric() || ['-', '‐', '‑', '&', '_', '@', '/', '\\', '#'].contains(&c);
        let before = self.before(at).chars().next_back().is_some_and(joins);
        let mut next = self.after(at).chars();
        let after = match next.next() {
            Some('.') => next.next().is_some_and(char::is_alphanumeric),
            Some(c) => joins(c),
            None => false,
        };
        before || after
    }

    /// Whether it is in an address of the web or of mail, or in a path.
    fn is_in_address(&self, at: Span) -> bool {
        let before = self.before(at).rsplit(char::is_whitespace).next().unwrap_or_default();
        let after = self.after(at).split(char::is_whitespace).next().unwrap_or_default();
        [before, after].iter().any(|part| part.contains("://") || part.contains("www.") || part.contains('@'))
    }

    fn has_capitalised_neighbour(&self, at: Span) -> bool {
        let is_name = |word: &str| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            word.starts_with(char::is_uppercase) && word.chars().count() > 1
        };
        let before = self.before(at).trim_end().rsplit(char::is_whitespace).next().unwrap_or_default();
        let after = self.after(at).split_whitespace().next().unwrap_or_default();
        let ends = before.ends_with(['.', '!', '?', ':', ';', ',']) && before.chars().count() > 3;
        is_name(before) && !ends || is_name(after) && self.after(at).starts_with(char::is_whitespace)
    }

    /// Whether a sentence begins here: at the beginning of a paragraph, or after a full stop that ends no abbreviation.
    fn begins_sentence(&self, at: Span) -> bool {
        let marks = ['"', '“', '‘', '\'', '(', '[', '*', '_', '—', '-', '•'];
        let before = self.before(at).trim_end_matches(marks);
        let words = before.trim_end();
        let last = words.rsplit(char::is_whitespace).next().unwrap_or_default();
        let is_abbreviation = last.ends_with('.')
            && last.chars().filter(|c| c.is_alphanumeric()).count() <= 3
            || last.trim_end_matches('.').contains('.');
        let after_stop =
            words.len() < before.len() && words.ends_with(['.', '!', '?']) && !words.ends_with("..");
        self.begins_paragraph(at) || after_stop && !is_abbreviation
    }

    fn begins_paragraph(&self, at: Span) -> bool {
        let next = self.paragraphs.partition_point(|paragraph| paragraph.start <= at.start);
        let paragraph = next.checked_sub(1).and_then(|last| self.paragraphs.get(last));
        let lead = paragraph.and_then(|paragraph| self.text.get(paragraph.start as usize..at.start as usize));
        lead.is_none_or(|lead| lead.len() < AROUND_BYTES && !lead.contains(char::is_alphanumeric))
    }
}
