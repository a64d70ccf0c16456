//! The `codesm` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The sandbox helper is this same binary; it must begin before any thread or runtime exists.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == "sandboxd") {
        return codesm::sandbox_helper();
    }
    codesm::cli::main()
}
