//! CodeSM: worker.
