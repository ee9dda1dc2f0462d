//! Notifications of the desktop, with a real session bus and a server of this test.

use super::{approval::machine, approve_watch::hold};
use dbus::{
    arg::PropMap,
    blocking::Connection,
    channel::{Channel, MatchingReceiver as _},
    message::{MatchRule, Message},
};
use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};
use tai_e2e::{Killed, PATIENCE, processes::skipped};

type Arguments = (
    String,
    u32,
    String,
    String,
    String,
    Vec<String>,
    PropMap,
    i32,
);

const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=HOME/bus</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"#;

#[test]
fn a_mail_that_begins_to_wait_is_announced_without_its_words_and_a_silent_server_delays_nothing() {
    let machine = machine("always");
    // The bus starts no program of this machine.
    let config = machine.home().join("bus.conf");
    let text = BUS.replace("HOME", machine.home().to_str().unwrap());
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new("dbus-daemon");
    command
        .args(["--nofork", "--print-address=1", "--config-file"])
        .arg(&config);
    let Ok(child) = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() else {
        return skipped("a notification of the desktop: needs dbus-daemon");
    };
    let mut bus = Killed::new(child);
    let mut lines = BufReader::new(bus.child().stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap();
    let (send, shown) = mpsc::channel();
    let (is_ready, ready) = mpsc::channel();
    let at = address.clone();
    std::thread::spawn(move || {
        let mut channel = Channel::open_private(&at).unwrap();
        channel.register().unwrap();
        let server = Connection::from(channel);
        let name = "org.freedesktop.Notifications";
        server.request_name(name, false, true, false).unwrap();
        // The server never answers.
        let take = Box::new(move |message: Message, _: &Connection| {
            if let Ok((_, _, _, summary, body, ..)) = message.read_all::<Arguments>() {
                let _ = send.send(format!("{summary}\n{body}"));
            }
            true
        });
        server.start_receive(MatchRule::new_method_call(), take);
        is_ready.send(()).unwrap();
        while server.process(Duration::from_secs(60)).is_ok() {}
    });
    ready.recv_timeout(PATIENCE).unwrap();

    let taid = machine.start_with(&[("DBUS_SESSION_BUS_ADDRESS", &address)]);
    taid.wait_until_live();
    hold(&machine, "<b>CANARY</b>");
    let text = shown.recv_timeout(PATIENCE).unwrap();
    insta::assert_snapshot!(text, @"
    tai: 1 mail waits for your approval
    From instance desk. To decide: taid approve 1
    ");
    // taid serves and stops while the server is silent.
    assert_eq!(machine.held(), 1);
    taid.stop();
    drop(bus);

    machine.configure("confirm_send = \"always\"\nnotify = \"sometimes\"\n");
    let refused = machine.taid(&[]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
}
