//! Whether all values of one place are values of another: proved, or not proved.
//!
//! Names that an object does not declare are taken not to be sent, unless `additionalProperties` says which
//! there are: else nothing could ever be added to an object. Must not know which of the two documents is
//! older.

use crate::form::{BOUNDS, Choice, Form, Place, WHOLE};
use crate::patterns::{Patterns, Relation};
use crate::report::Direction;
use crate::side::Side;
use crate::types::Types;
use crate::unchanged::Unchanged;
use indexmap::IndexSet;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// Proves that values are included, and remembers what it has found.
#[derive(Default)]
pub(crate) struct Inclusion {
    known: HashMap<Key, bool>,
    assumed: IndexSet<Key>,
    pub(crate) patterns: Patterns,
    steps: usize,
}

/// The number of pairs that one question may look at.
const STEPS: usize = 20_000;

/// The largest limit of lengths that patterns are asked about.
const LONGEST: f64 = 100.0;

/// Two documents, the one whose values have to be included first.
#[derive(Clone, Copy)]
pub(crate) struct Pair<'a> {
    pub(crate) part: &'a Side<'a>,
    pub(crate) whole: &'a Side<'a>,
    pub(crate) direction: Direction,
    /// True if the part is the base.
    pub(crate) is_forward: bool,
    /// True if values go over the wire as texts without their type, as parameters and headers do.
    pub(crate) is_text: bool,
    /// True if lists and objects are texts then, too.
    pub(crate) is_joined: bool,
    /// Pairs that are known to be the same.
    pub(crate) unchanged: &'a Unchanged<'a>,
}

impl Pair<'_> {
    /// Returns true if both places are known to say the same.
    fn are_same(&self, part: &Place, whole: &Place) -> bool {
        if self.is_forward { self.unchanged.are(part, whole) } else { self.unchanged.are(whole, part) }
    }
}

type Key = ([bool; 3], Direction, Place, Place);

impl Inclusion {
    /// Returns true if it is proved that every value of the first place is one of the second.
    pub(crate) fn proves(&mut self, pair: Pair<'_>, part: &Place, whole: &Place) -> bool {
        self.steps = 0;
        let holds = self.holds(pair, part, whole);
        self.known.extend(self.assumed.drain(..).map(|key| (key, true)));
        holds
    }

    /// Returns true if it is proved that every value of the first place but null is one of the second.
    pub(crate) fn proves_but_null(&mut self, pair: Pair<'_>, part: &Place, whole: &Place) -> bool {
        let form = pair.part.form(part);
        if !form.types.meets(Types::NULL) {
            return self.proves(pair, part, whole);
        }
        let inner = Form { types: form.types.without(Types::NULL), ..(*form).clone() };
        self.steps = 0;
        let holds = whole.is_any() || self.forms_hold(pair, part, whole, (&inner, &pair.whole.form(whole)));
        self.known.extend(self.assumed.drain(..).map(|key| (key, true)));
        holds
    }

    fn holds(&mut self, pair: Pair<'_>, part: &Place, whole: &Place) -> bool {
        if whole.is_any() {
            return true;
        }
        let (part, whole) = (&pair.part.meant(part), &pair.whole.meant(whole));
        let wire = [pair.is_forward, pair.is_text, pair.is_joined];
        let key = (wire, pair.direction, part.clone(), whole.clone());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if pair.are_same(part, whole) {
            return true;
        }
        self.steps += 1;
        // What is being asked holds as long as nothing speaks against it: schemas in a circle end so.
        if self.steps > STEPS || self.assumed.contains(&key) {
            return self.steps <= STEPS;
        }
        let before = self.assumed.len();
        self.assumed.insert(key.clone());
        let holds = self.look(pair, part, whole);
        if !holds {
            // What was found meanwhile may rest on what does not hold.
            self.assumed.truncate(before);
            if self.steps <= STEPS {
                self.known.insert(key, false);
            }
        }
        holds
    }

    fn look(&mut self, pair: Pair<'_>, part: &Place, whole: &Place) -> bool {
        let (inner, outer) = (pair.part.form(part), pair.whole.form(whole));
        self.forms_hold(pair, part, whole, (&inner, &outer))
    }

    fn forms_hold(
        &mut self,
        pair: Pair<'_>,
        part: &Place,
        whole: &Place,
        (inner, outer): (&Form, &Form),
    ) -> bool {
        if inner.types.is_empty() {
            return true;
        }
        if let Some(values) = &inner.values {
            let judge = pair.whole.judge(pair.direction, whole);
            return judge
                .as_ref()
                .as_ref()
                .is_some_and(|judge| values.value.iter().all(|own| judge.is_valid(own)));
        }
        // What is one of several is included where each of them is.
        let mut choices = inner.choices.iter();
        if choices.any(|choice| choice.variants.iter().all(|own| self.holds(pair, own, whole))) {
            return true;
        }
        let is_told = outer.note("discriminator").is_some();
        types_hold(pair, inner, outer)
            && outer.values.is_none()
            && self.bounds_hold(inner, outer)
            && self.patterns_hold(inner, outer)
            && texts_hold(inner, outer)
            && WHOLE.iter().all(|keyword| self.whole_holds(pair, keyword, inner, outer))
            && (!inner.types.meets(Types::OBJECT) || self.members_hold(pair, inner, outer))
            && (!inner.types.meets(Types::ARRAY) || self.items_hold(pair, inner, outer))
            && outer.choices.iter().all(|choice| {
                let of_each = inner.choices.iter().any(|own| self.choice_holds(pair, own, choice, is_told));
                of_each || self.falls_into(pair, part, choice, is_told)
            })
    }

    fn choice_holds(&mut self, pair: Pair<'_>, inner: &Choice, outer: &Choice, is_told: bool) -> bool {
        let values = (pair.part.json(&inner.pointer), pair.whole.json(&outer.pointer));
        let roots = (&pair.part.api.json, &pair.whole.api.json);
        let is_same = inner.is_exclusive == outer.is_exclusive
            && matches!(values, (Some(one), Some(two)) if same(roots.0, one, roots.1, two));
        is_same || inner.variants.iter().all(|own| self.falls_into(pair, own, outer, is_told))
    }

    /// Returns whether a place is within one variant, and where only one may be, in no other one; `is_told`
    /// where a property tells which one it is.
    fn falls_into(&mut self, pair: Pair<'_>, part: &Place, choice: &Choice, is_told: bool) -> bool {
        (0..choice.variants.len()).any(|index| {
            let mut others = choice.variants.iter().enumerate().filter(|(other, _)| *other != index);
            let is_alone = !choice.is_exclusive
                || is_told
                || others.all(|(_, other)| are_apart((pair.part, part), (pair.whole, other)));
            is_alone && self.holds(pair, part, &choice.variants[index])
        })
    }

    fn members_hold(&mut self, pair: Pair<'_>, inner: &Form, outer: &Form) -> bool {
        let is_hidden = |place: &Place| {
            let form = pair.part.form(place);
            match pair.direction {
                Direction::Request => form.notes("readOnly"),
                Direction::Response => form.notes("writeOnly"),
            }
        };
        let is_there = |name: &String| {
            inner.required.contains(name) || outer.properties.get(name).is_some_and(&is_hidden_in(pair))
        };
        if !outer.required.iter().all(is_there) {
            return false;
        }
        for (name, place) in &inner.properties {
            if !is_hidden(place) && !self.holds(pair, place, outer.member(name)) {
                return false;
            }
        }
        let declared_by_whole =
            outer.properties.iter().filter(|(name, _)| !inner.properties.contains_key(*name));
        for (_, place) in declared_by_whole {
            if !inner.additional.is_any() && !self.holds(pair, &inner.additional, place) {
                return false;
            }
        }
        let patterns = outer.named_by_pattern.iter().all(|(pattern, place)| {
            inner.named_by_pattern.get(pattern).is_some_and(|own| self.holds(pair, own, place))
        });
        let own_patterns = inner.named_by_pattern.iter().all(|(pattern, place)| {
            outer.named_by_pattern.contains_key(pattern) || self.holds(pair, place, &outer.additional)
        });
        patterns && own_patterns && self.holds(pair, &inner.additional, &outer.additional)
    }

    fn items_hold(&mut self, pair: Pair<'_>, inner: &Form, outer: &Form) -> bool {
        let at = |form: &Form, index: usize| form.prefix.get(index).unwrap_or(&form.items).clone();
        let longest = inner.prefix.len().max(outer.prefix.len());
        (outer.is_unique.is_none() || inner.is_unique.is_some())
            && (0..longest).all(|index| self.holds(pair, &at(inner, index), &at(outer, index)))
            && self.holds(pair, &inner.items, &outer.items)
    }

    fn bounds_hold(&mut self, inner: &Form, outer: &Form) -> bool {
        BOUNDS.iter().all(|(keyword, is_least)| {
            bound_holds(inner, outer, keyword, *is_least) || self.length_holds(inner, outer, keyword)
        })
    }

    /// Returns true if a limit of lengths follows from a pattern.
    fn length_holds(&mut self, inner: &Form, outer: &Form, keyword: &str) -> bool {
        let Some(bound) = outer.bounds.get(keyword).filter(|own| own.value <= LONGEST) else { return false };
        let whole = match keyword {
            "minLength" => format!("^[\\s\\S]{{{},}}$", bound.value),
            "maxLength" => format!("^[\\s\\S]{{0,{}}}$", bound.value),
            _ => return false,
        };
        inner.patterns.keys().any(|part| self.patterns.relation(part, &whole) == Relation::Included)
    }

    fn patterns_hold(&mut self, inner: &Form, outer: &Form) -> bool {
        let mut is_within = |part: &str, whole: &str| {
            part == whole || self.patterns.relation(part, whole) == Relation::Included
        };
        !inner.types.meets(Types::STRING)
            || outer
                .patterns
                .keys()
                .all(|whole| is_any_text(whole) || inner.patterns.keys().any(|part| is_within(part, whole)))
    }

    fn whole_holds(&mut self, pair: Pair<'_>, keyword: &str, inner: &Form, outer: &Form) -> bool {
        let none = Vec::new();
        let own = inner.whole.get(keyword).unwrap_or(&none);
        outer.whole.get(keyword).into_iter().flatten().all(|pointer| {
            own.iter().any(|other| {
                let values = (pair.part.json(other), pair.whole.json(pointer));
                let roots = (&pair.part.api.json, &pair.whole.api.json);
                matches!(values, (Some(one), Some(two)) if same(roots.0, one, roots.1, two))
            })
        })
    }
}

/// Returns true if no value can be of both places: by its type, or by a property that both ask for.
pub(crate) fn are_apart(one: (&Side<'_>, &Place), other: (&Side<'_>, &Place)) -> bool {
    let sides = (one.0, other.0);
    let (one, other) = (sides.0.form(one.1), sides.1.form(other.1));
    let both = one.types.and(other.types);
    if both.is_empty() {
        return true;
    }
    let values = |said: &Option<crate::form::Said<Vec<Value>>>| said.as_ref().map(|said| said.value.clone());
    if let (Some(one), Some(other)) = (values(&one.values), values(&other.values)) {
        return one.iter().all(|value| !other.contains(value));
    }
    let differs = |name: &String| {
        let (Some(left), Some(right)) = (one.properties.get(name), other.properties.get(name)) else {
            return false;
        };
        let (left, right) = (sides.0.form(left), sides.1.form(right));
        match (values(&left.values), values(&right.values)) {
            (Some(left), Some(right)) => left.iter().all(|value| !right.contains(value)),
            _ => left.types.and(right.types).is_empty(),
        }
    };
    both == Types::OBJECT && one.required.intersection(&other.required).any(differs)
}

fn is_hidden_in(pair: Pair<'_>) -> impl Fn(&Place) -> bool {
    move |place| {
        let form = pair.whole.form(place);
        match pair.direction {
            Direction::Request => form.notes("readOnly"),
            Direction::Response => form.notes("writeOnly"),
        }
    }
}

fn types_hold(pair: Pair<'_>, inner: &Form, outer: &Form) -> bool {
    let scalars = Types::NUMBER.or(Types::BOOLEAN).or(Types::STRING);
    let texts = if pair.is_joined { scalars.or(Types::ARRAY).or(Types::OBJECT) } else { scalars };
    let is_any_text = pair.is_text && outer.types.meets(Types::STRING) && is_plain(inner, outer);
    // What is written without a type, and of which nothing is said, is a text.
    let is_untyped =
        pair.is_text && inner.types == Types::ALL && inner.properties.is_empty() && inner.items.is_any();
    let own = if is_untyped { scalars } else { inner.types };
    own.is_within(if is_any_text { outer.types.or(texts) } else { outer.types })
}

/// Returns true if nothing is said of texts that those of other values do not fulfil.
fn is_plain(inner: &Form, outer: &Form) -> bool {
    // The shortest text of a truth value is `true`.
    let others = inner.types.without(Types::STRING.or(Types::NULL));
    let shortest = if others.is_within(Types::BOOLEAN) { 4.0 } else { 1.0 };
    let is_longer = outer.bounds.get("minLength").is_some_and(|least| least.value > shortest);
    let is_limited = is_longer || outer.bounds.contains_key("maxLength") || outer.values.is_some();
    outer.patterns.is_empty() && outer.formats.is_empty() && !is_limited
}

/// Returns the types that a keyword says something of.
pub(crate) fn types_of(keyword: &str) -> Types {
    match keyword {
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => Types::NUMBER,
        "minLength" | "maxLength" | "pattern" | "contentSchema" => Types::STRING,
        "minItems" | "maxItems" | "uniqueItems" | "contains" | "minContains" | "maxContains"
        | "unevaluatedItems" => Types::ARRAY,
        "minProperties"
        | "maxProperties"
        | "dependentRequired"
        | "dependentSchemas"
        | "propertyNames"
        | "unevaluatedProperties" => Types::OBJECT,
        _ => Types::ALL,
    }
}

/// Returns true if a limit follows from another one.
fn bound_holds(inner: &Form, outer: &Form, keyword: &str, is_least: bool) -> bool {
    let Some(outer_bound) = outer.bounds.get(keyword) else { return true };
    if !inner.types.meets(types_of(keyword)) {
        return true;
    }
    let is_enough =
        |value: f64| if is_least { value >= outer_bound.value } else { value <= outer_bound.value };
    let own = inner.bounds.get(keyword).is_some_and(|own| is_enough(own.value));
    let stricter = match keyword {
        "minimum" => inner.bounds.get("exclusiveMinimum"),
        "maximum" => inner.bounds.get("exclusiveMaximum"),
        _ => None,
    };
    own || stricter.is_some_and(|own| is_enough(own.value))
}

fn texts_hold(inner: &Form, outer: &Form) -> bool {
    let formats = outer.formats.keys().all(|own| {
        inner.formats.contains_key(own) || inner.formats.keys().any(|other| is_narrower_format(other, own))
    });
    let multiples = outer.multiples.keys().all(|own| {
        inner.multiples.keys().any(|other| match (own.parse::<f64>(), other.parse::<f64>()) {
            (Ok(whole), Ok(part)) if whole > 0.0 => (part / whole).fract() == 0.0,
            _ => own == other,
        })
    });
    (!inner.types.meets(Types::STRING.or(Types::NUMBER)) || formats)
        && (!inner.types.meets(Types::NUMBER) || multiples)
}

/// Returns true if a pattern is one that every text matches.
pub(crate) fn is_any_text(pattern: &str) -> bool {
    ["", ".*", "^.*$", "^.*", ".*$", "^", "$", "[\\s\\S]*", "^[\\s\\S]*$"].contains(&pattern)
}

fn is_narrower_format(part: &str, whole: &str) -> bool {
    matches!((part, whole), ("int32", "int64") | ("float", "double"))
}

/// Keywords of lists in which the order counts, and of values that are compared as they are.
const ORDERED: [&str; 3] = ["prefixItems", "const", "default"];

/// Keywords that only people read.
pub(crate) const WORDS: [&str; 8] =
    ["title", "description", "example", "examples", "$comment", "externalDocs", "xml", "deprecated"];

/// Returns true if two values of two documents say the same, references followed.
pub(crate) fn same(root: &Value, one: &Value, other_root: &Value, two: &Value) -> bool {
    Same { roots: [root, other_root], seen: IndexSet::new(), failed: HashSet::new() }.values(one, two)
}

/// Two values, by their addresses.
type Both = (*const Value, *const Value);

struct Same<'a> {
    roots: [&'a Value; 2],
    /// Pairs that are taken to be the same as long as nothing speaks against it.
    seen: IndexSet<Both>,
    failed: HashSet<Both>,
}

impl<'a> Same<'a> {
    fn values(&mut self, one: &'a Value, two: &'a Value) -> bool {
        let (one, two) = (self.meant(0, one), self.meant(1, two));
        let both: Both = (one, two);
        match (one, two) {
            (Value::Object(left), Value::Object(right)) => {
                if self.failed.contains(&both) {
                    return false;
                }
                let before = self.seen.len();
                if !self.seen.insert(both) {
                    return true;
                }
                let is_same = self.objects(left, right);
                if !is_same {
                    self.seen.truncate(before);
                    self.failed.insert(both);
                }
                is_same
            }
            (Value::Array(left), Value::Array(right)) => self.lists(left, right),
            _ => one == two,
        }
    }

    fn objects(&mut self, left: &'a Map<String, Value>, right: &'a Map<String, Value>) -> bool {
        let is_said = |key: &&String| !WORDS.contains(&key.as_str()) && !key.starts_with("x-");
        let keys: HashSet<&String> = left.keys().chain(right.keys()).filter(is_said).collect();
        keys.into_iter().all(|key| match (left.get(key), right.get(key)) {
            (Some(left), Some(right)) if ORDERED.contains(&key.as_str()) => match (left, right) {
                (Value::Array(left), Value::Array(right)) => {
                    left.len() == right.len()
                        && left.iter().zip(right).all(|(left, right)| self.values(left, right))
                }
                _ => left == right,
            },
            (Some(left), Some(right)) => self.values(left, right),
            _ => false,
        })
    }

    /// Compares lists whose order says nothing: of types, names, values and schemas.
    fn lists(&mut self, left: &'a [Value], right: &'a [Value]) -> bool {
        let in_order = |this: &mut Self| left.iter().zip(right).all(|(left, right)| this.values(left, right));
        left.len() == right.len()
            && (in_order(self) || left.iter().all(|own| right.iter().any(|other| self.values(own, other))))
    }

    fn meant(&self, index: usize, mut value: &'a Value) -> &'a Value {
        for _ in 0..32 {
            let Value::Object(schema) = value else { break };
            let Some(target) = crate::form::target(schema).filter(|_| schema.len() == 1) else { break };
            let Some(next) = self.roots[index].pointer(&target) else { break };
            value = next;
        }
        value
    }
}
