//! Decoding, checking and encoding of the models, beside a struct written by hand with serde.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use indexmap::IndexMap;
use outbound_models::{OutboundCampaign, OutboundCampaignInput};
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::hint::black_box;

/// Models as a person would write them: one `Option` for each field that may be left out, days as a closed
/// enumeration.
mod by_hand {
    use super::*;

    #[derive(Debug, Deserialize, Serialize)]
    pub struct Campaign {
        pub campaign_name: String,
        pub campaign_variables: IndexMap<String, String>,
        pub caller_id: Option<String>,
        pub active_days: Vec<Day>,
        pub id: i64,
        pub last_updated_by: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub mode: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub sms_session_ttl: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub label: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub labels: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub daily_start_time: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub daily_end_time: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub source: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub hourly_rate: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub retry_count: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub retry_interval: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub voicemail_detection: Option<IndexMap<String, f64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub agent_id: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub created_at: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    #[derive(Debug, Deserialize, Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Day {
        Mon,
        Tue,
        Wed,
        Thu,
        Fri,
        Sat,
        Sun,
    }
}

const CAMPAIGN: &str = r#"{
  "campaign_name": "Outbound Campaign 1",
  "description": "This is a test campaign",
  "mode": "voice",
  "sms_session_ttl": 720,
  "label": "test",
  "labels": ["test", "demo"],
  "campaign_variables": {"key": "value", "key2": "value2"},
  "daily_start_time": "09:00:00",
  "daily_end_time": "17:00:00",
  "source": "+19032900844",
  "caller_id": "19995551234",
  "hourly_rate": 25,
  "retry_count": 1,
  "retry_interval": "30m",
  "active_days": ["mon", "tue", "wed", "thu", "fri"],
  "voicemail_detection": {"voicemail_detection_overall_timeout": 30, "pre_speech": 3.5, "post_speech": 1.75},
  "id": 123,
  "agent_id": 42,
  "created_at": "2023-11-07T05:31:56Z",
  "updated_at": "2023-11-07T05:31:56Z",
  "last_updated_by": "someone@example.com"
}"#;

fn compact(without: &[&str]) -> String {
    let mut value: Value = serde_json::from_str(CAMPAIGN).expect("JSON");
    without.iter().for_each(|key| _ = value.as_object_mut().and_then(|object| object.shift_remove(*key)));
    value.to_string()
}

fn decode(criterion: &mut Criterion) {
    let text = compact(&[]);
    let mut group = criterion.benchmark_group("decode a response");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| {
            serde_json::from_slice::<by_hand::Campaign>(black_box(text.as_bytes())).expect("a campaign")
        });
    });
    group.bench_function("generated", |bencher| {
        bencher.iter(|| {
            spec_runtime::from_slice::<OutboundCampaign>(black_box(text.as_bytes())).expect("a campaign")
        });
    });
    group.finish();
}

fn check(criterion: &mut Criterion) {
    let text = compact(&["id", "agent_id", "created_at", "updated_at", "last_updated_by"]);
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<OutboundCampaignInput>()
        .to_value();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mut group = criterion.benchmark_group("decode a request");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("unchecked", |bencher| {
        bencher.iter(|| {
            serde_json::from_slice::<OutboundCampaignInput>(black_box(text.as_bytes())).expect("an input")
        });
    });
    group.bench_function("checked", |bencher| {
        let decode = spec_runtime::validation::from_slice::<OutboundCampaignInput>;
        bencher.iter(|| decode(black_box(text.as_bytes())).expect("an input"));
    });
    group.bench_function("jsonschema, then decoded", |bencher| {
        bencher.iter(|| {
            let value: Value = serde_json::from_slice(black_box(text.as_bytes())).expect("JSON");
            assert!(validator.is_valid(&value));
            serde_json::from_value::<OutboundCampaignInput>(value).expect("an input")
        });
    });
    group.finish();
}

fn encode(criterion: &mut Criterion) {
    let text = compact(&[]);
    let by_hand: by_hand::Campaign = serde_json::from_str(&text).expect("a campaign");
    let generated: OutboundCampaign = serde_json::from_str(&text).expect("a campaign");
    let mut group = criterion.benchmark_group("encode a response");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| serde_json::to_vec(black_box(&by_hand)).expect("JSON"));
    });
    group.bench_function("generated", |bencher| {
        bencher.iter(|| serde_json::to_vec(black_box(&generated)).expect("JSON"));
    });
    group.finish();
}

criterion_group!(benches, decode, check, encode);
criterion_main!(benches);
