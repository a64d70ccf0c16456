//! `CODESM_LOG_…`.

use super::environment::{Environment, WrongKeys};
use super::parse::{number, parse_or};
use serde::Deserialize;
use std::path::PathBuf;

/// Form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}

/// Settings of logs.
#[derive(Clone, Debug)]
pub struct LogSection {
    /// Form; pretty on a terminal and JSON elsewhere if absent.
    pub format: Option<LogFormat>,
    /// `info`, or a filter such as `info,codesm_worker=debug`.
    pub level: String,
    /// Folder of daily files, besides standard error.
    pub directory: Option<PathBuf>,
    /// Daily files kept.
    pub keep_days: usize,
}

#[derive(Default, Deserialize)]
struct Raw {
    format: Option<String>,
    level: Option<String>,
    dir: Option<PathBuf>,
    keep_days: Option<String>,
}

impl LogSection {
    pub(super) fn read(environment: &Environment, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_LOG_", wrong);
        let format = parse_or("CODESM_LOG_FORMAT", raw.format.as_deref(), None, wrong, |text| match text {
            "json" => Ok(Some(LogFormat::Json)),
            "pretty" => Ok(Some(LogFormat::Pretty)),
            _ => Err("must be `json` or `pretty`".to_owned()),
        });
        let level = parse_or("CODESM_LOG_LEVEL", raw.level.as_deref(), "info".to_owned(), wrong, |text| {
            let valid = tracing_subscriber::EnvFilter::builder().parse(text).is_ok();
            if valid {
                Ok(text.to_owned())
            } else {
                Err("must be a level such as `info` or a filter such as `info,sqlx=warn`".to_owned())
            }
        });
        let keep_days = parse_or("CODESM_LOG_KEEP_DAYS", raw.keep_days.as_deref(), 14, wrong, number(1, 3650));
        Self {
            format,
            level,
            directory: raw.dir,
            keep_days,
        }
    }
}
