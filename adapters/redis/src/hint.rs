//! A hint, as it lies in Redis: the job's id, its turn, and what it requires.

use codesm_core::jobs::{Job, Queue};
use codesm_core::kernel::JobId;

/// Between the parts, none of which has it in itself.
const SEPARATOR: char = '|';

/// That a job is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hint {
    pub(crate) id: JobId,
    /// Microseconds since 1970.
    turn: i64,
    requirements: Vec<String>,
    /// Where it is to lie; unknown once it was read.
    pub(crate) queue: Option<Queue>,
    /// Another lane than the first.
    pub(crate) lane: Option<String>,
}

/// The lane of a requirement, or of jobs without any.
pub(crate) fn lane_of(requirement: Option<&str>) -> String {
    requirement.map_or_else(|| "any".to_owned(), |name| format!("needs-{name}"))
}

impl Hint {
    pub(crate) fn of(job: &Job) -> Self {
        Self {
            id: job.id,
            turn: job.turn_at.timestamp_micros(),
            requirements: job.requirements.iter().cloned().collect(),
            queue: Some(job.queue),
            lane: None,
        }
    }

    /// What lies in the set. The same for the same job, so that one that is announced twice lies there once.
    pub(crate) fn text(&self) -> String {
        format!("{}{SEPARATOR}{}{SEPARATOR}{}", self.id, self.turn, self.requirements.join("+"))
    }

    /// `None`: it is of another version, or somebody else's.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(SEPARATOR);
        let (id, turn, requirements) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            id: id.parse().ok()?,
            turn: turn.parse().ok()?,
            requirements: requirements.split('+').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            queue: None,
            lane: None,
        })
    }

    pub(crate) fn first_lane(&self) -> String {
        lane_of(self.requirements.first().map(String::as_str))
    }

    /// The same, to lie in another lane.
    pub(crate) fn moved_to(self, queue: Queue, lane: String) -> Self {
        Self {
            queue: Some(queue),
            lane: Some(lane),
            ..self
        }
    }

    /// The first requirement that is not offered.
    pub(crate) fn missing(&self, offered: &[String]) -> Option<&str> {
        self.requirements.iter().find(|name| !offered.contains(name)).map(String::as_str)
    }

    /// The score. Exact: microseconds of today are far below 2^53.
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53, which is the year 2255")]
    pub(crate) const fn turn(&self) -> f64 {
        self.turn as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(requirements: &[&str]) -> Hint {
        Hint {
            id: "019a9c6e-7b1a-7c00-8000-000000000001".parse().unwrap(),
            turn: 1_790_000_000_123_456,
            requirements: requirements.iter().map(|name| (*name).to_owned()).collect(),
            queue: None,
            lane: None,
        }
    }

    #[test]
    fn a_hint_is_read_as_it_was_written() {
        for requirements in [&[][..], &["cpp"], &["cpp", "python"]] {
            let hint = hint(requirements);
            assert_eq!(Hint::parse(&hint.text()), Some(hint));
        }
        for text in [
            "",
            "x|1|",
            "019a9c6e-7b1a-7c00-8000-000000000001",
            "019a9c6e-7b1a-7c00-8000-000000000001|1||",
        ] {
            assert_eq!(Hint::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_hint_lies_in_the_lane_of_its_first_requirement_and_moves_to_what_is_missing() {
        assert_eq!(hint(&[]).first_lane(), "any");
        assert_eq!(hint(&["cpp", "python"]).first_lane(), "needs-cpp");
        let offered = ["cpp".to_owned()];
        assert_eq!(hint(&["cpp", "python"]).missing(&offered), Some("python"));
        assert_eq!(hint(&["cpp"]).missing(&offered), None);
    }
}
