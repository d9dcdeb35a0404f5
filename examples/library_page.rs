//! The page of an essay library, for one essay of a collection, as Markdown on standard output: words, pages, the first words;
//! plagiarism, grammar, writing score; related documents with excerpts.
//!
//! `cargo run --example library_page -- COLLECTION ID`, with a server at `PALIMPSEST_SERVER` (<http://127.0.0.1:50051>) and, if the
//! server needs one, a key with the role `write` in `PALIMPSEST_KEY`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::related_service_client::RelatedServiceClient;
use palimpsest::proto::writing_service_client::WritingServiceClient;
use palimpsest::proto::{self, PageBasis};
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request};

type Done<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Adds the key, if there is one, to each call.
#[derive(Clone)]
struct AddKey(Option<AsciiMetadataValue>);

impl Interceptor for AddKey {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, tonic::Status> {
        if let Some(key) = &self.0 {
            request.metadata_mut().insert("authorization", key.clone());
        }
        Ok(request)
    }
}

type Keyed = InterceptedService<Channel, AddKey>;

/// The essay of the page, and the server that knows it.
struct Page {
    channel: Keyed,
    essay: proto::SourceName,
}

impl Page {
    async fn connect(essay: proto::SourceName) -> Done<Self> {
        let variable = |name: &str| std::env::var(name).ok();
        let server = variable("PALIMPSEST_SERVER").unwrap_or_else(|| "http://127.0.0.1:50051".to_owned());
        let key = variable("PALIMPSEST_KEY").map(|key| format!("Bearer {key}").parse()).transpose()?;
        let channel = Endpoint::from_shared(server)?.connect().await?;
        Ok(Self { channel: InterceptedService::new(channel, AddKey(key)), essay })
    }

    /// The collection of the essay as a scope.
    fn scope(&self) -> proto::Scope {
        let collections = vec![self.essay.collection.clone()];
        proto::Scope { collections, ..proto::Scope::default() }
    }

    async fn head(&self) -> Done {
        let proto::SourceName { collection, id } = self.essay.clone();
        let request = proto::GetSourceRequest { collection, id, ..proto::GetSourceRequest::default() };
        let found = CorpusServiceClient::new(self.channel.clone()).get_source(request).await?.into_inner();
        let source = found.source.unwrap_or_default();
        println!("# {}\n", title(&source.title, &source.id));
        println!("{}\n", length(source.length.unwrap_or_default()));
        println!("> {}\n", found.preview.unwrap_or_default().text);
        Ok(())
    }

    async fn plagiarism(&self) -> Done {
        let request = proto::CheckRequest {
            source: Some(self.essay.clone()),
            scope: Some(self.scope()),
            ..proto::CheckRequest::default()
        };
        let checked = DetectionServiceClient::new(self.channel.clone()).check(request).await?.into_inner();
        let report = checked.report.unwrap_or_default();
        let coverage = report.coverage.unwrap_or_default();
        println!("## Plagiarism\n");
        println!(
            "{:.1} % ({} of {} words) also stand in {} of {} other sources.\n",
            coverage.percent,
            coverage.words,
            coverage.of_words,
            report.sources_found,
            report.sources_in_scope
        );
        Ok(())
    }

    async fn grammar(&self) -> Done {
        let request = proto::CheckGrammarRequest {
            source: Some(self.essay.clone()),
            ..proto::CheckGrammarRequest::default()
        };
        let answer =
            WritingServiceClient::new(self.channel.clone()).check_grammar(request).await?.into_inner();
        println!("## Grammar\n");
        for finding in answer.findings.iter().take(5) {
            println!("- {:?}: {} {:?}", finding.text, finding.message, finding.replacements);
        }
        let found: u64 = answer.counts.iter().map(|kind| kind.findings).sum();
        println!("\n{found} findings by {:?} {}.\n", answer.checker, answer.checker_version);
        for part in &answer.not_checked {
            println!("Not checked, {} words: {}", part.words, part.message);
        }
        Ok(())
    }

    async fn writing(&self) -> Done {
        let mut writing = WritingServiceClient::new(self.channel.clone());
        let collection = self.essay.collection.clone();
        let request = proto::AnalyzeRequest {
            source: Some(self.essay.clone()),
            percentiles_collection: collection.clone(),
            ..proto::AnalyzeRequest::default()
        };
        let analysis = writing.analyze(request).await?.into_inner();
        println!("## Writing score\n");
        for measure in &analysis.measures {
            match (measure.value, measure.percentile) {
                (Some(value), Some(place)) => {
                    println!("- {}: {value:.2}, percentile {place:.0}", measure.title);
                }
                (Some(value), None) => println!("- {}: {value:.2}", measure.title),
                (None, _) => {
                    let reason = measure.not_applicable.as_ref().map_or("", |reason| &reason.message);
                    println!("- {}: {reason}", measure.title);
                }
            }
        }
        let request = proto::ListScalesRequest { collection };
        for scale in writing.list_scales(request).await?.into_inner().scales {
            println!("\n{}", self.grade(&scale.name, &self.essay.id).await?);
        }
        Ok(())
    }

    /// The score of an essay of the collection on a scale, or why it has none.
    async fn grade(&self, scale: &str, id: &str) -> Done<String> {
        let collection = self.essay.collection.clone();
        let request = proto::ScoreTextRequest {
            collection: collection.clone(),
            scale: scale.to_owned(),
            source: Some(proto::SourceName { collection, id: id.to_owned() }),
            ..proto::ScoreTextRequest::default()
        };
        match WritingServiceClient::new(self.channel.clone()).score_text(request).await {
            Ok(answer) => {
                let proto::ScoreTextResponse { score, low, high, band, .. } = answer.into_inner();
                Ok(format!("{scale}: {score:.2} ({low:.2} to {high:.2}) {band}"))
            }
            // A text may be too short for a score, or of another language.
            Err(status)
                if status.code() == Code::InvalidArgument || status.code() == Code::FailedPrecondition =>
            {
                Ok(format!("{scale}: {}", status.message()))
            }
            Err(status) => Err(status.into()),
        }
    }

    async fn related(&self) -> Done {
        let request = proto::ListScalesRequest { collection: self.essay.collection.clone() };
        let scales =
            WritingServiceClient::new(self.channel.clone()).list_scales(request).await?.into_inner().scales;
        let request = proto::ListRelatedRequest {
            source: Some(self.essay.clone()),
            scope: Some(self.scope()),
            exclude_near_copies: true,
            ..proto::ListRelatedRequest::default()
        };
        let listed =
            RelatedServiceClient::new(self.channel.clone()).list_related(request).await?.into_inner();
        println!("\n## You may also find these documents helpful\n");
        for source in listed.sources {
            println!("### {}\n", title(&source.title, &source.id));
            println!("{}\n", source.excerpt.unwrap_or_default().text);
            println!(
                "{}, {:.0} % alike\n",
                length(source.length.unwrap_or_default()),
                source.similarity * 100.0
            );
            for scale in &scales {
                println!("{}\n", self.grade(&scale.name, &source.id).await?);
            }
        }
        Ok(())
    }
}

/// The title, or the id of a source without one.
fn title<'a>(title: &'a str, id: &'a str) -> &'a str {
    if title.is_empty() { id } else { title }
}

fn length(length: proto::TextLength) -> String {
    let about = if length.page_basis() == PageBasis::Words { "about " } else { "" };
    format!("Words: {} · Pages: {about}{}", length.words, length.pages)
}

#[tokio::main]
async fn main() -> Done {
    let mut arguments = std::env::args().skip(1);
    let (Some(collection), Some(id)) = (arguments.next(), arguments.next()) else {
        return Err("usage: library_page COLLECTION ID".into());
    };
    let page = Page::connect(proto::SourceName { collection, id }).await?;
    page.head().await?;
    page.plagiarism().await?;
    page.grammar().await?;
    page.writing().await?;
    page.related().await
}
