//! `codesm export`.

use super::outcome::CliError;
use super::print_line;
use crate::config::Settings;
use crate::wiring;
use codesm_core::kernel::RequestContext;
use codesm_core::problems::ProblemRef;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) async fn export(settings: &Settings, problem: &str, output: Option<PathBuf>) -> Result<ExitCode, CliError> {
    let unknown = || CliError::new("problem.not_found", format!("there is no problem `{problem}`"));
    let reference = ProblemRef::parse(problem).ok_or_else(unknown)?;
    let wired = wiring::tools(settings).await?;
    let export = &wired.app.problems.export;
    let package = export.collect(&RequestContext::system("cli"), &reference).await?;
    let output = output.unwrap_or_else(|| PathBuf::from(format!("{}.zip", package.name)));
    // A file that is there stays until there is another in its place.
    let unfinished = with_suffix(&output, ".part");
    let failed = |error: std::io::Error| CliError::new("output.failed", format!("{}: {error}", output.display()));
    // The writer would report a failure of the machine, without a name.
    std::fs::File::create(&unfinished).map_err(failed)?;
    export.write(&package, &unfinished)?;
    std::fs::rename(&unfinished, &output).map_err(failed)?;
    print_line(&format!(
        "exported {}: {} tests, {} jury submissions, to {}",
        package.name,
        package.tests.len(),
        package.submissions.len(),
        output.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
