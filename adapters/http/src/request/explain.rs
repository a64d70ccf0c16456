//! Compares a body with the schema that the OpenAPI document shows for it.
//!
//! The framework's own parser is not enough: it takes `false` for the text `"false"`, stops at the first mistake, and does not say
//! in which field that is.

use codesm_core::kernel::FieldError;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use serde_json::Value;
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

/// Most offences that are listed: enough for people, harmless for a hostile body.
const MAX_OFFENCES: usize = 50;

/// Schemas by type of body: there are about ten, and describing one costs more than checking most bodies.
static SCHEMAS: LazyLock<RwLock<HashMap<TypeId, &'static Registry>>> = LazyLock::new(RwLock::default);

fn schemas_of<T: Type + 'static>() -> &'static Registry {
    let key = TypeId::of::<T>();
    if let Some(known) = SCHEMAS.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return known;
    }
    let mut all = SCHEMAS.write().unwrap_or_else(PoisonError::into_inner);
    all.entry(key).or_insert_with(|| {
        let mut registry = Registry::new();
        T::register(&mut registry);
        // Kept as long as the process, like the code it describes.
        Box::leak(Box::new(registry))
    })
}

/// Every deviation from the schema of `T`.
pub(super) fn offences<T: Type + 'static>(value: &Value) -> Vec<FieldError> {
    let mut found = Findings {
        schemas: schemas_of::<T>(),
        offences: Vec::new(),
    };
    found.look(&T::schema_ref(), value, "");
    found.offences
}

struct Findings {
    schemas: &'static Registry,
    offences: Vec<FieldError>,
}

impl Findings {
    fn offend(&mut self, path: &str, code: &'static str, message: String) {
        if self.offences.len() < MAX_OFFENCES {
            self.offences.push(FieldError {
                field: path.to_owned(),
                code,
                message,
            });
        }
    }

    fn look(&mut self, schema: &MetaSchemaRef, value: &Value, path: &str) {
        let schema: &MetaSchema = match schema {
            MetaSchemaRef::Inline(schema) => schema,
            MetaSchemaRef::Reference(name) => match self.schemas.schemas.get(name) {
                Some(schema) => schema,
                None => return,
            },
        };
        if value.is_null() && schema.nullable {
            return;
        }
        for part in &schema.all_of {
            self.look(part, value, path);
        }
        match schema.ty {
            "object" => self.look_at_object(schema, value, path),
            "array" => self.look_at_array(schema, value, path),
            "string" => self.look_at_text(schema, value, path),
            "integer" => self.look_at_integer(schema, value, path),
            "number" if !value.is_number() => self.offend(path, "wrong_type", "Must be a number.".to_owned()),
            "boolean" if !value.is_boolean() => self.offend(path, "wrong_type", "Must be true or false.".to_owned()),
            _ => {}
        }
    }

    fn look_at_object(&mut self, schema: &MetaSchema, value: &Value, path: &str) {
        let Value::Object(object) = value else {
            self.offend(path, "wrong_type", "Must be an object.".to_owned());
            return;
        };
        for (name, property) in &schema.properties {
            let path = if path.is_empty() {
                (*name).to_owned()
            } else {
                format!("{path}.{name}")
            };
            match object.get(*name) {
                Some(value) => self.look(property, value, &path),
                None if schema.required.contains(name) => self.offend(&path, "required", "This field is missing.".to_owned()),
                None => {}
            }
        }
    }

    fn look_at_array(&mut self, schema: &MetaSchema, value: &Value, path: &str) {
        let Value::Array(items) = value else {
            self.offend(path, "wrong_type", "Must be a list.".to_owned());
            return;
        };
        let Some(item_schema) = &schema.items else { return };
        for (at, item) in items.iter().enumerate() {
            if self.offences.len() >= MAX_OFFENCES {
                return;
            }
            self.look(item_schema, item, &format!("{path}[{at}]"));
        }
    }

    fn look_at_text(&mut self, schema: &MetaSchema, value: &Value, path: &str) {
        if !value.is_string() {
            self.offend(path, "wrong_type", "Must be text.".to_owned());
        } else if !schema.enum_items.is_empty() && !schema.enum_items.contains(value) {
            let known: Vec<&str> = schema.enum_items.iter().filter_map(Value::as_str).collect();
            self.offend(path, "unknown_value", format!("Must be one of: {}.", known.join(", ")));
        }
    }

    fn look_at_integer(&mut self, schema: &MetaSchema, value: &Value, path: &str) {
        let Some(number) = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from)) else {
            self.offend(path, "wrong_type", "Must be a whole number.".to_owned());
            return;
        };
        let range = match schema.format {
            Some("uint32") => 0..=i128::from(u32::MAX),
            Some("uint64") => 0..=i128::from(u64::MAX),
            Some("int32") => i128::from(i32::MIN)..=i128::from(i32::MAX),
            _ => i128::from(i64::MIN)..=i128::from(i64::MAX),
        };
        if !range.contains(&number) {
            self.offend(path, "out_of_range", format!("Must be {} to {}.", range.start(), range.end()));
        }
    }
}
