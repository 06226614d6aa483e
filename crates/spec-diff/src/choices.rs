//! Choices: which variants of `oneOf` and `anyOf` come and go.
//!
//! Must not know operations.

use crate::form::{Choice, Form, Place};
use crate::inclusion::{are_apart, same};
use crate::schemas::Two;
use crate::side::Side;
use crate::types::Types;
use crate::walk::{At, Effect, Walk};
use serde_json::Value;

impl Walk<'_> {
    /// Compares the choices of two places.
    pub(crate) fn choices(&mut self, at: &At, two: &Two<'_>) {
        let (old, new) = (said_once(self.base, &two.old.choices), said_once(self.revision, &two.new.choices));
        let mut rest: Vec<Choice> = new;
        for choice in &old {
            let same_word = rest.iter().position(|other| other.is_exclusive == choice.is_exclusive);
            match same_word.or(if rest.is_empty() { None } else { Some(0) }) {
                Some(index) => {
                    let other = rest.remove(index);
                    self.choice(at, two, choice, &other);
                }
                None => {
                    let suffix = match lists_types(self.base, choice) && is_bare(&two.new) {
                        true => "list-of-types-narrowed".to_owned(),
                        false => format!("{}-removed", choice.word()),
                    };
                    let text = format!("`{}` is gone", keyword(choice));
                    let effect = self.effect_of_whole(two, Effect::More);
                    self.keyword(at, two, &suffix, (effect, &KEYWORDS), (Some(&choice.pointer), None), &text);
                }
            }
        }
        for choice in &rest {
            let wrapped = self.is_among(two.base, choice);
            let is_wrapping = two.new.properties.is_empty() && !two.old.properties.is_empty();
            let suffix = match is_wrapping && choice.is_exclusive && at.path.is_empty() {
                true => "wrapped-in-one-of".to_owned(),
                false if lists_types(self.revision, choice) && is_bare(&two.old) => {
                    "list-of-types-widened".to_owned()
                }
                false => format!("{}-added", choice.word()),
            };
            let text = format!("`{}` is new", keyword(choice));
            let effect = match wrapped {
                // What two variants take, `oneOf` refuses.
                true if choice.is_exclusive => Effect::Other,
                true => Effect::More,
                false => self.effect_of_whole(two, Effect::Fewer),
            };
            self.keyword(at, two, &suffix, (effect, &KEYWORDS), (None, Some(&choice.pointer)), &text);
            if suffix == "wrapped-in-one-of" {
                self.also(at, two, "one-of-added", (None, Some(&choice.pointer)), &text);
            }
        }
    }

    /// A choice beside other keywords narrows what they say; one that replaces them may do anything.
    fn effect_of_whole(&self, two: &Two<'_>, effect: Effect) -> Effect {
        if two.old.types == two.new.types && two.old.properties.len() == two.new.properties.len() {
            effect
        } else {
            Effect::Other
        }
    }

    /// Returns true if what stood there is one of the variants now.
    fn is_among(&self, place: &Place, choice: &Choice) -> bool {
        let Some(old) = place.first().and_then(|pointer| self.base.json(pointer)) else { return false };
        choice.variants.iter().any(|variant| {
            let new = variant.first().and_then(|pointer| self.revision.json(pointer));
            new.is_some_and(|new| same(&self.base.api.json, old, &self.revision.api.json, new))
        })
    }

    fn choice(&mut self, at: &At, two: &Two<'_>, old: &Choice, new: &Choice) {
        if old.is_exclusive != new.is_exclusive {
            let (suffix, effect) = match new.is_exclusive {
                true => ("any-of-became-one-of", Effect::Fewer),
                false => ("one-of-became-any-of", Effect::More),
            };
            let text = format!("`{}` became `{}`", keyword(old), keyword(new));
            self.keyword(
                at,
                two,
                suffix,
                (effect, &KEYWORDS),
                (Some(&old.pointer), Some(&new.pointer)),
                &text,
            );
        }
        let (pairs, gone, fresh) = self.matched(old, new);
        for (one, other) in pairs {
            self.renamed(at, two, (old, &one), (new, &other));
            let name = self.variant_name(&one, keyword(old));
            self.schemas(&at.inner(&name, false), &one, &other);
        }
        let is_plain = |is_base: bool, place: &Place| {
            let side = if is_base { self.base } else { self.revision };
            let types = side.form(place).types;
            is_scalar(types) && self.name_of(is_base, place).is_none()
        };
        let are_plain =
            gone.iter().all(|own| is_plain(true, own)) && fresh.iter().all(|own| is_plain(false, own));
        let suffix = |word: &str| match (are_plain, word) {
            (true, "removed") => "list-of-types-narrowed".to_owned(),
            (true, _) => "list-of-types-widened".to_owned(),
            _ => format!("{}-{word}", new.word()),
        };
        for variant in &gone {
            let places = (variant.0.first(), Some(&new.pointer));
            let text = format!("{} is no longer among `{}`", self.words(true, variant), keyword(new));
            // Of an exclusive choice, a variant less may leave to one what two have taken.
            let is_apart = self.is_alone((self.base, old), variant);
            let effect = if old.is_exclusive && !is_apart { Effect::Other } else { Effect::Fewer };
            self.keyword(at, two, &suffix("removed"), (effect, &KEYWORDS), places, &text);
        }
        for variant in &fresh {
            let places = (Some(&old.pointer), variant.0.first());
            let text = format!("{} is new among `{}`", self.words(false, variant), keyword(new));
            // And a variant more may take what one took before.
            let is_apart = self.is_alone((self.revision, new), variant);
            let effect = if new.is_exclusive && !is_apart { Effect::Other } else { Effect::More };
            self.keyword(at, two, &suffix("added"), (effect, &KEYWORDS), places, &text);
        }
    }

    /// Says that a variant has another name.
    fn renamed(&mut self, at: &At, two: &Two<'_>, old: (&Choice, &Place), new: (&Choice, &Place)) {
        let (was, is) = (self.name_of(true, old.1), self.name_of(false, new.1));
        if was.is_none() || is.is_none() || was == is {
            return;
        }
        let places = (old.1.0.first(), new.1.0.first());
        let (was, is) = (self.words(true, old.1), self.words(false, new.1));
        let text = format!("the variant {was} is {is} now, which says the same");
        self.also(at, two, &format!("{}-removed", old.0.word()), places, &text);
        self.also(at, two, &format!("{}-added", new.0.word()), places, &text);
    }

    /// Returns true if no other variant of a choice can have a value of this one.
    fn is_alone(&self, (side, choice): (&Side<'_>, &Choice), variant: &Place) -> bool {
        let mut others = choice.variants.iter().filter(|own| *own != variant);
        others.all(|other| are_apart((side, variant), (side, other)))
    }

    /// Pairs the variants of two choices: those of one name, those that say the same, those without a name
    /// that have the same properties, and the last of both.
    fn matched(&self, old: &Choice, new: &Choice) -> (Vec<(Place, Place)>, Vec<Place>, Vec<Place>) {
        let (mut pairs, mut gone, mut fresh) = (Vec::new(), old.variants.clone(), new.variants.clone());
        let is_same = |one: &Place, other: &Place| {
            let values = (
                one.first().and_then(|own| self.base.json(own)),
                other.first().and_then(|own| self.revision.json(own)),
            );
            let roots = (&self.base.api.json, &self.revision.api.json);
            matches!(values, (Some(one), Some(two)) if same(roots.0, one, roots.1, two))
        };
        let has_name = |one: &Place, other: &Place| {
            let name = self.name_of(true, one);
            name.is_some() && name == self.name_of(false, other)
        };
        let types = |base: bool, place: &Place| {
            if base { self.base.form(place).types } else { self.revision.form(place).types }
        };
        let are_alike = |one: &Place, other: &Place| {
            let (was, is) = (types(true, one), types(false, other));
            was == is
                && was.meets(Types::OBJECT.or(Types::ARRAY))
                && self.name_of(true, one).is_none()
                && self.name_of(false, other).is_none()
        };
        let has_shape = |one: &Place, other: &Place| {
            let (was, is) = (self.base.form(one), self.revision.form(other));
            let is_known = |name: &String| is.properties.contains_key(name);
            let is_like = was.properties.len() == is.properties.len() && was.properties.keys().all(is_known);
            are_alike(one, other) && !was.properties.is_empty() && is_like
        };
        let rules: [Rule<'_>; 3] = [&has_name, &is_same, &has_shape];
        for rule in rules {
            gone.retain(|one| match fresh.iter().position(|other| rule(one, other)) {
                Some(index) => {
                    pairs.push((one.clone(), fresh.remove(index)));
                    false
                }
                None => true,
            });
        }
        if let ([one], [other]) = (gone.as_slice(), fresh.as_slice())
            && are_alike(one, other)
        {
            pairs.push((one.clone(), other.clone()));
            (gone, fresh) = (Vec::new(), Vec::new());
        }
        (pairs, gone, fresh)
    }

    /// Returns the name that a variant has: that of a component, or its title.
    fn name_of(&self, is_base: bool, place: &Place) -> Option<String> {
        let side = if is_base { self.base } else { self.revision };
        let schema = side.json(place.first()?)?;
        let reference = schema.get("$ref").and_then(Value::as_str);
        reference.or(schema.get("title").and_then(Value::as_str)).map(str::to_owned)
    }

    fn variant_name(&self, place: &Place, keyword: &str) -> String {
        let index = place.first().and_then(|own| own.rsplit('/').next()).unwrap_or_default().to_owned();
        let name = self.name_of(true, place).unwrap_or(index);
        format!("{keyword}[{}]", name.rsplit('/').next().unwrap_or(&name))
    }

    fn words(&self, is_base: bool, place: &Place) -> String {
        match self.name_of(is_base, place) {
            Some(name) => format!("`{}`", name.rsplit('/').next().unwrap_or(&name)),
            None => {
                let side = if is_base { self.base } else { self.revision };
                format!("a variant of type `{}`", side.form(place).types)
            }
        }
    }
}

/// A reason to take two variants for one.
type Rule<'r> = &'r dyn Fn(&Place, &Place) -> bool;

/// Returns choices without those that say what one before says, as a copy of a schema does.
fn said_once(side: &Side<'_>, choices: &[Choice]) -> Vec<Choice> {
    let root = &side.api.json;
    let is_same = |one: &Choice, other: &Choice| match (side.json(&one.pointer), side.json(&other.pointer)) {
        (Some(left), Some(right)) => one.is_exclusive == other.is_exclusive && same(root, left, root, right),
        _ => false,
    };
    let mut kept: Vec<Choice> = Vec::new();
    for choice in choices {
        if !kept.iter().any(|own| is_same(own, choice)) {
            kept.push(choice.clone());
        }
    }
    kept
}

/// Returns true if a choice only lists types.
fn lists_types(side: &Side<'_>, choice: &Choice) -> bool {
    choice.variants.iter().all(|variant| {
        let schema = variant.first().and_then(|pointer| side.json(pointer)).and_then(Value::as_object);
        schema.is_some_and(|own| own.len() == 1 && own.contains_key("type"))
    })
}

/// Returns true if a type is said, and nothing of properties or choices.
fn is_bare(form: &Form) -> bool {
    form.types != Types::ALL && form.properties.is_empty() && form.choices.is_empty()
}

fn is_scalar(types: Types) -> bool {
    types != Types::ALL && !types.meets(Types::OBJECT.or(Types::ARRAY))
}

const KEYWORDS: [&str; 6] = ["oneOf", "anyOf", "type", "enum", "const", "required"];

fn keyword(choice: &Choice) -> &'static str {
    if choice.is_exclusive { "oneOf" } else { "anyOf" }
}
