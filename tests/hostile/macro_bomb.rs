// Macros that double what they are given, until memory ends.
macro_rules! double { ($($t:tt)*) => { double!($($t)* $($t)*) } }
fn main() { double!(x x x x x x x x) }
