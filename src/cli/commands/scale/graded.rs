//! Graded texts in a file of JSON lines.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::cli::error::CliError;
use crate::cli::input::{InputError, STANDARD_INPUT, TextFile};
use crate::proto;

/// Bytes of texts in one message: servers take messages of 4 MiB at least.
const MESSAGE_BYTES: usize = 1 << 20;

/// The fields of a line.
pub(super) struct Fields {
    pub(super) text: String,
    pub(super) grade: String,
}

/// The messages that train a scale on the texts of a file. The first is `first` with the first texts.
pub(super) fn messages(
    path: &Path,
    fields: &Fields,
    first: proto::TrainScaleRequest,
) -> Result<Vec<proto::TrainScaleRequest>, CliError> {
    let place = || TextFile::at(path).place();
    let unreadable = |error: io::Error| CliError::Unreadable { place: place(), problem: error.into() };
    let input: Box<dyn BufRead> = if path == Path::new(STANDARD_INPUT) {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(path).map_err(unreadable)?))
    };
    let mut messages = Vec::new();
    let (mut message, mut bytes) = (first, 0);
    for (line, number) in input.lines().zip(1..) {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        let text = parse(line.trim_start_matches('\u{FEFF}'), fields)
            .map_err(|problem| CliError::Unreadable { place: place().line(number), problem })?;
        bytes += text.text.len();
        message.texts.push(text);
        if bytes >= MESSAGE_BYTES {
            messages.push(std::mem::take(&mut message));
            bytes = 0;
        }
    }
    messages.push(message);
    Ok(messages)
}

fn parse(line: &str, fields: &Fields) -> Result<proto::GradedText, InputError> {
    let problem = |column: usize, problem: String| InputError::Json { column: column.max(1), problem };
    let value: serde_json::Value =
        serde_json::from_str(line).map_err(|error| problem(error.column(), error.to_string()))?;
    let text = value.get(&fields.text).and_then(serde_json::Value::as_str);
    let text = text.ok_or_else(|| {
        problem(1, format!("the field {:?} is no text; name the field with --text-field", fields.text))
    })?;
    let grade = value.get(&fields.grade).and_then(as_number);
    let grade = grade.ok_or_else(|| {
        problem(1, format!("the field {:?} is no number; name the field with --grade-field", fields.grade))
    })?;
    Ok(proto::GradedText { text: text.to_owned(), grade })
}

/// A number, or a text that is one.
fn as_number(value: &serde_json::Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_parsed_or_refused_with_a_reason() {
        let fields = Fields { text: "essay".to_owned(), grade: "score".to_owned() };
        let good = parse(r#"{"essay": "Words.", "score": 2.5, "other": []}"#, &fields).unwrap();
        assert_eq!((good.text.as_str(), good.grade), ("Words.", 2.5));
        assert_eq!(parse(r#"{"essay": "Words.", "score": "4"}"#, &fields).unwrap().grade, 4.0);
        for (bad, why) in [
            ("{", "EOF"),
            ("[]", "--text-field"),
            (r#"{"essay": "a"}"#, "--grade-field"),
            (r#"{"essay": "a", "score": "A+"}"#, "is no number"),
            (r#"{"essay": 1, "score": 1}"#, "is no text"),
        ] {
            let error = parse(bad, &fields).unwrap_err().to_string();
            assert!(error.contains(why), "{bad}: {error}");
        }
    }
}
