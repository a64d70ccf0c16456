//! The inbound port: every use case, ready to be called by HTTP, the worker and the command line.

use crate::auth::{AuthDeps, Authenticate, CreateAccount, Login, Logout, Me, Refresh, Register};
use crate::judging::engine::Engine;
use crate::maintenance::{MaintenanceDeps, RunTask};
use crate::problems::{
    ChangeProblemStatus, CreateProblem, EditProblem, ExportProblem, GetAttachment, GetProblem, ImportProblem, ListProblems,
    MeasureTimeLimit, ProblemDeps, SetTests,
};
use crate::queues::{ChangeQueue, DrainQueue, QueueDeps, RemoveJob, RetryJobs, ShowQueues};
use crate::submissions::{
    CancelSubmission, FollowEvents, GetSubmission, GiveUp, JudgeSubmission, ListLanguages, ListSubmissions, SubmissionDeps, Submit,
    SubmitBatch, WaitForVerdict,
};
use crate::uploads::{ConfirmUpload, GetUpload, PresignUpload, SweepUploads, TransferUpload, UploadDeps};

/// Accounts and sessions.
#[derive(Clone)]
pub struct AuthUseCases {
    /// Opens accounts.
    pub register: Register,
    /// Logs in.
    pub login: Login,
    /// Rotates refresh tokens.
    pub refresh: Refresh,
    /// Logs out.
    pub logout: Logout,
    /// Shows the caller's account.
    pub me: Me,
    /// Checks access tokens.
    pub authenticate: Authenticate,
    /// Opens accounts for the operator.
    pub create_account: CreateAccount,
}

/// Problems.
#[derive(Clone)]
pub struct ProblemUseCases {
    /// Creates drafts.
    pub create: CreateProblem,
    /// Edits.
    pub edit: EditProblem,
    /// Review, publish, archive.
    pub change_status: ChangeProblemStatus,
    /// Lists.
    pub list: ListProblems,
    /// Shows one.
    pub get: GetProblem,
    /// Gives out attachments.
    pub attachment: GetAttachment,
    /// Sets inline tests.
    pub set_tests: SetTests,
    /// Imports packages.
    pub import: ImportProblem,
    /// Exports packages.
    pub export: ExportProblem,
}

/// Submissions.
#[derive(Clone)]
pub struct SubmissionUseCases {
    /// Takes submissions in.
    pub submit: Submit,
    /// Takes several in together.
    pub submit_batch: SubmitBatch,
    /// Shows one.
    pub get: GetSubmission,
    /// The history.
    pub list: ListSubmissions,
    /// Waits for a verdict.
    pub wait: WaitForVerdict,
    /// Live events.
    pub follow: FollowEvents,
    /// Languages.
    pub languages: ListLanguages,
    /// Calls submissions off.
    pub cancel: CancelSubmission,
    /// Records failures.
    pub give_up: GiveUp,
}

/// Uploads.
#[derive(Clone)]
pub struct UploadUseCases {
    /// Offers addresses.
    pub presign: PresignUpload,
    /// Takes uploaded files over.
    pub confirm: ConfirmUpload,
    /// Shows them.
    pub get: GetUpload,
    /// Takes files in and gives them out where the storage cannot.
    pub transfer: TransferUpload,
    /// Removes leftovers.
    pub sweep: SweepUploads,
}

/// Queues and jobs, for operators.
#[derive(Clone)]
pub struct QueueUseCases {
    /// Shows them.
    pub show: ShowQueues,
    /// Pauses queues.
    pub change: ChangeQueue,
    /// Tries given-up jobs again.
    pub retry: RetryJobs,
    /// Removes jobs.
    pub remove: RemoveJob,
    /// Empties queues.
    pub drain: DrainQueue,
}

/// What all use cases need, by feature.
#[derive(Clone)]
pub struct AppDeps {
    /// Accounts and sessions.
    pub auth: AuthDeps,
    /// Problems.
    pub problems: ProblemDeps,
    /// Submissions.
    pub submissions: SubmissionDeps,
    /// Uploads.
    pub uploads: UploadDeps,
    /// What operators do.
    pub queues: QueueDeps,
    /// Keeping the house.
    pub maintenance: MaintenanceDeps,
    /// Judges; without it the process takes submissions in but does not judge.
    pub engine: Option<Engine>,
}

/// All use cases.
#[derive(Clone)]
pub struct App {
    /// Accounts and sessions.
    pub auth: AuthUseCases,
    /// Problems.
    pub problems: ProblemUseCases,
    /// Submissions.
    pub submissions: SubmissionUseCases,
    /// Uploads.
    pub uploads: UploadUseCases,
    /// Queues and jobs, for operators.
    pub queues: QueueUseCases,
    /// Does tasks of maintenance.
    pub maintain: RunTask,
    /// Judging; only where a sandbox runs.
    pub judge: Option<JudgeSubmission>,
}

impl App {
    /// Builds every use case.
    #[must_use]
    pub fn new(deps: AppDeps) -> Self {
        let AppDeps {
            auth,
            problems,
            submissions,
            uploads,
            queues,
            maintenance,
            engine,
        } = deps;
        Self {
            auth: AuthUseCases {
                register: Register::new(auth.clone()),
                login: Login::new(auth.clone()),
                refresh: Refresh::new(auth.clone()),
                logout: Logout::new(auth.clone()),
                me: Me::new(auth.clone()),
                authenticate: Authenticate::new(auth.clone()),
                create_account: CreateAccount::new(auth),
            },
            problems: ProblemUseCases {
                create: CreateProblem::new(problems.clone()),
                edit: EditProblem::new(problems.clone()),
                change_status: ChangeProblemStatus::new(problems.clone()),
                list: ListProblems::new(problems.clone()),
                get: GetProblem::new(problems.clone()),
                attachment: GetAttachment::new(problems.clone()),
                set_tests: SetTests::new(problems.clone()),
                export: ExportProblem::new(problems.clone()),
                import: ImportProblem::new(problems, engine.clone().map(MeasureTimeLimit::new)),
            },
            uploads: UploadUseCases {
                presign: PresignUpload::new(uploads.clone()),
                confirm: ConfirmUpload::new(uploads.clone()),
                get: GetUpload::new(uploads.clone()),
                transfer: TransferUpload::new(uploads.clone()),
                sweep: SweepUploads::new(uploads),
            },
            queues: QueueUseCases {
                show: ShowQueues::new(queues.clone()),
                change: ChangeQueue::new(queues.clone()),
                retry: RetryJobs::new(queues.clone()),
                remove: RemoveJob::new(queues.clone()),
                drain: DrainQueue::new(queues),
            },
            maintain: RunTask::new(maintenance),
            judge: engine.map(|engine| JudgeSubmission::new(submissions.clone(), engine)),
            submissions: SubmissionUseCases {
                submit: Submit::new(submissions.clone()),
                submit_batch: SubmitBatch::new(Submit::new(submissions.clone())),
                get: GetSubmission::new(submissions.clone()),
                list: ListSubmissions::new(submissions.clone()),
                wait: WaitForVerdict::new(submissions.clone()),
                follow: FollowEvents::new(submissions.clone()),
                languages: ListLanguages::new(submissions.clone()),
                cancel: CancelSubmission::new(submissions.clone()),
                give_up: GiveUp::new(submissions),
            },
        }
    }
}
