//! A road to Redis that can be cut without a word.

use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Forwards connections to a port of the loopback.
pub(crate) struct Road {
    port: u16,
    cut: Arc<Notify>,
    /// Ends with this.
    _task: JoinSet<()>,
}

impl Road {
    pub(crate) async fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(Notify::new());
        let mut task = JoinSet::new();
        task.spawn(forward(listener, target, cut.clone()));
        Self { port, cut, _task: task }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// From now on nothing passes on the connections there are, and none is closed; new ones work.
    pub(crate) fn cut(&self) {
        self.cut.notify_waiters();
    }
}

async fn forward(listener: TcpListener, target: u16, cut: Arc<Notify>) {
    let mut travellers = JoinSet::new();
    loop {
        let (mut here, _) = listener.accept().await.unwrap();
        let mut there = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
        let cut = cut.clone();
        travellers.spawn(async move {
            let cut_now = tokio::select! {
                _ = copy_bidirectional(&mut here, &mut there) => false,
                () = cut.notified() => true,
            };
            if cut_now {
                // Both ends stay open until the test ends.
                std::future::pending::<()>().await;
            }
        });
    }
}
