//! Lists: that they keep to limits, filters and totals, and show what is there and nothing that is gone.

use super::filters::Filter;
use super::order::Order;
use super::reads::Short;
use super::{Check, Failure, Judge, pointer};
use crate::case::{Place, Source};
use crate::exchange::Exchange;
use serde_json::Value;
use spec_api::{Api, Kind, MediaKind, Operation, ParameterIn, SchemaId};

/// What an operation that answers a list takes and tells, by the names that people give it.
pub(crate) struct Paging {
    /// The pointer to the list in the answer.
    pub(crate) items: String,
    /// The schema of an item.
    item: Option<SchemaId>,
    /// The parameter that says how many items come at most.
    pub(crate) limit: Option<String>,
    /// The parameter that says how many items are passed over.
    pub(crate) offset: Option<String>,
    /// The parameter that says which page comes.
    page: Option<String>,
    /// The number of the first page, where the document says it.
    first: Option<u64>,
    /// The pointer to how many there are in all.
    total: Option<String>,
    /// Parameters of one value of an enumeration, or yes and no, that items have by the same name.
    pub(crate) filters: Vec<String>,
    /// Parameters that ask something else of a member of the items.
    others: Vec<Filter>,
    /// The order that can be asked for.
    pub(crate) order: Option<Order>,
    /// True if there is anything else that could hold items back.
    has_others: bool,
}

const LIMITS: [&str; 9] =
    ["limit", "pagesize", "perpage", "size", "maxresults", "maxitems", "take", "top", "count"];
const OFFSETS: [&str; 4] = ["offset", "skip", "start", "startindex"];
const PAGES: [&str; 4] = ["page", "pagenumber", "pageno", "pageindex"];
const TOTALS: [&str; 5] = ["total", "totalcount", "totalitems", "totalresults", "totalelements"];

/// The number of items below which a list is not cut by a limit of the service.
const FEW: u64 = 10;

impl Paging {
    /// Returns what is known of an operation, if it answers a list.
    pub(crate) fn of(api: &Api, operation: &Operation) -> Option<Paging> {
        // What stands at a path that ends in a name is one thing, whatever lists it has.
        if operation.method != spec_api::Method::Get || crate::links::last_name(&operation.path).is_some() {
            return None;
        }
        let well = operation.responses.iter().filter(|own| own.status.is_success());
        let mut content = well.flat_map(|own| &own.content).filter(|own| own.kind == MediaKind::Json);
        let schema = content.find_map(|own| own.schema)?;
        let kind = |id: SchemaId| &api.schema(api.resolve(id)).kind;
        let (items, item, total) = match kind(schema) {
            Kind::Array(item) => (String::new(), *item, None),
            Kind::Object(object) => {
                let is_list = |own: &&spec_api::Property| match kind(own.schema) {
                    Kind::Array(Some(item)) => matches!(kind(*item), Kind::Object(_)),
                    _ => false,
                };
                let mut lists = object.properties.iter().filter(is_list);
                let only = lists.next().filter(|_| lists.next().is_none())?;
                let is_total = |own: &&spec_api::Property| TOTALS.contains(&plain(&own.name).as_str());
                let total = object.properties.iter().find(is_total).map(|own| format!("/{}", own.name));
                let Kind::Array(item) = kind(only.schema) else { return None };
                (format!("/{}", only.name), *item, total)
            }
            _ => return None,
        };
        let named = |names: &[&str]| {
            let is_named = |own: &&spec_api::Parameter| {
                own.place == ParameterIn::Query
                    && names.contains(&plain(&own.name).as_str())
                    && matches!(kind(own.schema), Kind::Integer(_))
            };
            operation.parameters.iter().find(is_named).map(|own| own.name.clone())
        };
        let (limit, offset, page) = (named(&LIMITS), named(&OFFSETS), named(&PAGES));
        let first = page.as_ref().and_then(|page| first_page(api, operation, page));
        let members = match item.map(kind) {
            Some(Kind::Object(object)) => object.properties.as_slice(),
            _ => &[],
        };
        let is_filter = |own: &&spec_api::Parameter| {
            let member = members.iter().find(|member| member.name == own.name);
            own.place == ParameterIn::Query
                && member.is_some_and(|member| match (kind(own.schema), kind(member.schema)) {
                    (Kind::Enum(one), Kind::Enum(other)) => one.iter().all(|value| other.contains(value)),
                    (Kind::Boolean, Kind::Boolean) => true,
                    _ => false,
                })
        };
        let filters: Vec<String> =
            operation.parameters.iter().filter(is_filter).map(|own| own.name.clone()).collect();
        let is_known = |name: &String| [&limit, &offset].contains(&&Some(name.clone()));
        let has_others = operation.parameters.iter().any(|own| {
            own.place == ParameterIn::Query && !is_known(&own.name) && !filters.contains(&own.name)
        });
        let order = Order::of(api, operation, members);
        let others = Filter::all(api, operation, members);
        Some(Paging { items, item, limit, offset, page, first, total, filters, others, order, has_others })
    }
}

impl Paging {
    /// Returns the parameters that say how many items come, and which: the first of them, and the next ones,
    /// where one comes at a time.
    pub(crate) fn turn(&self) -> Option<(&str, &str, [u64; 2])> {
        let limit = self.limit.as_deref()?;
        match (&self.offset, &self.page) {
            (Some(offset), _) => Some((limit, offset, [0, 1])),
            (None, Some(page)) => Some((limit, page, [1, 2])),
            _ => None,
        }
    }

    /// Returns how many items stand before those of an answer, where its request leaves no doubt.
    fn position(&self, exchange: &Exchange) -> Option<u64> {
        let given = |name: &Option<String>| {
            name.as_ref().and_then(|name| exchange.case.argument(Place::Query, name)).and_then(Value::as_u64)
        };
        match (&self.offset, given(&self.limit)) {
            // Some begin to count at 1.
            (Some(name), _) => {
                given(&self.offset).filter(|_| ["offset", "skip"].contains(&plain(name).as_str()))
            }
            (None, Some(limit)) => given(&self.page)?.checked_sub(self.first?)?.checked_mul(limit),
            _ => None,
        }
    }
}

/// Returns the number of the first page: the default of the parameter, or its least value.
fn first_page(api: &Api, operation: &Operation, page: &str) -> Option<u64> {
    let is_page = |own: &&spec_api::Parameter| own.place == ParameterIn::Query && own.name == page;
    let schema = operation.parameters.iter().find(is_page)?.schema;
    let (own, meant) = (api.schema(schema), api.schema(api.resolve(schema)));
    let default = own.default.as_ref().or(meant.default.as_ref());
    let number = default.or_else(|| meant.assertions.get("minimum"))?.as_u64()?;
    // Others are no beginning.
    (number <= 1).then_some(number)
}

fn plain(name: &str) -> String {
    crate::links::plain(name)
}

impl Judge<'_> {
    /// Holds a list against the limit and the filters of its request, and its total against its items.
    pub(super) fn page(&self, operation: &Operation, exchange: &Exchange) -> Vec<Failure> {
        let mut failures = Vec::new();
        if operation.method != spec_api::Method::Get || !exchange.is_success() {
            return failures;
        }
        let Some(paging) = Paging::of(self.api(), operation) else { return failures };
        let Some(answer) = exchange.json() else { return failures };
        let Some(items) = answer.pointer(&paging.items).and_then(Value::as_array) else { return failures };
        let given = |name: &Option<String>| {
            name.as_ref().and_then(|name| exchange.case.argument(Place::Query, name)).and_then(Value::as_u64)
        };
        let mut push = |kind: &str, message: String| {
            failures.push(Failure::new(Check::ListConformance, kind, message, pointer(operation)));
        };
        let limit = given(&paging.limit);
        if let Some(limit) = limit.filter(|limit| (items.len() as u64) > *limit) {
            push("limit", format!("at most {limit} items were asked for, and {} came", items.len()));
        }
        for filter in &paging.filters {
            let Some(asked) = exchange.case.argument(Place::Query, filter) else { continue };
            let other = items.iter().filter_map(|item| item.get(filter)).find(|own| *own != asked);
            if let Some(other) = other {
                push(
                    &format!("filter {filter}"),
                    format!("`{filter}` {} was asked for, and one with {} came", Short(asked), Short(other)),
                );
            }
        }
        for (kind, message) in paging.others.iter().filter_map(|own| own.fault(&exchange.case, items)) {
            push(&kind, message);
        }
        if let Some(message) = paging.order.as_ref().and_then(|own| own.fault(&exchange.case, items)) {
            push("order", message);
        }
        let body = paging.total.as_ref().and_then(|own| answer.pointer(own)).and_then(Value::as_u64);
        let header = exchange.header("x-total-count").and_then(|own| own.trim().parse::<u64>().ok());
        if let (Some(body), Some(header)) = (body, header)
            && body != header
        {
            push("total", format!("the body tells a total of {body}, and X-Total-Count one of {header}"));
        }
        let Some(total) = body.or(header) else { return failures };
        if given(&paging.page).is_some() {
            return failures;
        }
        let (offset, count) = (given(&paging.offset).unwrap_or(0), items.len() as u64);
        if count > 0 && offset.saturating_add(count) > total || total < count {
            push("total", format!("the total is {total}, and {count} items came after the first {offset}"));
        }
        failures
    }

    /// Looks for a value of an earlier answer among the items.
    pub(super) fn lists(
        &self,
        operation: &Operation,
        exchange: &Exchange,
        (step, source): (usize, &Source),
        is_there: bool,
    ) -> Vec<Failure> {
        let Some(paging) = Paging::of(self.api(), operation) else { return Vec::new() };
        let Some(answer) = exchange.json().filter(|_| exchange.is_success()) else { return Vec::new() };
        let Some(items) = answer.pointer(&paging.items).and_then(Value::as_array) else { return Vec::new() };
        let Some(value) = (self.earlier)(step).and_then(|own| own.value(source)) else { return Vec::new() };
        // Of what is gone, only the same member tells; of what is there, items may call it otherwise.
        let token = match source {
            Source::Answer(pointer) if !is_there => pointer.rsplit('/').next(),
            _ => None,
        };
        let has = |item: &Value| match (item, token) {
            (Value::Object(members), Some(token)) => members.get(token) == Some(&value),
            (Value::Object(members), None) => members.values().any(|own| *own == value),
            (other, _) => *other == value,
        };
        let is_found = items.iter().any(has);
        let failure =
            |check, kind: &str, message: String| vec![Failure::new(check, kind, message, pointer(operation))];
        let shown = Short(&value);
        if !is_there {
            return match is_found {
                true => failure(
                    Check::UseAfterFree,
                    "listed",
                    format!("{shown} was deleted, and is listed still"),
                ),
                false => Vec::new(),
            };
        }
        let total = paging.total.as_ref().and_then(|own| answer.pointer(own)).and_then(Value::as_u64);
        let total =
            total.or_else(|| exchange.header("x-total-count").and_then(|own| own.trim().parse().ok()));
        let limit = paging.limit.as_ref().and_then(|name| exchange.case.argument(Place::Query, name));
        let count = items.len() as u64;
        // What is not on this page may be on another one.
        // Where nothing is said, a service may show only some of them.
        let is_open = |name: &String| exchange.case.argument(Place::Query, name).is_none();
        let is_whole = !paging.has_others
            && !paging.filters.iter().any(is_open)
            && total.map_or_else(
                // A service may have a limit of its own.
                || count < FEW && limit.and_then(Value::as_u64).is_none_or(|limit| count < limit),
                |total| count >= total,
            );
        if is_found || !is_whole {
            return Vec::new();
        }
        failure(Check::ListConformance, "missing", format!("{shown} was made, and is not listed"))
    }

    /// Holds a page against the one before it.
    pub(super) fn next_page(&self, operation: &Operation, exchange: &Exchange, step: usize) -> Vec<Failure> {
        let mut failures = self.page(operation, exchange);
        let Some(paging) = Paging::of(self.api(), operation) else { return failures };
        let is_object = paging.item.is_some();
        let items = |own: &Exchange| own.json()?.pointer(&paging.items)?.as_array().cloned();
        let (Some(before), Some(now)) = ((self.earlier)(step).and_then(|own| items(&own)), items(exchange))
        else {
            return failures;
        };
        // Where the page before goes on to where this one begins, both have the same item there.
        let position = |own: &Exchange| paging.position(own);
        // A page of no items is right to have none.
        let limit = paging.limit.as_ref().and_then(|name| exchange.case.argument(Place::Query, name));
        let is_asked = limit.and_then(Value::as_u64) != Some(0);
        let shift = (self.earlier)(step)
            .filter(|_| is_asked)
            .and_then(|own| position(exchange)?.checked_sub(position(&own)?));
        let shared = shift.and_then(|shift| before.get(usize::try_from(shift).ok()?));
        if let (Some(expected), Some(shift)) = (shared.and_then(|own| own.get("id")), shift) {
            let came = now.first().and_then(|own| own.get("id"));
            if came.is_none_or(|came| came != expected) {
                let came = came.map_or("nothing".to_owned(), |own| Short(own).to_string());
                let message = format!(
                    "the item behind the first {shift} has the id {}, and {came} came",
                    Short(expected)
                );
                failures.push(Failure::new(Check::ListConformance, "gap", message, pointer(operation)));
            }
            return failures;
        }
        if is_object && before.iter().any(|item| item.get("id").is_some() && now.contains(item)) {
            let message = "an item of the page before comes again on the next one".to_owned();
            failures.push(Failure::new(Check::ListConformance, "offset", message, pointer(operation)));
        }
        let total = exchange.json().and_then(|own| own.pointer(paging.total.as_ref()?)?.as_u64());
        // What comes twice is one thing.
        let seen = (before.len() + now.iter().filter(|item| !before.contains(item)).count()) as u64;
        if let Some(total) = total.filter(|total| !now.is_empty() && *total < seen) {
            let message = format!("two pages have {seen} items, and the total is {total}");
            failures.push(Failure::new(Check::ListConformance, "total", message, pointer(operation)));
        }
        failures
    }
}
