//! Parameters that are integers of the path, as of most operations: an id, or two. They are read at once,
//! without what other styles, other schemas and messages ask for.
//!
//! Whatever is not as usual is left to those. Must not know how anything is refused.

use super::parameter::Parameter;
use crate::texts::digits;
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, MapDeserializer};
use serde_json::Value;

/// Keywords that say nothing of an integer.
const WORDS: [&str; 5] = ["title", "description", "default", "examples", "deprecated"];

/// Keywords that an object of integers may have beside its properties, which say nothing of those that are
/// there.
const OF_OBJECTS: [&str; 7] =
    ["$schema", "$defs", "title", "description", "type", "required", "additionalProperties"];

/// The number of references that are followed, one after another.
const DEPTH: usize = 8;

/// The properties of an object all of which are integers, each with its bounds.
#[derive(Debug)]
pub(crate) struct Integers(Vec<(&'static str, Bounds)>);

/// The least and the largest value of an integer.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    least: i128,
    most: i128,
}

impl Integers {
    /// Returns the integers that an object has, by its schema; none where it has anything else, or the schema
    /// asks for more than bounds.
    pub(crate) fn of(root: &'static Value) -> Option<Integers> {
        let mut integers = Vec::new();
        for (keyword, value) in root.as_object()? {
            if keyword == "properties" {
                for (name, schema) in value.as_object()? {
                    let mut bounds = Bounds { least: i128::MIN, most: i128::MAX };
                    bounds.narrow(root, schema, DEPTH)?.then_some(())?;
                    integers.push((name.as_str(), bounds));
                }
            } else if !OF_OBJECTS.contains(&keyword.as_str()) {
                return None;
            }
        }
        Some(Integers(integers))
    }

    /// Reads parameters, if all of them are integers of the path, written with digits alone and within their
    /// bounds; no more are read than the object has.
    pub(super) async fn read<P: DeserializeOwned>(
        &self,
        parameters: &[Parameter],
        parts: &mut Parts,
    ) -> Option<P> {
        if parameters.len() != self.0.len() {
            return None;
        }
        let mut members = Vec::with_capacity(parameters.len());
        if !parameters.is_empty() {
            let positions = parameters.iter().map(Parameter::position);
            let positions = positions.collect::<Option<Vec<_>>>()?;
            let path = RawPathParams::from_request_parts(parts, &()).await.ok()?;
            for (key, index) in positions {
                let number = digits(path.iter().nth(index)?.1)?;
                let (_, bounds) = self.0.iter().find(|(name, _)| *name == key)?;
                bounds.take(number).then_some(())?;
                members.push((key, number));
            }
        }
        P::deserialize(MapDeserializer::<_, Error>::new(members.into_iter())).ok()
    }
}

impl Bounds {
    fn take(self, number: u64) -> bool {
        (self.least..=self.most).contains(&i128::from(number))
    }

    /// Narrows the bounds by those of a schema, and says whether it is one of integers; none where it asks
    /// for more.
    fn narrow(&mut self, root: &'static Value, schema: &'static Value, depth: usize) -> Option<bool> {
        let mut are_integers = false;
        for (keyword, value) in schema.as_object()? {
            match keyword.as_str() {
                "type" if value == "integer" => are_integers = true,
                "format" if value.as_str()?.trim_start_matches('u').starts_with("int") => {}
                "minimum" => self.least = self.least.max(whole(value)?),
                "maximum" => self.most = self.most.min(whole(value)?),
                "$ref" => {
                    let target = root.pointer(value.as_str()?.strip_prefix('#')?)?;
                    are_integers |= self.narrow(root, target, depth.checked_sub(1)?)?;
                }
                word if WORDS.contains(&word) => {}
                _ => return None,
            }
        }
        Some(are_integers)
    }
}

/// Returns the integer that a bound is.
fn whole(bound: &Value) -> Option<i128> {
    bound.as_i64().map(i128::from).or_else(|| bound.as_u64().map(i128::from))
}

#[cfg(test)]
mod tests {
    use super::Integers;
    use crate::server::parameter::{Parameter, ParameterIn};
    use axum::Router;
    use axum::body::Body;
    use axum::extract::Request;
    use serde::Deserialize;
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Two {
        id: i64,
        page: u8,
    }

    fn integers(schema: Value) -> Option<Integers> {
        Integers::of(Box::leak(Box::new(schema)))
    }

    #[tokio::test]
    async fn integers_of_the_path_are_read_as_long_as_they_are_usual() {
        const PARAMETERS: [Parameter; 2] = [
            Parameter::new(ParameterIn::Path(0), "id", "id"),
            Parameter::new(ParameterIn::Path(1), "page", "page"),
        ];
        let schema = json!({
            "type": "object",
            "required": ["id", "page"],
            "properties": {
                "id": {"$ref": "#/$defs/Id", "maximum": 99, "description": "which"},
                "page": {"type": "integer", "format": "uint8"},
            },
            "$defs": {"Id": {"type": "integer", "format": "int64", "minimum": 1}},
        });
        let integers: &'static Integers = Box::leak(Box::new(integers(schema).unwrap()));
        let handler = move |request: Request| async move {
            let (mut parts, _) = request.into_parts();
            format!("{:?}", integers.read::<Two>(&PARAMETERS, &mut parts).await)
        };
        let router = Router::new().route("/things/{id}/{page}", axum::routing::get(handler));
        let cases = [
            ("/things/7/3", "Some(Two { id: 7, page: 3 })"),
            ("/things/%37/0", "Some(Two { id: 7, page: 0 })"),
            ("/things/99/255", "Some(Two { id: 99, page: 255 })"),
            // Not usual, or not right: others say which.
            ("/things/100/3", "None"),
            ("/things/0/3", "None"),
            ("/things/07/3", "None"),
            ("/things/-7/3", "None"),
            ("/things/7.0/3", "None"),
            ("/things/7/256", "None"),
            ("/things/18446744073709551616/3", "None"),
            ("/things/%FF/3", "None"),
        ];
        for (path, expected) in cases {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            let text = axum::body::to_bytes(answer.into_body(), 100).await.unwrap();
            assert_eq!(text, expected, "{path}");
        }
    }

    #[test]
    fn other_schemas_are_for_others() {
        let property = |schema: Value| json!({"type": "object", "properties": {"id": schema}});
        assert!(integers(property(json!({"type": "integer", "minimum": -5}))).is_some());
        assert!(integers(json!({"type": "object"})).is_some());
        for schema in [
            property(json!({"type": "string"})),
            property(json!({"type": ["integer", "null"]})),
            property(json!({"type": "integer", "multipleOf": 2})),
            property(json!({"type": "integer", "enum": [1, 2]})),
            property(json!({"type": "integer", "minimum": 0.5})),
            property(json!({"minimum": 1})),
            property(json!({"$ref": "#/properties/id"})),
            property(json!(true)),
            json!({"type": "object", "minProperties": 1}),
        ] {
            assert!(integers(schema.clone()).is_none(), "{schema}");
        }
    }
}
