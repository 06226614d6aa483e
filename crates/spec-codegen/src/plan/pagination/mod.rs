//! Pagination: through which operations a client pages, and how.
//!
//! Knows what is declared and what is guessed, and which parameters and fields of models carry it. Must not
//! know how a page is fetched.

mod answer;
mod infer;

pub use answer::{AnswerPath, FieldStep};

use super::{BodyPlan, OperationPlan, ParameterPlan, RustType, TypePlan};
use crate::settings::ApiSettings;
use answer::Answer;
use serde_json::Value;
use spec_api::{
    AnswerPlace, Api, Operation, PageInput, PageOutput, PageStyle, Pagination, ParameterIn, RequestPlace,
};
use spec_document::{Code, Diagnostic, Diagnostics, Location};

/// The way in which a client pages through the list of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaginationPlan {
    /// The way in which the next page is asked for; never [`PageStyle::Single`].
    pub style: PageStyle,
    /// The arguments that say which page is asked for.
    pub inputs: PageInputs,
    /// The fields and headers that say something of it, and of the next one.
    pub outputs: PageOutputs,
    /// The declaration; of a guess, the names that it was made from.
    pub reason: String,
    /// True if nothing declares it.
    pub is_inferred: bool,
}

/// The arguments of a request that say which page it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageInputs {
    /// The argument for the page: its number, offset or cursor; none where a URL asks for it.
    pub position: Option<PageArgument>,
    /// The largest number of items of a page.
    pub limit: Option<PageArgument>,
    /// The number of the first page, where the document says it.
    pub first: Option<i64>,
}

/// An argument of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageArgument {
    /// A parameter: its position among [`OperationPlan::parameters`].
    Parameter(usize),
    /// A field of the body.
    Body(AnswerPath),
}

/// The parts of an answer that say something of its page, and of the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOutputs {
    /// The items: a list.
    pub items: AnswerPath,
    /// The cursor, or the URL, of the next page.
    pub next: Option<NextPlan>,
    /// The number of the page.
    pub page: Option<AnswerPath>,
    /// The number of pages.
    pub total_pages: Option<AnswerPath>,
    /// The number of items.
    pub total_items: Option<AnswerPath>,
    /// True if there are more items.
    pub has_more: Option<AnswerPath>,
}

/// The part of an answer that leads to the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextPlan {
    /// A field.
    Field(AnswerPath),
    /// A header; of `Link` (RFC 8288) the target whose relation is `next`.
    Header(String),
}

/// Plans through which operations a client pages. What can't be followed is a warning, and what was guessed a
/// note.
pub(super) fn plan_pagination(
    api: &Api,
    settings: &ApiSettings,
    operations: &mut [OperationPlan],
    types: &[TypePlan],
    diagnostics: &mut Diagnostics,
) {
    report_unknown(settings, operations, diagnostics);
    let mut guessed: Vec<(Location, String)> = Vec::new();
    for (plan, operation) in operations.iter_mut().zip(&api.operations) {
        let said = settings.pagination.operations.iter().find(|(id, _)| *id == operation.id);
        let declared = said.map(|(_, own)| own).or(operation.pagination.as_ref());
        plan.pagination = match declared {
            Some(declared) => followed(declared, plan, operation, types, diagnostics),
            None if settings.pagination.guess => {
                let found = infer::infer(plan, types);
                if let Some(found) = &found {
                    guessed.push((plan.location.clone().key(), format!("`{}` ({})", plan.id, found.reason)));
                }
                found
            }
            None => None,
        };
    }
    diagnostics.extend(note(&guessed));
}

/// Notes what was guessed.
fn note(guessed: &[(Location, String)]) -> Option<Diagnostic> {
    const SHOWN: usize = 8;
    let (first, _) = guessed.first()?;
    let shown: Vec<&str> = guessed.iter().take(SHOWN).map(|(_, text)| text.as_str()).collect();
    let more = match guessed.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (noun, verb) =
        if guessed.len() == 1 { ("this operation", "gives") } else { ("these operations", "give") };
    let message = format!("{noun} {verb} a list in pages, by its looks: {}{more}", shown.join(", "));
    let help = "where that is wrong, set `pagination.ID = false`; where the document declares it, \
                nothing is guessed";
    Some(Diagnostic::note(Code::PaginationInferred, first.clone(), message).help(help))
}

/// Reports settings for operations that the document does not have.
fn report_unknown(settings: &ApiSettings, operations: &[OperationPlan], diagnostics: &mut Diagnostics) {
    for (id, said) in &settings.pagination.operations {
        if !operations.iter().any(|operation| operation.id == *id) {
            let message = format!("the document has no operation `{id}`");
            let help = "write its `operationId`, or remove the setting";
            diagnostics
                .push(Diagnostic::error(Code::InvalidSetting, said.location.clone(), message).help(help));
        }
    }
}

/// Plans what is declared; warns of what can't be followed.
fn followed(
    declared: &Pagination,
    plan: &OperationPlan,
    operation: &Operation,
    types: &[TypePlan],
    diagnostics: &mut Diagnostics,
) -> Option<PaginationPlan> {
    if declared.style == PageStyle::Single {
        return None;
    }
    match follow(declared, plan, operation, types) {
        Ok(found) => Some(found),
        Err((fault, help)) => {
            let message =
                format!("{} of `{}` can't be followed: {fault}", declared.declared_by, operation.id);
            let location = declared.location.clone();
            diagnostics.push(Diagnostic::warning(Code::PaginationIgnored, location, message).help(help));
            None
        }
    }
}

/// A fault, and what to do about it.
type Fault = (String, String);

fn follow(
    declared: &Pagination,
    plan: &OperationPlan,
    operation: &Operation,
    types: &[TypePlan],
) -> Result<PaginationPlan, Fault> {
    if plan.body.as_ref().is_some_and(BodyPlan::streams) {
        let help = "set `pagination.ID = false`, and ask for one page after the other".to_owned();
        return Err(("its body is a stream, which can't be sent for each page".to_owned(), help));
    }
    let answer = Answer::of(plan, types).ok_or_else(|| {
        let help = "page through operations that answer with one body of JSON".to_owned();
        ("it has no single answer of JSON".to_owned(), help)
    })?;
    let outputs = Declared { declared, answer }.outputs()?;
    let argument = |wanted: PageInput| match declared.inputs.iter().find(|(own, _)| *own == wanted) {
        Some((_, place)) => find_argument(place, plan, types).map(Some),
        None => Ok(None),
    };
    let position = match declared.style {
        PageStyle::Page => argument(PageInput::Page)?,
        PageStyle::Offset => argument(PageInput::Offset)?,
        PageStyle::Cursor => argument(PageInput::Cursor)?,
        PageStyle::Url | PageStyle::Single => None,
    };
    let needs_position = !matches!(declared.style, PageStyle::Url | PageStyle::Single);
    let misses_next = matches!(declared.style, PageStyle::Cursor | PageStyle::Url) && outputs.next.is_none();
    if (needs_position && position.is_none()) || misses_next {
        let missing = if misses_next { "where the next page is" } else { "how it is asked for" };
        return Err((format!("it does not say {missing}"), "add what is missing".to_owned()));
    }
    if let (PageStyle::Page | PageStyle::Offset, Some(position)) = (declared.style, &position) {
        let (name, ty) = match position {
            PageArgument::Parameter(index) => {
                (plan.parameters[*index].wire.clone(), plan.parameters[*index].ty.clone())
            }
            PageArgument::Body(path) => (path.to_string(), path.ty.clone()),
        };
        if !is_integer(&ty) {
            let help = "give it the type `integer`, or page by a cursor".to_owned();
            return Err((format!("`{name}` takes no whole numbers"), help));
        }
    }
    let is_numbered = declared.style == PageStyle::Page;
    let first = declared.first.or_else(|| first_page(operation, plan, &position)).filter(|_| is_numbered);
    if is_numbered && first.is_none() && outputs.page.is_none() {
        let fault = "nothing says whether pages are counted from 0 or from 1".to_owned();
        let help = "give the parameter a `default`, or say it in the settings: `first = 1`".to_owned();
        return Err((fault, help));
    }
    Ok(PaginationPlan {
        style: declared.style,
        inputs: PageInputs { first, position, limit: argument(PageInput::Limit)? },
        outputs,
        reason: declared.declared_by.to_owned(),
        is_inferred: false,
    })
}

/// A declaration of an operation, beside its answer.
struct Declared<'d> {
    declared: &'d Pagination,
    answer: Answer<'d>,
}

impl Declared<'_> {
    /// Returns what an answer says of its page.
    fn outputs(&self) -> Result<PageOutputs, Fault> {
        let items = match self.field(PageOutput::Items)? {
            Some(items) if items.is_list() => items,
            Some(items) => {
                return Err((format!("`{items}` is no list"), "name a list of the answer".to_owned()));
            }
            None => self.answer.only_list().ok_or_else(|| {
                let fault = "it is not clear which list of the answer has the items".to_owned();
                (fault, "say it, too".to_owned())
            })?,
        };
        let next = match self.place(PageOutput::Next) {
            Some(AnswerPlace::Header(name)) => Some(NextPlan::Header(name.clone())),
            _ => self.field(PageOutput::Next)?.map(NextPlan::Field),
        };
        if matches!(&next, Some(NextPlan::Field(path)) if !path.is_scalar()) {
            let help = "name a text or a number".to_owned();
            return Err(("what says where the next page is, is no single value".to_owned(), help));
        }
        let page = match self.number(PageOutput::Page)? {
            None if self.declared.style == PageStyle::Page => {
                self.answer.find(infer::PAGES, AnswerPath::is_integer)
            }
            page => page,
        };
        let has_more = self.field(PageOutput::HasMore)?;
        if let Some(path) = has_more.as_ref().filter(|path| path.ty != RustType::Bool) {
            let help = "name a boolean of the answer".to_owned();
            return Err((format!("`{path}` is neither true nor false"), help));
        }
        let (total_pages, total_items) =
            (self.number(PageOutput::TotalPages)?, self.number(PageOutput::TotalItems)?);
        Ok(PageOutputs { items, next, page, total_pages, total_items, has_more })
    }

    fn place(&self, wanted: PageOutput) -> Option<&AnswerPlace> {
        self.declared.outputs.iter().find(|(own, _)| *own == wanted).map(|(_, place)| place)
    }

    fn field(&self, wanted: PageOutput) -> Result<Option<AnswerPath>, Fault> {
        match self.place(wanted) {
            Some(AnswerPlace::Body(names)) => find_field(&self.answer, names).map(Some),
            Some(AnswerPlace::Header(name)) => Err((
                format!("the header `{name}` can only say where the next page is"),
                "name a field of the answer".to_owned(),
            )),
            None => Ok(None),
        }
    }

    fn number(&self, wanted: PageOutput) -> Result<Option<AnswerPath>, Fault> {
        match self.field(wanted)? {
            Some(path) if !path.is_number() => {
                Err((format!("`{path}` is no number"), "name a number of the answer".to_owned()))
            }
            path => Ok(path),
        }
    }
}

fn find_argument(
    place: &RequestPlace,
    plan: &OperationPlan,
    types: &[TypePlan],
) -> Result<PageArgument, Fault> {
    match place {
        RequestPlace::Parameter(name, part) => {
            let fits = |own: &ParameterPlan| {
                let is_same = match own.place {
                    ParameterIn::Header => own.wire.eq_ignore_ascii_case(name),
                    _ => own.wire == *name,
                };
                is_same && part.is_none_or(|part| part == own.place)
            };
            let found = plan.parameters.iter().position(fits).map(PageArgument::Parameter);
            found.ok_or_else(|| {
                let known: Vec<&str> = plan.parameters.iter().map(|own| own.wire.as_str()).collect();
                let help = match known.as_slice() {
                    [] => "add the parameter to the operation".to_owned(),
                    known => format!("its parameters are: {}", known.join(", ")),
                };
                (format!("it has no parameter `{name}`"), help)
            })
        }
        RequestPlace::Body(names) => {
            let body = Answer::of_body(plan, types)
                .ok_or_else(|| ("it has no body of JSON".to_owned(), "name a parameter".to_owned()))?;
            find_field(&body, names).map(PageArgument::Body)
        }
    }
}

fn find_field(answer: &Answer<'_>, names: &[String]) -> Result<AnswerPath, Fault> {
    answer.follow(names).ok_or_else(|| {
        let fault = format!("no model has `{}`", names.join("."));
        (fault, "correct the path, or describe the field in the document".to_owned())
    })
}

/// Returns the number of the first page, if the parameter says it: by its default, or by a minimum of 1. A
/// minimum of 0 does not say it: many count from 1, and only refuse what is negative.
fn first_page(operation: &Operation, plan: &OperationPlan, position: &Option<PageArgument>) -> Option<i64> {
    let Some(PageArgument::Parameter(index)) = position else { return None };
    let parameter = plan.parameters.get(*index)?;
    // Of those that the document has; others stand behind them.
    operation.parameters.get(*index)?;
    first_of(parameter)
}

fn first_of(parameter: &ParameterPlan) -> Option<i64> {
    let default = parameter.default.as_ref().and_then(Value::as_i64).filter(|first| [0, 1].contains(first));
    let minimum = parameter.assertions.get("minimum").and_then(Value::as_i64);
    default.or(minimum.filter(|minimum| *minimum == 1))
}

/// Says whether a type is a whole number.
fn is_integer(ty: &RustType) -> bool {
    matches!(ty, RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64)
}

/// Says whether a type is a single value, which a parameter can have.
fn is_scalar(ty: &RustType) -> bool {
    is_integer(ty)
        || matches!(
            ty,
            RustType::String | RustType::F64 | RustType::Uuid | RustType::DateTime | RustType::Date
        )
}
