//! `DOMjudge`'s tag `@EXPECTED_RESULTS@: A, B` in a source: any of the listed results will do.

use codesm_core::judging::{SourceFile, Verdict};
use codesm_core::problems::Label;

const TAG: &[u8] = b"@EXPECTED_RESULTS@:";

/// The results listed after the first tag in these files.
pub(crate) fn find(files: &[SourceFile]) -> Option<String> {
    files.iter().find_map(|file| {
        let at = file.content.windows(TAG.len()).position(|window| window == TAG)?;
        let behind = &file.content[at + TAG.len()..];
        // What else stands on the line ends a comment.
        let listed = behind
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b" \t,_-".contains(byte));
        Some(listed.map(|byte| char::from(*byte)).collect::<String>().trim().to_owned())
    })
}

/// The label that a list of results stands for.
///
/// # Errors
/// A sentence saying why it cannot be checked.
pub(crate) fn label(listed: &str) -> Result<Label, String> {
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
            "TIMELIMIT" | "TIMELIMITEXCEEDED" => &[Verdict::TimeLimit, Verdict::WallTimeLimit],
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
    Ok(Label { expected, permitted })
}

#[cfg(test)]
mod tests {
    use super::{find, label};
    use bytes::Bytes;
    use codesm_core::judging::{SourceFile, Verdict};

    fn source(text: &'static str) -> [SourceFile; 1] {
        [SourceFile {
            name: "a.c".into(),
            content: Bytes::from_static(text.as_bytes()),
        }]
    }

    #[test]
    fn the_list_ends_with_the_comment() {
        let found = find(&source("int x; /* @EXPECTED_RESULTS@: RUN_TIME_ERROR , WRONG-ANSWER */ int y;"));
        assert_eq!(found.as_deref(), Some("RUN_TIME_ERROR , WRONG-ANSWER"));
        assert_eq!(find(&source("// @EXPECTED_RESULTS@ tag")), None);
    }

    #[test]
    fn spellings_vary() {
        for text in ["TIMELIMIT", "time-limit-exceeded", " Time_Limit "] {
            assert_eq!(
                label(text).unwrap().expected,
                [Verdict::TimeLimit, Verdict::WallTimeLimit],
                "{text}"
            );
        }
        assert_eq!(
            label("CORRECT,WRONG-ANSWER").unwrap().expected,
            [Verdict::Accepted, Verdict::WrongAnswer]
        );
    }

    #[test]
    fn what_cannot_be_checked_says_why() {
        assert!(label("CHECK-MANUALLY").unwrap_err().contains("by hand"));
        assert!(label("NONE-INVALID-SUBMISSION").unwrap_err().contains("NONE-INVALID-SUBMISSION"));
        assert!(label("").is_err());
    }
}
