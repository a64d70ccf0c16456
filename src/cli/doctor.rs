//! `codesm doctor`: whether this machine can judge, and what to do if not.

use super::outcome::CliError;
use super::print_line;
use crate::config::{Settings, StoragePlace};
use crate::wiring;
use codesm_sandbox::Check;
use serde_json::json;
use std::process::ExitCode;

/// One line of the report.
struct Line {
    area: &'static str,
    check: Check,
    /// Whether judging is impossible without it.
    vital: bool,
}

/// `scratch` is where the sandbox is tried out.
pub(super) async fn doctor(settings: &Settings, scratch: &Settings, as_json: bool) -> Result<ExitCode, CliError> {
    let mut lines = Vec::new();
    lines.extend(sandbox(scratch).await?);
    lines.push(database(settings).await);
    lines.extend(redis(settings).await);
    lines.push(storage(settings).await);
    let would_judge = lines.iter().all(|line| line.check.ok || !line.vital);
    if as_json {
        let checks: Vec<_> = lines.iter().map(Line::value).collect();
        print_line(&json!({ "ok": would_judge, "checks": checks }).to_string())?;
    } else {
        for line in &lines {
            print_line(&line.for_people())?;
        }
        print_line(if would_judge {
            "This machine can judge."
        } else {
            "This machine cannot judge; see the lines marked FAIL."
        })?;
    }
    Ok(if would_judge { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn sandbox(settings: &Settings) -> Result<Vec<Line>, CliError> {
    let chosen = wiring::sandbox_settings(settings)?;
    let probed = tokio::task::spawn_blocking(move || codesm_sandbox::probe(chosen)).await;
    let checks = probed.map_err(|error| CliError::new("sandbox.panic", error.to_string()))?;
    // Kernel features and single languages may be missing; a sandbox that starts is what counts.
    Ok(checks
        .into_iter()
        .map(|check| Line {
            area: "sandbox",
            vital: check.name == "sandbox",
            check,
        })
        .collect())
}

async fn database(settings: &Settings) -> Line {
    let name = "database".to_owned();
    let embedded = settings
        .database
        .url
        .strip_prefix("sqlite:")
        .filter(|path| !std::path::Path::new(path).exists());
    let check = if let Some(path) = embedded {
        Check {
            name,
            ok: true,
            detail: format!("{path} will be created at first start"),
            fix: None,
        }
    } else {
        let place = settings.database.redacted_url();
        match wiring::database(settings).await {
            Ok(database) => match database.ping().await {
                Ok(latency) => Check {
                    name,
                    ok: true,
                    detail: format!("{place} answers in {} µs", latency.as_micros()),
                    fix: None,
                },
                Err(error) => unreachable_database(name, format!("{place}: {error}")),
            },
            Err(error) => unreachable_database(name, error.to_string()),
        }
    };
    Line {
        area: "database",
        check,
        vital: true,
    }
}

/// Nothing that judging depends on.
async fn redis(settings: &Settings) -> Option<Line> {
    let place = settings.redis.redacted_url()?;
    let answer = match wiring::redis::connection(settings) {
        Ok(Some(connection)) => connection.ping().await,
        Ok(None) => return None,
        Err(error) => Err(error.to_string()),
    };
    let fix = "start Redis, or correct CODESM_REDIS_URL; meanwhile each process goes on by itself".to_owned();
    let check = Check {
        name: "redis".to_owned(),
        ok: answer.is_ok(),
        detail: answer
            .as_ref()
            .map_or_else(|reason| format!("{place}: {reason}"), |()| format!("{place} answers")),
        fix: answer.is_err().then_some(fix),
    };
    Some(Line {
        area: "redis",
        check,
        vital: false,
    })
}

fn unreachable_database(name: String, detail: String) -> Check {
    let fix = "start the database, or correct CODESM_DATABASE_URL".to_owned();
    Check {
        name,
        ok: false,
        detail,
        fix: Some(fix),
    }
}

async fn storage(settings: &Settings) -> Line {
    let place = settings.storage.place.address();
    let (ok, detail, fix) = match &settings.storage.place {
        StoragePlace::Folder(folder) if !folder.exists() => (true, format!("{place} will be created at first start"), None),
        StoragePlace::Folder(_) => match wiring::try_storage_out(settings).await {
            Ok(()) => (true, place, None),
            Err(detail) => {
                let fix = "give this user a writable folder with free space, or correct CODESM_STORAGE_URL";
                (false, format!("{place}: {detail}"), Some(fix))
            }
        },
        StoragePlace::S3(s3) => {
            let place = format!("{place} at {}", s3.endpoint);
            match wiring::try_storage_out(settings).await {
                Ok(()) => (true, format!("{place}: written, read and removed"), None),
                Err(detail) => {
                    let fix = "make the bucket, give these credentials s3:ListBucket, GetObject, PutObject, DeleteObject and \
                               AbortMultipartUpload, or correct CODESM_STORAGE_URL and CODESM_S3_…";
                    (false, format!("{place}: {detail}"), Some(fix))
                }
            }
        }
    };
    let check = Check {
        name: "storage".to_owned(),
        ok,
        detail,
        fix: fix.map(str::to_owned),
    };
    Line {
        area: "storage",
        check,
        vital: true,
    }
}

impl Line {
    fn value(&self) -> serde_json::Value {
        let Check { name, ok, detail, fix } = &self.check;
        json!({ "area": self.area, "name": name, "ok": ok, "detail": detail, "fix": fix, "vital": self.vital })
    }

    fn for_people(&self) -> String {
        let Check { name, ok, detail, fix } = &self.check;
        let mark = match (ok, self.vital) {
            (true, _) => "ok  ",
            (false, true) => "FAIL",
            (false, false) => "warn",
        };
        let fix = fix.as_ref().map(|fix| format!("\n       fix: {fix}")).unwrap_or_default();
        format!("{mark}  {name}: {detail}{fix}")
    }
}
