//! Notifications of the desktop: `org.freedesktop.Notifications` on the D-Bus session bus of Linux,
//! and the notification center of macOS.

use std::time::Duration;

/// Time limit of the notification server.
const LIMIT: Duration = Duration::from_secs(2);

/// Returns whether notifications can be shown.
pub(crate) fn is_there() -> bool {
    cfg!(target_os = "macos") || super::session_bus().is_some()
}

/// Shows a notification in place of the earlier one with the id `replaces` (0 for none), and returns
/// its id. Blocks for about two seconds at most; `None` without a bus or a server.
///
/// Servers interpret markup in the body, so that neither text may have words that others chose.
#[cfg(target_os = "linux")]
pub(crate) fn notify(summary: &str, body: &str, replaces: u32) -> Option<u32> {
    use dbus::{
        arg::{PropMap, Variant},
        blocking::Connection,
        channel::Channel,
    };
    // libdbus would start a bus if the variable is not set.
    let mut channel = Channel::open_private(&super::session_bus()?).ok()?;
    channel.register().ok()?;
    let bus = Connection::from(channel);
    let server = bus.with_proxy(
        "org.freedesktop.Notifications",
        "/org/freedesktop/Notifications",
        LIMIT,
    );
    let mut hints = PropMap::new();
    let urgency: Variant<Box<dyn dbus::arg::RefArg>> = Variant(Box::new(1_u8));
    hints.insert("urgency".to_owned(), urgency);
    let actions: [&str; 0] = [];
    let arguments = (
        "tai",
        replaces,
        "mail-unread",
        summary,
        body,
        &actions[..],
        hints,
        -1_i32,
    );
    let shown: Result<(u32,), dbus::Error> =
        server.method_call("org.freedesktop.Notifications", "Notify", arguments);
    shown.ok().map(|(id,)| id)
}

/// Shows a notification of the script editor, because macOS has none for a program without a bundle.
/// It replaces no other one, so that the id is 0.
#[cfg(target_os = "macos")]
#[expect(
    clippy::disallowed_methods,
    reason = "the interval between two looks at a program, which has a time limit"
)]
pub(crate) fn notify(summary: &str, body: &str, _replaces: u32) -> Option<u32> {
    use std::{
        process::{Command, Stdio},
        time::Instant,
    };
    // The texts are arguments, so that they are never a part of the script.
    let script = [
        "on run texts",
        "display notification (item 2 of texts) with title (item 1 of texts)",
        "end run",
    ];
    let mut command = Command::new("/usr/bin/osascript");
    command.env_clear().current_dir("/");
    for line in script {
        command.args(["-e", line]);
    }
    command.args(["--", summary, body]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::null()).spawn().ok()?;
    let until = Instant::now() + LIMIT;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().ok()? {
            return status.success().then_some(0);
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// Returns `None`: Windows has no notifications for a program without an entry in the start menu.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(crate) fn notify(_summary: &str, _body: &str, _replaces: u32) -> Option<u32> {
    let _ = LIMIT;
    None
}
