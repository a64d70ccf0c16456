//! The last line.

use super::row::{Row, RowResult};
use serde_json::json;

pub(super) struct Summary {
    packages: usize,
    submissions: usize,
    ok: usize,
    mismatched: usize,
    skipped: usize,
}

impl Summary {
    pub(super) const fn new(packages: usize) -> Self {
        Self {
            packages,
            submissions: 0,
            ok: 0,
            mismatched: 0,
            skipped: 0,
        }
    }

    pub(super) fn add(&mut self, row: &Row) {
        self.submissions += usize::from(!row.submission.is_empty());
        match &row.result {
            RowResult::Skipped(_) => self.skipped += 1,
            _ if row.is_ok() => self.ok += 1,
            RowResult::Judged { .. } | RowResult::Failed(_) | RowResult::Unreadable(_) => self.mismatched += 1,
        }
    }

    /// Whether nothing mismatched or failed.
    pub(super) const fn is_good(&self) -> bool {
        self.mismatched == 0
    }

    pub(super) fn line(&self, as_json: bool) -> String {
        let Self {
            packages,
            submissions,
            ok,
            mismatched,
            skipped,
        } = self;
        if as_json {
            return json!({ "packages": packages, "submissions": submissions, "ok": ok, "mismatched": mismatched, "skipped": skipped })
                .to_string();
        }
        format!("{packages} packages, {submissions} submissions: {ok} ok, {mismatched} mismatched, {skipped} skipped")
    }
}
