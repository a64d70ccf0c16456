//! Runs the suites of the database's ports against the fake one.

use codesm_contract::StoreFixture;
use codesm_core::auth::AuthQueries;
use codesm_core::jobs::{JobDirectory, JobQueue, Leases, WorkerRegistry};
use codesm_core::problems::ProblemQueries;
use codesm_core::store::UnitOfWork;
use codesm_core::submissions::SubmissionQueries;
use codesm_memory::fakes::FakeStore;
use std::sync::Arc;

struct Database(Arc<FakeStore>);

#[expect(clippy::unused_async, reason = "the suites make fixtures with async functions")]
async fn database() -> Database {
    Database(Arc::default())
}

impl StoreFixture for Database {
    fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        self.0.clone()
    }

    fn auth_queries(&self) -> Arc<dyn AuthQueries> {
        self.0.clone()
    }

    fn problem_queries(&self) -> Arc<dyn ProblemQueries> {
        self.0.clone()
    }

    fn submission_queries(&self) -> Arc<dyn SubmissionQueries> {
        self.0.clone()
    }

    fn job_queue(&self) -> Arc<dyn JobQueue> {
        self.0.clone()
    }

    fn job_directory(&self) -> Arc<dyn JobDirectory> {
        self.0.clone()
    }

    fn leases(&self) -> Arc<dyn Leases> {
        self.0.clone()
    }

    fn worker_registry(&self) -> Arc<dyn WorkerRegistry> {
        self.0.clone()
    }
}

mod audit_repository {
    codesm_contract::audit_repository_suite!(super::database);
}

mod auth_queries {
    codesm_contract::auth_queries_suite!(super::database);
}

mod idempotency_repository {
    codesm_contract::idempotency_repository_suite!(super::database);
}

mod upload_repository {
    codesm_contract::upload_repository_suite!(super::database);
}

mod job_queue {
    codesm_contract::job_queue_suite!(super::database);
}

mod job_repository {
    codesm_contract::job_repository_suite!(super::database);
}

mod problem_pages {
    codesm_contract::problem_pages_suite!(super::database);
}

mod problem_queries {
    codesm_contract::problem_queries_suite!(super::database);
}

mod problem_repository {
    codesm_contract::problem_repository_suite!(super::database);
}

mod session_repository {
    codesm_contract::session_repository_suite!(super::database);
}

mod submission_queries {
    codesm_contract::submission_queries_suite!(super::database);
}

mod submission_repository {
    codesm_contract::submission_repository_suite!(super::database);
}

mod unit_of_work {
    codesm_contract::unit_of_work_suite!(super::database);
}

mod user_repository {
    codesm_contract::user_repository_suite!(super::database);
}

mod worker_registry {
    codesm_contract::worker_registry_suite!(super::database);
}

mod job_directory {
    codesm_contract::job_directory_suite!(super::database);
}

mod leases {
    codesm_contract::leases_suite!(super::database);
}
