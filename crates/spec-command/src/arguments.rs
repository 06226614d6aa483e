//! The words of a command line, or the arguments of a tool → values of the types that a client takes.
//!
//! Knows the table of an API. Must not know how command lines are written, nor what is done with values.

use crate::body::BodyText;
use crate::called::Called;
use crate::failure::Failure;
use crate::table::{Argument, Body, Kind, Place};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use spec_runtime::bytes::Bytes;
use spec_runtime::codegen::client::read_form;
use spec_runtime::stream::JsonLines;
use spec_runtime::{DecodeError, File, from_value};
use std::collections::BTreeMap;

/// The arguments of a command, as they were typed, or as a tool was given them.
#[derive(Debug, Default)]
pub struct Arguments {
    pub(crate) parameters: &'static [Argument],
    pub(crate) body: Option<Body>,
    /// The texts that were typed for each flag.
    pub(crate) texts: BTreeMap<&'static str, Vec<String>>,
    /// Flags of fields that are to be null.
    pub(crate) nulls: Vec<String>,
    /// The text or file that `--body` named.
    pub(crate) text: Option<BodyText>,
    /// The media type that `--body-type` named.
    pub(crate) media_type: Option<String>,
    /// What a tool was given; then nothing was typed.
    pub(crate) called: Option<Called>,
}

impl Arguments {
    /// Returns the value of a parameter that must be there.
    ///
    /// # Errors
    ///
    /// When there is none, or none of this type.
    pub fn required<T: DeserializeOwned>(&self, flag: &str) -> Result<T, Failure> {
        match self.optional(flag)? {
            Some(value) => Ok(value),
            None => Err(match (&self.called, self.parameter(flag)) {
                (Some(_), Some(argument)) => Called::missing(argument),
                (None, Some(argument)) => {
                    Failure::usage(format!("{} is missing", argument.typed())).help("see --help")
                }
                (_, None) => Failure::usage(format!("{flag} is missing")),
            }),
        }
    }

    /// Hands the value of a parameter to a call, if there is one.
    ///
    /// # Errors
    ///
    /// When there is none of this type.
    pub fn set<B, T: DeserializeOwned>(
        &self,
        call: B,
        flag: &str,
        with: impl FnOnce(B, T) -> B,
    ) -> Result<B, Failure> {
        Ok(match self.optional(flag)? {
            Some(value) => with(call, value),
            None => call,
        })
    }

    /// Returns the number of the form that the body is to have; none where no body is given, and none is
    /// needed.
    ///
    /// # Errors
    ///
    /// When a body is needed, or the one that is given does not go together.
    pub fn form(&self) -> Result<Option<usize>, Failure> {
        let Some(body) = self.body else { return Ok(None) };
        if let Some(called) = &self.called {
            return called.form(&body);
        }
        let has_fields = body.fields.iter().any(|field| self.is_given(field));
        if !has_fields && self.text.is_none() {
            if !body.is_required {
                return Ok(None);
            }
            let fields = if body.fields.is_empty() { "" } else { ", or the flags of its fields" };
            let help = format!("give it by --body '…', --body @FILE or --body -{fields}");
            return Err(Failure::usage("the command needs a body").help(&help));
        }
        let (number, form) = match &self.media_type {
            None if has_fields => {
                body.forms.iter().enumerate().find(|(_, form)| form.has_fields).unwrap_or((0, &body.forms[0]))
            }
            None => (0, &body.forms[0]),
            Some(wanted) => {
                body.forms.iter().enumerate().find(|(_, form)| form.media_type == wanted).ok_or_else(
                    || Failure::usage(format!("--body-type: there is no body of the type {wanted}")),
                )?
            }
        };
        if has_fields && !form.has_fields {
            let message = format!("a body of the type {} has no fields that have flags", form.media_type);
            return Err(Failure::usage(message).help("give it by --body alone"));
        }
        Ok(Some(number))
    }

    /// Returns the body as a value: what `--body` says, with the fields that have been given by flags.
    ///
    /// # Errors
    ///
    /// When it is none of this type.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        if let (Some(called), Some(body)) = (&self.called, &self.body) {
            return called.value(body);
        }
        let fields = self.body.map_or(&[][..], |body| body.fields);
        let given: Vec<&Argument> = fields.iter().filter(|field| self.is_given(field)).collect();
        let mut value = match &self.text {
            Some(text) => text.value()?,
            None => Value::Object(Map::new()),
        };
        if given.is_empty() {
            return from_value(value).map_err(|error| Failure::usage(format!("--body: {error}")));
        }
        let Value::Object(members) = &mut value else {
            return Err(Failure::usage(
                "--body: fields can be given by flags only where the body is an object",
            )
            .help("give the body by --body alone"));
        };
        let (mut files, mut doubts) = (Vec::new(), Doubts::default());
        for field in given {
            let value = self.field(field, &mut files)?;
            members.insert(field.wire.to_owned(), value);
            let pointer = format!("/{}", field.wire.replace('~', "~0").replace('/', "~1"));
            doubts.add(&pointer, field, self.texts.get(field.flag).map_or(&[], Vec::as_slice));
        }
        self.check_fields(fields, members)?;
        let read = |value| read_form(value, files.clone());
        doubts.settle(value, read).map_err(|error| Failure::usage(format!("the body: {error}")))
    }

    /// Returns the body as a text.
    ///
    /// # Errors
    ///
    /// When there is none of this type.
    pub fn text<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        if let Some(called) = &self.called {
            return called.text();
        }
        let text = self.body_text()?.text()?;
        match_text(text).map_err(|error| Failure::usage(format!("--body: {error}")))
    }

    /// Returns the body as bytes.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn bytes(&self) -> Result<Bytes, Failure> {
        if let Some(called) = &self.called {
            return called.bytes();
        }
        Ok(Bytes::copy_from_slice(self.body_text()?.bytes()))
    }

    /// Returns the body as items: a value on each line, or the items of a list.
    ///
    /// # Errors
    ///
    /// When one of them is none of this type.
    pub fn lines<T: DeserializeOwned + Send + 'static>(&self) -> Result<JsonLines<T>, Failure> {
        if let Some(called) = &self.called {
            return Ok(called.items::<T>()?.into());
        }
        let items = self.body_text()?.items()?.into_iter().enumerate().map(|(index, item)| {
            from_value(item).map_err(|error| Failure::usage(format!("--body, item {}: {error}", index + 1)))
        });
        Ok(items.collect::<Result<Vec<T>, Failure>>()?.into())
    }

    fn body_text(&self) -> Result<&BodyText, Failure> {
        self.text.as_ref().ok_or_else(|| Failure::usage("the command needs a body").help("give it by --body"))
    }

    fn parameter(&self, flag: &str) -> Option<&'static Argument> {
        self.parameters.iter().find(|own| own.flag == flag)
    }

    /// Returns the value of a parameter, if there is one.
    fn optional<T: DeserializeOwned>(&self, flag: &str) -> Result<Option<T>, Failure> {
        if let (Some(called), Some(argument)) = (&self.called, self.parameter(flag)) {
            return called.parameter(argument);
        }
        let Some((argument, texts)) =
            self.parameter(flag).and_then(|argument| Some((argument, self.texts.get(flag)?)))
        else {
            return Ok(None);
        };
        let wrong = |error: String| Failure::usage(format!("{}: {error}", argument.typed()));
        let mut doubts = Doubts::default();
        let value = value_of(argument, texts).map_err(wrong)?;
        doubts.add("", argument, texts);
        doubts.settle(value, from_value).map(Some).map_err(|error| wrong(error.to_string()))
    }

    /// Says whether a field has been given by a flag.
    fn is_given(&self, field: &Argument) -> bool {
        self.texts.contains_key(field.flag) || self.is_null(field)
    }

    fn is_null(&self, field: &Argument) -> bool {
        self.nulls.iter().any(|name| name == field.flag)
    }

    /// Returns the value of a field; a file is kept beside it.
    fn field(&self, field: &'static Argument, files: &mut Vec<(String, File)>) -> Result<Value, Failure> {
        let wrong = |error: String| Failure::usage(format!("{}: {error}", field.typed()));
        let texts = match self.texts.get(field.flag) {
            Some(_) if self.is_null(field) => {
                return Err(wrong(format!("it can't have a value and be null: --null {}", field.flag)));
            }
            Some(texts) => texts,
            None => return Ok(Value::Null),
        };
        if field.kind == Kind::File {
            for text in texts {
                files.push((field.wire.to_owned(), crate::body::file(text).map_err(wrong)?));
            }
            return Ok(if field.is_repeated { Value::Array(Vec::new()) } else { Value::Null });
        }
        value_of(field, texts).map_err(wrong)
    }

    /// Refuses a body whose required fields are nowhere.
    fn check_fields(&self, fields: &[Argument], members: &Map<String, Value>) -> Result<(), Failure> {
        let missing: Vec<String> = fields
            .iter()
            .filter(|field| field.is_required && !members.contains_key(field.wire))
            .map(|field| match field.is_nullable {
                true => format!("{} (or --null {})", field.typed(), field.flag),
                false => field.typed(),
            })
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("the body lacks what it must have: {}", missing.join(", "));
        Err(Failure::usage(message).help("give these flags, or the body by --body"))
    }
}

/// Returns the value that texts mean.
fn value_of(argument: &Argument, texts: &[String]) -> Result<Value, String> {
    if argument.is_repeated {
        return texts
            .iter()
            .map(|text| one(argument, text))
            .collect::<Result<Vec<Value>, String>>()
            .map(Value::Array);
    }
    texts.last().map_or(Ok(Value::Null), |text| one(argument, text))
}

/// Returns the value that one text means.
fn one(argument: &Argument, text: &str) -> Result<Value, String> {
    let null = || match (argument.place, argument.is_nullable && text == "null") {
        (Place::Field, true) => format!("; --null {} says null", argument.flag),
        _ => String::new(),
    };
    let json = || serde_json::from_str::<Value>(text);
    match argument.kind {
        Kind::Text | Kind::File => Ok(Value::from(text)),
        Kind::Integer => json()
            .ok()
            .filter(|value| {
                value.as_number().is_some_and(|number| !number.to_string().contains(['.', 'e', 'E']))
            })
            .ok_or_else(|| format!("{text:?} is no integer{}", null())),
        Kind::Number => {
            json().ok().filter(Value::is_number).ok_or_else(|| format!("{text:?} is no number{}", null()))
        }
        Kind::Boolean => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(format!("{text:?} is neither true nor false{}", null())),
        },
        Kind::Json => json().map_err(|error| format!("this is no JSON: {error}")),
        Kind::Any => Ok(any(text).unwrap_or_else(|| Value::from(text))),
    }
}

/// Returns what a text means as JSON, if it is some. Null has a flag of its own.
fn any(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(|value: &Value| !value.is_null())
}

/// The texts that were taken for JSON, and may be texts nevertheless, by their JSON pointers (RFC 6901).
#[derive(Default)]
struct Doubts(Vec<(String, String)>);

impl Doubts {
    /// Adds those of an argument, whose value is at this pointer.
    fn add(&mut self, pointer: &str, argument: &Argument, texts: &[String]) {
        let is_doubtful = |text: &&String| argument.kind == Kind::Any && any(text).is_some();
        if !argument.is_repeated {
            self.0.extend(texts.last().filter(is_doubtful).map(|text| (pointer.to_owned(), text.clone())));
            return;
        }
        let items = texts.iter().enumerate().filter(|(_, text)| is_doubtful(text));
        self.0.extend(items.map(|(index, text)| (format!("{pointer}/{index}"), text.clone())));
    }

    /// Reads a value: as JSON what fits so, and as a text what does not.
    fn settle<T>(
        mut self,
        mut value: Value,
        read: impl Fn(Value) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let is_in = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        loop {
            let error = match read(value.clone()) {
                Ok(found) => return Ok(found),
                Err(error) => error,
            };
            // A union may say only that none of its variants fits.
            let found = (self.0.iter().position(|(pointer, _)| is_in(&error.pointer, pointer)))
                .or_else(|| self.0.iter().position(|(pointer, _)| is_in(pointer, &error.pointer)));
            let Some((pointer, text)) = found.map(|index| self.0.remove(index)) else { return Err(error) };
            match value.pointer_mut(&pointer) {
                Some(place) => *place = Value::from(text),
                None => return Err(error),
            }
        }
    }
}

/// Decodes a text that is a value in itself: as a text if that fits, otherwise as JSON.
pub(crate) fn match_text<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    match from_value(Value::from(text)) {
        Ok(value) => Ok(value),
        Err(error) => serde_json::from_str::<Value>(text.trim())
            .ok()
            .and_then(|value| from_value(value).ok())
            .ok_or_else(|| error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Form;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum NumberOrText {
        Number(u64),
        Text(String),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Model {
        a: Vec<NumberOrText>,
        #[serde(rename = "b/~")]
        b: String,
        c: Option<Value>,
    }

    const FIELDS: [Argument; 3] = [
        Argument::new("a", "a", Place::Field, Kind::Any).repeated(),
        Argument::new("b", "b/~", Place::Field, Kind::Any),
        Argument::new("c", "c", Place::Field, Kind::Any).nullable(),
    ];

    const BODY: Body = Body {
        forms: &[Form { media_type: "application/json", has_fields: true }],
        is_required: true,
        fields: &FIELDS,
    };

    fn typed(texts: &[(&'static str, &[&str])]) -> Arguments {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let texts = texts.iter().map(|(flag, texts)| (*flag, owned(texts))).collect();
        Arguments { parameters: &FIELDS, body: Some(BODY), texts, ..Arguments::default() }
    }

    #[test]
    fn a_value_of_any_kind_is_json_if_it_fits_and_else_a_text() {
        let arguments = typed(&[("a", &["1", "true", "x", "[2]", "null"]), ("b", &["3"]), ("c", &["null"])]);
        let text = |text: &str| NumberOrText::Text(text.to_owned());
        let a = || vec![NumberOrText::Number(1), text("true"), text("x"), text("[2]"), text("null")];
        let expected = Model { a: a(), b: "3".to_owned(), c: Some(Value::from("null")) };
        assert_eq!(arguments.value::<Model>().unwrap(), expected);
        assert_eq!(arguments.required::<Vec<NumberOrText>>("a").unwrap(), a());
        assert_eq!(arguments.required::<String>("b").unwrap(), "3");
        assert_eq!(arguments.required::<u64>("b").unwrap(), 3);
        assert_eq!(arguments.required::<Value>("c").unwrap(), Value::from("null"));
        let failure = typed(&[("b", &["3"])]).required::<bool>("b").unwrap_err();
        assert!(failure.to_string().starts_with("--b: "), "{failure}");
    }
}
