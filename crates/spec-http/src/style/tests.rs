//! Styles written and read: each test knows a rule of RFC 6570 or OpenAPI. Must not know HTTP libraries.

use super::*;
use serde_json::json;

fn written(value: &Value, style: Style, explode: bool) -> String {
    to_text("color", value, style, explode, str::to_owned).expect("a text").expect("some")
}

fn query(value: &Value, style: Style, explode: bool) -> String {
    let pairs = to_pairs("color", value, style, explode).expect("pairs");
    pairs.iter().map(|(key, text)| format!("{key}={text}")).collect::<Vec<_>>().join("&")
}

/// What the specification's own table shows (OpenAPI 3.1, 4.8.12.4).
#[test]
fn examples_of_the_specification() {
    let (empty, text) = (json!(""), json!("blue"));
    let list = json!(["blue", "black", "brown"]);
    let object = json!({"R": 100, "G": 200, "B": 150});
    for (value, style, explode, expected) in [
        (&empty, Style::Matrix, false, ";color"),
        (&text, Style::Matrix, true, ";color=blue"),
        (&list, Style::Matrix, false, ";color=blue,black,brown"),
        (&list, Style::Matrix, true, ";color=blue;color=black;color=brown"),
        (&object, Style::Matrix, false, ";color=R,100,G,200,B,150"),
        (&object, Style::Matrix, true, ";R=100;G=200;B=150"),
        (&empty, Style::Label, false, "."),
        (&text, Style::Label, true, ".blue"),
        (&list, Style::Label, false, ".blue,black,brown"),
        (&list, Style::Label, true, ".blue.black.brown"),
        (&object, Style::Label, true, ".R=100.G=200.B=150"),
        (&object, Style::Simple, false, "R,100,G,200,B,150"),
        (&object, Style::Simple, true, "R=100,G=200,B=150"),
    ] {
        assert_eq!(written(value, style, explode), expected);
    }
    for (value, style, explode, expected) in [
        (&empty, Style::Form, true, "color="),
        (&list, Style::Form, true, "color=blue&color=black&color=brown"),
        (&list, Style::Form, false, "color=blue,black,brown"),
        (&object, Style::Form, true, "R=100&G=200&B=150"),
        (&object, Style::Form, false, "color=R,100,G,200,B,150"),
        (&list, Style::SpaceDelimited, false, "color=blue black brown"),
        (&list, Style::PipeDelimited, false, "color=blue|black|brown"),
        (&object, Style::DeepObject, true, "color[R]=100&color[G]=200&color[B]=150"),
    ] {
        assert_eq!(query(value, style, explode), expected);
    }
}

/// What the specification leaves open is written as most servers read it.
#[test]
fn what_is_composed_in_what_is_composed() {
    let objects = json!([{"a": 1}, {"a": 2}]);
    assert_eq!(query(&objects, Style::Form, true), r#"color={"a":1}&color={"a":2}"#);
    assert_eq!(query(&json!([[1], []]), Style::Form, true), "color=[1]&color=[]");
    assert_eq!(
        query(&json!({"tags": ["a", "b"], "size": {"x": 1}}), Style::Form, true),
        r#"tags=a&tags=b&size={"x":1}"#
    );
    let deep = json!({"ids": [1], "size": {"x": 1}, "items": [{"a": 1}, {"a": 2}]});
    let text = "color[ids][]=1&color[size][x]=1&color[items][0][a]=1&color[items][1][a]=2";
    assert_eq!(query(&deep, Style::DeepObject, true), text);
    assert_eq!(query(&json!(["a", "b"]), Style::DeepObject, true), "color[]=a&color[]=b");
}

/// What one side writes the other reads, in every style that can carry the shape.
#[test]
fn both_directions_agree() {
    let list = json!(["blue", "", "black"]);
    let object = json!({"R": "100", "G": "200"});
    let is_member = |name: &str| ["R", "G"].contains(&name);
    for explode in [false, true] {
        for (value, shape) in
            [(&json!("blue"), Shape::Scalar), (&list, Shape::Array), (&object, Shape::Object)]
        {
            for style in [Style::Simple, Style::Label, Style::Matrix] {
                let text = written(value, style, explode);
                let read = from_text("color", &text, style, explode, shape, str::to_owned);
                assert_eq!(read.as_ref(), Some(value), "{text} in {style:?}, explode {explode}");
            }
            for style in [Style::Form, Style::SpaceDelimited, Style::PipeDelimited] {
                let pairs = to_pairs("color", value, style, explode).expect("pairs");
                let read = from_pairs("color", &pairs, style, explode, shape, is_member);
                assert_eq!(read.as_ref(), Some(value), "{pairs:?} in {style:?}, explode {explode}");
            }
        }
    }
    let nested = json!({"size": {"min": "1"}, "tags": ["a"], "more": ["b", "c"]});
    let pairs = to_pairs("filter", &nested, Style::DeepObject, true).expect("pairs");
    assert_eq!(from_pairs("filter", &pairs, Style::DeepObject, true, Shape::Object, |_| false), Some(nested));
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

/// The ways in which clients of other makes write a list between brackets.
#[test]
fn lists_in_brackets() {
    for given in [[("f[ids]", "a"), ("f[ids]", "b")], [("f[ids][]", "a"), ("f[ids][]", "b")]] {
        let read = from_pairs("f", &pairs(&given), Style::DeepObject, true, Shape::Object, |_| false);
        assert_eq!(read, Some(json!({"ids": ["a", "b"]})));
    }
    for given in [
        [("f", "a"), ("f", "b")],
        [("f[]", "a"), ("f[]", "b")],
        [("f[0]", "a"), ("f[1]", "b")],
        [("f[1]", "b"), ("f[0]", "a")],
    ] {
        let read = from_pairs("f", &pairs(&given), Style::DeepObject, true, Shape::Array, |_| false);
        assert_eq!(read, Some(json!(["a", "b"])), "{given:?}");
    }
    let one = from_pairs("f", &pairs(&[("f", "a")]), Style::DeepObject, true, Shape::Array, |_| false);
    assert_eq!(one, Some(json!(["a"])));
}

/// What is not in the style of its shape stays something that the schema refuses.
#[test]
fn malformed_values_are_not_repaired() {
    let twice = pairs(&[("id", "1"), ("id", "2")]);
    assert_eq!(
        from_pairs("id", &twice, Style::Form, true, Shape::Scalar, |_| false),
        Some(json!(["1", "2"]))
    );
    let odd = pairs(&[("o", "a,1,b")]);
    assert_eq!(from_pairs("o", &odd, Style::Form, false, Shape::Object, |_| false), Some(json!("a,1,b")));
    assert_eq!(
        from_text("o", "a=1,b", Style::Simple, true, Shape::Object, str::to_owned),
        Some(json!("a=1,b"))
    );
    let both = pairs(&[("f[a]", "1"), ("f[a][b]", "2")]);
    let read = from_pairs("f", &both, Style::DeepObject, true, Shape::Object, |_| false);
    assert_eq!(read, Some(json!({"a": ["1", {"b": "2"}]})));
}

/// What would come back otherwise is not written.
#[test]
fn what_has_no_text_is_refused() {
    let text = |value: Value, style, explode| to_text("a", &value, style, explode, str::to_owned);
    let pairs = |value: Value, style, explode| to_pairs("a", &value, style, explode);
    assert_eq!(text(json!(["a,b"]), Style::Simple, false), Err(Unwritable::Separator(',')));
    assert_eq!(text(json!({"a=b": 1}), Style::Simple, true), Err(Unwritable::Separator('=')));
    assert_eq!(text(json!([" a"]), Style::Simple, false), Err(Unwritable::Space));
    assert_eq!(text(json!([]), Style::Simple, false), Ok(Some(String::new())));
    assert_eq!(text(json!([""]), Style::Simple, false), Err(Unwritable::Empty));
    assert_eq!(text(json!([]), Style::Label, false), Err(Unwritable::Empty));
    assert_eq!(pairs(json!(["a b"]), Style::SpaceDelimited, false), Err(Unwritable::Separator(' ')));
    assert_eq!(pairs(json!([null]), Style::Form, true), Err(Unwritable::Null));
    assert_eq!(pairs(json!({"a": null}), Style::DeepObject, true), Err(Unwritable::Null));
    assert_eq!(pairs(json!({"a": []}), Style::DeepObject, true), Err(Unwritable::Empty));
    assert_eq!(pairs(json!({"a": []}), Style::Form, true), Err(Unwritable::Empty));
    assert_eq!(pairs(json!({"a[b": 1}), Style::DeepObject, true), Err(Unwritable::Bracket));
    assert_eq!(pairs(json!({}), Style::DeepObject, true), Ok(Vec::new()));
}
