//! The codec by which the servers decode requests.

use std::marker::PhantomData;

use prost::{Message, Name};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder};
use tonic_prost::ProstEncoder;

use super::problem::Problem;

/// A protobuf codec that reports malformed requests as `INVALID_ARGUMENT`. tonic's own codec reports `INTERNAL`, which blames
/// the server for its callers' requests.
#[derive(Debug, Clone)]
pub struct RequestCodec<Response, Request>(PhantomData<(Response, Request)>);

impl<Response, Request> Default for RequestCodec<Response, Request> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<Response, Request> Codec for RequestCodec<Response, Request>
where
    Response: Message + Send + 'static,
    Request: Message + Name + Default + Send + 'static,
{
    type Encode = Response;
    type Decode = Request;
    type Encoder = ProstEncoder<Response>;
    type Decoder = RequestDecoder<Request>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::default()
    }

    fn decoder(&mut self) -> Self::Decoder {
        RequestDecoder(PhantomData)
    }
}

/// The decoder of [`RequestCodec`].
#[derive(Debug)]
pub struct RequestDecoder<Request>(PhantomData<Request>);

impl<Request: Message + Name + Default> Decoder for RequestDecoder<Request> {
    type Item = Request;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Request>, Status> {
        let decoded = Request::decode(bytes);
        decoded.map(Some).map_err(|error| Problem::undecodable(&Request::full_name(), &error).into())
    }
}
