//! JSON bodies.
//!
//! Unknown fields are ignored, so that newer clients can talk to older servers; every other deviation is 400, naming as many
//! fields as can be found at once.

use super::explain::offences;
use crate::response::Problem;
use codesm_core::kernel::FieldError;
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

const JSON: &str = "application/json";

/// A JSON body that must be there.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

/// A JSON body that may be missing altogether, which counts as `{}`.
#[derive(Debug)]
pub(crate) struct OptionalBody<T>(pub(crate) T);

fn request_meta<T: Type>(required: bool) -> MetaRequest {
    MetaRequest {
        description: None,
        content: vec![MetaMediaType {
            content_type: JSON,
            schema: T::schema_ref(),
        }],
        required,
    }
}

impl<'a, T: ParseFromJSON + 'static> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(request_meta::<T>(true))
    }

    async fn from_request(request: &'a Request, body: &mut RequestBody, _options: ExtractParamOptions<()>) -> Result<Self> {
        require_json(request)?;
        let bytes = read(body).await?;
        Ok(parse(&bytes).map(Self)?)
    }
}

impl<'a, T: ParseFromJSON + 'static> ApiExtractor<'a> for OptionalBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(request_meta::<T>(false))
    }

    async fn from_request(request: &'a Request, body: &mut RequestBody, _options: ExtractParamOptions<()>) -> Result<Self> {
        let bytes = read(body).await?;
        if bytes.is_empty() {
            return Ok(parse(b"{}").map(Self)?);
        }
        require_json(request)?;
        Ok(parse(&bytes).map(Self)?)
    }
}

/// The media type without parameters, in lower case, and its parameters.
pub(crate) fn media_type(request: &Request) -> Option<(String, String)> {
    let value = request.header(header::CONTENT_TYPE)?;
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    Some((essence.trim().to_ascii_lowercase(), parameters.trim().to_ascii_lowercase()))
}

fn require_json(request: &Request) -> Result<(), Problem> {
    let Some((essence, parameters)) = media_type(request) else {
        return Err(Problem::unsupported_media_type("Send JSON, with `Content-Type: application/json`."));
    };
    let is_json = essence == JSON || (essence.starts_with("application/") && essence.ends_with("+json"));
    let charset = parameters
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("charset="));
    let is_utf8 = charset.is_none_or(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"));
    if is_json && is_utf8 {
        return Ok(());
    }
    Err(Problem::unsupported_media_type(
        "Send JSON in UTF-8, with `Content-Type: application/json`.",
    ))
}

/// A body over the limit fails here too; the body limit then makes it 413.
async fn read(body: &mut RequestBody) -> Result<Vec<u8>, Problem> {
    let unreadable = |_| Problem::bad_request("request.incomplete_body", "The body ended early.");
    let body = body.take().map_err(|_| Problem::unexpected())?;
    body.into_vec().await.map_err(unreadable)
}

fn malformed(detail: String) -> Problem {
    Problem::bad_request("request.malformed_json", detail)
}

fn parse<T: ParseFromJSON + 'static>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        malformed(format!("The body is no UTF-8 text: byte {place} is wrong."))
    })?;
    let value: Value = serde_json::from_str(text).map_err(|error| malformed(syntax_message(&error)))?;
    let invalid =
        |fields| Err(Problem::bad_request("request.invalid_body", "The body does not have the expected form.").with_fields(fields));
    let fields = offences::<T>(&value);
    if !fields.is_empty() {
        return invalid(fields);
    }
    T::parse_from_json(Some(value)).or_else(|_| {
        // The type is narrower than its schema; none is today.
        invalid(vec![FieldError {
            field: String::new(),
            code: "invalid",
            message: "Does not have the expected form.".to_owned(),
        }])
    })
}

/// What the parser says, without the body's content.
fn syntax_message(error: &serde_json::Error) -> String {
    format!("The body is no JSON: error at line {} column {}.", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem_openapi::Object;

    #[derive(Debug, Object)]
    struct Inner {
        size: u32,
    }

    #[derive(Debug, Object)]
    #[oai(rename_all = "camelCase")]
    struct Outer {
        title: String,
        some_items: Vec<Inner>,
        flag: bool,
    }

    fn fields(text: &str) -> Vec<(String, &'static str)> {
        let problem = parse::<Outer>(text.as_bytes()).unwrap_err();
        problem.fields().iter().map(|field| (field.field.clone(), field.code)).collect()
    }

    #[test]
    fn every_offending_field_is_named_with_its_path() {
        let found = fields(r#"{"someItems":[{"size":1},{"size":"2"},{},{"size":-1}],"flag":"yes"}"#);
        let expected = [
            ("title", "required"),
            ("someItems[1].size", "wrong_type"),
            ("someItems[2].size", "required"),
            ("someItems[3].size", "out_of_range"),
            ("flag", "wrong_type"),
        ];
        assert_eq!(found, expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn lists_and_numbers_with_a_point_do_not_pass_for_something_else() {
        assert_eq!(fields(r#"["a",[],true]"#), [(String::new(), "wrong_type")]);
        assert_eq!(
            fields(r#"{"title":false,"someItems":[],"flag":true}"#),
            [("title".to_owned(), "wrong_type")]
        );
        let found = fields(r#"{"title":"a","someItems":[[1],{"size":1.5},{"size":1.0}],"flag":true}"#);
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn unknown_fields_are_ignored() {
        let outer: Outer = parse(br#"{"title":"a","someItems":[],"flag":true,"new":1}"#).unwrap();
        assert!(outer.flag && outer.title == "a" && outer.some_items.is_empty());
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for text in [&b"{"[..], b"", b"{} {}", b"\xff", b"nul", b"{\"title\":\"a\"} x"] {
            let problem = parse::<Outer>(text).unwrap_err();
            assert!(
                ["request.malformed_json", "request.invalid_body"].contains(&problem.code()),
                "{text:?}: {problem}"
            );
        }
        assert_eq!(parse::<Outer>(b"{").unwrap_err().code(), "request.malformed_json");
        assert_eq!(parse::<Outer>(b"[]").unwrap_err().code(), "request.invalid_body");
    }
}
