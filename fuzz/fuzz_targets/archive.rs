//! The archives in which sources and artefacts travel, and the class files in them.
//!
//! Input: a letter for what is done, then its bytes.

#![no_main]

use codesm_sandbox::fuzzing;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

fuzz_target!(|data: &[u8]| {
    let Some((letter, bytes)) = data.split_first() else { return };
    match letter {
        b'u' => FOLDER.with(|folder| fuzzing::store_archive(folder.path(), bytes)),
        b'n' => FOLDER.with(|folder| fuzzing::travel(folder.path(), bytes)),
        b'c' => fuzzing::class_file(bytes),
        b'j' => fuzzing::java_source(bytes),
        _ => {}
    }
});

thread_local! {
    static FOLDER: TempDir = tempfile::Builder::new()
        .prefix("codesm-fuzz-")
        .tempdir()
        .expect("there is room for temporary files");
}
