//! The sandbox helper as a program of its own, for tests.

fn main() {
    std::process::exit(codesm_sandbox::sandboxd_main());
}
