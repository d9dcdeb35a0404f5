//! The attacks of hostile clients.

use std::io::Write;
use std::time::Duration;

use palimpsest::proto;
use prost::Message;
use tonic::transport::Endpoint;
use tonic::{Code, Request};
use tonic_types::StatusExt;

use super::Scene;
use super::wire::{Wire, data, headers, message, reset, stream};
use crate::harness::pass;
use crate::words::Words;

const CHECK: &str = "/palimpsest.v1.DetectionService/Check";
const CHECK_STREAM: &str = "/palimpsest.v1.DetectionService/CheckStream";
const ADD: &str = "/palimpsest.v1.CorpusService/AddSource";

/// Most calls on one connection.
const STREAMS: u32 = 256;

/// Duration of an attack that only waits.
const HOLDS: Duration = Duration::from_millis(if cfg!(debug_assertions) { 300 } else { 2500 });

/// Inflated size of a bomb, in MiB: larger than the largest message in either build.
const BOMB_MIB: usize = if cfg!(debug_assertions) { 64 } else { 1024 };

fn check(text: &str, include_excerpts: bool) -> Vec<u8> {
    let options = proto::DetectionOptions { include_excerpts, ..Default::default() };
    let check = proto::CheckRequest { text: text.to_owned(), options: Some(options), ..Default::default() };
    let bytes = check.encode_to_vec();
    message(0, bytes.len() as u32, &bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn more_streams_than_there_may_be() {
    let scene = Scene::new(&[]).await;
    let address = scene.process.address.clone();
    let cost = scene.measure_attack(async move {
        let mut wire = Wire::connect(&address, 65_535).await;
        for index in 0..20_000 {
            if !wire.send(&headers(stream(index), ADD, &[])).await {
                break;
            }
        }
        pass(HOLDS).await;
        assert!(wire.heard.resets() > 0 || wire.heard.is_closed(), "{:?}", wire.heard);
    });
    cost.await.print_and_check("20,000 streams on one connection", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_headers() {
    let scene = Scene::new(&[]).await;
    let address = scene.process.address.clone();
    let cost = scene.measure_attack(async move {
        let value = "x".repeat(1 << 20);
        for _ in 0..20 {
            let mut wire = Wire::connect(&address, 65_535).await;
            for index in 0..20 {
                if !wire.send(&headers(stream(index), CHECK, &[("x-much", &value)])).await {
                    break;
                }
            }
        }
        pass(HOLDS).await;
    });
    cost.await.print_and_check("headers of 1 MiB, 400 times", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies() {
    let scene = Scene::new(&["--default-deadline-seconds", "1"]).await;
    let address = scene.process.address.clone();
    let cost = scene.measure_attack(async move {
        let mut wire = Wire::connect(&address, 65_535).await;
        for index in 0..STREAMS {
            wire.send(&headers(stream(index), CHECK, &[])).await;
            wire.send(&data(stream(index), &message(0, 1 << 20, b"\x0a"), false)).await;
        }
        for _ in 0..15 {
            for index in 0..STREAMS {
                wire.send(&data(stream(index), b"a", false)).await;
            }
            pass(Duration::from_millis(100)).await;
        }
        // Each call ended with the server's deadline.
        wire.heard.of_streams(u64::from(STREAMS)).await;
    });
    cost.await.print_and_check("256 bodies, a byte every 100 ms", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_never_end() {
    let scene = Scene::new(&[]).await;
    for (what, path) in [("unary", CHECK), ("stream", CHECK_STREAM)] {
        let address = scene.process.address.clone();
        let cost = scene.measure_attack(async move {
            let mut wire = Wire::connect(&address, 65_535).await;
            for index in 0..STREAMS {
                wire.send(&headers(stream(index), path, &[])).await;
            }
            let begun = message(0, 32 << 20, &vec![b'a'; 60_000]);
            for index in 0..STREAMS {
                wire.send(&data(stream(index), &begun, false)).await;
            }
            pass(HOLDS).await;
        });
        cost.await.print_and_check(&format!("256 messages of 32 MiB that never end ({what})"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lengths_that_lie_and_garbage() {
    let scene = Scene::new(&[]).await;
    let garbage: Vec<u8> = (0..10_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let bodies = [
        ("messages of 4 GiB, they say", message(0, u32::MAX, b"abc")),
        ("messages cut short", message(0, 1000, b"abc")),
        ("neither 0 nor 1 before messages", message(7, 3, b"abc")),
        ("compressed as nobody said", message(1, 3, b"abc")),
        ("garbage for protobuf", message(0, 10_000, &garbage)),
    ];
    for (what, body) in bodies {
        let address = scene.process.address.clone();
        let cost = scene.measure_attack(async move {
            for _ in 0..8 {
                let mut wire = Wire::connect(&address, 65_535).await;
                for index in 0..STREAMS {
                    let path = if index % 2 == 0 { CHECK } else { CHECK_STREAM };
                    wire.send(&headers(stream(index), path, &[])).await;
                    wire.send(&data(stream(index), &body, true)).await;
                }
                wire.heard.of_streams(u64::from(STREAMS / 2)).await;
            }
        });
        cost.await.print_and_check(&format!("2,048 {what}"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs() {
    let scene = Scene::new(&[]).await;
    let zeros = vec![0; 1 << 20];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let mut zstd = zstd::stream::write::Encoder::new(Vec::new(), 19).unwrap();
    for _ in 0..BOMB_MIB {
        gzip.write_all(&zeros).unwrap();
        zstd.write_all(&zeros).unwrap();
    }
    let bombs = [("gzip", gzip.finish().unwrap()), ("zstd", zstd.finish().unwrap())];
    for (encoding, bomb) in bombs {
        let address = scene.process.address.clone();
        let cost = scene.measure_attack(async move {
            let mut wire = Wire::connect(&address, 65_535).await;
            let body = message(1, bomb.len() as u32, &bomb);
            for index in 0..STREAMS {
                wire.send(&headers(stream(index), CHECK, &[("grpc-encoding", encoding)])).await;
                // Each part fits into a window, and the server reads one after the other.
                for part in body.chunks(60_000) {
                    wire.send(&data(stream(index), part, false)).await;
                    pass(Duration::from_millis(5)).await;
                }
            }
            pass(HOLDS).await;
        });
        cost.await.print_and_check(&format!("256 bombs of {BOMB_MIB} MiB ({encoding})"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_reset_at_once() {
    let scene = Scene::new(&[]).await;
    let address = scene.process.address.clone();
    let text = check(&Words::new(3).text(200), true);
    let cost = scene.measure_attack(async move {
        for _ in 0..5 {
            let mut wire = Wire::connect(&address, 65_535).await;
            for index in 0..10_000 {
                let mut frames = headers(stream(index), CHECK, &[]);
                frames.extend(data(stream(index), &text, true));
                frames.extend(reset(stream(index)));
                if !wire.send(&frames).await {
                    break;
                }
            }
        }
    });
    cost.await.print_and_check("rapid reset, 10,000 calls on each of 5 connections", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_nobody_reads() {
    let scene = Scene::new(&[]).await;
    let address = scene.process.address.clone();
    // The report has some MiB.
    let sources: Vec<String> = (0..300).map(|seed| Words::new(seed).text(500)).collect();
    let large = check(&sources.join(" "), true);
    let cost = scene.measure_attack(async move {
        let mut wire = Wire::connect(&address, 0).await;
        for index in 0..8 {
            wire.send(&headers(stream(index), CHECK, &[])).await;
            for part in large.chunks(60_000) {
                wire.send(&data(stream(index), part, false)).await;
                pass(Duration::from_millis(3)).await;
            }
        }
        for index in 8..STREAMS {
            wire.send(&headers(stream(index), CHECK, &[])).await;
            wire.send(&data(stream(index), &check("some words that stand nowhere else at all", true), true))
                .await;
        }
        pass(HOLDS).await;
        assert_eq!(wire.heard.data_bytes.load(std::sync::atomic::Ordering::Relaxed), 0);
    });
    cost.await.print_and_check("256 answers that nobody reads, 8 of them large", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn tiny_frames() {
    let scene = Scene::new(&[]).await;
    let address = scene.process.address.clone();
    let cost = scene.measure_attack(async move {
        let mut wire = Wire::connect(&address, 65_535).await;
        let begun = message(0, 32 << 20, b"a");
        for index in 0..STREAMS {
            wire.send(&headers(stream(index), CHECK, &[])).await;
            wire.send(&data(stream(index), &begun, false)).await;
        }
        for index in 1..STREAMS {
            let tiny: Vec<u8> = (0..1000).flat_map(|_| data(stream(index), b"a", false)).collect();
            if !wire.send(&tiny).await {
                break;
            }
        }
        pass(HOLDS).await;
    });
    cost.await.print_and_check("255,000 frames of one byte", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_calls_than_the_queue_holds() {
    let scene = Scene::new(&["--max-queued", "16"]).await;
    let address = scene.process.address.clone();
    let text = Words::new(3).text(300);
    let cost = scene.measure_attack(async move {
        let mut calls = Vec::new();
        for _ in 0..4 {
            let channel = Endpoint::from_shared(address.clone()).unwrap().connect().await.unwrap();
            for _ in 0..2500 {
                let mut client =
                    proto::detection_service_client::DetectionServiceClient::new(channel.clone());
                let request = crate::harness::check(&text);
                calls.push(tokio::spawn(async move { client.check(request).await.err() }));
            }
        }
        let mut refused = 0;
        for call in calls {
            if let Some(status) = call.await.unwrap() {
                assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
                let delay = status.get_details_retry_info().unwrap().retry_delay.unwrap();
                assert!(!delay.is_zero());
                refused += 1;
            }
        }
        assert!(refused > 0);
    });
    let mut cost = cost.await;
    // A good client, too, is refused at once with a retry delay while the queue is full.
    cost.failed = 0;
    cost.print_and_check("10,000 calls past a queue of 16", 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_of_a_nanosecond() {
    let scene = Scene::new(&[]).await;
    let address = scene.process.address.clone();
    let cost = scene.measure_attack(async move {
        let mut wire = Wire::connect(&address, 65_535).await;
        let body = check(&Words::new(3).text(2000), true);
        for index in 0..5_000 {
            wire.send(&headers(stream(index), CHECK, &[("grpc-timeout", "1n")])).await;
            wire.send(&data(stream(index), &body, true)).await;
        }
        pass(HOLDS).await;
        assert!(wire.heard.headers() > 0 || wire.heard.is_closed());
    });
    cost.await.print_and_check("5,000 calls with a deadline of 1 ns", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_who_leave_big_work() {
    let scene = Scene::new(&[]).await;
    let address = scene.process.address.clone();
    let text = Words::new(3).text(if cfg!(debug_assertions) { 100_000 } else { 1_000_000 });
    let cost = scene.measure_attack(async move {
        let channel = Endpoint::from_shared(address).unwrap().connect().await.unwrap();
        for _ in 0..40 {
            let mut client = proto::detection_service_client::DetectionServiceClient::new(channel.clone());
            let mut request = Request::new(crate::harness::check(&text));
            request.set_timeout(Duration::from_mins(1));
            let call = tokio::spawn(async move { client.check(request).await });
            pass(Duration::from_millis(100)).await;
            call.abort();
        }
    });
    // The check of a text of 8 MiB takes this much, by any client, and one connection may run two at once.
    let checked_at_once = if cfg!(debug_assertions) { 1 } else { 4 };
    cost.await.print_and_check("40 checks of 8 MiB, left after 100 ms", checked_at_once);
}
