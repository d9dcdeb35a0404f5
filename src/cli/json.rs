//! Reports and pairs for programs.

use std::io::Write;
use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};

use super::error::CliError;
use super::pairs::Found;
use crate::proto;

/// Writes a report as protobuf JSON: lowerCamelCase names, 64-bit counts as strings, fields with default
/// values included, so that a program need not ask whether a count is there.
pub(super) fn report(out: &mut dyn Write, report: &proto::Report) -> Result<(), CliError> {
    write(out, &dynamic("Report", report)?)
}

/// Writes what a comparison of all pairs found, as an object of messages.
pub(super) fn pairs(out: &mut dyn Write, found: &Found) -> Result<(), CliError> {
    let Found { pairs, clusters, summary } = found;
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

#[derive(serde::Serialize)]
struct Object {
    pairs: Vec<Json>,
    clusters: Vec<Json>,
    summary: Json,
}

/// A message that is written with all its fields.
struct Json(DynamicMessage);

impl serde::Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_with_options(serializer, &SerializeOptions::new().skip_default_fields(false))
    }
}

fn write(out: &mut dyn Write, value: &impl serde::Serialize) -> Result<(), CliError> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(|error| match error.io_error_kind() {
        Some(kind) => CliError::Write(kind.into()),
        None => CliError::Json(error.to_string()),
    })?;
    Ok(writeln!(out)?)
}

/// A message of the contract, by its name.
fn dynamic(name: &str, message: &impl prost::Message) -> Result<Json, CliError> {
    let descriptor = pool().map_err(CliError::Json)?.get_message_by_name(&format!("palimpsest.v1.{name}"));
    let descriptor = descriptor.ok_or_else(|| CliError::Json("the descriptor is missing".to_owned()))?;
    let encoded = message.encode_to_vec();
    let message = DynamicMessage::decode(descriptor, encoded.as_slice());
    Ok(Json(message.map_err(|error| CliError::Json(error.to_string()))?))
}

/// The descriptors of all messages, decoded once.
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
        let mut json = Vec::new();
        report(&mut json, &proto::Report { coverage: Some(coverage), ..Default::default() }).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(read["coverage"], serde_json::json!({ "words": "0", "ofWords": "9", "percent": 0.0 }));
        assert_eq!(read["sources"], serde_json::json!([]));
        assert_eq!(read["offsetUnit"], "OFFSET_UNIT_UNSPECIFIED");
    }
}
