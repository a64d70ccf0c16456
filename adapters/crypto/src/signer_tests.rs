use super::*;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use serde_json::{Value, json};

const KEY: [u8; 32] = [7; 32];

fn signer() -> JwtTokenSigner {
    JwtTokenSigner::new(&Secret::new(KEY.to_vec()), "codesm", "codesm-api").unwrap()
}

fn moment() -> Timestamp {
    Timestamp::from_timestamp(1_780_000_000, 0).unwrap()
}

fn claims() -> AccessClaims {
    AccessClaims {
        user_id: "018f3c6e-7b1a-7c00-8000-000000000001".parse().unwrap(),
        session_id: "018f3c6e-7b1a-7c00-8000-000000000002".parse().unwrap(),
        token_version: 3,
        issued_at: moment(),
        expires_at: moment() + Duration::minutes(15),
    }
}

fn payload() -> Value {
    json!({
        "sub": claims().user_id, "sid": claims().session_id, "ver": 3,
        "iat": moment().timestamp(), "exp": moment().timestamp() + 900, "iss": "codesm", "aud": "codesm-api",
    })
}

/// Signed with the right key, whatever it says.
fn forged(header: &Header, payload: &Value) -> String {
    jsonwebtoken::encode(header, payload, &EncodingKey::from_secret(&KEY)).unwrap()
}

fn header() -> Header {
    let mut header = Header::new(ALGORITHM);
    header.typ = Some(TYPE.to_owned());
    header
}

#[test]
fn a_token_gives_back_its_claims_until_the_very_second_it_ends() {
    let token = signer().sign(&claims()).unwrap();
    let end = claims().expires_at;
    assert_eq!(signer().verify(token.reveal(), moment()), Some(claims()));
    assert_eq!(signer().verify(token.reveal(), end - Duration::microseconds(1)), Some(claims()));
    assert_eq!(signer().verify(token.reveal(), end), None);
}

#[test]
fn short_keys_are_refused() {
    let error = JwtTokenSigner::new(&Secret::new(vec![7; 31]), "codesm", "codesm-api").unwrap_err();
    assert_eq!(error, KeyTooShort);
}

#[test]
fn another_key_issuer_or_audience_is_refused() {
    let token = signer().sign(&claims()).unwrap();
    for (key, issuer, audience) in [
        ([8; 32], "codesm", "codesm-api"),
        (KEY, "other", "codesm-api"),
        (KEY, "codesm", "other"),
    ] {
        let other = JwtTokenSigner::new(&Secret::new(key.to_vec()), issuer, audience).unwrap();
        assert_eq!(other.verify(token.reveal(), moment()), None, "{issuer} {audience}");
    }
}

#[test]
fn what_only_looks_like_our_token_is_refused() {
    assert!(signer().verify(&forged(&header(), &payload()), moment()).is_some());
    let mut untyped = header();
    untyped.typ = Some("JWT".to_owned());
    let mut critical = header();
    critical.crit = Some(vec!["exp".to_owned()]);
    for (name, header) in [
        (
            "algorithm",
            Header {
                alg: Algorithm::HS512,
                ..header()
            },
        ),
        ("type", untyped),
        ("crit", critical),
    ] {
        assert_eq!(signer().verify(&forged(&header, &payload()), moment()), None, "{name}");
    }
    for missing in ["sub", "sid", "ver", "iat", "exp", "iss", "aud"] {
        let mut payload = payload();
        payload.as_object_mut().unwrap().remove(missing);
        assert_eq!(signer().verify(&forged(&header(), &payload), moment()), None, "without {missing}");
    }
    for (claim, value) in [
        ("exp", json!(i64::MAX)),
        ("exp", json!("1900000000")),
        ("iat", json!(i64::MIN)),
        ("sub", json!("ada")),
    ] {
        let mut payload = payload();
        payload[claim] = value;
        assert_eq!(signer().verify(&forged(&header(), &payload), moment()), None, "{claim}");
    }
}

#[test]
fn an_unsigned_token_is_refused() {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let body = part(payload());
    for (algorithm, signature) in [("none", ""), ("HS256", ""), ("none", "AAAA")] {
        let token = format!("{}.{body}.{signature}", part(json!({"alg": algorithm, "typ": TYPE})));
        assert_eq!(signer().verify(&token, moment()), None, "{algorithm}");
    }
}

#[test]
fn every_changed_character_breaks_the_token() {
    let token = signer().sign(&claims()).unwrap().into_inner();
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(signer().verify(&changed, moment()), None, "at {at}");
    }
    for rubbish in ["", ".", "..", "a.b.c", "é.é.é", &token[..token.len() - 1]] {
        assert_eq!(signer().verify(rubbish, moment()), None, "{rubbish}");
    }
}
