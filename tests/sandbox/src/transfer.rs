//! The transfer of a response body: whole, cut or stalled after its first half.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// The error that closes a connection without an answer, or in the middle of one.
#[derive(Debug, thiserror::Error)]
#[error("closed on purpose")]
pub(crate) struct HangUp;

/// A response body. Its announced length is that of the whole body.
#[derive(Debug)]
pub(crate) struct Transfer {
    body: Bytes,
    length: u64,
    end: End,
}

/// What follows the bytes of a body.
#[derive(Debug)]
enum End {
    Complete,
    /// The connection closes at the second poll. In between the server flushes the bytes.
    Closes {
        is_flushed: bool,
    },
    Stalls,
}

impl Transfer {
    pub(crate) fn whole(body: Bytes) -> Self {
        let length = body.len() as u64;
        Self {
            body,
            length,
            end: End::Complete,
        }
    }

    /// Closes the connection after half of the body.
    pub(crate) fn cut(self) -> Self {
        self.half(End::Closes { is_flushed: false })
    }

    /// Sends nothing after half of the body.
    pub(crate) fn stalled(self) -> Self {
        self.half(End::Stalls)
    }

    fn half(mut self, end: End) -> Self {
        self.body.truncate(self.body.len() / 2);
        Self { end, ..self }
    }
}

impl Body for Transfer {
    type Data = Bytes;
    type Error = HangUp;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HangUp>>> {
        if !self.body.is_empty() {
            let body = std::mem::take(&mut self.body);
            return Poll::Ready(Some(Ok(Frame::data(body))));
        }
        match &mut self.end {
            End::Complete => Poll::Ready(None),
            End::Stalls => Poll::Pending,
            End::Closes { is_flushed: true } => Poll::Ready(Some(Err(HangUp))),
            End::Closes { is_flushed } => {
                *is_flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_empty() && matches!(self.end, End::Complete)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
