//! A scripted daemon for the tests.

use tai_client::Streams;
use tai_proto::{
    Answer, Call, Fault, FromDaemon, ToDaemon,
    frame::{Decoder, MAX_FRAME, encode},
    hello::{Hello, Welcome},
    mail::{BodySource, Envelope, FetchedMail, Findings, LeftOut, Mail, Part},
    names::MailId,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex, split};

/// The name of the daemon. A client asks one of another release to make way.
const DAEMON: &str = concat!("taid ", env!("CARGO_PKG_VERSION"));

/// Returns a connection to a daemon that answers each call with `answer`.
pub(crate) fn daemon(
    answer: impl FnMut(Call) -> Result<Answer, Fault> + Send + 'static,
) -> Streams {
    let (near, far) = duplex(1 << 16);
    tokio::spawn(serve(far, answer));
    let (reader, writer) = split(near);
    Streams {
        reader: Box::new(reader),
        writer: Box::new(writer),
    }
}

async fn serve(mut stream: DuplexStream, mut answer: impl FnMut(Call) -> Result<Answer, Fault>) {
    let mut decoder = Decoder::new(MAX_FRAME);
    let hello: Hello = frame(&mut stream, &mut decoder).await.unwrap();
    write(&mut stream, &Welcome::answering(&hello, DAEMON)).await;
    while let Some(read) = frame(&mut stream, &mut decoder).await {
        let ToDaemon::Request(request) = read else {
            continue;
        };
        let (id, result) = (request.id, answer(request.call));
        write(&mut stream, &FromDaemon::Answer { id, result }).await;
    }
}

async fn frame<F: serde::de::DeserializeOwned>(
    stream: &mut DuplexStream,
    decoder: &mut Decoder,
) -> Option<F> {
    loop {
        if let Some(frame) = decoder.next_frame().unwrap() {
            return Some(frame);
        }
        if stream.read_buf(decoder.space()).await.unwrap() == 0 {
            return None;
        }
    }
}

async fn write(stream: &mut DuplexStream, frame: &impl serde::Serialize) {
    let mut bytes = Vec::new();
    encode(frame, &mut bytes).unwrap();
    stream.write_all(&bytes).await.unwrap();
}

/// Returns an unread mail in one part.
pub(crate) fn mail(id: u64) -> FetchedMail {
    FetchedMail {
        is_leased: true,
        address: "desk.alice@tai.chat".parse().unwrap(),
        left_out: LeftOut::default(),
        passed_over: Vec::new(),
        mail: Some(Box::new(Mail {
            envelope: Envelope {
                id: MailId::new(id).unwrap(),
                from: "a@example.com".into(),
                to: "desk.alice@tai.chat".into(),
                subject: "s".into(),
                date: "".into(),
                read: false,
                preview: None,
            },
            body: "b".into(),
            part: Part {
                number: 1,
                of: 1,
                given: 0,
            },
            source: BodySource::Text,
            findings: Findings::default(),
            quoted_lines: 0,
        })),
    }
}
