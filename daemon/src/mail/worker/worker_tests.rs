//! Supervision of a worker. Shell scripts take the place of the worker.

#![cfg(unix)]

use super::*;
use std::{
    io,
    process::{Command, Stdio},
    time::Duration,
};
use tai_reader::worker::{
    Confinement, Layer,
    wire::{MAX_ANSWER, MAX_REQUEST, Ready, encode},
};
use tokio::time::timeout;

const LIMITS: Limits = Limits {
    request: Duration::from_millis(300),
    start: Duration::from_secs(20),
    idle: Duration::from_secs(60),
    pause: Duration::from_secs(60),
    large: 1 << 10,
};

/// A shell command that writes these bytes.
fn printf(bytes: &[u8]) -> String {
    let octal: String = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
    format!("printf '{octal}'\n")
}

fn first_frame(release: &str) -> String {
    let confinement = Confinement {
        limits: Layer::Full,
        landlock: Layer::Full,
        seccomp: Layer::Full,
    };
    let ready = Ready {
        release: release.to_owned(),
        confinement,
    };
    printf(&encode(&ready, MAX_ANSWER).unwrap())
}

/// Returns a worker that says that it is ready, and then runs the script.
fn shell(script: &str) -> io::Result<Command> {
    let mut command = Command::new("/bin/sh");
    command
        .args([
            "-c",
            &format!("{}{script}", first_frame(env!("CARGO_PKG_VERSION"))),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    Ok(command)
}

/// A script that answers one request for `<p>N</p>` with `answer`.
fn one_answer() -> String {
    let request = Request::Read {
        html: Some("<p>1</p>".into()),
        text: None,
    };
    let answer = Answer::Read(Reading {
        markdown: "answer".into(),
        ..Reading::default()
    });
    let bytes = encode(&request, MAX_REQUEST).unwrap().len();
    let answer = printf(&encode(&answer, MAX_ANSWER).unwrap());
    format!("head -c {bytes} >/dev/null\n{answer}")
}

fn answers() -> io::Result<Command> {
    shell(&format!("while true; do\n{}done", one_answer()))
}

fn answers_once() -> io::Result<Command> {
    shell(&one_answer())
}

async fn read(worker: &Worker, id: u64) -> Result<String, Failure> {
    read_until(worker, id, Duration::from_secs(20)).await
}

async fn read_until(worker: &Worker, id: u64, limit: Duration) -> Result<String, Failure> {
    let html = Some(format!("<p>{}</p>", id % 10));
    let read = worker.read(id, html.clone(), None, Instant::now() + limit);
    match read.await {
        Ok(reading) => Ok(reading.markdown),
        Err((request, failure)) => {
            assert_eq!(
                *request,
                Request::Read { html, text: None },
                "the mail is kept"
            );
            Err(failure)
        }
    }
}

async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), wait).await.unwrap();
}

fn is_request(failure: Result<String, Failure>, cause: &str) {
    let Err(Failure::Request(why)) = failure else {
        panic!("{failure:?}");
    };
    assert!(why.contains(cause), "{why}");
}

#[tokio::test]
async fn one_process_reads_many_mails() {
    let worker = Worker::with(answers, LIMITS, None);
    assert_eq!(worker.stats().starts, 0);
    for id in 1..=50 {
        assert_eq!(read(&worker, id).await.as_deref(), Ok("answer"));
    }
    let stats = worker.stats();
    assert_eq!((stats.starts, stats.answered, stats.failed), (1, 50, 0));
    assert!(stats.pid.is_some());
}

#[tokio::test]
async fn a_mail_that_crashes_the_worker_costs_one_process_even_after_a_restart() {
    crate::os::restrict_new_files();
    let dir = tempfile::tempdir().unwrap();
    let file = || Some(dir.path().join("unreadable"));
    let crashes = || shell("head -c 5 >/dev/null; kill -SEGV $$");
    let worker = Worker::with(crashes, LIMITS, file());
    is_request(read(&worker, 7).await, "signal: 11");
    is_request(read(&worker, 7).await, "before");
    assert_eq!((worker.stats().starts, worker.stats().failed), (1, 1));
    assert_eq!(worker.stats().pid, None);
    drop(worker);
    let worker = Worker::with(answers, LIMITS, file());
    is_request(read(&worker, 7).await, "before");
    assert_eq!(worker.stats().starts, 0);
    assert_eq!(read(&worker, 8).await.as_deref(), Ok("answer"));
}

#[tokio::test]
async fn a_worker_that_does_not_answer_in_time_is_killed() {
    let worker = Worker::with(|| shell("exec sleep 1000"), LIMITS, None);
    is_request(read(&worker, 7).await, "time limit");
    is_request(read(&worker, 7).await, "before");
    assert_eq!((worker.stats().starts, worker.stats().pid), (1, None));
}

#[tokio::test]
async fn a_worker_that_exceeds_its_cpu_time_is_named() {
    let worker = Worker::with(|| shell("kill -XCPU $$"), LIMITS, None);
    is_request(read(&worker, 7).await, "CPU time");
}

#[tokio::test]
async fn a_broken_answer_is_a_failure_of_the_mail() {
    let broken =
        || shell("head -c 5 >/dev/null; printf '\\001\\000\\000\\000\\377'; exec sleep 1000");
    let worker = Worker::with(broken, LIMITS, None);
    is_request(read(&worker, 7).await, "broken answer");
    let endless = || shell("exec cat /dev/zero | tr '\\000' '\\377'");
    let worker = Worker::with(endless, LIMITS, None);
    is_request(read(&worker, 7).await, "crashed");
}

#[tokio::test]
async fn a_worker_that_another_process_ends_is_replaced_once() {
    let worker = Worker::with(
        || shell("head -c 5 >/dev/null; kill -TERM $$"),
        LIMITS,
        None,
    );
    is_request(read(&worker, 7).await, "another process");
    assert_eq!((worker.stats().starts, worker.stats().failed), (2, 1));
}

#[tokio::test]
async fn an_idle_worker_that_ends_is_replaced_and_costs_no_mail() {
    let worker = Worker::with(answers_once, LIMITS, None);
    for id in 1..=3 {
        assert_eq!(read(&worker, id).await.as_deref(), Ok("answer"));
        until(|| worker.stats().pid.is_none()).await;
    }
    assert_eq!((worker.stats().starts, worker.stats().failed), (3, 0));
}

#[tokio::test]
async fn a_worker_that_cannot_be_started_loses_no_mail_and_is_not_tried_for_each() {
    let missing = || Ok(Command::new("/nonexistent"));
    let worker = Worker::with(missing, LIMITS, None);
    for id in [7, 7, 8] {
        let read = read(&worker, id).await;
        assert!(matches!(read, Err(Failure::Unavailable(_))), "{read:?}");
    }
    assert!(worker.stats().broken.is_some());
    let other = || {
        let mut command = Command::new("/bin/sh");
        let script = format!("{}exec sleep 1000", first_frame("0.0.0"));
        command
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        Ok(command)
    };
    let worker = Worker::with(other, LIMITS, None);
    let Err(Failure::Unavailable(why)) = read(&worker, 7).await else {
        panic!("a worker of another release");
    };
    assert!(why.contains("0.0.0"), "{why}");
}

#[tokio::test]
async fn a_worker_ends_after_the_idle_timeout() {
    let limits = Limits {
        idle: Duration::from_millis(20),
        ..LIMITS
    };
    let worker = Worker::with(answers, limits, None);
    assert_eq!(read(&worker, 1).await.as_deref(), Ok("answer"));
    until(|| worker.stats().pid.is_none()).await;
    assert_eq!(read(&worker, 2).await.as_deref(), Ok("answer"));
    assert_eq!(worker.stats().starts, 2);
}

#[tokio::test]
async fn a_large_mail_gets_a_new_worker() {
    let worker = Worker::with(answers, LIMITS, None);
    assert_eq!(read(&worker, 1).await.as_deref(), Ok("answer"));
    let html = Some("x".repeat(2 << 10));
    let until = Instant::now() + Duration::from_secs(20);
    assert!(worker.read(2, html, None, until).await.is_ok());
    assert_eq!(worker.stats().starts, 2);
}

#[tokio::test]
async fn a_call_for_many_mails_does_not_delay_another_call_by_more_than_one_mail() {
    let worker = Worker::with(answers, LIMITS, None);
    assert_eq!(read(&worker, 1).await.as_deref(), Ok("answer"));
    let mut done = 0;
    let many = async {
        for id in 1..=30 {
            read(&worker, id).await.unwrap();
            done = id;
        }
    };
    let one = read(&worker, 99);
    tokio::select! {
        biased;
        () = many => panic!("the many mails were all read first"),
        read = one => assert!(read.is_ok()),
    }
    assert!(done <= 2, "{done} mails were read first");
}

#[tokio::test]
async fn a_mail_waits_for_its_turn_until_the_deadline_only() {
    let limits = Limits {
        request: Duration::from_secs(1),
        ..LIMITS
    };
    let worker = Worker::with(|| shell("exec sleep 1000"), limits, None);
    let (slow, other) = tokio::join!(
        read(&worker, 7),
        read_until(&worker, 8, Duration::from_millis(50))
    );
    is_request(slow, "time limit");
    assert_eq!(other, Err(Failure::Busy));
}

#[tokio::test]
async fn the_mails_ahead_do_not_extend_the_wait_of_a_mail() {
    let limits = Limits {
        request: Duration::from_secs(20),
        ..LIMITS
    };
    let worker = Worker::with(|| shell("exec sleep 1000"), limits, None);
    let ahead = async {
        let all = tokio::join!(read(&worker, 1), read(&worker, 2), read(&worker, 3));
        panic!("the mails ahead take a minute: {all:?}");
    };
    tokio::select! {
        biased;
        () = ahead => {}
        last = read_until(&worker, 4, Duration::from_millis(50)) => {
            assert_eq!(last, Err(Failure::Busy));
        }
    }
}

#[tokio::test]
async fn a_mail_whose_call_was_cancelled_is_remembered_too() {
    let worker = Worker::with(|| shell("exec sleep 1000"), LIMITS, None);
    let cancelled = timeout(Duration::from_millis(50), read(&worker, 7)).await;
    assert!(cancelled.is_err());
    until(|| worker.stats().failed == 1).await;
    is_request(read(&worker, 7).await, "before");
}

#[tokio::test]
async fn short_and_long_requests_have_turns() {
    let (entrance, mut queue) = queue(8, 100);
    for length in [200, 201, 202, 1, 2] {
        let request = Arc::new(Request::Read {
            html: None,
            text: Some("x".repeat(length)),
        });
        let job = Job {
            request: request.clone(),
            mail: None,
            turn: oneshot::channel().0,
            reply: oneshot::channel().0,
        };
        assert!(entrance.of(&request).try_send(job).is_ok());
    }
    drop(entrance);
    let mut served = Vec::new();
    while let Some(job) = queue.next().await {
        served.push(job.request.size());
    }
    assert_eq!(served, [1, 200, 2, 201, 202]);
}
