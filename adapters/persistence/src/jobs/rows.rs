//! Tables `jobs`, `paused_queues`, `leases` and `workers`.

pub(super) mod job {
    use super::super::requirements::{joined, split};
    use crate::row::{broken, named, number};
    use crate::text::{load_json, load_text, store_json, store_text};
    use codesm_core::jobs::{Job, JobKind, JobState, Lease, Queue};
    use codesm_core::kernel::{JobId, Timestamp, TraceParent};
    use codesm_core::store::StoreError;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "jobs")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub queue: String,
        pub priority: i16,
        pub turn_at: Timestamp,
        pub subject: Option<Uuid>,
        pub payload: String,
        pub requirements: Option<String>,
        pub state: String,
        pub run_at: Timestamp,
        pub attempt: i64,
        pub failures: i64,
        pub lost_leases: i64,
        pub lease_worker: Option<String>,
        pub lease_expires_at: Option<Timestamp>,
        pub failed_on: Option<String>,
        pub last_error: Option<String>,
        pub trace_context: Option<String>,
        pub created_at: Timestamp,
        pub finished_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl TryFrom<&Job> for Model {
        type Error = StoreError;

        fn try_from(job: &Job) -> Result<Self, StoreError> {
            let Job {
                id,
                kind,
                queue,
                priority,
                turn_at,
                subject,
                payload,
                requirements,
                state,
                run_at,
                attempt,
                failures,
                lost_leases,
                lease,
                failed_on,
                last_error,
                trace_context,
                created_at,
                finished_at,
            } = job;
            let (lease_worker, lease_expires_at) = match lease {
                Some(Lease { worker, expires_at }) => (Some(worker.clone()), Some(*expires_at)),
                None => (None, None),
            };
            Ok(Self {
                id: id.as_uuid(),
                kind: kind.as_str().to_owned(),
                queue: queue.as_str().to_owned(),
                priority: *priority,
                turn_at: *turn_at,
                subject: *subject,
                payload: store_json(payload)?,
                requirements: joined(requirements)?,
                state: state.as_str().to_owned(),
                run_at: *run_at,
                attempt: i64::from(*attempt),
                failures: i64::from(*failures),
                lost_leases: i64::from(*lost_leases),
                lease_worker,
                lease_expires_at,
                failed_on: failed_on.clone(),
                last_error: last_error.as_deref().map(store_text),
                trace_context: trace_context.as_ref().map(ToString::to_string),
                created_at: *created_at,
                finished_at: *finished_at,
            })
        }
    }

    impl TryFrom<Model> for Job {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let Model {
                id,
                kind,
                queue,
                priority,
                turn_at,
                subject,
                payload,
                requirements,
                state,
                run_at,
                attempt,
                failures,
                lost_leases,
                lease_worker,
                lease_expires_at,
                failed_on,
                last_error,
                trace_context,
                created_at,
                finished_at,
            } = row;
            let lease = match (lease_worker, lease_expires_at) {
                (Some(worker), Some(expires_at)) => Some(Lease { worker, expires_at }),
                (None, None) => None,
                _ => return Err(broken("jobs", "lease_expires_at", id, "only half of a lease is there")),
            };
            Ok(Self {
                id: JobId::from_uuid(id),
                kind: named(&kind, JobKind::parse, "jobs", "kind", id)?,
                queue: named(&queue, Queue::parse, "jobs", "queue", id)?,
                priority,
                turn_at,
                subject,
                payload: load_json(&payload, "jobs", "payload", id)?,
                requirements: split(requirements.as_deref()),
                state: named(&state, JobState::parse, "jobs", "state", id)?,
                run_at,
                attempt: number(attempt, "jobs", "attempt", id)?,
                failures: number(failures, "jobs", "failures", id)?,
                lost_leases: number(lost_leases, "jobs", "lost_leases", id)?,
                lease,
                failed_on,
                last_error: last_error.map(load_text),
                // Only for whoever looks at traces: one that cannot be read is no reason not to do the job.
                trace_context: trace_context.as_deref().and_then(TraceParent::parse),
                created_at,
                finished_at,
            })
        }
    }
}

pub(super) mod paused_queue {
    use codesm_core::kernel::Timestamp;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "paused_queues")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub queue: String,
        pub paused_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod lease {
    use codesm_core::kernel::Timestamp;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "leases")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub holder: String,
        pub expires_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod worker {
    use crate::row::number;
    use crate::text::{load_json, store_json};
    use codesm_core::jobs::WorkerAdvert;
    use codesm_core::kernel::Timestamp;
    use codesm_core::store::StoreError;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "workers")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub worker: String,
        pub languages: String,
        pub slots: i64,
        pub tier: String,
        pub seen_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl TryFrom<&WorkerAdvert> for Model {
        type Error = StoreError;

        fn try_from(advert: &WorkerAdvert) -> Result<Self, StoreError> {
            let WorkerAdvert {
                worker,
                languages,
                slots,
                tier,
                seen_at,
            } = advert;
            Ok(Self {
                worker: worker.clone(),
                languages: store_json(languages)?,
                slots: i64::from(*slots),
                tier: tier.clone(),
                seen_at: *seen_at,
            })
        }
    }

    impl TryFrom<Model> for WorkerAdvert {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let Model {
                worker,
                languages,
                slots,
                tier,
                seen_at,
            } = row;
            Ok(Self {
                languages: load_json(&languages, "workers", "languages", &worker)?,
                slots: number(slots, "workers", "slots", &worker)?,
                worker,
                tier,
                seen_at,
            })
        }
    }
}
