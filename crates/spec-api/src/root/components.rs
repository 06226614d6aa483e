//! Components (OpenAPI 3.1, 4.8.7): the schemas that a document gives a name.
//!
//! Must not know who refers to one.

use crate::SchemaId;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::schema::SchemaReader;
use crate::specification;
use indexmap::IndexMap;
use spec_document::{Code, Diagnostic};

/// Reads the schemas of `components`, by name.
pub(crate) fn read<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    root: &Cursor<'a>,
) -> IndexMap<String, SchemaId> {
    let mut components = IndexMap::new();
    let Some(declared) = input.member(root, "components") else { return components };
    if input.expect_object(&declared).is_none() {
        return components;
    }
    input.check_fields(&declared, &specification::COMPONENTS);
    check_names(input, &declared);
    for (name, schema) in input.members_of(&declared, "schemas") {
        let id = schemas.read(input, schema);
        // Also where all of them stand elsewhere.
        schemas.table[id].component.get_or_insert_with(|| name.to_owned());
        components.insert(name.to_owned(), id);
    }
    components
}

/// Warns of names that components must not have (OpenAPI 3.1, 4.8.7), once for all of them.
fn check_names<'a>(input: &mut Input<'a>, components: &Cursor<'a>) {
    let is_name =
        |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    let sections = components.members().into_iter().filter(|(section, _)| !section.starts_with("x-"));
    let names = sections.flat_map(|(_, section)| section.members()).filter(|(name, _)| !is_name(name));
    let wrong: Vec<(&str, Cursor<'a>)> = names.collect();
    let Some((name, first)) = wrong.first() else { return };
    let others = match wrong.len() - 1 {
        0 => String::new(),
        1 => ", and so has one other".to_owned(),
        more => format!(", and so have {more} others"),
    };
    let message =
        format!("the name {name:?} has more than letters, digits, `.`, `-` and `_` of ASCII{others}");
    let help = "give it another name: other tools may not find it, and references have to percent-encode it";
    let location = input.location(&first.pointer).key();
    input.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
}
