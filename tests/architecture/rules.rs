//! The rules, each as a function from sources to offences, so that it can be shown to fail.

use super::scan::{Source, has_word};

/// Longest file, counted without its tests. The aim is about 400 (`CONTRIBUTING.md`); the rest is slack.
pub(crate) const MAX_LINES: usize = 450;

/// What may not be named inside the core: frameworks and runtimes live in adapters.
const FRAMEWORKS: &[&str] = &[
    "poem",
    "poem_openapi",
    "axum",
    "hyper",
    "sea_orm",
    "sqlx",
    "tokio",
    "reqwest",
    "fred",
    "opentelemetry",
    "tracing_opentelemetry",
    "tracing_subscriber",
    "clap",
    "envy",
    "landlock",
    "libc",
];

/// Names of problem packages that people know: a judge that knows a problem by name is no judge.
const WELL_KNOWN_PACKAGES: &[&str] = &[
    "different",
    "hello",
    "guess",
    "addone",
    "bplusa",
    "oddecho",
    "fltcmp",
    "boolfind",
    "fibonacci",
    "fizzbuzz",
    "aplusb",
    "two-sum",
];

const PROCESS_CREATION: &[&str] = &[
    "process::Command",
    "tokio::process",
    "async_process",
    "libc::fork",
    "libc::vfork",
    "libc::clone",
    "libc::system",
    "libc::popen",
    "libc::execv",
    "libc::execve",
    "libc::execvp",
    "libc::execl",
    "libc::fexecve",
    "libc::posix_spawn",
    "posix_spawn",
    "posix_spawnp",
    "SYS_clone",
    "SYS_clone3",
    "SYS_fork",
    "SYS_vfork",
    "SYS_execve",
    "SYS_execveat",
    "clone3",
    "CommandExt",
];

fn offence(source: &Source, line: usize, what: &str) -> String {
    format!("{}:{line}: {what}", source.path)
}

/// Only the sandbox creates processes.
pub(crate) fn process_creation(source: &Source) -> Vec<String> {
    let mut offences = Vec::new();
    for (number, line) in source.product() {
        if let Some(word) = PROCESS_CREATION.iter().find(|word| has_word(&line.code, word)) {
            offences.push(offence(
                source,
                number,
                &format!("creates processes (`{word}`); only adapters/sandbox may"),
            ));
        }
    }
    for (number, statement) in use_statements(source) {
        if has_word(&statement, "process") && has_word(&statement, "Command") && !has_word(&statement, "process::Command") {
            offences.push(offence(
                source,
                number,
                "imports `process::Command`; only adapters/sandbox may create processes",
            ));
        }
    }
    offences
}

/// `use` statements outside tests, each on one line, with the number of its first.
fn use_statements(source: &Source) -> Vec<(usize, String)> {
    let mut statements: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in source.product() {
        let code = line.code.trim();
        let begins = code.starts_with("use ") || code.starts_with("pub use ") || code.contains(") use ");
        if !open && begins {
            statements.push((number, String::new()));
            open = true;
        }
        if open {
            if let Some((_, statement)) = statements.last_mut() {
                statement.push_str(code);
            }
            open = !code.contains(';');
        }
    }
    statements
}

/// No code knows a problem by name. `samples` are the folders of `config/sample-problems`.
pub(crate) fn problem_names(source: &Source, samples: &[String]) -> Vec<String> {
    let mut offences = Vec::new();
    for (number, line) in source.product() {
        for literal in &line.strings {
            let mut words = literal.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
            let sample = words.find(|word| samples.iter().any(|name| name == word));
            let known = WELL_KNOWN_PACKAGES.iter().find(|name| *name == literal);
            if let Some(name) = sample.or(known.copied()) {
                offences.push(offence(
                    source,
                    number,
                    &format!("names the problem `{name}`; code must not know any problem by name"),
                ));
            }
        }
    }
    offences
}

/// Files stay short enough to be read in one go.
pub(crate) fn length(source: &Source) -> Vec<String> {
    let lines = source.product().count();
    if lines <= MAX_LINES {
        return Vec::new();
    }
    let what = format!("{lines} lines without tests, {MAX_LINES} are allowed; split it by what changes together");
    vec![offence(source, 1, &what)]
}

/// Nothing is left for later in silence.
pub(crate) fn unfinished(source: &Source) -> Vec<String> {
    let mut offences = Vec::new();
    for (number, line) in source.numbered() {
        let code: String = line.code.split_whitespace().collect();
        for (found, what) in [
            (has_word(&code, "todo!"), "`todo!`: finish it or open an issue"),
            (has_word(&code, "unimplemented!"), "`unimplemented!`: finish it or open an issue"),
            (code.contains("#[ignore"), "an ignored test tests nothing"),
            (
                code.contains("#[allow(") || code.contains("#![allow(") || (code.contains("cfg_attr(") && code.contains(",allow(")),
                "bare `allow`: write `#[expect(lint, reason = \"…\")]`",
            ),
        ] {
            if found {
                offences.push(offence(source, number, what));
            }
        }
    }
    offences
}

/// The core names no framework.
pub(crate) fn frameworks(source: &Source) -> Vec<String> {
    let mut offences = Vec::new();
    for (number, line) in source.product() {
        if let Some(word) = FRAMEWORKS.iter().find(|word| names_crate(&line.code, word)) {
            offences.push(offence(source, number, &format!("the core names `{word}`; put it behind a port")));
        }
    }
    offences
}

/// Whether the code uses a crate of this name: as the head of a path, or in a `use`.
fn names_crate(code: &str, name: &str) -> bool {
    has_word(code, &format!("{name}::")) || has_word(code, &format!("use {name}")) || has_word(code, &format!("extern crate {name}"))
}

/// Whether a manifest takes the workspace's lints.
pub(crate) fn takes_workspace_lints(manifest: &str) -> bool {
    let mut in_lints = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            in_lints = line == "[lints]";
        } else if in_lints && line.replace(' ', "") == "workspace=true" {
            return true;
        }
    }
    false
}

/// Dependencies of a manifest that settle a version by themselves.
pub(crate) fn own_versions(path: &str, manifest: &str) -> Vec<String> {
    let mut offences = Vec::new();
    let mut section = String::new();
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            line.trim_matches(['[', ']']).clone_into(&mut section);
            let single = ["dependencies.", "dev-dependencies.", "build-dependencies."];
            if section != "workspace.dependencies" && single.iter().any(|prefix| section.starts_with(prefix)) {
                offences.push(format!("{path}:{}: write the dependency as `NAME.workspace = true`", index + 1));
            }
            continue;
        }
        let lists_dependencies = section == "dependencies" || section.ends_with("-dependencies") || section.ends_with(".dependencies");
        if !lists_dependencies || section == "workspace.dependencies" || line.is_empty() || line.starts_with('#') {
            continue;
        }
        let dense = line.replace(' ', "");
        if !dense.contains(".workspace=true") && !dense.contains("={workspace=true") {
            offences.push(format!(
                "{path}:{}: `{line}` settles a version here; versions stand in the root Cargo.toml",
                index + 1
            ));
        }
    }
    offences
}

/// The keys of the table in `src/config/keys.rs`, with their lines: each stands at the beginning of one, before its meaning.
pub(crate) fn configuration_keys(source: &Source) -> Vec<(usize, String)> {
    let of_the_table = source.product().filter(|(_, line)| line.code.trim_start().starts_with("\"\" \"\""));
    of_the_table
        .filter_map(|(number, line)| line.strings.first().map(|key| (number, key.clone())))
        .filter(|(_, key)| key.starts_with("CODESM_"))
        .collect()
}
