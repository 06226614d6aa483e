//! Servers (OpenAPI 3.1, 4.8.5 and 4.8.6) of a document, a path or an operation.
//!
//! Must not know who lists them.

use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Server, ServerVariable};
use crate::specification;
use indexmap::IndexMap;
use spec_document::{Code, Diagnostic};
use spec_http::template::placeholder;

/// Reads the servers of a document; there is always one (OpenAPI 3.1, 4.8.1).
pub(crate) fn read_root<'a>(input: &mut Input<'a>, root: &Cursor<'a>) -> Vec<Server> {
    let mut servers = read(input, root);
    if servers.is_empty() {
        let url = "/".to_owned();
        let template = url.clone();
        servers.push(Server { url, template, variables: IndexMap::new(), description: None });
    }
    servers
}

/// Reads the servers that an object lists.
pub(crate) fn read<'a>(input: &mut Input<'a>, owner: &Cursor<'a>) -> Vec<Server> {
    let mut servers = Vec::new();
    for server in input.items_of(owner, "servers") {
        let Some(server) = input.follow_leniently(server) else { continue };
        let Some(template) = input.required_string(&server, "url") else { continue };
        input.check_fields(&server, &specification::SERVER);
        let variables = read_variables(input, &server);
        let mut url = template.clone();
        for (name, variable) in &variables {
            url = url.replace(&format!("{{{name}}}"), &variable.default);
        }
        check_url(input, &server, &template, &url);
        let description = input.optional_text(&server, "description");
        servers.push(Server { url, template, variables, description });
    }
    servers
}

fn read_variables<'a>(input: &mut Input<'a>, server: &Cursor<'a>) -> IndexMap<String, ServerVariable> {
    let mut variables = IndexMap::new();
    for (name, variable) in input.members_of(server, "variables") {
        let Some(variable) = input.follow_leniently(variable) else { continue };
        if input.expect_object(&variable).is_none() {
            continue;
        }
        input.check_fields(&variable, &specification::SERVER_VARIABLE);
        let values = input.strings(&variable, "enum");
        input.warn_missing(&variable, "default");
        let default = match (input.optional_text(&variable, "default"), values.first()) {
            (Some(default), _) => default,
            (None, Some(first)) => first.clone(),
            (None, None) => continue,
        };
        let description = input.optional_text(&variable, "description");
        variables.insert(name.to_owned(), ServerVariable { default, values, description });
    }
    variables
}

/// Warns of variables that are not declared, and of a query or fragment. `url` has its variables filled in.
fn check_url<'a>(input: &mut Input<'a>, server: &Cursor<'a>, template: &str, url: &str) {
    let location = input.location(&server.pointer.join("url"));
    if let Some((_, name, _)) = placeholder(url)
        && server.child("variables").and_then(|variables| variables.child(name)).is_none()
    {
        let message = format!("the URL has {{{name}}}, but there is no variable `{name}`");
        input.push(
            Diagnostic::warning(Code::MissingField, location.clone(), message)
                .help(format!("add `{name}` to the server's `variables`, with a `default`")),
        );
    }
    if let Some(sign) = ['?', '#'].into_iter().find(|sign| template.contains(*sign)) {
        let message = format!(
            "paths are put behind this URL, so behind its {sign:?}, too: no server takes them apart again"
        );
        input.push(Diagnostic::warning(Code::InvalidValue, location, message).help(
            "leave scheme, host, port and path; \
             what all operations have in their query is a parameter of each",
        ));
    }
}
