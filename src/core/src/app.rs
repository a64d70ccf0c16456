//! The inbound port: every use case, ready to be called by HTTP, the worker and the command line.

use crate::auth::{AuthDeps, Authenticate, CreateAccount, Login, Logout, Me, Refresh, Register};
use crate::judging::engine::Engine;
use crate::problems::{
    ChangeProblemStatus, CreateProblem, EditProblem, ExportProblem, GetAttachment, GetProblem, ImportProblem, ListProblems,
    MeasureTimeLimit, ProblemDeps, SetTests,
};
use crate::submissions::{
    FollowEvents, GetSubmission, GiveUp, JudgeSubmission, ListLanguages, ListSubmissions, SubmissionDeps, Submit, WaitForVerdict,
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
    /// Judging; only where a sandbox runs.
    pub judge: Option<JudgeSubmission>,
}

impl App {
    /// Builds every use case. Without an engine the process takes submissions in but does not judge.
    #[must_use]
    pub fn new(auth: AuthDeps, problems: ProblemDeps, submissions: SubmissionDeps, uploads: UploadDeps, engine: Option<Engine>) -> Self {
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
            judge: engine.map(|engine| JudgeSubmission::new(submissions.clone(), engine)),
            submissions: SubmissionUseCases {
                submit: Submit::new(submissions.clone()),
                get: GetSubmission::new(submissions.clone()),
                list: ListSubmissions::new(submissions.clone()),
                wait: WaitForVerdict::new(submissions.clone()),
                follow: FollowEvents::new(submissions.clone()),
                languages: ListLanguages::new(submissions.clone()),
                give_up: GiveUp::new(submissions),
            },
        }
    }
}
