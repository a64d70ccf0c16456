//! `CODESM_QUEUES_…`.

use super::environment::{Environment, WrongKeys};
use super::parse::{duration, number};
use codesm_core::jobs::{Queue, QueuePolicies, QueuePolicy};
use serde::Deserialize;

/// How jobs of each queue are worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueuesSection {
    /// The policies.
    pub policies: QueuePolicies,
}

#[derive(Default, Deserialize)]
struct Raw {
    run: Option<String>,
    submit: Option<String>,
    rejudge: Option<String>,
    emails: Option<String>,
    webhooks: Option<String>,
    uploads: Option<String>,
    sync: Option<String>,
    reports: Option<String>,
    maintenance: Option<String>,
}

impl QueuesSection {
    pub(super) fn read(environment: &Environment, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_QUEUES_", wrong);
        let mut policies = QueuePolicies::default();
        for queue in Queue::ALL {
            let text = match queue {
                Queue::Run => &raw.run,
                Queue::Submit => &raw.submit,
                Queue::Rejudge => &raw.rejudge,
                Queue::Emails => &raw.emails,
                Queue::Webhooks => &raw.webhooks,
                Queue::Uploads => &raw.uploads,
                Queue::Sync => &raw.sync,
                Queue::Reports => &raw.reports,
                Queue::Maintenance => &raw.maintenance,
            };
            let Some(text) = text else { continue };
            match changed(policies.of(queue), text) {
                Ok(policy) => policies.set(queue, policy),
                Err(message) => wrong.add(&format!("CODESM_QUEUES_{}", queue.as_str().to_uppercase()), &message),
            }
        }
        Self { policies }
    }

    /// As it would be written in the environment.
    #[must_use]
    pub fn shown(&self, queue: Queue) -> String {
        let QueuePolicy {
            concurrency,
            retry,
            timeout,
        } = self.policies.of(queue);
        format!(
            "concurrency={concurrency} retries={} backoff={}s longest-backoff={}s timeout={}s",
            retry.max_failures - 1,
            retry.first_delay.num_seconds(),
            retry.max_delay.num_seconds(),
            timeout.num_seconds()
        )
    }
}

/// The policy with what the text says about it.
fn changed(mut policy: QueuePolicy, text: &str) -> Result<QueuePolicy, String> {
    for part in text.split_whitespace() {
        let (name, value) = part.split_once('=').ok_or_else(|| format!("`{part}`: {FORM}"))?;
        let of_part = |message: String| format!("`{name}` {message}");
        match name {
            "concurrency" => policy.concurrency = number(1, 1024)(value).map_err(of_part)?,
            "retries" => policy.retry.max_failures = 1 + number(0, 100)(value).map_err(of_part)?,
            "backoff" => policy.retry.first_delay = time(value).map_err(of_part)?,
            "longest-backoff" => policy.retry.max_delay = time(value).map_err(of_part)?,
            "timeout" => policy.timeout = time(value).map_err(of_part)?,
            _ => return Err(format!("`{name}` is unknown: {FORM}")),
        }
    }
    Ok(policy)
}

const FORM: &str = "must be like `concurrency=10 retries=3 backoff=10s longest-backoff=30m timeout=60s`";

fn time(text: &str) -> Result<chrono::Duration, String> {
    let time = duration(text)?;
    chrono::Duration::from_std(time).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (QueuesSection, String) {
        let environment = Environment::of([("CODESM_QUEUES_EMAILS", text)]);
        let mut wrong = WrongKeys::default();
        let section = QueuesSection::read(&environment, &mut wrong);
        (section, wrong.to_string())
    }

    #[test]
    fn what_is_not_said_stays_as_it_is() {
        let (section, wrong) = read("retries=7 timeout=2m");
        assert!(!wrong.contains("CODESM"), "{wrong}");
        assert_eq!(
            section.shown(Queue::Emails),
            "concurrency=10 retries=7 backoff=10s longest-backoff=1800s timeout=120s"
        );
        assert_eq!(section.shown(Queue::Sync), QueuesSection::default().shown(Queue::Sync));
        assert_eq!(read(&section.shown(Queue::Emails)).0, section);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        for (text, told) in [
            ("retries", "`retries`: must be like"),
            ("tries=3", "`tries` is unknown"),
            ("concurrency=0", "`concurrency` must be a whole number from 1 to 1024"),
            ("backoff=soon", "`backoff` must be a time"),
        ] {
            let (section, wrong) = read(text);
            assert!(wrong.contains("CODESM_QUEUES_EMAILS") && wrong.contains(told), "{text}: {wrong}");
            assert_eq!(section, QueuesSection::default());
        }
    }
}
