//! Output of a program or agent.

use tai_proto::text::Content;

/// Limit of an agent's line in a report, in bytes.
const MAX_SAID: usize = 200;

/// Returns the text of an output, without white space around it.
///
/// # Errors
/// The reason as a clause.
pub(super) fn text_of(output: &[u8]) -> Result<Content, String> {
    match std::str::from_utf8(output) {
        Ok(text) => {
            Content::new(text.trim()).map_err(|_| "the program printed more than 1 MB".to_owned())
        }
        Err(_) => Err("the program printed text that is not UTF-8".to_owned()),
    }
}

/// Adds the last line of an agent's output to a reason, with control characters escaped.
pub(super) fn with_line(why: String, output: &[u8]) -> String {
    let output = String::from_utf8_lossy(output);
    let lines = output.lines().map(str::trim);
    let Some(last) = lines.rev().find(|line| !line.is_empty()) else {
        return why;
    };
    let end = last.floor_char_boundary(MAX_SAID);
    let last = last.get(..end).unwrap_or(last);
    format!("{why}; its last line is {last:?}")
}
