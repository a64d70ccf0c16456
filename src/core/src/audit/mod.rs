//! Audit trail: who did what, when, to what, from where. Append-only.

use crate::kernel::{Actor, AuditId, IdGenerator, RequestContext, Timestamp, UserId};
use crate::store::StoreError;
use async_trait::async_trait;
use serde_json::Value;

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Identifier, in order of time.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who, if a user.
    pub actor_id: Option<UserId>,
    /// `user`, `system` or `anonymous`.
    pub actor_kind: String,
    /// What was done, such as `submission.created`.
    pub action: String,
    /// Kind of thing, such as `submission`.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: String,
    /// Request or job id.
    pub request_id: String,
    /// Address of the client.
    pub ip: Option<String>,
    /// Harmless details; never secrets, sources or tests.
    pub details: Value,
}

impl AuditEntry {
    /// An entry made in the given context.
    #[must_use]
    pub fn new(
        ids: &dyn IdGenerator,
        at: Timestamp,
        context: &RequestContext,
        action: &str,
        subject: (&str, String),
        details: Value,
    ) -> Self {
        let actor_kind = match context.actor {
            Actor::Anonymous => "anonymous",
            Actor::User(_) => "user",
            Actor::System => "system",
        };
        Self {
            id: AuditId::generate(ids),
            at,
            actor_id: context.actor.user_id(),
            actor_kind: actor_kind.to_owned(),
            action: action.to_owned(),
            subject_kind: subject.0.to_owned(),
            subject_id: subject.1,
            request_id: context.request_id.clone(),
            ip: context.ip.clone(),
            details,
        }
    }
}

/// Writes audit entries inside a transaction.
///
/// Contract: an entry MUST be there after commit and only then; entries MUST NOT be changed.
#[async_trait]
pub trait AuditRepository: Send + Sync {
    /// Appends an entry.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// Entries about one subject, oldest first, at most 1000.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn about(&self, subject_kind: &str, subject_id: &str) -> Result<Vec<AuditEntry>, StoreError>;
}
