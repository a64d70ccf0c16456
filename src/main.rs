//! CodeSM.
fn main() {}
