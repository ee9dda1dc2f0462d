//! Fuzzes the decoder of frames, which arrive in pieces: each input is frames or an error, and a
//! decoded frame survives encoding and decoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tai_proto::{
    FromDaemon, ToDaemon,
    frame::{Decoder, encode},
    hello::{Hello, MAX_HELLO, Welcome},
};

/// Decodes all frames and repeats the round trip for each.
fn frames<T>(data: &[u8], max: usize)
where
    T: serde::de::DeserializeOwned + serde::Serialize + PartialEq + std::fmt::Debug,
{
    let mut decoder = Decoder::new(max);
    for piece in data.chunks(7) {
        decoder.space().extend_from_slice(piece);
        loop {
            match decoder.next_frame::<T>() {
                Ok(Some(frame)) => {
                    let mut bytes = Vec::new();
                    encode(&frame, &mut bytes).expect("a decoded frame encodes");
                    let mut again = Decoder::new(max);
                    again.space().extend_from_slice(&bytes);
                    assert_eq!(
                        again.next_frame::<T>().expect("an encoded frame decodes"),
                        Some(frame)
                    );
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else {
        return;
    };
    match kind % 4 {
        0 => frames::<ToDaemon>(data, 1 << 16),
        1 => frames::<FromDaemon>(data, 1 << 16),
        2 => frames::<Hello>(data, MAX_HELLO),
        _ => frames::<Welcome>(data, MAX_HELLO),
    }
});
