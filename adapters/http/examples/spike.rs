//! Temporary.
use async_trait::async_trait;
use codesm_core::app::App;
use codesm_core::auth::CreateAccountCommand;
use codesm_core::kernel::*;
use codesm_http::*;
use codesm_memory::fakes::Fakes;
use std::sync::Arc;
use std::time::Duration;
struct H;
#[async_trait]
impl HealthChecks for H {
    async fn live(&self) -> HealthReport {
        HealthReport {
            checks: vec![],
            uptime: Duration::ZERO,
        }
    }
    async fn ready(&self) -> HealthReport {
        self.live().await
    }
    async fn startup(&self) -> HealthReport {
        self.live().await
    }
}
#[tokio::main]
async fn main() {
    let fakes = Fakes::new();
    fakes.worker_online("w").await.unwrap();
    let app = Arc::new(App::new(fakes.auth_deps(), fakes.problem_deps(), fakes.submission_deps(), None));
    for (n, role) in [("root", Role::Admin)] {
        app.auth
            .create_account
            .create(
                &RequestContext::system("x"),
                CreateAccountCommand {
                    email: format!("{n}@example.org"),
                    username: n.into(),
                    password: Secret::new("correct horse battery staple".into()),
                    role,
                },
            )
            .await
            .unwrap();
    }
    let mut settings = HttpSettings::new("1", "/tmp");
    settings.limits = RateLimits {
        requests_per_minute: 10_000_000,
        anonymous_per_minute: 10_000_000,
        login_per_minute: 10_000_000,
        submissions_per_minute: 10_000_000,
    };
    let shutdown = tokio_util::sync::CancellationToken::new();
    let api = endpoint(HttpDeps {
        app,
        limiter: fakes.limiter.clone(),
        clock: fakes.clock.clone(),
        ids: fakes.ids.clone(),
        health: Arc::new(H),
        metrics: None,
        shutdown: shutdown.clone(),
        settings,
    });
    let clock = fakes.clock.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            clock.advance(chrono::Duration::milliseconds(1));
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:18977").await.unwrap();
    serve(listener, api, shutdown, Duration::from_secs(1)).await.unwrap();
}
