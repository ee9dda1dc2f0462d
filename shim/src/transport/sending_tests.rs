//! Messages of the server, over a pipe in memory.

use super::*;
use crate::requests::Prepared;
use rmcp::model::{
    CancelledNotification, CancelledNotificationParam, PingRequest, RequestId, ServerRequest,
};
use serde::{Serialize, Serializer, ser::Error as _};
use tokio::io::AsyncReadExt as _;
use tokio_util::sync::CancellationToken;

fn stdio() -> (Stdio, tokio::io::DuplexStream) {
    with_pipe_of(1 << 16)
}

fn with_pipe_of(bytes: usize) -> (Stdio, tokio::io::DuplexStream) {
    let (here, client) = tokio::io::duplex(bytes);
    let (input, output) = tokio::io::split(here);
    let ends = Ends {
        over: CancellationToken::new(),
        closing: CancellationToken::new(),
    };
    let stdio = Stdio::new(
        Box::new(input),
        Box::new(output),
        ends,
        OpenRequests::default(),
    );
    (stdio, client)
}

#[tokio::test]
async fn a_request_of_the_server_is_forgotten_when_it_is_cancelled() {
    let (mut stdio, _client) = stdio();
    let id = RequestId::Number(7);
    let request = ServerRequest::PingRequest(PingRequest::default());
    let request = JsonRpcMessage::request(request, id.clone());
    stdio.send(request).await.unwrap();
    assert!(stdio.shared.outgoing.borrow().contains(&id));
    let cancelled = CancelledNotification::new(CancelledNotificationParam::new(Some(id), None));
    let cancelled = ServerNotification::CancelledNotification(cancelled);
    stdio
        .send(JsonRpcMessage::notification(cancelled))
        .await
        .unwrap();
    assert!(stdio.shared.outgoing.borrow().is_empty());
}

#[tokio::test]
async fn an_answer_that_waits_for_the_output_is_not_written_after_its_cancellation() {
    let (mut stdio, mut client) = with_pipe_of(16);
    let ids = [1, 2, 3].map(RequestId::Number);
    let mut sends = Vec::new();
    let open = |stdio: &Stdio, id: &RequestId| {
        let permit = Arc::new(tokio::sync::Semaphore::new(1)).try_acquire_owned();
        assert!(stdio.shared.open.open(id.clone(), permit.unwrap()).is_ok());
    };
    for id in &ids {
        open(&stdio, id);
        let answer = JsonRpcMessage::response(ServerResult::empty(()), id.clone());
        sends.push(tokio::spawn(stdio.send(answer)));
        // The first answer fills the pipe, and the others wait for it.
        tokio::task::yield_now().await;
    }
    assert!(!stdio.shared.open.cancel(&ids[0]), "it is being written");
    assert!(stdio.shared.open.cancel(&ids[1]));
    // The answer of the cancelled request does not answer a later one with its id.
    open(&stdio, &ids[1]);
    let reading = async {
        let mut text = String::new();
        while text.lines().count() < 2 || !text.ends_with('\n') {
            let mut buffer = [0; 64];
            let length = client.read(&mut buffer).await.unwrap();
            text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
        text
    };
    let writing = async {
        for send in sends {
            send.await.unwrap().unwrap();
        }
    };
    let (text, ()) = tokio::join!(reading, writing);
    insta::assert_snapshot!(text, @r#"
    {"jsonrpc":"2.0","id":1,"result":{}}
    {"jsonrpc":"2.0","id":3,"result":{}}
    "#);
    assert!(stdio.shared.open.cancel(&ids[1]), "the later one is open");
}

/// A value that cannot be written as JSON.
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("a key of a map is not text"))
    }
}

#[test]
fn an_answer_that_cannot_be_written_is_replaced_by_an_error_with_its_id() {
    let part = Prepared::Structured("{}".to_owned());
    let (line, is_whole) = line_of(Unwritable, Some(part), Some(&RequestId::Number(7))).unwrap();
    assert!(!is_whole);
    let line = String::from_utf8(line.concat()).unwrap();
    insta::assert_snapshot!(line.trim_end(), @r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"the answer cannot be written as JSON: a key of a map is not text"}}"#);
    assert!(line_of(Unwritable, None, None).is_err());
}
