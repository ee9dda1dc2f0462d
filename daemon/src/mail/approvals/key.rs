//! The key of the waiting mails. It is asked for when the first mail waits, or when sealed mails exist.

use super::seal::HeldKey;
use std::{fmt, future::Future, pin::Pin, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};

/// Time after a failure in which the source of the key is not asked again for a new mail.
const PAUSE: Duration = Duration::from_secs(60);
/// Time limit of the source for a new mail, whose client waits.
const LIMIT: Duration = Duration::from_secs(15);

/// Answer of a [`KeySource`]: the key, `None` if there is none, or the failure.
pub(crate) type KeyAnswer = Result<Option<HeldKey>, String>;

/// Source of the key of waiting mails.
pub(crate) trait KeySource: Send + Sync + fmt::Debug + 'static {
    /// Returns the key. If there is none, creates it if `create` is set. The source limits its time.
    fn key(&self, create: bool) -> Pin<Box<dyn Future<Output = KeyAnswer> + Send + '_>>;
}

/// The key, once the source has given it.
#[derive(Debug)]
pub(super) struct Keys {
    source: Box<dyn KeySource>,
    state: Mutex<State>,
}

enum State {
    Unknown,
    Failed(Instant),
    Known(HeldKey),
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "Unknown",
            Self::Failed(_) => "Failed",
            Self::Known(_) => "Known",
        })
    }
}

impl Keys {
    /// Returns the keys of this source.
    pub(super) fn new(source: Box<dyn KeySource>) -> Self {
        Self {
            source,
            state: Mutex::new(State::Unknown),
        }
    }

    /// Returns the key for a new mail; `None` if the source has not given it within 15 s or until
    /// `deadline`, or failed within the last minute.
    pub(super) async fn for_new(&self, deadline: Instant) -> Option<HeldKey> {
        let mut state = self.state.lock().await;
        match &*state {
            State::Known(key) => return Some(key.clone()),
            State::Failed(at) if at.elapsed() < PAUSE => return None,
            State::Failed(_) | State::Unknown => {}
        }
        let limit = deadline.min(Instant::now() + LIMIT);
        let why = match timeout_at(limit, self.source.key(true)).await {
            Ok(Ok(Some(key))) => {
                *state = State::Known(key.clone());
                return Some(key);
            }
            Ok(Ok(None)) => "it gives no key".to_owned(),
            Ok(Err(why)) => why,
            Err(_) => "it does not answer in time".to_owned(),
        };
        tracing::warn!(
            error = why,
            "no key for waiting mails; they are kept in memory alone"
        );
        *state = State::Failed(Instant::now());
        None
    }

    /// Returns the key of mails that an earlier daemon sealed.
    ///
    /// # Errors
    /// The failure of the source.
    pub(super) async fn of_earlier(&self) -> KeyAnswer {
        if let State::Known(key) = &*self.state.lock().await {
            return Ok(Some(key.clone()));
        }
        let answer = self.source.key(false).await;
        if let Ok(Some(key)) = &answer {
            *self.state.lock().await = State::Known(key.clone());
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A keyring that waits to be unlocked.
    #[derive(Debug)]
    struct Hanging;

    impl KeySource for Hanging {
        fn key(&self, _: bool) -> Pin<Box<dyn Future<Output = KeyAnswer> + Send + '_>> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_keyring_that_does_not_answer_delays_one_mail_a_minute_by_fifteen_seconds() {
        let keys = Keys::new(Box::new(Hanging));
        let later = |seconds| Instant::now() + Duration::from_secs(seconds);
        let begin = Instant::now();
        assert!(keys.for_new(later(60)).await.is_none());
        assert_eq!(begin.elapsed(), LIMIT);
        assert!(keys.for_new(later(60)).await.is_none());
        assert_eq!(begin.elapsed(), LIMIT, "the next mail does not wait");
        tokio::time::advance(PAUSE).await;
        let begin = Instant::now();
        assert!(keys.for_new(later(3)).await.is_none());
        assert_eq!(
            begin.elapsed(),
            Duration::from_secs(3),
            "the deadline counts"
        );
    }
}
