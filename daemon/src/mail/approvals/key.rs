//! The key of the waiting mails. It is asked for when the first mail waits, or when sealed mails
//! exist.

use super::seal::HeldKey;
use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex as StdMutex, PoisonError},
    time::Duration,
};
use tai_auth::credentials::keyring::Missing;
use tokio::{
    sync::{Mutex, watch},
    time::{Instant, timeout_at},
};

/// Time after a failure in which the source of the key is not asked again for a new mail.
const PAUSE: Duration = Duration::from_secs(60);
/// Time limit of the source for a new mail, whose client waits.
const LIMIT: Duration = Duration::from_secs(15);

/// Failure of a source that has answered without the key of sealed mails.
const NO_KEY: &str = "the keyring has no key of the waiting mails now";

/// Answer of a [`KeySource`]: the key, `None` if there is none, or the failure.
pub(crate) type KeyAnswer = Result<Option<HeldKey>, String>;

/// Source of the key of waiting mails.
pub(crate) trait KeySource: Send + Sync + fmt::Debug + 'static {
    /// Returns the key.
    fn key(&self, missing: Missing) -> Pin<Box<dyn Future<Output = KeyAnswer> + Send + '_>>;
}

/// The key, once the source has given it.
#[derive(Debug)]
pub(super) struct Keys {
    source: Arc<dyn KeySource>,
    state: Mutex<State>,
    /// The last question to the source. A keyring may ask the user for its password each time, so
    /// another question is asked only after the answer.
    question: StdMutex<Option<Question>>,
}

/// A question to the source.
#[derive(Debug, Clone)]
struct Question {
    missing: Missing,
    /// The answer, once the source has given it.
    answer: watch::Receiver<Option<KeyAnswer>>,
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
            source: Arc::from(source),
            state: Mutex::new(State::Unknown),
            question: StdMutex::default(),
        }
    }

    /// Asks the source, unless it has not answered the last question yet.
    async fn ask(&self, missing: Missing) -> KeyAnswer {
        loop {
            let mut question = self.question(missing);
            let answer = match question.answer.wait_for(Option::is_some).await {
                Ok(answer) => answer.clone(),
                Err(_) => None,
            };
            let answer =
                answer.unwrap_or_else(|| Err("it was asked and did not answer".to_owned()));
            match answer {
                // Another caller's question did not ask for a new key.
                Ok(None) if (missing, question.missing) == (Missing::Create, Missing::Ignore) => {}
                answer => return answer,
            }
        }
    }

    /// Returns the question that waits for its answer, or asks another one.
    fn question(&self, missing: Missing) -> Question {
        let mut last = self.question.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(question) = last.as_ref()
            && question.answer.borrow().is_none()
            && question.answer.has_changed().is_ok()
        {
            return question.clone();
        }
        let (send, answer) = watch::channel(None);
        let source = self.source.clone();
        tokio::spawn(async move {
            let found = source.key(missing).await;
            let _ = send.send(Some(found));
        });
        let question = Question { missing, answer };
        *last = Some(question.clone());
        question
    }

    /// Returns the key for a new mail; `None` if the source has not given it within 15 s or until
    /// `deadline`, or failed within the last minute. `missing` is [`Missing::Ignore`] while files
    /// exist that only the earlier key opens.
    pub(super) async fn for_new(&self, missing: Missing, deadline: Instant) -> Option<HeldKey> {
        let limit = deadline.min(Instant::now() + LIMIT);
        // Another mail holds it while it asks the source.
        let mut state = timeout_at(limit, self.state.lock()).await.ok()?;
        match &*state {
            State::Known(key) => return Some(key.clone()),
            State::Failed(at) if at.elapsed() < PAUSE => return None,
            State::Failed(_) | State::Unknown => {}
        }
        let why = match timeout_at(limit, self.ask(missing)).await {
            Ok(Ok(Some(key))) => {
                *state = State::Known(key.clone());
                return Some(key);
            }
            Ok(Ok(None)) if missing == Missing::Ignore => NO_KEY.to_owned(),
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
    /// The failure of the source. A keyring whose database is not open yet has no key, either.
    pub(super) async fn of_earlier(&self) -> Result<HeldKey, String> {
        if let State::Known(key) = &*self.state.lock().await {
            return Ok(key.clone());
        }
        let key = self.ask(Missing::Ignore).await?;
        let key = key.ok_or_else(|| NO_KEY.to_owned())?;
        *self.state.lock().await = State::Known(key.clone());
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A keyring that waits to be unlocked.
    #[derive(Debug)]
    struct Hanging;

    impl KeySource for Hanging {
        fn key(&self, _: Missing) -> Pin<Box<dyn Future<Output = KeyAnswer> + Send + '_>> {
            Box::pin(std::future::pending())
        }
    }

    /// A keyring that counts the questions, and answers after ten minutes.
    #[derive(Debug, Default)]
    struct Slow(Arc<AtomicU32>);

    impl KeySource for Slow {
        fn key(&self, _: Missing) -> Pin<Box<dyn Future<Output = KeyAnswer> + Send + '_>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(async {
                tokio::time::sleep(Duration::from_secs(600)).await;
                Ok(None)
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_locked_keyring_is_asked_once_until_it_answers() {
        let asked = Arc::default();
        let keys = Keys::new(Box::new(Slow(Arc::clone(&asked))));
        for _ in 0..50 {
            let soon = Instant::now() + Duration::from_secs(2);
            let _ = timeout_at(soon, keys.of_earlier()).await;
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        assert!(keys.of_earlier().await.is_err());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        assert!(keys.of_earlier().await.is_err());
        assert_eq!(asked.load(Ordering::Relaxed), 2, "it may be unlocked now");
    }

    #[tokio::test(start_paused = true)]
    async fn a_keyring_that_does_not_answer_delays_one_mail_a_minute_by_fifteen_seconds() {
        let keys = Keys::new(Box::new(Hanging));
        let later = |seconds| Instant::now() + Duration::from_secs(seconds);
        let begin = Instant::now();
        assert!(keys.for_new(Missing::Create, later(60)).await.is_none());
        assert_eq!(begin.elapsed(), LIMIT);
        assert!(keys.for_new(Missing::Create, later(60)).await.is_none());
        assert_eq!(begin.elapsed(), LIMIT, "the next mail does not wait");
        tokio::time::advance(PAUSE).await;
        let begin = Instant::now();
        assert!(keys.for_new(Missing::Create, later(3)).await.is_none());
        assert_eq!(
            begin.elapsed(),
            Duration::from_secs(3),
            "the deadline counts"
        );
        tokio::time::advance(PAUSE).await;
        let begin = Instant::now();
        let (_, other) = tokio::join!(keys.for_new(Missing::Create, later(60)), async {
            let key = keys.for_new(Missing::Create, later(3)).await;
            (key.is_none(), begin.elapsed())
        });
        assert_eq!(
            other,
            (true, Duration::from_secs(3)),
            "also while another mail asks"
        );
    }
}
