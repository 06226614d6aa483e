//! Types of Rust → what a text of the command line means.
//!
//! Knows which types are one text. Must not know flags.

use crate::plan::{Definition, EnumPlan, EnumValues, Plan, RustType};
use serde_json::Value;

/// The deepest nesting of names for one type that is followed.
const DEEPEST: usize = 8;

/// The meaning of a text of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the kind of its name")]
pub enum ArgumentKind {
    Text,
    Integer,
    Number,
    Boolean,
    Json,
    /// JSON, or a text.
    Any,
    File,
}

/// The values that the document lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The values, as they are typed.
    pub values: Vec<String>,
    /// True if there are others as well.
    pub is_open: bool,
}

/// The shape of a value on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: ArgumentKind,
    pub(super) is_repeated: bool,
    pub(super) is_nullable: bool,
    pub(super) choices: Choices,
}

impl Shape {
    fn plain(kind: ArgumentKind) -> Shape {
        Shape { kind, is_repeated: false, is_nullable: false, choices: Choices::default() }
    }
}

/// Returns the shape of a type.
pub(super) fn shape(plan: &Plan, ty: &RustType) -> Shape {
    shape_at(plan, ty, 0)
}

fn shape_at(plan: &Plan, ty: &RustType, depth: usize) -> Shape {
    let inside = |inner: &RustType| shape_at(plan, inner, depth + 1);
    match ty {
        _ if depth > DEEPEST => Shape::plain(ArgumentKind::Json),
        RustType::Bool => Shape::plain(ArgumentKind::Boolean),
        RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 => Shape::plain(ArgumentKind::Integer),
        RustType::F64 => Shape::plain(ArgumentKind::Number),
        RustType::String
        | RustType::DateTime
        | RustType::Date
        | RustType::Uuid
        | RustType::Ipv4
        | RustType::Ipv6
        | RustType::Base64 => Shape::plain(ArgumentKind::Text),
        RustType::File => Shape::plain(ArgumentKind::File),
        RustType::Json => Shape::plain(ArgumentKind::Any),
        RustType::Option(inner) | RustType::Field(inner) => Shape { is_nullable: true, ..inside(inner) },
        RustType::Box(inner) => inside(inner),
        RustType::Vec(item) => match inside(item) {
            // Items of a list in a list have no flag of their own, nor has null.
            item if item.is_repeated || item.is_nullable => {
                Shape { is_repeated: true, ..Shape::plain(ArgumentKind::Json) }
            }
            item => Shape { is_repeated: true, ..item },
        },
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Enum(listed) => of_enum(listed),
            Definition::Union(_) | Definition::Opaque(..) => Shape::plain(ArgumentKind::Any),
            Definition::Alias(inner) | Definition::Wrapper(inner) => inside(inner),
            Definition::Struct(_) => Shape::plain(ArgumentKind::Json),
        },
        RustType::Unit
        | RustType::Extra
        | RustType::Bytes
        | RustType::Tuple(_)
        | RustType::Map(_)
        | RustType::Local(_)
        | RustType::Stream(_) => Shape::plain(ArgumentKind::Json),
    }
}

/// Returns the shape of listed values.
fn of_enum(listed: &EnumPlan) -> Shape {
    let kind = match listed.values {
        EnumValues::Text | EnumValues::OpenText => ArgumentKind::Text,
        EnumValues::Integer => ArgumentKind::Integer,
        EnumValues::Any => ArgumentKind::Any,
    };
    let typed = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let values = listed.variants.iter().map(|variant| typed(&variant.wire)).collect();
    // A text that is also JSON can be typed in two ways.
    let is_open = matches!(listed.values, EnumValues::OpenText | EnumValues::Any);
    Shape { choices: Choices { values, is_open }, ..Shape::plain(kind) }
}
