//! Parts of answers that are JSON already. Values of rmcp's types would be built only to be written.

/// Part of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// The tools of `tools/list`, one a line. The answer has an empty list.
    Tools(&'static str),
    /// The structured content of a result. The answer has an empty object, because rmcp drops null
    /// for older clients.
    Structured(String),
}

impl Prepared {
    /// Puts the part into its place in the JSON of an answer. The quotation marks of texts are escaped in
    /// JSON, so that no text contains the place.
    pub(crate) fn fill(self, answer: &mut Vec<u8>) {
        let (key, empty): (&[u8], &[u8]) = match self {
            Self::Tools(_) => (br#""tools":"#, b"[]"),
            Self::Structured(_) => (br#""structuredContent":"#, b"{}"),
        };
        let place = [key, empty].concat();
        // Texts come before it.
        let place_at = answer.windows(place.len()).rposition(|part| part == place);
        let Some(at) = place_at else {
            return;
        };
        let at = at + key.len();
        let end = answer.split_off(at + empty.len());
        answer.truncate(at);
        // The buffer grows once, for the line break too.
        answer.reserve_exact(self.length() + end.len() + 1);
        match self {
            Self::Tools(tools) => {
                for (n, tool) in tools.lines().enumerate() {
                    answer.push(if n == 0 { b'[' } else { b',' });
                    answer.extend_from_slice(tool.as_bytes());
                }
                answer.push(b']');
            }
            Self::Structured(json) => answer.extend_from_slice(json.as_bytes()),
        }
        answer.extend_from_slice(&end);
    }

    /// Returns the bytes of the part, and at most one more.
    fn length(&self) -> usize {
        match self {
            Self::Tools(tools) => tools.len() + 1,
            Self::Structured(json) => json.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rmcp::model::{CallToolResult, ContentBlock, ListToolsResult};
    use serde_json::{Value, json};

    fn filled(answer: &impl serde::Serialize, part: Prepared) -> Value {
        let mut answer = serde_json::to_vec(answer).unwrap();
        part.fill(&mut answer);
        serde_json::from_slice(&answer).unwrap()
    }

    #[test]
    fn a_list_gets_its_tools() {
        let list = ListToolsResult::with_all_items(Vec::new());
        let filled = filled(
            &list,
            Prepared::Tools("{\"name\":\"a\"}\n{\"name\":\"b\"}\n"),
        );
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
