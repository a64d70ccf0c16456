//! `codesm verify`: every labelled jury submission against its label.

mod judging;
mod progress;
mod row;
mod summary;

use super::judge::source_of;
use super::outcome::CliError;
use super::print_line;
use crate::config::Settings;
use crate::wiring;
use codesm_core::judging::engine::Engine;
use codesm_core::judging::{LanguageCatalogue, Sandbox};
use codesm_core::problems::{MeasureTimeLimit, MeasuredLimit, Package, PackageReader, default_limits};
use judging::judge_submission;
use progress::Progress;
use row::{Row, RowResult};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use summary::Summary;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// What all packages share.
#[derive(Clone)]
struct Shared {
    reader: Arc<dyn PackageReader>,
    engine: Engine,
    measure: MeasureTimeLimit,
    /// Submissions at once.
    places: Arc<Semaphore>,
    /// Packages unpacked at once: enough that places never wait for the next one to be read.
    open: Arc<Semaphore>,
}

/// What is told of a package on its way.
enum News {
    /// So many submissions are to be judged.
    Read(usize),
    /// A sentence for the author.
    Note(String),
    Row(Box<Row>),
    PackageDone,
}

pub(super) async fn verify(settings: &Settings, paths: &[PathBuf], as_json: bool, jobs: Option<u16>) -> Result<ExitCode, CliError> {
    let sandbox = wiring::sandbox(settings).await?;
    let jobs = jobs.map_or_else(|| sandbox.description().slots, usize::from).max(1);
    let engine = Engine::new(sandbox.clone());
    let shared = Shared {
        reader: Arc::new(wiring::package_reader(settings, sandbox.languages())),
        measure: MeasureTimeLimit::new(engine.clone()),
        engine,
        places: Arc::new(Semaphore::new(jobs)),
        open: Arc::new(Semaphore::new(jobs + 1)),
    };
    let (sender, mut news) = mpsc::channel(64);
    let mut packages = JoinSet::new();
    for path in paths {
        packages.spawn(verify_package(shared.clone(), path.clone(), sender.clone()));
    }
    drop(sender);
    let mut summary = Summary::new(paths.len());
    let mut progress = Progress::new(paths.len());
    while let Some(news) = news.recv().await {
        match news {
            News::Read(submissions) => progress.add(submissions),
            News::Note(note) => progress.say(&note),
            News::PackageDone => progress.package_done(),
            News::Row(row) => {
                summary.add(&row);
                progress.clear();
                print_line(&if as_json { row.value().to_string() } else { row.for_people() })?;
                progress.row_done(&row);
            }
        }
    }
    progress.clear();
    while let Some(ended) = packages.join_next().await {
        ended.map_err(|error| CliError::new("internal.panic", format!("a judging task ended: {error}")))?;
    }
    sandbox.shutdown().await;
    print_line(&summary.line(as_json))?;
    Ok(if summary.is_good() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Reads a package, measures its time limit if it says none, and judges its submissions.
async fn verify_package(shared: Shared, path: PathBuf, news: mpsc::Sender<News>) {
    let Ok(_open) = shared.open.clone().acquire_owned().await else {
        return;
    };
    let reader = shared.reader.clone();
    let source = source_of(&path);
    let read = tokio::task::spawn_blocking(move || reader.read(&source)).await;
    match read {
        Ok(Ok(package)) => verify_submissions(&shared, package, &news).await,
        Ok(Err(error)) => tell(&news, News::Row(Box::new(Row::unreadable(&name_of(&path), &error)))).await,
        Err(error) => {
            let failed = RowResult::Failed(format!("reading the package ended unexpectedly: {error}"));
            tell(&news, News::Row(Box::new(Row::of_package(&name_of(&path), failed)))).await;
        }
    }
    tell(&news, News::PackageDone).await;
}

async fn verify_submissions(shared: &Shared, mut package: Package, news: &mpsc::Sender<News>) {
    tell(news, News::Read(package.submissions.len())).await;
    for warning in &package.warnings {
        tell(news, News::Note(format!("{}: {warning}", package.name))).await;
    }
    if package.submissions.is_empty() {
        let note = format!(
            "{}: there are no submissions in `submissions`, so nothing was verified",
            package.name
        );
        tell(news, News::Note(note)).await;
    }
    let has_limit = package.time_limit_ms.is_some() || package.submissions.is_empty();
    if !has_limit {
        let Ok(_place) = shared.places.acquire().await else { return };
        match shared.measure.measure(&package).await {
            Ok(MeasuredLimit { time_ms, note }) => {
                tell(news, News::Note(format!("{}: {note}", package.name))).await;
                package.time_limit_ms = Some(time_ms);
            }
            Err(error) => {
                let failed = RowResult::Failed(format!("the time limit could not be measured: {error}"));
                tell(news, News::Row(Box::new(Row::of_package(&package.name, failed)))).await;
                return;
            }
        }
    }
    let limit = default_limits(&package).time_ms;
    let package = Arc::new(package);
    let mut submissions = JoinSet::new();
    for at in 0..package.submissions.len() {
        let (shared, package, news) = (shared.clone(), package.clone(), news.clone());
        submissions.spawn(async move {
            let Ok(_place) = shared.places.acquire_owned().await else { return };
            let row = judge_submission(&shared.engine, &package, &package.submissions[at], limit).await;
            tell(&news, News::Row(Box::new(row))).await;
        });
    }
    while let Some(ended) = submissions.join_next().await {
        if let Err(error) = ended {
            let failed = RowResult::Failed(format!("a judging task ended: {error}"));
            tell(news, News::Row(Box::new(Row::of_package(&package.name, failed)))).await;
        }
    }
    // Unpacked files go with the package, which may take a while.
    let _ = tokio::task::spawn_blocking(move || drop(package)).await;
}

/// Who listens went away only when the command itself ends.
async fn tell(news: &mpsc::Sender<News>, what: News) {
    let _ = news.send(what).await;
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
