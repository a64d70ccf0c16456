//! Every clause of every port, on both databases.

macro_rules! suites {
    ($database:ident: $($port:ident => $suite:ident),+ $(,)?) => {
        mod $database {
            $(mod $port {
                codesm_contract::$suite!(crate::databases::$database);
            })+
        }
    };
}

macro_rules! on {
    ($($database:ident),+) => {
        $(suites! {
            $database:
            unit_of_work => unit_of_work_suite,
            user_repository => user_repository_suite,
            session_repository => session_repository_suite,
            auth_queries => auth_queries_suite,
            problem_repository => problem_repository_suite,
            problem_queries => problem_queries_suite,
            problem_pages => problem_pages_suite,
            submission_repository => submission_repository_suite,
            submission_queries => submission_queries_suite,
            idempotency_repository => idempotency_repository_suite,
            job_repository => job_repository_suite,
            job_queue => job_queue_suite,
            job_directory => job_directory_suite,
            leases => leases_suite,
            worker_registry => worker_registry_suite,
            audit_repository => audit_repository_suite,
            upload_repository => upload_repository_suite,
        })+
    };
}

on!(sqlite, postgres);
