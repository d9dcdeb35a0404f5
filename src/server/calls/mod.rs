//! The layer that enforces deadlines, and reads and writes bodies only as fast as the connection's budget allows.
//!
//! Each call gets a [`CallContext`]: its deadline, and the budget of its connection
//! (`crate::service::backpressure`). Requests are read message by message as the budget allows (`request.rs`), and
//! inflated (`inflate.rs`). Responses are handed over in small pieces, and dropped when nobody reads them (`response.rs`). In a
//! cluster both carry tokens of consistency (`consistency.rs`).

mod activity;
mod consistency;
mod deadlines;
mod inflate;
mod kinds;
mod request;
mod response;

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

use self::activity::ActivityClock;
use self::deadlines::Deadlines;
use self::inflate::Encoding;
use self::kinds::{MethodKind, MethodKinds};
use self::request::RequestMessages;
use self::response::BoundedResponse;
use super::settings::Settings;
use crate::service::{BackendHandle, CallContext, ConnectionBudget, Problem, UnreadBytes};

/// The limits of all calls.
#[derive(Debug)]
pub(super) struct CallLimits {
    deadlines: Deadlines,
    kinds: MethodKinds,
    /// Time after which a stream whose caller neither sends nor reads is ended.
    idle_timeout: Option<Duration>,
    max_message_bytes: usize,
    max_pending_bytes: usize,
    worker_threads: usize,
}

impl CallLimits {
    /// The limits that the settings give.
    ///
    /// # Errors
    ///
    /// [`DescriptorError`] if the descriptors of the services are malformed, which is a defect.
    pub(super) fn new(settings: &Settings) -> Result<Arc<Self>, DescriptorError> {
        let deadlines =
            Deadlines { default: settings.work.default_deadline, max: settings.work.max_deadline };
        let idle = settings.connections.idle;
        Ok(Arc::new(Self {
            deadlines,
            kinds: MethodKinds::new()?,
            // A caller is not idle while the server works on its item.
            idle_timeout: (!idle.is_zero()).then(|| idle.max(deadlines.default)),
            max_message_bytes: settings.max_message_bytes,
            max_pending_bytes: settings.connections.max_pending_bytes,
            worker_threads: settings.work.threads,
        }))
    }

    /// The layer for one connection, before the services of a backend.
    pub(super) fn for_connection(self: &Arc<Self>, backend: BackendHandle) -> CallLayer {
        let connection = ConnectionBudget::new(self.max_pending_bytes, self.worker_threads);
        CallLayer { limits: Arc::clone(self), connection, backend }
    }
}

/// The layer of one connection.
#[derive(Debug, Clone)]
pub(super) struct CallLayer {
    limits: Arc<CallLimits>,
    connection: ConnectionBudget,
    backend: BackendHandle,
}

impl<S> Layer<S> for CallLayer {
    type Service = CallService<S>;

    fn layer(&self, services: S) -> CallService<S> {
        CallService { services, layer: self.clone() }
    }
}

/// Services behind a [`CallLayer`].
#[derive(Debug, Clone)]
pub(super) struct CallService<S> {
    services: S,
    layer: CallLayer,
}

impl<S> Service<Request<Body>> for CallService<S>
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
        let CallLayer { limits, connection, backend } = self.layer.clone();
        let kind = limits.kinds.of(request.uri().path());
        let deadline = match limits.deadlines.for_call(request.headers(), kind) {
            Ok(deadline) => deadline,
            Err(problem) => return refused(problem),
        };
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return refused(Problem::deadline_passed());
        }
        if let Err(problem) = consistency::observe(&backend, &request) {
            return refused(problem);
        }
        let call = CallContext::new(deadline, limits.deadlines.default, connection);
        let activity = ActivityClock::new();
        let responding = self.services.call(limits.bound_request(request, &call, &activity));
        Box::pin(async move {
            let responded = match limits.deadlines.for_first_response(deadline, kind) {
                None => Ok(responding.await),
                Some(deadline) => tokio::time::timeout_at(deadline.into(), responding).await,
            };
            match responded {
                Ok(response) => {
                    let response = limits.bound_response(response?, kind, call, activity);
                    Ok(consistency::with_token(&backend, response))
                }
                Err(_) => Ok(Status::from(Problem::deadline_passed()).into_http()),
            }
        })
    }
}

/// The response to a call that is rejected before it begins.
fn refused<E: 'static>(problem: Problem) -> Pin<Box<dyn Future<Output = Result<Response<Body>, E>> + Send>> {
    let response = Status::from(problem).into_http();
    Box::pin(async move { Ok(response) })
}

impl CallLimits {
    fn bound_request(
        &self,
        mut request: Request<Body>,
        call: &CallContext,
        activity: &ActivityClock,
    ) -> Request<Body> {
        let encoding = Encoding::take(request.headers_mut());
        request.extensions_mut().insert(call.clone());
        let takes_one = self.kinds.takes_one(request.uri().path());
        let (call, most) = (call.clone(), self.max_message_bytes);
        request.map(|body| {
            Body::new(RequestMessages::new(body, call, encoding, most, takes_one, activity.clone()))
        })
    }

    fn bound_response(
        &self,
        mut response: Response<Body>,
        kind: MethodKind,
        call: CallContext,
        activity: ActivityClock,
    ) -> Response<Body> {
        if kind == MethodKind::Unary {
            call.messages().all_answered();
        }
        if response.body().is_end_stream() {
            return response;
        }
        let unread = response.extensions_mut().remove::<Arc<UnreadBytes>>();
        let idle_timeout = self.idle_timeout.filter(|_| kind == MethodKind::Stream);
        response.map(|body| Body::new(BoundedResponse::new(body, call, unread, activity, idle_timeout)))
    }
}
