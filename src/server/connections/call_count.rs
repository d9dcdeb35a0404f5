//! Counts the calls of each connection, so that one without any can be told from one at work.

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

/// The outermost layer around the services: it notes a call until its answer has been taken to the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallCountLayer;

impl<S> Layer<S> for CallCountLayer {
    type Service = CallCountService<S>;

    fn layer(&self, services: S) -> CallCountService<S> {
        CallCountService { services }
    }
}

/// Services whose calls are counted.
#[derive(Debug, Clone)]
pub(crate) struct CallCountService<S> {
    services: S,
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
        let peer = request.extensions().get::<Peer>().cloned();
        if let Some(peer) = &peer {
            // Where tonic's `Request::remote_addr` looks.
            let info = TcpConnectInfo { local_addr: None, remote_addr: Some(peer.address()) };
            request.extensions_mut().insert(info);
        }
        let call = peer.map(|peer| peer.call());
        let answer = self.services.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| CountedBody { body: Body::new(body), _call: call }))
        })
    }
}

/// The body of an answer, with the call that it belongs to.
#[derive(Debug)]
pub(crate) struct CountedBody {
    body: Body,
    _call: Option<CallGuard>,
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
