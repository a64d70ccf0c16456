//! Platform roles and what they may do: one pure table.

use serde::{Deserialize, Serialize};

/// Platform role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Solves problems.
    User,
    /// Also writes problems.
    Author,
    /// May do everything.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::User, Self::Author, Self::Admin];

    /// Stored and shown name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Author => "author",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether the role includes the permission.
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Admin => true,
            Self::Author => matches!(
                permission,
                P::ProblemCreate | P::ProblemImport | P::ProblemPublish | P::SubmissionCreate | P::RunCreate
            ),
            Self::User => matches!(permission, P::SubmissionCreate | P::RunCreate),
        }
    }
}

/// `resource:action`. Ownership (an author's own problem, a solver's own submission) is decided by the feature's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Write a new problem.
    ProblemCreate,
    /// Import a problem package.
    ProblemImport,
    /// Publish one's own problem.
    ProblemPublish,
    /// Read and change the problems of others, drafts included.
    ProblemManageAll,
    /// Submit to a problem.
    SubmissionCreate,
    /// Run code without a problem.
    RunCreate,
    /// Read everybody's submissions.
    SubmissionReadAll,
    /// Call off everybody's submissions.
    SubmissionCancelAll,
    /// See and change jobs and queues.
    JobManage,
}

impl Permission {
    /// `resource:action`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProblemCreate => "problem:create",
            Self::ProblemImport => "problem:import",
            Self::ProblemPublish => "problem:publish",
            Self::ProblemManageAll => "problem:manage_all",
            Self::SubmissionCreate => "submission:create",
            Self::RunCreate => "run:create",
            Self::SubmissionReadAll => "submission:read_all",
            Self::SubmissionCancelAll => "submission:cancel_all",
            Self::JobManage => "job:manage",
        }
    }
}
