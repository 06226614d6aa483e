//! The fields of an answer, or of a body, by their names on the wire.
//!
//! Knows models, and how one leads to the next. Must not know what a field says of a page.

use super::{is_integer, is_scalar};
use crate::plan::{Definition, FieldPlan, OperationPlan, Payload, RustType, StructPlan, TypePlan};
use spec_api::MediaKind;
use std::fmt;

/// The way from an answer to one of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerPath {
    /// The type of the answer.
    pub root: RustType,
    /// The fields that lead there, from one model to the next; none where the whole answer is meant.
    pub steps: Vec<FieldStep>,
    /// The type of the value that is meant, without what says that it may be null, absent or boxed.
    pub ty: RustType,
}

/// One field on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldStep {
    /// Its name in Rust.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// Its type, presence included.
    pub ty: RustType,
}

impl AnswerPath {
    /// Says whether it is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self.ty, RustType::Vec(_))
    }

    /// Says whether it is a whole number.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        is_integer(&self.ty)
    }

    /// Says whether it is a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        is_integer(&self.ty) || self.ty == RustType::F64
    }

    /// Says whether it is a single value.
    #[must_use]
    pub fn is_scalar(&self) -> bool {
        is_scalar(&self.ty)
    }
}

impl fmt::Display for AnswerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.steps.iter().map(|step| step.wire.as_str()).collect();
        if names.is_empty() { f.write_str("the answer") } else { f.write_str(&names.join(".")) }
    }
}

/// Names of objects that stand in an answer beside its items, and say something of its page.
const ABOUT: [&str; 10] = [
    "meta",
    "metadata",
    "pagination",
    "paging",
    "pageinfo",
    "resultinfo",
    "page",
    "pages",
    "cursors",
    "links",
];

/// Names of lists that an answer has beside its items.
const BESIDE: [&str; 3] = ["errors", "warnings", "messages"];

/// An answer, or a body, whose fields are looked for.
pub(super) struct Answer<'p> {
    root: &'p RustType,
    types: &'p [TypePlan],
}

impl<'p> Answer<'p> {
    /// Returns the answer of success, if there is only one, and that is JSON.
    pub(super) fn of(plan: &'p OperationPlan, types: &'p [TypePlan]) -> Option<Self> {
        let mut bodies = plan.success.responses.iter().filter(|response| response.payload != Payload::Empty);
        match (bodies.next().map(|response| &response.payload), bodies.next()) {
            (Some(Payload::Json(root, _)), None) if plan.success.enumeration.is_none() => {
                Some(Answer { root, types })
            }
            _ => None,
        }
    }

    /// Returns the body of a request, if it has one form only, and that is JSON.
    pub(super) fn of_body(plan: &'p OperationPlan, types: &'p [TypePlan]) -> Option<Self> {
        match plan.body.as_ref()?.forms.as_slice() {
            [form] if form.kind == MediaKind::Json => Some(Answer { root: &form.ty, types }),
            _ => None,
        }
    }

    /// Returns a type without what says that it may be null, absent or boxed, and without other names.
    fn peeled<'t>(&self, ty: &'t RustType) -> &'t RustType
    where
        'p: 't,
    {
        let mut ty = ty;
        // A circle of names has no value.
        for _ in 0..=self.types.len() {
            ty = match ty {
                RustType::Option(inner) | RustType::Field(inner) | RustType::Box(inner) => inner,
                RustType::Model(id) => match &self.types[id.0].definition {
                    Definition::Alias(inner) => inner,
                    _ => return ty,
                },
                _ => return ty,
            };
        }
        ty
    }

    /// Returns the struct behind a type.
    fn object(&self, ty: &RustType) -> Option<&'p StructPlan> {
        match self.peeled(ty) {
            RustType::Model(id) => match &self.types[id.0].definition {
                Definition::Struct(plan) => Some(plan),
                _ => None,
            },
            _ => None,
        }
    }

    fn path(&self, fields: &[&FieldPlan]) -> AnswerPath {
        let step = |field: &&FieldPlan| FieldStep {
            name: field.name.clone(),
            wire: field.wire.clone(),
            ty: field.full_type(),
        };
        let last = fields.last().map_or(self.root, |field| &field.ty);
        let steps = fields.iter().map(step).collect();
        AnswerPath { root: self.root.clone(), steps, ty: self.peeled(last).clone() }
    }

    /// Follows names from one model to the next.
    pub(super) fn follow(&self, names: &[String]) -> Option<AnswerPath> {
        let (mut ty, mut fields) = (self.root, Vec::new());
        for name in names {
            let field = self.object(ty)?.fields.iter().find(|field| field.wire == *name)?;
            fields.push(field);
            ty = &field.ty;
        }
        Some(self.path(&fields))
    }

    /// Returns the only list of the answer: the answer itself, or a field of it.
    pub(super) fn only_list(&self) -> Option<AnswerPath> {
        let whole = self.path(&[]);
        if whole.is_list() {
            return Some(whole);
        }
        let fields = self.object(self.root)?.fields.iter();
        let mut lists = fields.map(|field| self.path(&[field])).filter(|path| {
            path.is_list() && !path.steps.iter().any(|step| BESIDE.contains(&plain(&step.wire).as_str()))
        });
        lists.next().filter(|_| lists.next().is_none())
    }

    /// Says whether the items of a list are models.
    pub(super) fn has_models(&self, list: &AnswerPath) -> bool {
        matches!(&list.ty, RustType::Vec(item) if matches!(self.peeled(item), RustType::Model(_)))
    }

    /// Returns a field with one of these names, in plain letters: of the answer, or of an object in it that
    /// is about pages.
    pub(super) fn find(&self, names: &[&str], fits: impl Fn(&AnswerPath) -> bool) -> Option<AnswerPath> {
        let top = self.object(self.root)?;
        let mut objects: Vec<(Option<&FieldPlan>, &StructPlan)> = vec![(None, top)];
        for field in top.fields.iter().filter(|field| ABOUT.contains(&plain(&field.wire).as_str())) {
            objects.extend(self.object(&field.ty).map(|object| (Some(field), object)));
        }
        for (within, object) in objects {
            for name in names {
                let fields = object.fields.iter().filter(|field| plain(&field.wire) == *name);
                let paths = fields.map(|field| self.path(&Vec::from_iter(within.into_iter().chain([field]))));
                if let Some(found) = paths.into_iter().find(|path| fits(path)) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Returns the model that a path leads to a field of, and the field.
    pub(super) fn field(&self, path: &AnswerPath) -> Option<&'p FieldPlan> {
        let (mut ty, mut found) = (self.root, None);
        for step in &path.steps {
            let field = self.object(ty)?.fields.iter().find(|field| field.wire == step.wire)?;
            (ty, found) = (&field.ty, Some(field));
        }
        found
    }
}

/// Returns a name in plain letters: `nextPageToken` and `next_page_token` are one.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}
