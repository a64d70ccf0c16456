//! Tags in sources: `@EXPECTED_RESULTS@: A, B` and `@EXPECTED_SCORE@: 30` of `DOMjudge`, `@EXPECTED_GRADES@ AC WA` of the
//! Swedish olympiad.

use codesm_core::judging::{SourceFile, Verdict};
use codesm_core::problems::Label;

const RESULTS: &[u8] = b"@EXPECTED_RESULTS@:";
const SCORE: &[u8] = b"@EXPECTED_SCORE@:";
const GRADES: &[u8] = b"@EXPECTED_GRADES@";

/// What the tags of a program say.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Tags {
    /// Any of these results will do; or why that cannot be checked.
    pub(crate) results: Option<Result<Label, String>>,
    pub(crate) score: Option<f64>,
    /// Verdicts of the groups of secret tests.
    pub(crate) grades: Vec<Verdict>,
}

/// Reads the tags of all files.
pub(crate) fn find(files: &[SourceFile]) -> Tags {
    let mut tags = Tags::default();
    let mut results = after(files, RESULTS);
    let mut scores = Vec::new();
    for text in after(files, SCORE) {
        match text.parse::<f64>() {
            Ok(score) if score.is_finite() => scores.push(score),
            // Older packages say results by this name.
            _ => results.push(text),
        }
    }
    tags.results = match results.as_slice() {
        [] => None,
        [listed] => Some(label(listed)),
        _ => Some(Err("there are several tags with expected results".to_owned())),
    };
    if let [score] = scores.as_slice() {
        tags.score = Some(*score);
    }
    for text in after(files, GRADES) {
        let grades: Vec<Verdict> = text.split_whitespace().map_while(grade).collect();
        if !grades.is_empty() {
            tags.grades = grades;
        }
    }
    tags
}

/// What stands on the line after each place of a tag; what else stands there ends a comment.
fn after(files: &[SourceFile], tag: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let mut rest: &[u8] = &file.content;
        while let Some(at) = rest.windows(tag.len()).position(|window| window == tag) {
            rest = &rest[at + tag.len()..];
            let listed = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || b" \t,._-".contains(byte));
            found.push(listed.map(|byte| char::from(*byte)).collect::<String>().trim().to_owned());
        }
    }
    found
}

fn grade(word: &str) -> Option<Verdict> {
    Some(match word {
        "AC" => Verdict::Accepted,
        "WA" => Verdict::WrongAnswer,
        "TLE" => Verdict::TimeLimit,
        "RTE" => Verdict::RuntimeError,
        "JE" => Verdict::CheckerFailed,
        _ => return None,
    })
}

/// The label that a list of results stands for.
fn label(listed: &str) -> Result<Label, String> {
    let mut expected = Vec::new();
    for result in listed.split(',') {
        let plain: String = result
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_uppercase();
        expected.extend_from_slice(match plain.as_str() {
            "CORRECT" | "ACCEPTED" => &[Verdict::Accepted],
            "WRONGANSWER" | "NOOUTPUT" => &[Verdict::WrongAnswer],
            "TIMELIMIT" | "TIMELIMITEXCEEDED" => &[Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit],
            "RUNERROR" | "RUNTIMEERROR" => &[Verdict::RuntimeError, Verdict::MemoryLimit, Verdict::ProcessLimit],
            "MEMORYLIMIT" | "MEMORYLIMITEXCEEDED" => &[Verdict::MemoryLimit],
            "OUTPUTLIMIT" | "OUTPUTLIMITEXCEEDED" => &[Verdict::OutputLimit],
            "COMPILERERROR" | "COMPILEERROR" => &[Verdict::CompileError, Verdict::CompileLimit],
            "CHECKMANUALLY" => return Err("the jury checks its result by hand".to_owned()),
            _ => return Err(format!("the expected result {:?} is not known", result.trim())),
        });
    }
    let permitted = if expected.contains(&Verdict::Accepted) {
        Vec::new()
    } else {
        vec![Verdict::Accepted]
    };
    Ok(Label {
        expected,
        permitted,
        ..Label::default()
    })
}

#[cfg(test)]
mod tests {
    use super::{Tags, find};
    use bytes::Bytes;
    use codesm_core::judging::{SourceFile, Verdict};
    use proptest::prelude::proptest;

    fn tags(texts: &[&str]) -> Tags {
        let files = texts.iter().map(|text| SourceFile {
            name: "a.c".into(),
            content: Bytes::copy_from_slice(text.as_bytes()),
        });
        find(&files.collect::<Vec<_>>())
    }

    fn expected(text: &str) -> Result<Vec<Verdict>, String> {
        let results = tags(&[&format!("// @EXPECTED_RESULTS@: {text}")]).results;
        results.expect("a tag").map(|label| label.expected)
    }

    #[test]
    fn the_list_ends_with_the_comment() {
        let found = tags(&["int x; /* @EXPECTED_RESULTS@: ACCEPTED , WRONG-ANSWER */ int y;"]);
        assert_eq!(
            found.results.expect("a tag").expect("known").expected,
            [Verdict::Accepted, Verdict::WrongAnswer]
        );
        assert_eq!(tags(&["// @EXPECTED_RESULTS@ tag, @EXPECTED_GRADES@ are"]), Tags::default());
    }

    #[test]
    fn spellings_vary() {
        for text in ["TIMELIMIT", "time-limit-exceeded", " Time_Limit "] {
            assert_eq!(
                expected(text),
                Ok(vec![Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit]),
                "{text}"
            );
        }
    }

    #[test]
    fn scores_are_numbers_else_results() {
        assert_eq!(tags(&["# @EXPECTED_SCORE@: 88.37"]).score, Some(88.37));
        let named = tags(&["# @EXPECTED_SCORE@: CORRECT"]);
        assert_eq!(named.score, None);
        assert_eq!(named.results.expect("a tag").expect("known").expected, [Verdict::Accepted]);
    }

    #[test]
    fn every_file_is_looked_at_and_several_tags_are_none() {
        assert!(tags(&["a", "@EXPECTED_RESULTS@: CORRECT"]).results.expect("a tag").is_ok());
        let twice = tags(&["@EXPECTED_RESULTS@: CORRECT", "@EXPECTED_RESULTS@: CORRECT"]);
        assert!(twice.results.expect("a tag").is_err());
    }

    #[test]
    fn grades_are_one_per_group() {
        assert_eq!(
            tags(&["# @EXPECTED_GRADES@ AC WA TLE RTE\nx"]).grades,
            [Verdict::Accepted, Verdict::WrongAnswer, Verdict::TimeLimit, Verdict::RuntimeError]
        );
    }

    #[test]
    fn what_cannot_be_checked_says_why() {
        assert!(expected("CHECK-MANUALLY").expect_err("by hand").contains("by hand"));
        let unknown = expected("NONE-INVALID-SUBMISSION").expect_err("unknown");
        assert!(unknown.contains("NONE-INVALID-SUBMISSION"));
        assert!(expected("").is_err());
    }

    proptest! {
        #[test]
        fn any_source_is_read(text in "(@EXPECTED_(RESULTS|SCORE|GRADES)@:?|AC|CORRECT|[-0-9. \n,a]){0,12}") {
            let _ = tags(&[&text]);
        }
    }
}
