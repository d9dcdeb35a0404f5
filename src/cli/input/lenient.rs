//! Lines of JSON from other programs: numbers as ids, and fields that are not those of a source.

use serde::de::Error as _;
use serde_json::{Map, Value};

use super::SourceText;

/// Reads a line. Numbers are taken where a string is due, and the names of other fields are returned.
pub(super) fn parse(line: &str) -> Result<SourceText, serde_json::Error> {
    let mut fields: Map<String, Value> = serde_json::from_str(line)?;
    let text = string(&mut fields, "text")?;
    let source = SourceText {
        id: string(&mut fields, "id")?.unwrap_or_default(),
        title: string(&mut fields, "title")?.unwrap_or_default(),
        group: string(&mut fields, "group")?.unwrap_or_default(),
        labels: strings(&mut fields, "labels")?,
        text: text.ok_or_else(|| serde_json::Error::missing_field("text"))?,
        ignored_fields: Vec::new(),
    };
    Ok(SourceText { ignored_fields: fields.into_iter().map(|(name, _)| name).collect(), ..source })
}

/// Takes a field out of the object: a string or a number, or nothing.
fn string(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, serde_json::Error> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => one(value, name).map(Some),
    }
}

/// Takes a field out of the object: a list of strings and numbers, one alone, or nothing.
fn strings(fields: &mut Map<String, Value>, name: &str) -> Result<Vec<String>, serde_json::Error> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => values.into_iter().map(|value| one(value, name)).collect(),
        Some(value) => Ok(vec![one(value, name)?]),
    }
}

fn one(value: Value, name: &str) -> Result<String, serde_json::Error> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde_json::Error::custom(format!("{name} is neither a string nor a number"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ids_and_other_fields_are_named() {
        let line = r#"{"id": 17, "text": "one", "labels": [1, "a"], "author": {"x": 1}, "group": null, "year": 2020}"#;
        let source = parse(line).unwrap();
        assert_eq!((source.id.as_str(), source.text.as_str(), source.group.as_str()), ("17", "one", ""));
        assert_eq!((source.labels, source.ignored_fields), (vec!["1".into(), "a".into()], vec!["author".to_owned(), "year".into()]));
    }

    #[test]
    fn a_source_still_needs_a_text() {
        assert!(parse(r#"{"id": 17}"#).unwrap_err().to_string().starts_with("missing field `text`"));
        let wrong = parse(r#"{"id": [17], "text": "one"}"#).unwrap_err().to_string();
        assert!(wrong.starts_with("id is neither a string nor a number"), "{wrong}");
    }
}
