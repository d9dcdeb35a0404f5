//! HTTP/2, frame by frame, as no well-behaved client speaks it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::task::JoinHandle;

use crate::harness::pass;
use crate::raw::{
    self, ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PREFACE, RESET, SETTINGS,
    WINDOW_UPDATE, frame,
};

/// Most bytes in a frame, unless the peer allows more.
const FRAME_BYTES: usize = 16 << 10;

/// The frames and bytes that a server has sent so far, and whether it has closed.
#[derive(Debug, Default)]
pub struct Heard {
    pub headers: AtomicU64,
    pub data_bytes: AtomicU64,
    pub resets: AtomicU64,
    pub goaways: AtomicU64,
    pub is_closed: AtomicBool,
}

impl Heard {
    pub fn headers(&self) -> u64 {
        self.headers.load(Ordering::Relaxed)
    }

    /// Waits until `count` streams were answered or refused, or the connection has ended.
    pub async fn of_streams(&self, count: u64) {
        for _ in 0..2000 {
            if self.headers() + self.resets() >= count || self.is_closed() {
                return;
            }
            pass(std::time::Duration::from_millis(10)).await;
        }
        panic!("{count} streams were neither answered nor refused: {self:?}");
    }

    pub fn resets(&self) -> u64 {
        self.resets.load(Ordering::Relaxed)
    }

    pub fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }
}

/// A connection that sends arbitrary bytes.
pub struct Wire {
    write: OwnedWriteHalf,
    reading: JoinHandle<()>,
    pub heard: Arc<Heard>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Wire {
    /// Connects. The server may send `stream_window` bytes on each stream, and many on the connection.
    pub async fn connect(address: &str, stream_window: u32) -> Self {
        let socket = TcpStream::connect(address.trim_start_matches("http://")).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let (read, write) = socket.into_split();
        let heard = Arc::new(Heard::default());
        let (acks, mut to_send) = tokio::sync::mpsc::unbounded_channel::<Vec<u8>>();
        let reading = tokio::spawn(read_frames(read, Arc::clone(&heard), acks));
        let mut wire = Self { write, reading, heard };
        wire.send(PREFACE).await;
        let mut settings = vec![0, 4];
        settings.extend(stream_window.to_be_bytes());
        wire.send(&frame(SETTINGS, 0, 0, &settings)).await;
        wire.send(&frame(WINDOW_UPDATE, 0, 0, &0x3fff_ffff_u32.to_be_bytes())).await;
        // The server's settings come first, and its window for the connection with them.
        let ack = to_send.recv().await.unwrap_or_default();
        wire.send(&ack).await;
        pass(std::time::Duration::from_millis(20)).await;
        wire
    }

    /// Sends bytes. Returns whether the server still accepts them.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.write.write_all(bytes).await.is_ok()
    }
}

async fn read_frames(
    mut read: OwnedReadHalf,
    heard: Arc<Heard>,
    acks: tokio::sync::mpsc::UnboundedSender<Vec<u8>>,
) {
    let mut head = [0; 9];
    while read.read_exact(&mut head).await.is_ok() {
        let len = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; len];
        if read.read_exact(&mut payload).await.is_err() {
            break;
        }
        match head[3] {
            DATA => _ = heard.data_bytes.fetch_add(len as u64, Ordering::Relaxed),
            HEADERS => _ = heard.headers.fetch_add(1, Ordering::Relaxed),
            RESET => _ = heard.resets.fetch_add(1, Ordering::Relaxed),
            GOAWAY => _ = heard.goaways.fetch_add(1, Ordering::Relaxed),
            SETTINGS if head[4] & ACK == 0 => drop(acks.send(frame(SETTINGS, ACK, 0, &[]))),
            _ => {}
        }
    }
    heard.is_closed.store(true, Ordering::Relaxed);
}

/// The number of the `index`th stream of a client.
pub fn stream(index: u32) -> u32 {
    2 * index + 1
}

/// The headers of a call, in as many frames as they need.
pub fn headers(stream: u32, path: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut block = raw::headers(path);
    for (name, value) in more {
        raw::header(&mut block, name, value);
    }
    let mut parts = block.chunks(FRAME_BYTES).peekable();
    let (mut kind, mut bytes) = (HEADERS, Vec::new());
    while let Some(part) = parts.next() {
        let flags = if parts.peek().is_none() { END_HEADERS } else { 0 };
        bytes.extend(frame(kind, flags, stream, part));
        kind = CONTINUATION;
    }
    bytes
}

/// Bytes of a request, in as many frames as they need.
pub fn data(stream: u32, bytes: &[u8], is_last: bool) -> Vec<u8> {
    let mut parts = bytes.chunks(FRAME_BYTES).peekable();
    let mut frames = Vec::new();
    while let Some(part) = parts.next() {
        let flags = if is_last && parts.peek().is_none() { END_STREAM } else { 0 };
        frames.extend(frame(DATA, flags, stream, part));
    }
    frames
}

/// A frame that cancels a call.
pub fn reset(stream: u32) -> Vec<u8> {
    frame(RESET, 0, stream, &8_u32.to_be_bytes())
}

/// A gRPC message, or bytes that claim to be one.
pub fn message(flag: u8, claimed_len: u32, bytes: &[u8]) -> Vec<u8> {
    let mut message = vec![flag];
    message.extend(claimed_len.to_be_bytes());
    message.extend(bytes);
    message
}
