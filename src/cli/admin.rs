//! `codesm admin`.

use super::outcome::CliError;
use super::print_line;
use crate::config::Settings;
use crate::wiring;
use clap::Subcommand;
use codesm_core::auth::CreateAccountCommand;
use codesm_core::kernel::{RequestContext, Role, Secret};
use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

#[derive(Clone, Debug, Subcommand)]
pub(super) enum Action {
    /// Create an account; the password is read from standard input
    Create {
        /// E-mail address
        #[arg(long)]
        email: String,
        /// Username
        #[arg(long)]
        username: String,
        /// `user`, `author` or `admin`
        #[arg(long, default_value = "admin", value_parser = role)]
        role: Role,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "must be `user`, `author` or `admin`".to_owned())
}

pub(super) async fn admin(settings: &Settings, action: Action) -> Result<ExitCode, CliError> {
    let Action::Create { email, username, role } = action;
    if std::io::stdin().is_terminal() {
        eprintln!("Password (shown while you type; or pipe it in):");
    }
    let mut password = String::new();
    let read = std::io::stdin().lock().read_line(&mut password);
    read.map_err(|error| {
        CliError::new(
            "password.unreadable",
            format!("the password cannot be read from standard input: {error}"),
        )
    })?;
    let password = Secret::new(password.trim_end_matches(['\r', '\n']).to_owned());

    let wired = wiring::tools(settings).await?;
    let command = CreateAccountCommand {
        email,
        username,
        password,
        role,
    };
    let user = wired
        .app
        .auth
        .create_account
        .create(&RequestContext::system("cli"), command)
        .await?;
    print_line(&format!(
        "created {} {} <{}> ({})",
        user.role.as_str(),
        user.username,
        user.email,
        user.id
    ))?;
    Ok(ExitCode::SUCCESS)
}
