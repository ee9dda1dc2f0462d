//! Conversion of received bodies.

use super::*;

fn html(html: &str) -> Body {
    convert(Some(html.to_owned()), None)
}

#[test]
fn structure_is_kept_and_active_content_is_removed() {
    let body = html(
        "<html><head><title>t</title><style>p{}</style></head><body><h1>Hi</h1><p>a <b>b</b> \
         <a href='https://e.com'>l</a> <img src='x.png' alt='A  cat'></p><script>x()</script>\
         <ul><li>one</li><li>two</li></ul><pre><code>let x = 1;</code></pre>\
         <table><tr><th>h</th></tr><tr><td>1</td></tr></table><!-- c --></body></html>",
    );
    insta::assert_snapshot!(body.markdown, @"
    # Hi

    a **b** [l](https://e.com) [image: A cat]

    - one
    - two

    ```
    let x = 1;
    ```

    | h |
    | - |
    | 1 |
    ");
    assert_eq!((body.removed.scripts, body.removed.comments), (1, 1));
}

#[test]
fn invisible_content_is_removed_and_counted() {
    for hidden in [
        "<div style='display:none'>x</div>",
        "<span style='font-size:0'>x</span>",
        "<p style='color:#fff'>x</p>",
        "<p style='color:white;background:#fefefe'>x</p>",
        "<table bgcolor='#000'><tr><td><font color='black'>x</font></td></tr></table>",
        "<p hidden>x</p>",
        "<div style='max-height:0;overflow:hidden'><p>x</p></div>",
        "<div style='position:absolute;left:-9999px'>x</div>",
        "<div style='opacity:0'><span>x</span></div>",
    ] {
        let body = html(&format!("<p>seen</p>{hidden}"));
        assert_eq!(body.markdown, "seen", "{hidden}");
        assert_eq!(body.removed.hidden, 1, "{hidden}");
    }
    for seen in [
        "<p style='color:#fff;background:#036'>x</p>",
        "<table bgcolor='#036'><tr><td style='color:white'>x</td></tr></table>",
        "<style>.dark{background:#000}</style><div class='dark'><p style='color:#fff'>x</p></div>",
        "<div style='background-image:url(a.png)'><p style='color:#fff'>x</p></div>",
        "<p style='color:#111'>x</p>",
    ] {
        let body = html(seen);
        assert!(body.markdown.contains('x'), "{seen}");
        assert_eq!(body.removed.hidden, 0, "{seen}");
    }
    // An empty element hides no content.
    assert_eq!(
        html("<p>a</p><div style='display:none'> </div>")
            .removed
            .hidden,
        0
    );
}

#[test]
fn trackers_are_not_images() {
    for tracker in [
        "<img src='https://t.example/1' width='1' height='1'>",
        "<img src='https://t.example/1' style='width:1px;height:1px' alt='x'>",
        "<img src='https://t.example/1' style='display:none' alt='x'>",
        "<img src='https://t.example/1' width=0 height=0 alt='x'>",
    ] {
        let body = html(&format!("a{tracker}"));
        assert_eq!(
            (body.markdown.as_str(), body.removed.trackers),
            ("a", 1),
            "{tracker}"
        );
    }
    assert_eq!(
        html("<img src='x' width='1' height='40' alt='rule'>").markdown,
        "[image: rule]"
    );
}

#[test]
fn links_with_an_active_scheme_become_their_text() {
    for href in [
        "javascript:x()",
        "JAVA\nSCRIPT:x()",
        " data:text/html,x",
        "vbscript:x",
        "file:///etc",
    ] {
        let body = html(&format!("<a href=\"{href}\">text</a>"));
        assert_eq!(body.markdown, "text", "{href}");
    }
    assert_eq!(
        html("<a href='mailto:a@b.c'>m</a>").markdown,
        "[m](mailto:a@b.c)"
    );
}

#[test]
fn deep_nesting_and_large_bodies_are_converted() {
    let deep = html(&format!(
        "{}deep{}",
        "<div>".repeat(10_000),
        "</div>".repeat(10_000)
    ));
    assert_eq!(deep.markdown, "deep");
    assert!(deep.removed.flattened);
    // The parser's time would grow with the square of these.
    let started = std::time::Instant::now();
    let attributes = (0..20_000).map(|n| format!("a{n}=1 ")).collect::<String>();
    let attributes = html(&format!(
        "<p {attributes}>text<script>x()</script></p><!-- y -->z"
    ));
    assert_eq!(attributes.markdown, "text\nz");
    let unended = html(&"<div>".repeat(200_000));
    assert!(unended.removed.flattened && unended.markdown.is_empty());
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    let unclosed = html(&format!("{}deep", "<b><i>".repeat(10_000)));
    assert_eq!(unclosed.markdown, "deep");
    let long = html(&format!("<p>{}</p>", "word ".repeat(400_000)));
    assert!(long.removed.cut && long.markdown.len() <= MAX_BODY);
    let text = convert(None, Some("é".repeat(MAX_BODY)));
    assert!(text.removed.cut);
}

#[test]
fn the_text_part_is_used_if_the_html_has_no_content() {
    let body = convert(
        Some("<img width=1 height=1>".into()),
        Some("text\r\nmore".into()),
    );
    assert_eq!(body.markdown, "text\nmore");
    assert_eq!(convert(None, None), Body::default());
    assert_eq!(convert(Some(String::new()), Some("t".into())).markdown, "t");
}
