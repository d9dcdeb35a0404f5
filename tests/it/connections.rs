//! Connections: their number, their age, and the cost of a hostile peer.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use palimpsest::proto;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::server::ConnectionSettings;
use tokio_stream::StreamExt;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::harness::{TestServer, add, check, eventually, figure, pass};
use crate::process::{Process, palimpsest};
use crate::raw::{self, CONTINUATION, DATA, END_HEADERS, GOAWAY, HEADERS, PING, Peer, RESET, WATCH};
use crate::words::Words;

/// HTTP/2 error codes, in frames that end a connection or reset a stream.
const NO_ERROR: u32 = 0;
const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

async fn start(change: impl FnOnce(&mut ConnectionSettings)) -> TestServer {
    TestServer::start_with(|settings| change(&mut settings.connections)).await
}

/// Runs blocking work, such as reading a plain socket, on another thread.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// A connection from another loopback address.
async fn connect_from(from: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(IpAddr::from(from), 0)).unwrap();
    let stream = socket.connect(to).await.unwrap().into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream
}

/// Whether the other end has closed.
fn is_closed(stream: &mut TcpStream) -> bool {
    // A server's first settings frame comes only after the client has sent its preface.
    match stream.read(&mut [0; 100]) {
        Ok(count) => count == 0,
        Err(error) => !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_past_a_limit_are_closed_at_once_and_others_go_on() {
    let server = start(|settings| (settings.max, settings.max_per_address) = (6, 3)).await;
    let mut good = server.detection().await;
    let (one, two) = ([127, 0, 0, 2], [127, 0, 0, 3]);
    let mut there = Vec::new();
    for (from, stays) in
        [(one, true), (one, true), (one, true), (one, false), (two, true), (two, true), (two, false)]
    {
        let mut stream = connect_from(from, server.address).await;
        let (closed, stream) = aside(move || (is_closed(&mut stream), stream)).await;
        assert_eq!(!closed, stays, "connection {} from {from:?}", there.len());
        if stays {
            there.push(stream);
        }
    }
    good.check(check("who is in stays in")).await.unwrap();
    // The slot of a connection that has ended is free again.
    there.remove(0);
    eventually("the place is free again", async || {
        let mut again = connect_from(one, server.address).await;
        !aside(move || is_closed(&mut again)).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_say_nothing_are_closed() {
    let server = start(|settings| settings.handshake = Duration::from_secs(1)).await;
    let mut good = server.detection().await;
    let begun = Instant::now();
    for said in [&b""[..], b"P", &raw::PREFACE[..23]] {
        let mut peer = Peer::silent(server.address);
        peer.socket.write_all(said).unwrap();
        aside(move || while peer.next().is_some() {}).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    good.check(check("who has spoken stays")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_a_call_ends_and_one_with_a_call_stays() {
    let server = start(|settings| settings.idle = Duration::from_secs(1)).await;
    let mut watching = HealthClient::new(server.channel().await);
    let mut watched = watching.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    watched.next().await.unwrap().unwrap();
    let begun = Instant::now();
    let address = server.address;
    // The first peer leaves when asked to; the second is asked although it pings all the time; the third ignores the
    // request.
    let polite = aside(move || Peer::connect(address).until_end());
    let pinging = aside(move || {
        let mut peer = Peer::connect(address);
        while peer.send(PING, 0, 0, &[0; 8]).is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let deaf = aside(move || {
        let mut peer = Peer::connect(address);
        while peer.next().is_some() {}
    });
    let (frames, (), ()) = tokio::join!(polite, pinging, deaf);
    let farewell = frames.iter().find(|frame| frame.kind == GOAWAY).unwrap();
    assert_eq!(raw::reason(farewell), NO_ERROR);
    assert!((1..8).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let still = tokio::time::timeout(Duration::from_millis(10), watched.next()).await;
    assert!(still.is_err(), "the connection with a call has ended: {still:?}");
    // An ordinary client reconnects.
    let mut good = server.detection().await;
    good.check(check("before")).await.unwrap();
    pass(Duration::from_millis(1500)).await;
    good.check(check("after")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_connection_takes_no_more_calls_and_its_calls_go_on() {
    let server = start(|settings| settings.age = Duration::from_secs(1)).await;
    let address = server.address;
    aside(move || {
        let mut peer = Peer::connect(address);
        peer.call(1, WATCH).unwrap();
        assert_eq!(peer.next_of(DATA).unwrap().stream, 1);
        assert_eq!(raw::reason(&peer.next_of(GOAWAY).unwrap()), NO_ERROR);
        // The call runs for as long as its caller wants.
        peer.socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        assert!(peer.until_end().iter().all(|frame| frame.kind != RESET));
        peer.send(RESET, 0, 1, &8_u32.to_be_bytes()).unwrap();
        peer.socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        while peer.next().is_some() {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_answers_no_ping_is_cut_off_though_it_has_a_call() {
    let server = start(|settings| {
        (settings.keepalive, settings.keepalive_timeout) = (Duration::from_secs(1), Duration::from_secs(1));
    })
    .await;
    let address = server.address;
    let begun = Instant::now();
    aside(move || {
        let mut peer = Peer::connect(address);
        peer.call(1, WATCH).unwrap();
        while peer.next().is_some() {}
    })
    .await;
    assert!((1..8).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_past_the_limit_are_refused() {
    let server = start(|settings| settings.max_header_bytes = 4096).await;
    let address = server.address;
    aside(move || {
        let mut peer = Peer::connect(address);
        let mut block = raw::headers(WATCH);
        raw::header(&mut block, "x-long", &"x".repeat(8000));
        peer.send(HEADERS, END_HEADERS, 1, &block).unwrap();
        let answer = peer.next_of(HEADERS);
        // The answer's first header is :status: not 200, which is 0x88 in HPACK, but 431 in Huffman code.
        assert!(answer.is_none_or(|frame| frame.payload.windows(2).any(|two| two == [0x69, 0x90])));
        // The headers never end.
        let mut peer = Peer::connect(address);
        peer.send(HEADERS, 0, 1, &raw::headers(WATCH)).unwrap();
        let mut more = Vec::new();
        raw::header(&mut more, "x-more", &"x".repeat(1000));
        let sent = (0..10_000).take_while(|_| peer.send(CONTINUATION, 0, 1, &more).is_ok()).count();
        assert!(sent < 10_000, "the server takes headers without end");
    })
    .await;
    server.detection().await.check(check("others go on")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_past_the_limit_are_refused() {
    let server = start(|settings| settings.max_streams = 16).await;
    let address = server.address;
    let refused = aside(move || {
        let mut peer = Peer::connect(address);
        // The calls exceed the server's settings before the client has acknowledged them.
        for call in 0..40 {
            peer.call(2 * call + 1, WATCH).unwrap();
        }
        peer.socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let is_refusal =
            |frame: &&raw::Frame| frame.kind == RESET && frame.payload == REFUSED_STREAM.to_be_bytes();
        peer.until_end().iter().filter(is_refusal).count()
    })
    .await;
    assert_eq!(refused, 40 - 16);
    server.detection().await.check(check("others go on")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_begins_calls_to_end_them_at_once_is_sent_away() {
    let server = start(|_| {}).await;
    let address = server.address;
    let farewell = aside(move || {
        let mut peer = Peer::connect(address);
        let mut many = Vec::new();
        for call in 0..20_000_u32 {
            many.extend(raw::frame(HEADERS, END_HEADERS, 2 * call + 1, &raw::headers(WATCH)));
            many.extend(raw::frame(RESET, 0, 2 * call + 1, &8_u32.to_be_bytes()));
        }
        // The server may close before all of it is written.
        let _ = peer.socket.write_all(&many);
        peer.next_of(GOAWAY)
    })
    .await;
    if let Some(farewell) = farewell {
        assert_eq!(raw::reason(&farewell), ENHANCE_YOUR_CALM);
    }
    server.detection().await.check(check("others go on")).await.unwrap();
}

/// Attacks of hostile peers, each on its own connection. An attack lasts until the returned peer is dropped.
const ATTEMPTS: [(&str, fn(SocketAddr) -> Option<Peer>); 5] = [
    ("connects and says nothing", |address| Some(Peer::silent(address))),
    ("connects and makes no call", |address| Some(Peer::connect(address))),
    ("opens as many streams as it may", |address| {
        let mut peer = Peer::connect(address);
        (0..1000).try_for_each(|call| peer.call(2 * call + 1, WATCH)).ok()?;
        Some(peer)
    }),
    ("begins calls to end them", |address| {
        let mut peer = Peer::connect(address);
        let mut many = Vec::new();
        for call in 0..2000_u32 {
            many.extend(raw::frame(HEADERS, END_HEADERS, 2 * call + 1, &raw::headers(WATCH)));
            many.extend(raw::frame(RESET, 0, 2 * call + 1, &8_u32.to_be_bytes()));
        }
        let _ = peer.socket.write_all(&many);
        Some(peer)
    }),
    ("sends headers without end", |address| {
        let mut peer = Peer::connect(address);
        peer.send(HEADERS, 0, 1, &raw::headers(WATCH)).ok()?;
        let mut more = Vec::new();
        raw::header(&mut more, "x-more", &"x".repeat(1000));
        (0..1000).try_for_each(|_| peer.send(CONTINUATION, 0, 1, &more)).ok()?;
        Some(peer)
    }),
];

/// Runs checks one after the other for this time. Returns the duration of each, sorted.
async fn checks(
    detection: &mut DetectionServiceClient<tonic::transport::Channel>,
    time: Duration,
) -> Vec<Duration> {
    let (begun, mut took) = (Instant::now(), Vec::new());
    let text = Words::new(5).text(300);
    while begun.elapsed() < time {
        let one = Instant::now();
        detection.check(check(&text)).await.unwrap();
        took.push(one.elapsed());
    }
    took.sort_unstable();
    took
}

fn p99(sorted: &[Duration]) -> Duration {
    sorted[(sorted.len() * 99 / 100).min(sorted.len() - 1)]
}

/// `PALIMPSEST_HOSTILE_PEERS` simultaneous connections run each attack. The test prints figures.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures of a long run")]
async fn hostile_peers_cost_little_and_hold_nobody_up() {
    let peers = figure("PALIMPSEST_HOSTILE_PEERS", 20) as usize;
    let time = Duration::from_millis(if peers > 20 { 5000 } else { 300 });
    let mut command = palimpsest();
    command.args(["serve", "--in-memory", "--max-connections-per-address", "1000"]);
    let server = Process::start_command(command).await;
    let address: SocketAddr = server.address.trim_start_matches("http://").parse().unwrap();
    let mut corpus =
        proto::corpus_service_client::CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    for number in 0..50 {
        corpus.add_source(add(&format!("s{number}"), &Words::new(number).text(1000))).await.unwrap();
    }
    let mut good = DetectionServiceClient::connect(server.address.clone()).await.unwrap();
    checks(&mut good, time / 4).await;
    for (what, attempt) in ATTEMPTS {
        let alone = checks(&mut good, time).await;
        let before = server.resident_bytes();
        let hostile = aside(move || (0..peers).filter_map(|_| attempt(address)).collect::<Vec<_>>());
        let (hostile, while_they_come) = tokio::join!(hostile, checks(&mut good, time));
        let meanwhile = checks(&mut good, time).await;
        let each = server.resident_bytes().saturating_sub(before) / peers;
        println!(
            "{what}: {peers} peers, {} KB each; p99 of a check {:?} alone, {:?} while they come, {:?} while they are there",
            each >> 10,
            p99(&alone),
            p99(&while_they_come),
            p99(&meanwhile),
        );
        assert!(each < 50 << 20, "{what}: {each} bytes for each peer");
        assert!(
            meanwhile.len() * 10 > alone.len(),
            "{what}: {} checks, not {}",
            meanwhile.len(),
            alone.len()
        );
        drop(hostile);
    }
}
