//! Progress on standard error: one line that counts on a terminal, elsewhere a line for every tenth submission.

use super::row::Row;
use std::io::{IsTerminal as _, Write as _};

pub(super) struct Progress {
    packages: usize,
    packages_done: usize,
    /// Submissions of the packages read so far.
    known: usize,
    judged: usize,
    on_terminal: bool,
}

impl Progress {
    pub(super) fn new(packages: usize) -> Self {
        Self {
            packages,
            packages_done: 0,
            known: 0,
            judged: 0,
            on_terminal: std::io::stderr().is_terminal(),
        }
    }

    pub(super) fn add(&mut self, submissions: usize) {
        self.known += submissions;
        self.draw();
    }

    pub(super) fn package_done(&mut self) {
        self.packages_done += 1;
        self.draw();
    }

    pub(super) fn row_done(&mut self, row: &Row) {
        if row.submission.is_empty() {
            return;
        }
        self.judged += 1;
        if !self.on_terminal && self.judged.is_multiple_of(10) {
            write(&format!("{}\n", self.line()));
        }
        self.draw();
    }

    /// A line of its own.
    pub(super) fn say(&self, words: &str) {
        self.clear();
        write(&format!("{words}\n"));
        self.draw();
    }

    /// Makes room for a line on standard output.
    pub(super) fn clear(&self) {
        if self.on_terminal {
            write("\r\x1b[K");
        }
    }

    fn draw(&self) {
        if self.on_terminal {
            write(&format!("\r\x1b[K{}", self.line()));
        }
    }

    fn line(&self) -> String {
        let Self {
            packages,
            packages_done,
            known,
            judged,
            ..
        } = self;
        format!("{judged}/{known} submissions judged, {packages_done}/{packages} packages done")
    }
}

/// A reader that went away (`2>&1 | head`) is no failure.
fn write(text: &str) {
    let mut error = std::io::stderr().lock();
    let _ = error.write_all(text.as_bytes()).and_then(|()| error.flush());
}
