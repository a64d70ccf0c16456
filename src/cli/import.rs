//! `codesm import`.

use super::judge::source_of;
use super::outcome::{CliError, report};
use super::print_line;
use crate::config::Settings;
use crate::wiring;
use codesm_core::kernel::{RequestContext, Username};
use codesm_core::problems::ImportOptions;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) async fn import(
    settings: &Settings,
    paths: &[PathBuf],
    author: &str,
    publish: bool,
    replace: bool,
) -> Result<ExitCode, CliError> {
    let wired = wiring::tools(settings).await?;
    let context = RequestContext::system("cli");
    let unknown = || {
        CliError::new(
            "user.not_found",
            format!("there is no account `{author}` to own the problems; name one with --author USERNAME"),
        )
    };
    let username = Username::parse(author).map_err(|_| unknown())?;
    let owner = wired
        .auth_queries
        .user_by_username(&username)
        .await
        .map_err(codesm_core::kernel::AppError::from)?
        .ok_or_else(unknown)?;
    let options = ImportOptions {
        author_id: Some(owner.id),
        publish,
        replace,
    };
    let mut failed = false;
    for path in paths {
        let outcome = match wired.app.problems.import.read(&context, &source_of(path)) {
            Ok(package) => wired.app.problems.import.import(&context, package, options).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(done) => {
                let verb = if done.created { "imported" } else { "replaced" };
                let counts = format!(
                    "{} samples, {} secret tests, {} jury submissions",
                    done.samples, done.secrets, done.jury_submissions
                );
                let kinds: Vec<&str> = done.kinds.iter().map(|kind| kind.as_str()).collect();
                let (slug, format, kinds) = (&done.problem.slug, &done.format_version, kinds.join(" "));
                print_line(&format!("{verb} {slug} ({format}, {kinds}): {counts}"))?;
                for warning in done.warnings {
                    eprintln!("  warning: {warning}");
                }
            }
            Err(error) => {
                failed = true;
                eprint!("{}: ", path.display());
                report(&CliError::from(error));
            }
        }
    }
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
