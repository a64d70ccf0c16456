//! Everything between the socket and a handler.
//!
//! From the outside in; [`Pipeline`] below is this list as code:
//!
//! 1.  **Request id** (`exchange`): taken from `X-Request-Id` if it is a sane token, else made; on every response.
//! 2.  **Observe** (`observe`, `trace`): one log line, two metrics and one span per request, whatever happened to it.
//! 3.  **Security headers** (`headers`): on every response.
//! 4.  **CORS** (`cors`): answers preflights, and says on every response whose pages may read it.
//! 5.  **Rate headers** (`rate_limit`): `RateLimit-…` on every response to a request that reached step 9.
//! 6.  **Compression** (`compression`): of responses only.
//! 7.  **Panic catch** (`guard`): a panic becomes 500, without internals.
//! 8.  **Timeout** (`guard`): the time until the response begins; event streams may then last.
//! 9.  **Authentication** (`authentication`, `csrf`) finds out who calls; **rate limit** (`rate_limit`) takes a token from the user, or
//!     from the address if nobody (or nobody rightly) is logged in. Only then a wrong credential is refused, so that guessing is
//!     limited too and refusals carry the rate headers.
//! 10. **Routes**: unknown address (404), wrong method (405), repeated query parameter (400).
//! 11. **Body limit** (`body_limit`): declared and counted size; what a refused request still sends is drained, so that the client
//!     gets to read the answer. It comes after authentication because nothing reads a body before the handler does.
//! 12. **Handler**: extractors check `auth.required` (401) first, then parameters and body (400, 415), then the use case decides.
//!
//! Errors become problems where they arise; nothing but responses travels outwards.

mod authentication;
mod body_limit;
mod client_address;
mod compression;
mod cors;
mod csrf;
mod exchange;
mod guard;
mod headers;
mod observe;
mod rate_limit;
mod trace;

pub(crate) use csrf::require_own_origin;
pub(crate) use exchange::{Exchange, current_request_id};

use crate::HttpDeps;
use crate::openapi::{self, Documents};
use crate::request::check_query;
use crate::response::{Problem, framework_problem};
use crate::routes::{Class, Match, Routes, operation, with_escaped_rest};
use body_limit::MeteredBody;
use codesm_core::uploads::UploadKind;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response, Result};
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument as _;

/// Most bytes of a batch: a hundred programs of the largest usual size, 128 KiB, and their names.
const BATCH_BYTES: u64 = 16 << 20;

/// The API behind its middleware.
pub(crate) struct Pipeline {
    deps: Arc<HttpDeps>,
    routes: Routes,
    documents: Documents,
    handlers: BoxEndpoint<'static, Response>,
}

impl Endpoint for Pipeline {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let exchange = Arc::new(Exchange::begin(&self.deps, &self.routes, &request));
        let span = trace::begin(&self.deps, &exchange, &request);
        Ok(exchange.clone().scope(self.respond(request, &exchange)).instrument(span).await)
    }
}

impl Pipeline {
    pub(crate) fn new(deps: Arc<HttpDeps>) -> Self {
        let documents = Documents::new(&deps.settings.version);
        let service = openapi::service(&deps);
        Self {
            routes: Routes::new(&documents.openapi, &Documents::PATHS),
            documents,
            handlers: service.into_endpoint().boxed(),
            deps,
        }
    }

    async fn respond(&self, request: Request, exchange: &Arc<Exchange>) -> Response {
        let started = Instant::now();
        let asked = Asked::of(&request);
        let settings = &self.deps.settings;
        let mut response = if let Some(answer) = cors::preflight(&settings.cors_origins, &request) {
            answer
        } else {
            let response = guard::guarded(settings, exchange, self.handle(request, exchange)).await;
            compression::compress(response, &asked)
        };
        rate_limit::say(&mut response, exchange);
        cors::say(&settings.cors_origins, asked.origin.as_deref(), &mut response);
        headers::say(&mut response, exchange);
        if asked.method == Method::HEAD {
            response.set_body(());
        }
        let trace = self.deps.traces.current();
        trace::end(trace.as_ref(), &mut response);
        observe::observe(&asked.method, exchange, &response, started.elapsed(), trace.as_ref());
        response
    }

    /// Steps 9 to 12.
    async fn handle(&self, mut request: Request, exchange: &Arc<Exchange>) -> Response {
        let limit = match exchange.route.class() {
            Class::Import => self.deps.settings.import_limit_bytes,
            Class::Batch => BATCH_BYTES,
            Class::Upload => UploadKind::ALL.into_iter().map(UploadKind::max_bytes).max().unwrap_or_default(),
            Class::General | Class::Login | Class::Submission | Class::Storage | Class::Infrastructure => {
                self.deps.settings.body_limit_bytes
            }
        };
        let metered = MeteredBody::take(&mut request, limit, &exchange.body);
        request.extensions_mut().insert(exchange.clone());
        if request.method() == Method::HEAD {
            request.set_method(Method::GET);
        }
        let response = match self.admit(&mut request, exchange).await.and_then(|()| metered.check(&request)) {
            Ok(()) => self.dispatch(request, exchange).await,
            Err(problem) => problem.respond(),
        };
        metered.finish(response).await
    }

    /// Steps 9 and 10.
    async fn admit(&self, request: &mut Request, exchange: &Exchange) -> Result<(), Problem> {
        if exchange.route.class() != Class::Infrastructure {
            let identity = authentication::identify(&self.deps, request, exchange).await;
            rate_limit::take(&self.deps, exchange, identity.as_ref().ok()).await?;
            request.extensions_mut().insert(identity?);
        }
        match &exchange.route {
            Match::Unknown => Err(Problem::unknown_route()),
            Match::WrongMethod { allow, .. } => Err(Problem::method_not_allowed(allow.clone())),
            Match::Operation { .. } => request.uri().query().map_or(Ok(()), check_query),
        }
    }

    /// Step 12.
    async fn dispatch(&self, mut request: Request, exchange: &Exchange) -> Response {
        if let Some(document) = self.documents.answer(&request) {
            return document;
        }
        if let Match::Operation { pattern, id, .. } = &exchange.route
            && id == operation::GET_ATTACHMENT
            && let Some(inner) = with_escaped_rest(pattern, request.uri().path()).and_then(|path| path.parse().ok())
        {
            // Its query has been checked, and it has none that matters.
            *request.uri_mut() = inner;
        }
        match self.handlers.call(request).await {
            Ok(response) => response,
            Err(error) => framework_problem(&error).respond(),
        }
    }
}

/// What later steps want to know about a request that is then gone.
struct Asked {
    method: Method,
    origin: Option<String>,
    accept_encoding: Option<String>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let text = |name: poem::http::HeaderName| request.header(name).map(ToOwned::to_owned);
        Self {
            method: request.method().clone(),
            origin: text(poem::http::header::ORIGIN),
            accept_encoding: text(poem::http::header::ACCEPT_ENCODING),
        }
    }
}
