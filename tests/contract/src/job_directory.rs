//! What [`codesm_core::jobs::JobDirectory`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::jobs::{JOBS_SORT, Job, JobFilter, JobRate, JobState, Queue};
use codesm_core::kernel::{JobId, PageRequest};

/// A job is found by its id, as it is stored.
pub async fn a_job_is_found(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let job = given.added_job(Queue::Sync).await;
    let directory = fixture.job_directory();
    assert_eq!(directory.by_id(job.id).await.expect("read"), Some(job));
    assert_eq!(directory.by_id(JobId::generate(&given.ids)).await.expect("read"), None);
}

/// Lists MUST be newest first, page by page, and hold what the filter wants.
pub async fn jobs_are_listed_newest_first(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut jobs: Vec<Job> = (0..7).map(|n| given.job([Queue::Run, Queue::Submit][n % 2])).collect();
    jobs[0].bury("enough", given.now());
    jobs[1].bury("enough", given.now());
    jobs[4].complete(given.now());
    given.add_jobs(&jobs).await;
    let directory = fixture.job_directory();
    let listed = async |filter: JobFilter| {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest::parse(Some(2), cursor.as_deref(), JOBS_SORT).expect("own cursors");
            let page = directory.list(&filter, &page).await.expect("list");
            assert!(page.items.len() <= 2);
            all.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                return all;
            }
        }
    };
    let newest_first = |wanted: &dyn Fn(&Job) -> bool| jobs.iter().rev().filter(|job| wanted(job)).cloned().collect::<Vec<_>>();
    assert_eq!(listed(JobFilter::default()).await, newest_first(&|_| true));
    for state in JobState::ALL {
        let filter = JobFilter {
            queue: None,
            state: Some(state),
        };
        assert_eq!(listed(filter).await, newest_first(&|job| job.state == state), "{state:?}");
        let filter = JobFilter {
            queue: Some(Queue::Submit),
            ..filter
        };
        let expected = newest_first(&|job| job.state == state && job.queue == Queue::Submit);
        assert_eq!(listed(filter).await, expected, "{state:?}");
    }
}

/// `rates` MUST name every queue and count what ended at or after the moment.
pub async fn rates_count_what_ended_lately(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut jobs: Vec<Job> = (0..5).map(|_| given.job(Queue::Emails)).collect();
    jobs[0].complete(given.now());
    jobs[1].complete(given.now() + Duration::seconds(1));
    jobs[2].complete(given.now() - Duration::microseconds(1));
    jobs[3].bury("enough", given.now());
    given.add_jobs(&jobs).await;
    let rates = fixture.job_directory().rates(given.now()).await.expect("rates");
    let expected = Queue::ALL.map(|queue| {
        let (done, dead) = if queue == Queue::Emails { (2, 1) } else { (0, 0) };
        JobRate { queue, done, dead }
    });
    assert_eq!(rates, expected);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `JobDirectory`.
    job_directory_suite, job_directory, [
        a_job_is_found,
        jobs_are_listed_newest_first,
        rates_count_what_ended_lately,
    ]
}
