//! Models: the types of Rust that schemas become.
//!
//! Knows what a model can be. Must not know how that is decided.

use crate::plan::{Engine, EnumPlan, ExtraPlan, RustType, StructPlan, TypeId, UnionPlan};
use serde_json::{Map, Value};
use spec_api::SchemaId;
use spec_contract::Side;
use spec_document::Location;

/// One model.
#[derive(Clone, Debug)]
pub struct TypePlan {
    /// Its name.
    pub name: String,
    /// Its words, without the marks of a comment.
    pub docs: Vec<String>,
    /// True if it should not be used any more.
    pub deprecated: bool,
    /// Where the document describes it.
    pub location: Location,
    /// The schema that it stands for.
    pub schema: SchemaId,
    /// The side whose messages say what must be there: that of requests, where they hold it; none where no
    /// message does.
    pub side: Option<Side>,
    /// Its definition.
    pub definition: Definition,
    /// Traits that it can have beyond those of every model.
    pub traits: Traits,
    /// Keywords of JSON Schema that the type itself does not say.
    pub assertions: Map<String, Value>,
    /// The module whose file it stands in, of [`Plan::groups`](crate::plan::Plan::groups); the first file
    /// where there is none.
    pub group: Option<usize>,
    /// Who prints it.
    pub engine: Engine,
    /// The place that it names, where it is no model: the schema there shares the model of another one.
    pub place: Option<PlacePlan>,
}

/// The names of a place whose schema shares the model of another one. They go on meaning something, however
/// many other places come or go.
#[derive(Clone, Debug, Default)]
pub struct PlacePlan {
    /// The name of the place for the model's builder, where it has one.
    pub builder: Option<String>,
}

impl TypePlan {
    /// Calls a function with each type that it holds.
    pub(in crate::plan) fn each_type(&mut self, f: &mut dyn FnMut(&mut RustType)) {
        match &mut self.definition {
            Definition::Struct(plan) => {
                plan.fields.iter_mut().for_each(|field| f(&mut field.ty));
                if let Some(ExtraPlan { ty: Some(ty), .. }) = &mut plan.extra {
                    f(ty);
                }
            }
            Definition::Union(plan) => plan.variants.iter_mut().for_each(|variant| f(&mut variant.ty)),
            Definition::Alias(ty) | Definition::Wrapper(ty) => f(ty),
            Definition::Opaque(_, models) => {
                for model in models {
                    let mut ty = RustType::Model(*model);
                    f(&mut ty);
                    if let RustType::Model(id) = ty {
                        *model = id;
                    }
                }
            }
            Definition::Enum(_) => {}
        }
    }

    /// Returns the name of its builder, where it has one.
    pub(in crate::plan) fn builder(&self) -> Option<&str> {
        match &self.definition {
            Definition::Struct(body) => Some(&body.builder),
            _ => None,
        }
    }

    /// Returns the types that a value of this model holds.
    pub(crate) fn held(&self) -> Vec<RustType> {
        let mut held = Vec::new();
        self.clone().each_type(&mut |ty| held.push(ty.clone()));
        if matches!(self.definition, Definition::Opaque(..)) {
            return vec![RustType::Json];
        }
        held
    }
}

/// Traits that depend on what a model holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// `Eq`: there is no floating-point number in it.
    pub eq: bool,
    /// `Hash`: nor a map.
    pub hash: bool,
    /// `Default`: nothing in it must be given.
    pub default: bool,
    /// Not a trait: whether the document asks for anything beyond the types.
    pub checked: bool,
}

/// The definition of a model.
#[derive(Clone, Debug)]
pub enum Definition {
    /// Named fields.
    Struct(StructPlan),
    /// Listed values, one for each variant, and whatever else may come.
    Enum(EnumPlan),
    /// Values of one of several types.
    Union(UnionPlan),
    /// Another name for a type.
    Alias(RustType),
    /// A type of its own around another, because an alias can't contain itself.
    Wrapper(RustType),
    /// Any JSON that a validator takes: the JSON Schema, and the models that it refers to.
    Opaque(Value, Vec<TypeId>),
}
