//! The legacy format's rules; those of 2025-09 and what holds of all trees are in files of their own.

use super::super::grading::{LegacyPoints, ScoreMode};
use super::*;

#[path = "evaluate_custom_tests.rs"]
mod custom;
#[path = "evaluate_modern_tests.rs"]
mod modern;
#[path = "evaluate_properties.rs"]
mod properties;

/// What the tests of a tree would get if they were run.
#[derive(Clone, Debug, Default)]
pub(super) struct Truth(pub(super) BTreeMap<u32, TestGrade>);

impl Truth {
    /// One letter per test, from 1: `a`ccepted, `w`rong, `t`ime limit, `r`untime error, `m`emory, `o`utput, `j`ury's failure.
    pub(super) fn of(letters: &str) -> Self {
        let grade = |letter| TestGrade {
            verdict: match letter {
                'a' => Verdict::Accepted,
                'w' => Verdict::WrongAnswer,
                't' => Verdict::TimeLimit,
                'r' => Verdict::RuntimeError,
                'm' => Verdict::MemoryLimit,
                'o' => Verdict::OutputLimit,
                'j' => Verdict::CheckerFailed,
                other => panic!("no verdict is called {other}"),
            },
            points: None,
        };
        Self((1..).zip(letters.chars().map(grade)).collect())
    }

    pub(super) fn with(mut self, index: u32, points: GivenPoints) -> Self {
        if let Some(grade) = self.0.get_mut(&index) {
            grade.points = Some(points);
        }
        self
    }

    pub(super) fn score(self, index: u32, score: f64) -> Self {
        self.with(index, GivenPoints::Score(score))
    }
}

/// What came of judging a tree.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) evaluation: Evaluation,
    /// Tests that were run, in this order.
    pub(super) ran: Vec<u32>,
    /// Questions that were asked, in this order.
    pub(super) asked: Vec<GraderCall>,
}

impl Run {
    pub(super) fn grade(&self) -> (Verdict, f64) {
        (self.evaluation.verdict.unwrap_or(Verdict::InternalError), self.evaluation.score)
    }

    pub(super) fn group(&self, name: &str) -> (Verdict, f64) {
        let group = self.evaluation.groups.iter().find(|group| group.name == name);
        group.map_or((Verdict::InternalError, -1.0), |group| (group.verdict, group.score))
    }
}

/// Judges as the engine does, but takes whichever wanted test `pick` says.
pub(super) fn simulate(
    root: &TestGroup,
    truth: &Truth,
    (scored, all): (bool, bool),
    mut pick: impl FnMut(usize) -> usize,
    grader: impl Fn(&GraderCall) -> Grade,
) -> Run {
    let mut known = Known::default();
    let (mut ran, mut asked) = (Vec::new(), Vec::new());
    loop {
        let evaluation = evaluate(root, &known, scored, all);
        if let Some(call) = evaluation.wanted_grades.first() {
            known.grades.insert(call.clone(), grader(call));
            asked.push(call.clone());
        } else if evaluation.wanted.is_empty() {
            return Run { evaluation, ran, asked };
        } else {
            let index = evaluation.wanted[pick(evaluation.wanted.len())];
            known.tests.insert(index, truth.0[&index]);
            ran.push(index);
        }
    }
}

pub(super) fn judged(root: &TestGroup, letters: &str) -> Run {
    simulate(root, &Truth::of(letters), (false, false), |_| 0, no_grader)
}

pub(super) fn no_grader(call: &GraderCall) -> Grade {
    panic!("nobody asks for {call:?}")
}

/// A legacy group as the format has it by default.
pub(super) fn group(name: &str, children: Vec<TestNode>) -> TestGroup {
    TestGroup {
        name: name.to_owned(),
        children,
        on_reject: OnReject::Break,
        grader: flags(""),
        require_pass: Vec::new(),
    }
}

fn flags(flags: &str) -> Grader {
    graded(flags, LegacyPoints::default())
}

/// The default grader with these flags.
fn graded(flags: &str, points: LegacyPoints) -> Grader {
    let (mut verdict, mut score) = (VerdictMode::default(), ScoreMode::default());
    for flag in flags.split_whitespace() {
        match flag {
            "first_error" => verdict = VerdictMode::FirstError,
            "worst_error" => verdict = VerdictMode::WorstError,
            "always_accept" => verdict = VerdictMode::AlwaysAccept,
            "avg" => score = ScoreMode::Avg,
            "min" => score = ScoreMode::Min,
            "max" => score = ScoreMode::Max,
            _ => {}
        }
    }
    Grader::Legacy {
        verdict,
        score,
        ignore_sample: flags.contains("ignore_sample"),
        accept_if_any_accepted: flags.contains("accept_if_any_accepted"),
        points,
    }
}

pub(super) fn tests(indices: impl IntoIterator<Item = u32>) -> Vec<TestNode> {
    indices.into_iter().map(TestNode::Test).collect()
}

/// A group that goes on after a failure.
fn going_on(name: &str, grader: Grader, children: Vec<TestNode>) -> TestGroup {
    TestGroup {
        on_reject: OnReject::Continue,
        grader,
        ..group(name, children)
    }
}

const WA: Verdict = Verdict::WrongAnswer;
const TLE: Verdict = Verdict::TimeLimit;
const RTE: Verdict = Verdict::RuntimeError;
pub(super) const AC: Verdict = Verdict::Accepted;

#[test]
fn flags_of_the_default_grader_make_verdict_and_score() {
    let cases = [
        ("", "aaa", AC, 3.0),
        ("", "awt", TLE, 1.0),
        ("", "wtr", RTE, 0.0),
        ("", "mta", Verdict::MemoryLimit, 1.0),
        ("", "wto", TLE, 0.0),
        ("", "woa", Verdict::OutputLimit, 1.0),
        ("", "rjw", Verdict::CheckerFailed, 0.0),
        ("first_error", "awt", WA, 1.0),
        ("always_accept", "wwa", AC, 1.0),
        ("accept_if_any_accepted", "wwa", AC, 1.0),
        ("accept_if_any_accepted", "wtw", TLE, 0.0),
        ("accept_if_any_accepted first_error", "wtw", WA, 0.0),
        ("avg", "aaw", WA, 2.0 / 3.0),
        ("min", "aaw", WA, 0.0),
        ("min", "aaa", AC, 1.0),
        ("max", "waw", WA, 1.0),
    ];
    for (said, letters, verdict, score) in cases {
        let root = going_on("", flags(said), tests(1..=3));
        assert_eq!(judged(&root, letters).grade(), (verdict, score), "{said} {letters}");
    }
}

#[test]
fn a_group_stops_at_its_first_failure_unless_it_is_to_continue() {
    let stopping = judged(&group("", tests(1..=3)), "awa");
    assert_eq!((stopping.ran.as_slice(), stopping.grade()), ([1, 2].as_slice(), (WA, 1.0)));
    assert_eq!(stopping.evaluation.reached, BTreeSet::from([1, 2]));
    let going = judged(&going_on("", flags(""), tests(1..=3)), "awa");
    assert_eq!((going.ran.as_slice(), going.grade()), ([1, 2, 3].as_slice(), (WA, 2.0)));
}

#[test]
fn tests_and_groups_are_wanted_in_their_order() {
    let inner = |name: &str, indices: [u32; 2]| TestNode::Group(group(name, tests(indices)));
    let root = group(
        "",
        vec![TestNode::Test(1), inner("a", [2, 3]), TestNode::Test(4), inner("b", [5, 6])],
    );
    let nothing = evaluate(&root, &Known::default(), false, false);
    assert_eq!(nothing.wanted, [1, 2, 3, 4, 5, 6]);
    let mut known = Known::default();
    known.tests.insert(2, Truth::of("w").0[&1]);
    let evaluation = evaluate(&root, &known, false, false);
    assert_eq!(evaluation.wanted, [1], "only what may still matter");
    assert_eq!(evaluation.reached, BTreeSet::from([1, 2]));
    assert_eq!(
        evaluate(&root, &known, false, true).wanted,
        [1, 3, 4, 5, 6],
        "all are wanted if asked for"
    );
    assert_eq!(evaluate(&root, &known, false, true).reached, evaluation.reached);
}

/// The usual set-up of Swedish olympiads: a group's points, or none, and the overall verdict says that some group passed.
fn olympiad() -> TestGroup {
    let points = |most| LegacyPoints {
        accept_score: most,
        range_min: Some(0.0),
        range_max: Some(most),
        ..LegacyPoints::default()
    };
    let part = |name: &str, most, indices: [u32; 2]| {
        TestNode::Group(TestGroup {
            grader: graded("min", points(most)),
            ..group(name, tests(indices))
        })
    };
    let secret = going_on(
        "secret",
        flags("first_error accept_if_any_accepted"),
        vec![part("secret/1", 20.0, [2, 3]), part("secret/2", 80.0, [4, 5])],
    );
    let sample = group("sample", tests([1]));
    going_on("", flags("ignore_sample"), vec![TestNode::Group(sample), TestNode::Group(secret)])
}

#[test]
fn olympiad_groups_give_their_points_or_none() {
    let root = olympiad();
    assert_eq!(root.max_score(false), Some(100.0));
    for (letters, grade, ran) in [
        ("aaaaa", (AC, 100.0), 5),
        ("aaata", (AC, 20.0), 4),
        ("awaaa", (AC, 80.0), 4),
        ("waaaa", (AC, 100.0), 5),
        ("awata", (WA, 0.0), 3),
    ] {
        let run = judged(&root, letters);
        assert_eq!((run.grade(), run.ran.len()), (grade, ran), "{letters}");
    }
    let run = judged(&root, "aaata");
    assert_eq!((run.group("secret/1"), run.group("secret/2")), ((AC, 20.0), (TLE, 0.0)));
    assert_eq!((run.group("sample"), run.group("secret")), ((AC, 1.0), (AC, 20.0)));
    assert!(
        run.evaluation.groups.iter().all(|group| !group.name.is_empty()),
        "the root is no group"
    );
}

#[test]
fn a_group_that_was_not_reached_is_skipped() {
    let root = group(
        "",
        vec![
            TestNode::Group(group("sample", tests([1]))),
            TestNode::Group(group("secret", vec![TestNode::Group(group("secret/a", tests([2])))])),
        ],
    );
    let run = judged(&root, "wa");
    assert_eq!((run.grade(), run.ran), ((WA, 0.0), vec![1]));
    let verdicts: Vec<Verdict> = run.evaluation.groups.iter().map(|group| group.verdict).collect();
    assert_eq!(verdicts, [WA, Verdict::Skipped, Verdict::Skipped]);
}

#[test]
fn ignored_samples_that_stop_everything_accept_nobody() {
    let mut root = olympiad();
    root.on_reject = OnReject::Break;
    let run = judged(&root, "taaaa");
    assert_eq!((run.grade(), run.ran), ((TLE, 0.0), vec![1]));
}

#[test]
fn an_empty_group_is_accepted_with_nothing_and_is_no_child() {
    let empty = |name: &str| TestNode::Group(group(name, vec![TestNode::Group(group("x", vec![]))]));
    for mode in ["min", "avg", "sum", "max"] {
        let root = going_on("", flags(mode), [vec![empty("a")], tests([1]), vec![empty("b")]].concat());
        assert_eq!(judged(&root, "a").grade(), (AC, 1.0), "{mode}");
        let nothing = going_on("", flags(mode), vec![empty("a")]);
        assert_eq!(judged(&nothing, "").grade(), (AC, 0.0), "{mode}");
    }
    // Nor is it the accepted one of which one is enough.
    let root = going_on("", flags("accept_if_any_accepted"), [vec![empty("a")], tests([1])].concat());
    assert_eq!(judged(&root, "w").grade(), (WA, 0.0));
}

#[test]
fn points_of_tests_are_those_of_their_own_group_unless_a_validator_says_otherwise() {
    let points = LegacyPoints {
        accept_score: 5.0,
        reject_score: -1.0,
        ..LegacyPoints::default()
    };
    let inner = going_on("a", graded("", points), tests([2, 3]));
    let root = going_on("", flags(""), vec![TestNode::Test(1), TestNode::Group(inner)]);
    assert_eq!(judged(&root, "aaw").grade(), (WA, 1.0 + 5.0 - 1.0));
    let truth = Truth::of("aaw").score(1, 0.25).score(2, 7.5);
    let run = simulate(&root, &truth, (true, false), |_| 0, no_grader);
    assert_eq!(run.grade(), (WA, 0.25 + 7.5 - 1.0));
    assert_eq!(run.evaluation.scores, BTreeMap::from([(1, 0.25), (2, 7.5), (3, -1.0)]));
    let stopped = group("", vec![TestNode::Test(1), TestNode::Test(2)]);
    let stopped = TestGroup {
        grader: graded("min", points),
        ..stopped
    };
    assert_eq!(
        judged(&stopped, "wa").grade(),
        (WA, -1.0),
        "`break` with `min` gives the failing child's score"
    );
}

#[test]
fn ranges_say_the_most_points_and_change_no_score() {
    let narrow = LegacyPoints {
        range_max: Some(1.0),
        ..LegacyPoints::default()
    };
    let root = going_on("", graded("", narrow), tests(1..=3));
    assert_eq!((root.max_score(false), root.max_score(true)), (Some(1.0), Some(1.0)));
    assert_eq!(judged(&root, "aaa").grade(), (AC, 3.0));
    let open = going_on("", flags(""), tests(1..=3));
    assert_eq!((open.max_score(false), open.max_score(true)), (Some(3.0), None));
    assert_eq!(going_on("", flags("avg"), tests(1..=4)).max_score(false), Some(1.0));
}

#[test]
fn a_failure_of_the_problems_own_programs_is_never_hidden() {
    for said in ["always_accept", "accept_if_any_accepted", "first_error", ""] {
        let run = judged(&going_on("", flags(said), tests(1..=3)), "awj");
        assert!(run.evaluation.has_failure, "{said}");
    }
    assert!(
        !judged(&group("", tests(1..=2)), "wj").evaluation.has_failure,
        "what was not reached does not count"
    );
}
