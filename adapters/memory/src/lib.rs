//! CodeSM: memory.
