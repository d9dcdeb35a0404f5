//! Requests of `WritingService.CheckGrammar`.

use super::Fields;
use super::detection::Submission;
use crate::proto;
use crate::service::convert::enums;
use crate::service::problem::Problem;
use crate::text::OffsetUnit;
use crate::writing::grammar::{Dialect, Options};

/// Maximum rules of each list.
const MAX_RULES: usize = 200;

/// Maximum bytes of a rule's name.
const MAX_RULE_BYTES: usize = 100;

/// Maximum own words.
const MAX_WORDS: usize = 10_000;

/// Maximum bytes of an own word.
const MAX_WORD_BYTES: usize = 128;

/// Findings that are returned by default, and at most.
const DEFAULT_FINDINGS: u32 = 1000;
const MAX_FINDINGS: u32 = 10_000;

/// A text whose grammar is checked.
pub(in crate::service) struct GrammarCheck {
    pub(in crate::service) subject: Submission,
    pub(in crate::service) options: Options,
    pub(in crate::service) unit: OffsetUnit,
    pub(in crate::service) max_findings: usize,
}

pub(in crate::service) fn check_grammar(
    request: proto::CheckGrammarRequest,
) -> Result<GrammarCheck, Problem> {
    let proto::CheckGrammarRequest {
        text,
        source,
        document,
        offset_unit,
        language,
        dialect,
        disabled_rules,
        enabled_rules,
        own_words,
        exclude_style,
        max_findings,
    } = request;
    let mut fields = Fields::default();
    let subject = fields.one_submission(text, source, document);
    let unit = fields.get("offset_unit", enums::offset_unit(offset_unit));
    let is_code = (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase());
    if !language.is_empty() && !is_code {
        fields.invalid("language", "is no ISO 639-1 code; use one such as en, or leave it empty");
    }
    let dialect = match proto::EnglishDialect::try_from(dialect) {
        Ok(proto::EnglishDialect::Unspecified) => None,
        Ok(proto::EnglishDialect::American) => Some(Dialect::American),
        Ok(proto::EnglishDialect::British) => Some(Dialect::British),
        Ok(proto::EnglishDialect::Canadian) => Some(Dialect::Canadian),
        Ok(proto::EnglishDialect::Australian) => Some(Dialect::Australian),
        Ok(proto::EnglishDialect::Indian) => Some(Dialect::Indian),
        Err(_) => {
            fields.invalid("dialect", format!("is {dialect}, which is no value of EnglishDialect"));
            None
        }
    };
    fields.names("disabled_rules", &disabled_rules, MAX_RULES, MAX_RULE_BYTES);
    fields.names("enabled_rules", &enabled_rules, MAX_RULES, MAX_RULE_BYTES);
    fields.names("own_words", &own_words, MAX_WORDS, MAX_WORD_BYTES);
    let max_findings = if max_findings == 0 { DEFAULT_FINDINGS } else { max_findings.min(MAX_FINDINGS) };
    let options = Options { language, dialect, disabled_rules, enabled_rules, own_words, exclude_style };
    fields.done(GrammarCheck { subject, options, unit, max_findings: max_findings as usize })
}

impl Fields {
    /// Checks a list of names.
    fn names(&mut self, field: &str, names: &[String], max_count: usize, max_bytes: usize) {
        if names.len() > max_count {
            self.invalid(field, format!("has {} entries, but may have {max_count} at most", names.len()));
        }
        let is_bad = |name: &String| name.trim().is_empty() || name.len() > max_bytes;
        if let Some(place) = names.iter().position(is_bad) {
            self.invalid(
                format!("{field}[{place}]"),
                format!("is empty, or has more than {max_bytes} bytes"),
            );
        }
    }
}
