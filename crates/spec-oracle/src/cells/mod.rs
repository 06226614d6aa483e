//! The grid of all that a document can say about a message: every place, style and body × every shape of a
//! value; the documents that say it, and what is right on the wire.
//!
//! Knows OpenAPI and its media types. Must not know how code is generated or run.

#[cfg(feature = "glue")]
mod asked;
mod fields;
mod papers;
mod shapes;
mod walked;
mod wire;

#[cfg(feature = "glue")]
pub use asked::{Said, asked, refusal};
pub use fields::{Field, Parts, is_body};
pub use papers::{Paper, papers};
pub use shapes::{Form, Shape, Since};
pub use walked::{Fault, Kind, Walked};
pub use wire::{Carried, Defined, Place, Seen, Style, Way, carried, defined, judge, text};

use serde_json::Value;

/// The ways to write a property of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// As nobody says.
    Plain,
    /// In a style.
    Styled(Style, bool),
    /// As this media type.
    Typed(&'static str),
    /// With headers that its part may have.
    WithHeaders,
}

/// A carrier of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carrier {
    /// A parameter.
    Parameter(Way),
    /// One of several parameters that share a segment of the path, and what stands between them.
    Segment(char),
    /// One of two parameters in the query whose names are all names, so that nothing tells one from the
    /// other.
    Overshadowed,
    /// The body of a request.
    Body(&'static str),
    /// The body of a request that may have other media types as well.
    BodyAmong,
    /// A property of a form: whether that is `multipart/form-data`, and how the property is written.
    Property(bool, Encoding),
    /// An answer of this status.
    Answer(&'static str, &'static str),
    /// An answer that may have other media types as well.
    AnswerAmong,
    /// A header of an answer.
    Header {
        /// True if members stand alone.
        explode: bool,
        /// True if it is JSON.
        json: bool,
    },
}

/// One combination of all that a document can say.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The carrier of the value.
    pub carrier: Carrier,
    /// True if it must be there.
    pub required: bool,
    /// The number of the shape that the value has.
    pub shape: usize,
}

/// All cells, and the shapes that they speak of.
pub struct Grid {
    /// The shapes.
    pub shapes: Vec<Shape>,
    /// The cells, in the order of reports.
    pub cells: Vec<Cell>,
}

/// Media types of JSON.
const JSON: &str = "application/json";

/// Statuses whose answers have every shape.
const STATUSES: [&str; 11] =
    ["200", "201", "2XX", "301", "3XX", "400", "404", "4XX", "500", "5XX", "default"];

/// Media types that are texts or bytes to HTTP, and ranges.
const TEXTS: [&str; 10] = [
    "text/plain",
    "text/csv",
    "application/xml",
    "application/octet-stream",
    "image/png",
    "image/*",
    "text/*",
    "*/*",
    "application/*",
    "application/*+json",
];

/// Statuses that such media types stand under, one each.
const STATUSES_OF_TEXTS: [&str; 10] = ["200", "201", "202", "203", "206", "400", "401", "403", "404", "409"];

/// Statuses that come before an answer, and are none (RFC 9110, 15.2).
pub(crate) const INTERIM: [&str; 5] = ["100", "102", "103", "199", "1XX"];

/// The signs between parameters of one segment.
const BETWEEN: [char; 4] = ['.', '-', ':', '~'];

/// The shapes that can be a text of a body.
const TEXTUAL: [&str; 8] = [
    "text",
    "text with a pattern",
    "date",
    "enum of texts",
    "binary",
    "integer",
    "boolean",
    "text or null by anyOf",
];

impl Grid {
    /// The whole grid.
    #[must_use]
    pub fn new() -> Self {
        let shapes = shapes::all();
        let mut cells = Vec::new();
        let every: Vec<usize> = (0..shapes.len()).collect();
        let textual: Vec<usize> =
            every.iter().copied().filter(|shape| TEXTUAL.contains(&shapes[*shape].name)).collect();
        let mut add = |carrier: Carrier, both: bool, shapes: &[usize]| {
            for required in [true, false].into_iter().filter(|required| both || *required) {
                cells.extend(shapes.iter().map(|shape| Cell { carrier, required, shape: *shape }));
            }
        };
        for way in ways() {
            add(Carrier::Parameter(way), way.place != Place::Path, &every);
        }
        for between in BETWEEN {
            add(Carrier::Segment(between), false, &every);
        }
        let is_object =
            |shape: &usize| shapes[*shape].is_map || matches!(shapes[*shape].form, Form::Object(_));
        let objects: Vec<usize> = every.iter().copied().filter(is_object).collect();
        add(Carrier::Overshadowed, false, &objects);
        add(Carrier::Body(JSON), true, &every);
        add(Carrier::BodyAmong, true, &every);
        for media in TEXTS {
            add(Carrier::Body(media), true, &textual);
        }
        for (is_multipart, encoding) in encodings() {
            add(Carrier::Property(is_multipart, encoding), true, &every);
        }
        for status in STATUSES {
            add(Carrier::Answer(status, JSON), false, &every);
        }
        add(Carrier::AnswerAmong, false, &every);
        for (status, media) in STATUSES_OF_TEXTS.into_iter().zip(TEXTS) {
            add(Carrier::Answer(status, media), false, &textual);
        }
        for status in ["101", "204", "205", "304"].into_iter().chain(INTERIM) {
            add(Carrier::Answer(status, ""), false, &textual[..1]);
            add(Carrier::Answer(status, JSON), false, &textual);
        }
        for (explode, json) in [(false, false), (true, false), (false, true)] {
            add(Carrier::Header { explode, json }, true, &every);
        }
        Grid { shapes, cells }
    }

    /// Some of the cells, always the same: a dozen of each way to carry a value, and all shapes among them.
    #[must_use]
    pub fn some(&self) -> Vec<usize> {
        let mut carriers: Vec<(Carrier, bool)> =
            self.cells.iter().map(|cell| (cell.carrier, cell.required)).collect();
        carriers.sort_unstable();
        carriers.dedup();
        let number = |cell: &Cell| carriers.binary_search(&(cell.carrier, cell.required)).unwrap_or_default();
        let is_one = |cell: &&usize| {
            let own = &self.cells[**cell];
            // What stands in an operation of its own takes long to compile.
            let is_alone =
                matches!(own.carrier, Carrier::Body(_) | Carrier::Answer(..) | Carrier::Overshadowed);
            let number = number(own);
            if is_alone {
                (own.shape + 5 * number).is_multiple_of(53)
            } else {
                (own.shape + 3 * number).is_multiple_of(8) && !self.shapes[own.shape].is_map
            }
        };
        let all: Vec<usize> = (0..self.cells.len()).collect();
        all.iter().filter(is_one).copied().collect()
    }

    /// The shape of a cell.
    #[must_use]
    pub fn shape(&self, cell: &Cell) -> &Shape {
        &self.shapes[cell.shape]
    }

    /// Names a cell.
    #[must_use]
    pub fn name(&self, cell: &Cell) -> String {
        let required = if cell.required { ", required" } else { "" };
        let shape = self.shape(cell);
        let since = if shape.since == Since::Only30 { " (3.0)" } else { "" };
        format!("{} {}{required}: {}{since}", cell.place(), cell.style(), shape.name)
    }

    /// Says whether a standard says how the value of a cell is written.
    #[must_use]
    pub fn defined(&self, cell: &Cell) -> Defined {
        let form = &self.shape(cell).form;
        let is_of_scalars = form.is_scalar() || matches!(form, Form::List(item) if item.is_scalar());
        let is_of_objects = matches!(form, Form::Object(_));
        let is_list_of_objects = matches!(form, Form::List(item) if matches!(**item, Form::Object(_)));
        match cell.carrier {
            Carrier::Segment(_) => defined(SEGMENT, form),
            Carrier::Overshadowed => Defined::Hardly,
            Carrier::Parameter(way) => defined(way, form),
            Carrier::Header { json: true, .. }
            | Carrier::Body(JSON)
            | Carrier::BodyAmong
            | Carrier::AnswerAmong => Defined::Yes,
            Carrier::Header { explode, .. } => defined(
                Way { place: Place::Header, style: Style::Simple, explode, reserved: false, empty: false },
                form,
            ),
            Carrier::Answer(..) | Carrier::Body(_) => Defined::Yes,
            Carrier::Property(false, Encoding::Styled(style, explode)) => {
                defined(Way { place: Place::Form, style, explode, reserved: false, empty: false }, form)
            }
            // OpenAPI 3.1.1, 4.8.15.1: texts are texts, objects are JSON, a list is what its items are.
            Carrier::Property(..) if is_of_scalars => Defined::Yes,
            Carrier::Property(_, Encoding::Plain | Encoding::WithHeaders | Encoding::Typed(JSON))
                if is_of_objects =>
            {
                Defined::Yes
            }
            Carrier::Property(true, Encoding::Plain | Encoding::WithHeaders) if is_list_of_objects => {
                Defined::Yes
            }
            Carrier::Property(..) => Defined::Hardly,
        }
    }

    /// Says whether a value of a cell can be told from every other one.
    #[must_use]
    pub fn carried(&self, cell: &Cell, value: &Value) -> Carried {
        match cell.carrier {
            // Of what is optional, null may be nothing.
            Carrier::Parameter(Way { style: Style::Json, .. }) | Carrier::Header { json: true, .. }
                if value.is_null() && !cell.required =>
            {
                Carried::May
            }
            Carrier::Parameter(way) => carried(way, value),
            // What stands between them may well be a sign that no encoding hides.
            Carrier::Segment(between) => match carried(SEGMENT, value) {
                Carried::Must if holds(value, between) => Carried::May,
                judged => judged,
            },
            Carrier::Header { explode, json } => {
                let style = if json { Style::Json } else { Style::Simple };
                carried(Way { place: Place::Header, style, explode, reserved: false, empty: false }, value)
            }
            Carrier::Property(false, Encoding::Styled(style, explode)) => {
                carried(Way { place: Place::Form, style, explode, reserved: false, empty: false }, value)
            }
            Carrier::Property(_, encoding) => {
                let has_null =
                    matches!(value, Value::Array(all) if all.is_empty() || all.iter().any(Value::is_null));
                match encoding {
                    _ if !has_null && !value.is_null() => Carried::Must,
                    Encoding::Typed(JSON) => Carried::May,
                    _ => Carried::Cannot,
                }
            }
            _ => Carried::Must,
        }
    }
}

impl Default for Grid {
    fn default() -> Self {
        Grid::new()
    }
}

/// The way to write parameters that share a segment.
pub(crate) const SEGMENT: Way =
    Way { place: Place::Path, style: Style::Simple, explode: false, reserved: false, empty: false };

/// Returns true if the text of a value has a sign in it.
fn holds(value: &Value, sign: char) -> bool {
    value.as_str().map_or_else(|| value.to_string().contains(sign), |text| text.contains(sign))
}

/// Lists the ways to write parameters.
fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    let mut add =
        |place, style, explode, reserved, empty| ways.push(Way { place, style, explode, reserved, empty });
    for style in [Style::Simple, Style::Label, Style::Matrix] {
        add(Place::Path, style, false, false, false);
        add(Place::Path, style, true, false, false);
    }
    add(Place::Path, Style::Json, false, false, false);
    for explode in [true, false] {
        add(Place::Query, Style::Form, explode, false, false);
        add(Place::Query, Style::Form, explode, true, false);
        add(Place::Query, Style::Form, explode, false, true);
        for style in [Style::Space, Style::Pipe, Style::Deep] {
            add(Place::Query, style, explode, false, false);
            add(Place::Query, style, explode, true, false);
        }
    }
    add(Place::Query, Style::Json, false, false, false);
    for (place, style) in [(Place::Header, Style::Simple), (Place::Cookie, Style::Form)] {
        add(place, style, false, false, false);
        add(place, style, true, false, false);
        add(place, Style::Json, false, false, false);
    }
    ways
}

/// Lists the ways to write properties of forms.
fn encodings() -> Vec<(bool, Encoding)> {
    let styles = [Style::Space, Style::Pipe].map(|style| Encoding::Styled(style, false));
    let mut encodings =
        vec![Encoding::Plain, Encoding::Styled(Style::Form, true), Encoding::Styled(Style::Form, false)];
    encodings.extend(styles);
    encodings.extend([
        Encoding::Styled(Style::Deep, true),
        Encoding::Typed(JSON),
        Encoding::Typed("text/plain"),
    ]);
    let multipart = [
        Encoding::Plain,
        Encoding::Typed(JSON),
        Encoding::Typed("text/plain"),
        Encoding::Typed("application/octet-stream"),
        Encoding::WithHeaders,
    ];
    encodings.into_iter().map(|own| (false, own)).chain(multipart.map(|own| (true, own))).collect()
}

impl Cell {
    /// Returns true if the generator has to say that nothing comes of it, rather than to make something of
    /// it.
    #[must_use]
    pub fn is_ignored(&self) -> bool {
        match self.carrier {
            Carrier::Overshadowed => true,
            Carrier::Answer(status, _) => INTERIM.contains(&status),
            _ => false,
        }
    }

    /// Where the value stands, as reports say it.
    #[must_use]
    pub fn place(&self) -> String {
        match self.carrier {
            Carrier::Parameter(way) => way.place.word().to_owned(),
            Carrier::Segment(_) => "path".to_owned(),
            Carrier::Overshadowed => "query".to_owned(),
            Carrier::Body(media) => format!("body {media}"),
            Carrier::BodyAmong => "body of several types".to_owned(),
            Carrier::Property(true, _) => "multipart".to_owned(),
            Carrier::Property(false, _) => "urlencoded".to_owned(),
            Carrier::Answer(status, _) => format!("answer {status}"),
            Carrier::AnswerAmong => "answer of several types".to_owned(),
            Carrier::Header { .. } => "header of an answer".to_owned(),
        }
    }

    /// Names its style, as reports say it.
    #[must_use]
    pub fn style(&self) -> String {
        let exploded = |explode: bool| if explode { " exploded" } else { "" };
        match self.carrier {
            Carrier::Parameter(Way { style, explode, reserved, empty, .. }) => {
                let reserved = if reserved { " allowReserved" } else { "" };
                let empty = if empty { " allowEmptyValue" } else { "" };
                format!("{}{}{reserved}{empty}", style.word(), exploded(explode))
            }
            Carrier::Segment(between) => format!("several with `{between}` between them"),
            Carrier::Overshadowed => "two exploded maps".to_owned(),
            Carrier::Property(_, Encoding::Plain) => "plain".to_owned(),
            Carrier::Property(_, Encoding::Styled(style, explode)) => {
                format!("{}{}", style.word(), exploded(explode))
            }
            Carrier::Property(_, Encoding::Typed(media)) => media.to_owned(),
            Carrier::Property(_, Encoding::WithHeaders) => "with headers".to_owned(),
            Carrier::Answer(_, "") => "empty".to_owned(),
            Carrier::Answer(_, media) => media.to_owned(),
            Carrier::Header { json: true, .. } => JSON.to_owned(),
            Carrier::Header { explode, .. } => format!("simple{}", exploded(explode)),
            Carrier::Body(_) | Carrier::BodyAmong | Carrier::AnswerAmong => "whole".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Grid;
    use std::collections::HashSet;

    #[test]
    fn cells_are_told_apart() {
        let grid = Grid::new();
        let mut seen = HashSet::new();
        for cell in &grid.cells {
            assert!(seen.insert(grid.name(cell)), "{}", grid.name(cell));
        }
        assert!(seen.len() >= 5000, "{}", seen.len());
    }
}
