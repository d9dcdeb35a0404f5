//! Requests that a server refused, in the terms of the command line.

use std::collections::HashMap;
use std::fmt;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::proto;

/// The error status of a call or of an item in a stream, with the request fields that are wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The status code.
    pub(super) code: Code,
    /// The server's message.
    pub(super) message: String,
    /// The fields that are wrong.
    pub(super) violations: Vec<FieldViolation>,
    /// The collection that does not exist, if that is the reason.
    pub(super) missing_collection: Option<String>,
}

/// A request field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldViolation {
    /// Path of the field in the request.
    pub(super) field: String,
    /// Description of the problem.
    pub(super) problem: String,
}

impl Refusal {
    /// The refusal of a call.
    pub(super) fn of(status: &Status) -> Self {
        let violations = status.get_details_bad_request().map(|details| details.field_violations);
        let violations = violations.into_iter().flatten();
        let violations =
            violations.map(|wrong| FieldViolation { field: wrong.field, problem: wrong.description });
        let info = status.get_details_error_info();
        let missing_collection = info.and_then(|info| missing_collection(&info.reason, info.metadata));
        Self {
            code: status.code(),
            message: status.message().to_owned(),
            violations: violations.collect(),
            missing_collection,
        }
    }

    /// The refusal of an item in a stream.
    pub(super) fn of_item(error: proto::ItemError) -> Self {
        let proto::ItemError { code, message, field_violations, reason, metadata } = error;
        let violations = field_violations.into_iter();
        let violations =
            violations.map(|wrong| FieldViolation { field: wrong.field, problem: wrong.description });
        let missing_collection = missing_collection(&reason, metadata.into_iter().collect());
        Self { code: Code::from_i32(code), message, violations: violations.collect(), missing_collection }
    }

    /// The kind of refusal in a few words, for counting.
    pub(super) fn reason(&self) -> String {
        let kind = match self.code {
            Code::AlreadyExists => "id already exists (--replace replaces it)",
            Code::NotFound => "not found",
            Code::InvalidArgument => "not valid",
            Code::OutOfRange => "too long",
            Code::ResourceExhausted => "the server is full",
            other => other.description(),
        };
        let field = self.violations.first().map(|wrong| format!(": {}", argument(&wrong.field)));
        format!("{kind}{}", field.unwrap_or_default())
    }

    /// Whether the message is no more than a list of the violations.
    fn is_list_of_violations(&self) -> bool {
        let listed = self.violations.iter().map(|wrong| format!("{} {}", wrong.field, wrong.problem));
        !self.violations.is_empty() && self.message == listed.collect::<Vec<String>>().join("; ")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_list_of_violations() {
            if let [FieldViolation { field, problem }] = self.violations.as_slice() {
                return write!(f, "{} {problem}", argument(field));
            }
            f.write_str("the request is not valid:")?;
            return self.violations.iter().try_for_each(|FieldViolation { field, problem }| {
                write!(f, "\n  {} {problem}", argument(field))
            });
        }
        if let Some(collection) = &self.missing_collection {
            return write!(
                f,
                "there is no collection {collection:?}; create it with `palimpsest collections create {collection}`, or \
                 list all with `palimpsest collections`"
            );
        }
        match self.message.as_str() {
            "" => write!(f, "the server refused the request: {}", self.code.description())?,
            message => f.write_str(message)?,
        }
        if self.code == Code::Unauthenticated {
            f.write_str("; give a key with --key, or in the environment as PALIMPSEST_KEY")?;
        }
        let unmentioned = self.violations.iter().filter(|wrong| !self.message.contains(&wrong.problem));
        unmentioned
            .into_iter()
            .try_for_each(|FieldViolation { field, problem }| write!(f, "\n  {} {problem}", argument(field)))
    }
}

/// The collection that does not exist, by the reason of an error and its facts.
fn missing_collection(reason: &str, mut facts: HashMap<String, String>) -> Option<String> {
    if reason == "COLLECTION_NOT_FOUND" { facts.remove("collection") } else { None }
}

/// The argument, or the part of a source, that the request field at `path` was made of.
fn argument(path: &str) -> String {
    let name = path.rsplit('.').next().unwrap_or(path);
    let name = name.split('[').next().unwrap_or(name);
    match name {
        "boilerplate_texts" => "--boilerplate".to_owned(),
        "boilerplate_collections" => "--boilerplate-collection".to_owned(),
        "collections" => "--collection".to_owned(),
        "exclude_groups" => "--exclude-group".to_owned(),
        "exclude_labels" => "--exclude-label".to_owned(),
        "exclude_source_ids" => "--exclude-source".to_owned(),
        "max_pairs" => "--top".to_owned(),
        "min_coverage_percent" => "--min-coverage".to_owned(),
        "own_groups" => "--own-group".to_owned(),
        "kgram_tokens" | "window_kgrams" => format!("--{}", name.replace('_', "-")),
        _ if path.starts_with("options.") => format!("--{}", name.replace('_', "-")),
        _ => format!("the {}", name.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    fn refused(message: &str, violations: &[(&str, &str)]) -> Refusal {
        let mut details = ErrorDetails::new();
        for (field, problem) in violations {
            details.add_bad_request_violation(*field, *problem);
        }
        Refusal::of(&Status::with_error_details(Code::InvalidArgument, message, details))
    }

    #[test]
    fn a_missing_collection_is_told_with_the_next_step() {
        let facts = [("collection".to_owned(), "essays".to_owned())];
        let details = ErrorDetails::with_error_info("COLLECTION_NOT_FOUND", "palimpsest", facts);
        let refusal = Refusal::of(&Status::with_error_details(Code::NotFound, "no", details));
        assert!(refusal.to_string().contains("`palimpsest collections create essays`"), "{refusal}");
    }

    #[test]
    fn a_refusal_names_the_argument_of_each_wrong_field_once() {
        let one = refused("text must not be empty", &[("text", "must not be empty")]);
        assert_eq!(one.to_string(), "the text must not be empty");
        assert_eq!(one.reason(), "not valid: the text");
        let two = refused(
            "text must not be empty; options.exclusions.own_groups[1] is empty",
            &[("text", "must not be empty"), ("options.exclusions.own_groups[1]", "is empty")],
        );
        let expected = "the request is not valid:\n  the text must not be empty\n  --own-group is empty";
        assert_eq!(two.to_string(), expected);
        let other = refused(
            "text must not be empty",
            &[
                ("text", "must not be empty"),
                ("options.min_passage_words", "is 0, but must be from 1 to 10000"),
            ],
        );
        let expected = "text must not be empty\n  --min-passage-words is 0, but must be from 1 to 10000";
        assert_eq!(other.to_string(), expected);
    }
}
