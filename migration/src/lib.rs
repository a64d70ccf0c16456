//! CodeSM: migration.
