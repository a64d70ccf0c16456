//! The least that poem can do: one route and no middleware. `make bench` holds the API against it.

use poem::listener::TcpListener;
use poem::{Route, Server, get, handler};

#[handler]
fn live() -> &'static str {
    "ok"
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8081".to_owned());
    Server::new(TcpListener::bind(address))
        .run(Route::new().at("/health/live", get(live)))
        .await
}
