//! `CODESM_OTLP_…`.

use super::environment::{Environment, WrongKeys};
use super::http::is_origin;
use super::parse::parse_or;
use serde::Deserialize;

/// Settings of traces.
#[derive(Clone, Debug)]
pub struct TraceSection {
    /// Base address of the collector; nothing is traced without one.
    pub endpoint: Option<String>,
    /// Part of the traces that is kept, 0 to 1.
    pub sample_ratio: f64,
}

#[derive(Default, Deserialize)]
struct Raw {
    endpoint: Option<String>,
    sample_ratio: Option<String>,
}

impl TraceSection {
    pub(super) fn read(environment: &Environment, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_OTLP_", wrong);
        let endpoint = parse_or("CODESM_OTLP_ENDPOINT", raw.endpoint.as_deref(), None, wrong, |text| {
            let base = text.trim_end_matches('/');
            if is_origin(base) {
                Ok(Some(base.to_owned()))
            } else {
                Err("must be such as `http://127.0.0.1:4318`, without path, user or password".to_owned())
            }
        });
        let sample_ratio = parse_or("CODESM_OTLP_SAMPLE_RATIO", raw.sample_ratio.as_deref(), 1.0, wrong, |text| {
            let ratio = text.parse::<f64>().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
            ratio.ok_or_else(|| "must be a number from 0 to 1".to_owned())
        });
        Self { endpoint, sample_ratio }
    }
}
