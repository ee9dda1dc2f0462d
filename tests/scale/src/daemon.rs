//! One daemon: its session, its poll for new mail, and the calls of its clients. Each delay is one of
//! [`tai_timing`]; the transitions are those of `tai_auth::session`, without refused passwords and
//! persons.

use crate::{
    bridge::{Answer, Bridge, Request},
    mix::{CALL_LIMIT, User, mail_gap},
    session::{Available, Session},
    time::{Moment, NEVER, after, between},
};
use fastrand::Rng;
use tai_timing::{
    limit,
    login::{self, Start},
    poll, renewal,
    retry::{self, Outage},
};

/// A daemon.
#[derive(Debug, Clone)]
pub(crate) struct Daemon {
    pub(crate) user: User,
    pub(crate) session: Session,
    pub(crate) poll: Job,
    pub(crate) call: Job,
    /// Time of the last mail or call.
    pub(crate) active: Moment,
    /// Arrival of the next mail.
    pub(crate) mail: Moment,
    last_poll: Moment,
    failed_polls: u32,
    /// End of the pause that the bridge asked for.
    gate: Moment,
    outage: Outage,
}

/// A mail request and its repetitions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job {
    /// Time of the next event.
    pub(crate) at: Moment,
    step: Step,
    deadline: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The next request begins at its time.
    Idle,
    /// The request leaves after this number of failed attempts.
    Leaves(u32),
    /// The request waits for a token, at most until its deadline.
    WaitsForToken,
    /// The bridge has rejected the token issued at this moment.
    Rejected(Moment),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Poll,
    Call,
}

impl Job {
    /// Returns a job that begins at `at`.
    pub(crate) fn at(at: Moment) -> Self {
        Self {
            at,
            step: Step::Idle,
            deadline: NEVER,
        }
    }
}

impl Daemon {
    /// Returns a daemon whose first poll and first call come at these times.
    pub(crate) fn new(
        user: User,
        session: Session,
        first_poll: Moment,
        first_call: Moment,
    ) -> Self {
        Self {
            user,
            session,
            poll: Job::at(first_poll),
            call: Job::at(first_call),
            active: first_call,
            mail: NEVER,
            last_poll: first_poll,
            failed_polls: 0,
            gate: 0,
            outage: Outage::default(),
        }
    }

    /// Returns the time of the next event.
    pub(crate) fn wakes(&self) -> Moment {
        self.session.wakes().min(self.poll.at).min(self.call.at)
    }

    /// Handles the earliest event.
    pub(crate) fn wake(&mut self, bridge: &mut Bridge, rng: &mut Rng) {
        let now = self.wakes();
        if self.session.wakes() <= now {
            self.session_timer(now, bridge, rng);
            self.resume_jobs(now, bridge, rng);
        } else if self.call.at <= now {
            self.job_timer(Kind::Call, now, bridge, rng);
        } else {
            self.job_timer(Kind::Poll, now, bridge, rng);
        }
        self.resume_rejected(now);
    }

    /// A poll that waits after a 401 continues when a call has brought another token.
    fn resume_rejected(&mut self, now: Moment) {
        if let (Step::Rejected(rejected), Session::Live { issued, .. }) =
            (self.poll.step, self.session)
            && issued != rejected
        {
            self.poll.at = now;
        }
    }

    fn job(&mut self, kind: Kind) -> &mut Job {
        match kind {
            Kind::Poll => &mut self.poll,
            Kind::Call => &mut self.call,
        }
    }

    fn session_timer(&mut self, now: Moment, bridge: &mut Bridge, rng: &mut Rng) {
        match self.session {
            Session::SignedOut => {}
            Session::Live { expires, .. } if expires <= now => self.login(1, now, bridge, rng),
            Session::Live {
                issued,
                expires,
                failures,
                ..
            } => {
                if self.gate > now {
                    let at = self.after_gate(now, rng);
                    self.renews_at(at);
                    return;
                }
                match bridge.answer(now, Request::Renewal(issued)) {
                    Answer::Done => self.session = Session::live(now, rng),
                    Answer::Unauthorized => self.login(1, now, bridge, rng),
                    answer @ (Answer::Down | Answer::Busy(_)) => {
                        self.note(answer, now);
                        let failures = failures + 1;
                        let delay = renewal::after_failure(failures, rng.f64());
                        self.session = Session::Live {
                            issued,
                            expires,
                            renews: after(now, delay),
                            failures,
                        };
                    }
                }
            }
            Session::Waiting { number, .. } => self.login(number, now, bridge, rng),
        }
    }

    fn renews_at(&mut self, at: Moment) {
        if let Session::Live { renews, .. } = &mut self.session {
            *renews = at;
        }
    }

    fn login(&mut self, number: u32, now: Moment, bridge: &mut Bridge, rng: &mut Rng) {
        let failure = match self.gate > now {
            true => login::Failure::Limited(between(now, self.gate)),
            false => match bridge.answer(now, Request::Login) {
                Answer::Done | Answer::Unauthorized => {
                    self.session = Session::live(now, rng);
                    return;
                }
                answer @ (Answer::Down | Answer::Busy(_)) => {
                    self.note(answer, now);
                    login::Failure::Transient
                }
            },
        };
        let (delay, start) = login::after_failure(failure, number, rng.f64());
        self.session = Session::Waiting {
            until: after(now, delay),
            start,
            number: number + 1,
        };
    }

    fn token(&mut self, now: Moment, bridge: &mut Bridge, rng: &mut Rng) -> Available {
        match self.session {
            Session::Live { expires, .. } if expires > now => {}
            Session::Live { .. } | Session::SignedOut => self.login(1, now, bridge, rng),
            Session::Waiting {
                until,
                start,
                number,
            } if until <= now => {
                let number = match start {
                    Start::Timer => number,
                    Start::Caller => 1,
                };
                self.login(number, now, bridge, rng);
            }
            Session::Waiting { .. } => {}
        }
        match self.session {
            Session::Live { issued, .. } => Available::Token(issued),
            Session::SignedOut => Available::Refused,
            Session::Waiting { start, .. } => match start {
                Start::Timer => Available::Pending,
                Start::Caller => Available::Refused,
            },
        }
    }

    /// Replaces a token that the bridge rejected: a renewal, which the bridge refuses as well, and a
    /// full login.
    fn replace(&mut self, rejected: Moment, now: Moment, bridge: &mut Bridge, rng: &mut Rng) {
        match self.session {
            Session::Live { issued, .. } if issued == rejected => {
                match bridge.answer(now, Request::Renewal(issued)) {
                    Answer::Done => self.session = Session::live(now, rng),
                    Answer::Unauthorized | Answer::Down | Answer::Busy(_) => {
                        self.login(1, now, bridge, rng);
                    }
                }
            }
            Session::Live { .. } | Session::SignedOut | Session::Waiting { .. } => {}
        }
    }

    /// Notes a failure: the pause that the bridge asks for holds for all requests.
    fn note(&mut self, answer: Answer, now: Moment) {
        if let Answer::Busy(hint) = answer
            && let Some(pause) = limit::after_503(hint)
        {
            self.gate = self.gate.max(after(now, pause));
        }
    }

    /// Returns the time at which a request leaves that waits for the end of the pause.
    fn after_gate(&self, now: Moment, rng: &mut Rng) -> Moment {
        after(self.gate, limit::spread(between(now, self.gate), rng.f64()))
    }

    /// Resumes the requests that wait for a token, if there is one or no further attempt.
    fn resume_jobs(&mut self, now: Moment, bridge: &mut Bridge, rng: &mut Rng) {
        for kind in [Kind::Call, Kind::Poll] {
            if self.job(kind).step != Step::WaitsForToken {
                continue;
            }
            match self.session {
                Session::Live { .. } => self.attempt(kind, 0, now, bridge, rng),
                Session::Waiting {
                    start: Start::Caller,
                    ..
                } => self.finish(kind, false, now, rng),
                Session::Waiting { .. } | Session::SignedOut => {}
            }
        }
    }

    fn job_timer(&mut self, kind: Kind, now: Moment, bridge: &mut Bridge, rng: &mut Rng) {
        match self.job(kind).step {
            Step::Idle => {
                self.job(kind).deadline = deadline(kind, now);
                match kind {
                    Kind::Poll => self.last_poll = now,
                    Kind::Call => self.touch(now, rng),
                }
                self.attempt(kind, 0, now, bridge, rng);
            }
            Step::Leaves(failed) => self.attempt(kind, failed, now, bridge, rng),
            Step::WaitsForToken => self.finish(kind, false, now, rng),
            Step::Rejected(issued) => {
                self.replace(issued, now, bridge, rng);
                self.job(kind).deadline = deadline(kind, now);
                self.attempt(kind, 0, now, bridge, rng);
            }
        }
    }

    /// A client is active, which shortens the interval of the poll.
    fn touch(&mut self, now: Moment, rng: &mut Rng) {
        self.active = now;
        if self.user.waits && self.poll.step == Step::Idle {
            self.poll.at = self.next_poll(now, rng);
        }
    }

    fn next_poll(&self, now: Moment, rng: &mut Rng) -> Moment {
        let quiet = between(self.active, now);
        let interval = poll::interval(poll::DEFAULT_INTERVAL, quiet, self.failed_polls, rng.f64());
        after(self.last_poll, interval).max(now)
    }

    fn attempt(
        &mut self,
        kind: Kind,
        failed: u32,
        now: Moment,
        bridge: &mut Bridge,
        rng: &mut Rng,
    ) {
        let deadline = self.job(kind).deadline;
        if self.gate > now {
            match self.gate >= deadline {
                true => self.finish(kind, false, now, rng),
                false => {
                    let at = self.after_gate(now, rng).min(deadline);
                    self.later(kind, Step::Leaves(failed), at);
                }
            }
            return;
        }
        let issued = match self.token(now, bridge, rng) {
            Available::Token(issued) => issued,
            Available::Pending => return self.later(kind, Step::WaitsForToken, deadline),
            Available::Refused => return self.finish(kind, false, now, rng),
        };
        let request = match kind {
            Kind::Poll => Request::Poll(issued),
            Kind::Call => Request::Call(issued),
        };
        match bridge.answer(now, request) {
            Answer::Done => {
                self.outage.answered();
                self.finish(kind, true, now, rng);
            }
            Answer::Unauthorized => {
                let wait = match kind {
                    Kind::Poll => poll::after_401(rng.f64()),
                    Kind::Call => std::time::Duration::ZERO,
                };
                self.later(kind, Step::Rejected(issued), after(now, wait));
            }
            answer @ (Answer::Down | Answer::Busy(_)) => {
                let may_repeat = self.outage.failed(between(0, now));
                self.note(answer, now);
                let failed = failed + 1;
                let next = after(now, retry::backoff(failed, rng.f64()));
                let most = match kind {
                    Kind::Poll => poll::MAX_ATTEMPTS,
                    Kind::Call => retry::MAX_ATTEMPTS,
                };
                match failed < most && may_repeat && next < deadline {
                    true => self.later(kind, Step::Leaves(failed), next),
                    false => self.finish(kind, false, now, rng),
                }
            }
        }
    }

    fn later(&mut self, kind: Kind, step: Step, at: Moment) {
        let job = self.job(kind);
        job.step = step;
        job.at = at;
    }

    /// Ends a request and plans the next one.
    fn finish(&mut self, kind: Kind, is_done: bool, now: Moment, rng: &mut Rng) {
        self.job(kind).step = Step::Idle;
        match kind {
            Kind::Call => self.call.at = now.saturating_add(self.user.call_gap(rng)),
            Kind::Poll => {
                self.failed_polls = match is_done {
                    true => 0,
                    false => self.failed_polls + 1,
                };
                if is_done && self.mail <= now {
                    self.mail = now + mail_gap(rng);
                    self.active = now;
                    // The client reads the mail.
                    if self.call.step == Step::Idle {
                        self.call.at = now;
                    }
                }
                self.poll.at = self.next_poll(now, rng);
            }
        }
    }
}

fn deadline(kind: Kind, now: Moment) -> Moment {
    match kind {
        Kind::Poll => after(now, poll::TIME_LIMIT),
        Kind::Call => now + CALL_LIMIT,
    }
}
