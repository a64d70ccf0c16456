//! Any bytes as an uploaded package: read or refused, nothing outside, nothing left.

#![no_main]

use codesm_fuzz::package::Rig;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| RIG.with(|rig| rig.read_archive(data)));

thread_local! {
    static RIG: Rig = Rig::new();
}
