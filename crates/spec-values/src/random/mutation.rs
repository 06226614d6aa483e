//! Values that no schema asks for: any JSON, and a valid value with one thing changed.
//!
//! Must not know schemas.

use super::Random;
use super::texts::CHARACTERS;
use crate::instances::UNDECLARED;
use serde_json::{Value, json};

impl<'a> Random<'a> {
    /// Some JSON.
    pub(super) fn anything(&mut self) -> Value {
        match self.rng.u8(..9) {
            0 => Value::Null,
            1 => Value::Bool(self.rng.bool()),
            2 => json!(self.rng.i32(..)),
            3 => json!(f64::from(self.rng.i16(..)) / 4.0),
            4 => json!([]),
            5 => json!({}),
            6 => json!([self.text(0, 3), null, 1.5]),
            7 => json!({ UNDECLARED: [self.rng.i8(..), null] }),
            _ => Value::String(self.text(0, 8)),
        }
    }

    /// Changes one thing, anywhere in a value.
    pub(super) fn mutate(&mut self, value: &mut Value) {
        let goes_on = self.rng.u8(..4) > 0;
        match value {
            Value::Object(members) if goes_on && !members.is_empty() => {
                let index = self.rng.usize(..members.len());
                match self.rng.u8(..6) {
                    0 => {
                        let key = members.keys().nth(index).cloned().unwrap_or_default();
                        members.shift_remove(&key);
                    }
                    1 => drop(members.insert(UNDECLARED.to_owned(), json!(1))),
                    _ => members.values_mut().nth(index).into_iter().for_each(|member| self.mutate(member)),
                }
            }
            Value::Array(items) if goes_on && !items.is_empty() => {
                let index = self.rng.usize(..items.len());
                match self.rng.u8(..6) {
                    0 => drop(items.remove(index)),
                    1 => items.push(items[index].clone()),
                    _ => self.mutate(&mut items[index]),
                }
            }
            Value::String(text) if goes_on => match self.rng.u8(..4) {
                0 => drop(text.pop()),
                1 => text.push(self.rng.choice(CHARACTERS).copied().unwrap_or('a')),
                2 => *text = text.to_uppercase(),
                _ => *text = text.repeat(2),
            },
            Value::Number(number) if goes_on => {
                *value = match (number.as_i64(), number.as_f64().unwrap_or_default(), self.rng.u8(..4)) {
                    (Some(whole), _, 0) => json!(whole.saturating_add(1)),
                    (Some(whole), _, 1) => json!(whole.saturating_sub(1)),
                    (Some(whole), _, 2) => json!(whole.saturating_neg()),
                    (None, float, 0) => json!(-float),
                    (_, float, _) => json!((float / 2.0).clamp(-1e9, 1e9) + 0.25),
                };
            }
            other => *other = self.anything(),
        }
    }
}
