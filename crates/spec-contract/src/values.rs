//! Single values, held against the schemas of responses.
//!
//! Knows which side a value is for. Must not know messages.

use crate::judgement::Side;
use crate::sides;
use crate::validators::Validators;
use serde_json::Value;
use spec_api::{Api, SchemaId};
use std::borrow::Cow;

/// The schemas of responses, to hold values against.
pub struct ResponseSchemas<'a> {
    api: &'a Api,
    validators: Validators<'a>,
}

impl<'a> ResponseSchemas<'a> {
    /// Prepares the schemas of a document; each is compiled when it is first asked for.
    #[must_use]
    pub fn new(api: &'a Api) -> Self {
        let document = sides::of(api, Side::Response).map_or_else(|| sides::shared(api), Cow::Owned);
        ResponseSchemas { api, validators: Validators::new(document) }
    }

    /// Says whether a value is all that a schema asks of a response; not, where that can't be told.
    #[must_use]
    pub fn fits(&self, schema: SchemaId, value: &Value) -> bool {
        self.api.schema(schema).pointer().is_some_and(|pointer| self.validators.fits(pointer, value))
    }
}
