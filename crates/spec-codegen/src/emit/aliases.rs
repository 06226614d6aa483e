//! Types with what their aliases stand for in their place.

use crate::plan::{Definition, Plan, RustType};

/// Returns whether a type is only another name for one.
pub(crate) fn is_alias(plan: &Plan, ty: &RustType) -> bool {
    matches!(ty, RustType::Model(id) if matches!(plan.type_plan(*id).definition, Definition::Alias(_)))
}

/// Returns a type with what its aliases stand for in their place.
pub(crate) fn without_aliases(plan: &Plan, ty: &RustType) -> RustType {
    let inner = |inner: &RustType| Box::new(without_aliases(plan, inner));
    match ty {
        RustType::Vec(own) => RustType::Vec(inner(own)),
        RustType::Map(own) => RustType::Map(inner(own)),
        RustType::Option(own) => RustType::Option(inner(own)),
        RustType::Field(own) => RustType::Field(inner(own)),
        RustType::Box(own) => RustType::Box(inner(own)),
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Alias(own) => without_aliases(plan, own),
            _ => ty.clone(),
        },
        _ => ty.clone(),
    }
}

/// Returns a type without aliases and boxes, wherever they stand in it.
pub(crate) fn without_aliases_or_boxes(plan: &Plan, ty: &RustType) -> RustType {
    match ty {
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Alias(target) => without_aliases_or_boxes(plan, target),
            _ => ty.clone(),
        },
        RustType::Box(inner) => without_aliases_or_boxes(plan, inner),
        RustType::Vec(inner) => RustType::Vec(Box::new(without_aliases_or_boxes(plan, inner))),
        RustType::Tuple(items) => {
            RustType::Tuple(items.iter().map(|item| without_aliases_or_boxes(plan, item)).collect())
        }
        RustType::Map(inner) => RustType::Map(Box::new(without_aliases_or_boxes(plan, inner))),
        RustType::Option(inner) => RustType::Option(Box::new(without_aliases_or_boxes(plan, inner))),
        other => other.clone(),
    }
}

/// Returns the type that an alias stands for, or the type itself.
pub(crate) fn behind_aliases<'a>(plan: &'a Plan, mut ty: &'a RustType) -> &'a RustType {
    while let RustType::Model(id) = ty
        && let Definition::Alias(target) = &plan.type_plan(*id).definition
    {
        ty = target;
    }
    ty
}
