//! Bodies: Markdown to HTML on the way out, HTML to Markdown on the way in. Conversions of
//! any size run beside the event loop, and nothing a mail contains can overflow the stack.

use super::MailError;
use tai_proto::call::{Format, MAX_CONTENT};

/// Bodies are cut at this many bytes before they are converted or handed on.
const MAX_BODY: usize = 1 << 20;
/// Deeper HTML is shown as text: the converter is recursive.
const MAX_DEPTH: usize = 200;
/// Conversions of less are done at once; they take well under a millisecond.
const SMALL: usize = 16 << 10;

/// The two parts of an outgoing mail.
pub(super) struct Parts {
    pub(super) text: String,
    pub(super) html: String,
}

/// Both parts of an outgoing mail.
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
        Format::Html => Parts {
            text: convert(&content),
            html: content,
        },
    });
    parts.await.ok_or(MailError::BadField {
        field: "content",
        rule: "it cannot be converted",
    })
}

/// The body of a mail as Markdown: made from its HTML, because a text part beside HTML may be
/// a stock sentence (bridge-api.md, trap 6); its text where there is no HTML.
pub(super) async fn markdown(html: Option<String>, text: Option<String>) -> String {
    match html.filter(|html| !html.trim().is_empty()) {
        Some(html) => run(html.len(), move || convert(&html))
            .await
            .unwrap_or_default(),
        None => cut(text.unwrap_or_default()),
    }
}

/// Runs a conversion: at once when it is small, beside the event loop otherwise.
async fn run<T: Send + 'static>(
    size: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if size < SMALL {
        return Some(work());
    }
    tokio::task::spawn_blocking(work).await.ok()
}

/// GitHub-flavoured Markdown to HTML. Raw HTML in it is left out, which is comrak's default.
fn html(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.render.hardbreaks = true;
    comrak::markdown_to_html(markdown, &options)
}

/// HTML to Markdown.
fn convert(html: &str) -> String {
    let html = cut(html.to_owned());
    if depth(&html) > MAX_DEPTH {
        return bare_text(&html);
    }
    let options = htmd::options::Options {
        bullet_list_marker: htmd::options::BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        ..Default::default()
    };
    let converter = htmd::HtmlToMarkdown::builder()
        .options(options)
        .skip_tags(vec![
            "script", "style", "head", "title", "noscript", "template",
        ])
        .build();
    match converter.convert(&html) {
        Ok(markdown) => cut(markdown),
        Err(_) => bare_text(&html),
    }
}

/// How deep elements are nested, at the most: end tags that are missing count as depth.
fn depth(html: &str) -> usize {
    const VOID: [&str; 8] = ["br", "hr", "img", "input", "meta", "link", "col", "wbr"];
    let (mut depth, mut deepest) = (0usize, 0usize);
    for tag in html.split('<').skip(1) {
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let name: String = tag
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            if !VOID.contains(&name.to_ascii_lowercase().as_str()) {
                depth += 1;
                deepest = deepest.max(depth);
            }
        }
    }
    deepest
}

/// What is outside of tags.
fn bare_text(html: &str) -> String {
    let pieces = html
        .split('<')
        .enumerate()
        .map(|(at, piece)| match piece.split_once('>') {
            Some((_, text)) if at > 0 => text,
            _ if at > 0 => "",
            _ => piece,
        });
    pieces.collect()
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_BODY {
        text.truncate(text.floor_char_boundary(MAX_BODY));
        text.push_str("\n\n[The rest of this mail is left out: it is larger than 1 MB.]");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_goes_out_as_html_without_raw_html() {
        let out = html("# Hi\n\n- a\n- b\n\n| x |\n|---|\n| 1 |\n\n<script>x</script>");
        assert!(
            out.contains("<h1>Hi</h1>") && out.contains("<li>a</li>") && out.contains("<table>")
        );
        assert!(!out.contains("<script>"));
    }

    #[test]
    fn html_comes_in_as_markdown_without_scripts_and_styles() {
        let html = "<html><head><title>t</title><style>p{}</style></head><body><h1>Hi</h1>\
                    <p>a <b>b</b> <a href='https://e.com'>l</a></p><script>x()</script></body></html>";
        assert_eq!(convert(html), "# Hi\n\na **b** [l](https://e.com)");
    }

    #[test]
    fn ten_thousand_nested_elements_are_shown_as_text() {
        let html = format!("{}deep{}", "<div>".repeat(10_000), "</div>".repeat(10_000));
        assert_eq!(convert(&html), "deep");
        assert_eq!(convert(&format!("{}deep", "<b><i>".repeat(50_000))), "deep");
    }

    #[test]
    fn a_body_is_cut_between_characters() {
        let long = "é".repeat(MAX_BODY);
        let cut = cut(long);
        assert!(cut.len() < MAX_BODY + 100 && cut.ends_with("1 MB.]"));
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
