//! The commands of a command-line program: what each is called, and what it takes.
//!
//! Knows which value of a request has a flag of its own. Must not know how a command line is read.

mod kinds;
mod names;
mod schemas;
mod tools;

use super::{BodyPlan, Definition, OperationPlan, ParameterPlan, Plan, RustType, StructPlan};
use crate::settings::ApiSettings;
pub use kinds::{ArgumentKind, Choices};
use kinds::{Shape, shape};
use names::{Flags, Names};
use serde_json::Value;
use spec_api::{Api, MediaKind, Operation, ParameterIn};
use std::collections::HashMap;
pub use tools::ToolPlan;

/// A command-line program.
#[derive(Clone, Debug)]
pub struct ProgramPlan {
    /// Its name, as it is typed.
    pub name: String,
    /// Its groups of commands: the name of each, and what the document says of its tag.
    pub groups: Vec<(String, String)>,
    /// A command for each operation, in the same order.
    pub commands: Vec<CommandPlan>,
    /// The schemas that those of tools refer to, by name; none where commands are no tools.
    pub definitions: Vec<(String, Value)>,
}

/// The command of an operation.
#[derive(Clone, Debug)]
pub struct CommandPlan {
    /// The group that it is in.
    pub group: Option<String>,
    /// Its name in the group.
    pub name: String,
    /// Its parameters, in the order of the operation.
    pub parameters: Vec<ArgumentPlan>,
    /// The members of the body that have flags of their own.
    pub fields: Vec<ArgumentPlan>,
    /// The number of the form that has these members.
    pub form: Option<usize>,
    /// The same as a tool of the Model Context Protocol, where that is wanted.
    pub tool: Option<ToolPlan>,
}

/// A value that a command line can give.
#[derive(Clone, Debug)]
pub struct ArgumentPlan {
    /// Its flag, without hyphens; of a value in the path, only its name.
    pub flag: String,
    /// Its name on the wire.
    pub wire: String,
    /// The place of a parameter; none of a member of the body.
    pub place: Option<ParameterIn>,
    /// The meaning of a text of the command line.
    pub kind: ArgumentKind,
    /// True if each text is one item of a list.
    pub is_repeated: bool,
    /// True if it must be given.
    pub is_required: bool,
    /// True if it can be null.
    pub is_nullable: bool,
    /// True if it should not be used any more.
    pub is_deprecated: bool,
    /// Its words.
    pub docs: Vec<String>,
    /// The values that the document lists.
    pub choices: Choices,
    /// The value that holds where it is left out.
    pub default: Option<String>,
}

/// Plans the program of an API, where the settings ask for one.
pub(super) fn plan_program(api: &Api, settings: &ApiSettings, plan: &Plan) -> Option<ProgramPlan> {
    settings.folders.cli.as_ref()?;
    let name = settings.program_name().to_owned();
    let mut declared: HashMap<&str, &Operation> = HashMap::new();
    for operation in &api.operations {
        declared.entry(&operation.id).or_insert(operation);
    }
    let first_tag = |own: &OperationPlan| declared.get(own.id.as_str())?.tags.first().map(String::as_str);
    let tags: Vec<Option<&str>> = plan.operations.iter().map(first_tag).collect();
    let ids: Vec<&str> = plan.operations.iter().map(|own| own.id.as_str()).collect();
    let names = Names::new(&name, &tags, &ids);
    let mut tag_of: HashMap<&str, &str> = HashMap::new();
    for (tag, (group, _)) in tags.iter().zip(&names.commands) {
        if let (Some(tag), Some(group)) = (tag, group) {
            tag_of.entry(group).or_insert(tag);
        }
    }
    let about = |group: &String| {
        let tag = tag_of.get(group.as_str()).copied().unwrap_or_default();
        let declared = api.tags.iter().find(|own| own.name == tag);
        let words = declared.and_then(|own| own.description.as_deref()).unwrap_or_default();
        words.trim().lines().next().unwrap_or_default().to_owned()
    };
    let groups: Vec<(String, String)> =
        names.groups.iter().map(|group| (group.clone(), about(group))).collect();
    let commands = plan.operations.iter().zip(names.commands);
    let commands = commands.map(|(operation, (group, name))| plan_command(plan, operation, group, name));
    let mut program = ProgramPlan { name, groups, commands: commands.collect(), definitions: Vec::new() };
    if settings.mcp {
        tools::plan_tools(api, &declared, plan, &mut program);
    }
    Some(program)
}

/// Plans the command of an operation.
fn plan_command(plan: &Plan, operation: &OperationPlan, group: Option<String>, name: String) -> CommandPlan {
    let mut flags = Flags::new();
    let parameters =
        operation.parameters.iter().map(|parameter| plan_parameter(plan, parameter, &mut flags)).collect();
    let (form, members) = match operation.body.as_ref().and_then(|body| form_with_members(plan, body)) {
        Some((form, members)) => (Some(form), Some(members)),
        None => (None, None),
    };
    let fields = members.map(|members| plan_fields(plan, members, &mut flags)).unwrap_or_default();
    let form = form.filter(|_| !fields.is_empty());
    CommandPlan { group, name, parameters, form, fields, tool: None }
}

/// Plans the argument of a parameter.
fn plan_parameter(plan: &Plan, parameter: &ParameterPlan, flags: &mut Flags) -> ArgumentPlan {
    let Shape { kind, is_repeated, choices, .. } = shape(plan, &parameter.ty);
    // The text of JSON in a parameter is one text.
    let is_json = parameter.is_json && kind != ArgumentKind::Text;
    let (kind, is_repeated) = if is_json { (ArgumentKind::Json, false) } else { (kind, is_repeated) };
    // A value in the path stands alone, a list like any other: as JSON.
    let is_listed = is_repeated && parameter.place == ParameterIn::Path;
    ArgumentPlan {
        flag: flags.claim(&parameter.wire, names::place_word(Some(parameter.place))),
        wire: parameter.wire.clone(),
        place: Some(parameter.place),
        kind: if is_listed { ArgumentKind::Json } else { kind },
        is_repeated: is_repeated && !is_listed,
        is_required: parameter.required,
        is_nullable: false,
        is_deprecated: parameter.deprecated,
        docs: parameter.docs.clone(),
        choices: if is_json || is_listed { Choices::default() } else { choices },
        // A list that is empty is no item of one.
        default: parameter.default.as_ref().filter(|value| !value.is_array()).map(text_of),
    }
}

/// Returns the first form of a body that is an object with members that are named, and its number.
fn form_with_members<'p>(plan: &'p Plan, body: &BodyPlan) -> Option<(usize, &'p StructPlan)> {
    body.forms.iter().enumerate().find_map(|(number, form)| {
        let is_object = matches!(form.kind, MediaKind::Json | MediaKind::Form | MediaKind::Multipart);
        Some((number, members(plan, &form.ty, 0).filter(|_| is_object)?))
    })
}

/// Returns the members of a type, if it is an object.
fn members<'p>(plan: &'p Plan, ty: &RustType, depth: usize) -> Option<&'p StructPlan> {
    const DEEPEST: usize = 8;
    match ty {
        _ if depth > DEEPEST => None,
        RustType::Option(inner) | RustType::Box(inner) => members(plan, inner, depth + 1),
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Struct(found) => Some(found),
            Definition::Alias(inner) | Definition::Wrapper(inner) => members(plan, inner, depth + 1),
            Definition::Enum(_) | Definition::Union(_) | Definition::Opaque(..) => None,
        },
        _ => None,
    }
}

/// Plans the arguments of members; what only answers have is left out.
fn plan_fields(plan: &Plan, members: &StructPlan, flags: &mut Flags) -> Vec<ArgumentPlan> {
    let fields = members.fields.iter().filter(|field| !field.read_only);
    let plan_field = |field: &super::FieldPlan| {
        let Shape { kind, is_repeated, is_nullable, choices } = shape(plan, &field.ty);
        ArgumentPlan {
            flag: flags.claim(&field.wire, names::place_word(None)),
            wire: field.wire.clone(),
            place: None,
            kind,
            is_repeated,
            is_required: field.is_required() || field.asked,
            is_nullable: is_nullable || field.is_nullable(),
            is_deprecated: field.deprecated,
            docs: field.docs.clone(),
            choices,
            // The words of a field have it.
            default: None,
        }
    };
    fields.map(plan_field).collect()
}

/// Returns a value as it is typed.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
