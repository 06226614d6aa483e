//! The arguments of a tool → values of the types that a client takes.
//!
//! Knows the table of an API, and that each argument is JSON already. Must not know who calls, nor read a
//! file for them: bytes are texts of base64.

use crate::arguments::match_text;
use crate::failure::Failure;
use crate::table::{Argument, Body, Form, Kind};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use spec_runtime::bytes::Bytes;
use spec_runtime::codegen::client::read_form;
use spec_runtime::{Base64, File, from_value};

/// The property of a tool's arguments that is the body.
const BODY: &str = "body";

/// The property of a tool's arguments that says which form the body has.
const BODY_TYPE: &str = "body_type";

/// The arguments of a tool, as they were given.
#[derive(Debug)]
pub(crate) struct Called {
    values: Map<String, Value>,
}

/// Returns the property of a tool's arguments that a flag is.
fn property(argument: &Argument) -> String {
    argument.flag.replace('-', "_")
}

impl Called {
    /// Takes arguments; each must be one that the tool has.
    #[cfg_attr(not(feature = "mcp"), allow(dead_code, reason = "only servers have tools"))]
    pub(crate) fn new(
        parameters: &[Argument],
        body: Option<&Body>,
        values: Map<String, Value>,
    ) -> Result<Called, Failure> {
        let mut known: Vec<String> = parameters.iter().map(property).collect();
        known.extend(body.map(|_| BODY.to_owned()));
        known.extend(body.filter(|body| body.forms.len() > 1).map(|_| BODY_TYPE.to_owned()));
        match values.keys().find(|name| !known.contains(name)) {
            None => Ok(Called { values }),
            Some(name) => {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                Err(Failure::usage(format!("there is no argument `{name}`; the tool has: {known}")))
            }
        }
    }

    /// Says that an argument must be there.
    pub(crate) fn missing(argument: &Argument) -> Failure {
        Failure::usage(format!("`{}` is missing", property(argument)))
    }

    /// Returns the value of a parameter, if there is one. Parameters that are null are left out, unless null
    /// is one of their values.
    pub(crate) fn parameter<T: DeserializeOwned>(&self, argument: &Argument) -> Result<Option<T>, Failure> {
        let name = property(argument);
        let Some(value) = self.values.get(&name) else { return Ok(None) };
        match from_value(value.clone()) {
            Ok(value) => Ok(Some(value)),
            Err(_) if value.is_null() && !argument.is_required => Ok(None),
            Err(error) => Err(Failure::usage(format!("`{name}`: {error}"))),
        }
    }

    /// Returns the number of the form that the body has; none where there is no body, and none is needed.
    pub(crate) fn form(&self, body: &Body) -> Result<Option<usize>, Failure> {
        match (self.values.get(BODY), self.values.get(BODY_TYPE)) {
            (None, _) if body.is_required => Err(Failure::usage(format!("`{BODY}` is missing"))),
            (None, _) => Ok(None),
            (Some(_), None) => Ok(Some(0)),
            (Some(_), Some(wanted)) => {
                let is_wanted = |form: &Form| wanted.as_str() == Some(form.media_type);
                body.forms.iter().position(is_wanted).map(Some).ok_or_else(|| {
                    let known: Vec<&str> = body.forms.iter().map(|form| form.media_type).collect();
                    let known = known.join(", ");
                    Failure::usage(format!("`{BODY_TYPE}`: {wanted} is none of the body's types: {known}"))
                })
            }
        }
    }

    /// Returns the body as a value.
    pub(crate) fn value<T: DeserializeOwned>(&self, body: &Body) -> Result<T, Failure> {
        let mut value = self.body()?.clone();
        let has_fields = self.form(body)?.is_some_and(|number| body.forms[number].has_fields);
        let mut files = Vec::new();
        if let (true, Value::Object(members)) = (has_fields, &mut value) {
            for field in body.fields.iter().filter(|field| field.kind == Kind::File) {
                if let Some(member) = members.get_mut(field.wire) {
                    files.extend(taken(field, member)?);
                }
            }
        }
        read_form(value, files).map_err(wrong)
    }

    /// Returns the body as a text, or what is read from one.
    pub(crate) fn text<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        match self.body()? {
            Value::String(text) => match_text(text).map_err(wrong),
            other => from_value(other.clone()).map_err(wrong),
        }
    }

    /// Returns the body as bytes.
    pub(crate) fn bytes(&self) -> Result<Bytes, Failure> {
        let bytes: Base64 = from_value(self.body()?.clone()).map_err(wrong)?;
        Ok(bytes.0.into())
    }

    /// Returns the body as items.
    pub(crate) fn items<T: DeserializeOwned>(&self) -> Result<Vec<T>, Failure> {
        from_value(self.body()?.clone()).map_err(wrong)
    }

    fn body(&self) -> Result<&Value, Failure> {
        self.values.get(BODY).ok_or_else(|| Failure::usage(format!("`{BODY}` is missing")))
    }
}

/// Takes files out of a body; what stands for them later has its place.
fn taken(field: &Argument, member: &mut Value) -> Result<Vec<(String, File)>, Failure> {
    let texts = match member.take() {
        Value::Null => return Ok(Vec::new()),
        Value::Array(texts) => {
            *member = Value::Array(Vec::new());
            texts
        }
        text => vec![text],
    };
    let file = |text| match from_value::<Base64>(text) {
        Ok(bytes) => Ok((field.wire.to_owned(), File::new(bytes.0))),
        Err(error) => Err(wrong(format!("`{}` is no file in base64: {error}", field.wire))),
    };
    texts.into_iter().map(file).collect()
}

/// Says that a body is wrong.
fn wrong(error: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("`{BODY}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Arguments;
    use crate::table::Place;
    use serde::Deserialize;
    use serde_json::json;
    use spec_runtime::stream::JsonLines;

    const PARAMETERS: [Argument; 3] = [
        Argument::new("pet-id", "petId", Place::Path, Kind::Integer).required(),
        Argument::new("fields", "fields", Place::Query, Kind::Text).repeated(),
        Argument::new("more", "more", Place::Query, Kind::Any),
    ];

    const FORM: Body = Body {
        forms: &[
            Form { media_type: "multipart/form-data", has_fields: true },
            Form { media_type: "text/plain", has_fields: false },
        ],
        is_required: false,
        fields: &[
            Argument::new("photo", "photo", Place::Field, Kind::File).required(),
            Argument::new("title", "title", Place::Field, Kind::Text),
        ],
    };

    fn given(values: &Value) -> Result<Arguments, Failure> {
        let called = Called::new(&PARAMETERS, Some(&FORM), values.as_object().cloned().unwrap_or_default())?;
        let (parameters, body) = (&PARAMETERS, Some(FORM));
        Ok(Arguments { parameters, body, called: Some(called), ..Arguments::default() })
    }

    #[track_caller]
    fn complaint<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn parameters_are_what_they_say() {
        let arguments = given(&json!({"pet_id": 7, "fields": null, "more": null})).unwrap();
        assert_eq!(arguments.required::<u64>("pet-id").unwrap(), 7);
        let set = |flag| arguments.set(None, flag, |_, value: Vec<String>| Some(value)).unwrap();
        assert_eq!(set("fields"), None, "a list in a query has no null");
        let any = arguments.set(None, "more", |_, value: Value| Some(value)).unwrap();
        assert_eq!(any, Some(Value::Null), "where anything is a value, null is one");
        assert_eq!(complaint(arguments.required::<String>("pet-id")).split(':').next(), Some("`pet_id`"));
        let none = given(&json!({})).unwrap();
        assert_eq!(complaint(none.required::<u64>("pet-id")), "`pet_id` is missing");
        assert_eq!(none.form().unwrap(), None);
        let unknown = complaint(given(&json!({"petId": 7})));
        assert_eq!(
            unknown,
            "there is no argument `petId`; the tool has: pet_id, fields, more, body, body_type"
        );
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Upload {
        title: Option<String>,
    }

    #[test]
    fn bodies_have_one_of_their_forms() {
        let form = json!({"body": {"title": "A", "photo": "AP8="}});
        let arguments = given(&form).unwrap();
        assert_eq!(arguments.form().unwrap(), Some(0));
        assert_eq!(arguments.value::<Upload>().unwrap(), Upload { title: Some("A".to_owned()) });
        // A path is no content.
        let path = given(&json!({"body": {"photo": "@/etc/passwd"}})).unwrap();
        assert!(complaint(path.value::<Upload>()).starts_with("`body`: `photo` is no file in base64"));

        let text = given(&json!({"body": "as it is", "body_type": "text/plain"})).unwrap();
        assert_eq!(text.form().unwrap(), Some(1));
        assert_eq!(text.text::<String>().unwrap(), "as it is");
        assert_eq!(given(&json!({"body": 5})).unwrap().text::<u64>().unwrap(), 5);
        let other = given(&json!({"body": "a", "body_type": "text/html"})).unwrap();
        assert!(
            complaint(other.form()).ends_with("none of the body's types: multipart/form-data, text/plain")
        );
        let bytes = given(&json!({"body": "AP8="})).unwrap();
        assert_eq!(bytes.bytes().unwrap().as_ref(), [0, 255]);
        assert!(given(&json!({"body": "@/etc/passwd"})).unwrap().bytes().is_err());
        let lines = given(&json!({"body": [1, 2]})).unwrap();
        assert!(lines.lines::<u64>().is_ok_and(|_: JsonLines<u64>| true));
        assert!(lines.lines::<String>().is_err());
    }
}
