//! Schemas: which keywords of two places differ, and which way.
//!
//! Must not know operations.

use crate::form::{BOUNDS, Form, Place, WHOLE, join};
use crate::inclusion::{is_any_text, same, types_of};
use crate::patterns::Relation;
use crate::report::Direction;
use crate::types::Types;
use crate::values::LONGEST_TEXT;
use crate::walk::{At, Effect, Found, Role, Walk};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Two places that are compared, with what they say.
pub(crate) struct Two<'p> {
    pub(crate) base: &'p Place,
    pub(crate) revision: &'p Place,
    pub(crate) old: Rc<Form>,
    pub(crate) new: Rc<Form>,
}

impl<'p> Two<'p> {
    pub(crate) fn places(&self) -> (&'p Place, &'p Place) {
        (self.base, self.revision)
    }

    /// Returns where a keyword stands, or the place itself where it does not.
    pub(crate) fn at(&self, old: Option<&String>, new: Option<&String>) -> (Option<String>, Option<String>) {
        let here = |place: &Place| place.first().map(str::to_owned);
        (old.cloned().or_else(|| here(self.base)), new.cloned().or_else(|| here(self.revision)))
    }
}

impl Walk<'_> {
    /// Compares two places.
    pub(crate) fn schemas(&mut self, at: &At, base: &Place, revision: &Place) {
        let (base, revision) = (&self.base.meant(base), &self.revision.meant(revision));
        if self.unchanged.are(base, revision) {
            return;
        }
        self.once(at, base, revision, |walk| {
            let (old, new) = (walk.base.form(base), walk.revision.form(revision));
            let two = Two { base, revision, old, new };
            walk.types(at, &two);
            walk.listed(at, &two);
            walk.bounds(at, &two);
            walk.texts(at, &two);
            walk.members(at, &two);
            walk.items(at, &two);
            walk.choices(at, &two);
            walk.whole(at, &two);
            walk.notes(at, &two);
            walk.written(at, &two);
        });
    }

    /// Adds a change whose name begins with what is looked at.
    pub(crate) fn keyword(
        &mut self,
        at: &At,
        two: &Two<'_>,
        suffix: &str,
        (effect, keywords): (Effect, &[&str]),
        places: (Option<&String>, Option<&String>),
        text: &str,
    ) {
        let (base, revision) = two.at(places.0, places.1);
        let id = special(at, suffix).unwrap_or_else(|| format!("{}{suffix}", at.prefix()));
        let text = format!("{}: {text}", at.words());
        self.found(at, two.places(), Found { id, effect, keywords, base, revision, text });
    }

    /// Adds a change under a name that people know, where another one says already whether it breaks
    /// anything.
    pub(crate) fn also(
        &mut self,
        at: &At,
        two: &Two<'_>,
        suffix: &str,
        places: (Option<&String>, Option<&String>),
        text: &str,
    ) {
        let id = special(at, suffix).unwrap_or_else(|| format!("{}{suffix}", at.prefix()));
        if crate::rules::level(&id).is_some() {
            self.keyword(&at.moot(), two, suffix, (Effect::Nothing, &[]), places, text);
        }
    }

    fn types(&mut self, at: &At, two: &Two<'_>) {
        let (old, new) = (&two.old, &two.new);
        let places = (old.types_at.as_ref(), new.types_at.as_ref());
        let (had_null, has_null) = (old.types.meets(Types::NULL), new.types.meets(Types::NULL));
        let is_typed = |form: &Form| form.types != Types::ALL;
        let only_null = had_null != has_null && is_typed(old) && is_typed(new);
        if only_null {
            let (suffix, effect) = match has_null {
                true => ("became-nullable", Effect::More),
                false => ("became-not-nullable", Effect::Fewer),
            };
            let text = if has_null { "null is allowed now" } else { "null is no longer allowed" };
            self.keyword(at, two, suffix, (effect, &["type", "enum", "anyOf", "oneOf"]), places, text);
        }
        let is_said_elsewhere = (old.values.is_some() && new.values.is_some())
            || (!old.choices.is_empty() && !new.choices.is_empty() && places == (None, None));
        if is_said_elsewhere {
            return;
        }
        let strip = |types: Types| if only_null { types.without(Types::NULL) } else { types };
        let (was, is) = (strip(old.types), strip(new.types));
        let formats = |form: &Form| form.formats.keys().cloned().collect::<Vec<_>>();
        let (was_format, is_format) = (formats(old), formats(new));
        if was_format == is_format && (was == is || old.types == new.types) {
            return;
        }
        let is_within = is.is_within(was) && was_format.iter().all(|own| is_format.contains(own));
        let is_wider = was.is_within(is) && is_format.iter().all(|own| was_format.contains(own));
        let effect = match (is_within, is_wider) {
            (true, _) => Effect::Fewer,
            (_, true) => Effect::More,
            _ => Effect::Other,
        };
        let is_list_now = at.direction == Direction::Request && self.is_one_item(at, two.base, two.revision);
        let effect = match at.is_text {
            true if is_list_now || becomes_text(at, was, is, &is_format) => Effect::More,
            true if becomes_text(at, is, was, &was_format) => Effect::Fewer,
            _ => effect,
        };
        let suffix = match effect {
            // Written as texts, all that comes now could come before.
            Effect::Fewer if at.direction == Direction::Response && at.is_text && !is.is_within(was) => {
                "type-compatible"
            }
            Effect::Other if was == is && are_dates(at, &was_format, &is_format) => match at.direction {
                Direction::Request => "type-generalized",
                Direction::Response => "type-specialized",
            },
            // Only as texts are they the same.
            Effect::More if at.is_text && !is_list_now && !was.is_within(is) && was != Types::ALL => {
                type_suffix(at, Effect::Other, was, is, was_format == is_format)
            }
            _ => type_suffix(at, effect, was, is, was_format == is_format),
        };
        let text = format!("changed from {} to {}", typed(was, &was_format), typed(is, &is_format));
        let places = match was == is {
            true => (old.formats.values().next(), new.formats.values().next()),
            false => places,
        };
        self.keyword(
            at,
            two,
            suffix,
            (effect, &["type", "format", "minimum", "maximum", "anyOf", "oneOf", "enum", "const"]),
            places,
            &text,
        );
    }

    fn listed(&mut self, at: &At, two: &Two<'_>) {
        let pointers = (
            two.old.values.as_ref().map(|said| &said.pointer),
            two.new.values.as_ref().map(|said| &said.pointer),
        );
        let keywords = ["enum", "const", "oneOf", "anyOf", "type"];
        match (&two.old.values, &two.new.values) {
            (Some(old), Some(new)) if old.value != new.value => {
                if two.old.is_constant && two.new.is_constant {
                    let text =
                        format!("the only value changed from {} to {}", list(&old.value), list(&new.value));
                    return self.keyword(
                        at,
                        two,
                        "const-changed",
                        (Effect::Other, &keywords),
                        pointers,
                        &text,
                    );
                }
                let null = Value::Null;
                for value in old.value.iter().filter(|own| !new.value.contains(own) && **own != null) {
                    let text = format!("the value {value} was removed");
                    self.wanted = Some(value.clone());
                    self.keyword(at, two, "enum-value-removed", (Effect::Fewer, &keywords), pointers, &text);
                }
                for value in new.value.iter().filter(|own| !old.value.contains(own) && **own != null) {
                    let text = format!("the value {value} was added");
                    self.wanted = Some(value.clone());
                    self.keyword(at, two, "enum-value-added", (Effect::More, &keywords), pointers, &text);
                }
            }
            (None, Some(new)) => {
                let suffix = if two.new.is_constant { "const-added" } else { "became-enum" };
                let text = format!("only {} will do now", list(&new.value));
                self.keyword(at, two, suffix, (Effect::Fewer, &keywords), pointers, &text);
                if !two.new.is_constant {
                    let text = format!("these values are listed now: {}", list(&new.value));
                    self.also(at, two, "enum-value-added", pointers, &text);
                }
            }
            (Some(old), None) => {
                let suffix = if two.old.is_constant { "const-removed" } else { "enum-removed" };
                let text = format!("is no longer one of {}", list(&old.value));
                self.keyword(at, two, suffix, (Effect::More, &keywords), pointers, &text);
                if !two.old.is_constant {
                    let text = format!("these values are no longer listed: {}", list(&old.value));
                    self.also(at, two, "enum-value-removed", pointers, &text);
                }
            }
            _ => {}
        }
    }

    fn bounds(&mut self, at: &At, two: &Two<'_>) {
        for (keyword, is_least) in BOUNDS {
            let (old, new) = (two.old.bounds.get(keyword), two.new.bounds.get(keyword));
            let (was, is) = (old.map(|said| said.value), new.map(|said| said.value));
            let applies = two.old.types.meets(types_of(keyword)) && two.new.types.meets(types_of(keyword));
            if was == is {
                continue;
            }
            let stem = stem(keyword);
            let counts_from_zero = is_least && !["minimum", "exclusiveMinimum"].contains(&keyword);
            let (suffix, effect) = match (was, is) {
                (None, Some(_)) if counts_from_zero => (format!("{stem}-increased"), Effect::Fewer),
                (None, Some(_)) => (format!("{stem}-set"), Effect::Fewer),
                (Some(_), None) if counts_from_zero => (format!("{stem}-decreased"), Effect::More),
                (Some(_), None) => (format!("{stem}-unset"), Effect::More),
                (Some(was), Some(is)) => {
                    let word = if is > was { "increased" } else { "decreased" };
                    let effect = if (is > was) == is_least { Effect::Fewer } else { Effect::More };
                    (format!("{stem}-{word}"), effect)
                }
                (None, None) => continue,
            };
            let effect = if applies { effect } else { Effect::Nothing };
            let word =
                |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
            let text = format!("`{keyword}` changed from {} to {}", word(was), word(is));
            let (part, limit) = match at.direction {
                Direction::Request => (&two.old, is),
                Direction::Response => (&two.new, was),
            };
            self.too_long = limit.filter(|_| keyword == "maxLength").and_then(|limit| too_long(part, limit));
            let keywords = [keyword, "contains"];
            let keywords = if keyword.ends_with("Contains") { &keywords[..] } else { &keywords[..1] };
            self.keyword(
                at,
                two,
                &suffix,
                (effect, keywords),
                (old.map(|said| &said.pointer), new.map(|said| &said.pointer)),
                &text,
            );
        }
    }

    fn texts(&mut self, at: &At, two: &Two<'_>) {
        let (old, new) = (&two.old.patterns, &two.new.patterns);
        let keys = |map: &Named| map.keys().cloned().collect::<Vec<_>>();
        if keys(old) != keys(new) {
            let places = (old.values().next(), new.values().next());
            let (suffix, effect) = match (old.is_empty(), new.is_empty()) {
                (true, _) => ("pattern-added", Effect::Fewer),
                (_, true) => ("pattern-removed", Effect::More),
                _ if new.keys().all(|own| is_any_text(own)) => ("pattern-generalized", Effect::More),
                _ => ("pattern-changed", Effect::Other),
            };
            let applies = two.new.types.meets(Types::STRING) && two.old.types.meets(Types::STRING);
            let effect = if applies { effect } else { Effect::Nothing };
            let text = format!("the pattern changed from {} to {}", quoted(&keys(old)), quoted(&keys(new)));
            self.wanted = self.text_of_one(at, old, new);
            self.keyword(at, two, suffix, (effect, &["pattern"]), places, &text);
        }
        let (old, new) = (&two.old.multiples, &two.new.multiples);
        if keys(old) != keys(new) && two.new.types.meets(Types::NUMBER) {
            let places = (old.values().next(), new.values().next());
            let (suffix, effect) = match (old.is_empty(), new.is_empty()) {
                (true, _) => ("multiple-of-added", Effect::Fewer),
                (_, true) => ("multiple-of-removed", Effect::More),
                _ => ("multiple-of-changed", Effect::Other),
            };
            let text = format!("`multipleOf` changed from {} to {}", quoted(&keys(old)), quoted(&keys(new)));
            self.keyword(at, two, suffix, (effect, &["multipleOf"]), places, &text);
        }
        let (old, new) = (&two.old.is_unique, &two.new.is_unique);
        if old.is_some() != new.is_some() && two.new.types.meets(Types::ARRAY) {
            let (suffix, effect) = match new.is_some() {
                true => ("unique-items-added", Effect::Fewer),
                false => ("unique-items-removed", Effect::More),
            };
            let text =
                if new.is_some() { "items have to differ now" } else { "items need not differ any more" };
            self.keyword(at, two, suffix, (effect, &["uniqueItems"]), (old.as_ref(), new.as_ref()), text);
        }
    }

    /// Returns a text of the pattern that values had to match, or will, and not of the other one.
    fn text_of_one(&mut self, at: &At, old: &Named, new: &Named) -> Option<Value> {
        let (part, whole) = if at.direction == Direction::Request { (old, new) } else { (new, old) };
        let part = part.keys().next().map_or("", String::as_str);
        match self.inclusion.patterns.relation(part, whole.keys().next()?) {
            Relation::Differs(text) => Some(Value::from(text)),
            Relation::Included | Relation::Unknown => None,
        }
    }

    fn items(&mut self, at: &At, two: &Two<'_>) {
        let (old, new) = (&two.old, &two.new);
        if !(old.types.meets(Types::ARRAY) && new.types.meets(Types::ARRAY)) {
            if !old.items.is_any() && !new.items.is_any() {
                self.schemas(&at.inner("items", false).moot(), &old.items, &new.items);
            }
            return;
        }
        match (old.items.is_any(), new.items.is_any()) {
            (false, false) => self.schemas(&at.inner("items", false), &old.items, &new.items),
            (true, false) => {
                self.keyword(
                    at,
                    two,
                    "items-added",
                    (Effect::Fewer, &["items"]),
                    (None, new.items.0.first()),
                    "it is said now what items are",
                );
            }
            (false, true) => {
                self.keyword(
                    at,
                    two,
                    "items-removed",
                    (Effect::More, &["items"]),
                    (old.items.0.first(), None),
                    "it is no longer said what items are",
                );
            }
            (true, true) => {}
        }
        for (index, (old, new)) in old.prefix.iter().zip(&new.prefix).enumerate() {
            self.schemas(&at.inner(&format!("prefixItems/{index}"), false), old, new);
        }
        let (was, is) = (old.prefix.len(), new.prefix.len());
        if was != is {
            let (suffix, effect) = match is > was {
                true => {
                    ("prefix-items-added", if old.items.is_any() { Effect::Fewer } else { Effect::Other })
                }
                false => {
                    ("prefix-items-removed", if new.items.is_any() { Effect::More } else { Effect::Other })
                }
            };
            let text = format!("{is} first items are described, before it were {was}");
            self.keyword(at, two, suffix, (effect, &["prefixItems", "items"]), (None, None), &text);
        }
    }

    fn whole(&mut self, at: &At, two: &Two<'_>) {
        for keyword in WHOLE {
            let none = Vec::new();
            let (old, new) =
                (two.old.whole.get(keyword).unwrap_or(&none), two.new.whole.get(keyword).unwrap_or(&none));
            let applies = two.old.types.meets(types_of(keyword)) && two.new.types.meets(types_of(keyword));
            let is_same = |old: &String, new: &String| match (self.base.json(old), self.revision.json(new)) {
                (Some(one), Some(two)) => same(&self.base.api.json, one, &self.revision.api.json, two),
                _ => false,
            };
            let gone = old.iter().find(|own| !new.iter().any(|other| is_same(own, other))).cloned();
            let fresh = new.iter().find(|own| !old.iter().any(|other| is_same(other, own))).cloned();
            let (word, effect) = match (&gone, &fresh) {
                (None, None) => continue,
                (None, Some(_)) => ("added", Effect::Fewer),
                (Some(_), None) => ("removed", Effect::More),
                (Some(_), Some(_)) => ("changed", Effect::Other),
            };
            let effect = match keyword {
                // It asserts nothing; `then` and `else` do.
                _ if !applies => Effect::Nothing,
                "if" if word == "added" || word == "removed" => effect,
                // No validator looks into texts.
                "contentSchema" => Effect::Note("texts hold something else"),
                _ => effect,
            };
            let suffix = format!("{}-{word}", dashed(keyword));
            let suffix = suffix.replace("dependent-schemas", "dependent-schema");
            let keywords = [keyword, "if", "then", "else"];
            let keywords =
                if ["if", "then", "else"].contains(&keyword) { &keywords[..] } else { &keywords[..1] };
            let text = format!("`{keyword}` was {word}");
            self.keyword(at, two, &suffix, (effect, keywords), (gone.as_ref(), fresh.as_ref()), &text);
            if let (Some(gone), Some(fresh)) = (&gone, &fresh) {
                self.within(at, two, keyword, (gone, fresh));
            }
        }
    }

    /// Names what changed inside of a keyword that is compared as a whole.
    fn within(&mut self, at: &At, two: &Two<'_>, keyword: &str, (gone, fresh): (&String, &String)) {
        let (Some(old), Some(new)) = (self.base.json(gone), self.revision.json(fresh)) else { return };
        let (Value::Object(old), Value::Object(new)) = (old, new) else { return };
        let inner = at.inner(keyword, false).moot();
        match keyword {
            "dependentRequired" => {}
            "dependentSchemas" => {
                let places = (Some(gone), Some(fresh));
                for name in old.keys().filter(|own| !new.contains_key(*own)) {
                    let text = format!("`{name}` asks for nothing any more");
                    self.also(at, two, "dependent-schema-removed", places, &text);
                }
                for name in new.keys() {
                    if !old.contains_key(name) {
                        let text = format!("`{name}` asks for something now");
                        self.also(at, two, "dependent-schema-added", places, &text);
                        continue;
                    }
                    let (one, other) = (Place::of(join(gone, name)), Place::of(join(fresh, name)));
                    self.schemas(&inner.inner(name, false), &one, &other);
                }
            }
            _ => self.schemas(&inner, &Place::of(gone.clone()), &Place::of(fresh.clone())),
        }
    }
}

/// Keywords by their text, with where they stand.
type Named = BTreeMap<String, String>;

/// Says in words which text is one of a place and longer than a limit, if it is too long to be written.
fn too_long(part: &Form, limit: f64) -> Option<String> {
    let is_plain = part.patterns.is_empty()
        && part.formats.is_empty()
        && part.values.is_none()
        && part.choices.is_empty()
        && part.whole.is_empty();
    let is_longer = part.bounds.get("maxLength").is_none_or(|most| most.value > limit);
    let is_long = limit >= LONGEST_TEXT && is_plain && is_longer && part.types.meets(Types::STRING);
    is_long.then(|| format!("only one of both takes a text of {} characters", limit + 1.0))
}

/// Returns true if, written as texts, all values of the first types are of the second.
fn becomes_text(at: &At, was: Types, is: Types, formats: &[String]) -> bool {
    let scalars = Types::NUMBER.or(Types::BOOLEAN);
    let texts = if at.is_joined { scalars.or(Types::ARRAY).or(Types::OBJECT) } else { scalars };
    is.meets(Types::STRING) && formats.is_empty() && (was == Types::ALL || was.is_within(is.or(texts)))
}

/// Returns true if a format of days or times became one of both, which people take for a wider one; in
/// answers, if one of both became narrower.
fn are_dates(at: &At, was: &[String], is: &[String]) -> bool {
    let (part, whole) = if at.direction == Direction::Request { (was, is) } else { (is, was) };
    matches!((part, whole), ([part], [whole]) if whole == "date-time" && (part == "date" || part == "time"))
}

/// Returns true if any text will do for a whole value, and it is text that comes.
fn becomes_any(at: &At, is: Types) -> bool {
    at.role != Role::Body && is == Types::STRING
}

pub(crate) fn type_suffix(at: &At, effect: Effect, was: Types, is: Types, same_format: bool) -> &'static str {
    match (at.direction, effect) {
        (Direction::Request, Effect::More) => "type-generalized",
        (Direction::Request, Effect::Other) if at.is_text && at.path.is_empty() && becomes_any(at, is) => {
            "type-generalized"
        }
        (Direction::Request, _)
            if at.role != Role::Body && !at.path.is_empty() && effect == Effect::Fewer =>
        {
            "type-specialized"
        }
        (Direction::Request, _) => "type-changed",
        (Direction::Response, Effect::Fewer) => "type-specialized",
        (Direction::Response, Effect::More) if same_format && is != Types::ALL && !was.is_empty() => {
            "type-generalized"
        }
        (Direction::Response, _) => "type-changed",
    }
}

/// Returns names that do not follow the rule.
fn special(at: &At, suffix: &str) -> Option<String> {
    let id = match (at.direction, suffix, at.path.is_empty()) {
        (Direction::Response, "enum-value-removed", true) if at.role == Role::Body => {
            "response-mediatype-enum-value-removed".to_owned()
        }
        // Lists of parameters and their items are one to oasdiff here.
        (Direction::Request, "max-items-increased" | "max-items-decreased", false)
            if at.role == Role::Parameter && at.path == "items" =>
        {
            format!("request-parameter-{suffix}")
        }
        (Direction::Request, "became-enum", false) if at.role == Role::HeaderParameter => {
            "request-header-property-became-enum".to_owned()
        }
        (Direction::Request, _, false) if at.is_hidden && at.role == Role::Body => {
            format!("request-read-only-property-{suffix}")
        }
        (Direction::Response, _, false) if at.is_hidden && at.role == Role::Body => {
            format!("response-write-only-property-{suffix}")
        }
        _ => return None,
    };
    crate::rules::level(&id).map(|_| id)
}

fn stem(keyword: &str) -> String {
    match keyword {
        "minimum" => "min".to_owned(),
        "maximum" => "max".to_owned(),
        "exclusiveMinimum" => "exclusive-min".to_owned(),
        "exclusiveMaximum" => "exclusive-max".to_owned(),
        other => dashed(other),
    }
}

/// Writes a keyword as names have it: `maxItems` as `max-items`.
pub(crate) fn dashed(keyword: &str) -> String {
    let sign = |sign: char| match sign.is_ascii_uppercase() {
        true => format!("-{}", sign.to_ascii_lowercase()),
        false => sign.to_string(),
    };
    keyword.chars().map(sign).collect()
}

fn typed(types: Types, formats: &[String]) -> String {
    match formats {
        [] => format!("`{types}`"),
        formats => format!("`{types}` of format `{}`", formats.join("` and `")),
    }
}

fn quoted(texts: &[String]) -> String {
    match texts {
        [] => "none".to_owned(),
        texts => format!("`{}`", texts.join("` and `")),
    }
}

/// Lists values, the first of many.
fn list(values: &[Value]) -> String {
    let shown: BTreeSet<String> = values.iter().take(8).map(Value::to_string).collect();
    let more = if values.len() > 8 { ", …" } else { "" };
    format!("{}{more}", shown.into_iter().collect::<Vec<_>>().join(", "))
}
