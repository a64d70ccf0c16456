//! Verdicts of one run, and of a whole submission.
