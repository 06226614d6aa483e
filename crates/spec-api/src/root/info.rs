//! The description of the API as a whole: `info` (OpenAPI 3.1, 4.8.2) and `tags` (4.8.22).
//!
//! Must not know the operations that tags group.

use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::Tag;
use crate::specification;

/// The title, version and description of an API.
pub(crate) struct Info {
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
}

/// Reads `info`.
pub(crate) fn read<'a>(input: &mut Input<'a>, root: &Cursor<'a>) -> Info {
    input.warn_missing(root, "info");
    let untitled = || "Untitled API".to_owned();
    let Some(info) = input.member(root, "info").filter(|info| input.expect_object(info).is_some()) else {
        return Info { title: untitled(), version: String::new(), description: None };
    };
    input.warn_missing(&info, "title");
    input.warn_missing(&info, "version");
    let [title, version, description] =
        ["title", "version", "description"].map(|key| input.optional_text(&info, key));
    input.check_fields(&info, &specification::INFO);
    Info { title: title.unwrap_or_else(untitled), version: version.unwrap_or_default(), description }
}

/// Reads the declared tags.
pub(crate) fn read_tags<'a>(input: &mut Input<'a>, root: &Cursor<'a>) -> Vec<Tag> {
    let mut tags = Vec::new();
    for tag in input.items_of(root, "tags") {
        let Some(tag) = input.follow_leniently(tag) else { continue };
        if let Some(name) = input.required_string(&tag, "name") {
            input.check_fields(&tag, &specification::TAG);
            tags.push(Tag { name, description: input.optional_text(&tag, "description") });
        }
    }
    tags
}
