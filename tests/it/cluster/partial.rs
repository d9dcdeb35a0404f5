//! Reports that lack a part of the corpus: only on demand, and they say so.

use palimpsest::proto;
use palimpsest::proto::GuaranteeVoidReason;
use tonic::Code;

use super::rig::{Rig, has_nats, source};
use crate::harness::eventually;

fn check(text: &str, allow_partial: bool) -> proto::CheckRequest {
    let options = proto::DetectionOptions { allow_partial, ..Default::default() };
    proto::CheckRequest { text: text.to_owned(), options: Some(options), ..Default::default() }
}

/// What chance produces is counted in a part of the corpus, and boilerplate is looked for in a part.
async fn a_comparison_says_so_too(rig: &Rig, sources: &[proto::SourceOverlap]) {
    let mut names = sources.iter().map(|source| proto::SourceName {
        collection: source.collection.clone(),
        id: source.source_id.clone(),
    });
    let (submission, source) = (names.next(), names.next());
    let options = proto::DetectionOptions { allow_partial: true, ..Default::default() };
    let request = proto::ComparePairRequest { submission, source, options: Some(options) };
    let mut detection = rig.detection(0).await;
    let pair = detection.compare_pair(request.clone()).await.unwrap().into_inner().report.unwrap();
    assert_eq!(pair.missing_partitions, [1, 3]);
    assert!(!pair.guarantee.unwrap().holds);
    let whole = proto::ComparePairRequest { options: None, ..request };
    assert_eq!(detection.compare_pair(whole).await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_without_a_part_of_the_corpus_is_given_on_demand_and_says_so() {
    if !has_nats() {
        return;
    }
    let mut rig = Rig::start(1, &["1/2", "2/2"]).await;
    let mut texts = Vec::new();
    for number in 0..12 {
        let request = source("", number);
        texts.push(request.source.as_ref().unwrap().text.clone());
        rig.corpus(0).await.add_source(request).await.unwrap();
    }
    let text = texts.join("\n\n");
    let whole = rig.detection(0).await.check(check(&text, true)).await.unwrap().into_inner().report.unwrap();
    assert_eq!((whole.sources_found, whole.missing_partitions.as_slice()), (12, &[][..]));
    assert!(whole.guarantee.unwrap().holds);

    rig.kill(1);
    let mut detection = rig.detection(0).await;
    let refused = detection.check(check(&text, false)).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    let partial = detection.check(check(&text, true)).await.unwrap().into_inner().report.unwrap();
    assert_eq!(partial.missing_partitions, [1, 3]);
    assert!((1..12).contains(&partial.sources_found), "{}", partial.sources_found);
    let read: Vec<u32> = partial.partition_revisions.iter().map(|one| one.partition).collect();
    assert_eq!(read, [0, 2]);
    let guarantee = partial.guarantee.unwrap();
    let [void] = guarantee.voids.as_slice() else { panic!("{guarantee:?}") };
    assert!(!guarantee.holds);
    assert_eq!((void.reason(), void.limit), (GuaranteeVoidReason::MissingPartitions, 4));
    let all = proto::Span { start: 0, end: text.len() as u64 };
    assert_eq!(void.spans, [all]);
    a_comparison_says_so_too(&rig, &partial.sources).await;

    rig.restart(1).await;
    // The other node hears of it in a moment.
    eventually("the whole corpus answers again", async || {
        let report =
            rig.detection(0).await.check(check(&text, true)).await.unwrap().into_inner().report.unwrap();
        report.sources_found == 12 && report.missing_partitions.is_empty()
    })
    .await;
}
