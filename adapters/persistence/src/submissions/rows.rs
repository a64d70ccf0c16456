//! Tables `submissions` and `idempotency_keys`.

pub(super) mod submission {
    use crate::row::{named, number, optional_number, stored_number};
    use crate::text::{load_json, load_text, store_json, store_text};
    use codesm_core::judging::{Mode, ResourceLimits, Verdict};
    use codesm_core::kernel::{ProblemId, SubmissionId, TestSetId, Timestamp, UserId};
    use codesm_core::store::StoreError;
    use codesm_core::submissions::{Submission, SubmissionState};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "submissions")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub problem_id: Option<Uuid>,
        pub test_set_id: Option<Uuid>,
        pub user_id: Uuid,
        pub mode: String,
        pub language: String,
        pub files: String,
        pub stdin: Option<String>,
        pub args: String,
        pub limit_time_ms: i64,
        pub limit_memory_mb: i64,
        pub limit_output_kb: i64,
        pub state: String,
        pub verdict: Option<String>,
        pub score: Option<f64>,
        pub max_score: Option<f64>,
        pub compile_output: Option<String>,
        pub cpu_ms: Option<i64>,
        pub wall_ms: Option<i64>,
        pub memory_kb: Option<i64>,
        pub measured_by: Option<String>,
        pub sandbox_tier: Option<String>,
        pub worker_speed: Option<f64>,
        pub groups: Option<String>,
        pub error_code: Option<String>,
        pub attempt: i64,
        pub tests: String,
        pub created_at: Timestamp,
        pub judged_at: Option<Timestamp>,
    }

    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            // Sources belong to their writers, not into logs.
            f.debug_struct("submissions::Model").field("id", &self.id).finish_non_exhaustive()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl TryFrom<&Submission> for Model {
        type Error = StoreError;

        fn try_from(submission: &Submission) -> Result<Self, StoreError> {
            let Submission {
                id,
                problem_id,
                test_set_id,
                user_id,
                mode,
                language,
                files,
                stdin,
                args,
                limits,
                state,
                verdict,
                score,
                max_score,
                compile_output,
                cpu_ms,
                wall_ms,
                memory_kb,
                measured_by,
                sandbox_tier,
                worker_speed,
                groups,
                error_code,
                attempt,
                tests,
                created_at,
                judged_at,
            } = submission;
            let ResourceLimits {
                time_ms,
                memory_mb,
                output_kb,
            } = *limits;
            let memory_kb = memory_kb.map(|memory| stored_number(memory, "submissions.memory_kb"));
            Ok(Self {
                id: id.as_uuid(),
                problem_id: problem_id.map(ProblemId::as_uuid),
                test_set_id: test_set_id.map(TestSetId::as_uuid),
                user_id: user_id.as_uuid(),
                mode: mode.as_str().to_owned(),
                language: language.clone(),
                files: store_json(files)?,
                stdin: stdin.as_deref().map(store_text),
                args: store_json(args)?,
                limit_time_ms: i64::from(time_ms),
                limit_memory_mb: i64::from(memory_mb),
                limit_output_kb: i64::from(output_kb),
                state: state.as_str().to_owned(),
                verdict: verdict.map(|verdict| verdict.as_str().to_owned()),
                score: *score,
                max_score: *max_score,
                compile_output: compile_output.as_deref().map(store_text),
                cpu_ms: cpu_ms.map(i64::from),
                wall_ms: wall_ms.map(i64::from),
                memory_kb: memory_kb.transpose()?,
                measured_by: measured_by.as_deref().map(store_text),
                sandbox_tier: sandbox_tier.clone(),
                worker_speed: *worker_speed,
                groups: (!groups.is_empty()).then(|| store_json(groups)).transpose()?,
                error_code: error_code.as_deref().map(store_text),
                attempt: i64::from(*attempt),
                tests: store_json(tests)?,
                created_at: *created_at,
                judged_at: *judged_at,
            })
        }
    }

    impl TryFrom<Model> for Submission {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let Model {
                id,
                problem_id,
                test_set_id,
                user_id,
                mode,
                language,
                files,
                stdin,
                args,
                limit_time_ms,
                limit_memory_mb,
                limit_output_kb,
                state,
                verdict,
                score,
                max_score,
                compile_output,
                cpu_ms,
                wall_ms,
                memory_kb,
                measured_by,
                sandbox_tier,
                worker_speed,
                groups,
                error_code,
                attempt,
                tests,
                created_at,
                judged_at,
            } = row;
            let table = "submissions";
            let verdict = verdict.map(|verdict| named(&verdict, Verdict::parse, table, "verdict", id));
            Ok(Self {
                id: SubmissionId::from_uuid(id),
                problem_id: problem_id.map(ProblemId::from_uuid),
                test_set_id: test_set_id.map(TestSetId::from_uuid),
                user_id: UserId::from_uuid(user_id),
                mode: named(&mode, Mode::parse, table, "mode", id)?,
                language,
                files: load_json(&files, table, "files", id)?,
                stdin: stdin.map(load_text),
                args: load_json(&args, table, "args", id)?,
                limits: ResourceLimits {
                    time_ms: number(limit_time_ms, table, "limit_time_ms", id)?,
                    memory_mb: number(limit_memory_mb, table, "limit_memory_mb", id)?,
                    output_kb: number(limit_output_kb, table, "limit_output_kb", id)?,
                },
                state: named(&state, SubmissionState::parse, table, "state", id)?,
                verdict: verdict.transpose()?,
                score,
                max_score,
                compile_output: compile_output.map(load_text),
                cpu_ms: optional_number(cpu_ms, table, "cpu_ms", id)?,
                wall_ms: optional_number(wall_ms, table, "wall_ms", id)?,
                memory_kb: optional_number(memory_kb, table, "memory_kb", id)?,
                measured_by: measured_by.map(load_text),
                sandbox_tier,
                worker_speed,
                groups: groups.map_or_else(|| Ok(Vec::new()), |groups| load_json(&groups, table, "groups", id))?,
                error_code: error_code.map(load_text),
                attempt: number(attempt, table, "attempt", id)?,
                tests: load_json(&tests, table, "tests", id)?,
                created_at,
                judged_at,
            })
        }
    }
}

pub(super) mod idempotency_key {
    use codesm_core::kernel::{SubmissionId, Timestamp, UserId};
    use codesm_core::submissions::IdempotencyRecord;
    use sea_orm::entity::prelude::*;

    use crate::text::{load_text, store_text};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency_keys")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub fingerprint: String,
        pub submission_id: Uuid,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl From<&IdempotencyRecord> for Model {
        fn from(record: &IdempotencyRecord) -> Self {
            let IdempotencyRecord {
                user_id,
                key,
                fingerprint,
                submission_id,
                created_at,
            } = record;
            Self {
                user_id: user_id.as_uuid(),
                key: store_text(key),
                fingerprint: fingerprint.clone(),
                submission_id: submission_id.as_uuid(),
                created_at: *created_at,
            }
        }
    }

    impl From<Model> for IdempotencyRecord {
        fn from(row: Model) -> Self {
            let Model {
                user_id,
                key,
                fingerprint,
                submission_id,
                created_at,
            } = row;
            Self {
                user_id: UserId::from_uuid(user_id),
                key: load_text(key),
                fingerprint,
                submission_id: SubmissionId::from_uuid(submission_id),
                created_at,
            }
        }
    }
}
