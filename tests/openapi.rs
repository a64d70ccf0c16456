//! The committed OpenAPI document is the one the code makes.

#[test]
fn the_committed_document_is_current() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json")).expect("docs/openapi.json");
    assert!(
        committed.trim_end() == codesm_http::openapi_json().trim_end(),
        "run `make openapi` and commit docs/openapi.json"
    );
}
