//! Whether a JSON text is a model, as strictly as anything that is generated ever asks: the JSON Schema that is derived from the
//! type, and then the type itself.

use jsonschema::{Draft, Validator};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::any::TypeId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Decodes a text that is what the document says.
///
/// # Errors
///
/// What does not fit.
pub fn strict<T: DeserializeOwned + JsonSchema + 'static>(text: &[u8]) -> Result<T, String> {
    let value: Value = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    validator::<T>()?.validate(&value).map_err(|error| error.to_string())?;
    spec_runtime::from_value(value).map_err(|error| error.to_string())
}

/// The JSON Schema that is derived from a type.
pub fn schema<T: JsonSchema>() -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// Validators are made once for each type.
fn validator<T: JsonSchema + 'static>() -> Result<Rc<Validator>, String> {
    thread_local! {
        static MADE: RefCell<HashMap<TypeId, Rc<Validator>>> = RefCell::default();
    }
    if let Some(made) = MADE.with_borrow(|made| made.get(&TypeId::of::<T>()).cloned()) {
        return Ok(made);
    }
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    let built = options.should_ignore_unknown_formats(true).build(&schema::<T>());
    let made = Rc::new(built.map_err(|error| format!("the derived schema is none: {error}"))?);
    MADE.with_borrow_mut(|all| all.insert(TypeId::of::<T>(), Rc::clone(&made)));
    Ok(made)
}
