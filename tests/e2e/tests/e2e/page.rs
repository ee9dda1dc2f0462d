//! `taid open`: the page on loopback, with a plain HTTP client. `tests/page/run` has the browser.

use super::{
    approval::{machine, sent},
    approve_watch::hold,
};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::Stdio,
};
use tai_e2e::{Killed, Machine};

pub(super) struct Page {
    _open: Killed,
    host: String,
    key: String,
    /// `Cookie`, after the key was used.
    cookie: String,
    /// Path of the session, with slashes.
    space: String,
}

/// An answer: its status, its headers in lower case, and its body.
pub(super) struct Answer {
    pub(super) status: u16,
    headers: String,
    pub(super) body: String,
}

impl Page {
    /// Starts `taid open` and uses its key.
    pub(super) fn open(machine: &Machine) -> Self {
        let mut command = machine.command("taid");
        command
            .args(["open", "--no-browser"])
            .stdout(Stdio::piped());
        let mut open = Killed::spawn(command.stdin(Stdio::null()));
        let mut lines = BufReader::new(open.child().stdout.take().unwrap()).lines();
        let url = lines.next().unwrap().unwrap();
        let (host, key) = url
            .strip_prefix("http://")
            .unwrap()
            .split_once('/')
            .unwrap();
        let mut page = Self {
            _open: open,
            host: host.into(),
            key: format!("/{key}"),
            cookie: String::new(),
            space: String::new(),
        };
        let entered = page.request("GET", &page.key.clone(), &[], "");
        assert_eq!(entered.status, 200, "{}", entered.body);
        assert_eq!(key.len(), 64);
        let cookie = entered.headers.split("set-cookie: ").nth(1).unwrap();
        let (cookie, rest) = cookie.split_once("; path=").unwrap();
        page.cookie = cookie.into();
        page.space = rest.split(';').next().unwrap().into();
        assert!(rest.contains("; httponly; samesite=strict"), "{rest}");
        page
    }

    /// Makes a request with these headers besides `Host` and the cookie, which they replace.
    fn request(&self, method: &str, path: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let mut headers = vec![("host", &*self.host), ("cookie", &self.cookie)];
        headers.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        headers.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        let length = body.len().to_string();
        headers.push(("content-length", &length));
        let mut text = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut stream = TcpStream::connect(&self.host).unwrap();
        // The server may refuse before it has read everything.
        let _ = stream.write_all(format!("{text}\r\n{body}").as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        Answer {
            status: head
                .split(' ')
                .nth(1)
                .map_or(0, |status| status.parse().unwrap()),
            headers: head.to_ascii_lowercase(),
            body: tai_e2e::without_home(body),
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.request("GET", &format!("{}{path}", self.space), &[], "")
    }

    pub(super) fn post(&self, path: &str, body: &str) -> Answer {
        let origin = format!("http://{}", self.host);
        let path = format!("{}{path}", self.space);
        self.request("POST", &path, &[("origin", &origin)], body)
    }

    /// Returns the address and the token of a form of a page.
    pub(super) fn form(&self, page: &str, act: &str) -> (String, String) {
        let page = self.get(page).body;
        let start = format!("action=\"{}", self.space);
        let mut forms = page.split(&start).skip(1);
        let find = |form: &str| {
            let (action, rest) = form.split_once('"')?;
            let value = rest.split("value=\"").nth(1)?;
            let token = format!("token={}", value.split('"').next()?);
            action
                .ends_with(&format!("/{act}"))
                .then(|| (action.to_owned(), token))
        };
        forms.find_map(find).expect("the form exists")
    }
}

#[test]
fn the_key_works_once_and_other_browsers_sites_and_forms_get_nothing() {
    let machine = machine("always");
    let _taid = machine.start();
    hold(&machine, "first");
    let page = Page::open(&machine);
    let (path, origin) = (page.space.clone(), format!("http://{}", page.host));
    let overview = page.get("");
    assert!(overview.body.contains("bob@tai.chat"), "{}", overview.body);
    for header in [
        "content-security-policy: default-src 'none';",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "cross-origin-opener-policy: same-origin",
    ] {
        assert!(overview.headers.contains(header), "{header}");
    }
    let key = page.key.clone();
    let (action, token) = page.form("held/1", "send");
    let send = format!("{path}{action}");
    let rebound = "evil.example";
    for (what, method, path, headers) in [
        ("the used key", "GET", &key, vec![("cookie", "")]),
        ("no cookie", "GET", &path, vec![("cookie", "")]),
        ("a wrong cookie", "GET", &path, vec![("cookie", "tai=00")]),
        ("a rebound name", "GET", &path, vec![("host", rebound)]),
        (
            "another site",
            "GET",
            &path,
            vec![("sec-fetch-site", "cross-site")],
        ),
        ("another method", "DELETE", &path, vec![]),
        ("a form without origin", "POST", &send, vec![]),
        (
            "a form of another site",
            "POST",
            &send,
            vec![("origin", "http://evil.example")],
        ),
        (
            "a form of another browser",
            "POST",
            &send,
            vec![("origin", origin.as_str()), ("cookie", "")],
        ),
    ] {
        let answer = page.request(method, path, &headers, &token);
        assert_eq!(answer.status, 403, "{what}");
        assert_eq!(
            answer.body, "This page is for another browser. `taid open` prints a new address.\n",
            "{what}"
        );
    }
    // The token of another form, and none.
    let (_, other) = page.form("held/1", "discard");
    for token in [other.as_str(), ""] {
        assert_eq!(page.post(&action, token).status, 409);
    }
    assert!(sent(&machine).is_empty());
    assert_eq!(page.post(&action, &token).status, 200);
    assert_eq!(sent(&machine), ["first"]);
    // The same form again sends nothing.
    assert_eq!(page.post(&action, &token).status, 409);
    assert_eq!(sent(&machine).len(), 1);
}

#[test]
fn a_person_changes_discards_and_reads_on_the_page_and_the_audit_log_says_so() {
    let machine = machine("always");
    let taid = machine.start();
    taid.wait_until_live();
    hold(&machine, "first");
    hold(&machine, "second");
    let page = Page::open(&machine);
    let form = page.get("held/1/edit").body;
    assert!(form.contains("required=\"\">\nfirst</textarea>"), "{form}");
    let (revise, token) = page.form("held/1/edit", "revise");
    let wrong = format!("{token}&to=nobody&subject=Other&content=x");
    let refused = page.post(&revise, &wrong);
    assert_eq!(refused.status, 409);
    for part in [
        "&quot;to&quot; cannot be used",
        "hint: go back, correct the form and save it again",
    ] {
        assert!(refused.body.contains(part), "{}", refused.body);
    }
    let change = format!("{token}&to=bob%40tai.chat&subject=Other&content=changed%0D%0A%0D%0Atext");
    let changed = page.post(&revise, &change);
    assert_eq!(changed.status, 303, "{}", changed.body);
    assert!(
        changed
            .headers
            .contains(&format!("location: {}held/3", page.space))
    );
    assert!(sent(&machine).is_empty());
    // The old mail does not wait, so no form about it has an effect.
    let old = page.get("held/1");
    assert_eq!(old.status, 409);
    assert!(
        old.body.contains("mail 1 does not wait for approval"),
        "{}",
        old.body
    );
    assert_eq!(page.post(&revise, &change).status, 409);
    let shown = page.get("held/3").body;
    assert!(shown.contains("as mail 1, changed by you"), "{shown}");
    assert!(shown.contains("Subject: Other"), "{shown}");
    let (send, token) = page.form("held/3", "send");
    assert_eq!(page.post(&send, &token).status, 200);
    assert_eq!(sent(&machine), ["changed\n\ntext"]);
    let (discard, token) = page.form("held/2", "discard");
    assert!(page.post(&discard, &token).body.contains("discarded"));
    assert_eq!(sent(&machine).len(), 1);
    let audit = page.get("audit").body;
    for line in ["held in place of ", "discarded", "sent"] {
        assert!(audit.contains(line), "{audit}");
    }
    assert_eq!(page.get("mail").status, 200);
    assert_eq!(page.get("nothing").status, 404);
}

#[test]
fn a_request_of_any_size_is_refused_or_cut_and_the_page_survives_it() {
    let machine = machine("always");
    let _taid = machine.start();
    let page = Page::open(&machine);
    let long = "a".repeat(64 << 10);
    let answer = page.request("GET", &page.space, &[("x-long", &long)], "");
    assert!([0, 400, 431].contains(&answer.status), "{}", answer.status);
    let answer = page.post("held/1/0/revise", &"a".repeat(5 << 20));
    assert!([0, 413].contains(&answer.status), "{}", answer.status);
    // Idle connections take no place of others for long, and no more than a limit exist.
    let idle: Vec<_> = (0..64)
        .map(|_| TcpStream::connect(&page.host).unwrap())
        .collect();
    drop(idle);
    tai_e2e::wait_until("the page answers", || page.get("").status == 200);
}
