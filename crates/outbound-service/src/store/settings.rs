//! The settings of a campaign, as a database keeps them.
//!
//! Knows JSON, and what of it can be searched. Must not know SQL beyond what it binds.

use super::{Query, StoreError};
use outbound_server::models::OutboundCampaignInput;
use spec_runtime::Field;

/// Writes settings as JSON.
pub(super) fn to_text(settings: &OutboundCampaignInput) -> Result<String, StoreError> {
    Ok(serde_json::to_string(settings)?)
}

/// Reads settings from JSON.
pub(super) fn from_text(text: &str) -> Result<OutboundCampaignInput, StoreError> {
    Ok(serde_json::from_str(text)?)
}

/// The settings that the list can be searched and ordered by, in the order of the columns.
#[derive(Debug)]
pub(super) struct Searchable {
    columns: [Option<String>; 10],
}

impl Searchable {
    #[expect(deprecated, reason = "`label` is kept as long as the document has it")]
    pub(super) fn of(settings: &OutboundCampaignInput) -> Self {
        let text = |field: &Field<String>| field.value().map(|text| escaped(text));
        let labels = settings.labels.value().map(|labels| entries(labels.iter().map(String::as_str)));
        let variables = entries(settings.campaign_variables.values().map(String::as_str));
        let detection = settings.voicemail_detection.value().map(|detection| {
            let numbers: Vec<String> = detection.values().map(ToString::to_string).collect();
            entries(numbers.iter().map(String::as_str))
        });
        Searchable {
            columns: [
                Some(escaped(&settings.campaign_name)),
                settings.caller_id.as_deref().map(escaped),
                text(&settings.daily_start_time),
                text(&settings.daily_end_time),
                text(&settings.source),
                text(&settings.mode),
                text(&settings.label),
                labels,
                Some(variables),
                detection,
            ],
        }
    }

    pub(super) fn bind_to<'q>(&'q self, query: Query<'q>) -> Query<'q> {
        self.columns.iter().fold(query, |query, column| query.bind(column.as_deref()))
    }
}

/// Writes a text without what the other texts of a column are parted by, and without the one character that
/// PostgreSQL keeps in no text.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('\n', r"\n").replace('\0', r"\0")
}

/// Writes several texts, each between two line breaks.
fn entries<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.fold("\n".to_owned(), |mut column, text| {
        column.push_str(&escaped(text));
        column.push('\n');
        column
    })
}

/// Writes a text as it is found among several.
pub(super) fn entry(text: &str) -> String {
    entries(std::iter::once(text))
}
