//! Texts of every kind: short, long, mixed, without letters.

use std::time::{Duration, Instant};

use palimpsest::proto::ListRelatedRequest;
use tonic::Code;

use super::{FOG, ids, library, list, of_source, of_text};
use crate::harness::{TestServer, add, fill};
use crate::words::Words;

#[tokio::test]
async fn texts_of_every_kind_are_answered() {
    let server = library().await;
    for text in ["", " \n ", "...", "!?!? —", "\u{200b}"] {
        assert_eq!(list(&server, of_text(text)).await.unwrap_err().code(), Code::InvalidArgument, "{text:?}");
    }
    for text in ["lighthouse", "LIGHTHOUSE!", "the lighthouse"] {
        let found = list(&server, of_text(text)).await.unwrap();
        assert_eq!((ids(&found).len(), found.sources[0].terms.len()), (2, 1), "{text}");
    }
    for text in ["the", "12 345", "数", "☂ a", "the of and to a in is it you that"] {
        assert_eq!(list(&server, of_text(text)).await.unwrap().sources, [], "{text}");
    }
    let mixed = "Der Leuchtturm. Le phare 灯台守は霧 lighthouse fog маяк и туман.";
    let found = list(&server, of_text(mixed)).await.unwrap();
    assert_eq!(ids(&found).len(), 2);
    let terms = &found.sources[0].terms;
    assert!(terms.iter().any(|term| term.term == "lighthouse") && terms.len() == 2, "{terms:?}");
}

#[tokio::test]
async fn a_text_of_a_million_words_takes_no_minute() {
    let server = TestServer::start().await;
    let long = format!("{} {FOG}", Words::new(1).text(1_000_000));
    let mut corpus = server.corpus().await;
    fill(&mut corpus, &[("fog", FOG)]).await;
    corpus.add_source(add("long", &long)).await.unwrap();
    let started = Instant::now();
    for request in [of_text(&long), of_source("long"), of_source("fog"), of_text(FOG)] {
        let request = ListRelatedRequest { exclude_near_copies: true, ..request };
        let found = list(&server, request).await.unwrap();
        assert!(found.sources_in_scope > 0);
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}
