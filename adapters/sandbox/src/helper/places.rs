//! Where the folders of a run are: under fixed names in its own root, or, without namespaces, below a folder of the host.

use crate::protocol::{FEEDBACK, FILES, PROGRAM, RunOrder, WORK};
use std::path::{Path, PathBuf};

/// Scratch space under the name that programs expect.
const TEMPORARY: &str = "/tmp";

/// The folders of one run.
pub(super) struct Places {
    pub(super) work: PathBuf,
    pub(super) temporary: PathBuf,
    pub(super) feedback: PathBuf,
    pub(super) files: PathBuf,
    pub(super) program: PathBuf,
    /// The folder that holds the others but the program's, where it is on the host.
    pub(super) outside: Option<PathBuf>,
}

impl Places {
    /// Of a run whose slot works below `outside`, or has a root of its own.
    pub(super) fn of(order: &RunOrder, outside: Option<&Path>) -> Self {
        let Some(base) = outside else {
            return Self {
                work: PathBuf::from(WORK),
                temporary: PathBuf::from(TEMPORARY),
                feedback: PathBuf::from(FEEDBACK),
                files: PathBuf::from(FILES),
                program: PathBuf::from(PROGRAM),
                outside: None,
            };
        };
        let folder = run_folder(base, order.run);
        let below = |name: &str| folder.join(name.trim_start_matches('/'));
        Self {
            work: below(WORK),
            temporary: below(TEMPORARY),
            feedback: below(FEEDBACK),
            files: below(FILES),
            program: order.program.clone().unwrap_or_else(|| below(PROGRAM)),
            outside: Some(folder),
        }
    }

    /// Folders in which a program may leave files.
    pub(super) fn writable(&self) -> Vec<&Path> {
        let shared = self.outside.is_none().then(|| Path::new("/dev/shm"));
        [self.work.as_path(), &self.temporary, &self.feedback]
            .into_iter()
            .chain(shared)
            .collect()
    }

    /// An argument or a value of the environment, with the fixed names replaced by what they stand for here.
    pub(super) fn translate(&self, text: &str) -> String {
        if self.outside.is_none() {
            return text.to_owned();
        }
        let names = [
            (WORK, &self.work),
            (TEMPORARY, &self.temporary),
            (FEEDBACK, &self.feedback),
            (FILES, &self.files),
            (PROGRAM, &self.program),
        ];
        let mut translated = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('/') {
            let (before, name) = rest.split_at(at);
            translated.push_str(before);
            // A path begins here, not a later part of one: at the beginning, after a separator, or after a short option.
            let begins = translated.is_empty() || translated.ends_with(['=', ':', ',']) || translated == "-I" || translated == "-L";
            let found = names.iter().find(|(fixed, _)| {
                begins
                    && name
                        .strip_prefix(fixed)
                        .is_some_and(|after| after.is_empty() || after.starts_with(['/', ':', ',']))
            });
            if let Some((fixed, place)) = found {
                translated.push_str(&place.to_string_lossy());
                rest = &name[fixed.len()..];
            } else {
                translated.push('/');
                rest = &name[1..];
            }
        }
        translated + rest
    }
}

/// The folder of a run below that of all runs.
pub(super) fn run_folder(base: &Path, run: u64) -> PathBuf {
    base.join(format!("run-{run}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_names_are_replaced_where_a_path_begins() {
        let base = Path::new("/data/runs/run-7");
        let places = Places {
            work: base.join("work"),
            temporary: base.join("tmp"),
            feedback: base.join("feedback"),
            files: base.join("files"),
            program: PathBuf::from("/cache/key"),
            outside: Some(base.to_path_buf()),
        };
        for (text, expected) in [
            ("/program/program", "/cache/key/program"),
            ("/program", "/cache/key"),
            ("-I/program", "-I/cache/key"),
            ("-Dx=/work/a:/tmp/b", "-Dx=/data/runs/run-7/work/a:/data/runs/run-7/tmp/b"),
            ("/files/input", "/data/runs/run-7/files/input"),
            ("/usr/bin/python3", "/usr/bin/python3"),
            ("/usr/work/x", "/usr/work/x"),
            ("/workshop", "/workshop"),
            ("a/work/b", "a/work/b"),
            ("", ""),
        ] {
            assert_eq!(places.translate(text), expected);
        }
    }
}
