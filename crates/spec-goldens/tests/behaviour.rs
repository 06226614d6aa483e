//! What models of the small documents do beyond their schemas: defaults, constants, other keys, circles and
//! tags.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use spec_goldens::{
    additional_properties, all_of, conversions, defaults, enums, formats, free_form, names, nullable_30,
    sharing,
};
use spec_goldens::{
    recursion, three_states, unions_by_kind, unions_by_tag, unions_by_trial, unions_by_unnamed_tag,
};
use spec_runtime::{Extra, Field, Validate, from_slice, from_value};
use std::fmt::Debug;

/// What is decoded, and that it is written as it came.
fn decoded<T: DeserializeOwned + Serialize>(value: Value) -> T {
    let model: T = from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_string(&model).unwrap(), value.to_string());
    model
}

/// Where a value is refused.
fn refused<T: DeserializeOwned + Debug>(value: Value) -> String {
    from_value::<T>(value).unwrap_err().pointer
}

/// Code that names types and builders of places, as it was written when each place had its own.
#[test]
fn places_share_a_type_under_all_their_names() {
    use sharing::models::{
        AddPetBody, AddPetBodyBuilder, AddPetBodyOwner, AddPetBodyPlatform, GetPetOk, GetPetOkOwnerAddress,
        ListPetsOkItemOwner, ListPetsPlatform, Order, OwnerBuilder, Platform,
    };
    let address = GetPetOkOwnerAddress { city: "Bern".to_owned(), extra: Extra::new() };
    let owner: OwnerBuilder = AddPetBodyOwner::builder().name("Ada");
    let owner: ListPetsOkItemOwner = owner.address(address).build().unwrap();
    let builder: AddPetBodyBuilder = AddPetBody::builder();
    let pet = builder.name("Fido").owner(owner).platform(AddPetBodyPlatform::Ios).build().unwrap();
    let shown: GetPetOk = pet.clone();
    assert_eq!((shown.platform, Platform::Ios), (Field::Value(ListPetsPlatform::Ios), Platform::Ios));
    let next: sharing::models::ListOrdersOkSecond = decoded(json!({"id": 1, "next": {"id": 2}}));
    let next: Option<Box<Order>> = next.next;
    assert_eq!(next.unwrap().id, 2);
}

#[test]
fn three_states_are_told_apart() {
    use three_states::models::{Point, References, Scalars};
    let nothing: Scalars = decoded(json!({"needed": "n", "needed_or_null": null}));
    assert_eq!(
        (&nothing.needed_or_null, nothing.optional, nothing.optional_or_null),
        (&None, None, Field::Absent)
    );
    let null: Scalars = decoded(json!({"needed": "n", "needed_or_null": "m", "optional_or_null": null}));
    assert_eq!((null.needed_or_null.as_deref(), null.optional_or_null), (Some("m"), Field::Null));
    let value: Scalars =
        decoded(json!({"needed": "n", "needed_or_null": null, "optional": 1, "optional_or_null": 2}));
    assert_eq!((value.optional, value.optional_or_null), (Some(1), Field::Value(2)));

    assert_eq!(refused::<Scalars>(json!({"needed": null, "needed_or_null": null})), "/needed");
    assert_eq!(
        refused::<Scalars>(json!({"needed": "n", "needed_or_null": null, "optional": null})),
        "/optional"
    );
    let error = from_value::<Scalars>(json!({"needed": "n"})).unwrap_err();
    assert_eq!(error.message, "missing field `needed_or_null`");

    let point = Point { x: 0.5, extra: Extra::new() };
    let built = References::builder()
        .needed(point.clone())
        .needed_or_null(None)
        .optional_or_null(Field::Null)
        .build();
    assert_eq!(
        serde_json::to_value(built.unwrap()).unwrap(),
        json!({"needed": {"x": 0.5}, "needed_or_null": null, "optional_or_null": null})
    );
    let built = References::builder()
        .needed(point.clone())
        .needed_or_null(point.clone())
        .optional_or_null(point.clone());
    let built = built.to_nullable(Field::Null).build().unwrap();
    assert_eq!(
        (&built.needed_or_null, &built.optional, &built.optional_or_null),
        (&Some(point.clone()), &None, &point.into())
    );
}

#[test]
fn both_versions_say_the_same_of_null() {
    let lists =
        json!({"needed": [], "needed_or_null": null, "optional": [1, null], "optional_or_null": null});
    let new: three_states::models::Lists = decoded(lists.clone());
    let old: nullable_30::models::Lists = decoded(lists);
    assert_eq!((&new.optional, &new.optional_or_null), (&Some(vec![Some(1), None]), &Field::Null));
    assert_eq!((new.optional, new.optional_or_null), (old.optional, old.optional_or_null));
    let references =
        json!({"needed": {"x": 1}, "needed_or_null": null, "optional_or_null": null, "to_nullable": null});
    assert_eq!(
        from_value::<three_states::models::References>(references.clone()).unwrap().to_nullable,
        Field::Null
    );
    assert_eq!(from_value::<nullable_30::models::References>(references).unwrap().to_nullable, Field::Null);
}

#[test]
fn every_state_is_one_expression() {
    use three_states::models::{Enums, EnumsOptionalOrNull, Lists, Maps, Scalars};
    let scalars = Scalars::builder().needed("n");
    let lists =
        Lists::builder().needed(["a", "b"]).needed_or_null(["c"]).optional_or_null([1, 2]).build().unwrap();
    assert_eq!(
        serde_json::to_value(lists).unwrap(),
        json!({"needed": ["a", "b"], "needed_or_null": ["c"], "optional_or_null": [1, 2]})
    );
    let maps = Maps::builder()
        .needed([("k", "v")])
        .needed_or_null([("l", "w")])
        .optional_or_null([("m", 3)])
        .build()
        .unwrap();
    assert_eq!(
        serde_json::to_value(maps).unwrap(),
        json!({"needed": {"k": "v"}, "needed_or_null": {"l": "w"}, "optional_or_null": {"m": 3}})
    );
    let null = scalars.clone().needed_or_null(None).optional_or_null(Field::Null).build().unwrap();
    assert_eq!(
        serde_json::to_value(null).unwrap(),
        json!({"needed": "n", "needed_or_null": null, "optional_or_null": null})
    );
    let value = scalars.clone().needed_or_null("m").optional(1).optional_or_null(2).build().unwrap();
    assert_eq!(
        serde_json::to_value(value).unwrap(),
        json!({"needed": "n", "needed_or_null": "m", "optional": 1, "optional_or_null": 2})
    );
    // A state that is known as a value is handed over as it is.
    let handed =
        scalars.needed_or_null(Some("m".to_owned())).optional_or_null(Field::Absent).build().unwrap();
    assert_eq!(handed.optional_or_null, Field::Absent);
    let enums = Enums::builder().optional_or_null(EnumsOptionalOrNull::Up).build().unwrap_err();
    assert_eq!(enums.to_string(), "Enums needs needed, needed_or_null");
}

#[test]
fn what_is_missing_is_said_at_once() {
    let error = names::models::MissingFields::builder().build().unwrap_err();
    assert_eq!(
        (error.fields(), error.to_string().as_str()),
        (["a", "b"].as_slice(), "MissingFields needs a, b")
    );
    let error = names::models::MissingFields::builder().b(1).build().unwrap_err();
    assert_eq!(error.fields(), ["a"]);
    // By its name on the wire, whatever it is called in Rust.
    assert_eq!(names::models::Properties::builder().build().unwrap_err().fields(), ["type"]);
    let error = names::models::TryFrom::try_from(names::models::TryFrom::builder()).unwrap_err();
    assert_eq!(error.fields(), ["a"]);
    // Where nothing can be missing, nothing can fail.
    let _: names::models::Error = names::models::Error::builder().message("m").into();
}

#[test]
fn names_on_the_wire_survive() {
    let model: names::models::Properties = decoded(json!({
        "type": "1", "$ref_": "2", "@id": "3", "with space": "4", "a.b": "5", "": "6", "1st": "7",
        "self": "8", "Self": "9", "build": "10", "builder": "11", "fooBar": "12", "foo_bar": "13",
        "foo-bar": "14", "größe": "15", "quo\"te": "16", "back\\slash": "17",
        "sla/sh~tilde": "18", "pinned-one": "19",
    }));
    assert_eq!(
        (model.foo_bar.as_deref(), model.foo_bar2.as_deref(), model.renamed.as_deref()),
        (Some("12"), Some("13"), Some("19"))
    );
    let hidden: names::models::Result =
        decoded(json!({"ok": {"some": "s", "none": null}, "err": {"message": "m"}}));
    assert_eq!(hidden.ok.none, Field::Null);
}

#[test]
fn kinds_tell_unions_apart() {
    use unions_by_kind::models::{All, EnumOrObject, Holder, TextOrNumber, WithNull};
    assert_eq!(decoded::<TextOrNumber>(json!("1")), "1".into());
    assert_eq!(decoded::<TextOrNumber>(json!(1)), 1.into());
    assert_eq!(from_value::<TextOrNumber>(json!(1.0)).unwrap(), 1.into());
    assert!(from_value::<TextOrNumber>(json!(1.5)).is_err());
    assert_eq!(decoded::<All>(json!(["a"])), vec!["a".to_owned()].into());
    assert!(matches!(decoded::<All>(json!({"x": 1})), All::Variant5(_)));
    assert!(matches!(decoded::<EnumOrObject>(json!("all")), EnumOrObject::Enum(_)));
    let holder: Holder = decoded(json!({"needed": 1, "or_null": null, "list": [null, "a", 2]}));
    assert_eq!(holder.or_null, Field::Null);
    assert_eq!(holder.list, Some(vec![None, Some(WithNull::from("a")), Some(WithNull::from(2))]));
    // A list is no struct, whatever serde makes of it.
    assert!(matches!(
        decoded::<recursion::models::Expression>(json!([1.5, 2.5])),
        recursion::models::Expression::Array(_)
    ));
}

/// No value takes more time than its length: each level of it is decoded once.
#[test]
fn deep_values_are_decoded_in_time() {
    let (mut list, mut object) = (json!(1.5), json!(1.5));
    for _ in 0..40 {
        list = json!([list, 2.5]);
        object = json!({"left": object, "right": 2.5});
    }
    decoded::<recursion::models::Expression>(list);
    decoded::<recursion::models::Expression>(object);
}

#[test]
fn what_is_written_otherwise_is_the_same_variant() {
    use unions_by_trial::models::{KnownOrText, MomentOrIdentity, MomentOrText, WholeOrNot};
    assert_eq!(decoded::<KnownOrText>(json!("small")), KnownOrText::Small);
    let tiny = decoded::<KnownOrText>(json!("tiny"));
    assert_eq!((&tiny, tiny.is_valid()), (&KnownOrText::Unlisted("tiny".to_owned()), true));
    assert!(matches!(decoded::<WholeOrNot>(json!(1)), WholeOrNot::Integer(1)));
    assert!(matches!(decoded::<WholeOrNot>(json!(1.5)), WholeOrNot::Number(_)));
    assert!(matches!(decoded::<MomentOrText>(json!("2026-01-31T10:20:30Z")), MomentOrText::DateTime(_)));
    // Not as it was written, but what was meant.
    let moment = from_value::<MomentOrIdentity>(json!("2026-01-31T12:20:30+02:00")).unwrap();
    assert_eq!(serde_json::to_value(moment).unwrap(), json!("2026-01-31T10:20:30Z"));
    let identity = from_value::<MomentOrIdentity>(json!("67E55044-10B1-426F-9247-BB680E5FE0C8")).unwrap();
    assert!(matches!(identity, MomentOrIdentity::Uuid(_)));
}

#[test]
fn numbers_are_what_json_schema_calls_them() {
    use formats::models::Numbers;
    let numbers: Numbers = from_slice(br#"{"int32": 2.0, "int64": 1e3, "number": 7}"#).unwrap();
    assert_eq!((numbers.int32, numbers.int64, numbers.number), (Some(2), Some(1000), Some(7.0)));
    assert_eq!(refused::<Numbers>(json!({"int32": 4_294_967_296_i64})), "/int32");
    assert_eq!(from_slice::<Numbers>(br#"{"int64": 100000000000000000000}"#).unwrap_err().pointer, "/int64");
    let exact: Numbers = from_slice(br#"{"int64": 9007199254740993}"#).unwrap();
    assert_eq!(exact.int64, Some(9_007_199_254_740_993));
    assert!(from_slice::<Numbers>(b"{").unwrap_err().is_syntax);
}

#[test]
fn merged_parts_are_one_model() {
    let extended = all_of::models::Extended::builder().id(1).name("n").more(true).build().unwrap();
    assert_eq!(serde_json::to_value(extended).unwrap(), json!({"id": 1, "name": "n", "more": true}));
    assert_eq!(all_of::models::Extended::builder().build().unwrap_err().fields(), ["id", "name"]);
}

#[test]
fn any_json_stays_as_it_is() {
    let text = r#"{"anything":{"z":1,"a":[null,1.5]},"object":{"b":{},"a":[]},"list":[1,"a",null]}"#;
    let holder: free_form::models::Holder = from_slice(text.as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&holder).unwrap(), text);
    let null: free_form::models::Holder = decoded(json!({"anything": null, "optional": null}));
    assert_eq!((null.anything, null.optional), (Value::Null, Some(Value::Null)));
}

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
fn defaults_of_all_types_are_what_the_document_says() {
    use defaults::models::{Level, Settings, Step};
    use defaults::server::SettingsParameters;
    let settings = Settings::builder().given(1).build().unwrap();
    let plain = json!([
        settings.mode(),
        settings.level(),
        settings.own_default(),
        settings.open_text(),
        settings.by_kind()
    ]);
    assert_eq!(plain, json!(["slow", "low", "low", "b", "b"]));
    let formats = json!([
        settings.day(),
        settings.moment(),
        settings.identity(),
        settings.address(),
        settings.address6()
    ]);
    let moment = "2026-01-31T08:20:30.500Z";
    assert_eq!(
        formats,
        json!(["2026-01-31", moment, "67e55044-10b1-426f-9247-bb680e5fe0c8", "192.0.2.1", "2001:db8::1"])
    );
    let lists = json!([
        settings.list(),
        settings.empty_list(),
        settings.of_levels(),
        settings.point(),
        settings.map()
    ]);
    assert_eq!(lists, json!([["a", "b"], [], ["high", "low"], [1.0, "a"], {"a": 1}]));
    let whole = json!([settings.object(), settings.by_tag(), settings.anything(), settings.settings()]);
    let tagged = json!({"do": "wait", "seconds": 3});
    assert_eq!(whole, json!([{"a": 1, "b": null, "more": true}, tagged, {"any": [1, 2]}, {"given": 1}]));
    assert_eq!((settings.nullable_with_value(), settings.nullable_level()), (Some(3), Some(&Level::High)));
    assert_eq!((settings.nullable_text(), settings.nullable_list()), (Some("t"), Some([1].as_slice())));
    assert_eq!(serde_json::to_value(&settings).unwrap(), json!({"given": 1}));

    let step: Step = decoded(json!({"do": "say"}));
    let said = Settings::builder()
        .given(1)
        .level(Level::High)
        .list(["c"])
        .by_tag(step.clone())
        .nullable_text(Field::Null);
    let said = said.nullable_list([2, 3]).settings(settings).build().unwrap();
    assert_eq!(
        (said.level(), said.list(), said.by_tag()),
        (&Level::High, ["c".to_owned()].as_slice(), &step)
    );
    assert_eq!(
        (said.nullable_text(), said.nullable_list(), said.settings().given),
        (None, Some([2, 3].as_slice()), 1)
    );

    let unsaid = SettingsParameters { page: None, level: None, since: None, fields: None, x_text: None };
    let parameters = json!([unsaid.page(), unsaid.level(), unsaid.since(), unsaid.fields(), unsaid.x_text()]);
    assert_eq!(parameters, json!([1, "low", "2026-01-31", ["a", "b"], "t"]));
    let said =
        SettingsParameters { page: Some(0), fields: Some(Vec::new()), x_text: Some(String::new()), ..unsaid };
    assert_eq!((said.page(), said.fields().len(), said.x_text()), (0, 0, ""));
}

#[test]
fn builders_fill_in_what_has_only_one_value() {
    let tagged = enums::models::Tagged::builder().name("n").build().unwrap();
    assert_eq!(
        serde_json::to_value(&tagged).unwrap(),
        json!({"kind": "tagged", "version": "only", "name": "n"})
    );
    let error = enums::models::Tagged::builder().build().unwrap_err();
    assert_eq!(error.fields(), ["name"]);
}

#[test]
fn texts_of_enumerations_survive() {
    for text in [
        "type", "self", "Self", "crate", "async", "true", "null", "Error", "Err", "Ok", "None", "Some",
        "Value",
    ] {
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
    let node = recursion::models::Node::builder()
        .value(1)
        .or_null(leaf.clone())
        .maybe(leaf.clone())
        .children([leaf.clone()]);
    let node = node.by_name([("leaf", leaf)]).build().unwrap();
    let leaf = json!({"value": 2, "or_null": null});
    let expected =
        json!({"value": 1, "or_null": leaf, "maybe": leaf, "children": [leaf], "by_name": {"leaf": leaf}});
    assert_eq!(serde_json::to_value(&node).unwrap(), expected);
    assert_eq!(from_value::<recursion::models::Node>(expected).unwrap(), node);
}

#[test]
fn tags_say_what_a_value_is() {
    use unions_by_tag::models::{Cat, Mapped};
    let cat = Mapped::Cat(Cat { kind: "kitten".to_owned(), lives: 9, extra: Extra::new() });
    assert_eq!(from_value::<Mapped>(json!({"kind": "kitten", "lives": 9})).unwrap(), cat);
    let bird = json!({"kind": "bird", "wings": 2});
    let unlisted = from_value::<Mapped>(bird.clone()).unwrap();
    assert_eq!(
        (&unlisted, unlisted.is_valid(), cat.is_valid()),
        (&Mapped::Unlisted(bird.clone()), false, true)
    );
    assert_eq!(serde_json::to_value(&unlisted).unwrap(), bird);
    let error = from_value::<Mapped>(json!({"kind": "cat"})).unwrap_err();
    assert!(error.message.contains("missing field `lives`"), "{error}");
    assert!(from_value::<Mapped>(json!({"lives": 9})).unwrap_err().message.contains("missing field `kind`"));
}

#[test]
fn unions_write_the_tag_that_variants_do_not_name() {
    use unions_by_unnamed_tag::models::{Round, Shape, Square, Step};
    let round = Shape::from(Round { radius: 1.5, extra: Extra::new() });
    assert_eq!(serde_json::to_string(&round).unwrap(), r#"{"shape":"circle","radius":1.5}"#);
    assert_eq!(from_value::<Shape>(json!({"radius": 1.5, "shape": "circle"})).unwrap(), round);
    let disc = r#"{"shape":"disc","radius":1.5,"more":[1]}"#;
    assert_eq!(serde_json::to_string(&serde_json::from_str::<Shape>(disc).unwrap()).unwrap(), disc);
    let free = Shape::Free([("a".to_owned(), json!(1))].into_iter().collect());
    assert_eq!(serde_json::to_string(&free).unwrap(), r#"{"shape":"Free","a":1}"#);
    assert_eq!(from_value::<Shape>(serde_json::to_value(&free).unwrap()).unwrap(), free);
    // A tag that belongs to another variant, such as one that was copied, is not written.
    let square = Shape::from(Square { side: None, extra: Extra::from_iter([("shape", "circle")]) });
    assert_eq!(serde_json::to_string(&square).unwrap(), r#"{"shape":"Square"}"#);
    // Constants tell variants apart as discriminators do.
    assert!(matches!(from_value::<Step>(json!({"do": "sleep"})).unwrap(), Step::Wait(_)));
    assert!(matches!(from_value::<Step>(json!({"do": "run"})).unwrap(), Step::Unlisted(_)));
}

#[test]
fn without_a_tag_nothing_is_lost_that_a_variant_keeps() {
    use unions_by_trial::models::Overlapping;
    let long = from_value::<Overlapping>(json!({"id": 1, "note": null})).unwrap();
    assert!(matches!(long, Overlapping::Long(_)), "{long:?}");
    let short = from_value::<Overlapping>(json!({"id": 1})).unwrap();
    assert!(matches!(short, Overlapping::Short(_)), "{short:?}");
}

#[test]
fn what_requests_and_answers_share_is_taken_over() {
    use conversions::models::*;
    let input: CampaignInput = from_value(json!({
        "name": "n", "days": ["mon"], "caller": null, "note": null, "type": "t",
        // What requests call so is nothing that the service decides.
        "id": 999, "created_at": "2020-01-01T00:00:00Z", "other": [1],
    }))
    .unwrap();
    let said = CampaignBuilder::from(input.clone()).build().unwrap_err().to_string();
    assert_eq!(said, "Campaign needs id, updated_by");
    let campaign = CampaignBuilder::from(input.clone()).id(35).updated_by("u").build().unwrap();
    assert_eq!((&campaign.note, campaign.rate, campaign.created_at), (&Field::Null, None, None));
    assert_eq!(campaign.extra, Extra::from([("other", json!([1]))]));
    let written = concat!(
        r#"{"id":35,"name":"n","days":["mon"],"caller":null,"note":null,"type":"t","updated_by":"u","#,
        r#""other":[1]}"#,
    );
    assert_eq!(serde_json::to_string(&campaign).unwrap(), written);
    // Read, changed, and written back: without what is the server's.
    let mut again = CampaignInput::from(campaign);
    again.name = "m".to_owned();
    assert_eq!(
        serde_json::to_string(&again).unwrap(),
        r#"{"name":"m","days":["mon"],"caller":null,"note":null,"type":"t","other":[1]}"#
    );

    let note =
        Note::from(NoteInput { text: "t".to_owned(), more: None, extra: Extra::from([("seen", true)]) });
    assert_eq!(serde_json::to_string(&note).unwrap(), r#"{"text":"t"}"#);
    assert_eq!(NoteInput::from(note).extra, Extra::new());
}

#[test]
fn all_states_are_taken_over() {
    use conversions::models::{PresencesBuilder, PresencesInput};
    let build = |value: Value| {
        let builder = PresencesBuilder::from(from_value::<PresencesInput>(value).unwrap());
        builder.h("h").build().map_err(|error| error.to_string())
    };
    let all = json!({"a": "a", "b": "b", "c": "c", "d": "d", "e": "e", "f": "f", "g": "g"});
    let mut written = all.clone();
    written["h"] = json!("h");
    assert_eq!(serde_json::to_value(build(all).unwrap()).unwrap(), written);
    let null = build(json!({"a": "a", "b": null, "c": "c", "d": "d", "f": null})).unwrap();
    assert_eq!((null.b, null.e, null.f, null.g), (Field::Null, Field::Absent, None, None));
    let missing = build(json!({"a": "a", "b": null})).unwrap_err();
    assert_eq!(missing, "Presences needs c, d, f");
}

#[test]
fn two_requests_and_two_answers_of_one_thing_convert() {
    use conversions::models::{Item, ItemBuilder, ItemCreate, ItemSummary, ItemUpdate};
    let create: ItemCreate = from_value(json!({"title": "t", "size": 1, "other": 2})).unwrap();
    let update = ItemUpdate::from(create.clone());
    assert_eq!(serde_json::to_value(&update).unwrap(), json!({"title": "t", "size": 1, "other": 2}));
    assert_eq!(ItemCreate::try_from(update).unwrap(), create);
    let said = ItemCreate::try_from(ItemUpdate::default()).unwrap_err().to_string();
    assert_eq!(said, "ItemCreate needs title");

    let listed: ItemSummary = from_value(json!({"id": 1, "title": "t"})).unwrap();
    let item: Item = ItemBuilder::from(listed.clone()).etag("e").build().unwrap();
    assert_eq!(ItemSummary::from(item), listed);
}

#[test]
fn what_goes_one_way_is_not_taken_over() {
    use conversions::models::{Base, Composed, ComposedBuilder, UserBuilder, UserInput};
    let input: UserInput =
        from_value(json!({"id": 999, "owner": "me", "name": "n", "password": "p"})).unwrap();
    let said = UserBuilder::from(input.clone()).build().unwrap_err().to_string();
    assert_eq!(said, "User needs id, owner");
    let user = UserBuilder::from(input).id(1).owner("them").build().unwrap();
    assert_eq!(serde_json::to_value(&user).unwrap(), json!({"id": 1, "name": "n", "owner": "them"}));

    // What a model is put together of goes both ways.
    let base = Base { name: "n".to_owned(), extra: Extra::new() };
    let composed = ComposedBuilder::from(base.clone()).id(1).build().unwrap();
    assert_eq!(serde_json::to_value::<&Composed>(&composed).unwrap(), json!({"name": "n", "id": 1}));
    assert_eq!(Base::from(composed), base);
}

#[test]
fn keys_without_a_field_are_taken_over_where_there_is_a_place_for_them() {
    use conversions::models::{Closed, Keys, KeysInput};
    let input: KeysInput = from_value(json!({"name": "n", "size": 1, "other": 2})).unwrap();
    assert_eq!(serde_json::to_value(Keys::from(input.clone())).unwrap(), json!({"name": "n", "other": 2}));
    assert_eq!(serde_json::to_value(Closed::from(input)).unwrap(), json!({"name": "n"}));
}
