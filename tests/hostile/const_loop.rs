// The compiler computes, and computes.
const fn count() -> u64 { let mut n = 0u64; loop { n = n.wrapping_add(1); if n == u64::MAX { return n; } } }
const X: u64 = count();
fn main() { println!("{X}"); }
