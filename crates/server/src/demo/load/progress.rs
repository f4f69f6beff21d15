//! Tells how far the loading is, in whole per cent and in words.
use parking_lot::Mutex;
use std::time::Instant;

/// How far it is.
pub struct Progress {
    state: Mutex<State>,
    begun: Instant,
}

struct State {
    from: usize,
    share: usize,
    what: &'static str,
    done: usize,
    total: usize,
    told: usize,
}

impl Progress {
    /// At the beginning.
    pub fn new() -> Self {
        let state = State { from: 0, share: 0, what: "", done: 0, total: 1, told: 0 };
        Self { state: Mutex::new(state), begun: Instant::now() }
    }

    /// A stage of `total` steps that begins at `from` per cent and is worth `share`.
    pub fn stage(&self, from: usize, share: usize, what: &'static str, total: usize) {
        *self.state.lock() = State { from, share, what, done: 0, total: total.max(1), told: from };
        println!("演示县 {from:>3}%  {what}");
    }

    /// So many more steps are done; every fifth per cent is told.
    pub fn step(&self, steps: usize) {
        let mut state = self.state.lock();
        state.done += steps;
        let now = state.from + state.share * state.done.min(state.total) / state.total;
        if now >= state.told + 5 {
            state.told = now;
            println!("演示县 {now:>3}%  {} {}/{}", state.what, state.done, state.total);
        }
    }

    /// All is loaded.
    pub fn done(&self) {
        println!("演示县 100%  已装入，用时 {:.1} 秒", self.begun.elapsed().as_secs_f64());
    }
}
