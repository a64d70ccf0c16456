//! Runs a program against tests.
