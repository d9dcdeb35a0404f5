//! Enum values of requests to the engine's enums. A number that an enum gains is an error until it is handled here.

use crate::engine::{DetectionMode, IfExists};
use crate::proto;
use crate::text::OffsetUnit;

/// A number that no value of the enum has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is {0}, which no value of this enum has; see the proto")]
pub(in crate::service) struct UnknownValue(i32);

pub(in crate::service) fn if_exists(value: i32) -> Result<IfExists, UnknownValue> {
    match proto::IfExists::try_from(value).map_err(|_| UnknownValue(value))? {
        proto::IfExists::Unspecified | proto::IfExists::Reject => Ok(IfExists::Reject),
        proto::IfExists::Replace => Ok(IfExists::Replace),
        proto::IfExists::RejectDifferent => Ok(IfExists::RejectDifferent),
        proto::IfExists::ReplaceDifferent => Ok(IfExists::ReplaceDifferent),
    }
}

pub(in crate::service) fn offset_unit(value: i32) -> Result<OffsetUnit, UnknownValue> {
    match proto::OffsetUnit::try_from(value).map_err(|_| UnknownValue(value))? {
        proto::OffsetUnit::Unspecified | proto::OffsetUnit::Utf8Bytes => Ok(OffsetUnit::Utf8Bytes),
        proto::OffsetUnit::Utf16CodeUnits => Ok(OffsetUnit::Utf16CodeUnits),
        proto::OffsetUnit::CodePoints => Ok(OffsetUnit::CodePoints),
    }
}

pub(in crate::service) fn mode(value: i32) -> Result<DetectionMode, UnknownValue> {
    match proto::DetectionMode::try_from(value).map_err(|_| UnknownValue(value))? {
        proto::DetectionMode::Unspecified | proto::DetectionMode::AlteredToo => Ok(DetectionMode::AlteredToo),
        proto::DetectionMode::VerbatimOnly => Ok(DetectionMode::VerbatimOnly),
    }
}
