//! CodeSM composition root.
