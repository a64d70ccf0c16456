//! The command line: an inbound adapter like HTTP.

mod admin;
mod doctor;
mod export;
mod import;
mod judge;
mod migrate;
mod outcome;
mod sandbox_test;
mod scratch;
mod verify;

use crate::config::{Environment, Settings, print_redacted};
use crate::{roles, telemetry};
use clap::{Parser, Subcommand};
pub(crate) use outcome::CliError;
use outcome::report;
use scratch::Scratch;
use std::path::PathBuf;
use std::process::ExitCode;

/// CodeSM: an open backend for coding practice and technical interviews.
#[derive(Debug, Parser)]
#[command(name = "codesm", version, about, long_about = None)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// API and worker in one process (the default)
    All,
    /// Only the API
    Serve,
    /// Only a worker
    Work,
    /// Check whether this machine can judge: kernel, sandbox, languages, database, storage
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Judge hostile programs on this machine and see that each gets its verdict and leaves nothing
    SandboxTest {
        /// Print JSON lines: one per tier, one per program, a summary
        #[arg(long)]
        json: bool,
        /// Only this tier (A, B, C or D); every tier of this machine but D if absent
        #[arg(long, value_parser = sandbox_test::tier)]
        tier: Option<codesm_sandbox::Tier>,
        /// Only programs whose name holds this
        #[arg(long)]
        filter: Option<String>,
    },
    /// Judge one file against a package, without a server
    Judge {
        /// Package: a folder or a zip archive
        package: PathBuf,
        /// Source file, or a folder with several
        file: PathBuf,
        /// Language id; recognised by the file's ending if absent
        #[arg(long)]
        language: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run every labelled jury submission of packages and compare it with its label
    Verify {
        /// Packages: folders or zip archives
        #[arg(required = true)]
        packages: Vec<PathBuf>,
        /// Print one JSON line per submission and a summary line
        #[arg(long)]
        json: bool,
        /// Submissions at once; one per slot if absent
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
        jobs: Option<u16>,
    },
    /// Import packages into the database
    Import {
        /// Packages: folders or zip archives
        #[arg(required = true)]
        packages: Vec<PathBuf>,
        /// Username of the owner
        #[arg(long, default_value = "admin")]
        author: String,
        /// Publish at once
        #[arg(long)]
        publish: bool,
        /// Give problems of the same name and owner the new tests and words
        #[arg(long)]
        replace: bool,
    },
    /// Write a problem as a package of version 2025-09, with hidden tests and jury submissions
    Export {
        /// Slug or identifier
        problem: String,
        /// Zip archive to write; named after the problem if absent
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Change or show the database schema
    Migrate {
        #[command(subcommand)]
        direction: migrate::Direction,
    },
    /// Print the configuration in force, without secrets
    Config,
    /// Manage accounts
    Admin {
        #[command(subcommand)]
        action: admin::Action,
    },
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command.unwrap_or(Command::All)) {
        Ok(code) => code,
        Err(error) => report(&error),
    }
}

fn run(command: Command) -> Result<ExitCode, CliError> {
    if let Command::Openapi = command {
        print_line(&codesm_http::openapi_json())?;
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::from_environment(&Environment::of_process())?;
    match command {
        Command::All => roles::run(settings, roles::Role::All),
        Command::Serve => roles::run(settings, roles::Role::Serve),
        Command::Work => roles::run(settings, roles::Role::Work),
        Command::Config => {
            warn_unknown(&settings);
            print_line(print_redacted(&settings).trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => Ok(ExitCode::SUCCESS),
        tool => {
            let _guard = telemetry::for_tools(&settings.log)?;
            warn_unknown(&settings);
            let runtime = roles::runtime()?;
            runtime.block_on(run_tool(&settings, tool))
        }
    }
}

async fn run_tool(settings: &Settings, command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Doctor { json } => {
            let scratch = Scratch::unless_there(settings)?;
            doctor::doctor(settings, &scratch.settings, json).await
        }
        Command::SandboxTest { json, tier, filter } => {
            // Asking for the reduced tier allows it.
            let mut settings = settings.clone();
            settings.sandbox.allow_reduced |= tier == Some(codesm_sandbox::Tier::D);
            let scratch = Scratch::unless_there(&settings)?;
            sandbox_test::sandbox_test(&scratch.settings, tier, filter, json).await
        }
        Command::Judge {
            package,
            file,
            language,
            json,
        } => {
            let scratch = Scratch::unless_there(settings)?;
            judge::judge(&scratch.settings, &package, &file, language, json).await
        }
        Command::Verify { packages, json, jobs } => {
            let scratch = Scratch::unless_there(settings)?;
            verify::verify(&scratch.settings, &packages, json, jobs).await
        }
        Command::Import {
            packages,
            author,
            publish,
            replace,
        } => import::import(settings, &packages, &author, publish, replace).await,
        Command::Export { problem, output } => export::export(settings, &problem, output).await,
        Command::Migrate { direction } => migrate::migrate(settings, direction).await,
        Command::Admin { action } => admin::admin(settings, action).await,
        Command::All | Command::Serve | Command::Work | Command::Openapi | Command::Config => Ok(ExitCode::SUCCESS),
    }
}

fn warn_unknown(settings: &Settings) {
    for key in &settings.unknown_keys {
        eprintln!("warning: {key} is no key of CodeSM; `codesm config` lists them all");
    }
}

/// Prints a line; a reader that went away (`| head`) is no failure.
fn print_line(text: &str) -> Result<(), CliError> {
    use std::io::Write as _;
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| CliError::new("output.failed", format!("cannot print: {error}"))),
    }
}
