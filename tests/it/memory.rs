//! The memory limit of the real program, whose allocator counts the bytes in use.

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::import_sources_response::Result as Imported;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::harness::{eventually, source};
use crate::process::{Process, palimpsest};
use crate::words::Words;

const COLLECTION: &str = "filled";

async fn create(corpus: &mut CorpusServiceClient<Channel>) -> Result<(), Status> {
    let request = proto::CreateCollectionRequest { name: COLLECTION.to_owned(), ..Default::default() };
    corpus.create_collection(request).await.map(drop)
}

/// Imports sources until the server refuses one for lack of memory. Returns the number of sources imported.
async fn fill(corpus: &mut CorpusServiceClient<Channel>) -> usize {
    let (sender, receiver) = tokio::sync::mpsc::channel(64);
    tokio::spawn(async move {
        let mut words = Words::new(1);
        for number in 0.. {
            let source = Some(source(&format!("source {number}"), &words.text(800)));
            let collection = COLLECTION.to_owned();
            let request = proto::ImportSourcesRequest { collection, source, ..Default::default() };
            if sender.send(request).await.is_err() {
                return;
            }
        }
    });
    let mut answers = corpus.import_sources(ReceiverStream::new(receiver)).await.unwrap().into_inner();
    let mut took = 0;
    while let Some(answer) = answers.next().await {
        match answer.unwrap().result.unwrap() {
            Imported::Added(_) => took += 1,
            Imported::Error(error) => {
                assert_eq!(Code::from(error.code), Code::ResourceExhausted, "{error:?}");
                assert!(error.message.contains("(max_memory_bytes)"), "{error:?}");
                return took;
            }
        }
        assert!(took < 100_000, "nothing is refused");
    }
    panic!("the import ended after {took} sources");
}

#[tokio::test(flavor = "multi_thread")]
async fn adds_are_taken_again_once_a_full_collection_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = palimpsest();
    command.args(["serve", "--max-memory-bytes", &(40 << 20).to_string(), "--data-dir"]);
    command.arg(folder.path());
    let server = Process::start_command(command).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    create(&mut corpus).await.unwrap();
    let took = fill(&mut corpus).await;
    assert!(took > 100, "{took} sources are too few to fill it");
    let request = proto::DeleteCollectionRequest { name: COLLECTION.to_owned(), ..Default::default() };
    corpus.delete_collection(request).await.unwrap();
    // The memory of deleted sources is freed in the background.
    eventually("a collection can be created again", async || {
        let created = create(&mut corpus).await;
        assert!(
            created.as_ref().err().is_none_or(|status| status.code() == Code::ResourceExhausted),
            "{created:?}"
        );
        created.is_ok()
    })
    .await;
}
