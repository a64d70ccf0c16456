//! Finds the toolchains of this machine: real programs behind shims and proxies, their folders and versions.
//!
//! Nothing untrusted is involved, so they are simply started, in parallel and with a time-out.

use super::table::Entry;
use super::{Meaning, Offered};
use crate::protocol::PROGRAM;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longest time for one question to a toolchain.
const QUESTION_LIMIT: Duration = Duration::from_secs(10);
/// Where programs are looked for before `$PATH`: what the distribution installs needs no extra folder inside.
const USUAL_FOLDERS: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];
const LONGEST_VERSION: usize = 120;
/// Stands for the folder of what was compiled beforehand.
const PREPARED: &str = "{prepared}";

/// A toolchain that works.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    pub(crate) program: PathBuf,
    pub(crate) sysroot: PathBuf,
    pub(crate) version: String,
    /// Further programs, by the name of their placeholder.
    pub(crate) needed: BTreeMap<String, PathBuf>,
    /// Folders to be shown inside.
    pub(crate) binds: Vec<PathBuf>,
    /// Path, size and time of every program: another toolchain of the same version has another one.
    pub(crate) stamp: String,
}

impl Toolchain {
    /// Replaces the placeholders that are the same for every program.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut filled = fill(text, &self.program, &self.sysroot);
        for (name, path) in &self.needed {
            filled = filled.replace(&format!("{{{name}}}"), &path.to_string_lossy());
        }
        filled
    }

    /// A command with its placeholders replaced.
    pub(crate) fn command(&self, template: &[String], meaning: &Meaning<'_>) -> Vec<String> {
        let mut command = Vec::new();
        for part in template {
            if part == "{sources}" {
                command.extend_from_slice(meaning.sources);
            } else if meaning.prepared || !part.contains(PREPARED) {
                let stem = Path::new(meaning.main_file).with_extension("");
                command.push(
                    self.fill(part)
                        .replace(PREPARED, PROGRAM)
                        .replace("{entry_stem}", &stem.to_string_lossy())
                        .replace("{entry}", meaning.main_file)
                        .replace("{main_class}", meaning.main_class)
                        .replace("{heap_mb}", &meaning.heap_mb.to_string()),
                );
            }
        }
        command
    }
}

fn fill(text: &str, program: &Path, sysroot: &Path) -> String {
    text.replace("{program}", &program.to_string_lossy())
        .replace("{sysroot}", &sysroot.to_string_lossy())
}

/// Looks for every toolchain of the table at once; preparations come after the languages.
pub(crate) fn resolve_all(entries: Vec<Entry>) -> Vec<Offered> {
    let mut languages: Vec<Offered> = std::thread::scope(|scope| {
        let searches: Vec<_> = entries
            .into_iter()
            .map(|entry| {
                scope.spawn(move || {
                    let toolchain = resolve(&entry);
                    Offered::new(entry, toolchain)
                })
            })
            .collect();
        searches
            .into_iter()
            .map(|search| search.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let preparations: Vec<Offered> = languages.iter().filter_map(Offered::of_preparation).collect();
    languages.extend(preparations);
    languages
}

fn resolve(entry: &Entry) -> Result<Toolchain, String> {
    let found = find(&entry.program).ok_or_else(|| format!("`{}` is not installed", entry.program))?;
    let mut program = found.clone();
    let mut sysroot = PathBuf::from("/usr");
    if !entry.sysroot.is_empty() {
        let question: Vec<String> = entry.sysroot.iter().map(|part| fill(part, &found, &sysroot)).collect();
        sysroot = PathBuf::from(ask(&question)?);
        let inside = sysroot.join("bin").join(&entry.program);
        if !inside.is_file() {
            return Err(format!(
                "`{}` names {} as its folder, which holds no bin/{}",
                found.display(),
                sysroot.display(),
                entry.program
            ));
        }
        // A shim or proxy is replaced by what it stands for.
        program = inside;
    } else if entry.sysroot_of_program {
        program = found.canonicalize().map_err(|error| format!("{}: {error}", found.display()))?;
        let folder = program.parent().and_then(Path::parent);
        sysroot = folder
            .ok_or_else(|| format!("{} lies in no folder", program.display()))?
            .to_path_buf();
    }
    let mut binds = Vec::new();
    if !sysroot.starts_with("/usr") {
        binds.push(sysroot.clone());
    }
    let mut needed = BTreeMap::new();
    for (name, wanted) in &entry.needs {
        let (path, bind) = resolve_needed(wanted)?;
        needed.insert(name.clone(), path);
        binds.extend(bind);
    }
    for pattern in &entry.binds {
        binds.extend(matching(pattern));
    }
    let mut toolchain = Toolchain {
        stamp: stamp(std::iter::once(&program).chain(needed.values())),
        program,
        sysroot,
        version: String::new(),
        needed,
        binds,
    };
    toolchain.version = ask(&entry.version.iter().map(|part| toolchain.fill(part)).collect::<Vec<_>>())?;
    Ok(toolchain)
}

/// A further program: its real path, and its folder if that must be shown.
fn resolve_needed(wanted: &str) -> Result<(PathBuf, Option<PathBuf>), String> {
    let found = find(wanted).ok_or_else(|| format!("`{wanted}` is not installed"))?;
    let path = found.canonicalize().map_err(|error| format!("{}: {error}", found.display()))?;
    let folder = path.parent().and_then(Path::parent);
    let folder = folder.ok_or_else(|| format!("{} lies in no folder", path.display()))?;
    let bind = (!folder.starts_with("/usr") && folder != Path::new("/")).then(|| folder.to_path_buf());
    Ok((path, bind))
}

fn stamp<'a>(programs: impl Iterator<Item = &'a PathBuf>) -> String {
    let describe = |path: &PathBuf| {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let facts = std::fs::metadata(&real).map(|found| (found.len(), found.mtime(), found.mtime_nsec()));
        format!("{} {:?}\n", real.display(), facts.ok())
    };
    programs.map(describe).collect()
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    USUAL_FOLDERS
        .iter()
        .map(PathBuf::from)
        .chain(std::env::split_paths(&path).filter(|folder| folder.is_absolute()))
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// Files or folders whose name begins as the pattern does up to its star.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let Some(beginning) = pattern.strip_suffix('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let beginning = Path::new(beginning);
    let (Some(folder), Some(prefix)) = (beginning.parent(), beginning.file_name().and_then(OsStr::to_str)) else {
        return Vec::new();
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix)))
        .map(|entry| entry.path())
        .collect()
}

/// First line of what a command prints.
fn ask(command: &[String]) -> Result<String, String> {
    let describe = |what: &dyn std::fmt::Display| format!("`{}`: {what}", command.join(" "));
    let (first, rest) = command.split_first().ok_or_else(|| "an empty command".to_owned())?;
    let mut child = Command::new(first)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| describe(&error))?;
    let began = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|error| describe(&error))? {
            Some(status) => break status,
            None if began.elapsed() > QUESTION_LIMIT => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(describe(&"no answer in time"));
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let mut text = String::new();
    if let Some(output) = child.stdout.take() {
        // A few lines always fit into the pipe, so the program never waited for us.
        let read = output.take(64 * 1024).read_to_string(&mut text);
        read.map_err(|error| describe(&error))?;
    }
    let line = text.lines().next().unwrap_or_default().trim();
    if !status.success() || line.is_empty() {
        return Err(describe(&format!("ended with {status} and said `{line}`")));
    }
    Ok(line.chars().take(LONGEST_VERSION).collect())
}
