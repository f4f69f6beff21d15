//! The node that is simulated for: its clock and the story being played, read from its data folder
//! once in a while and not for every value.
use super::keys::{self, Playing};
use parking_lot::RwLock;
use platform::Source;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// How often the data folder is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// The node as its simulators see it.
pub struct Node {
    data: PathBuf,
    machine: Source,
    moved: AtomicI64,
    playing: RwLock<Option<Playing>>,
}

impl Node {
    /// Looks at a data folder now and again until the program ends.
    pub fn watch(data: PathBuf) -> Arc<Self> {
        let node =
            Arc::new(Self { data, machine: Source::system(), moved: AtomicI64::new(0), playing: RwLock::new(None) });
        node.look();
        let looking = node.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                looking.look();
            }
        });
        node
    }

    fn look(&self) {
        self.moved.store(keys::moved_clock(&self.data), Ordering::Relaxed);
        *self.playing.write() = Playing::read(&self.data);
    }

    /// Now, by the node's clock.
    pub fn now(&self) -> i64 {
        self.machine.now().0 + self.moved.load(Ordering::Relaxed)
    }

    /// The story being played at a firm, if any.
    pub fn story(&self, enterprise: &str) -> Option<Playing> {
        let playing = self.playing.read();
        playing.as_ref().filter(|p| p.story().is_some_and(|s| s.enterprise == enterprise)).cloned()
    }
}
