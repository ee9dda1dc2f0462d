//! The result of a call on its way to the client.

use super::limits::Share;
use tai_proto::{Answer, Call, Fault, call::ReadMail};

/// Handler of an answer that does not reach the client.
pub(super) type Undelivered = Box<dyn FnOnce(Answer) + Send>;

/// Returns whether the answer to a call may lease a mail to the client.
pub(super) fn is_lease(call: &Call) -> bool {
    matches!(
        call,
        Call::Fetch(_) | Call::ReadMail(ReadMail { id: None, .. }) | Call::WaitFor(_)
    )
}

/// Result of a call. Dropping it, because the client cancelled the call or disconnected, passes an
/// answer to its handler.
pub(super) struct Finished {
    result: Option<Result<Answer, Fault>>,
    undelivered: Option<Undelivered>,
    share: Share,
}

impl Finished {
    pub(super) fn new(
        result: Result<Answer, Fault>,
        undelivered: Option<Undelivered>,
        share: Share,
    ) -> Self {
        Self {
            result: Some(result),
            undelivered,
            share,
        }
    }

    /// Returns the result for writing, and the share to hold until then.
    pub(super) fn deliver(mut self) -> (Option<Result<Answer, Fault>>, Share) {
        (self.result.take(), std::mem::take(&mut self.share))
    }
}

impl Drop for Finished {
    fn drop(&mut self) {
        if let (Some(Ok(answer)), Some(undelivered)) = (self.result.take(), self.undelivered.take())
        {
            undelivered(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::limits::{DoorLimits, Turns},
        *,
    };
    use std::sync::{Arc, Mutex};
    use tai_proto::{FaultCode, Method as _, call::GetInfo, door::Door};

    #[test]
    fn an_answer_that_is_not_written_reaches_its_handler() {
        let handled = Arc::new(Mutex::new(0));
        let finished = |result| {
            let handled = handled.clone();
            Finished::new(
                result,
                Some(Box::new(move |_| *handled.lock().unwrap() += 1)),
                Share::default(),
            )
        };
        let answer = Ok(Answer::EndLease(()));
        assert_eq!(finished(answer.clone()).deliver().0, Some(answer.clone()));
        drop(finished(Err(Fault::new(FaultCode::Internal, "f"))));
        assert_eq!(*handled.lock().unwrap(), 0);
        drop(finished(answer));
        assert_eq!(*handled.lock().unwrap(), 1);
    }

    #[test]
    fn a_share_lasts_until_the_answer_is_written() {
        let limits = DoorLimits::of(&Door::Instance("desk".parse().unwrap()));
        let call = GetInfo.into_call();
        let mut shares: Vec<_> =
            std::iter::from_fn(|| limits.share(&call, &Turns::of_connection())).collect();
        let answer = Ok(Answer::EndLease(()));
        let finished = Finished::new(answer, None, shares.pop().unwrap());
        let (_, share) = finished.deliver();
        assert!(limits.share(&call, &Turns::of_connection()).is_none());
        drop(share);
        assert!(limits.share(&call, &Turns::of_connection()).is_some());
    }
}
