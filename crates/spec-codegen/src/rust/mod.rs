//! Rust as text and tokens: identifiers, literals, comments, imports and layout.
//!
//! Knows how code is written so that a person likes to read it: comments line by line, a blank line between
//! items. Must not know the plan, nor decide what is written.

mod imports;
mod json;
mod layout;

use crate::markdown;
pub(crate) use imports::Imports;
pub(crate) use json::{is_long, json, json_with, number_text};
#[cfg(test)]
pub(crate) use layout::lay_out;
pub(crate) use layout::{Layout, SourceFile};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;

/// Makes an identifier.
pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Reads text that is known to be Rust.
pub(crate) fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// Finds the declaration of a structure, an enumeration or a module by its name, and returns it without its
/// attributes. The declarations around it are not parsed: that would take most of the time.
pub(crate) fn declaration(code: TokenStream, name: &str) -> Option<TokenStream> {
    let mut trees = code.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let is_keyword =
            matches!(&tree, TokenTree::Ident(word) if word == "struct" || word == "enum" || word == "mod");
        if is_keyword && matches!(trees.peek(), Some(TokenTree::Ident(word)) if word == name) {
            let mut declaration = TokenStream::from(tree);
            for tree in trees {
                let is_end =
                    matches!(&tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
                declaration.extend([tree]);
                if is_end {
                    return Some(declaration);
                }
            }
            return None;
        }
    }
    None
}

/// Prints a comment, line by line. Words of a document are made [harmless](markdown::harmless), wherever they
/// stand in it.
pub(crate) fn docs<S: AsRef<str>>(lines: &[S]) -> TokenStream {
    if lines.is_empty() {
        return TokenStream::new();
    }
    let text = lines.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("\n");
    comment(&markdown::harmless(&text))
}

/// Prints a comment without any word of a document, so that it may link to what is generated.
pub(crate) fn linking(text: &str) -> TokenStream {
    comment(text)
}

/// Prints a comment, line by line, as it is.
fn comment(text: &str) -> TokenStream {
    let line = |line: &str| {
        let text = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote!(#[doc = #text])
    };
    text.split('\n').map(line).collect()
}

/// Prints a number as a floating-point literal that reads back as the same number: `1e300`, where `Display`
/// would write all zeros.
pub(crate) fn float(number: f64) -> TokenStream {
    tokens(&format!("{number:?}"))
}
