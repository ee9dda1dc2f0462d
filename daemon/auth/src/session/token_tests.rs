//! The times of a token: their forms, and the end of a token that was renewed.

use super::*;
use crate::testing::{TestClock, jwt};

const DAY: i64 = 86_400;

/// Receives a token with these claims. `date` is the `Date` header of the answer, in Unix time.
fn received(
    clock: &TestClock,
    claims: &str,
    date: Option<i64>,
    earlier: Option<&Token>,
) -> Result<Token, TokenError> {
    let after = |seconds: i64| Duration::from_secs(seconds.try_into().unwrap());
    let issued = IssuedToken {
        jwt: jwt(r#"{"alg":"HS256"}"#, claims).into(),
        server_time: date.map(|date| SystemTime::UNIX_EPOCH + after(date)),
    };
    let mark = (Generation(1), Revocation::default());
    let asked = Asked::of(clock, earlier);
    Token::receive(issued, &"alice".parse().unwrap(), mark, &asked, 0.0)
}

/// Returns the time of a clock that was not set, in Unix time.
fn now_of(clock: &TestClock) -> i64 {
    unix(clock.now().wall).unwrap()
}

fn left(token: &Token, clock: &TestClock) -> u64 {
    token.expires().until(clock.now()).as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_claim_with_a_time_is_any_number_rounded_down() {
    let clock = TestClock::new();
    let now = now_of(&clock);
    let exp = now + DAY;
    let day = Some(86_399);
    for (iat, exp, with_date, without) in [
        (format!("{now}"), format!("{exp}"), day, day),
        (format!("{now}.0"), format!("{exp}.0"), day, day),
        (format!("{now}.123"), format!("{exp}.987"), day, day),
        (format!("{now}e0"), format!("{exp}e0"), day, day),
        // Without a time of the bridge, the wall clock of this machine counts.
        ("null".to_owned(), format!("{exp}"), day, day),
        (format!("\"{now}\""), format!("{exp}"), day, day),
        ("[1]".to_owned(), format!("{exp}"), day, day),
        ("1e300".to_owned(), format!("{exp}"), day, day),
        (format!("{now}"), "null".to_owned(), None, None),
        (format!("{now}"), format!("\"{exp}\""), None, None),
        (format!("{now}"), "1e300".to_owned(), None, None),
        (format!("{now}"), "-1e300".to_owned(), None, None),
        (
            format!("{now}"),
            "18446744073709551615".to_owned(),
            None,
            None,
        ),
        (format!("{now}"), format!("{}.5", now - 1), None, None),
    ] {
        let claims = format!(r#"{{"sub":"alice","iat":{iat},"exp":{exp}}}"#);
        for (date, expected) in [(Some(now), with_date), (None, without)] {
            let token = received(&clock, &claims, date, None);
            let got = token.ok().map(|token| left(&token, &clock));
            assert_eq!(got, expected, "{claims} {date:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewed_token_that_keeps_the_time_of_the_login_ends_with_its_exp() {
    for (has_date, keeps_iat) in [(false, true), (false, false), (true, true)] {
        let clock = TestClock::new();
        let login = now_of(&clock);
        let mut token: Option<Token> = None;
        for renewal in 0..5 {
            let now = login + renewal * (DAY - 300);
            let iat = if keeps_iat { login } else { now };
            let claims = format!(r#"{{"sub":"alice","iat":{iat},"exp":{}}}"#, now + DAY);
            let date = has_date.then_some(now);
            let next = received(&clock, &claims, date, token.as_ref()).unwrap();
            assert_eq!(
                left(&next, &clock),
                86_399,
                "{renewal} {has_date} {keeps_iat}"
            );
            token = Some(next);
            tokio::time::advance(Duration::from_secs(86_100)).await;
            // A wall clock that is set changes nothing.
            clock.shift(if renewal % 2 == 0 { 7200 } else { -7200 });
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_bridge_whose_clock_was_set_back_renews_a_token() {
    let clock = TestClock::new();
    let ahead = now_of(&clock) + 3600;
    let claims = |now| format!(r#"{{"sub":"alice","iat":{now},"exp":{}}}"#, now + DAY);
    let first = received(&clock, &claims(ahead), None, None).unwrap();
    tokio::time::advance(Duration::from_secs(60)).await;
    // The same `iat` or an earlier one may be that of a login, so the token ends earlier.
    let second = received(&clock, &claims(ahead - 3600), None, Some(&first)).unwrap();
    assert_eq!(left(&second, &clock), 86_400 - 3600 - 60 - 1);
}
