//! CodeSM: fs.
