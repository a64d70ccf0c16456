// No program at all, but a library with a program's name.
#![crate_type = "rlib"]
pub fn main() {}
