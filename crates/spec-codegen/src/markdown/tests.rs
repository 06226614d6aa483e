//! Comments before and after they are made harmless.

use super::{ROUNDS, harmless};
use crate::judge::faults;

fn same(text: &str, expected: &str) {
    assert_eq!(harmless(text), expected, "{text:?}");
    assert_eq!(harmless(expected), expected, "a second time");
    assert_eq!(faults(expected), Vec::<String>::new(), "{expected:?}");
}

#[test]
fn what_is_harmless_stays() {
    for text in [
        "Words, *of* `code` and\n\n* a list\n* 3 < 4 & 5 > 4, [0, 1)",
        "A [link](https://a.example/x?a[]=1 \"title\"), <https://b.example>, <a@b.example> and [one][1].\n\n\
         [1]: http://c.example",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nx<br>y",
        "```json\n{\"a\": [1]}\n```\n\n~~~yaml\na: <b>\n~~~",
        "`[x] <y> https://z.example`",
    ] {
        same(text, text);
    }
}

#[test]
fn code_is_text() {
    same("```\nf();\n```", "```text\nf();\n```");
    same("```rust\nf();\n```", "```text\nf();\n```");
    same("~~~~ ignore, no_run\nf();\n~~~\n~~~~", "~~~~text\nf();\n~~~\n~~~~");
    same("```json,should_panic\n1\n```", "```text\n1\n```");
    same("```json rust\n1\n```", "```text\n1\n```");
    same("Call\n\n    f();\n\n    g();\n\nand", "Call\n\n```text\nf();\n\n    g();\n```\n\nand");
    same("Call\n\n\tf();", "Call\n\n```text\nf();\n```");
    same("x\n\n    ```\n    f();\n    ````", "x\n\n`````text\n```\n    f();\n    ````\n`````");
    same("- a\n\n      f();\n- b", "- a\n\n  ```text\n  f();\n  ```\n- b");
    same("1.     f();\n       g();", "1. ```text\n   f();\n       g();\n   ```");
    same("> x\n>\n>     f();", "> x\n>\n> ```text\n> f();\n> ```");
    // What every line is indented by is no indentation.
    same("    f();\n    g();", "f();\ng();");
}

#[test]
fn blocks_end() {
    same("```json\n{}", "```json\n{}\n```");
    same("```", "```text\n```");
    same("- ```sh\n  curl", "- ```sh\n  curl\n  ```");
    same("~~~~\nx\n~~~", "~~~~text\nx\n~~~\n~~~~");
    same("> ~~~\n> f();", "> ~~~text\n> f();\n> ~~~");
}

#[test]
fn html_and_brackets_are_letters() {
    same("a <b>c</b> <script>x</script>", "a \\<b>c\\</b> \\<script>x\\</script>");
    same("<div>\n    f();\n</div>", "\\<div>\n    f();\n\\</div>");
    same("<div>\n\n    f();\n</div>", "\\<div>\n\n```text\nf();\n```\n\\</div>");
    same("a [b], c[0], [d][e], [f](g) and ![h](i)", "a \\[b], c\\[0], \\[d]\\[e], \\[f](g) and !\\[h](i)");
    same("[a](javascript:b) <data:c>", "\\[a](javascript:b) \\<data:c>");
    same("[[[a]]]", "\\[\\[\\[a]]]");
    same("x[^1]\n\n[^1]: y", "x\\[^1]\n\n\\[^1]: y");
    same("- [ ] a [b]", "- [ ] a \\[b]");
}

#[test]
fn addresses_are_links() {
    same(
        "See https://a.example/b_c. Or (http://d.example)!",
        "See <https://a.example/b_c>. Or (<http://d.example>)!",
    );
    same("**https://a.example**", "**<https://a.example>**");
    same("https:// {https://{host}/x}", "https:// {https://{host}/x}");
}

/// Texts put together of what is dangerous, in whatever order.
#[test]
fn nothing_is_run_whatever_it_is_put_together_of() {
    const PIECES: [&str; 40] = [
        "\n",
        "\n\n",
        "    ",
        "\t",
        "  ",
        " ",
        "```",
        "````",
        "~~~",
        "`",
        "f();",
        "x",
        "- ",
        "1. ",
        "> ",
        "* ",
        "#",
        "[",
        "]",
        "(",
        ")",
        "[a]",
        "[^1]",
        ": ",
        "<",
        ">",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<pre>",
        "\\",
        "|",
        "---",
        "https://a.example/b",
        "rust",
        "json",
        "<br>",
        "\r",
        "\u{202e}",
    ];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 33).unwrap() % below
    };
    let mut fenced = 0;
    for _ in 0..30_000 {
        let text: String = (0..=next(24)).map(|_| PIECES[next(PIECES.len())]).collect();
        let shown = harmless(&text);
        assert_eq!(faults(&shown), Vec::<String>::new(), "{text:?} became {shown:?}");
        assert_eq!(harmless(&shown), shown, "{text:?} a second time");
        fenced += usize::from(
            shown.lines().count() > 2
                && shown.starts_with("```text")
                && !text.trim_start().starts_with("```"),
        );
    }
    // That all else fails is rare, or the rounds would be for nothing.
    assert!(fenced < 3_000, "{fenced} texts needed more than {ROUNDS} rounds");
}
