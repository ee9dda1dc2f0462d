//! Mails in answers: one mail, or the rows of a list.

use super::{
    super::{
        expected::{Expected, Limits},
        mail::{Head, Listing, Message, Row},
        place::Place,
    },
    SHORT_ANSWER, encoded_words,
    lenient::{Fields, Scalar, object, skip, skip_seq},
};
use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use std::{borrow::Cow, fmt};
use tai_names::{MailId, field_within};

/// Limit of sender, recipient and subject, in characters (RFC 5322, 2.1.1).
const MAX_HEADER: usize = 998;
/// Limit of a date, in characters.
const MAX_DATE: usize = 64;
/// Limit of the strings in a list without bodies, in bytes: enough for a header of escapes.
const HEADER_STRING: usize = 12 * MAX_HEADER;
/// Limit of each body of a mail in a list, in bytes. A search sees no more.
const LISTED_BODY: usize = 1 << 20;
/// Size of the bodies of a list, in bytes, after which its further mails are left to the next page.
const LISTED_BODIES: usize = 16 << 20;
/// Limit of each body of a single mail, in bytes: a character more than the reader of mails accepts, which
/// thereby sees that a body was cut. A pasted picture may come before the text.
const MAX_BODY: usize = (5 << 20) + 4;
/// Allowance for each mail of a list, in bytes. A list carries whole bodies (trap 3), and JSON
/// may double their size.
const LISTED_MAIL: usize = 4 << 20;

/// Expectation of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<const BODIES: bool> {
    /// Number of mails that the request asked for. Further ones are skipped.
    pub(crate) rows: u32,
}

impl<const BODIES: bool> Expected for List<BODIES> {
    type Value = Listing;
    const IS_LARGE: bool = BODIES;

    fn limits(&self) -> Limits {
        Limits {
            answer: SHORT_ANSWER + self.rows as usize * LISTED_MAIL,
            string: match BODIES {
                true => LISTED_BODY,
                false => HEADER_STRING,
            },
        }
    }

    fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Listing>, D::Error> {
        let reader = ListReader::<BODIES> {
            most: self.rows as usize,
            rows: None,
            count: None,
            has_more: None,
        };
        let Some(reader) = object(reader, deserializer)? else {
            return Ok(None);
        };
        let Some(rows) = reader.rows else {
            return Ok(None);
        };
        let shown = rows.list.len() as u64;
        Ok(Some(Listing {
            count: reader.count.unwrap_or(shown),
            has_more: rows.is_cut || reader.has_more.unwrap_or(shown >= u64::from(self.rows)),
            rows: rows.list,
            bytes: 0,
        }))
    }

    fn measured(listing: &mut Listing, bytes: usize) {
        listing.bytes = bytes;
    }

    fn placed(listing: &mut Listing, place: Place) {
        for row in &mut listing.rows {
            match row {
                Row::Mail(mail) => mail.place = place.clone(),
                Row::Unusable { .. } => {}
            }
        }
    }
}

/// The rows of a list.
struct Rows {
    list: Vec<Row>,
    /// Whether further rows are left to the next page.
    is_cut: bool,
}

struct ListReader<const BODIES: bool> {
    most: usize,
    rows: Option<Rows>,
    count: Option<u64>,
    has_more: Option<bool>,
}

impl<'de, const BODIES: bool> Fields<'de> for ListReader<BODIES> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "messages" => self.rows = map.next_value_seed(RowsSeed::<BODIES>(self.most))?,
            "count" => self.count = map.next_value::<Scalar>()?.whole(),
            "has_more" => self.has_more = Some(map.next_value::<Scalar>()?.is_yes()),
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// Reader of at most this many rows; `None` for a value that is no list.
struct RowsSeed<const BODIES: bool>(usize);

impl<'de, const BODIES: bool> DeserializeSeed<'de> for RowsSeed<BODIES> {
    type Value = Option<Rows>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, const BODIES: bool> Visitor<'de> for RowsSeed<BODIES> {
    type Value = Option<Rows>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of mails")
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let (mut list, mut size) = (Vec::new(), 0);
        while list.len() < self.0 && size < LISTED_BODIES {
            let Some(fields) = seq.next_element_seed(MailFields::<BODIES>::default())? else {
                let is_cut = false;
                return Ok(Some(Rows { list, is_cut }));
            };
            size += fields.as_ref().map_or(0, MailFields::size);
            list.push(match fields {
                Some(fields) => fields.row(),
                None => Row::Unusable { to: String::new() },
            });
        }
        let is_cut = size >= LISTED_BODIES && list.len() < self.0;
        skip_seq(seq)?;
        Ok(Some(Rows { list, is_cut }))
    }
}

/// Expectation of a single mail with its body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OneMail {
    /// Id that the request asked for, which an answer without an id has.
    pub(crate) id: u64,
}

impl Expected for OneMail {
    type Value = Message;
    const IS_LARGE: bool = true;

    fn placed(message: &mut Message, place: Place) {
        message.place = place;
    }

    fn limits(&self) -> Limits {
        Limits {
            answer: 8 * SHORT_ANSWER,
            string: MAX_BODY,
        }
    }

    fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Message>, D::Error> {
        let fields = object(MailFields::<true>::default(), deserializer)?;
        let fields = fields.filter(|fields| fields.is_mail);
        Ok(fields.map(|fields| {
            let id = fields.id.unwrap_or(self.id);
            fields.message(id)
        }))
    }
}

/// The fields of a mail that have been read.
#[derive(Default)]
struct MailFields<const BODIES: bool> {
    /// Whether any field of a mail has been read.
    is_mail: bool,
    id: Option<u64>,
    from: String,
    to: String,
    subject: String,
    date: String,
    read: bool,
    text: Option<String>,
    html: Option<String>,
}

impl<const BODIES: bool> MailFields<BODIES> {
    fn row(self) -> Row {
        match self.id {
            // The bridge counts from 1, and no client may take an id for another one.
            Some(id @ 1..=MailId::MAX) => Row::Mail(self.message(id)),
            Some(_) | None => Row::Unusable { to: self.to },
        }
    }

    fn message(self, id: u64) -> Message {
        Message {
            head: Head {
                id,
                from: self.from,
                to: self.to,
                subject: self.subject,
                date: self.date,
                read: self.read,
            },
            text: self.text,
            html: self.html,
            place: Place::default(),
        }
    }

    /// Returns the size of the bodies, in bytes.
    fn size(&self) -> usize {
        let size = |part: &Option<String>| part.as_ref().map_or(0, String::len);
        size(&self.text) + size(&self.html)
    }
}

impl<'de, const BODIES: bool> DeserializeSeed<'de> for MailFields<BODIES> {
    type Value = Option<Self>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        object(self, deserializer)
    }
}

impl<'de, const BODIES: bool> Fields<'de> for MailFields<BODIES> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let is_body = matches!(key, "body_text" | "body_html");
        if is_body && !BODIES {
            return skip(map);
        }
        match key {
            "id" => self.id = map.next_value::<Scalar>()?.whole(),
            "from" => self.from = encoded_words::decoded_sender(sender(map)?),
            "to" => self.to = header(map)?,
            "subject" => self.subject = encoded_words::decoded(header(map)?),
            "received_at" => {
                let date = map.next_value::<Scalar>()?.text(MAX_DATE);
                self.date = crate::time::mail_date(&date.unwrap_or_default());
            }
            "is_read" => self.read = map.next_value::<Scalar>()?.is_yes(),
            "body_text" => self.text = map.next_value::<Scalar>()?.text(usize::MAX),
            "body_html" => self.html = map.next_value::<Scalar>()?.text(usize::MAX),
            _ => return skip(map),
        }
        self.is_mail = true;
        Ok(())
    }
}

/// Reads the field of a sender. Its end, which has the address that a reply goes to, is not cut.
fn sender<'de, A: MapAccess<'de>>(map: &mut A) -> Result<String, A::Error> {
    let text = map.next_value::<Scalar>()?.text(usize::MAX);
    let text = text.unwrap_or_default();
    Ok(match field_within(&text, 4 * MAX_HEADER) {
        Cow::Borrowed(field) if field.len() == text.len() => text,
        field => field.into_owned(),
    })
}

fn header<'de, A: MapAccess<'de>>(map: &mut A) -> Result<String, A::Error> {
    let text = map.next_value::<Scalar>()?.text(MAX_HEADER);
    Ok(text.unwrap_or_default())
}
