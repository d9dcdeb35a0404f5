//! Counts the calls under way on each connection, to detect idle connections.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;
use tower::{Layer, Service};

use super::peer::{CallGuard, Peer};

/// The outermost layer around the services. It counts a call until its response has been sent or dropped.
#[derive(Debug, Clone)]
pub(crate) struct CallCountLayer {
    peer: Peer,
}

impl CallCountLayer {
    /// The layer for the calls of `peer`.
    pub(crate) fn new(peer: Peer) -> Self {
        Self { peer }
    }
}

impl<S> Layer<S> for CallCountLayer {
    type Service = CallCountService<S>;

    fn layer(&self, services: S) -> CallCountService<S> {
        CallCountService { services, peer: self.peer.clone() }
    }
}

/// Services behind a [`CallCountLayer`].
#[derive(Debug, Clone)]
pub(crate) struct CallCountService<S> {
    services: S,
    peer: Peer,
}

impl<S, B> Service<Request<Body>> for CallCountService<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<tonic::codegen::StdError>,
{
    type Response = Response<CountedBody>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.services.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // tonic's `Request::remote_addr` reads this extension.
        let info = TcpConnectInfo { local_addr: None, remote_addr: Some(self.peer.address()) };
        request.extensions_mut().insert(info);
        let call = self.peer.begin_call();
        let responding = self.services.call(request);
        Box::pin(async move {
            let response = responding.await?;
            Ok(response.map(|body| CountedBody { body: Body::new(body), _call: call }))
        })
    }
}

/// The body of a response, which keeps its call counted.
#[derive(Debug)]
pub(crate) struct CountedBody {
    body: Body,
    _call: CallGuard,
}

impl http_body::Body for CountedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
