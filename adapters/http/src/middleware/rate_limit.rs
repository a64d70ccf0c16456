//! Takes a token for every request to the API, and says how many are left.

use super::Exchange;
use crate::HttpDeps;
use crate::response::Problem;
use crate::routes::Class;
use codesm_core::kernel::{Actor, RatePolicy};
use poem::Response;
use poem::http::{HeaderName, HeaderValue, StatusCode};
use std::net::{IpAddr, Ipv6Addr};

/// An import costs as much as this many other requests: it unpacks and stores an archive. So does a file that is taken in.
const IMPORT_COST: u32 = 10;
/// So does a file that the storage is to keep or to move.
const STORAGE_COST: u32 = 5;

/// Takes the token. `actor` is `None` if the credentials were wrong: then the address pays, as for anonymous calls.
///
/// # Errors
/// `rate.limited` (429).
pub(super) async fn take(deps: &HttpDeps, exchange: &Exchange, actor: Option<&Actor>) -> Result<(), Problem> {
    let limits = &deps.settings.limits;
    let class = exchange.route.class();
    let address = || exchange.client_ip.map_or_else(|| "unknown".to_owned(), network);
    let (key, per_minute) = match (class, actor.and_then(Actor::user_id)) {
        (Class::Login, _) => (format!("http:login:{}", address()), limits.login_per_minute),
        (Class::Submission | Class::Batch, Some(user)) => (format!("http:submission:{user}"), limits.submissions_per_minute),
        (_, Some(user)) => (format!("http:user:{user}"), limits.requests_per_minute),
        (_, None) => (format!("http:address:{}", address()), limits.anonymous_per_minute),
    };
    let cost = match class {
        // All there is: who sends batches sends one a minute. Who is refused for lack of a login must not empty the bucket that
        // everybody at the address shares.
        Class::Batch if actor.and_then(Actor::user_id).is_some() => per_minute,
        Class::Import | Class::Upload => IMPORT_COST.min(per_minute),
        Class::Storage => STORAGE_COST.min(per_minute),
        Class::General | Class::Login | Class::Submission | Class::Batch | Class::Infrastructure => 1,
    };
    let decision = deps.limiter.take(&key, RatePolicy::per_minute(per_minute), cost).await;
    // Set at most once: a request pays once.
    let _ = exchange.rate.set(decision);
    if decision.allowed {
        return Ok(());
    }
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate.limited", "Too many requests; wait a little.");
    Err(problem.with_retry_after(decision.retry_after_seconds.max(1)))
}

/// Whom an address stands for: with IPv6 everybody has 2^64 addresses, so the network counts.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{}/64", Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

/// Says what is left.
pub(super) fn say(response: &mut Response, exchange: &Exchange) {
    let Some(decision) = exchange.rate.get() else { return };
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("ratelimit-limit"), HeaderValue::from(decision.limit));
    headers.insert(
        HeaderName::from_static("ratelimit-remaining"),
        HeaderValue::from(decision.remaining),
    );
    headers.insert(
        HeaderName::from_static("ratelimit-reset"),
        HeaderValue::from(decision.reset_seconds),
    );
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_household_with_ipv6_is_one_caller() {
        assert_eq!(network("2001:db8:1:2:3::4".parse().unwrap()), "2001:db8:1:2::/64");
        assert_eq!(network("192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
