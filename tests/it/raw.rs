//! A peer that speaks HTTP/2 frame by frame, and follows only the rules that a test chooses.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RESET: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

pub const ACK: u8 = 1;
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// The attackers' method: it runs for as long as the caller wants.
pub const WATCH: &str = "/grpc.health.v1.Health/Watch";

/// A gRPC message without fields.
pub const EMPTY_MESSAGE: &[u8] = &[0; 5];

#[derive(Debug, Clone)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

pub struct Peer {
    pub socket: TcpStream,
}

impl Peer {
    /// A connection on which nothing was sent yet.
    pub fn silent(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.set_nodelay(true).unwrap();
        Self { socket }
    }

    /// A connection after the HTTP/2 preface.
    pub fn connect(address: SocketAddr) -> Self {
        let mut peer = Self::silent(address);
        peer.socket.write_all(PREFACE).unwrap();
        peer.send(SETTINGS, 0, 0, &[]).unwrap();
        peer
    }

    pub fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> std::io::Result<()> {
        self.socket.write_all(&frame(kind, flags, stream, payload))
    }

    /// Begins a call.
    pub fn call(&mut self, stream: u32, path: &str) -> std::io::Result<()> {
        self.send(HEADERS, END_HEADERS, stream, &headers(path))?;
        self.send(DATA, END_STREAM, stream, EMPTY_MESSAGE)
    }

    /// The next frame, or `None` when the connection has ended.
    pub fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.socket.read_exact(&mut head).ok()?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.socket.read_exact(&mut payload).ok()?;
        Some(Frame { kind, flags, stream: u32::from_be_bytes(stream), payload })
    }

    /// The next frame of a kind. Acknowledges pings and settings on the way.
    pub fn next_of(&mut self, wanted: u8) -> Option<Frame> {
        loop {
            let frame = self.next()?;
            if matches!(frame.kind, PING | SETTINGS) && frame.flags & ACK == 0 {
                let payload: &[u8] = if frame.kind == PING { &frame.payload } else { &[] };
                // The other end may be closed already. The next read shows that.
                let _ = self.send(frame.kind, ACK, 0, payload);
            }
            if frame.kind == wanted {
                return Some(frame);
            }
        }
    }

    /// Reads to the end, and acknowledges as a well-behaved peer does.
    pub fn until_end(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next() {
            if matches!(frame.kind, PING | SETTINGS) && frame.flags & ACK == 0 {
                let payload: &[u8] = if frame.kind == PING { &frame.payload } else { &[] };
                let _ = self.send(frame.kind, ACK, 0, payload);
            }
            frames.push(frame);
        }
        frames
    }
}

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = (payload.len() as u32).to_be_bytes();
    let mut bytes = vec![a, b, c, kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// The headers of a call, as HPACK without tables (RFC 7541).
pub fn headers(path: &str) -> Vec<u8> {
    // :method POST, :scheme http.
    let mut block = vec![0x83, 0x86];
    for (name, value) in [(4, path), (1, "localhost")] {
        block.push(name);
        literal(&mut block, value);
    }
    for (name, value) in [("content-type", "application/grpc"), ("te", "trailers")] {
        header(&mut block, name, value);
    }
    block
}

/// Appends a header.
pub fn header(block: &mut Vec<u8>, name: &str, value: &str) {
    block.push(0);
    literal(block, name);
    literal(block, value);
}

fn literal(block: &mut Vec<u8>, value: &str) {
    let mut left = value.len();
    if left < 127 {
        block.push(left as u8);
    } else {
        block.push(127);
        left -= 127;
        while left >= 128 {
            block.push((left % 128) as u8 | 128);
            left /= 128;
        }
        block.push(left as u8);
    }
    block.extend(value.as_bytes());
}

/// The error code of a GOAWAY frame.
pub fn reason(goaway: &Frame) -> u32 {
    u32::from_be_bytes(goaway.payload[4..8].try_into().unwrap())
}
