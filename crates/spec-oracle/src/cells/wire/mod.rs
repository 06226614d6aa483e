//! What parameters and fields look like on the wire, by the texts of the standards: what can be said in a
//! style, which values it can carry, and whether bytes say a value.
//!
//! A second reader of RFC 6570 and OpenAPI 3.1.1 ("Style Examples", appendices C to E): it shares nothing
//! with the code that it judges. It takes the raw bytes apart where a style separates, then takes away the
//! encoding of each piece.

mod carried;
mod judge;

pub use carried::{Carried, Defined, carried, defined};
pub use judge::{is_text, judge};

use serde_json::Value;

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the part of its name")]
pub enum Place {
    Path,
    Query,
    Header,
    Cookie,
    /// A form in a body (WHATWG URL, 5: `application/x-www-form-urlencoded`).
    Form,
}

impl Place {
    /// The word that documents and reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Cookie => "cookie",
            Place::Form => "form",
        }
    }
}

/// A style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the style of its name in the specification")]
pub enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    Space,
    Pipe,
    Deep,
    /// `content: application/json`.
    Json,
}

impl Style {
    /// The word that documents use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Style::Simple => "simple",
            Style::Label => "label",
            Style::Matrix => "matrix",
            Style::Form => "form",
            Style::Space => "spaceDelimited",
            Style::Pipe => "pipeDelimited",
            Style::Deep => "deepObject",
            Style::Json => "application/json",
        }
    }
}

/// All that says how a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// Where it stands.
    pub place: Place,
    /// Its style.
    pub style: Style,
    /// `explode`.
    pub explode: bool,
    /// `allowReserved`.
    pub reserved: bool,
    /// `allowEmptyValue`.
    pub empty: bool,
}

/// The text of what is one text; none of null, lists and objects.
#[must_use]
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The parts of a request that matter here, as they were on the wire.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Segments of the path.
    pub segments: Vec<String>,
    /// Pairs of the query, or of a form.
    pub pairs: Vec<(String, String)>,
    /// Headers, by their names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Pairs of cookies.
    pub cookies: Vec<(String, String)>,
}

impl Seen {
    /// Takes a request apart: its target, and its headers.
    #[must_use]
    pub fn new<'a>(target: &str, headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: Vec<(String, Vec<u8>)> =
            headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec())).collect();
        let cookies = headers.iter().filter(|(name, _)| name == "cookie");
        let cookies = cookies.flat_map(|(_, value)| split(&String::from_utf8_lossy(value), "; ")).collect();
        Seen {
            segments: path.split('/').skip(1).map(str::to_owned).collect(),
            pairs: split(query, "&"),
            headers,
            cookies,
        }
    }

    /// Parts the segments of the path where a sign separates.
    #[must_use]
    pub fn split(&self, sign: char) -> Self {
        let segments = self.segments.iter().flat_map(|own| own.split(sign)).map(str::to_owned).collect();
        Seen { segments, ..self.clone() }
    }

    /// Takes the body of a form apart.
    #[must_use]
    pub fn form(body: &str) -> Self {
        Seen { pairs: split(body, "&"), ..Seen::default() }
    }
}

fn split(text: &str, separator: &str) -> Vec<(String, String)> {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    text.split(separator).filter(|text| !text.is_empty()).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::{Carried, Defined, Place, Seen, Style, Way, carried, defined, judge};
    use crate::cells::shapes::Form;
    use serde_json::{Value, json};

    fn way(place: Place, style: Style, explode: bool) -> Way {
        Way { place, style, explode, reserved: false, empty: false }
    }

    fn said(way: Way, raw: &str, value: &Value) -> Result<usize, String> {
        let seen = match way.place {
            Place::Path => Seen::new(&format!("/{raw}"), std::iter::empty()),
            Place::Query | Place::Form => Seen::new(&format!("/?{raw}"), std::iter::empty()),
            Place::Header => Seen::new("/", [("color", raw.as_bytes())].into_iter()),
            Place::Cookie => Seen::new("/", [("cookie", raw.as_bytes())].into_iter()),
        };
        judge(way, "color", 0, Some(value), &seen)
    }

    /// The table of OpenAPI 3.1.1, "Style Examples".
    #[test]
    fn examples_of_the_specification() {
        let (text, list) = (json!("blue"), json!(["blue", "black", "brown"]));
        let object = json!({ "R": 100, "G": 200, "B": 150 });
        let rows: &[(Place, Style, bool, [&str; 3])] = &[
            (
                Place::Path,
                Style::Matrix,
                false,
                [";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"],
            ),
            (
                Place::Path,
                Style::Matrix,
                true,
                [";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"],
            ),
            (Place::Path, Style::Label, false, [".blue", ".blue,black,brown", ".R,100,G,200,B,150"]),
            (Place::Path, Style::Label, true, [".blue", ".blue.black.brown", ".R=100.G=200.B=150"]),
            (Place::Path, Style::Simple, false, ["blue", "blue,black,brown", "R,100,G,200,B,150"]),
            (Place::Path, Style::Simple, true, ["blue", "blue,black,brown", "R=100,G=200,B=150"]),
            (Place::Header, Style::Simple, true, ["blue", "blue, black, brown", "R=100,G=200,B=150"]),
            (
                Place::Query,
                Style::Form,
                false,
                ["color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"],
            ),
            (
                Place::Query,
                Style::Form,
                true,
                ["color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
            ),
            (
                Place::Query,
                Style::Space,
                false,
                ["color=blue", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"],
            ),
            (
                Place::Query,
                Style::Pipe,
                false,
                ["color=blue", "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"],
            ),
        ];
        for (place, style, explode, raws) in rows {
            for (raw, value) in raws.iter().zip([&text, &list, &object]) {
                assert!(
                    said(way(*place, *style, *explode), raw, value).is_ok(),
                    "{raw}: {:?}",
                    said(way(*place, *style, *explode), raw, value)
                );
                assert!(said(way(*place, *style, *explode), raw, &json!("red")).is_err(), "{raw}");
            }
        }
        let deep = way(Place::Query, Style::Deep, true);
        assert_eq!(said(deep, "color%5BR%5D=100&color[G]=200&color%5BB%5D=150", &object), Ok(3));
        assert_eq!(
            said(deep, "color[a][b]=1&color[c]=2&color[c]=3", &json!({ "a": { "b": 1 }, "c": [2, 3] })),
            Ok(3)
        );
        assert!(said(deep, "color[R]=100", &object).is_err());
    }

    #[test]
    fn what_separates_is_not_encoded_and_all_else_is() {
        let list = json!(["a,b", "c"]);
        assert!(said(way(Place::Query, Style::Form, false), "color=a%2Cb,c", &list).is_ok());
        assert!(said(way(Place::Query, Style::Form, false), "color=a%2Cb%2Cc", &list).is_err());
        assert!(said(way(Place::Path, Style::Simple, false), "a%2Cb,c", &list).is_ok());
        assert!(said(way(Place::Path, Style::Simple, false), "a:b", &json!("a:b")).is_err());
        let reserved = Way { reserved: true, ..way(Place::Query, Style::Form, true) };
        assert!(said(reserved, "color=a:b", &json!("a:b")).is_ok());
        assert!(said(way(Place::Query, Style::Form, true), "color=a:b", &json!("a:b")).is_err());
        assert!(said(way(Place::Query, Style::Form, true), "color=a+b", &json!("a b")).is_ok());
        assert!(said(way(Place::Path, Style::Matrix, false), ";color", &json!("")).is_ok());
        assert!(said(way(Place::Path, Style::Matrix, false), ";color=", &json!("")).is_err());
    }

    #[test]
    fn some_values_are_like_others() {
        let query = way(Place::Query, Style::Form, true);
        assert_eq!(carried(query, &json!("")), Carried::Must);
        assert_eq!(carried(query, &json!([])), Carried::Cannot);
        assert_eq!(carried(query, &json!([""])), Carried::Must);
        assert_eq!(carried(way(Place::Path, Style::Simple, false), &json!("..")), Carried::Cannot);
        assert_eq!(carried(way(Place::Path, Style::Label, false), &json!("")), Carried::Cannot);
        assert_eq!(carried(way(Place::Header, Style::Simple, false), &json!(" a")), Carried::Cannot);
        assert_eq!(carried(way(Place::Query, Style::Pipe, false), &json!(["a|b"])), Carried::May);
        assert_eq!(carried(way(Place::Query, Style::Form, false), &json!(["a,b", "c"])), Carried::Must);
        assert_eq!(carried(way(Place::Query, Style::Form, false), &json!(["a,b"])), Carried::May);
        assert_eq!(carried(way(Place::Cookie, Style::Form, true), &json!({"a b": 1})), Carried::Cannot);
    }

    #[test]
    fn what_stands_deeper_is_not_defined() {
        let nested = Form::List(Box::new(Form::List(Box::new(Form::Scalar))));
        assert_eq!(defined(way(Place::Query, Style::Form, true), &nested), Defined::Hardly);
        assert_eq!(defined(way(Place::Query, Style::Json, true), &nested), Defined::Yes);
        let filter = Form::Object(vec![Form::List(Box::new(Form::Scalar)), Form::Object(vec![Form::Scalar])]);
        assert_eq!(defined(way(Place::Query, Style::Deep, true), &filter), Defined::Hardly);
        assert_eq!(defined(way(Place::Query, Style::Form, true), &filter), Defined::Hardly);
        assert_eq!(defined(way(Place::Query, Style::Deep, true), &Form::Scalar), Defined::Hardly);
    }
}
