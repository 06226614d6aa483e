//! What generated code has, counted in its text.
//!
//! Knows what `syn` makes of the text, and the words of generated documentation. Must not know the `Plan`.

use std::collections::BTreeSet;
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, ReturnType, TraitItem, Type, Visibility};

/// Operations of generated code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// The number of methods.
    pub methods: usize,
    /// The requests that their documentation names: the method in capitals, a space, and the path.
    pub named: BTreeSet<String>,
    /// Methods for what the API sends itself: webhooks and callbacks.
    pub received: usize,
}

/// Counts the operations of a generated client: public methods of `Client` that return a builder; `None`
/// where the text is no Rust.
pub fn client(text: &str) -> Option<Requests> {
    let mut requests = Requests::default();
    visit(&syn::parse_file(text).ok()?.items, &mut |item| {
        let Item::Impl(item) = item else { return };
        if item.trait_.is_some() || segment_from_end(&item.self_ty, 0).as_deref() != Some("Client") {
            return;
        }
        for method in &item.items {
            let ImplItem::Fn(method) = method else { continue };
            let ReturnType::Type(_, answer) = &method.sig.output else { continue };
            if matches!(method.vis, Visibility::Public(_))
                && segment_from_end(answer, 1).as_deref() == Some("builder")
            {
                requests.methods += 1;
                requests.named.extend(documented_request(&method.attrs, "Sends a `", "` request to `"));
            }
        }
    });
    Some(requests)
}

/// Counts the operations of a generated server: methods of public traits; those of `Webhooks` take what the
/// API sends itself; `None` where the text is no Rust.
pub fn server(text: &str) -> Option<Requests> {
    let mut requests = Requests::default();
    visit(&syn::parse_file(text).ok()?.items, &mut |item| {
        let Item::Trait(item) = item else { return };
        if !matches!(item.vis, Visibility::Public(_)) {
            return;
        }
        for method in &item.items {
            let TraitItem::Fn(method) = method else { continue };
            if item.ident == "Webhooks" {
                requests.received += 1;
            } else {
                requests.methods += 1;
                requests.named.extend(documented_request(&method.attrs, "Answers `", "` requests to `"));
            }
        }
    });
    Some(requests)
}

/// Counts the public types of generated models, builders aside; `None` where the text is no Rust.
pub fn models(text: &str) -> Option<usize> {
    let mut names = BTreeSet::new();
    visit(&syn::parse_file(text).ok()?.items, &mut |item| {
        let (vis, name) = match item {
            Item::Struct(item) => (&item.vis, &item.ident),
            Item::Enum(item) => (&item.vis, &item.ident),
            Item::Type(item) => (&item.vis, &item.ident),
            _ => return,
        };
        if matches!(vis, Visibility::Public(_)) {
            names.insert(name.to_string());
        }
    });
    let is_builder = |name: &String| name.strip_suffix("Builder").is_some_and(|of| names.contains(of));
    Some(names.iter().filter(|name| !is_builder(name)).count())
}

/// Visits every item, those of modules included.
fn visit<'a>(items: &'a [Item], each: &mut impl FnMut(&'a Item)) {
    for item in items {
        each(item);
        if let Item::Mod(module) = item
            && let Some((_, items)) = &module.content
        {
            visit(items, each);
        }
    }
}

/// Returns a segment of the path of a type, counted from its end.
fn segment_from_end(ty: &Type, back: usize) -> Option<String> {
    let Type::Path(ty) = ty else { return None };
    ty.path.segments.iter().rev().nth(back).map(|segment| segment.ident.to_string())
}

/// Returns the request that a line of documentation speaks of: `before`, the method, `between`, the path.
fn documented_request(attributes: &[Attribute], before: &str, between: &str) -> Option<String> {
    attributes.iter().rev().find_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else { return None };
        let Expr::Lit(value) = &pair.value else { return None };
        let Lit::Str(text) = &value.lit else { return None };
        let text = text.value();
        let (method, path) = text.trim().strip_prefix(before)?.split_once(between)?;
        Some(format!("{method} {}", path.strip_suffix("`.")?))
    })
}

#[cfg(test)]
mod tests {
    use super::{models, server};

    #[test]
    fn servers_answer_and_receive() {
        let text = r#"
            pub trait Api {
                /// Answers `GET` requests to `/a`.
                fn all(&self) -> impl Future<Output = ()> + Send { async {} }
            }
            pub trait Webhooks {
                /// Answers `POST` requests to `/event`.
                fn event(&self) -> impl Future<Output = ()> + Send { async {} }
            }
            trait Own { fn not(&self); }
        "#;
        let requests = server(text).expect("Rust");
        assert_eq!((requests.methods, requests.received), (1, 1));
        assert!(requests.named.contains("GET /a"), "{requests:?}");
        assert_eq!(server("pub trait {"), None);
    }

    #[test]
    fn builders_are_no_models() {
        let text = "pub struct Pet {} pub struct PetBuilder {} pub struct HouseBuilder {} pub enum Kind {} \
                    struct Own; mod pets { pub type Names = u8; }";
        assert_eq!(models(text), Some(4));
    }
}
