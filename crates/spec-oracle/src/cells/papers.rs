//! Cells → documents: many cells in one operation, many operations in one document.
//!
//! Knows which cells can stand beside each other. Must not know what becomes of them.

use super::{
    Carried, Carrier, Cell, Encoding, Grid, INTERIM, JSON, Place, SEGMENT, Shape, Since, Style, Way,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The largest number of cells in one operation.
const CELLS: usize = 16;

/// The largest number of operations in one document.
const OPERATIONS: usize = 48;

/// A document.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its name.
    pub name: String,
    /// Its text: JSON.
    pub text: String,
    /// The cells of each operation, by number in the grid.
    pub operations: Vec<Vec<usize>>,
}

/// Documents for these cells, by number.
#[must_use]
pub fn papers(grid: &Grid, cells: &[usize]) -> Vec<Paper> {
    let mut papers: Vec<Paper> = Vec::new();
    for is_old in [false, true] {
        let of_version = |cell: &&usize| (grid.shape(&grid.cells[**cell]).since == Since::Only30) == is_old;
        let own: Vec<usize> = cells.iter().filter(of_version).copied().collect();
        let mut pieces: Vec<Vec<Vec<usize>>> = Vec::new();
        for operation in operations(grid, &own) {
            match pieces.last_mut() {
                Some(last) if last.len() < OPERATIONS => last.push(operation),
                _ => pieces.push(vec![operation]),
            }
        }
        for operations in pieces {
            let name = format!("paper-{:03}", papers.len());
            papers.push(Paper { name, text: document(grid, &operations, is_old).to_string(), operations });
        }
    }
    papers
}

impl Paper {
    /// The document of one operation alone.
    #[must_use]
    pub fn alone(grid: &Grid, name: &str, operation: &[usize]) -> Paper {
        let is_old = operation.iter().any(|cell| grid.shape(&grid.cells[*cell]).since == Since::Only30);
        let operations = vec![operation.to_vec()];
        Paper { name: name.to_owned(), text: document(grid, &operations, is_old).to_string(), operations }
    }
}

/// Returns what cells have in common that stand in one operation.
fn alike_key(grid: &Grid, own: &Cell) -> (Carrier, bool, usize) {
    let cannot = |cell| move |value: &Value| grid.carried(cell, value) == Carried::Cannot;
    match own.carrier {
        // A map that is exploded takes all names for its own.
        Carrier::Parameter(Way {
            style: Style::Form | Style::Space | Style::Pipe, explode: true, ..
        })
        | Carrier::Property(false, _)
            if grid.shape(own).is_map =>
        {
            (own.carrier, own.required, 1 + own.shape)
        }
        Carrier::Body(_) | Carrier::Overshadowed => (own.carrier, own.required, 1 + own.shape),
        // What must be there and has no text leaves nothing beside it to be judged.
        Carrier::Parameter(_) | Carrier::Segment(_) | Carrier::Property(..)
            if own.required && grid.shape(own).values.iter().all(cannot(own)) =>
        {
            (own.carrier, own.required, 1 + own.shape)
        }
        Carrier::Header { .. } if own.required && grid.shape(own).answers.iter().all(cannot(own)) => {
            (own.carrier, own.required, 1 + own.shape)
        }
        // What is ignored says nothing of what stands beside it.
        Carrier::Answer(status, _) if INTERIM.contains(&status) => (own.carrier, own.required, 1 + own.shape),
        // The statuses of one shape.
        Carrier::Answer(status, media) => {
            let is_empty = media.is_empty() || matches!(status, "101" | "204" | "205" | "304");
            let kind = if is_empty {
                ""
            } else if media == JSON {
                JSON
            } else {
                "text/plain"
            };
            // What is left for a default is what nothing else is for.
            (Carrier::Answer(if status == "default" { status } else { "" }, kind), true, 1 + own.shape)
        }
        other => (other, own.required, 0),
    }
}

/// Cells that stand in one operation each.
fn operations(grid: &Grid, cells: &[usize]) -> Vec<Vec<usize>> {
    // What is alike stands together.
    let mut alike: BTreeMap<(Carrier, bool, usize), Vec<usize>> = BTreeMap::new();
    for cell in cells {
        let own = &grid.cells[*cell];
        alike.entry(alike_key(grid, own)).or_default().push(*cell);
    }
    let mut operations = Vec::new();
    for ((carrier, ..), cells) in alike {
        let mut left = cells;
        while !left.is_empty() {
            let mut operation: Vec<usize> = Vec::new();
            let taken = |operation: &[usize], cell: usize| match grid.cells[cell].carrier {
                // One answer to a status.
                Carrier::Answer(status, _) => operation.iter().any(
                    |own| matches!(grid.cells[*own].carrier, Carrier::Answer(other, _) if other == status),
                ),
                _ => false,
            };
            let most =
                if matches!(carrier, Carrier::BodyAmong | Carrier::AnswerAmong) { CELLS / 2 } else { CELLS };
            left.retain(|cell| {
                let fits = operation.len() < most && !taken(&operation, *cell);
                if fits {
                    operation.push(*cell);
                }
                !fits
            });
            operations.push(operation);
        }
    }
    operations
}

impl Grid {
    /// Names a cell in its operation: the name of a parameter or property, a media type.
    #[must_use]
    pub fn wire_name(&self, cell: usize, position: usize) -> String {
        match self.cells[cell].carrier {
            Carrier::Parameter(Way { place: Place::Header, .. }) | Carrier::Header { .. } => {
                format!("X-P{position:02}")
            }
            Carrier::Parameter(_) | Carrier::Segment(_) | Carrier::Overshadowed => format!("p{position:02}"),
            Carrier::Property(..) => format!("f{position:02}"),
            Carrier::Body(media) | Carrier::Answer(_, media) => media.to_owned(),
            Carrier::BodyAmong | Carrier::AnswerAmong => format!("application/vnd.m{position:02}+json"),
        }
    }
}

fn document(grid: &Grid, operations: &[Vec<usize>], is_old: bool) -> Value {
    let mut paths = Map::new();
    let mut components = Map::new();
    for (number, cells) in operations.iter().enumerate() {
        for cell in cells {
            components.extend(grid.shape(&grid.cells[*cell]).components.iter().cloned());
        }
        let (path, method, operation) = operation(grid, number, cells);
        paths.insert(path, json!({ method: operation }));
    }
    let version = if is_old { "3.0.3" } else { "3.1.0" };
    let mut document =
        json!({ "openapi": version, "info": { "title": "Grid", "version": "1.0.0" }, "paths": paths });
    if !components.is_empty() {
        document["components"] = json!({ "schemas": components });
    }
    document
}

fn media(shape: &Shape) -> Value {
    json!({ "schema": shape.schema })
}

fn operation(grid: &Grid, number: usize, cells: &[usize]) -> (String, &'static str, Value) {
    let id = format!("o{number:02}");
    let mut path = format!("/{id}");
    let named = |position: usize, cell: usize| {
        (grid.wire_name(cell, position), &grid.cells[cell], grid.shape(&grid.cells[cell]))
    };
    let all: Vec<_> = cells.iter().enumerate().map(|(position, cell)| named(position, *cell)).collect();
    let mut operation = json!({ "operationId": id, "responses": { "204": { "description": "Nothing." } } });
    let Some((_, first, _)) = all.first() else { return (path, "get", operation) };
    let required = first.required;
    let mut content = Map::new();
    match first.carrier {
        Carrier::Parameter(_) => {
            let mut parameters = Vec::new();
            for (name, cell, shape) in &all {
                let Carrier::Parameter(way) = cell.carrier else { continue };
                if way.place == Place::Path {
                    path.push_str(&format!("/{{{name}}}"));
                }
                parameters.push(parameter(way, name, cell.required, shape));
            }
            operation["parameters"] = parameters.into();
            return (path, "get", operation);
        }
        Carrier::Segment(between) => {
            let mut parameters = Vec::new();
            for (at, (name, cell, shape)) in all.iter().enumerate() {
                path.push_str(&if at == 0 { "/".to_owned() } else { between.to_string() });
                path.push_str(&format!("{{{name}}}"));
                parameters.push(parameter(SEGMENT, name, cell.required, shape));
            }
            operation["parameters"] = parameters.into();
            return (path, "get", operation);
        }
        Carrier::Overshadowed => {
            let way =
                Way { place: Place::Query, style: Style::Form, explode: true, reserved: false, empty: false };
            let two = |(name, cell, shape): &(String, &Cell, &Shape)| {
                [parameter(way, name, cell.required, shape), parameter(way, "other", false, shape)]
            };
            operation["parameters"] = all.iter().flat_map(two).collect();
            return (path, "get", operation);
        }
        Carrier::Body(_) | Carrier::BodyAmong => {
            content.extend(all.iter().map(|(name, _, shape)| (name.clone(), media(shape))));
        }
        Carrier::Property(is_multipart, _) => {
            let name = if is_multipart { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
            content.insert(name.to_owned(), form(&all));
        }
        Carrier::AnswerAmong => {
            content.extend(all.iter().map(|(name, _, shape)| (name.clone(), media(shape))));
            content.insert("text/plain".to_owned(), json!({ "schema": { "type": "string" } }));
            operation["responses"] = json!({ "200": { "description": "Several.", "content": content } });
            return (path, "get", operation);
        }
        Carrier::Answer(..) => {
            operation["responses"] = responses(&all);
            return (path, "get", operation);
        }
        Carrier::Header { .. } => {
            let headers = headers(&all);
            operation["responses"] = json!({ "200": { "description": "Headers.", "headers": headers } });
            return (path, "get", operation);
        }
    }
    operation["requestBody"] = json!({ "required": required, "content": content });
    (path, "post", operation)
}

/// Answers of their own statuses.
fn responses(all: &[(String, &Cell, &Shape)]) -> Value {
    let mut responses = Map::new();
    for (name, cell, shape) in all {
        let Carrier::Answer(status, _) = cell.carrier else { continue };
        let mut response = json!({ "description": "One." });
        if !name.is_empty() {
            response["content"] = json!({ name: media(shape) });
        }
        responses.insert(status.to_owned(), response);
    }
    responses.into()
}

/// Headers of one answer.
fn headers(all: &[(String, &Cell, &Shape)]) -> Value {
    let mut headers = Map::new();
    for (name, cell, shape) in all {
        let Carrier::Header { explode, json } = cell.carrier else { continue };
        let mut header = if json {
            json!({ "content": { JSON: media(shape) } })
        } else {
            json!({ "schema": shape.schema })
        };
        if explode {
            header["explode"] = json!(true);
        }
        header["required"] = json!(cell.required);
        headers.insert(name.clone(), header);
    }
    headers.into()
}

fn parameter(way: Way, name: &str, required: bool, shape: &Shape) -> Value {
    let mut parameter = json!({ "name": name, "in": way.place.word(), "required": required });
    if way.style == Style::Json {
        parameter["content"] = json!({ JSON: media(shape) });
        return parameter;
    }
    parameter["style"] = json!(way.style.word());
    parameter["explode"] = json!(way.explode);
    if way.reserved {
        parameter["allowReserved"] = json!(true);
    }
    if way.empty {
        parameter["allowEmptyValue"] = json!(true);
    }
    parameter["schema"] = shape.schema.clone();
    parameter
}

/// The media type of a form.
fn form(all: &[(String, &Cell, &Shape)]) -> Value {
    let (mut properties, mut encodings, mut required) = (Map::new(), Map::new(), Vec::new());
    for (name, cell, shape) in all {
        properties.insert(name.clone(), shape.schema.clone());
        if cell.required {
            required.push(name.clone());
        }
        let encoding = match cell.carrier {
            Carrier::Property(_, Encoding::Styled(style, explode)) => {
                json!({ "style": style.word(), "explode": explode })
            }
            Carrier::Property(_, Encoding::Typed(media)) => json!({ "contentType": media }),
            Carrier::Property(_, Encoding::WithHeaders) => {
                json!({ "headers": { "X-Note": { "schema": { "type": "string" } } } })
            }
            _ => continue,
        };
        encodings.insert(name.clone(), encoding);
    }
    let mut media = json!({ "schema": { "type": "object", "properties": properties } });
    if !required.is_empty() {
        media["schema"]["required"] = json!(required);
    }
    if !encodings.is_empty() {
        media["encoding"] = encodings.into();
    }
    media
}

#[cfg(test)]
mod tests {
    use super::papers;
    use crate::cells::Grid;
    use std::collections::HashSet;

    #[test]
    fn every_cell_stands_in_one_document() {
        let grid = Grid::new();
        let all: Vec<usize> = (0..grid.cells.len()).collect();
        let mut seen = HashSet::new();
        for paper in papers(&grid, &all) {
            assert!(paper.operations.iter().flatten().all(|cell| seen.insert(*cell)), "{}", paper.name);
        }
        assert_eq!(seen.len(), all.len());
    }
}
