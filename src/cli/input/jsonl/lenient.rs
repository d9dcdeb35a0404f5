//! Lines of JSON from other programs: numbers as ids, and fields that are not those of a source.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde_json::{Error, Map, Value};

use super::super::SourceText;
use super::{pages, times};
use crate::proto::DocumentPages;

/// The fields of a line that are not read yet.
struct Fields(Map<String, Value>);

/// Reads a line. Numbers are taken where a string is due, and the names of other fields are returned.
pub(super) fn parse(line: &str) -> Result<SourceText, Error> {
    let mut fields = Fields(serde_json::from_str(line)?);
    let text = fields.string("text")?.ok_or_else(|| Error::missing_field("text"))?;
    let source = SourceText {
        id: fields.string("id")?.unwrap_or_default(),
        title: fields.string("title")?.unwrap_or_default(),
        group: fields.string("group")?.unwrap_or_default(),
        labels: fields.strings("labels")?,
        uri: fields.string("uri")?.unwrap_or_default(),
        submitted_at: fields.time("submitted_at")?,
        metadata: fields.metadata("metadata")?,
        pages: fields.pages("pages"),
        text,
        document: None,
        ignored_fields: Vec::new(),
    };
    Ok(SourceText { ignored_fields: fields.0.into_iter().map(|(name, _)| name).collect(), ..source })
}

impl Fields {
    /// Takes a field out: its value, unless it is missing or null.
    fn value(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a string or a number out.
    fn string(&mut self, name: &str) -> Result<Option<String>, Error> {
        self.value(name).map(|value| string(value, name)).transpose()
    }

    /// Takes a list of strings and numbers out, or one alone.
    fn strings(&mut self, name: &str) -> Result<Vec<String>, Error> {
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(values)) => values.into_iter().map(|value| string(value, name)).collect(),
            Some(value) => Ok(vec![string(value, name)?]),
        }
    }

    fn time(&mut self, name: &str) -> Result<Option<prost_types::Timestamp>, Error> {
        let Some(text) = self.string(name)? else { return Ok(None) };
        let invalid = || Error::custom(format_args!("{name} {}", times::not_a_time(&text)));
        times::time(&text).map(Some).ok_or_else(invalid)
    }

    /// Takes pages out. Other programs may mean something else by them, which stays as another field.
    fn pages(&mut self, name: &str) -> Option<Box<DocumentPages>> {
        let pages: pages::Pages = serde_json::from_value(self.0.get(name)?.clone()).ok()?;
        self.0.remove(name);
        Some(Box::new(pages.into()))
    }

    /// Takes an object of strings, numbers and booleans out.
    fn metadata(&mut self, name: &str) -> Result<BTreeMap<String, String>, Error> {
        match self.value(name) {
            None => Ok(BTreeMap::new()),
            Some(Value::Object(values)) => {
                values.into_iter().map(|(key, value)| Ok((key, string(value, name)?))).collect()
            }
            Some(_) => Err(Error::custom(format_args!("{name} is not an object"))),
        }
    }
}

fn string(value: Value, name: &str) -> Result<String, Error> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(is_set) => Ok(is_set.to_string()),
        _ => Err(Error::custom(format_args!("{name} is neither a string nor a number"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ids_and_other_fields_are_named() {
        let line = r#"{"id": 17, "text": "one", "labels": [1, "a"], "author": {"x": 1}, "group": null, "year": 2020,
            "metadata": {"grade": 2}}"#;
        let source = parse(line).unwrap();
        assert_eq!((source.id.as_str(), source.text.as_str(), source.group.as_str()), ("17", "one", ""));
        assert_eq!(source.labels, ["1", "a"]);
        assert_eq!(source.ignored_fields, ["author", "year"]);
        assert_eq!(source.metadata["grade"], "2");
    }

    #[test]
    fn a_source_still_needs_a_text() {
        assert!(parse(r#"{"id": 17}"#).unwrap_err().to_string().starts_with("missing field `text`"));
        let wrong = parse(r#"{"id": [17], "text": "one"}"#).unwrap_err().to_string();
        assert!(wrong.starts_with("id is neither a string nor a number"), "{wrong}");
        assert!(
            parse(r#"{"text": "one", "submitted_at": "soon"}"#).unwrap_err().to_string().contains("RFC 3339")
        );
    }
}
