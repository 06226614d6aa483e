//! Guards of the models: what is generated, what is decided, and what goes over the wire.
//!
//! A field that changes in the document shows here as a small diff; look at it, then accept it with
//! `INSTA_UPDATE=always cargo test -p outbound-models`.

use outbound_models::{
    DaysOfWeek, HttpValidationError, OutboundCampaign, OutboundCampaignInput, ValidationError,
};
use serde_json::{Value, json};
use spec_codegen::workspace::{self, Input};
use spec_runtime::Extra;
use spec_runtime::Field;
use std::path::Path;

fn run() -> workspace::Run {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let run = workspace::run(&Input::Workspace { root, only: Some("outbound".to_owned()) });
    let rendered = spec_document::Renderer::new(&run.sources).render_all(&run.diagnostics);
    assert!(run.diagnostics.is_empty(), "{rendered}");
    run
}

/// What is committed is what the document says.
#[test]
fn generated_code_is_fresh() {
    let stale: Vec<_> = run().apis.iter().flat_map(|api| api.stale()).collect();
    assert!(stale.is_empty(), "run `cargo xtask codegen`: {stale:#?}");
}

/// The models, without builders and conversions.
#[test]
fn declarations() {
    let file = syn::parse_file(include_str!("../src/generated.rs")).unwrap();
    let is_builder = |item: &syn::ItemStruct| item.ident.to_string().ends_with("Builder");
    let items: Vec<String> = file
        .items
        .into_iter()
        .filter(|item| match item {
            syn::Item::Struct(item) => !is_builder(item),
            syn::Item::Enum(_) | syn::Item::Type(_) => true,
            _ => false,
        })
        .map(|item| {
            prettyplease::unparse(&syn::File {
                shebang: None,
                frontmatter: None,
                attrs: Vec::new(),
                items: vec![item],
            })
        })
        .collect();
    insta::assert_snapshot!(items.join("\n"));
}

/// Names and types, as they were decided before anything was printed.
#[test]
fn plan() {
    insta::assert_snapshot!(run().apis[0].generated.plan);
}

fn smallest() -> OutboundCampaignInput {
    OutboundCampaignInput::builder()
        .campaign_name("Outbound Campaign 1")
        .campaign_variables([("key", "value")])
        .caller_id(None)
        .active_days([DaysOfWeek::Mon])
        .build()
        .unwrap()
}

/// Returns a campaign in which everything is null.
#[allow(deprecated)]
fn nulls() -> OutboundCampaignInput {
    OutboundCampaignInput {
        description: Field::Null,
        mode: Field::Null,
        sms_session_ttl: Field::Null,
        label: Field::Null,
        labels: Field::Null,
        daily_start_time: Field::Null,
        daily_end_time: Field::Null,
        source: Field::Null,
        retry_interval: Field::Null,
        voicemail_detection: Field::Null,
        ..smallest()
    }
}

/// Returns a campaign in which everything is set.
#[allow(deprecated)]
fn values() -> OutboundCampaignInput {
    OutboundCampaignInput {
        caller_id: Some("19995551234".to_owned()),
        description: "This is a test campaign".into(),
        mode: "voice".into(),
        sms_session_ttl: 720.into(),
        label: "test".into(),
        labels: ["test", "demo"].into(),
        daily_start_time: "09:00:00".into(),
        daily_end_time: "17:00:00".into(),
        source: "+19032900844".into(),
        hourly_rate: Some(25),
        retry_count: Some(1),
        retry_interval: "30m".into(),
        voicemail_detection: [("voicemail_detection_overall_timeout", 30), ("other", 2)].into(),
        ..smallest()
    }
}

/// Returns what a server answers.
#[allow(deprecated)]
fn answer(values: &OutboundCampaignInput) -> OutboundCampaign {
    OutboundCampaign {
        campaign_name: values.campaign_name.clone(),
        campaign_variables: values.campaign_variables.clone(),
        caller_id: None,
        active_days: Vec::new(),
        id: 123,
        last_updated_by: "someone@example.com".to_owned(),
        description: Field::Absent,
        mode: Field::Null,
        sms_session_ttl: Field::Absent,
        label: Field::Absent,
        labels: Field::Absent,
        daily_start_time: Field::Absent,
        daily_end_time: Field::Absent,
        source: Field::Absent,
        hourly_rate: None,
        retry_count: Some(0),
        retry_interval: Field::Absent,
        voicemail_detection: Field::Null,
        agent_id: 42.into(),
        created_at: Some("2023-11-07T05:31:56Z".parse().unwrap()),
        updated_at: None,
        extra: Extra::new(),
    }
}

/// The JSON that models write: nothing set, everything null, everything set.
#[test]
#[allow(deprecated)]
fn states_on_the_wire() {
    let values = values();
    let empties = OutboundCampaignInput {
        labels: Field::Value(Vec::new()),
        voicemail_detection: Field::Value(Default::default()),
        ..smallest()
    };
    let error = HttpValidationError {
        detail: Some(vec![
            ValidationError::builder()
                .loc(["body".into(), 2.into()] as [outbound_models::ValidationErrorLocItem; 2])
                .msg("m")
                .type_("t")
                .build()
                .unwrap(),
        ]),
        extra: Extra::new(),
    };
    let written = json!({
        "nothing set": smallest(),
        "everything null": nulls(),
        "everything set": values,
        "empty is a value": empties,
        "an answer": answer(&values),
        "an error": error,
        "an error without detail": HttpValidationError::builder().build(),
    });
    insta::assert_snapshot!(serde_json::to_string_pretty(&written).unwrap());
    for (name, value) in written.as_object().unwrap() {
        let again: Value = match name.as_str() {
            "an answer" => {
                serde_json::to_value(spec_runtime::from_value::<OutboundCampaign>(value.clone()).unwrap())
                    .unwrap()
            }
            name if name.starts_with("an error") => {
                serde_json::to_value(spec_runtime::from_value::<HttpValidationError>(value.clone()).unwrap())
                    .unwrap()
            }
            _ => serde_json::to_value(
                spec_runtime::from_value::<OutboundCampaignInput>(value.clone()).unwrap(),
            )
            .unwrap(),
        };
        assert_eq!(&again, value, "{name}");
    }
}

#[test]
fn what_is_missing_is_said_all_at_once() {
    let error = OutboundCampaignInput::builder().campaign_name("alone").build().unwrap_err();
    assert_eq!(error.fields(), ["campaign_variables", "caller_id", "active_days"]);
}

#[test]
fn defaults_hold_where_a_field_is_left_out() {
    assert_eq!((smallest().hourly_rate(), smallest().retry_count()), (1, 0));
    assert_eq!((smallest().hourly_rate, smallest().retry_count), (None, None));
}

#[test]
fn a_required_field_that_may_be_null_can_not_be_left_out() {
    let mut value = serde_json::to_value(smallest()).unwrap();
    assert_eq!(value["caller_id"], Value::Null);
    value.as_object_mut().unwrap().shift_remove("caller_id");
    let error = spec_runtime::from_value::<OutboundCampaignInput>(value).unwrap_err();
    assert_eq!(error.to_string(), "missing field `caller_id`");
}

#[test]
fn an_optional_field_that_may_not_be_null_refuses_null() {
    let mut value = serde_json::to_value(smallest()).unwrap();
    value["hourly_rate"] = Value::Null;
    assert_eq!(spec_runtime::from_value::<OutboundCampaignInput>(value).unwrap_err().pointer, "/hourly_rate");
}

#[test]
fn an_unknown_day_lists_the_known_ones() {
    let error = "someday".parse::<DaysOfWeek>().unwrap_err();
    assert_eq!(error.to_string(), "no value of DaysOfWeek; known are mon, tue, wed, thu, fri, sat, sun");
}
