//! Names of things in paths and parameters: `customers`, `customerId` and `customer_id` mean one thing.

/// Returns a name in lower case and without what joins words.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Returns a plural as a singular, as far as English is regular.
pub(crate) fn singular(word: &str) -> String {
    let plain = plain(word);
    for (plural, one) in [("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x")] {
        if let Some(stem) = plain.strip_suffix(plural).filter(|stem| stem.len() > 1) {
            return format!("{stem}{one}");
        }
    }
    match plain.strip_suffix('s').filter(|stem| !stem.ends_with(['s', 'u']) && stem.len() > 1) {
        Some(stem) => stem.to_owned(),
        None => plain,
    }
}

/// What the last word of a name says where it names a thing by something of it.
const HANDLES: [&str; 13] = [
    "identifier",
    "number",
    "handle",
    "ident",
    "uuid",
    "guid",
    "slug",
    "code",
    "name",
    "sid",
    "key",
    "ids",
    "id",
];

/// Returns the thing that a parameter or property names, and the handle by which it does so: `customerId` is
/// a `customer` by its `id`; `id` alone names nothing.
pub(crate) fn thing(name: &str) -> (Option<String>, Option<&'static str>) {
    let plain = plain(name);
    for handle in HANDLES {
        if plain == handle {
            return (None, Some(handle));
        }
        if let Some(stem) = plain.strip_suffix(handle).filter(|stem| stem.len() > 1) {
            // `paid` is no `pa` by its `id`: a handle begins a word.
            let begins = name.len().saturating_sub(handle.len());
            let (Some(before), Some(text)) = (name.get(..begins), name.get(begins..)) else { continue };
            let is_word =
                text.starts_with(|sign: char| sign.is_ascii_uppercase()) || before.ends_with(['_', '-', '.']);
            if is_word {
                return (Some(singular(stem)), Some(handle));
            }
        }
    }
    (Some(singular(name)), None)
}

/// Returns whether a name says how a thing is found, and not which one.
pub(crate) fn is_handle(name: &str) -> bool {
    HANDLES.contains(&plain(name).as_str())
}

#[cfg(test)]
mod tests {
    use super::{is_handle, singular, thing};

    #[test]
    fn names_of_any_script_are_taken_apart() {
        assert_eq!(thing("user_id番").1, None);
        assert_eq!([is_handle("id"), is_handle("petId")], [true, false]);
    }

    #[test]
    fn names_say_things() {
        let all = ["customerId", "user_id", "id", "petIds", "paid", "OrderUUID", "categories", "status"];
        let things: Vec<_> = all.map(thing).into();
        assert_eq!(
            things,
            [
                (Some("customer".into()), Some("id")),
                (Some("user".into()), Some("id")),
                (None, Some("id")),
                (Some("pet".into()), Some("ids")),
                (Some("paid".into()), None),
                (Some("order".into()), Some("uuid")),
                (Some("category".into()), None),
                (Some("status".into()), None),
            ]
        );
        assert_eq!(["boxes", "addresses", "news"].map(singular), ["box", "address", "new"]);
    }
}
