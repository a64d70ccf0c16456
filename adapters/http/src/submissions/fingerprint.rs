//! What an idempotency key stands for.

use poem_openapi::types::ToJSON;
use sha2::{Digest, Sha256};

/// SHA-256 over the route and the body as it was understood: unknown fields, order and white space do not matter.
pub(super) fn of(route: &[&str], body: &impl ToJSON) -> String {
    let canonical = serde_json::json!([route, body.to_json()]).to_string();
    hex::encode(Sha256::digest(canonical))
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::json;

    #[test]
    fn different_requests_have_different_fingerprints() {
        let same = of(&["submit", "a"], &json!({"x": 1}));
        assert_eq!(same, of(&["submit", "a"], &json!({"x": 1})));
        for other in [
            of(&["submit", "b"], &json!({"x": 1})),
            of(&["run"], &json!({"x": 1})),
            of(&["submit", "a"], &json!({"x": 2})),
        ] {
            assert_ne!(same, other);
        }
    }
}
