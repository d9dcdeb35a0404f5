//! Attribution of passages over gRPC: quoted, cited, both or neither, whichever exclusions are requested.

use palimpsest::proto::{self, Attribution};

use crate::harness::{TestServer, check, fill, report};

const FERRY: &str = "the river carried the old ferry past the sleeping town and nobody on the bank saw its one lantern go out";

/// The attribution of the one passage of a text.
async fn attributed(server: &TestServer, text: &str, exclusions: Option<proto::Exclusions>) -> Attribution {
    let options = proto::DetectionOptions { exclusions, ..Default::default() };
    let request = proto::CheckRequest { options: Some(options), ..check(text) };
    let report = report(&mut server.detection().await, request).await;
    let passages = &report.sources[0].passages;
    assert_eq!(passages.len(), 1, "{text}: {passages:?}");
    passages[0].attribution()
}

#[tokio::test]
async fn each_of_the_four_groups() {
    let server = TestServer::start().await;
    fill(&mut server.corpus().await, &[("ferry", FERRY)]).await;
    let all = Some(proto::Exclusions {
        quotations: Some(false),
        bibliography: Some(false),
        citations: Some(false),
        ..Default::default()
    });
    for (text, expected) in [
        (format!("It is told that {FERRY}. So it was."), Attribution::None),
        (format!("It is told that “{FERRY}”. So it was."), Attribution::Quoted),
        (format!("It is told that {FERRY} (Osei, 2011, p. 4). So it was."), Attribution::Cited),
        (format!("Osei (2011) tells that {FERRY}. So it was."), Attribution::Cited),
        (format!("It is told that {FERRY}.³ So it was."), Attribution::Cited),
        (format!("It is told that “{FERRY}” (Osei 44). So it was."), Attribution::CitedAndQuoted),
        (format!("Osei (2011) tells it so. “{FERRY}.” So it was."), Attribution::CitedAndQuoted),
        (format!("So Osei (2011) tells the story:\n\n> {FERRY}\n\nSo it was."), Attribution::CitedAndQuoted),
        // The citation of another sentence, and quotation marks around a small part of the passage.
        (format!("So it was (Osei, 2011). It is told that {FERRY}."), Attribution::None),
        (FERRY.replace("sleeping town", "“sleeping town”"), Attribution::None),
        // All but the first words stand in quotation marks.
        (format!("{}.", FERRY.replace("the old", "“the old") + "”"), Attribution::Quoted),
    ] {
        assert_eq!(attributed(&server, &text, None).await, expected, "{text}");
        assert_eq!(attributed(&server, &text, all.clone()).await, expected, "{text}");
    }
}

#[tokio::test]
async fn scripts_without_spaces() {
    let server = TestServer::start().await;
    let winter = "那年冬天海港结了两次冰领航员两次都踏着冰面走回家里没有人把这件事情写下来";
    fill(&mut server.corpus().await, &[("winter", winter)]).await;
    for (text, expected) in [
        (format!("据说{winter}。后来冰化了。"), Attribution::None),
        (format!("据说“{winter}”。后来冰化了。"), Attribution::Quoted),
        (format!("据说{winter}（王小明，2010）。后来冰化了。"), Attribution::Cited),
        (format!("王小明（2010）写道：“{winter}。”后来冰化了。"), Attribution::CitedAndQuoted),
    ] {
        assert_eq!(attributed(&server, &text, None).await, expected, "{text}");
    }
}

#[tokio::test]
async fn entries_of_a_bibliography_are_cited() {
    let server = TestServer::start().await;
    let entry = "Osei, K. (2011). Hearing and being heard on the long quay of the northern harbour. Leeds: Harbour Press.";
    fill(&mut server.corpus().await, &[("entry", entry)]).await;
    let text = format!(
        "The quay was long.\n\nReferences\n\nMarlow, A. (2009). Tides and tariffs. Leeds: Harbour Press.\n\n{entry}\n"
    );
    assert_eq!(attributed(&server, &text, None).await, Attribution::Cited);
}
