//! Who is calling. The middleware has settled it; these extractors hand it to handlers and document it.

use crate::middleware::Exchange;
use crate::response::{Freshness, Problem};
use codesm_core::kernel::{Actor, RequestContext};
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use std::sync::Arc;

const SECURITY_BEARER: &str = "bearer";
const SECURITY_COOKIE: &str = "session";

/// One call: who, from where, under which request id.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// For use cases.
    pub(crate) context: RequestContext,
    if_none_match: Option<String>,
}

impl Call {
    fn of(request: &Request) -> Result<Self> {
        let exchange = request.data::<Arc<Exchange>>().ok_or_else(Problem::unexpected)?;
        let actor = request.data::<Actor>().cloned().unwrap_or(Actor::Anonymous);
        Ok(Self {
            context: RequestContext {
                actor,
                request_id: exchange.request_id.clone(),
                ip: exchange.client_ip.map(|ip| ip.to_string()),
                user_agent: request.header(header::USER_AGENT).map(|text| text.chars().take(256).collect()),
            },
            if_none_match: request.header(header::IF_NONE_MATCH).map(ToOwned::to_owned),
        })
    }

    /// Who acts.
    pub(crate) fn actor(&self) -> &Actor {
        &self.context.actor
    }

    /// Kept by everybody for that long if nobody is logged in, else only by the caller.
    pub(crate) fn freshness(&self, anonymous_seconds: u32) -> Freshness {
        Freshness {
            if_none_match: self.if_none_match.clone(),
            public_seconds: (self.context.actor == Actor::Anonymous).then_some(anonymous_seconds),
        }
    }

    /// Kept by everybody for that long: the answer is the same for all.
    pub(crate) fn public_freshness(&self, seconds: u32) -> Freshness {
        Freshness {
            if_none_match: self.if_none_match.clone(),
            public_seconds: Some(seconds),
        }
    }
}

fn register_schemes(registry: &mut Registry) {
    let scheme = |ty, description| MetaSecurityScheme {
        ty,
        description: Some(description),
        name: None,
        key_in: None,
        scheme: None,
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    };
    registry.create_security_scheme(
        SECURITY_BEARER,
        MetaSecurityScheme {
            scheme: Some("bearer"),
            bearer_format: Some("JWT"),
            ..scheme("http", "The `accessToken` of a login or refresh.")
        },
    );
    registry.create_security_scheme(
        SECURITY_COOKIE,
        MetaSecurityScheme {
            name: Some(crate::auth::ACCESS_COOKIE),
            key_in: Some("cookie"),
            ..scheme(
                "apiKey",
                "Set by a login, for browsers. Requests that change something must then come from the API's own origin or an \
                 allowed one, which browsers say in `Sec-Fetch-Site` and `Origin`; otherwise the answer is 403 `auth.csrf_failed`.",
            )
        },
    );
}

/// A call by a logged-in user. As the first argument of a handler it is checked before anything else is looked at.
#[derive(Clone, Debug)]
pub(crate) struct LoggedIn(pub(crate) Call);

impl<'a> ApiExtractor<'a> for LoggedIn {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        register_schemes(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![SECURITY_BEARER, SECURITY_COOKIE]
    }

    async fn from_request(request: &'a Request, _body: &mut RequestBody, _options: ExtractParamOptions<()>) -> Result<Self> {
        let call = Call::of(request)?;
        call.context.actor.require_user().map_err(Problem::from)?;
        Ok(Self(call))
    }
}

/// A call by anybody, logged in or not.
#[derive(Clone, Debug)]
pub(crate) struct Anyone(pub(crate) Call);

impl<'a> ApiExtractor<'a> for Anyone {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        register_schemes(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![SECURITY_BEARER, SECURITY_COOKIE]
    }

    fn has_security_fallback() -> bool {
        true
    }

    async fn from_request(request: &'a Request, _body: &mut RequestBody, _options: ExtractParamOptions<()>) -> Result<Self> {
        Call::of(request).map(Self)
    }
}
