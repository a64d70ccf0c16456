// Types that need each other, deeper than the compiler goes.
trait Grow { fn grow(self); }
impl<T> Grow for T where (T, T): Grow { fn grow(self) {} }
fn main() { 1u8.grow() }
