//! Errors that end a connection.

use tai_proto::frame::FrameError;

/// Reason for which the daemon ends a connection.
#[derive(Debug, thiserror::Error)]
pub(in crate::server::ipc) enum ConnectionError {
    #[error("the peer belongs to another user")]
    OtherUser,
    #[error("the handshake was not finished in time")]
    NoHandshake,
    #[error(
        "{software} supports protocols {oldest} to {newest}, and this daemon supports none of them"
    )]
    Version {
        newest: u32,
        oldest: u32,
        software: String,
    },
    #[error("the first frame after the handshake was not Attach")]
    NotAttached,
    #[error("the client attached a second time")]
    AttachedTwice,
    #[error("the client broke the protocol: {0}")]
    Frame(#[from] FrameError),
    #[error("the client hung up in the middle of a frame")]
    CutOff,
    #[error("the client did not finish a large frame in time")]
    SlowFrame,
    #[error("the client does not read its answers")]
    NotReading,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
