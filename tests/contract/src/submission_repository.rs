//! What [`codesm_core::submissions::SubmissionRepository`] promises.

use crate::store::limits;
use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::judging::{ComparatorOptions, GroupResult, Mode, TestResult, Verdict};
use codesm_core::kernel::SubmissionId;
use codesm_core::problems::{StoredChecker, TestSet, TestSetDetails};
use codesm_core::submissions::{Judgement, Submission, SubmissionState, TextFile};

fn result(index: u32) -> TestResult {
    TestResult {
        index,
        name: format!("secret/{index:02}"),
        sample: index == 1,
        verdict: Verdict::ALL[usize::try_from(index).expect("small") % Verdict::ALL.len()],
        score: 0.1 * f64::from(index),
        cpu_ms: u32::MAX,
        wall_ms: index,
        memory_kb: u64::MAX,
        exit_code: Some(-1),
        signal: Some(9),
        message: Some("NUL \u{0} ü 𝔘 \"quoted\" \\".to_owned()),
        judge_message: None,
        stdout: Some("\u{0}\u{10}\r\n\t\u{7f}\u{fffd}".to_owned()),
        stderr: Some(String::new()),
    }
}

fn groups() -> Vec<GroupResult> {
    let group = |name: &str, max_score| GroupResult {
        name: name.to_owned(),
        verdict: Verdict::Partial,
        score: 0.1 + 0.2,
        max_score,
        tests: vec![1, u32::MAX],
    };
    vec![group("secret", Some(1e300)), group("secret/ü \u{0}", None)]
}

fn judgement() -> Judgement {
    Judgement {
        verdict: Verdict::Partial,
        score: 0.1 + 0.2,
        max_score: None,
        compile_output: Some("warning: \u{0} embedded".to_owned()),
        tests: (1..=20).map(result).collect(),
        measured_by: Some("cgroup-v2".to_owned()),
        sandbox_tier: Some("A".to_owned()),
        worker_speed: Some(1.0 / 3.0),
        groups: groups(),
        error_code: Some("sandbox.lost".to_owned()),
    }
}

/// A submission with everything set.
async fn full(given: &Given) -> Submission {
    let user = given.added_user().await;
    let problem = given.added_problem(&user).await;
    let set = TestSet {
        id: given.test_set_id(),
        problem_id: problem.id,
        checker: StoredChecker::tokens(ComparatorOptions::default()),
        details: TestSetDetails::default(),
        tests: Vec::new(),
        created_at: given.now(),
    };
    let tx = given.tx().await;
    tx.problems().add_test_set(&set).await.expect("add");
    tx.commit().await.expect("commit");
    let mut submission = given.submission(&user);
    submission.problem_id = Some(problem.id);
    submission.test_set_id = Some(set.id);
    submission.mode = Mode::Submit;
    "python3".clone_into(&mut submission.language);
    submission.files.push(TextFile {
        name: "lib/häuser.py".to_owned(),
        content: "print('ü 𝔘 \\n')\r\n\t\u{10}".to_owned(),
    });
    submission.stdin = Some("1 2\u{0}\n".to_owned());
    submission.args = vec!["--fast".to_owned(), String::new(), "a b".to_owned()];
    submission.state = SubmissionState::Done;
    submission.verdict = Some(Verdict::WrongAnswer);
    submission.score = Some(0.1 + 0.2);
    submission.max_score = Some(100.0);
    submission.compile_output = Some(String::new());
    submission.cpu_ms = Some(u32::MAX);
    submission.wall_ms = Some(0);
    submission.memory_kb = Some(u64::from(u32::MAX) * 1024);
    submission.measured_by = Some("rlimit".to_owned());
    submission.sandbox_tier = Some("C".to_owned());
    submission.worker_speed = Some(0.1 + 0.2);
    submission.groups = groups();
    submission.error_code = Some("x".to_owned());
    submission.attempt = u32::MAX;
    submission.tests = (1..=3).map(result).collect();
    submission.judged_at = Some(given.now() + Duration::microseconds(1));
    submission
}

/// A submission MUST come back exactly as added.
pub async fn a_submission_comes_back_as_added(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let plain = given.added_submission(&given.added_user().await).await;
    let full = full(&given).await;
    given.add_submissions(std::slice::from_ref(&full)).await;
    let tx = given.tx().await;
    assert_eq!(tx.submissions().by_id(plain.id).await.expect("read"), Some(plain));
    assert_eq!(tx.submissions().by_id(full.id).await.expect("read"), Some(full));
    let unknown = SubmissionId::generate(&given.ids);
    assert_eq!(tx.submissions().by_id(unknown).await.expect("read"), None);
}

/// A submission MUST come back exactly as saved.
pub async fn a_submission_comes_back_as_saved(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut submission = given.added_submission(&given.added_user().await).await;
    let other = given.added_submission(&given.added_user().await).await;
    assert!(submission.begin(3));
    let tx = given.tx().await;
    tx.submissions().save(&submission).await.expect("save");
    assert_eq!(
        tx.submissions().by_id(submission.id).await.expect("read").as_ref(),
        Some(&submission)
    );
    let mut judgement = judgement();
    // The largest memory of a test must fit a signed column; no machine has 2^63 KiB.
    for test in &mut judgement.tests {
        test.memory_kb = 1 << 50;
    }
    assert!(submission.finish(3, judgement, given.now() + Duration::seconds(2)));
    tx.submissions().save(&submission).await.expect("save");
    tx.commit().await.expect("commit");
    let tx = given.tx().await;
    assert_eq!(tx.submissions().by_id(submission.id).await.expect("read"), Some(submission));
    assert_eq!(tx.submissions().by_id(other.id).await.expect("read"), Some(other));
}

/// `save` does not write files, standard input or limits, which never change.
pub async fn saving_does_not_touch_what_was_submitted(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let submission = given.added_submission(&given.added_user().await).await;
    let mut changed = submission.clone();
    changed.files.clear();
    changed.stdin = Some("other".to_owned());
    changed.limits.time_ms = limits().time_ms + 1;
    changed.state = SubmissionState::Cancelled;
    let tx = given.tx().await;
    tx.submissions().save(&changed).await.expect("save");
    let mut expected = submission;
    expected.state = SubmissionState::Cancelled;
    assert_eq!(tx.submissions().by_id(expected.id).await.expect("read"), Some(expected));
}

/// `by_id` inside a transaction that then saves MUST be safe against another transaction doing the same.
pub async fn of_many_verdicts_at_the_same_time_one_is_given(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let submission = given.added_submission(&given.added_user().await).await;
    let tasks: Vec<_> = (1..=8)
        .map(|attempt| {
            let (unit_of_work, id, now) = (fixture.unit_of_work(), submission.id, given.now());
            tokio::spawn(async move {
                let tx = unit_of_work.begin().await.expect("begin");
                let mut submission = tx.submissions().by_id(id).await.expect("read").expect("a submission");
                let finished = submission.finish(
                    attempt,
                    Judgement {
                        tests: Vec::new(),
                        ..judgement()
                    },
                    now,
                );
                if finished {
                    tx.submissions().save(&submission).await.expect("save");
                }
                tx.commit().await.expect("commit");
                finished.then_some(attempt)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        winners.extend(task.await.expect("no panic"));
    }
    assert_eq!(winners.len(), 1, "{winners:?} all gave a verdict");
    let stored = fixture
        .submission_queries()
        .by_id(submission.id)
        .await
        .expect("read")
        .expect("a submission");
    assert_eq!(stored.attempt, winners[0]);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `SubmissionRepository`.
    submission_repository_suite, submission_repository, [
        a_submission_comes_back_as_added,
        a_submission_comes_back_as_saved,
        saving_does_not_touch_what_was_submitted,
        of_many_verdicts_at_the_same_time_one_is_given,
    ]
}
