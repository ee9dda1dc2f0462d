//! An issuer whose answers a test chooses.

use crate::{
    base_url::Origin,
    bridge::{Bearer, BridgeError, InUse, IssuedToken, LoginError, Reservation, TokenIssuer},
    credentials::Credentials,
    testing::{TestClock, good_jwt, issued, origin, token_of},
};
use std::{
    collections::VecDeque,
    fs::File,
    sync::{Arc, Mutex},
    time::Duration,
};
use tai_names::Username;

/// Answer of a [`ScriptedIssuer`].
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// A good token.
    Token,
    /// A failed request.
    Fail(BridgeError),
    /// A refused login.
    Refuse,
    /// No answer within the time limit of a request.
    Hang,
    /// This text as the token.
    Raw(String),
    /// A token for this user that lives for this many seconds.
    Lives(u64, String),
}

/// Issuer whose answers a test chooses. Each takes 100 ms.
pub(super) struct ScriptedIssuer {
    pub(super) clock: Arc<TestClock>,
    pub(super) sends_date: bool,
    logins: Mutex<Script>,
    refreshes: Mutex<Script>,
    /// The lock of the account, which another process has if it is `None`.
    pub(super) lock: Mutex<Option<Arc<Mutex<File>>>>,
}

/// The answers to come, and the number of requests so far.
#[derive(Default)]
struct Script {
    answers: VecDeque<Answer>,
    /// The answer when the script has ended; a good token if there is none.
    then: Option<Answer>,
    requests: u32,
}

impl Script {
    fn next(&mut self) -> Answer {
        self.requests += 1;
        let scripted = self.answers.pop_front().or_else(|| self.then.clone());
        scripted.unwrap_or(Answer::Token)
    }
}

impl ScriptedIssuer {
    /// Creates an issuer without a script.
    pub(super) fn new(clock: &Arc<TestClock>) -> Arc<Self> {
        Arc::new(Self {
            clock: clock.clone(),
            sends_date: true,
            logins: Mutex::default(),
            refreshes: Mutex::default(),
            lock: Mutex::new(Some(Arc::new(Mutex::new(tempfile::tempfile().unwrap())))),
        })
    }

    /// Returns the numbers of logins and refreshes.
    pub(super) fn counts(&self) -> (u32, u32) {
        (
            self.logins.lock().unwrap().requests,
            self.refreshes.lock().unwrap().requests,
        )
    }

    /// Adds an answer to a login.
    pub(super) fn next_login(&self, answer: Answer) {
        self.logins.lock().unwrap().answers.push_back(answer);
    }

    /// Adds an answer to a refresh.
    pub(super) fn next_refresh(&self, answer: Answer) {
        self.refreshes.lock().unwrap().answers.push_back(answer);
    }

    /// Answers every login with a token for `sub` that lives for this many seconds.
    pub(super) fn each_login_lives(&self, seconds: u64, sub: &str) {
        self.logins.lock().unwrap().then = Some(Answer::Lives(seconds, sub.to_owned()));
    }

    /// Sets the answer to every refresh.
    pub(super) fn each_refresh(&self, answer: Answer) {
        self.refreshes.lock().unwrap().then = Some(answer);
    }

    async fn answer(&self, answer: Answer) -> Result<IssuedToken, LoginError> {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let jwt = match answer {
            Answer::Token => good_jwt(&self.clock),
            Answer::Fail(error) => return Err(LoginError::Bridge(error)),
            Answer::Refuse => return Err(LoginError::Refused),
            Answer::Hang => {
                let after = Duration::from_secs(30);
                tokio::time::sleep(after).await;
                return Err(LoginError::Bridge(BridgeError::TimedOut { after }));
            }
            Answer::Raw(jwt) => jwt,
            Answer::Lives(seconds, sub) => token_of(&self.clock, &sub, seconds),
        };
        let issued = issued(jwt, &self.clock);
        Ok(IssuedToken {
            server_time: issued.server_time.filter(|_| self.sends_date),
            ..issued
        })
    }
}

impl TokenIssuer for ScriptedIssuer {
    fn origin(&self) -> Origin {
        origin()
    }

    fn reserve(&self, _: &Username) -> Result<Reservation, InUse> {
        let lock = self.lock.lock().unwrap().clone();
        let by = Some("work".to_owned());
        lock.map(Reservation::of_lock).ok_or(InUse { by })
    }

    async fn login(&self, _: &Credentials) -> Result<IssuedToken, LoginError> {
        let answer = self.logins.lock().unwrap().next();
        self.answer(answer).await
    }

    async fn refresh(&self, _: &Bearer) -> Result<IssuedToken, BridgeError> {
        let answer = self.refreshes.lock().unwrap().next();
        self.answer(answer).await.map_err(|error| match error {
            LoginError::Bridge(error) => error,
            LoginError::Refused | LoginError::Locked { .. } => panic!("not an answer to a refresh"),
        })
    }
}
