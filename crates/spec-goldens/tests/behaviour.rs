//! What models of the small documents do beyond their schemas: defaults, constants, other keys, circles and tags.

use serde_json::json;
use spec_goldens::{additional_properties, defaults, enums, recursion, unions_by_tag, unions_by_trial};
use spec_runtime::from_value;

#[test]
fn defaults_hold_where_nothing_is_said() {
    let settings = defaults::models::Settings::builder().given(1).build().unwrap();
    assert_eq!((settings.flag(), settings.small(), settings.big()), (true, -3, 9_007_199_254_740_993));
    assert_eq!((settings.ratio(), settings.whole(), settings.text()), (0.25, 2.0, "a \"quoted\" text"));
    assert_eq!(serde_json::to_value(&settings).unwrap(), json!({"given": 1}));
    let said = defaults::models::Settings::builder().given(1).flag(false).text("").build().unwrap();
    assert_eq!((said.flag(), said.text()), (false, ""));
    assert_eq!(serde_json::to_value(&said).unwrap(), json!({"given": 1, "flag": false, "text": ""}));
}

#[test]
fn builders_fill_in_what_has_only_one_value() {
    let tagged = enums::models::Tagged::builder().name("n").build().unwrap();
    assert_eq!(serde_json::to_value(&tagged).unwrap(), json!({"kind": "tagged", "version": "only", "name": "n"}));
    let error = enums::models::Tagged::builder().build().unwrap_err();
    assert_eq!(error.fields(), ["name"]);
}

#[test]
fn texts_of_enumerations_survive() {
    for text in ["type", "self", "Self", "crate", "async", "true", "null", "Error", "Err", "Ok", "None", "Some", "Value"] {
        let value: enums::models::Keywords = text.parse().unwrap();
        assert_eq!((value.to_string(), serde_json::to_value(value).unwrap()), (text.to_owned(), json!(text)));
    }
    for text in ["in-progress", "in_progress", "InProgress", "IN PROGRESS", "inProgress"] {
        assert_eq!(enums::models::Colliding::try_from(text).unwrap().to_string(), text);
    }
    let error = "done".parse::<enums::models::Colliding>().unwrap_err();
    assert_eq!(error.known(), ["in-progress", "in_progress", "InProgress", "IN PROGRESS", "inProgress"]);
}

#[test]
fn other_keys_are_kept_in_their_order() {
    let value = json!({"zulu": 1, "name": "n", "alpha": 2});
    let model: additional_properties::models::Typed = from_value(value).unwrap();
    assert_eq!(model.extra.keys().collect::<Vec<_>>(), ["zulu", "alpha"]);
    assert_eq!(serde_json::to_string(&model).unwrap(), r#"{"name":"n","zulu":1,"alpha":2}"#);
}

#[test]
fn circles_can_be_built() {
    let leaf = recursion::models::Node::builder().value(2).or_null(None).build().unwrap();
    let node = recursion::models::Node::builder().value(1).or_null(leaf.clone()).maybe(leaf.clone()).children([leaf.clone()]);
    let node = node.by_name([("leaf", leaf)]).build().unwrap();
    let leaf = json!({"value": 2, "or_null": null});
    let expected = json!({"value": 1, "or_null": leaf, "maybe": leaf, "children": [leaf], "by_name": {"leaf": leaf}});
    assert_eq!(serde_json::to_value(&node).unwrap(), expected);
    assert_eq!(from_value::<recursion::models::Node>(expected).unwrap(), node);
}

#[test]
fn tags_say_what_a_value_is() {
    use unions_by_tag::models::{Cat, Mapped};
    let cat = Mapped::Cat(Cat { kind: "kitten".to_owned(), lives: 9 });
    assert_eq!(from_value::<Mapped>(json!({"kind": "kitten", "lives": 9})).unwrap(), cat);
    let error = from_value::<Mapped>(json!({"kind": "bird"})).unwrap_err();
    assert_eq!(error.message, "`kind` must be one of cat, kitten, dog \"big\", Cat, Dog");
    let error = from_value::<Mapped>(json!({"kind": "cat"})).unwrap_err();
    assert!(error.message.contains("missing field `lives`"), "{error}");
    assert!(from_value::<Mapped>(json!({"lives": 9})).unwrap_err().message.contains("missing field `kind`"));
}

#[test]
fn without_a_tag_nothing_is_lost_that_a_variant_keeps() {
    use unions_by_trial::models::Overlapping;
    let long = from_value::<Overlapping>(json!({"id": 1, "note": null})).unwrap();
    assert!(matches!(long, Overlapping::Long(_)), "{long:?}");
    let short = from_value::<Overlapping>(json!({"id": 1})).unwrap();
    assert!(matches!(short, Overlapping::Short(_)), "{short:?}");
}
