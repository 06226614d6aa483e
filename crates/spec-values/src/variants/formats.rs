//! Texts of each format, and texts that nearly are.
//!
//! Which of them are of a format, a validator says. Must not know schemas.

/// Returns texts that show what a format allows and what it does not.
pub(super) fn texts(format: &str) -> &'static [&'static str] {
    match format {
        "date-time" => &[
            "2024-02-29T23:59:59Z",
            "2026-01-31T12:20:30.25+02:00",
            "1969-12-31T23:59:59.999999Z",
            "not a date",
            "2026-02-30T00:00:00Z",
            "2026-01-31",
            "2026-01-31T10:20:30",
        ],
        "date" => &["2024-02-29", "1900-01-01", "not a date", "2026-02-30", "2026-13-01", "31.01.2026"],
        "time" => &["23:59:59Z", "10:20:30.5+02:00", "25:00:00Z", "noon"],
        "duration" => &["P1DT2H", "PT0S", "1 day", "P"],
        "uuid" => &[
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "00000000-0000-0000-0000-000000000000",
            "not-a-uuid",
            "67e55044",
        ],
        "email" | "idn-email" => &["a@b.example", "first.last+tag@example.com", "no address", "@example.com"],
        "uri" | "url" | "iri" => &["https://example.com/a?b=c#d", "no uri", "http://[::1"],
        "uri-reference" | "iri-reference" => &["../a", "#b", "\\\\no reference"],
        "hostname" | "idn-hostname" => &["example.com", "a", "-", "exa mple.com"],
        "ipv4" => &["192.0.2.1", "255.255.255.255", "192.0.2.256", "192.0.2"],
        "ipv6" => &["2001:db8::1", "::", "2001:db8", "12345::"],
        "byte" => &["YQ==", "no base64!", "YQ"],
        "base64url" => &["-_-_", "YQ", "+/+/", "Y"],
        "decimal" => &["-12.50", "0", "1,5", "."],
        "json-pointer" => &["/a~1b", "a"],
        "regex" => &["^a+$", "("],
        _ => &[],
    }
}
