//! The body of an outgoing mail. Markdown becomes HTML with inline styles, HTML is sanitised, and
//! the text part keeps the structure. Large bodies are converted on a blocking thread.

use super::{error::MailError, reading};
use tai_proto::{mail::Format, text::MAX_CONTENT};

/// Longest body that is converted or returned, in bytes. Longer bodies are truncated.
pub(super) const MAX_BODY: usize = 1 << 20;
/// Size in bytes below which a body is converted on the calling thread.
const SMALL: usize = 16 << 10;

/// The two parts of an outgoing mail.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) text: String,
    pub(super) html: String,
}

/// Converts content to both parts of an outgoing mail.
pub(super) async fn parts(content: String, format: Format) -> Result<Parts, MailError> {
    if content.len() > MAX_CONTENT {
        return Err(MailError::TooLong {
            bytes: content.len(),
        });
    }
    if content.trim().is_empty() {
        return Err(MailError::BadField {
            field: "content",
            rule: "it is empty",
        });
    }
    let parts = run(content.len(), move || match format {
        Format::Markdown => Parts {
            html: html(&content),
            text: content,
        },
        Format::Html => {
            let html = sanitised(&content);
            Parts {
                text: reading::text_part(&html),
                html,
            }
        }
    });
    parts.await.ok_or(MailError::BadField {
        field: "content",
        rule: "it cannot be converted",
    })
}

/// Runs a conversion in place if it is small, on a blocking thread otherwise. Returns `None` if
/// the conversion panics.
pub(super) async fn run<T: Send + 'static>(
    size: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if size < SMALL {
        return Some(work());
    }
    tokio::task::spawn_blocking(work).await.ok()
}

/// Converts GitHub-flavoured Markdown to HTML. Raw HTML is omitted (comrak's default). Tables, code
/// and quotes get inline styles, the only ones that mail programs honour.
fn html(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.render.hardbreaks = true;
    let mut html = comrak::markdown_to_html(markdown, &options);
    for (tag, style) in STYLES {
        html = html.replace(&format!("<{tag}>"), &format!("<{tag} style=\"{style}\">"));
        html = html.replace(
            &format!("<{tag} align="),
            &format!("<{tag} style=\"{style}\" align="),
        );
    }
    format!("<div style=\"{BODY_STYLE}\">\n{html}</div>\n")
}

const BODY_STYLE: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;\
    font-size:15px;line-height:1.5;color:#1a1a1a";
const STYLES: [(&str, &str); 5] = [
    ("table", "border-collapse:collapse"),
    (
        "th",
        "border:1px solid #c8c8c8;padding:4px 8px;background:#f2f2f2",
    ),
    ("td", "border:1px solid #c8c8c8;padding:4px 8px"),
    ("pre", "background:#f6f6f6;padding:8px;overflow:auto"),
    (
        "blockquote",
        "margin:0 0 0 8px;padding-left:8px;border-left:3px solid #c8c8c8;color:#555",
    ),
];

/// Removes scripts, frames, forms and event handlers from HTML, and keeps layout and links.
fn sanitised(html: &str) -> String {
    ammonia::Builder::default()
        .add_generic_attributes(["style", "align", "valign", "bgcolor", "width", "height"])
        .add_tags(["font"])
        .add_tag_attributes("font", ["color", "face", "size"])
        .url_schemes(["http", "https", "mailto", "tel", "cid"].into())
        .link_rel(None)
        .clean(html)
        .to_string()
}

/// Truncates text to [`MAX_BODY`] at a character boundary. Returns whether it was truncated.
pub(super) fn cut_short(mut text: String) -> (String, bool) {
    let cut = text.len() > MAX_BODY;
    if cut {
        text.truncate(text.floor_char_boundary(MAX_BODY));
    }
    (text, cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html_without_raw_html() {
        let out = html("# Hi\n\n- a\n- b\n\n| x |\n|---|\n| 1 |\n\n<script>x</script>");
        assert!(
            out.contains("<h1>Hi</h1>") && out.contains("<li>a</li>") && out.contains("<table ")
        );
        assert!(!out.contains("<script>"));
    }

    #[test]
    fn tables_code_and_quotes_have_inline_styles() {
        let out = html("| a | b |\n|---|:-:|\n| 1 | 2 |\n\n> q\n\n```\nx <td>\n```\n");
        for part in [
            "<table style=",
            "<td style=\"border:1px solid #c8c8c8;padding:4px 8px\">1</td>",
            "padding:4px 8px\" align=\"center\">2</td>",
            "<blockquote style=",
            "<pre style=",
            "x &lt;td&gt;",
        ] {
            assert!(out.contains(part), "{part}: {out}");
        }
    }

    #[test]
    fn html_is_sent_without_active_content() {
        let out = sanitised(
            "<p style=\"color:red\" onclick=\"x()\">a<script>b()</script><iframe src=\"https://e\">\
             </iframe><a href=\"javascript:x()\">l</a> <a href=\"https://e.com\">m</a>\
             <form><input name=\"p\"></form><table bgcolor=\"#fff\"><tr><td>t</td></tr></table>",
        );
        for bad in ["script", "onclick", "iframe", "form", "input", "b()"] {
            assert!(!out.contains(bad), "{bad}: {out}");
        }
        for good in ["color:red", "https://e.com", "bgcolor", "<td>t</td>"] {
            assert!(out.contains(good), "{good}: {out}");
        }
    }

    #[test]
    fn a_body_is_truncated_at_a_character_boundary() {
        let (cut, was) = cut_short("é".repeat(MAX_BODY));
        assert!(was && cut.len() <= MAX_BODY);
        assert!(!cut_short("é".into()).1);
    }

    #[tokio::test]
    async fn content_over_1_mb_and_empty_content_are_refused() {
        let long = parts("a".repeat(MAX_CONTENT + 1), Format::Markdown).await;
        assert_eq!(
            long.err(),
            Some(MailError::TooLong {
                bytes: MAX_CONTENT + 1
            })
        );
        assert!(parts(" \n".into(), Format::Html).await.is_err());
    }
}
