// System calls without any library. Prints `safe` if every one is refused.
use std::arch::asm;
#[cfg(target_arch = "x86_64")]
unsafe fn call(number: usize, a: usize, b: usize, c: usize) -> isize {
    let result: isize;
    unsafe { asm!("syscall", inlateout("rax") number as isize => result, in("rdi") a, in("rsi") b, in("rdx") c, out("rcx") _, out("r11") _) };
    result
}
#[cfg(target_arch = "aarch64")]
unsafe fn call(number: usize, a: usize, b: usize, c: usize) -> isize {
    let result: isize;
    unsafe { asm!("svc 0", in("x8") number, inlateout("x0") a as isize => result, in("x1") b, in("x2") c) };
    result
}
fn main() {
    // socket, unshare, ptrace, mount, bpf, io_uring_setup
    let numbers: [(usize, usize); 6] = if cfg!(target_arch = "x86_64") {
        [(41, 2), (272, 0x1000_0000), (101, 0), (165, 0), (321, 0), (425, 1)]
    } else {
        [(198, 2), (97, 0x1000_0000), (117, 0), (40, 0), (280, 0), (425, 1)]
    };
    let works: Vec<_> = numbers.iter().filter(|(number, first)| unsafe { call(*number, *first, 1, 0) } >= 0).collect();
    if works.is_empty() { println!("safe") } else { println!("{works:?}") }
}
