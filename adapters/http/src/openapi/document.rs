//! Completes the document that the framework makes from the handlers: failures per operation, headers, examples.

use super::failures::of_operation;
use super::{Api, DESCRIPTION};
use crate::response::{PROBLEM_JSON, ProblemDetails, problem_example};
use crate::routes::operation;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::types::Type;
use poem_openapi::{LicenseObject, OpenApi, OpenApiService};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// The handlers' description without the handlers, which need a running application.
pub(super) struct Described;

impl OpenApi for Described {
    fn meta() -> Vec<MetaApi> {
        Api::meta()
    }

    fn register(registry: &mut Registry) {
        Api::register(registry);
    }

    fn add_routes(self, _routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

pub(super) fn bare_service(version: &str) -> OpenApiService<Described, ()> {
    OpenApiService::new(Described, "CodeSM", version)
        .description(DESCRIPTION)
        .license(LicenseObject::new("MIT OR Apache-2.0"))
}

/// The whole document.
pub(super) fn build(version: &str) -> Value {
    let text = bare_service(version).spec();
    let mut document: Value = serde_json::from_str(&text).expect("the framework writes JSON");
    if let Some(document) = document.as_object_mut() {
        // Clients know where they found it; a list without entries only confuses them.
        document.remove("servers");
    }
    add_problem_schema(&mut document);
    document["components"]["headers"] = header_components();
    let schemas = document["components"]["schemas"].clone();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            complete(path, operation, &schemas);
        }
    }
    sorted(document)
}

fn add_problem_schema(document: &mut Value) {
    let mut registry = Registry::new();
    ProblemDetails::register(&mut registry);
    for (name, schema) in &registry.schemas {
        document["components"]["schemas"][name] = serde_json::to_value(schema).expect("a schema is JSON");
    }
}

fn complete(path: &str, operation: &mut Value, schemas: &Value) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    if id == operation::SUBMIT || id == operation::RUN {
        let mut again = operation["responses"]["201"].clone();
        again["description"] = json!("The receipt of an earlier request with this `Idempotency-Key`.");
        operation["responses"]["200"] = again;
    }
    if operation["responses"]["304"].is_object() {
        let parameter = json!({
            "name": "If-None-Match", "in": "header", "required": false, "schema": { "type": "string" },
            "description": "`ETag` of the version that the caller has.",
        });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(parameter),
            None => operation["parameters"] = json!([parameter]),
        }
    }
    for (status, failures) in of_operation(&id, path, operation) {
        add_failure(operation, status, &failures);
    }
    if let Some(body) = operation.get_mut("requestBody") {
        add_examples(body, schemas);
    }
    let is_api = path.starts_with("/api/");
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        add_examples(response, schemas);
        add_headers(response, status, is_api);
    }
}

fn add_failure(operation: &mut Value, status: u16, failures: &BTreeMap<&'static str, &'static str>) {
    let codes: Vec<String> = failures.iter().map(|(code, meaning)| format!("- `{code}`: {meaning}")).collect();
    let response = &mut operation["responses"][status.to_string()];
    // A status that a success type uses too, such as 503 of health, keeps what is there.
    let before = response["description"]
        .as_str()
        .map(|text| format!("{text}\n\n"))
        .unwrap_or_default();
    response["description"] = json!(format!("{before}{}", codes.join("\n")));
    let example = failures.iter().next().map(|(code, meaning)| problem_example(status, code, meaning));
    response["content"][PROBLEM_JSON] = json!({ "schema": { "$ref": "#/components/schemas/Problem" }, "example": example });
}

/// Headers of many answers, described once.
const HEADERS: [(&str, &str, &str); 6] = [
    ("X-Request-Id", "string", "Names this request in logs."),
    ("RateLimit-Limit", "integer", "Capacity of the bucket that paid for this request."),
    ("RateLimit-Remaining", "integer", "What is left in it."),
    ("RateLimit-Reset", "integer", "Seconds until it is full again."),
    ("Retry-After", "integer", "Seconds to wait."),
    ("WWW-Authenticate", "string", "`Bearer`."),
];

fn header_components() -> Value {
    let described = HEADERS.into_iter().map(|(name, kind, description)| {
        let header = json!({ "description": description, "required": true, "schema": { "type": kind } });
        (name.to_owned(), header)
    });
    Value::Object(described.collect())
}

fn add_headers(response: &mut Value, status: &str, is_api: bool) {
    let mut add = |name: &str| {
        response["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
    };
    add("X-Request-Id");
    // The others are on 408, 500 and 503 too unless the failure came before the bucket was asked, so nothing is promised there.
    if is_api && !matches!(status, "408" | "500" | "503") {
        add("RateLimit-Limit");
        add("RateLimit-Remaining");
        add("RateLimit-Reset");
    }
    if status == "429" || (status == "503" && is_api) {
        add("Retry-After");
    }
    if status == "401" {
        add("WWW-Authenticate");
    }
}

/// Shows an example of every body whose schema has one, complete with its envelope.
fn add_examples(body: &mut Value, schemas: &Value) {
    // `get_mut`, not an index: that would make what is not there.
    let content = body.get_mut("content").and_then(Value::as_object_mut);
    for (_, media) in content.into_iter().flatten() {
        if media["example"].is_null()
            && let Some(example) = example_of(&media["schema"], schemas)
        {
            media["example"] = example;
        }
    }
}

fn example_of(schema: &Value, schemas: &Value) -> Option<Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return example_of(&schemas[name], schemas);
    }
    if !schema["example"].is_null() {
        return Some(schema["example"].clone());
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().find_map(|part| example_of(part, schemas));
    }
    if schema["items"].is_object() {
        return example_of(&schema["items"], schemas).map(|item| json!([item]));
    }
    let properties = schema["properties"].as_object()?;
    let mut object = Map::new();
    for (name, property) in properties {
        object.insert(name.clone(), example_of(property, schemas)?);
    }
    Some(Value::Object(object))
}

/// Keys in order, so that the text is the same whichever features of the JSON library other crates turn on.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let ordered: BTreeMap<String, Value> = object.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
