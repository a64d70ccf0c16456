//! Health of this process and of what it depends on.

use crate::roles::Role;
use crate::wiring::Wired;
use codesm_core::judging::Sandbox;
use codesm_http::{CheckStatus, HealthCheck, HealthChecks};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Asks every dependency.
pub(crate) struct ProcessHealth {
    wired: Arc<Wired>,
    role: Role,
    started: Instant,
}
