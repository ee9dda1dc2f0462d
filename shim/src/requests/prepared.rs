//! Parts of answers that are JSON already. Values of rmcp's types would be built only to be written.

use tokio_util::bytes::Bytes;

/// A line of the output, in pieces that are written one after the other.
pub(crate) type Pieces = [Bytes; 3];

/// Returns a line in one piece.
pub(crate) fn whole(line: Vec<u8>) -> Pieces {
    [line.into(), Bytes::new(), Bytes::new()]
}

/// Part of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// The tools of `tools/list`. The answer has an empty list.
    Tools(&'static [u8]),
    /// The structured content of a result. The answer has an empty object, because rmcp drops null
    /// for older clients.
    Structured(String),
}

impl Prepared {
    /// Puts the part into its place in the JSON of an answer, without a copy of the part. The quotation
    /// marks of texts are escaped in JSON, so that no text contains the place.
    pub(crate) fn put_into(self, mut answer: Vec<u8>) -> Pieces {
        let (key, empty): (&[u8], &[u8]) = match self {
            Self::Tools(_) => (br#""tools":"#, b"[]"),
            Self::Structured(_) => (br#""structuredContent":"#, b"{}"),
        };
        let place = [key, empty].concat();
        // Texts come before it.
        let place_at = answer.windows(place.len()).rposition(|part| part == place);
        let Some(at) = place_at else {
            return whole(answer);
        };
        let end = answer.split_off(at + place.len());
        answer.truncate(at + key.len());
        let part = match self {
            Self::Tools(tools) => Bytes::from_static(tools),
            Self::Structured(json) => json.into(),
        };
        [answer.into(), part, end.into()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rmcp::model::{CallToolResult, ContentBlock, ListToolsResult};
    use serde_json::{Value, json};

    fn filled(answer: &impl serde::Serialize, part: Prepared) -> Value {
        let answer = serde_json::to_vec(answer).unwrap();
        serde_json::from_slice(&part.put_into(answer).concat()).unwrap()
    }

    #[test]
    fn a_list_gets_its_tools() {
        let list = ListToolsResult::with_all_items(Vec::new());
        let filled = filled(&list, Prepared::Tools(br#"[{"name":"a"},{"name":"b"}]"#));
        assert_eq!(filled["tools"], json!([{"name": "a"}, {"name": "b"}]));
    }

    #[test]
    fn a_result_gets_its_structured_content_whatever_its_text_is() {
        let text = r#""structuredContent":{} \"structuredContent\":{}"#;
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        result.structured_content = Some(json!({}));
        let content = json!({"body": text});
        let filled = filled(&result, Prepared::Structured(content.to_string()));
        assert_eq!(filled["content"][0]["text"], text);
        assert_eq!(filled["structuredContent"], content);
        assert_eq!(filled["isError"], false);
    }
}
