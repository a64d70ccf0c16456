//! Progress as it travels between processes.

use codesm_core::judging::TestResult;
use codesm_core::kernel::SubmissionId;
use codesm_core::submissions::{Progress, ProgressStep, SubmissionState};
use serde::{Deserialize, Serialize};

/// Version of the format. Processes of two releases may share one Redis: what has another version is left unread.
const VERSION: u32 = 1;

/// What can be read of a message of any version.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    version: u32,
    /// The process that sent it.
    from: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Message {
    #[serde(flatten)]
    head: Head,
    submission_id: SubmissionId,
    attempt: u32,
    step: Step,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    State(SubmissionState),
    Test(Box<TestResult>),
    Finished,
}

impl From<ProgressStep> for Step {
    fn from(step: ProgressStep) -> Self {
        match step {
            ProgressStep::State(state) => Self::State(state),
            ProgressStep::Test(result) => Self::Test(result),
            ProgressStep::Finished => Self::Finished,
        }
    }
}

impl From<Step> for ProgressStep {
    fn from(step: Step) -> Self {
        match step {
            Step::State(state) => Self::State(state),
            Step::Test(result) => Self::Test(result),
            Step::Finished => Self::Finished,
        }
    }
}

/// What a received message is to this process.
#[derive(Debug, PartialEq)]
pub(crate) enum Received {
    /// News of another process.
    News(SubmissionId, Box<Progress>),
    /// Its own message that came back.
    Own,
}

/// A process among those that share one Redis.
#[derive(Clone, Debug)]
pub(crate) struct Instance(String);

impl Instance {
    /// One that no other process has.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the random source of a running operating system does not fail");
        Self(format!("{:032x}", u128::from_ne_bytes(bytes)))
    }

    /// The message of this process about a submission.
    pub(crate) fn encode(&self, submission_id: SubmissionId, progress: Progress) -> Result<Vec<u8>, serde_json::Error> {
        let head = Head {
            version: VERSION,
            from: self.0.clone(),
        };
        serde_json::to_vec(&Message {
            head,
            submission_id,
            attempt: progress.attempt,
            step: progress.step.into(),
        })
    }

    /// Reads a message; the error says why it cannot be read.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Received, String> {
        let head: Head = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if head.version != VERSION {
            return Err(format!("version {} is not known here", head.version));
        }
        if head.from == self.0 {
            return Ok(Received::Own);
        }
        let message: Message = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let progress = Progress {
            attempt: message.attempt,
            step: message.step.into(),
        };
        Ok(Received::News(message.submission_id, Box::new(progress)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codesm_core::judging::Verdict;

    const ID: &str = "0190f3b2-0000-7000-8000-0000000000ff";

    fn id() -> SubmissionId {
        ID.parse().expect("an identifier")
    }

    fn result() -> TestResult {
        TestResult {
            index: 3,
            name: "secret/03-large".to_owned(),
            sample: true,
            verdict: Verdict::WallTimeLimit,
            score: 0.1 + 0.2,
            cpu_ms: 1,
            wall_ms: 2,
            memory_kb: u64::MAX,
            exit_code: Some(-1),
            signal: None,
            message: Some("\u{0} \" \u{1f980}".to_owned()),
            judge_message: None,
            stdout: Some(String::new()),
            stderr: None,
        }
    }

    #[test]
    fn progress_arrives_as_it_was_sent() {
        let states = SubmissionState::ALL.map(ProgressStep::State);
        let others = [ProgressStep::Test(Box::new(result())), ProgressStep::Finished];
        for step in states.into_iter().chain(others) {
            let progress = Progress { attempt: u32::MAX, step };
            let bytes = Instance::random().encode(id(), progress.clone()).expect("JSON");
            assert_eq!(Instance::random().decode(&bytes), Ok(Received::News(id(), Box::new(progress))));
        }
    }

    #[test]
    fn the_format_stays_what_other_releases_know() {
        let progress = Progress {
            attempt: 2,
            step: ProgressStep::State(SubmissionState::Running),
        };
        let bytes = Instance("me".to_owned()).encode(id(), progress).expect("JSON");
        let expected = format!(r#"{{"version":1,"from":"me","submission_id":"{ID}","attempt":2,"step":{{"state":"running"}}}}"#);
        assert_eq!(String::from_utf8(bytes), Ok(expected));
    }

    #[test]
    fn a_process_knows_its_own_messages() {
        let (mine, other) = (Instance::random(), Instance::random());
        let finished = Progress {
            attempt: 1,
            step: ProgressStep::Finished,
        };
        let bytes = mine.encode(id(), finished).expect("JSON");
        assert_eq!(mine.decode(&bytes), Ok(Received::Own));
        assert!(matches!(other.decode(&bytes), Ok(Received::News(..))));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let me = Instance::random();
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"version":2,"from":"x","news":true}"#,
            r#"{"version":1,"from":"x"}"#,
            r#"{"version":1,"from":"x","submission_id":"me","attempt":1,"step":"finished"}"#,
        ] {
            assert!(me.decode(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(me.decode(&[0xff]).is_err());
    }
}
