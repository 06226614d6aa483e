//! One schema object: how what its keywords say goes together.
//!
//! Knows which kind of values a schema has, as far as it says so itself. Must not know what the schemas say
//! that it refers to, but for the variants of a union.

use super::null::Null;
use super::passes::all_of::AllOf;
use super::{SchemaReader, annotations, assertions, keywords, structure, table, union, untyped};
use crate::SchemaId;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Kind, Schema};
use crate::references::identity::is_metaschema;
use crate::references::uri::is_uri;
use crate::specification::Release;
use spec_document::{Code, Diagnostic, Document, Pointer};

/// A schema that is being read.
pub(super) struct Draft<'a> {
    pub(super) id: SchemaId,
    pub(super) at: Cursor<'a>,
    pub(super) schema: Schema,
    pub(super) null: Null,
}

/// The list of an `allOf`, `anyOf` or `oneOf`.
pub(super) struct List<'a> {
    pub(super) keyword: &'static str,
    pub(super) at: Cursor<'a>,
    pub(super) members: Vec<SchemaId>,
}

/// Reads the schema at a cursor into the table.
///
/// Reads a schema. What is written inside of it is read inside of this call, so that what it keeps on the
/// stack counts as often as a document is deep.
pub(super) fn read<'a>(reader: &mut SchemaReader<'a>, input: &mut Input<'a>, id: SchemaId, at: Cursor<'a>) {
    let mut draft = begin(input, id, at);
    if let Some(allowed) = draft.at.node.as_bool() {
        draft.schema.kind = if allowed { Kind::Any } else { Kind::Never };
        draft.null = Null::of_boolean(allowed);
    } else if input.expect_object(&draft.at).is_some() {
        read_object(reader, input, &mut draft);
    }
    end(reader, draft);
}

fn end(reader: &mut SchemaReader<'_>, draft: Draft<'_>) {
    reader.table.set(draft.id, draft.schema, draft.null);
}

fn begin<'a>(input: &Input<'a>, id: SchemaId, at: Cursor<'a>) -> Draft<'a> {
    let mut schema = table::blank(input.location(&at.pointer));
    schema.component = component_name(&at.pointer);
    schema.file_name = file_name(input.document, &at.pointer);
    Draft { id, at, schema, null: Null::Unsaid }
}

fn read_object<'a>(reader: &mut SchemaReader<'a>, input: &mut Input<'a>, draft: &mut Draft<'a>) {
    let target = read_reference(reader, input, &draft.at);
    if let (Some(target), Release::V3_0) = (target, input.release) {
        // OpenAPI 3.0.3, 4.7.23: what stands beside `$ref` is ignored.
        warn_of_nullable(input, &draft.at);
        draft.schema.kind = Kind::Reference(target);
        return;
    }
    keywords::check(input, &draft.at);
    annotations::read(reader, input, draft);
    assertions::read(reader, input, draft);
    read_kind(reader, input, draft, target);
}

/// Reads `$ref`; none where there is none, or where it leads nowhere.
fn read_reference<'a>(
    reader: &mut SchemaReader<'a>,
    input: &mut Input<'a>,
    at: &Cursor<'a>,
) -> Option<SchemaId> {
    let reference = at.child("$ref")?;
    let text = reference.node.as_str();
    if text.is_some_and(is_metaschema) {
        return None;
    }
    let Some(target) = input.schema_target(&reference) else {
        input.corrections.remove(reference.pointer);
        return None;
    };
    // Names of components may have what no URI can have as it is.
    if !text.is_some_and(is_uri) {
        input.corrections.replace(reference.pointer, target.pointer.to_fragment());
    }
    Some(reader.refer(input, target))
}

fn warn_of_nullable<'a>(input: &mut Input<'a>, at: &Cursor<'a>) {
    if let Some(nullable) = at.child("nullable").filter(|own| own.node.as_bool() == Some(true)) {
        let help =
            "write `allOf: [{$ref: …}]` beside `nullable: true`, or say it in the schema that is referred to";
        let message = "OpenAPI 3.0 ignores what stands beside `$ref`, so null is not allowed";
        input.warn_once(Code::UnknownField, input.location(&nullable.pointer).key(), message, help);
    }
}

/// Reads the kind of a schema; `target` is what its `$ref` leads to.
fn read_kind<'a>(
    reader: &mut SchemaReader<'a>,
    input: &mut Input<'a>,
    draft: &mut Draft<'a>,
    target: Option<SchemaId>,
) {
    let structure = structure::read(reader, input, draft);
    let is_declared = draft.null == Null::Declared;
    let parts = read_list(reader, input, &draft.at, "allOf");
    let mut unions = Vec::new();
    for keyword in ["oneOf", "anyOf"] {
        unions.extend(read_list(reader, input, &draft.at, keyword));
    }
    match (target, unions.as_slice(), parts) {
        (Some(target), [], None) if structure == Kind::Any && draft.schema.assertions.is_empty() => {
            draft.schema.kind = Kind::Reference(target);
        }
        (None, [], None) => draft.schema.kind = structure,
        (target, [], parts) => {
            draft.schema.kind = structure;
            let parts = target.into_iter().chain(parts.into_iter().flat_map(|list| list.members)).collect();
            reader.pending.all_of.insert(draft.id, AllOf { parts, is_nullable: is_declared });
        }
        (None, [list], None) => union::read(reader, input, draft, list, structure),
        _ => {
            for list in &unions {
                untyped::spare(&mut reader.spared, &reader.table, &list.members);
            }
            draft.schema.kind = Kind::Opaque;
        }
    }
    let is_metaschema =
        draft.at.child("$ref").is_some_and(|reference| reference.node.as_str().is_some_and(is_metaschema));
    if is_metaschema || draft.at.child("$dynamicRef").is_some() {
        // What can't be looked into here is left to validators.
        reader.pending.all_of.shift_remove(&draft.id);
        draft.schema.kind = Kind::Opaque;
    }
}

/// Reads the schemas of an `allOf`, `anyOf` or `oneOf`.
fn read_list<'a>(
    reader: &mut SchemaReader<'a>,
    input: &mut Input<'a>,
    at: &Cursor<'a>,
    keyword: &'static str,
) -> Option<List<'a>> {
    let at = at.child(keyword)?;
    let listed = input.array(&at);
    if at.node.as_array().is_some_and(<[_]>::is_empty) {
        let location = input.location(&at.pointer);
        input.push(
            Diagnostic::error(Code::InvalidValue, location, "this list must not be empty")
                .help("list a schema, or remove the keyword"),
        );
    }
    let mut members = Vec::with_capacity(listed.len());
    for member in listed {
        members.push(reader.read(input, member));
    }
    Some(List { keyword, at, members })
}

fn component_name(pointer: &Pointer) -> Option<String> {
    let mut tokens = pointer.tokens();
    let prefix = (tokens.next()?, tokens.next()?);
    let name = tokens.next()?;
    (prefix.0 == "components" && prefix.1 == "schemas" && tokens.next().is_none()).then(|| name.into_owned())
}

/// Returns what another file calls a schema: the last word of its pointer where that is a name, or for a
/// whole file its name without the ending.
fn file_name(document: &Document, pointer: &Pointer) -> Option<String> {
    let (root, inner) = document.file_around(pointer)?;
    let Some(last) = inner.last() else {
        let name = root.last()?;
        let file = name.rsplit('/').next()?;
        return Some(file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(file).to_owned());
    };
    let parent = inner.parent()?;
    let is_name = parent.last().is_none_or(|word| ["schemas", "$defs", "definitions"].contains(&&*word));
    is_name.then(|| last.into_owned())
}
