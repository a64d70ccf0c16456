//! First start: the admin account and the sample problems.

use crate::config::Settings;
use crate::wiring::{Wired, WiringError};
use codesm_core::auth::CreateAccountCommand;
use codesm_core::kernel::{Actor, AppError, ErrorKind, RequestContext, Role, Secret, Slug, UserId, Username};
use codesm_core::problems::{ImportOptions, PackageSource, ProblemRef};
use codesm_crypto::generate_password;
use codesm_fs::secret_file;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Name of the first admin.
const ADMIN: &str = "admin";

/// Creates the first admin if there is no account at all, and shows the password once: on a terminal, else in a file.
/// Several processes may start at the same time: one of them wins, the others see that the account exists.
pub(crate) async fn first_admin(settings: &Settings, wired: &Wired) -> Result<(), WiringError> {
    let use_case = &wired.app.auth.create_account;
    if use_case.any_account().await.map_err(failed)? {
        return Ok(());
    }
    let password = generate_password();
    let email = "admin@localhost.localdomain";
    let command = CreateAccountCommand {
        email: email.to_owned(),
        username: ADMIN.to_owned(),
        password: password.clone(),
        role: Role::Admin,
    };
    // Where nobody watches, the password is on disk before the account exists: a process that dies in between must not
    // leave an admin whose password nobody has.
    let file = settings.general.data_dir.join("admin-password");
    let own_file = (!std::io::stdout().is_terminal()).then(|| file.with_extension(wired.ids.new_uuid().simple().to_string()));
    if let Some(own) = &own_file {
        let written = secret_file::write_private(own, format!("{}\n", password.reveal()).as_bytes());
        written.map_err(|error| WiringError::folder(own, &error))?;
    }
    let created = use_case.create(&RequestContext::system("first-start"), command).await;
    let kept = own_file.map_or(Ok(()), |own| {
        if created.is_ok() {
            std::fs::rename(&own, &file)
        } else {
            std::fs::remove_file(&own)
        }
    });
    kept.map_err(|error| WiringError::folder(&file, &error))?;
    match created {
        Ok(_) => show(&file, email, &password),
        Err(error) if error.kind() == ErrorKind::Conflict => {}
        Err(error) => return Err(failed(error)),
    }
    Ok(())
}

fn show(file: &Path, email: &str, password: &Secret<String>) {
    if std::io::stdout().is_terminal() {
        println!(
            "\n  Admin account, shown only this once:\n    e-mail    {email}\n    password  {}\n",
            password.reveal()
        );
        return;
    }
    tracing::info!(file = %file.display(), email, "an admin account was created; its password is in the file");
}

/// Imports the packages of the samples folder that are not there yet, for the first admin.
pub(crate) async fn sample_problems(settings: &Settings, wired: &Wired) -> Result<(), WiringError> {
    let Some(folder) = &settings.general.samples_dir else {
        return Ok(());
    };
    let Some(owner) = owner(wired).await? else { return Ok(()) };
    for path in packages_in(folder)? {
        if !is_there(wired, &path).await? {
            import(wired, owner, path).await?;
        }
    }
    Ok(())
}

/// Asked before the package is read: later starts must be quick.
async fn is_there(wired: &Wired, path: &Path) -> Result<bool, WiringError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some(slug) = Slug::from_name(&name) else { return Ok(false) };
    match wired.app.problems.get.get(&Actor::System, &ProblemRef::Slug(slug)).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

async fn owner(wired: &Wired) -> Result<Option<UserId>, WiringError> {
    let Ok(username) = Username::parse(ADMIN) else { return Ok(None) };
    let found = wired
        .auth_queries
        .user_by_username(&username)
        .await
        .map_err(|error| failed(error.into()))?;
    let found = found.filter(|user| user.role == Role::Admin);
    if found.is_none() {
        tracing::warn!("sample problems are not imported: there is no admin `{ADMIN}` to own them");
    }
    Ok(found.map(|user| user.id))
}

fn packages_in(folder: &Path) -> Result<Vec<PathBuf>, WiringError> {
    let entries = std::fs::read_dir(folder).map_err(|error| WiringError::folder(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("problem.yaml").is_file())
        .collect();
    paths.sort();
    Ok(paths)
}

async fn import(wired: &Wired, owner: UserId, path: PathBuf) -> Result<(), WiringError> {
    let context = RequestContext::system("first-start");
    let (app, reader_context) = (wired.app.clone(), context.clone());
    let source = PackageSource::Directory(path.clone());
    let read = tokio::task::spawn_blocking(move || app.problems.import.read(&reader_context, &source)).await;
    let read = read.map_err(|error| WiringError::new("samples.panic", error.to_string()))?;
    let options = ImportOptions {
        author_id: Some(owner),
        publish: true,
        replace: false,
    };
    let imported = match read {
        Ok(package) => wired.app.problems.import.import(&context, package, options).await,
        Err(error) => Err(error),
    };
    match imported {
        Ok(report) => tracing::info!(slug = %report.problem.slug, tests = report.samples + report.secrets, "sample problem imported"),
        // It is there already: an earlier start, or another process.
        Err(error) if error.code() == "problem.slug_taken" => {}
        Err(error) => tracing::error!(path = %path.display(), %error, "a sample problem could not be imported"),
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "meant for map_err")]
fn failed(error: AppError) -> WiringError {
    WiringError::new("start.failed", error.to_string())
}
