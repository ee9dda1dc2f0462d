//! A bridge of little cost, with prepared answers and a thread for each connection, so that the
//! benchmark measures taid and tai-mcp. TLS is optional.

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, pem::PemObject as _},
};
use serde_json::json;
use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

pub(crate) struct Stub {
    address: SocketAddr,
    /// The certificate to trust; `None` without TLS.
    certificate: Option<tempfile::NamedTempFile>,
}

struct Answers {
    token: Vec<u8>,
    /// By instance.
    lists: HashMap<String, Vec<u8>>,
}

fn answer(data: &serde_json::Value) -> Vec<u8> {
    let body = json!({"success": true, "data": data}).to_string();
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn base64(text: &str) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        out.extend((0..=three.len()).map(|n| SIGNS[(bits >> (18 - 6 * n)) as usize & 63] as char));
    }
    out
}

/// The instance of a single client.
pub(crate) const ALONE: &str = "desk";
/// Number of other instances with mails.
const INSTANCES: usize = 200;

/// Returns the name of an instance. Numbers beyond [`INSTANCES`] wrap around.
pub(crate) fn instance(number: usize) -> String {
    format!("c{}", number % INSTANCES)
}

/// Returns the answer with the ten mails of an instance.
fn list(instance: &str) -> Vec<u8> {
    let mails: Vec<_> = (0..10)
        .map(|n| {
            json!({"id": n + 1, "message_id": format!("{n}-x"), "from": "bench@example.com",
                "to": format!("{instance}.{}@tai.chat", tai_e2e::USER),
                "subject": format!("Mail {n}"), "body_text": "A few words.", "body_html": null,
                "is_read": 0, "received_at": format!("2026-11-23 10:00:0{n}"), "size": 12})
        })
        .collect();
    answer(&json!({"messages": mails, "count": 10, "has_more": false}))
}

impl Answers {
    fn new() -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let claims = json!({"sub": tai_e2e::USER, "iat": now, "exp": now + 86_400}).to_string();
        let token = format!("{}.{}.c2ln", base64(r#"{"alg":"HS256"}"#), base64(&claims));
        let instances = (0..INSTANCES).map(instance).chain([ALONE.to_owned()]);
        Self {
            token: answer(&json!({"token": token, "expires_at": now + 86_400})),
            lists: instances.map(|name| (name.clone(), list(&name))).collect(),
        }
    }

    /// Returns the answer to a list request with this head.
    fn to(&self, head: &str) -> &[u8] {
        let (_, rest) = head.split_once("prefix=").unwrap();
        let end = rest.find(['&', ' ']).unwrap();
        &self.lists[&rest[..end]]
    }
}

impl Stub {
    pub(crate) fn start(tls: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Arc::new(Answers::new());
        let (config, certificate) = match tls {
            true => {
                let (config, certificate) = identity();
                (Some(config), Some(certificate))
            }
            false => (None, None),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let _ = stream.set_nodelay(true);
                let (answers, config) = (answers.clone(), config.clone());
                std::thread::spawn(move || match config {
                    Some(config) => {
                        let connection = ServerConnection::new(config).unwrap();
                        serve(StreamOwned::new(connection, stream), &answers)
                    }
                    None => serve::<TcpStream>(stream, &answers),
                });
            }
        });
        Self {
            address,
            certificate,
        }
    }

    pub(crate) fn url(&self) -> String {
        match self.certificate {
            Some(_) => format!("https://localhost:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// Returns the file of the certificate to trust; `None` without TLS.
    pub(crate) fn trust(&self) -> Option<PathBuf> {
        Some(self.certificate.as_ref()?.path().to_owned())
    }
}

/// Creates a certificate for localhost. Returns the server configuration and the file.
fn identity() -> (Arc<ServerConfig>, tempfile::NamedTempFile) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from_pem_slice(made.signing_key.serialize_pem().as_bytes()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(made.cert.pem().as_bytes()).unwrap();
    (Arc::new(config), file)
}

/// Answers each request of a connection. Request bodies are skipped.
fn serve<S: Read + Write>(mut stream: S, answers: &Answers) -> io::Result<()> {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let end = loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            let n = stream.read(&mut piece)?;
            if n == 0 {
                return Ok(());
            }
            read.extend_from_slice(&piece[..n]);
        };
        let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| {
            line.strip_prefix("content-length:")?
                .trim()
                .parse::<usize>()
                .ok()
        });
        while read.len() < end + length.unwrap_or(0) {
            let n = stream.read(&mut piece)?;
            if n == 0 {
                return Ok(());
            }
            read.extend_from_slice(&piece[..n]);
        }
        read.drain(..end + length.unwrap_or(0));
        stream.write_all(if head.starts_with("get ") {
            answers.to(&head)
        } else {
            &answers.token
        })?;
        stream.flush()?;
    }
}
