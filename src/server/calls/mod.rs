//! The layer around the services that holds calls to their deadlines, and connections to what they may have under way.
//!
//! Each call gets a [`Call`]: until when it may take, and what its connection has under way. Requests are read
//! message by message as there is room for them (`request.rs`), and inflated (`inflate.rs`); responses are handed over in
//! small pieces, and dropped when nobody reads them (`answer.rs`).

mod answer;
mod deadlines;
mod inflate;
mod kinds;
mod pulse;
mod request;
mod windows;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::{Request, Response};
use http_body::Body as _;
use prost_reflect::DescriptorError;
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use self::answer::Answer;
use self::deadlines::Deadlines;
use self::inflate::Encoding;
use self::kinds::{Kind, Kinds};
use self::pulse::Pulse;
use self::request::Messages;
pub(super) use self::windows::Windows;
use super::settings::Settings;
use crate::service::{Call, ConnectionBudget, Problem, Unread};

/// What all calls are held to.
#[derive(Debug)]
pub(super) struct CallRules {
    deadlines: Deadlines,
    kinds: Kinds,
    /// How long the caller of a stream may neither send nor read.
    longest_rest: Option<Duration>,
    max_message_bytes: usize,
    max_pending_bytes: usize,
    worker_threads: usize,
}

impl CallRules {
    /// Those that the settings say.
    ///
    /// # Errors
    ///
    /// When the protos can't be read, which is a defect.
    pub(super) fn new(settings: &Settings) -> Result<Arc<Self>, DescriptorError> {
        let deadlines =
            Deadlines { default: settings.work.default_deadline, max: settings.work.max_deadline };
        let idle = settings.connections.idle;
        Ok(Arc::new(Self {
            deadlines,
            kinds: Kinds::new()?,
            // An item that is worked on is no rest of its caller's.
            longest_rest: (!idle.is_zero()).then(|| idle.max(deadlines.default)),
            max_message_bytes: settings.max_message_bytes,
            max_pending_bytes: settings.connections.max_pending_bytes,
            worker_threads: settings.work.threads,
        }))
    }

    /// The layer for one connection.
    pub(super) fn for_connection(self: &Arc<Self>) -> CallLayer {
        let connection = ConnectionBudget::new(self.max_pending_bytes, self.worker_threads);
        CallLayer { rules: Arc::clone(self), connection }
    }
}

/// Puts [`Calls`] around services.
#[derive(Debug, Clone)]
pub(super) struct CallLayer {
    rules: Arc<CallRules>,
    connection: ConnectionBudget,
}

impl<S> Layer<S> for CallLayer {
    type Service = Calls<S>;

    fn layer(&self, services: S) -> Calls<S> {
        Calls { services, layer: self.clone() }
    }
}

/// Services whose calls are held to the rules.
#[derive(Debug, Clone)]
pub(super) struct Calls<S> {
    services: S,
    layer: CallLayer,
}

impl<S> Service<Request<Body>> for Calls<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.services.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let CallLayer { rules, connection } = self.layer.clone();
        let kind = rules.kinds.of(request.uri().path());
        let deadline = match rules.deadlines.of(request.headers(), kind) {
            Ok(deadline) => deadline,
            Err(problem) => return refused(problem),
        };
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return refused(Problem::deadline_passed());
        }
        let call = Call::new(deadline, rules.deadlines.default, connection);
        let pulse = Pulse::new();
        let responding = self.services.call(rules.request(request, &call, &pulse));
        Box::pin(async move {
            let responded = match rules.deadlines.of_first_answer(deadline, kind) {
                None => Ok(responding.await),
                Some(deadline) => tokio::time::timeout_at(deadline.into(), responding).await,
            };
            match responded {
                Ok(response) => Ok(rules.response(response?, kind, call, pulse)),
                Err(_) => Ok(Status::from(Problem::deadline_passed()).into_http()),
            }
        })
    }
}

/// The answer to a call that is not begun.
fn refused<E: 'static>(problem: Problem) -> Pin<Box<dyn Future<Output = Result<Response<Body>, E>> + Send>> {
    let response = Status::from(problem).into_http();
    Box::pin(async move { Ok(response) })
}

impl CallRules {
    fn request(&self, mut request: Request<Body>, call: &Call, pulse: &Pulse) -> Request<Body> {
        let encoding = Encoding::take(request.headers_mut());
        request.extensions_mut().insert(call.clone());
        let takes_one = self.kinds.takes_one(request.uri().path());
        let (call, most) = (call.clone(), self.max_message_bytes);
        request.map(|body| Body::new(Messages::new(body, call, encoding, most, takes_one, pulse.clone())))
    }

    fn response(&self, mut response: Response<Body>, kind: Kind, call: Call, pulse: Pulse) -> Response<Body> {
        if kind == Kind::Unary {
            call.messages().all_answered();
        }
        if response.body().is_end_stream() {
            return response;
        }
        let unread = response.extensions_mut().remove::<Arc<Unread>>();
        let longest_rest = self.longest_rest.filter(|_| kind == Kind::Stream);
        response.map(|body| Body::new(Answer::new(body, call, unread, pulse, longest_rest)))
    }
}
