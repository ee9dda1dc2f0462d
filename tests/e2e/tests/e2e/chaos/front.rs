//! Machines between taid and the bridge: a web server with TLS, and proxies.

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, pem::PemObject as _},
};
use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

/// Name of a bridge that only a proxy can find.
pub(crate) const FAR: &str = "bridge.example";

/// An address of this machine that is not a loopback address, so that a proxy of the environment
/// applies to it. A connection to it is one to 127.0.0.1.
pub(crate) const UNSPECIFIED: &str = "0.0.0.0";

/// A server in front of the sandbox, with TLS and a certificate of its own authority for
/// `localhost`, [`FAR`] and [`UNSPECIFIED`].
pub(crate) struct TlsFront {
    pub(crate) address: SocketAddr,
    pem: String,
    der: Vec<u8>,
}

impl TlsFront {
    pub(crate) fn to(bridge: &str) -> Self {
        let bridge: SocketAddr = bridge.trim_start_matches("http://").parse().unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let names = ["localhost", FAR, UNSPECIFIED].map(str::to_owned);
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let key = made.signing_key.serialize_pem();
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let address = serve(move |client| {
            let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
            let mut client = StreamOwned::new(connection, client);
            let request = read_request(&mut client)?;
            let request = String::from_utf8_lossy(&request).into_owned();
            let (line, rest) = request.split_once("\r\n").unwrap();
            let mut bridge = TcpStream::connect(bridge)?;
            write!(bridge, "{line}\r\nconnection: close\r\n{rest}")?;
            let mut answer = Vec::new();
            bridge.read_to_end(&mut answer)?;
            client.write_all(&answer)?;
            client.conn.send_close_notify();
            client.flush()
        });
        Self {
            address,
            pem: made.cert.pem(),
            der: made.cert.der().to_vec(),
        }
    }

    /// Returns the URL of the server on this machine.
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Returns the URL of the server at [`UNSPECIFIED`].
    pub(crate) fn unspecified_url(&self) -> String {
        format!("https://{UNSPECIFIED}:{}", self.address.port())
    }

    /// Writes the certificate of the authority, after these bytes.
    pub(crate) fn write_pem(&self, path: &Path, before: &str) {
        std::fs::write(path, format!("{before}{}", self.pem)).unwrap();
    }

    /// Writes the certificate of the authority in binary form.
    pub(crate) fn write_der(&self, path: &Path) {
        std::fs::write(path, &self.der).unwrap();
    }
}

/// A proxy, and the requests that it got.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Creates an HTTP proxy that connects every request to `to`.
    pub(crate) fn connecting(to: SocketAddr) -> Self {
        Self::of(move |mut client, head| {
            let server = TcpStream::connect(to)?;
            if head.starts_with("CONNECT ") {
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            }
            carry_both(client, server)
        })
    }

    /// Creates an HTTP proxy that gives every request this answer.
    pub(crate) fn answering(answer: &'static str) -> Self {
        Self::of(move |mut client, _| client.write_all(answer.as_bytes()))
    }

    fn of(work: impl Fn(TcpStream, &str) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let address = serve(move |mut client| {
            let head = read_request(&mut client)?;
            let head = String::from_utf8_lossy(&head).into_owned();
            seen.lock().unwrap().push(head.clone());
            work(client, &head)
        });
        Self { address, requests }
    }

    /// Creates a SOCKS 5 proxy that connects every request to `to`.
    pub(crate) fn socks(to: SocketAddr) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let address = serve(move |mut client| {
            let mut start = [0; 2];
            client.read_exact(&mut start)?;
            client.read_exact(&mut vec![0; start[1].into()])?;
            client.write_all(&[5, 0])?;
            let mut head = [0; 4];
            client.read_exact(&mut head)?;
            let host = match head[3] {
                3 => {
                    let mut length = [0];
                    client.read_exact(&mut length)?;
                    let mut host = vec![0; length[0].into()];
                    client.read_exact(&mut host)?;
                    String::from_utf8_lossy(&host).into_owned()
                }
                1 => {
                    client.read_exact(&mut [0; 4])?;
                    "an address".to_owned()
                }
                _ => {
                    client.read_exact(&mut [0; 16])?;
                    "an address".to_owned()
                }
            };
            client.read_exact(&mut [0; 2])?;
            seen.lock().unwrap().push(host);
            let server = TcpStream::connect(to)?;
            client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
            carry_both(client, server)
        });
        Self { address, requests }
    }

    /// Returns the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Serves each connection on a thread.
fn serve(work: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let work = Arc::new(work);
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let work = work.clone();
            thread::spawn(move || work(client));
        }
    });
    address
}

/// Reads the head and the body of an HTTP request.
fn read_request(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length
                .and_then(|length| length.trim().parse().ok())
                .unwrap_or(0);
            if read.len() >= end + 4 + length {
                return Ok(read);
            }
        }
        let mut piece = [0; 4096];
        match from.read(&mut piece)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => read.extend_from_slice(&piece[..n]),
        }
    }
}

fn carry_both(client: TcpStream, server: TcpStream) -> io::Result<()> {
    let (mut from, mut to) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let (mut from, mut to) = (client, server);
    io::copy(&mut from, &mut to)?;
    to.shutdown(Shutdown::Both)
}
