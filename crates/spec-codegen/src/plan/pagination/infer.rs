//! How an operation pages of which nothing is declared, guessed from its parameters and its answer.
//!
//! Knows the names that people use. A guess is made only for what reads (`GET`), and only where one way alone
//! fits.

use super::answer::{Answer, AnswerPath, plain};
use super::{
    NextPlan, PageArgument, PageInputs, PageOutputs, PaginationPlan, first_of, is_integer, is_scalar,
};
use crate::plan::{BodyPlan, OperationPlan, ParameterPlan, RustType, TypePlan};
use spec_api::{Method, PageStyle, ParameterIn};

/// Names of the number of a page, in plain letters.
pub(super) const PAGES: &[&str] = &["page", "pagenumber", "pagenum", "pageno", "currentpage", "pageindex"];
const TOTAL_PAGES: &[&str] = &["totalpages", "pagecount", "numpages", "totalpagecount"];
const TOTAL_ITEMS: &[&str] =
    &["total", "totalcount", "totalitems", "totalresults", "totalrecords", "totalelements", "totalsize"];
const PAGE_SIZES: &[&str] = &["pagesize", "perpage", "itemsperpage", "resultsperpage"];
const HAS_MORE: &[&str] = &["hasmore", "hasnext", "hasnextpage", "more"];
const LIMITS: &[&str] = &["limit", "pagesize", "perpage", "maxresults", "size", "count", "pagelimit"];
const CURSORS: &[&str] = &["cursor", "after", "pagecursor", "aftercursor", "startcursor", "nextcursor"];
const URLS: &[&str] =
    &["next", "nextlink", "nexturl", "nexturi", "nextpageurl", "nextpageuri", "odatanextlink"];

/// A way in which an operation could page.
struct Candidate {
    style: PageStyle,
    parameter: Option<usize>,
    next: Option<NextPlan>,
    reason: String,
}

/// Guesses how an operation pages; none where nothing fits, or several ways do.
pub(super) fn infer(plan: &OperationPlan, types: &[TypePlan]) -> Option<PaginationPlan> {
    if plan.method != Method::Get || plan.body.as_ref().is_some_and(BodyPlan::streams) {
        return None;
    }
    let answer = Answer::of(plan, types)?;
    let items = answer.only_list()?;
    let mut candidates = by_parameter(plan, &answer, &items);
    candidates.extend(by_link(plan, &items));
    candidates.extend(by_url(&answer));
    let candidate = candidates.pop().filter(|_| candidates.is_empty())?;
    let is_numbered = matches!(candidate.style, PageStyle::Page | PageStyle::Offset);
    let number = |names: &[&str]| answer.find(names, AnswerPath::is_number).filter(|_| is_numbered);
    let is_page = candidate.style == PageStyle::Page;
    let limit = |own: &ParameterPlan| {
        is_integer(&own.ty) && own.place == ParameterIn::Query && LIMITS.contains(&plain(&own.wire).as_str())
    };
    let first = candidate.parameter.and_then(|index| first_of(&plan.parameters[index]));
    Some(PaginationPlan {
        style: candidate.style,
        inputs: PageInputs {
            position: candidate.parameter.map(PageArgument::Parameter),
            limit: plan.parameters.iter().position(limit).map(PageArgument::Parameter),
            first: first.filter(|_| is_page),
        },
        outputs: PageOutputs {
            items,
            next: candidate.next,
            page: answer.find(PAGES, AnswerPath::is_integer).filter(|_| is_page),
            total_pages: number(TOTAL_PAGES).filter(|_| is_page),
            total_items: number(TOTAL_ITEMS),
            has_more: answer.find(HAS_MORE, |path| path.ty == RustType::Bool),
        },
        reason: candidate.reason,
        is_inferred: true,
    })
}

/// Returns the ways in which a parameter of the query asks for the next page.
fn by_parameter(plan: &OperationPlan, answer: &Answer<'_>, items: &AnswerPath) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (index, parameter) in plan.parameters.iter().enumerate() {
        if parameter.place != ParameterIn::Query || parameter.is_json || !is_scalar(&parameter.ty) {
            continue;
        }
        let name = plain(&parameter.wire);
        let counts = is_integer(&parameter.ty);
        let (style, field) = if counts && PAGES.contains(&name.as_str()) && says_pages(parameter, answer) {
            (PageStyle::Page, answer.find(&[TOTAL_PAGES, PAGE_SIZES].concat(), AnswerPath::is_number))
        } else if counts && name == "offset" {
            (PageStyle::Offset, answer.find(TOTAL_ITEMS, AnswerPath::is_number))
        } else {
            (PageStyle::Cursor, None)
        };
        let field = field.or_else(|| cursor(&name, parameter, answer, items));
        let Some(field) = field else { continue };
        let is_cursor =
            plain(&field.steps.last().map(|step| step.wire.clone()).unwrap_or_default()).starts_with("next");
        found.push(Candidate {
            style: if is_cursor { PageStyle::Cursor } else { style },
            parameter: Some(index),
            reason: format!("`{}` in the query, `{field}` in the answer", parameter.wire),
            next: is_cursor.then_some(NextPlan::Field(field)),
        });
    }
    found
}

/// Says whether it can be known which number a page has: the answer says it, or the document.
fn says_pages(parameter: &ParameterPlan, answer: &Answer<'_>) -> bool {
    answer.find(PAGES, AnswerPath::is_integer).is_some() || first_of(parameter).is_some()
}

/// Returns the field that has the next value of a parameter.
fn cursor(
    name: &str,
    parameter: &ParameterPlan,
    answer: &Answer<'_>,
    items: &AnswerPath,
) -> Option<AnswerPath> {
    // Whoever calls has to say where to begin, or how much of it.
    if parameter.required || LIMITS.contains(&name) {
        return None;
    }
    let own = format!("next{name}");
    let mut names = vec![own.as_str()];
    if CURSORS.contains(&name) {
        names.push("nextcursor");
    }
    // AIP-158 says what it means, whatever the items are.
    let fits = name == "pagetoken" || answer.has_models(items);
    answer.find(&names, AnswerPath::is_scalar).filter(|_| fits)
}

/// Returns the way of a `Link` header (RFC 8288), if the document says that it leads to the next page.
///
/// There are documents that give this header to every answer, so that the list must be all of the answer, or
/// a parameter speak of pages.
fn by_link(plan: &OperationPlan, items: &AnswerPath) -> Option<Candidate> {
    let speaks_of_pages = |own: &ParameterPlan| {
        let name = plain(&own.wire);
        let is_known = [PAGES, LIMITS, CURSORS, &["offset", "before"]].concat().contains(&name.as_str());
        is_known && own.place == ParameterIn::Query
    };
    if !items.steps.is_empty() && !plan.parameters.iter().any(speaks_of_pages) {
        return None;
    }
    let headers = plan.success.responses.iter().filter_map(|response| response.headers.as_ref());
    let link =
        headers.flat_map(|headers| &headers.fields).find(|own| own.wire.eq_ignore_ascii_case("link"))?;
    let words = link.docs.join(" ").to_ascii_lowercase();
    let is_next = ["next", "pagina", "5988", "8288"].iter().any(|word| words.contains(word));
    (is_next && link.ty == RustType::String).then(|| Candidate {
        style: PageStyle::Url,
        parameter: None,
        next: Some(NextPlan::Header(link.wire.clone())),
        reason: format!("the header `{}` of the answer", link.wire),
    })
}

/// Returns the way of a field that has the URL of the next page.
fn by_url(answer: &Answer<'_>) -> Option<Candidate> {
    let is_url = |path: &AnswerPath| {
        let format = answer.field(path).and_then(|field| field.assertions.get("format"));
        path.ty == RustType::String
            && format.and_then(|format| format.as_str()).is_some_and(|format| FORMATS.contains(&format))
    };
    let field = answer.find(URLS, is_url)?;
    Some(Candidate {
        style: PageStyle::Url,
        parameter: None,
        reason: format!("the URL `{field}` in the answer"),
        next: Some(NextPlan::Field(field)),
    })
}

/// Formats of texts that are URLs.
const FORMATS: [&str; 4] = ["uri", "url", "uri-reference", "iri"];
