//! Tags inside jury submissions.

use crate::support::Fixture;
use codesm_core::judging::Verdict;
use codesm_core::problems::JurySubmission;

fn tagged(folder: &str, source: &str) -> JurySubmission {
    let package = Fixture::with("type: scoring\n")
        .file(&format!("submissions/{folder}/a.py"), source)
        .package();
    package.submissions[0].clone()
}

#[test]
fn grades_and_scores_go_with_whatever_the_folder_says() {
    let found = tagged("partially_accepted", "# @EXPECTED_GRADES@ AC WA TLE\n# @EXPECTED_SCORE@: 30.5\n");
    assert!(found.label.partial);
    assert_eq!(found.label.expected, [Verdict::Accepted]);
    assert_eq!(found.label.score, Some((30.5, 30.5)));
    assert_eq!(found.label.grades, [Verdict::Accepted, Verdict::WrongAnswer, Verdict::TimeLimit]);
    assert_eq!(tagged("accepted", "# @EXPECTED_GRADES@ AC AC").label.grades.len(), 2);
}

#[test]
fn a_score_alone_is_a_label() {
    let found = tagged("partial", "# @EXPECTED_SCORE@: 30\n");
    assert_eq!((found.skipped, found.label.expected.len()), (None, 0));
    assert_eq!(found.label.score, Some((30.0, 30.0)));
}

#[test]
fn a_score_that_is_a_result_is_one() {
    assert_eq!(tagged("mixed", "# @EXPECTED_SCORE@: CORRECT\n").label.expected, [Verdict::Accepted]);
}

#[test]
fn tags_are_looked_for_in_every_file() {
    let package = Fixture::with("")
        .file("submissions/multiple/many/a.c", "int main(){}")
        .file("submissions/multiple/many/expected.txt", "@EXPECTED_RESULTS@: CORRECT, NO-OUTPUT\n")
        .file("submissions/multiple/twice/a.c", "// @EXPECTED_RESULTS@: CORRECT\n")
        .file("submissions/multiple/twice/b.txt", "@EXPECTED_RESULTS@: NO-OUTPUT\n")
        .package();
    let [many, twice] = package.submissions.as_slice() else {
        panic!("two submissions");
    };
    assert_eq!(many.label.expected, [Verdict::Accepted, Verdict::WrongAnswer]);
    assert!(twice.skipped.as_ref().unwrap().contains("several tags"));
}
