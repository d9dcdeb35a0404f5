//! The rpcs of `WritingService` about scales.

use prost::Message as _;
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status, Streaming};

use crate::engine::{Change, GradedText, SourceName, SourceText, Stop};
use crate::proto;
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::convert::scales as convert;
use crate::service::documents::Extracted;
use crate::service::handlers::detection::stored_bytes;
use crate::service::parse::detection::Submission;
use crate::service::parse::scales::{self as parse, MAX_TEXTS, MAX_TEXTS_BYTES, ScaleOf, Scoring, Training};
use crate::service::problem::Problem;

/// Maximum number of trainings of the process that run at once: each holds its texts in memory.
const MAX_TRAININGS: usize = 4;

static TRAININGS: Semaphore = Semaphore::const_new(MAX_TRAININGS);

impl ServiceContext {
    /// Trains a scale, and stores it.
    pub(super) async fn train_scale(
        &self,
        request: Request<Streaming<proto::TrainScaleRequest>>,
    ) -> Result<Response<proto::TrainScaleResponse>, Status> {
        // A training is one item of work, however many messages it takes.
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request).item());
        let _running = TRAININGS.try_acquire().map_err(|_| Problem::too_many_running(MAX_TRAININGS))?;
        let Received { training, texts } =
            self.receive_training(&caller, &call, request.into_inner()).await?;
        let Training { collection, plan, replace } = training;
        let backend = self.backend.get()?;
        let Texts { texts, bytes } = texts;
        let of = collection.clone();
        let fit = move |stop: &Stop| Ok(backend.fit_scale(&of, plan, &texts, replace, stop)?);
        let scale = self.workers.run(&call, bytes, fit).await?;
        let change = Change::PutScale { collection: collection.clone(), scale: Box::new(scale), replace };
        let stored = self.change(&call, change, None).await?.into_scale().map_err(Problem::from)?;
        let scale = Some(convert::scale(&collection, &stored));
        Ok(call.respond(proto::TrainScaleResponse { scale }))
    }

    /// Receives the messages of a training.
    async fn receive_training(
        &self,
        caller: &Caller,
        call: &CallContext,
        mut requests: Streaming<proto::TrainScaleRequest>,
    ) -> Result<Received, Status> {
        let mut first = self.next_message(call, &mut requests).await?.unwrap_or_default();
        let training = parse::training(&first)?;
        caller.sees(&training.collection)?;
        self.memory.check_room(&self.backend).await?;
        let mut texts = Texts::default();
        texts.add(std::mem::take(&mut first.texts))?;
        // Counted as texts of a training from now on, of which few run at once.
        call.messages().all_answered();
        while let Some(message) = self.next_message(call, &mut requests).await? {
            texts.add(parse::more(message)?)?;
            call.messages().all_answered();
        }
        Ok(Received { training, texts })
    }

    /// The next message of a training, until its deadline or the end of the server.
    async fn next_message(
        &self,
        call: &CallContext,
        requests: &mut Streaming<proto::TrainScaleRequest>,
    ) -> Result<Option<proto::TrainScaleRequest>, Status> {
        let message = async {
            tokio::select! {
                biased;
                () = self.draining.cancelled() => Err(Problem::stopping().into()),
                message = requests.message() => message,
            }
        };
        call.bound(message).await.map_err(Problem::from)?
    }

    /// Lists the scales of a collection.
    pub(super) async fn list_scales(
        &self,
        request: Request<proto::ListScalesRequest>,
    ) -> Result<Response<proto::ListScalesResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let collection = crate::service::parse::corpus::collection_or_default(
            "collection",
            &request.get_ref().collection,
        )?;
        caller.sees(&collection)?;
        let backend = self.backend.get()?;
        let read = move |_: &Stop| {
            let scales = backend.scales(&collection)?;
            let scales = scales.iter().map(|scale| convert::summary(&collection, scale)).collect();
            Ok(proto::ListScalesResponse { scales })
        };
        Ok(call.respond(self.workers.run(&call, 0, read).await?))
    }

    /// Returns a scale.
    pub(super) async fn get_scale(
        &self,
        request: Request<proto::GetScaleRequest>,
    ) -> Result<Response<proto::GetScaleResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let proto::GetScaleRequest { collection, scale } = request.into_inner();
        let ScaleOf { collection, name } = parse::scale_of(&collection, &scale)?;
        caller.sees(&collection)?;
        let backend = self.backend.get()?;
        let read = move |_: &Stop| {
            let scale = backend.scale(&collection, &name)?;
            Ok(proto::GetScaleResponse { scale: Some(convert::scale(&collection, &scale)) })
        };
        Ok(call.respond(self.workers.run(&call, 0, read).await?))
    }

    /// Deletes a scale.
    pub(super) async fn delete_scale(
        &self,
        request: Request<proto::DeleteScaleRequest>,
    ) -> Result<Response<proto::DeleteScaleResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let proto::DeleteScaleRequest { collection, scale } = request.into_inner();
        let ScaleOf { collection, name } = parse::scale_of(&collection, &scale)?;
        caller.sees(&collection)?;
        let change = Change::DeleteScale { collection, name };
        let deleted = self.change(&call, change, None).await?.into_scale_deleted();
        let deleted = deleted.map_err(Problem::from)?.was_there;
        Ok(call.respond(proto::DeleteScaleResponse { deleted }))
    }

    /// Places a text on a scale.
    pub(super) async fn score_text(
        &self,
        request: Request<proto::ScoreTextRequest>,
    ) -> Result<Response<proto::ScoreTextResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        Ok(call.respond(self.scored(&caller, &call, request.into_inner()).await?))
    }

    async fn scored(
        &self,
        caller: &Caller,
        call: &CallContext,
        request: proto::ScoreTextRequest,
    ) -> Result<proto::ScoreTextResponse, Problem> {
        let given = request.encoded_len();
        let Scoring { scale: ScaleOf { collection, name }, subject } = parse::scoring(request)?;
        caller.sees(&collection)?;
        let backend = self.backend.get()?;
        // Before a document is read.
        backend.scale(&collection, &name)?;
        let bytes = given.saturating_add(stored_bytes(caller, &*backend, &subject)?);
        let subject = match subject {
            Submission::Given(given) => Subject::Given(self.extracted(call, given).await?),
            Submission::Source(name) => Subject::Stored(name),
        };
        let score = move |_: &Stop| {
            let scale = backend.scale(&collection, &name)?;
            let score = match subject {
                Subject::Given(given) => backend.score_on(&scale, given.text())?,
                Subject::Stored(SourceName { collection, id }) => {
                    let SourceText { text, .. } = backend.get_source(&collection, &id)?;
                    backend.score_on(&scale, &text)?
                }
            };
            Ok(convert::score(&collection, &scale, score))
        };
        self.workers.run(call, bytes, score).await
    }
}

/// What is scored, when a document was read.
enum Subject {
    Given(Extracted),
    Stored(SourceName),
}

/// A training that has arrived.
struct Received {
    training: Training,
    texts: Texts,
}

/// The texts of a training so far.
#[derive(Default)]
struct Texts {
    texts: Vec<GradedText>,
    bytes: usize,
}

impl Texts {
    fn add(&mut self, texts: Vec<proto::GradedText>) -> Result<(), Problem> {
        self.bytes += texts.iter().map(|text| text.text.len()).sum::<usize>();
        let before = self.texts.len();
        let sent = before + texts.len();
        if sent > MAX_TEXTS {
            return Err(Problem::too_many_texts("max_scale_texts", MAX_TEXTS, sent));
        }
        if self.bytes > MAX_TEXTS_BYTES {
            return Err(Problem::too_many_texts("max_scale_bytes", MAX_TEXTS_BYTES, self.bytes));
        }
        self.texts.extend(parse::graded(texts, before)?);
        Ok(())
    }
}
