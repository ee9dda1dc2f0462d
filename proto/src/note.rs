//! Notes about the body of a mail, in the same words for agents and persons.

use crate::mail::{BodySource, Findings};

/// Returns a note about content that the body lacks, reasons for caution, and the origin of the body;
/// `None` if there is nothing to say.
pub fn note(findings: &Findings, source: BodySource) -> Option<String> {
    let Findings {
        hidden,
        hidden_words,
        trackers,
        undescribed_images,
        scripts,
        forms,
        invisible,
        deceptive_links,
        cut,
        simplified,
    } = *findings;
    let passages = counted(hidden, "hidden passage");
    let removed: Vec<String> = [
        passages.map(|passages| {
            let words = counted(hidden_words, "word").unwrap_or_default();
            format!("{passages} ({words})")
        }),
        counted(trackers, "tracking image"),
        counted(scripts, "active element"),
        counted(forms, "form"),
        counted(invisible, "invisible character"),
        cut.then(|| "everything after 1 MB of text or 5 MB of HTML".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let removed = removed.join(", ");
    let notes: Vec<String> = [
        origin(source).map(str::to_owned),
        (!removed.is_empty()).then(|| format!("Note: removed from this email: {removed}.")),
        missing_images(undescribed_images, source),
        counted(deceptive_links, "link").map(|count| {
            format!("Warning: {count} with the name of another host than the target.")
        }),
        simplified.then(|| {
            "Note: this email exceeds a limit of the mail reader. A part of it is shown without \
             markup and may include hidden passages."
                .to_owned()
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

/// Returns a note about images that a person sees and the body does not mention.
fn missing_images(count: u32, source: BodySource) -> Option<String> {
    let verb = if count == 1 { "is" } else { "are" };
    match source {
        BodySource::Html | BodySource::TextInstead => counted(count, "image")
            .map(|images| format!("Note: {images} without a description {verb} not shown.")),
        // The note about the origin says it, or the images are not known.
        BodySource::OnlyImages
        | BodySource::Text
        | BodySource::Empty
        | BodySource::TextFallback
        | BodySource::Stripped => None,
    }
}

/// Returns a count with its noun; `None` for zero.
fn counted(count: u32, noun: &str) -> Option<String> {
    let plural = if count == 1 { "" } else { "s" };
    (count > 0).then(|| format!("{count} {noun}{plural}"))
}

/// Returns a note about the origin of a body; `None` if the body is what a person sees.
fn origin(source: BodySource) -> Option<&'static str> {
    match source {
        BodySource::Html | BodySource::Text => None,
        BodySource::TextInstead => {
            Some("Note: the HTML of this email shows no text; this is its text part.")
        }
        BodySource::OnlyImages => {
            Some("Note: this email shows only images without descriptions, and no text.")
        }
        BodySource::Empty => Some(
            "Note: this email shows no text to a person. The mail bridge does not deliver attachments.",
        ),
        BodySource::TextFallback => Some(
            "Note: the HTML of this email could not be rendered; this is its text part, which \
                 may include hidden passages.",
        ),
        BodySource::Stripped => Some(
            "Note: the HTML of this email could not be rendered; this is its text without markup, \
             which may include hidden passages.",
        ),
    }
}
