//! What only generated code calls: no part of what people can rely on.
//!
//! Each crate that is generated has a module of its own here. Nothing in them is stable: a generator and the
//! runtime of the same version go together.

#[cfg(any(feature = "client", feature = "server"))]
pub use crate::headers::HeaderText;
// What derives expand to.
pub use {schemars, serde};

/// Items that generated models call.
pub mod models {
    pub use crate::check::{has_length, is_multiple_of, is_unique};
    pub use crate::private::json;
    pub use crate::union::{ByKind, ByTag, Kind, Untagged, by_kind, by_tag, one_of, tagged, untagged};
}

/// Items that generated clients call.
#[cfg(feature = "client")]
pub mod client {
    pub use crate::client::answer::Answer;
    pub use crate::client::browser::staying;
    pub use crate::client::call::{BuiltCall, call};
    pub use crate::client::credentials::{Credentials, environment};
    pub use crate::client::form::{multipart, urlencoded};
    pub use crate::client::http_client::transport;
    pub use crate::client::parameter::{
        apart, as_json, cookie, encoded, header, joined_query, needed, path, query, query_value,
        reserved_query, segment, text_of,
    };
    pub use crate::client::response::{
        byte_stream, bytes, empty, event_texts, events, failed, form, json, json_lines, succeeded, text,
        unexpected, wrap,
    };
    pub use crate::client::send::{ApiClient, ClientParts, HookError};
    pub use crate::client::server::{BaseUrl, base_url_from};
    pub use crate::client::token::TokenEndpoint;
    pub use crate::encoding::Encoding;
    pub use crate::file::read_form;
    pub use crate::headers::{read_header, read_header_as};
    pub use crate::security::SecurityScheme;
    pub use progenitor_client::QueryParam;
    pub use spec_http::style::Style;

    /// Functions that put a position into a call, and take from an answer what is said of its page.
    pub mod paging {
        pub use crate::pages::call::{
            amount, call_at, cursor, cursor_argument, header_cursor, header_url, number, number_in,
            offset_argument, page_argument, with_field,
        };
    }
}

/// Items that generated servers call.
#[cfg(feature = "server")]
pub mod server {
    pub use crate::encoding::Encoding;
    pub use crate::security::SecurityScheme;
    pub use crate::server::body::{
        CheckedLines, Content, FromBody, Lines, NoBody, Payload, RawBody, Refused, Streaming, Text,
    };
    pub use crate::server::declared::{ErrorShape, ErrorStatus};
    pub use crate::server::operation::{Candidate, NoParameters, Operation, select_operation};
    pub use crate::server::parameter::{Parameter, ParameterIn};
    pub use crate::server::problem::{method_not_allowed, not_found};
    pub use crate::server::reply::{
        Headers, byte_stream, bytes, empty, event_texts, events, json, json_lines, text, text_of,
    };
    pub use spec_http::media_type::MediaKind;
    pub use spec_http::style::Style;
}
