//! Connections that can be cut: what passes through them then is neither delivered nor refused, as on a network that is parted.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Passes connections on to a port of this machine, until it is cut.
#[derive(Debug, Clone)]
pub struct Line {
    /// Where it listens.
    pub port: u16,
    is_cut: Arc<AtomicBool>,
}

impl Line {
    /// A line to a port. Its tasks end with the runtime.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let line = Self { port: listener.local_addr().unwrap().port(), is_cut: Arc::default() };
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let is_cut = Arc::clone(&line.is_cut);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let is_cut = Arc::clone(&is_cut);
                tokio::spawn(async move {
                    wait_while_cut(&is_cut).await;
                    let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                    tokio::select! {
                        () = pass(near_in, far_out, &is_cut) => {}
                        () = pass(far_in, near_out, &is_cut) => {}
                    }
                });
            }
        });
        line
    }

    /// Cuts it, or mends it.
    pub fn cut(&self, is_cut: bool) {
        self.is_cut.store(is_cut, Ordering::SeqCst);
    }
}

async fn wait_while_cut(is_cut: &AtomicBool) {
    while is_cut.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    is_cut: &AtomicBool,
) {
    let mut bytes = vec![0; 64 << 10];
    loop {
        let Ok(count @ 1..) = from.read(&mut bytes).await else { return };
        wait_while_cut(is_cut).await;
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
