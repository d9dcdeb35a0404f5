//! Callbacks of changes.

use std::sync::mpsc::sync_channel;

use crate::corpus::error::Error;
use crate::store::StoreError;

/// The callback of a change, called once with its outcome.
pub(crate) type Done<T> = Box<dyn FnOnce(Result<T, Error>) + Send>;

/// Submits something, and waits until it is done.
pub(crate) fn wait<T: Send + 'static>(submit: impl FnOnce(Done<T>)) -> Result<T, Error> {
    let (sender, receiver) = sync_channel(1);
    submit(Box::new(move |done| {
        // The receiver waits below.
        drop(sender.send(done));
    }));
    // A callback that is dropped without a call belongs to a writer that is closed.
    receiver.recv().unwrap_or(Err(Error::Store(StoreError::Closed)))
}
