//! Building blocks of bodies whose form the framework's own types do not describe exactly.

use chrono::SecondsFormat;
use codesm_core::kernel::Timestamp;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;
use std::borrow::Cow;

/// A moment, RFC 3339 in UTC with `Z`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time(pub(crate) Timestamp);

impl From<Timestamp> for Time {
    fn from(moment: Timestamp) -> Self {
        Self(moment)
    }
}

impl Type for Time {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string_date-time".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "date-time")))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ToJSON for Time {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true)))
    }
}

impl ParseFromJSON for Time {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value {
            Some(Value::String(text)) => Ok(Self(text.parse().map_err(ParseError::custom)?)),
            other => Err(ParseError::expected_type(other.unwrap_or_default())),
        }
    }
}

macro_rules! optional_type {
    ($(#[$doc:meta])* $name:ident, required: $required:literal, prefix: $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name<T>(pub(crate) Option<T>);

        impl<T: Type> Type for $name<T> {
            const IS_REQUIRED: bool = $required;
            type RawValueType = T::RawValueType;
            type RawElementValueType = T::RawElementValueType;

            fn name() -> Cow<'static, str> {
                format!(concat!($prefix, "_{}"), T::name()).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                nullable(T::schema_ref())
            }

            fn register(registry: &mut Registry) {
                T::register(registry);
            }

            fn as_raw_value(&self) -> Option<&Self::RawValueType> {
                self.0.as_ref().and_then(T::as_raw_value)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
                match &self.0 {
                    Some(value) => value.raw_element_iter(),
                    None => Box::new(std::iter::empty()),
                }
            }

            fn is_none(&self) -> bool {
                self.0.is_none()
            }
        }

        impl<T: ToJSON> ToJSON for $name<T> {
            fn to_json(&self) -> Option<Value> {
                self.0.as_ref().map_or(Some(Value::Null), T::to_json)
            }
        }

        impl<T: ParseFromJSON> ParseFromJSON for $name<T> {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value.unwrap_or_default() {
                    Value::Null => Ok(Self(None)),
                    value => Ok(Self(Some(T::parse_from_json(Some(value)).map_err(ParseError::propagate)?))),
                }
            }
        }

        impl<T> From<Option<T>> for $name<T> {
            fn from(value: Option<T>) -> Self {
                Self(value)
            }
        }
    };
}

optional_type! {
    /// Of an answer: the key is always there, its value may be `null`.
    Nullable, required: true, prefix: "nullable"
}

optional_type! {
    /// Of a request: the key may be missing or `null`, which means the same.
    Maybe, required: false, prefix: "maybe"
}

/// OpenAPI 3.0 has no type `null`; beside a `$ref` nothing counts, so the reference moves into `allOf`.
fn nullable(schema: MetaSchemaRef) -> MetaSchemaRef {
    let schema = match schema {
        MetaSchemaRef::Inline(mut schema) => {
            schema.nullable = true;
            schema
        }
        reference @ MetaSchemaRef::Reference(_) => Box::new(MetaSchema {
            nullable: true,
            all_of: vec![reference],
            ..MetaSchema::ANY
        }),
    };
    MetaSchemaRef::Inline(schema)
}
