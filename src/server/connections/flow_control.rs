//! How much of requests a peer may send before it is read.

use crate::server::settings::Settings;

/// Bytes on all streams of a connection, unless there are very many streams.
const CONNECTION_BYTES: u32 = 16 << 20;

/// The bounds of what may come on one stream: less would make a round trip of each frame, more has no use.
const STREAM_BYTES: (u32, u32) = (16 << 10, 1 << 20);

/// HTTP/2 allows no more.
const MOST_BYTES: u32 = (1 << 31) - 1;

/// Bytes of requests that a peer may send before they are read (HTTP/2's flow control).
///
/// All streams can have theirs at once: what is not read of some, since there is no room for it, keeps no
/// other from being read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FlowControlWindows {
    pub(crate) stream_bytes: u32,
    pub(crate) connection_bytes: u32,
}

impl FlowControlWindows {
    /// Those for as many streams as the settings allow.
    pub(crate) fn of(settings: &Settings) -> Self {
        let streams = settings.connections.max_streams.max(1);
        let (least, most) = STREAM_BYTES;
        let stream_bytes = (CONNECTION_BYTES / streams).clamp(least, most);
        Self { stream_bytes, connection_bytes: stream_bytes.saturating_mul(streams).min(MOST_BYTES) }
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
