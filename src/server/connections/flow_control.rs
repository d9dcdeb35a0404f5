//! Flow control windows of HTTP/2.

use crate::server::settings::Settings;

/// Window of a connection in bytes, unless there are very many streams.
const CONNECTION_BYTES: u32 = 16 << 20;

/// Minimum window of a stream: less would cost a round trip for each frame.
const MIN_STREAM_BYTES: u32 = 16 << 10;

/// Maximum window of a stream: more has no effect.
const MAX_STREAM_BYTES: u32 = 1 << 20;

/// Maximum window that HTTP/2 allows.
const MAX_BYTES: u32 = (1 << 31) - 1;

/// Bytes of requests that a peer may send before they are read.
///
/// The window of the connection covers those of all its streams: streams that are not read, since the budget is used up, don't
/// block others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FlowControlWindows {
    pub(crate) stream_bytes: u32,
    pub(crate) connection_bytes: u32,
}

impl FlowControlWindows {
    /// The windows for the maximum number of streams in the settings.
    pub(crate) fn of(settings: &Settings) -> Self {
        let streams = settings.connections.max_streams.max(1);
        let stream_bytes = (CONNECTION_BYTES / streams).clamp(MIN_STREAM_BYTES, MAX_STREAM_BYTES);
        Self { stream_bytes, connection_bytes: stream_bytes.saturating_mul(streams).min(MAX_BYTES) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_streams_can_have_theirs_at_once() {
        for (streams, stream_bytes) in [(1, 1 << 20), (16, 1 << 20), (256, 64 << 10), (65_536, 16 << 10)] {
            let mut settings = Settings::default();
            settings.connections.max_streams = streams;
            let windows = FlowControlWindows::of(&settings);
            assert_eq!(windows.stream_bytes, stream_bytes);
            assert_eq!(windows.connection_bytes, stream_bytes * streams);
        }
    }
}
