//! Numbers at random: within bounds, by steps, and at the edges of what types hold.
//!
//! Knows the keywords and formats of numbers. Must not know where a number stands.

use super::Random;
use serde_json::{Map, Number, Value, json};

impl<'a> Random<'a> {
    pub(super) fn integer(&mut self, schema: &Map<String, Value>) -> Value {
        let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_f64).map(|bound| bound as i64);
        let (smallest, largest) = match schema.get("format").and_then(Value::as_str) {
            Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
            // JSON Schema has no formats of numbers, but whoever says that a number has no sign means it.
            Some("uint32") if self.meant.is_some() => (0, i64::from(u32::MAX)),
            Some("uint64" | "uint" | "uint16" | "uint8") if self.meant.is_some() => (0, i64::MAX),
            _ => (i64::MIN, i64::MAX),
        };
        let least = limit("minimum")
            .or_else(|| Some(limit("exclusiveMinimum")?.saturating_add(1)))
            .unwrap_or(smallest);
        let most = limit("maximum")
            .or_else(|| Some(limit("exclusiveMaximum")?.saturating_sub(1)))
            .unwrap_or(largest);
        let (least, most) = (least, most.max(least));
        let step = schema.get("multipleOf").and_then(Value::as_i64).filter(|step| *step > 1).unwrap_or(1);
        let rng = &mut self.rng;
        let number = match rng.u8(..8) {
            0 => least,
            1 => most,
            2 => rng.i64(least..=most),
            _ => rng.i64(least.max(-1000).min(most)..=most.min(1000).max(least.max(-1000).min(most))),
        };
        let number = number / step * step;
        // JSON Schema counts it as an integer.
        if rng.u8(..16) == 0 && number.unsigned_abs() < 1 << 50 {
            json!(number as f64)
        } else {
            json!(number)
        }
    }

    pub(super) fn number(&mut self, schema: &Map<String, Value>) -> Value {
        let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
        let least = limit("minimum").or(limit("exclusiveMinimum"));
        let most = limit("maximum").or(limit("exclusiveMaximum"));
        let low = least.unwrap_or_else(|| most.map_or(-1000.0, |most| most - 1000.0));
        let high = most.unwrap_or(low + 2000.0).max(low);
        let rng = &mut self.rng;
        let number = match (rng.u8(..8), schema.get("format").and_then(Value::as_str)) {
            (0, _) => low,
            (1, _) => high,
            (2, None) if least.is_none() && most.is_none() => {
                rng.choice([1e300, -1e300, 1e-300, 5e-324]).unwrap_or(0.0)
            }
            (3, _) => return whole((low + rng.f64() * (high - low)).round()),
            // No more digits than any reader keeps.
            _ => ((low + rng.f64() * (high - low)) * 100.0).round() / 100.0,
        };
        match limit("multipleOf") {
            Some(step) if step > 0.0 => whole((number / step).round() * step),
            _ => Value::from(Number::from_f64(number)),
        }
    }
}

/// A number as people write it: without a fraction where it has none.
fn whole(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        json!(value as i64)
    } else {
        Value::from(Number::from_f64(value))
    }
}
