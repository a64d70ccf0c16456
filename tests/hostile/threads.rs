// Threads until it is refused.
use std::{thread, time::Duration};
fn main() {
    let mut kept = Vec::new();
    loop {
        match thread::Builder::new().stack_size(65536).spawn(|| thread::sleep(Duration::from_secs(10))) {
            Ok(thread) => kept.push(thread),
            Err(refused) => { thread::sleep(Duration::from_millis(300)); panic!("{refused}") }
        }
    }
}
