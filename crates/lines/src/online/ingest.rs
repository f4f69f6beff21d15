//! What a way in (broker, HTTP, an outside broker) asks of the pipeline behind it.

use std::future::Future;

use bytes::Bytes;

use super::reading::Stream;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is durable: as readings, as a known duplicate, or set apart with its reason. It may be acknowledged.
    Durable,
    /// It is not stored and must not be acknowledged; the connection ends and the device tries again.
    NotStored(String),
}

/// A publish that broke the rules of the topics, and was refused unread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Authenticated client that tried.
    pub client_id: String,
    /// Topic it tried.
    pub topic: String,
    /// The rule it broke.
    pub why: Why,
}

/// Rules a message can break before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The topic belongs to another device or to nobody.
    Topic,
    /// Retained messages are not taken: nobody subscribes, and a stale reading must not pose as a new one.
    Retain,
    /// Wills are not taken: the broker would publish them past its own check.
    Will,
}

impl Why {
    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Why::Topic => "向其他设备的主题发布",
            Why::Retain => "发布保留消息",
            Why::Will => "携带遗嘱消息",
        }
    }
}

/// The pipeline behind the ways in.
pub trait Ingest: Send + Sync + 'static {
    /// Whether the device is who it says. User name equals client id for devices registered here.
    fn authenticate(&self, client_id: &str, username: &str, password: &[u8]) -> impl Future<Output = bool> + Send;

    /// Takes one message; [`Verdict::Durable`] only once it is.
    fn publish(&self, device: &str, stream: Stream, payload: Bytes) -> impl Future<Output = Verdict> + Send;

    /// Records an attempt that was refused unread.
    fn refused(&self, attempt: Attempt) -> impl Future<Output = ()> + Send;
}
