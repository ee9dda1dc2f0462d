//! Notifications of the desktop: `org.freedesktop.Notifications` on the D-Bus session bus.

use std::time::Duration;

/// Time limit of the notification server.
const LIMIT: Duration = Duration::from_secs(2);

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

/// Returns `None`: this system has no notifications for a program without a bundle.
#[cfg(not(target_os = "linux"))]
pub(crate) fn notify(_summary: &str, _body: &str, _replaces: u32) -> Option<u32> {
    let _ = LIMIT;
    None
}
