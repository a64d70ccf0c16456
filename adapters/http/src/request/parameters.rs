//! Parameters of addresses and headers.

use crate::response::Problem;
use codesm_core::kernel::{JobId, SubmissionId};
use codesm_core::problems::ProblemRef;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromParameter, ParseResult, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Reads `{problem}`: what can name no problem does not exist.
pub(crate) fn problem_ref(text: &str) -> Result<ProblemRef, Problem> {
    let missing = || Problem::new(poem::http::StatusCode::NOT_FOUND, "problem.not_found", "There is no such problem.");
    ProblemRef::parse(text).ok_or_else(missing)
}

/// Reads `{id}` of a submission: what is no identifier does not exist.
pub(crate) fn submission_id(text: &str) -> Result<SubmissionId, Problem> {
    let missing = |_| {
        Problem::new(
            poem::http::StatusCode::NOT_FOUND,
            "submission.not_found",
            "There is no such submission.",
        )
    };
    text.parse().map_err(missing)
}

/// # Errors
/// 404 `job.not_found` if it is no identifier.
pub(crate) fn job_id(text: &str) -> Result<JobId, Problem> {
    let missing = |_| Problem::new(poem::http::StatusCode::NOT_FOUND, "job.not_found", "There is no such job.");
    text.parse().map_err(missing)
}

/// What no operation takes in a query.
///
/// # Errors
/// `request.duplicate_parameter` for a name that occurs twice: which of the values counts would be anybody's guess;
/// `request.invalid_parameter` for NUL, which PostgreSQL cannot take and no search needs.
pub(crate) fn check_query(query: &str) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    // By its full name: `Type`, in scope here, has an `is_empty` for references that is always false.
    for pair in query.split('&').filter(|pair| !str::is_empty(pair)) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name);
        if decode(value).contains('\0') || name.contains('\0') {
            return Err(Problem::invalid_parameter(&name, "Must not contain NUL."));
        }
        if seen.contains(&name) {
            let detail = format!("The parameter `{name}` occurs twice.");
            return Err(Problem::bad_request("request.duplicate_parameter", detail).with_field(&name, "duplicate", "Must occur once."));
        }
        seen.insert(name);
    }
    Ok(())
}

/// `%41` and `+` resolved, so that differently written names are the same name.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok()))
            .flatten();
        let plain = if bytes[at] == b'+' { b' ' } else { bytes[at] };
        decoded.push(escaped.unwrap_or(plain));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

macro_rules! number_parameter {
    ($(#[$doc:meta])* $name:ident, $low:literal ..= $high:literal, default: $default:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name(pub(crate) u32);

        impl Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new(MetaSchema {
                    minimum: Some($low),
                    maximum: Some($high),
                    default: Some($default.into()),
                    ..MetaSchema::new_with_format("integer", "int32")
                }))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl ParseFromParameter for $name {
            /// Any whole number is understood; whether it is acceptable is for the use case to say.
            fn parse_from_parameter(value: &str) -> ParseResult<Self> {
                value.parse().map(Self).map_err(|_| ParseError::custom("Must be a whole number, 0 or more."))
            }
        }
    };
}

number_parameter! {
    /// Items per page.
    PageLimit, 1.0..=100.0, default: 20
}

number_parameter! {
    /// Seconds to wait for a verdict.
    WaitSeconds, 0.0..=30.0, default: 0
}

/// An optional header, as text. Unlike the framework's, it never ignores a value it cannot read: that would turn a bad
/// idempotency key into no key.
#[derive(Clone, Debug)]
pub(crate) struct HeaderText(pub(crate) Option<String>);

impl<'a> ApiExtractor<'a> for HeaderText {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(String::schema_ref())
    }

    fn param_raw_type(&self) -> Option<&String> {
        self.0.as_ref()
    }

    async fn from_request(request: &'a Request, _body: &mut RequestBody, options: ExtractParamOptions<String>) -> Result<Self> {
        let mut values = request.headers().get_all(options.name).iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        if values.next().is_some() {
            return Err(Problem::invalid_parameter(options.name, "This header must occur once.").into());
        }
        let text = value
            .to_str()
            .map_err(|_| Problem::invalid_parameter(options.name, "Must be visible ASCII characters."))?;
        Ok(Self(Some(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_and_binary_parameters_are_found_however_they_are_written() {
        let cases = [
            ("a=1&b=2", None),
            ("a=1&a=2", Some("a")),
            ("a=1&%61=2", Some("a")),
            ("a&a", Some("a")),
            ("&&a=1&", None),
            ("x+y=1&x%20y=2", Some("x y")),
            ("%=1&%zz=2", None),
            ("%é=1", None),
            ("a=%00", Some("a")),
        ];
        for (query, expected) in cases {
            let found = check_query(query).err().map(|problem| problem.fields()[0].field.clone());
            assert_eq!(found.as_deref(), expected, "{query}");
        }
    }
}
