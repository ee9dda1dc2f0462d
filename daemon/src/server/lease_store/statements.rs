//! The statements of the store. Each one is a transaction of its own, may be repeated, and uses the
//! clock of the server alone.
//!
//! A row is a mail that was handed out. `state` is `lent` (the bridge counts the mail as unread),
//! `marked` (the bridge may count it as read), `unconfirmed` (a client has written it, and the bridge
//! may count it as unread) or `delivered`. `owner` is the daemon that holds a lent or marked mail;
//! NULL if the mail was given back. `until` is the end of the lease, or the time until which no list
//! that shows a delivered mail as unread counts.

/// Creates the table. Machines that start at the same time wait for each other.
pub(super) const CREATE: &str = "BEGIN; SELECT pg_advisory_xact_lock(7235420431);
CREATE TABLE IF NOT EXISTS tai_leases (
    account text NOT NULL,
    mail bigint NOT NULL,
    mailbox text,
    owner text,
    state text NOT NULL CHECK (state IN ('lent', 'marked', 'unconfirmed', 'delivered')),
    until timestamptz NOT NULL,
    missing_since timestamptz,
    PRIMARY KEY (account, mail));
CREATE INDEX IF NOT EXISTS tai_leases_of_mailbox ON tai_leases (account, mailbox)
    WHERE state IN ('lent', 'marked');
COMMIT";

/// Returns whether the table exists.
pub(super) const EXISTS: &str = "SELECT to_regclass('tai_leases') IS NOT NULL";

/// Parameters: account, mailbox, owner, whether expired leases count as ended.
pub(super) const RETURNED: &str = "SELECT mail FROM tai_leases
    WHERE account = $1 AND mailbox = $2 AND state IN ('lent', 'marked')
        AND owner IS DISTINCT FROM $3
        AND (owner IS NULL AND until <= now() OR $4 AND until < now())
    ORDER BY mail LIMIT 100";

/// Parameters: account, mails, owner, whether expired leases count as ended.
pub(super) const REFUSALS: &str = "SELECT mail, state FROM tai_leases
    WHERE account = $1 AND mail = ANY($2) AND NOT (
        state IN ('lent', 'marked') AND (owner = $3 OR owner IS NULL OR $4 AND until < now())
        OR state = 'delivered' AND until < now())";

/// Parameters: account, mail, mailbox, owner, seconds of a lease, whether expired leases count as
/// ended, whether a delivered mail may have become unread again.
pub(super) const ACQUIRE: &str = "INSERT INTO tai_leases AS row
        (account, mail, mailbox, owner, state, until)
    VALUES ($1, $2, $3, $4, 'lent', now() + $5 * interval '1 second')
    ON CONFLICT (account, mail) DO UPDATE SET
        mailbox = excluded.mailbox, owner = excluded.owner, until = excluded.until,
        state = CASE row.state WHEN 'marked' THEN 'marked' ELSE 'lent' END
    WHERE row.state IN ('lent', 'marked')
            AND (row.owner = $4 OR row.owner IS NULL OR $6 AND row.until < now())
        OR $7 AND row.state = 'delivered' AND row.until < now()
    RETURNING row.state";

/// Parameters: account, mail.
pub(super) const STATE: &str = "SELECT state FROM tai_leases WHERE account = $1 AND mail = $2";

/// Parameters: account, mail, owner, seconds of a lease.
pub(super) const MARK: &str = "UPDATE tai_leases
    SET state = 'marked', until = now() + $4 * interval '1 second'
    WHERE account = $1 AND mail = $2 AND owner = $3 AND state IN ('lent', 'marked')";

/// Parameters: account, mails, owner, seconds of a lease.
pub(super) const RENEW: &str = "UPDATE tai_leases SET until = now() + $4 * interval '1 second'
    WHERE account = $1 AND mail = ANY($2) AND owner = $3 AND state IN ('lent', 'marked')";

/// Parameters: account, mails, owner.
pub(super) const FREE: &str =
    "UPDATE tai_leases SET owner = NULL, until = now(), missing_since = NULL
    WHERE account = $1 AND mail = ANY($2) AND owner = $3 AND state IN ('lent', 'marked')";

/// Parameters: account, mails, owner.
pub(super) const REMOVE: &str = "DELETE FROM tai_leases
    WHERE account = $1 AND mail = ANY($2) AND owner = $3 AND state IN ('lent', 'marked')";

/// Parameters: account, mails, their mailboxes, owner, whether the bridge said that they do not
/// exist.
pub(super) const TAKE_OVER: &str = "INSERT INTO tai_leases AS row
        (account, mail, mailbox, state, until, missing_since)
    SELECT $1, mail, mailbox, 'marked', now(), CASE WHEN missing THEN now() END
    FROM unnest($2, $3, $5) AS handed (mail, mailbox, missing)
    ON CONFLICT (account, mail) DO UPDATE SET
        mailbox = excluded.mailbox, owner = NULL, state = 'marked', until = now(),
        missing_since = CASE WHEN excluded.missing_since IS NOT NULL
            THEN coalesce(row.missing_since, now()) END
    WHERE row.owner = $4 AND row.state IN ('lent', 'marked')";

/// Parameters: account, mails, the mailboxes whose clients say that they have written them.
pub(super) const CLAIM: &str = "UPDATE tai_leases AS row
    SET owner = NULL, state = 'unconfirmed', until = now(), missing_since = NULL
    FROM unnest($2, $3) AS claim (mail, mailbox)
    WHERE row.account = $1 AND row.mail = claim.mail AND row.mailbox = claim.mailbox
        AND row.state IN ('lent', 'marked')";

/// Parameters: account, mails.
pub(super) const UNCONFIRM: &str = "INSERT INTO tai_leases AS row (account, mail, state, until)
    SELECT $1, mail, 'unconfirmed', now() FROM unnest($2) AS mail
    ON CONFLICT (account, mail) DO UPDATE SET owner = NULL, state = 'unconfirmed', until = now(),
        missing_since = NULL
    WHERE row.state <> 'delivered'";

/// Parameters: account, mails.
pub(super) const DELIVER: &str = "INSERT INTO tai_leases AS row (account, mail, state, until)
    SELECT $1, mail, 'delivered', now() + interval '1 hour' FROM unnest($2) AS mail
    ON CONFLICT (account, mail) DO UPDATE SET owner = NULL, state = 'delivered',
        until = excluded.until, missing_since = NULL";

/// Removes rows that no machine needs: mails that were delivered or came back unread 30 days ago,
/// and mails that the bridge has reported as missing for a day. Parameter: account.
pub(super) const SWEEP: &str = "DELETE FROM tai_leases WHERE account = $1
    AND (state <> 'marked' AND until < now() - interval '30 days'
        OR missing_since < now() - interval '1 day')";
