//! What holds of all trees.

use super::super::super::grading::LegacyPoints;
use super::*;
use proptest::prelude::*;

/// A tree without indices and names, which come later.
#[derive(Clone, Debug)]
enum Sketch {
    Test,
    Group {
        children: Vec<Sketch>,
        stops: bool,
        grader: Grader,
    },
}

fn legacy() -> BoxedStrategy<Grader> {
    let verdicts = prop::sample::select(vec![VerdictMode::WorstError, VerdictMode::FirstError, VerdictMode::AlwaysAccept]);
    let scores = prop::sample::select(vec![ScoreMode::Sum, ScoreMode::Avg, ScoreMode::Min, ScoreMode::Max]);
    let points = prop::sample::select(vec![(1.0, 0.0), (5.0, -1.0)]).prop_map(|(accept_score, reject_score)| LegacyPoints {
        accept_score,
        reject_score,
        ..LegacyPoints::default()
    });
    (verdicts, scores, any::<(bool, bool, bool)>(), points)
        .prop_map(|(verdict, score, (any, ignore, is_custom), points)| {
            if is_custom && any {
                Grader::Custom { flags: vec![], points }
            } else {
                Grader::Legacy {
                    verdict,
                    score,
                    ignore_sample: ignore,
                    accept_if_any_accepted: any,
                    points,
                }
            }
        })
        .boxed()
}

fn modern() -> BoxedStrategy<Grader> {
    let aggregations = prop::sample::select(vec![Aggregation::Sum, Aggregation::Min, Aggregation::PassFail]);
    let most = prop::sample::select(vec![None, Some(10.0), Some(100.0)]);
    (aggregations, most)
        .prop_map(|(aggregation, max_score)| Grader::Modern { aggregation, max_score })
        .boxed()
}

fn sketch(grader: BoxedStrategy<Grader>) -> impl Strategy<Value = Sketch> {
    let leaf = Just(Sketch::Test);
    let inner = leaf.prop_recursive(3, 24, 4, move |child| group_of(child, grader.clone()));
    inner.prop_map(|child| match child {
        Sketch::Test => Sketch::Group {
            children: vec![Sketch::Test],
            stops: false,
            grader: flags(""),
        },
        group @ Sketch::Group { .. } => group,
    })
}

fn group_of(child: impl Strategy<Value = Sketch>, grader: impl Strategy<Value = Grader>) -> impl Strategy<Value = Sketch> {
    (prop::collection::vec(child, 0..5), any::<bool>(), grader).prop_map(|(children, stops, grader)| Sketch::Group {
        children,
        stops,
        grader,
    })
}

/// Gives indices in judging order, and names by place; groups of 2025-09 may require earlier ones.
fn build(sketch: &Sketch, name: &str, next: &mut u32, seen: &mut Vec<String>, requires: &[bool]) -> TestNode {
    let Sketch::Group { children, stops, grader } = sketch else {
        *next += 1;
        return TestNode::Test(*next);
    };
    let is_modern = matches!(grader, Grader::Modern { .. });
    let require_pass = match seen.last() {
        Some(last) if is_modern && requires[seen.len() % requires.len()] => vec![last.clone()],
        _ => Vec::new(),
    };
    let children = (1..).zip(children).map(|(place, child)| {
        let name = if name.is_empty() {
            format!("g{place}")
        } else {
            format!("{name}/{place}")
        };
        build(child, &name, next, seen, requires)
    });
    let children = children.collect();
    seen.push(name.to_owned());
    TestNode::Group(TestGroup {
        name: name.to_owned(),
        children,
        on_reject: if *stops { OnReject::Break } else { OnReject::Continue },
        grader: grader.clone(),
        require_pass,
    })
}

#[derive(Clone, Debug)]
struct Given {
    root: TestGroup,
    truth: Truth,
    scored: bool,
}

fn given() -> impl Strategy<Value = Given> {
    let trees = prop_oneof![sketch(legacy()), sketch(modern())];
    let verdicts = prop::sample::select(vec!['a', 'a', 'a', 'a', 'w', 't', 'r', 'j']);
    let points = prop::option::weighted(
        0.3,
        prop_oneof![(0.0..12.0).prop_map(GivenPoints::Score), (0.0..1.0).prop_map(GivenPoints::Share)],
    );
    let tests = prop::collection::vec((verdicts, points), 125);
    (trees, tests, any::<bool>(), prop::collection::vec(any::<bool>(), 7)).prop_map(|(sketch, tests, scored, requires)| {
        let (letters, points): (String, Vec<_>) = tests.into_iter().unzip();
        let mut truth = Truth::of(&letters);
        for (index, points) in (1..).zip(points) {
            if let Some(points) = points.filter(|_| scored) {
                truth = truth.with(index, points);
            }
        }
        let TestNode::Group(root) = build(&sketch, "", &mut 0, &mut Vec::new(), &requires) else {
            unreachable!("the outermost is a group")
        };
        Given { root, truth, scored }
    })
}

/// Says what nobody could guess, but always the same to the same question.
fn moody(call: &GraderCall) -> Grade {
    let sum = call.input.bytes().map(u32::from).sum::<u32>();
    let verdict = [Verdict::Accepted, Verdict::WrongAnswer, Verdict::TimeLimit][sum as usize % 3];
    Grade {
        verdict,
        score: f64::from(sum % 10),
    }
}

fn in_order(given: &Given, all: bool) -> Run {
    simulate(&given.root, &given.truth, (given.scored, all), |_| 0, moody)
}

proptest! {
    #[test]
    fn the_order_in_which_results_arrive_does_not_matter(given in given(), mut seed in any::<u64>()) {
        let orderly = in_order(&given, false);
        let shuffled = simulate(
            &given.root,
            &given.truth,
            (given.scored, false),
            |wanted| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33) as usize % wanted
            },
            moody,
        );
        prop_assert_eq!(orderly.evaluation, shuffled.evaluation);
    }

    #[test]
    fn stopping_early_changes_nothing(given in given()) {
        let (early, all) = (in_order(&given, false), in_order(&given, true));
        prop_assert_eq!(&early.evaluation, &all.evaluation);
        prop_assert_eq!(all.ran.len(), given.root.tests().len());
        // Tests that were run in order and without need would have been a waste.
        let needless = early.ran.iter().filter(|index| !early.evaluation.reached.contains(index));
        prop_assert_eq!(needless.count(), 0);
    }

    #[test]
    fn what_is_not_reached_is_never_reached_again(given in given(), from_the_end in any::<bool>()) {
        let mut known = Known::default();
        let mut reached: Option<BTreeSet<u32>> = None;
        loop {
            let evaluation = evaluate(&given.root, &known, given.scored, false);
            if let Some(before) = &reached {
                prop_assert!(evaluation.reached.is_subset(before));
            }
            let wanted = if from_the_end { evaluation.wanted.last() } else { evaluation.wanted.first() };
            if let Some(call) = evaluation.wanted_grades.first() {
                known.grades.insert(call.clone(), moody(call));
            } else if let Some(index) = wanted {
                known.tests.insert(*index, given.truth.0[index]);
            } else {
                break;
            }
            reached = Some(evaluation.reached);
        }
    }

    #[test]
    fn results_of_groups_name_every_test_of_theirs(given in given()) {
        let run = in_order(&given, false);
        for group in &run.evaluation.groups {
            prop_assert!(group.score.is_finite());
            if group.verdict == Verdict::Skipped {
                prop_assert!(group.tests.iter().all(|index| !run.evaluation.reached.contains(index)));
            }
        }
        let of_root: BTreeSet<u32> = given.root.tests().into_iter().collect();
        prop_assert!(run.evaluation.reached.is_subset(&of_root));
    }
}
