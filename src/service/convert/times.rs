//! Times to messages.

use crate::engine::Timestamp;

pub(in crate::service) fn timestamp(time: Timestamp) -> prost_types::Timestamp {
    let nanos = i32::try_from(time.nanos()).unwrap_or(0);
    prost_types::Timestamp { seconds: time.seconds(), nanos }
}
