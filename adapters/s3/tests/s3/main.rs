//! Tests of the S3 adapter, against the server at `CODESM_TEST_S3_URL` (default: `http://codesm:codesm-test@127.0.0.1:8014`), which
//! `config/scripts/test-services up` installs and starts. Each test makes a bucket of its own and removes it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod blobs;
mod bucket;
mod contract;
mod faults;
mod proxy;
mod stores;
mod uploads;
