//! A listener in the place of a bridge.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Duration,
};

/// A listener that records what it receives and answers 401.
pub(super) struct Other {
    pub(super) url: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Other {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let record = heard.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let record = record.clone();
                std::thread::spawn(move || {
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
                    let mut piece = [0; 4096];
                    while let Ok(n @ 1..) = stream.read(&mut piece) {
                        record.lock().unwrap().extend_from_slice(&piece[..n]);
                        let _ = stream
                            .write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\n{}");
                    }
                });
            }
        });
        Self { url, heard }
    }

    /// Returns whether it received a text.
    pub(super) fn has_heard(&self, text: &str) -> bool {
        let heard = self.heard.lock().unwrap();
        String::from_utf8_lossy(&heard).contains(text)
    }
}
