//! A report for programs.

use std::io::Write;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};

use super::error::CliError;
use crate::proto;

/// Writes a report as protobuf JSON: lowerCamelCase names, 64-bit counts as strings, fields with default
/// values included, so that a program need not ask whether a count is there.
pub(super) fn report(out: &mut dyn Write, report: &proto::Report) -> Result<(), CliError> {
    let message = dynamic(report).map_err(CliError::Json)?;
    let mut json = serde_json::Serializer::pretty(&mut *out);
    let options = SerializeOptions::new().skip_default_fields(false);
    message.serialize_with_options(&mut json, &options).map_err(|error| match error.io_error_kind() {
        Some(kind) => CliError::Write(kind.into()),
        None => CliError::Json(error.to_string()),
    })?;
    Ok(writeln!(out)?)
}

fn dynamic(report: &proto::Report) -> Result<DynamicMessage, String> {
    let pool = DescriptorPool::decode(proto::FILE_DESCRIPTOR_SET).map_err(|error| error.to_string())?;
    let descriptor = pool.get_message_by_name("palimpsest.v1.Report").ok_or("the descriptor is missing")?;
    let encoded = report.encode_to_vec();
    DynamicMessage::decode(descriptor, encoded.as_slice()).map_err(|error| error.to_string())
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
