//! Whole archives with hostile names, kinds and contents, past what the checksums keep random bytes from.
//!
//! Input: see `codesm_fuzz::zip::entries`.

#![no_main]

use codesm_fuzz::package::Rig;
use codesm_fuzz::zip;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(archive) = zip::archive(&zip::entries(data)) {
        RIG.with(|rig| rig.read_archive(&archive));
    }
});

thread_local! {
    static RIG: Rig = Rig::new();
}
