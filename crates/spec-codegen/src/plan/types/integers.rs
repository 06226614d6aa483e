//! Integers: how large they are, and whether they have a sign.
//!
//! Knows formats and bounds of integers. Must not know what holds them, beyond whether it is a parameter.

use super::Planner;
use crate::plan::RustType;
use serde_json::{Map, Value};
use spec_api::{Kind, SchemaId};

impl Planner<'_> {
    /// Returns the type for an integer of a format.
    pub(super) fn integer_type(&self, id: SchemaId, format: Option<&str>) -> RustType {
        match format {
            Some("int32") => RustType::I32,
            Some("uint64") => RustType::U64,
            // What a response has beyond a bound is not to be lost: `minimum: 0` alone makes nothing
            // unsigned.
            _ if self.is_beyond_i64(id) => RustType::U64,
            _ => RustType::I64,
        }
    }

    /// Says whether bounds say that there are integers which only fit an unsigned type, and none which only
    /// fit a signed one.
    fn is_beyond_i64(&self, id: SchemaId) -> bool {
        let assertions = &self.api.schema(id).assertions;
        let most = ["maximum", "exclusiveMaximum"]
            .iter()
            .filter_map(|keyword| assertions.get(*keyword)?.as_f64())
            .next();
        let least = ["minimum", "exclusiveMinimum"]
            .iter()
            .filter_map(|keyword| assertions.get(*keyword)?.as_f64())
            .next();
        most.is_some_and(|most| most > i64::MAX as f64) && least.is_some_and(|least| least >= 0.0)
    }

    /// Returns the type for a parameter, and what is to be said of it beside that. Parameters are only ever
    /// read strictly, so that there is no value beyond their bounds to be kept: integers that can't be
    /// negative are unsigned, unless they have a name of their own, which models use as well.
    pub(in crate::plan) fn parameter_type(
        &mut self,
        id: SchemaId,
        hint: &str,
    ) -> (RustType, Map<String, Value>) {
        let (ty, mut assertions) = (self.rust_type(id, hint), self.assertions(id));
        let (ty, most) = self.unsigned(id, ty);
        if let Some(most) = most
            .filter(|_| !["maximum", "exclusiveMaximum"].iter().any(|said| assertions.contains_key(*said)))
        {
            // Where the document says no more, its format does: that is of signed integers.
            assertions.insert("maximum".to_owned(), most.into());
        }
        (ty, assertions)
    }

    /// Returns the unsigned type for integers that can't be negative, alone or in a list, and what their
    /// format allows at most.
    fn unsigned(&self, id: SchemaId, ty: RustType) -> (RustType, Option<i64>) {
        let schema = self.api.schema(self.api.resolve(id));
        let bound = |keyword: &str, least: f64| {
            schema.assertions.get(keyword).and_then(Value::as_f64).is_some_and(|bound| bound >= least)
        };
        match (&schema.kind, ty) {
            (Kind::Integer(format), RustType::I32 | RustType::I64)
                if bound("minimum", 0.0) || bound("exclusiveMinimum", -1.0) =>
            {
                match format.as_deref() {
                    Some("int32") => (RustType::U32, Some(i32::MAX.into())),
                    Some("int64") => (RustType::U64, Some(i64::MAX)),
                    _ => (RustType::U64, None),
                }
            }
            (Kind::Array(Some(items)), RustType::Vec(item)) => match self.unsigned(*items, (*item).clone()) {
                (unsigned, None) => (RustType::Vec(Box::new(unsigned)), None),
                (_, Some(_)) => (RustType::Vec(item), None),
            },
            (_, ty) => (ty, None),
        }
    }
}
