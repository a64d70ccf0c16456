//! One request and its response, as the steps of the middleware get to know it.

use super::client_address::client_address;
use crate::HttpDeps;
use crate::middleware::body_limit::BodyMeter;
use crate::routes::{Match, Routes};
use codesm_core::kernel::RateDecision;
use poem::Request;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

tokio::task_local! {
    static CURRENT: Arc<Exchange>;
}

/// What is known about one request.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// Names the request in logs and answers.
    pub(crate) request_id: String,
    /// What it means.
    pub(super) route: Match,
    /// Where it comes from.
    pub(crate) client_ip: Option<IpAddr>,
    /// What the limiter said.
    pub(super) rate: OnceLock<RateDecision>,
    /// Pseudonym of the user, for logs.
    pub(super) user: OnceLock<String>,
    /// How its body fares.
    pub(super) body: BodyMeter,
}

impl Exchange {
    pub(super) fn begin(deps: &HttpDeps, routes: &Routes, request: &Request) -> Self {
        let given = request.header("x-request-id").filter(|text| is_sane(text));
        Self {
            request_id: given.map_or_else(|| deps.ids.new_uuid().to_string(), ToOwned::to_owned),
            route: routes.find(request.method(), request.uri().path()),
            client_ip: client_address(request, &deps.settings.trusted_proxies),
            rate: OnceLock::new(),
            user: OnceLock::new(),
            body: BodyMeter::default(),
        }
    }

    /// One that only knows what it means.
    #[cfg(test)]
    pub(super) fn for_test(route: Match) -> Self {
        Self {
            request_id: "r".to_owned(),
            route,
            client_ip: None,
            rate: OnceLock::new(),
            user: OnceLock::new(),
            body: BodyMeter::default(),
        }
    }

    /// Runs the future so that [`current_request_id`] knows the request.
    pub(super) async fn scope<T>(self: Arc<Self>, future: impl Future<Output = T>) -> T {
        CURRENT.scope(self, future).await
    }
}

/// Id of the request being handled; every answer is rendered while one is.
pub(crate) fn current_request_id() -> String {
    CURRENT.try_with(|exchange| exchange.request_id.clone()).unwrap_or_default()
}

/// Whether the text may go into logs and headers as it is.
fn is_sane(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::is_sane;

    #[test]
    fn only_short_plain_tokens_are_taken_over() {
        assert!(is_sane("a") && is_sane("A.b_c-9") && is_sane(&"x".repeat(64)));
        for text in ["", "a b", "a\n", "é", "{}", &"x".repeat(65)] {
            assert!(!is_sane(text), "{text}");
        }
    }
}
