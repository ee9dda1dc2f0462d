//! Notifications of new mail: in time, and at one poll per interval.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tai_e2e::{Machine, mcp::Shim, wait_until, within};
use tai_sandbox::NewMail;

const UPDATED: &str = "notifications/resources/updated";
const LIST: &str = "GET /api/v1/messages";
const INTERVAL: Duration = Duration::from_secs(1);
/// Returns the longest time from a delivery to its notification: POLL_INTERVAL, and a second on
/// an idle machine.
fn in_time() -> Duration {
    INTERVAL + within(Duration::from_secs(1))
}

/// The time after which a test concludes that there is no notification.
const LONG: Duration = Duration::from_millis(2500);

fn deliver(machine: &Machine, to: &str, subject: &str) -> u64 {
    let mail = NewMail {
        from: "someone@example.com".into(),
        to: to.into(),
        subject: Some(subject.into()),
        body_text: Some("text".into()),
        ..NewMail::default()
    };
    machine.sandbox.deliver(&mail).unwrap().unwrap()
}

fn inbox() -> Value {
    json!({"uri": "tai-mcp://inbox"})
}

fn subscribed(machine: &Machine, instance: &str) -> Shim {
    let mut shim = machine.client(instance);
    let answer = shim.request("resources/subscribe", inbox());
    assert_eq!(answer["result"], json!({}), "{answer}");
    shim
}

fn listening(machine: &Machine, instance: &str) -> (Shim, Value) {
    let mut shim = machine.shim(instance).modern();
    let filter = json!({"notifications": {
        "resourceSubscriptions": ["tai-mcp://inbox", "tai-mcp://info"], "toolsListChanged": true,
    }});
    let id = shim.begin("subscriptions/listen", filter);
    let acknowledged = shim.hear("notifications/subscriptions/acknowledged");
    assert_eq!(
        acknowledged["params"]["notifications"],
        json!({"resourceSubscriptions": ["tai-mcp://inbox"]}),
        "the accepted subscriptions"
    );
    (shim, id)
}

fn start(machine: &Machine) -> tai_e2e::Daemon<'_> {
    let taid = machine.start_with(&[("TAI_MCP_POLL_INTERVAL", "1000")]);
    taid.wait_until_live();
    taid
}

#[test]
fn a_subscriber_of_either_era_is_notified_in_time_and_only_of_its_own_mail() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let mut desk = subscribed(&machine, "desk");
    let mut lab = subscribed(&machine, "lab");
    let (mut modern, id) = listening(&machine, "desk");
    modern.call("list_inbox", json!({}));
    let began = Instant::now();
    deliver(&machine, "desk.alice@tai.chat", "news");
    let told = desk.hear(UPDATED);
    let took = began.elapsed();
    assert_eq!(told["params"]["uri"], "tai-mcp://inbox");
    assert!(took <= in_time(), "{took:?}");
    let told = modern.hear(UPDATED);
    let meta = &told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"];
    assert_eq!(meta, &id, "{told}");
    assert!(lab.hear_within(UPDATED, LONG).is_none());
    assert!(desk.hear_within(UPDATED, Duration::ZERO).is_none(), "once");

    let contents = &desk.request("resources/read", inbox())["result"]["contents"][0];
    assert!(contents["text"].as_str().unwrap().contains("news"));
}

#[test]
fn twenty_subscribers_cost_one_poll_per_interval_and_none_after_they_left() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let mut shims: Vec<Shim> = (0..20).map(|_| subscribed(&machine, "desk")).collect();
    let began = Instant::now();
    let before = machine.sandbox.count(LIST);
    let mut polls = 0;
    wait_until("five polls", || {
        polls = u32::try_from(machine.sandbox.count(LIST) - before).unwrap();
        polls >= 5
    });
    let took = began.elapsed();
    // The first one may be late, so that two follow each other sooner.
    assert!(took >= INTERVAL * (polls - 2), "{polls} within {took:?}");
    deliver(&machine, "desk.alice@tai.chat", "news");
    let delivered = Instant::now();
    for shim in &mut shims {
        shim.hear(UPDATED);
    }
    let took = delivered.elapsed();
    assert!(took <= in_time(), "{took:?}");
    drop(shims);
    let mut asker = machine.client("desk");
    wait_until("the subscribers have left", || {
        machine.status()["clients"].as_array().unwrap().is_empty()
    });
    // One may be under way when the last subscriber leaves.
    let mut last = (machine.sandbox.count(LIST), Instant::now());
    wait_until("no poll follows", || {
        let polls = machine.sandbox.count(LIST);
        if polls != last.0 {
            last = (polls, Instant::now());
        }
        last.1.elapsed() >= LONG
    });
    assert!(asker.next_within(Duration::ZERO).is_none());
}

#[test]
fn unsubscribing_or_cancelling_stops_notifications_and_answers_the_listen_request() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let mut desk = subscribed(&machine, "desk");
    let (mut one, id) = listening(&machine, "desk");
    let (two, _) = listening(&machine, "desk");
    let answer = desk.request("resources/unsubscribe", inbox());
    assert_eq!(answer["result"], json!({}), "{answer}");
    one.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    one.call("list_inbox", json!({}));
    deliver(&machine, "desk.alice@tai.chat", "news");
    assert!(desk.hear_within(UPDATED, LONG).is_none());
    assert!(one.hear_within(UPDATED, Duration::ZERO).is_none());
    let began = Instant::now();
    let (status, said) = two.close();
    assert!(status.success() && began.elapsed() < within(Duration::from_secs(1)));
    let last: Value = serde_json::from_str(said.last().unwrap()).unwrap();
    assert_eq!(last["result"]["resultType"], "complete", "{said:?}");
}

#[test]
fn mail_that_arrives_during_a_restart_is_notified() {
    let machine = Machine::new();
    let taid = start(&machine);
    let mut desk = subscribed(&machine, "desk");
    taid.kill();
    deliver(&machine, "desk.alice@tai.chat", "news");
    let _taid = start(&machine);
    desk.hear(UPDATED);
}

#[test]
fn a_client_can_subscribe_before_taid_runs() {
    let machine = Machine::new();
    let mut desk = subscribed(&machine, "desk");
    let _taid = start(&machine);
    // One notification after the connect, because mail may have arrived before.
    desk.hear(UPDATED);
    deliver(&machine, "desk.alice@tai.chat", "news");
    desk.hear(UPDATED);
}

#[test]
fn only_the_inbox_can_be_subscribed_to() {
    let machine = Machine::new();
    let mut shim = machine.client("desk");
    for uri in [
        "tai-mcp://info",
        "tai-mcp://message/1",
        "file:///etc/passwd",
    ] {
        let answer = shim.request("resources/subscribe", json!({"uri": uri}));
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
}

#[test]
fn reading_a_message_resource_leaves_the_mail_unread() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let id = deliver(&machine, "desk.alice@tai.chat", "subject");
    let other = deliver(&machine, "lab.alice@tai.chat", "subject");
    let mut shim = machine.client("desk");
    let templates = shim.request("resources/templates/list", json!({}));
    let template = &templates["result"]["resourceTemplates"][0]["uriTemplate"];
    assert_eq!(template, "tai-mcp://message/{id}");
    let uri = format!("tai-mcp://message/{id}");
    let read = shim.request("resources/read", json!({"uri": uri}));
    let text = read["result"]["contents"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("Status: ✉ Unread") && text.contains("untrusted"),
        "{text}"
    );
    assert!(!text.contains("Warning"), "{text}");
    assert!(!machine.sandbox.mails().unwrap()[0].is_read);
    for nothing in [other, 999] {
        let uri = format!("tai-mcp://message/{nothing}");
        let answer = shim.request("resources/read", json!({"uri": uri}));
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
}

#[test]
fn open_subscriptions_leave_room_for_other_requests() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk").modern();
    let filter = json!({"notifications": {"toolsListChanged": true}});
    for _ in 0..16 {
        shim.begin("subscriptions/listen", filter.clone());
        shim.hear("notifications/subscriptions/acknowledged");
    }
    let further: Vec<Value> = (0..300)
        .map(|_| shim.begin("subscriptions/listen", filter.clone()))
        .collect();
    for id in further {
        let refused = shim.finish(&id);
        assert!(refused["error"]["message"].is_string(), "{refused}");
    }
    let tools = shim.request("tools/list", json!({}));
    assert!(tools["result"]["tools"].is_array(), "{tools}");
}
