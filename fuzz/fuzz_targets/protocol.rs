//! Any packet on the sockets between worker, `sandboxd`, slot process and init: decoded or refused, no descriptor lost.
//!
//! Input: a letter for the reader, the number of descriptors, then the packet.

#![no_main]

use codesm_sandbox::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let [reader, descriptors, packet @ ..] = data {
        fuzzing::packet(*reader, *descriptors, packet);
    }
});
