//! The models of a plan by what they are: their names aside, and the order in which they stand.
//!
//! Knows plans. Must not know which schemas share a model.

use serde_json::{Map, Value};
use spec_codegen::plan::{Definition, Plan, Presence, RustType, TypePlan};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Returns the models of a plan, each kind of them with the names that it has. Other names of types are none.
pub fn kinds(plan: &Plan) -> BTreeMap<u64, Vec<String>> {
    let models: Vec<&TypePlan> =
        plan.types.iter().filter(|ty| !matches!(ty.definition, Definition::Alias(_))).collect();
    let mut held = Vec::new();
    let mut known: HashMap<&str, u64> = HashMap::new();
    for ty in &models {
        let mut names = Vec::new();
        known.insert(&ty.name, hash(&shape(plan, ty, &mut names)));
        held.push(names);
    }
    // What a model is made of tells it from others, however deep that is.
    let mut count = 0;
    loop {
        let distinct = known.values().collect::<HashSet<_>>().len();
        if distinct == count {
            break;
        }
        count = distinct;
        known = models
            .iter()
            .zip(&held)
            .map(|(ty, held)| {
                let parts: Vec<u64> = held.iter().map(|name| known[name.as_str()]).collect();
                (ty.name.as_str(), hash(&(known[ty.name.as_str()], parts)))
            })
            .collect();
    }
    let mut kinds: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for ty in models {
        kinds.entry(known[ty.name.as_str()]).or_default().push(ty.name.clone());
    }
    kinds
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Says what a model is; the models in it go to `held`.
fn shape(plan: &Plan, ty: &TypePlan, held: &mut Vec<String>) -> String {
    let own = match &ty.definition {
        Definition::Struct(body) => {
            let mut fields: Vec<_> = body.fields.iter().collect();
            fields.sort_by_key(|field| &field.wire);
            let mut text = "struct".to_owned();
            for field in fields {
                let ty = type_text(plan, &field.ty, held);
                // JSON has a null of its own, or one beside it where it has a name.
                let presence = match field.presence {
                    Presence::RequiredNullable if ty == "Json" => Presence::Required,
                    Presence::OptionalNullable if ty == "Json" => Presence::Optional,
                    presence => presence,
                };
                let said = (&field.wire, presence, &field.default, &field.constant);
                let ways = (field.asked, field.read_only, field.write_only);
                text += &format!(" {said:?} {ways:?} {ty}");
                text += &asked(&field.assertions);
            }
            match &body.extra {
                Some(extra) => {
                    let values = extra.ty.as_ref().map(|ty| type_text(plan, ty, held));
                    format!("{text} extra {values:?}{}", asked(&extra.assertions))
                }
                None => text,
            }
        }
        Definition::Enum(body) => {
            let values: Vec<&Value> = body.variants.iter().map(|variant| &variant.wire).collect();
            format!("enum {:?} {values:?}", body.values)
        }
        Definition::Union(union) => {
            let variant = |own: &spec_codegen::plan::UnionVariant| {
                format!("{}{}", type_text(plan, &own.ty, held), asked(&own.assertions))
            };
            let variants: Vec<String> = union.variants.iter().map(variant).collect();
            format!("union {} {:?} {variants:?}", union.exclusive, union.decoding)
        }
        Definition::Wrapper(ty) | Definition::Alias(ty) => format!("wrapper {}", type_text(plan, ty, held)),
        // References in it are written out, or are not.
        Definition::Opaque(..) => return "opaque".to_owned(),
    };
    own + &asked(&ty.assertions)
}

/// Says which keywords are asserted, and of what is no schema itself, what they say.
fn asked(assertions: &Map<String, Value>) -> String {
    let mut said: Vec<String> = assertions
        .iter()
        .map(|(keyword, value)| match value {
            Value::Object(_) | Value::Array(_) => keyword.clone(),
            plain => format!("{keyword}: {plain}"),
        })
        .collect();
    said.sort();
    format!(" {said:?}")
}

/// Says what a type is, boxes and other names aside.
fn type_text(plan: &Plan, ty: &RustType, held: &mut Vec<String>) -> String {
    let mut inner = |ty: &RustType| type_text(plan, ty, held);
    match ty {
        RustType::Vec(ty) => format!("[{}]", inner(ty)),
        RustType::Map(ty) => format!("{{{}}}", inner(ty)),
        RustType::Option(ty) => format!("option {}", inner(ty)),
        RustType::Field(ty) => format!("field {}", inner(ty)),
        RustType::Box(ty) => inner(ty),
        RustType::Tuple(items) => format!("{:?}", items.iter().map(inner).collect::<Vec<_>>()),
        RustType::Model(id) => match plan.type_plan(*id) {
            TypePlan { definition: Definition::Alias(ty), .. } => inner(ty),
            model => {
                held.push(model.name.clone());
                "model".to_owned()
            }
        },
        other => format!("{other:?}"),
    }
}
