//! Pages: which part of a list is asked for, and how an answer says where the next part begins.
//!
//! Knows the names that documents have for that. Must not know what is in a list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use spec_api::{Parameter, ParameterIn};

/// Names of parameters that say how many items are wanted.
const LIMITS: [&str; 10] =
    ["limit", "perpage", "pagesize", "maxresults", "count", "size", "take", "top", "first", "maxitems"];

/// Names of parameters that say how many items are passed over.
const OFFSETS: [&str; 6] = ["offset", "skip", "start", "from", "startindex", "startat"];

/// Names of parameters that say which page is wanted, from 1 on.
const PAGES: [&str; 3] = ["page", "pagenumber", "pageno"];

/// Names of parameters that say after which item a page begins.
const CURSORS: [&str; 12] = [
    "cursor",
    "after",
    "startingafter",
    "startafter",
    "pagetoken",
    "nexttoken",
    "nextpagetoken",
    "continuationtoken",
    "continuation",
    "marker",
    "nextcursor",
    "sinceid",
];

/// Names of members that say where the next page begins; `next` may be a URL, too.
const NEXT: [&str; 11] = [
    "nextcursor",
    "nextpagetoken",
    "nexttoken",
    "nextmarker",
    "continuationtoken",
    "endcursor",
    "nextpagecursor",
    "cursor",
    "after",
    "next",
    "nexturl",
];

/// Names of members that say how many things there are.
const TOTALS: [&str; 10] = [
    "total",
    "totalcount",
    "totalitems",
    "totalelements",
    "totalresults",
    "count",
    "totalrecords",
    "numfound",
    "totalsize",
    "xtotalcount",
];

/// Names of members that say how many pages there are.
const PAGE_COUNTS: [&str; 3] = ["pages", "totalpages", "pagecount"];

/// Names of members that say what was asked for, whatever the query calls it.
const ECHOES: [&str; 9] =
    ["limit", "perpage", "pagesize", "size", "offset", "skip", "page", "pagenumber", "pageno"];

/// The number of items of a page, where nothing says it.
const PAGE: usize = 20;

/// Returns the letters of a name, without what stands between its words.
pub(super) fn letters(name: &str) -> String {
    name.replace(['_', '-', '$', '.'], "").to_ascii_lowercase()
}

/// Says whether a name is one for how many things there are.
pub(super) fn is_total(name: &str) -> bool {
    TOTALS.contains(&letters(name).as_str())
}

/// The part of a list that is asked for.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) offset: usize,
    /// The largest number of items.
    pub(super) limit: usize,
    /// The parameter that says where the page begins: the one that was sent, or one that the operation has.
    by: Option<String>,
    /// The number of the first page.
    first: usize,
    /// The parameters of pages that the operation has, by their letters, each with what was sent or its
    /// default.
    said: Vec<(String, Option<usize>)>,
}

impl Page {
    /// Reads the page that a query asks for. `declared` has the parameters of the operation, `default` the
    /// value of each where nobody says it, `ids` are those of the things in their order.
    pub(super) fn of(
        query: &[(String, String)],
        declared: &[Parameter],
        default: &dyn Fn(&Parameter) -> Option<usize>,
        ids: &[&str],
    ) -> Page {
        let said = said(query, declared, default);
        let usual = |names: &[&str]| {
            let own = declared.iter().find(|own| names.contains(&letters(&own.name).as_str()));
            own.and_then(default)
        };
        let first = usize::from(usual(&PAGES) != Some(0));
        let find = |names: &[&str]| query.iter().find(|(name, _)| names.contains(&letters(name).as_str()));
        let number = |names: &[&str]| find(names).and_then(|(_, text)| text.parse::<usize>().ok());
        let page = number(&PAGES);
        // Whoever asks for a page means a part.
        let limit = number(&LIMITS).or(usual(&LIMITS)).or(page.map(|_| PAGE)).unwrap_or(usize::MAX);
        let from_page = || {
            if limit == usize::MAX {
                0
            } else {
                page.unwrap_or(first).saturating_sub(first).saturating_mul(limit)
            }
        };
        let cursor = find(&CURSORS).filter(|(_, text)| !text.is_empty());
        let offset = match cursor {
            Some((_, text)) => after(text, ids),
            None => number(&OFFSETS).unwrap_or_else(from_page),
        };
        let is_position = |own: &&Parameter| {
            let name = letters(&own.name);
            let named = [&CURSORS[..], &OFFSETS, &PAGES].concat();
            own.place == ParameterIn::Query && named.contains(&name.as_str())
        };
        let by = cursor.map(|(name, _)| name.clone());
        let by = by.or_else(|| declared.iter().find(is_position).map(|own| own.name.clone()));
        Page { offset, limit, by, first, said }
    }

    /// Returns what a member of this name says of the page that was asked for: what was sent or the default,
    /// if a parameter is called like it, and else what came of it.
    fn echo(&self, name: &str, shown: usize) -> Option<usize> {
        let said = self.said.iter().find(|(own, _)| own == name);
        if let Some((_, Some(number))) = said {
            return Some(*number);
        }
        let is_known = said.is_some() || ECHOES.contains(&name);
        let is_bounded = self.limit != usize::MAX;
        match name {
            _ if !is_known => None,
            name if OFFSETS.contains(&name) => Some(self.offset),
            name if PAGES.contains(&name) && is_bounded => Some(self.offset / self.limit.max(1) + self.first),
            name if PAGES.contains(&name) => Some(self.first),
            // Where nothing bounds a page, all is on it.
            _ => Some(if is_bounded { self.limit } else { shown }),
        }
    }

    /// Returns what may say where the next page begins, in a member of this name, the likeliest first;
    /// `shown` is the number of items of this page, `last` the id of the last one, and `uri` what was asked
    /// for.
    fn next(&self, shown: usize, last: &str, uri: &http::Uri) -> Vec<Value> {
        let end = self.offset.saturating_add(shown);
        let token = URL_SAFE_NO_PAD.encode(format!("{end}:{last}"));
        let by = self.by.as_deref().map(letters).unwrap_or_default();
        let number = if PAGES.contains(&by.as_str()) {
            Some(self.offset / self.limit.max(1) + 1 + self.first)
        } else {
            OFFSETS.contains(&by.as_str()).then_some(end)
        };
        let text = number.map_or(token, |number| number.to_string());
        let link = self.by.as_deref().map(|name| link(uri, name, &text));
        let mut all = vec![Value::from(text)];
        all.extend(number.map(Value::from));
        all.extend(link.map(Value::from));
        all.extend([Value::from(last)]);
        all
    }

    /// Returns an answer whose members say how many things there are, which of them were asked for, and where
    /// the next page begins, as far as it stays what the document says.
    pub(super) fn told(
        &self,
        whole: &Value,
        list: &[String],
        (shown, total): (usize, usize),
        (last, uri): (Option<&str>, &http::Uri),
        is_right: &dyn Fn(&Value) -> bool,
    ) -> Value {
        let is_last = self.offset.saturating_add(shown) >= total;
        let next = last.filter(|_| !is_last).map(|last| self.next(shown, last, uri));
        let mut told = whole.clone();
        let members = whole.as_object().into_iter().flatten();
        let mut places: Vec<Vec<String>> = Vec::new();
        for (name, member) in members {
            let own = vec![name.clone()];
            let inner = member.as_object().filter(|_| own != list).into_iter().flat_map(Map::keys);
            places.extend(inner.map(|inner| vec![name.clone(), inner.clone()]));
            places.push(own);
        }
        for place in places {
            let Some(name) = place.last().filter(|_| place != list) else { continue };
            let Some(value) = super::merge::at(whole, &place) else { continue };
            let values: Vec<Option<Value>> = match letters(name).as_str() {
                own if TOTALS.contains(&own) && value.is_number() => vec![Some(total.into())],
                own if PAGE_COUNTS.contains(&own) && value.is_number() && self.limit != usize::MAX => {
                    vec![Some(total.div_ceil(self.limit.max(1)).into())]
                }
                own if value.is_number() && self.echo(own, shown).is_some() => {
                    vec![self.echo(own, shown).map(Value::from)]
                }
                "hasmore" | "hasnext" | "hasnextpage" if value.is_boolean() => vec![Some((!is_last).into())],
                own if NEXT.contains(&own) && !value.is_object() => match &next {
                    Some(next) => in_order(next, name, value).map(Some).collect(),
                    // Nothing comes after the last page.
                    None => vec![None, Some(Value::Null), Some("".into())],
                },
                _ => continue,
            };
            let fitting =
                values.into_iter().map(|value| with(&told, &place, value)).find(|own| is_right(own));
            told = fitting.unwrap_or(told);
        }
        told
    }
}

/// Returns the parameters that say which page is asked for, by their letters, each with what was sent, or
/// else its default.
fn said(
    query: &[(String, String)],
    declared: &[Parameter],
    default: &dyn Fn(&Parameter) -> Option<usize>,
) -> Vec<(String, Option<usize>)> {
    let names = [&LIMITS[..], &OFFSETS, &PAGES].concat();
    let is_own =
        |own: &&Parameter| own.place == ParameterIn::Query && names.contains(&letters(&own.name).as_str());
    let sent = |name: &str| query.iter().find(|(own, _)| own == name).and_then(|(_, text)| text.parse().ok());
    let pair = |own: &Parameter| (letters(&own.name), sent(&own.name).or_else(|| default(own)));
    declared.iter().filter(is_own).map(pair).collect()
}

/// Returns candidates in the order of a member: one that is a URL begins with a link.
fn in_order<'a>(next: &'a [Value], name: &str, value: &Value) -> impl Iterator<Item = Value> + use<'a> {
    let is_link =
        |value: &Value| value.as_str().is_some_and(|text| text.contains("://") || text.starts_with('/'));
    let wants_link = is_link(value) || letters(name) == "nexturl";
    let (links, others): (Vec<&Value>, Vec<&Value>) = next.iter().partition(|own| is_link(own));
    let (first, second) = if wants_link { (links, others) } else { (others, links) };
    first.into_iter().chain(second).cloned()
}

/// Writes a value at a place; without one, takes away what stands there.
fn with(whole: &Value, place: &[String], value: Option<Value>) -> Value {
    let mut own = whole.clone();
    let Some((name, above)) = place.split_last() else { return own };
    let above = above.iter().try_fold(&mut own, |value, name| value.get_mut(name));
    if let Some(Value::Object(members)) = above {
        match value {
            Some(value) => {
                members.insert(name.clone(), value);
            }
            None => {
                members.shift_remove(name);
            }
        }
    }
    own
}

/// Returns a URL that asks for the same with another value of a parameter.
fn link(uri: &http::Uri, name: &str, value: &str) -> String {
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let kept = pairs.filter(|pair| pair.split('=').next() != Some(name));
    let own = format!("{name}={value}");
    let query: Vec<&str> = kept.chain([own.as_str()]).collect();
    format!("{}?{}", uri.path(), query.join("&"))
}

/// Returns the number of things up to the one that a cursor means: one that was given out here, or an id.
/// Where that thing is gone, the list goes on where it stood.
fn after(cursor: &str, ids: &[&str]) -> usize {
    let position = |id: &str| ids.iter().position(|own| *own == id).map(|position| position + 1);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let given = text.as_deref().and_then(|text| text.split_once(':'));
    let given = given.and_then(|(end, id)| Some((end.parse::<usize>().ok()?, id)));
    match (position(cursor), given) {
        (Some(position), _) => position,
        (None, Some((end, id))) => position(id).unwrap_or_else(|| end.saturating_sub(1)),
        // One of somebody else leads nowhere.
        (None, None) => usize::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, after};
    use serde_json::json;

    fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_cursor_goes_on_after_its_thing() {
        let page = Page::of(&query(&[("limit", "2"), ("cursor", "")]), &[], &|_| None, &["a", "b", "c"]);
        assert_eq!((page.offset, page.limit), (0, 2));
        let uri = "/things?limit=2".parse().expect("a URI");
        let next = page.next(2, "b", &uri)[0].as_str().expect("a text").to_owned();
        assert_eq!(after(&next, &["a", "b", "c"]), 2);
        // What comes before may go, and so may the thing itself.
        assert_eq!((after(&next, &["b", "c"]), after(&next, &["a", "c"])), (1, 1));
        assert_eq!((after("c", &["a", "b", "c"]), after("x", &["a"])), (3, usize::MAX));
    }

    #[test]
    fn a_link_keeps_the_query() {
        let page = Page::of(&query(&[("page", "2"), ("size", "5")]), &[], &|_| None, &[]);
        assert_eq!((page.offset, page.limit), (5, 5));
        let page = Page { by: Some("page".to_owned()), ..page };
        let uri = "/things?page=2&size=5".parse().expect("a URI");
        let whole = json!({"list": [], "total": 0, "links": {"next": "/x"}, "has_more": false});
        let told = page.told(&whole, &["list".to_owned()], (5, 20), (Some("j"), &uri), &|_| true);
        let next = json!({"next": "/things?size=5&page=3"});
        assert_eq!(told, json!({"list": [], "total": 20, "links": next, "has_more": true}));
        let told = page.told(&whole, &["list".to_owned()], (5, 10), (Some("j"), &uri), &|_| true);
        assert_eq!(told, json!({"list": [], "total": 10, "links": {}, "has_more": false}));
        let whole = json!({"list": [], "size": 0, "page": 0, "pages": 0, "skip": 0, "first": 0});
        let told = page.told(&whole, &["list".to_owned()], (5, 11), (Some("j"), &uri), &|_| true);
        assert_eq!(told, json!({"list": [], "size": 5, "page": 2, "pages": 3, "skip": 5, "first": 0}));
    }
}
