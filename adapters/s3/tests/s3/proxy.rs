//! A proxy that spoils connections.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// What happens to a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// The request is answered with 500.
    ServerError,
    /// The request is never answered.
    Hang,
    /// The connection ends after this many bytes from the server.
    CutAnswer(usize),
    /// The connection ends after this many bytes from the client.
    CutRequest(usize),
}

/// Passes connections on; the first ones as planned, the rest as the plan's last.
pub(crate) struct Proxy {
    pub(crate) endpoint: Url,
    connections: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn new(server: &Url, plan: &[Fault]) -> Self {
        let server = format!("{}:{}", server.host_str().unwrap(), server.port_or_known_default().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let plan = Arc::new(Mutex::new(plan.iter().copied().collect::<VecDeque<Fault>>()));
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = connections.clone();
        let accepting = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                counter.fetch_add(1, Ordering::SeqCst);
                let fault = {
                    let mut plan = plan.lock().unwrap();
                    if plan.len() > 1 { plan.pop_front().unwrap() } else { plan[0] }
                };
                tokio::spawn(pass(client, server.clone(), fault));
            }
        });
        Self {
            endpoint,
            connections,
            accepting,
        }
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(mut client: TcpStream, server: String, fault: Fault) {
    let mut buffer = vec![0; 1 << 16];
    match fault {
        Fault::ServerError => {
            let _ = client.read(&mut buffer).await;
            let answer = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = client.write_all(answer.as_bytes()).await;
            // Closing with unread bytes would reset the connection before the answer is read.
            let _ = client.shutdown().await;
            while matches!(client.read(&mut buffer).await, Ok(count) if count > 0) {}
        }
        Fault::Hang => while matches!(client.read(&mut buffer).await, Ok(count) if count > 0) {},
        Fault::None | Fault::CutAnswer(_) | Fault::CutRequest(_) => {
            let server = TcpStream::connect(server).await.unwrap();
            let (up, down) = match fault {
                Fault::CutAnswer(bytes) => (usize::MAX, bytes),
                Fault::CutRequest(bytes) => (bytes, usize::MAX),
                Fault::None | Fault::ServerError | Fault::Hang => (usize::MAX, usize::MAX),
            };
            let (client_read, client_write) = client.into_split();
            let (server_read, server_write) = server.into_split();
            // Whichever ends first ends both.
            tokio::select! {
                () = copy(client_read, server_write, up) => {}
                () = copy(server_read, client_write, down) => {}
            }
        }
    }
}

async fn copy(mut from: tokio::net::tcp::OwnedReadHalf, mut to: tokio::net::tcp::OwnedWriteHalf, mut left: usize) {
    let mut buffer = vec![0; 1 << 14];
    while left > 0 {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return };
        let count = count.min(left);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
        left -= count;
    }
}
