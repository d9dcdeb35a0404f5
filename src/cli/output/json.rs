//! Results as JSON.

use std::io::Write;
use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};

use crate::cli::error::CliError;
use crate::cli::render::{ComparedPairs, NotChecked};
use crate::proto;

/// Writes a report as protobuf JSON: lowerCamelCase names, 64-bit counts as strings. Fields with default values are
/// included, so that a program need not check whether a count is present.
pub(in crate::cli) fn report(out: &mut dyn Write, report: &proto::Report) -> Result<(), CliError> {
    write(out, &ReportJson::of(report)?)
}

/// A report. That of a text that was not checked has no percentages, which a program would take for a result.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum ReportJson {
    Checked(Json),
    NotChecked(serde_json::Value),
}

impl ReportJson {
    fn of(report: &proto::Report) -> Result<Self, CliError> {
        let whole = dynamic("Report", report)?;
        let shares: &[&str] = match NotChecked::of(report) {
            None => return Ok(Self::Checked(whole)),
            Some(NotChecked::AllExcluded { .. }) => &["/coverage/percent"],
            Some(NotChecked::NoSources | NotChecked::TooShort { .. }) => {
                &["/coverage/percent", "/coverageWithoutExclusions/percent"]
            }
        };
        let mut report = serde_json::to_value(whole).map_err(|error| failure(&error))?;
        for share in shares {
            if let Some(percent) = report.pointer_mut(share) {
                *percent = serde_json::Value::Null;
            }
        }
        Ok(Self::NotChecked(report))
    }
}

/// Writes a message of the type `palimpsest.v1.{name}`, as [`report`] does.
pub(in crate::cli) fn message(
    out: &mut dyn Write,
    name: &str,
    message: &impl prost::Message,
) -> Result<(), CliError> {
    write(out, &dynamic(name, message)?)
}

/// Writes the result of a comparison of all pairs as an object of messages.
pub(in crate::cli) fn pairs(out: &mut dyn Write, found: &ComparedPairs) -> Result<(), CliError> {
    let ComparedPairs { pairs, clusters, summary } = found;
    let object = Object {
        pairs: pairs.iter().map(|pair| dynamic("SourcePair", pair)).collect::<Result<_, _>>()?,
        clusters: clusters
            .iter()
            .map(|cluster| dynamic("SourceCluster", cluster))
            .collect::<Result<_, _>>()?,
        summary: dynamic("PairsSummary", summary)?,
    };
    write(out, &object)
}

/// Writes the result of one of many checks as a line: its report, or the reason why it has none.
pub(in crate::cli) fn checked(
    out: &mut dyn Write,
    file: &str,
    reason: Option<&str>,
    report: Option<&proto::Report>,
) -> Result<(), CliError> {
    let report = report.map(ReportJson::of).transpose()?;
    let line = CheckLine { file, checked: reason.is_none(), reason, report };
    serde_json::to_writer(&mut *out, &line).map_err(|error| failure(&error))?;
    Ok(writeln!(out)?)
}

/// Writes the text of one of many documents as a line, or the reason why it was not read.
pub(in crate::cli) fn extracted(
    out: &mut dyn Write,
    file: &str,
    reason: Option<&str>,
    text: Option<&str>,
    document: Option<&proto::ExtractedDocument>,
) -> Result<(), CliError> {
    let document = document.map(|document| dynamic("ExtractedDocument", document)).transpose()?;
    let line = ExtractLine { file, read: reason.is_none(), reason, text, document };
    serde_json::to_writer(&mut *out, &line).map_err(|error| failure(&error))?;
    Ok(writeln!(out)?)
}

#[derive(serde::Serialize)]
struct ExtractLine<'a> {
    file: &'a str,
    read: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Json>,
}

#[derive(serde::Serialize)]
struct CheckLine<'a> {
    file: &'a str,
    checked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportJson>,
}

#[derive(serde::Serialize)]
struct Object {
    pairs: Vec<Json>,
    clusters: Vec<Json>,
    summary: Json,
}

/// A message that is serialised with all its fields.
pub(in crate::cli) struct Json(DynamicMessage);

impl serde::Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_with_options(serializer, &SerializeOptions::new().skip_default_fields(false))
    }
}

/// Writes an object of the command's own, whose names are lowerCamelCase and whose counts are numbers.
pub(in crate::cli) fn value(out: &mut dyn Write, value: &impl serde::Serialize) -> Result<(), CliError> {
    write(out, value)
}

fn write(out: &mut dyn Write, value: &impl serde::Serialize) -> Result<(), CliError> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(|error| failure(&error))?;
    Ok(writeln!(out)?)
}

/// The I/O error behind an error of JSON, if there is one.
fn failure(error: &serde_json::Error) -> CliError {
    match error.io_error_kind() {
        Some(kind) => CliError::Write(kind.into()),
        None => CliError::Json(error.to_string()),
    }
}

/// A message of the type `palimpsest.v1.{name}`, as part of an object.
pub(in crate::cli) fn dynamic(name: &str, message: &impl prost::Message) -> Result<Json, CliError> {
    let descriptor = pool().map_err(CliError::Json)?.get_message_by_name(&format!("palimpsest.v1.{name}"));
    let descriptor = descriptor.ok_or_else(|| CliError::Json("the descriptor is missing".to_owned()))?;
    let encoded = message.encode_to_vec();
    let message = DynamicMessage::decode(descriptor, encoded.as_slice());
    Ok(Json(message.map_err(|error| CliError::Json(error.to_string()))?))
}

/// The descriptors of all messages; they are decoded once.
fn pool() -> Result<DescriptorPool, String> {
    static POOL: LazyLock<Result<DescriptorPool, String>> = LazyLock::new(|| {
        DescriptorPool::decode(proto::FILE_DESCRIPTOR_SET).map_err(|error| error.to_string())
    });
    POOL.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_names_and_counts_as_protobuf_json_does() {
        let coverage = proto::Share { words: 0, of_words: 9, percent: 0.0 };
        let given =
            proto::Report { coverage: Some(coverage), words: 9, sources_in_scope: 1, ..Default::default() };
        let mut json = Vec::new();
        report(&mut json, &given).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(read["coverage"], serde_json::json!({ "words": "0", "ofWords": "9", "percent": 0.0 }));
        assert_eq!(read["sources"], serde_json::json!([]));
        assert_eq!(read["offsetUnit"], "OFFSET_UNIT_UNSPECIFIED");
        let mut json = Vec::new();
        report(&mut json, &proto::Report { sources_in_scope: 0, ..given }).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(read["coverage"], serde_json::json!({ "words": "0", "ofWords": "9", "percent": null }));
    }
}
