//! JetStream's numbers of errors that the log decides by.

/// There is no message with this sequence, or none that can be read.
pub(super) const NO_MESSAGE: u32 = 10037;
/// The account has no JetStream.
pub(super) const NO_JETSTREAM: u32 = 10039;
/// A stream of this name is configured in another way.
pub(super) const OTHER_STREAM: u32 = 10058;
/// A deletion of a sequence that is not there.
pub(super) const NOT_DELETED: u32 = 10043;
/// There is no such stream.
pub(super) const NO_STREAM: u32 = 10059;
/// The last part of a batch came, and not all before it: the leader changed, or gave the batch up after 10 s.
pub(super) const BATCH_INCOMPLETE: u32 = 10176;
/// A batch has a message whose id the stream knows.
pub(super) const DUPLICATE_IN_BATCH: u32 = 10201;
