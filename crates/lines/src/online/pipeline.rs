//! From a message to its consequences: authenticate → check and stamp → store → judge → push.
//!
//! A message is judged in memory after it is durable; what the judge finds goes to workers that write
//! the facts. If the node dies in between, the next start replays the stored readings of the last
//! minutes through judges restored from the open alarms, so nothing acknowledged stays unjudged.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use platform::{App, Readings, Result, secrets};
use tokio::sync::{mpsc, oneshot};

use super::api::RateCache;
use super::ingest::{Attempt, Ingest, Verdict};
use super::judge::{ActiveLevel, Judge, Signal};
use super::limits::{Level, Ms};
use super::model::{Device, Tag};
use super::rate::{Bucket, Rate};
use super::reading::{self, Known, Message, Quality, Refused, Stream};
use super::telemetry::{Appended, Batch, Quarantine, StoreError, Telemetry};
use super::{signals, store, suspicion};

/// How much of the past a restart judges again; longer than the longest delay of a limit.
const REPLAY_MS: Ms = 15 * 60_000;
/// Facts of different tags are written side by side, those of one tag in order.
const WORKERS: usize = 8;
/// How often the register is looked at because of unknown names.
const LOOK_MS: Ms = 500;
/// How often it is looked at anyway, in seconds.
const REFRESH_S: u32 = 2;
/// How often a flood of one device is noted.
const FLOOD_NOTE_MS: Ms = 10_000;

/// The running online line of a node.
pub struct Pipeline {
    pub(super) app: App,
    /// The telemetry store.
    pub telemetry: Telemetry,
    tags: RwLock<HashMap<String, Arc<TagEntry>>>,
    devices: RwLock<HashMap<String, Arc<DeviceEntry>>>,
    rate: Mutex<Rate>,
    /// How far a device's time may be off for a reading to count as live.
    skew: AtomicI64,
    rates: RateCache,
    /// What the register looked like when it was last read.
    seen: Mutex<Vec<i64>>,
    /// When it was last looked at because of an unknown name.
    looked: AtomicI64,
    workers: Vec<mpsc::Sender<Work>>,
    /// Since when this node listens: silence before that is its own.
    pub started: Ms,
}

/// A tag with its judge.
pub(super) struct TagEntry {
    pub(super) tag: RwLock<Arc<Tag>>,
    pub(super) judge: Mutex<Judge>,
}

/// A device with its share of messages.
pub(super) struct DeviceEntry {
    pub(super) device: Device,
    bucket: Mutex<Bucket>,
    /// When a flood of it was last noted.
    flooded: AtomicI64,
}

impl DeviceEntry {
    /// Whether a flood should be noted now: a flood must not become a flood of notes.
    fn note_flood(&self, now: Ms) -> bool {
        now - self.flooded.load(Ordering::Relaxed) >= FLOOD_NOTE_MS && self.flooded.swap(now, Ordering::Relaxed) != now
    }
}

/// What a worker is given.
pub(super) enum Work {
    /// Findings about one tag.
    Signals { tag: Arc<Tag>, device: Option<String>, signals: Vec<Signal> },
    /// Answered once all before it is done.
    Flush(oneshot::Sender<()>),
}

/// What became of a message, for those who can be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What was stored.
    pub stored: Option<Batch>,
    /// Whether the message was a known one.
    pub duplicate: bool,
    /// What was set apart.
    pub refused: Vec<Refused>,
}

impl Outcome {
    fn refused(refused: Refused) -> Outcome {
        Outcome { stored: None, duplicate: false, refused: vec![refused] }
    }
}

impl Pipeline {
    /// Opens the store, restores the judges and starts the workers.
    pub async fn start(app: App) -> Result<Arc<Pipeline>> {
        let file = app.data().join("telemetry.sqlite").to_string_lossy().into_owned();
        let location = app.db().postgres_url().unwrap_or(file);
        let telemetry = Telemetry::open(&location).await.map_err(platform::Error::internal)?;
        let (workers, queues): (Vec<_>, Vec<_>) = (0..WORKERS).map(|_| mpsc::channel(1_024)).unzip();
        let started = app.source().now().0;
        let pipeline = Arc::new(Pipeline {
            app: app.clone(),
            telemetry,
            tags: RwLock::default(),
            devices: RwLock::default(),
            rate: Mutex::default(),
            skew: AtomicI64::new(reading::LIVE_WINDOW_MS),
            rates: RateCache::default(),
            seen: Mutex::default(),
            looked: AtomicI64::new(0),
            workers,
            started,
        });
        pipeline.load().await?;
        for queue in queues {
            app.spawn(signals::work(app.clone(), queue));
        }
        app.put_state(pipeline.clone());
        pipeline.replay().await?;
        let ticking = pipeline.clone();
        app.spawn(async move {
            for second in 0u32.. {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                ticking.tick().await;
                if second % REFRESH_S == 0
                    && let Err(error) = ticking.refresh().await
                {
                    tracing::error!(%error, "devices and tags could not be read again: {error}");
                }
            }
        });
        Ok(pipeline)
    }

    /// The running pipeline of a node.
    pub fn of(app: &App) -> Result<Arc<Pipeline>> {
        app.state::<Pipeline>()
    }

    async fn load(&self) -> Result<()> {
        let mut open: HashMap<String, Vec<ActiveLevel>> = HashMap::new();
        for row in store::open_alarms(self.app.db()).await? {
            let back = row.alarm.back_to_normal;
            open.entry(row.tag).or_default().push(ActiveLevel { level: row.alarm.level, back, extreme: row.extreme });
        }
        let entry = |tag: Tag| {
            let judge = Judge::restore(open.get(&tag.tag).map_or(&[], Vec::as_slice));
            (tag.tag.clone(), Arc::new(TagEntry { tag: RwLock::new(Arc::new(tag)), judge: Mutex::new(judge) }))
        };
        let tags = store::all_tags(self.app.db()).await?.into_iter().map(entry).collect();
        *self.tags.write() = tags;
        for device in store::all_devices(self.app.db()).await? {
            self.put_device(device);
        }
        Ok(())
    }

    /// Judges the stored readings of the last minutes again, but for those whose findings are on record:
    /// judged against what became of them later, they would seem to be news.
    async fn replay(&self) -> Result<()> {
        let since = self.started - REPLAY_MS;
        let judged = store::judged_until(self.app.db(), since).await?;
        let batches = self.telemetry.replay(since).await.map_err(platform::Error::internal)?;
        for batch in batches {
            for (name, value, quality) in batch.values {
                let fresh = judged.get(&name).is_none_or(|at| batch.received > *at);
                if fresh && Quality::from_code(quality) != Quality::Bad {
                    self.judge(&name, &batch.device, batch.received, value).await;
                }
            }
        }
        Ok(())
    }

    /// Looks whether devices or tags were changed by another process (the command line, another node)
    /// and takes the changes in. Cheap when nothing changed.
    pub async fn refresh(&self) -> Result<bool> {
        let found = store::fingerprint(self.app.db()).await?;
        if *self.seen.lock() == found {
            return Ok(false);
        }
        for tag in store::all_tags(self.app.db()).await? {
            self.put_tag(tag);
        }
        for device in store::all_devices(self.app.db()).await? {
            if self.devices.read().get(&device.id).is_none_or(|known| known.device != device) {
                self.put_device(device);
            }
        }
        *self.seen.lock() = found;
        Ok(true)
    }

    /// The same where a message names what this process does not know; whether that changed anything.
    async fn look_again(&self, now: Ms) -> bool {
        let due = now - self.looked.swap(now, Ordering::Relaxed) >= LOOK_MS;
        due && self.refresh().await.unwrap_or_else(|error| {
            tracing::error!(%error, "devices and tags could not be read again: {error}");
            false
        })
    }

    /// Takes a new or changed tag into memory.
    pub fn put_tag(&self, tag: Tag) {
        let mut tags = self.tags.write();
        if let Some(entry) = tags.get(&tag.tag) {
            *entry.tag.write() = Arc::new(tag);
            return;
        }
        let name = tag.tag.clone();
        tags.insert(name, Arc::new(TagEntry { tag: RwLock::new(Arc::new(tag)), judge: Mutex::default() }));
    }

    /// Takes a new or changed device into memory.
    pub fn put_device(&self, device: Device) {
        let now = self.app.source().now().0;
        let entry = DeviceEntry {
            bucket: Mutex::new(Bucket::full(*self.rate.lock(), now)),
            flooded: AtomicI64::new(0),
            device,
        };
        self.devices.write().insert(entry.device.id.clone(), Arc::new(entry));
    }

    /// A device that may report.
    pub(super) fn device(&self, id: &str) -> Option<Arc<DeviceEntry>> {
        self.devices.read().get(id).filter(|d| d.device.active).cloned()
    }

    /// All devices that may report.
    pub(super) fn devices(&self) -> Vec<Arc<DeviceEntry>> {
        self.devices.read().values().filter(|d| d.device.active).cloned().collect()
    }

    /// All tags in memory that satisfy a condition.
    pub(super) fn tags(&self, wanted: impl Fn(&Tag) -> bool) -> Vec<Arc<Tag>> {
        self.tags.read().values().map(|e| e.tag.read().clone()).filter(|t| wanted(t)).collect()
    }

    /// The tags a device answers for: those bound to it, or the unbound ones of its enterprise.
    pub(super) fn tags_of(&self, device: &Device) -> Vec<Arc<Tag>> {
        let bound = self.tags(|t| t.device.as_deref() == Some(device.id.as_str()));
        if bound.is_empty() {
            return self.tags(|t| t.device.is_none() && t.placed.enterprise == device.placed.enterprise);
        }
        bound
    }

    /// Sets how many messages a device may send, for all devices from now on.
    pub fn set_rate(&self, rate: Rate) {
        *self.rate.lock() = rate;
        let now = self.app.source().now().0;
        for entry in self.devices.read().values() {
            *entry.bucket.lock() = Bucket::full(rate, now);
        }
    }

    /// Sets how far a device's time may be off for a reading to count as live, in milliseconds.
    pub fn set_skew(&self, skew: Ms) {
        self.skew.store(skew, Ordering::Relaxed);
    }

    /// Online rates measured lately.
    pub(super) const fn rates(&self) -> &RateCache {
        &self.rates
    }

    fn entry(&self, tag: &str) -> Option<Arc<TagEntry>> {
        self.tags.read().get(tag).cloned()
    }

    /// Whether the present value of a tag violates a level or has not left its dead band.
    pub fn is_outside(&self, tag: &str, level: Level) -> bool {
        self.entry(tag).is_some_and(|e| e.judge.lock().is_outside(&e.tag.read().limits, level))
    }

    /// Whether the node's secret of a device matches.
    fn knows(&self, device: &str, secret: &[u8]) -> bool {
        let Ok(secret) = std::str::from_utf8(secret) else { return false };
        self.device(device).is_some_and(|d| secrets::equal(&d.device.secret_hash, secrets::token_hash(secret)))
    }

    /// The same, looking at the register once more where that fails: the command line may just have
    /// registered the device.
    pub async fn authenticate(&self, device: &str, secret: &[u8]) -> bool {
        self.knows(device, secret) || (self.refresh().await.unwrap_or(false) && self.knows(device, secret))
    }

    /// Tells the judge of an alarm that did not come from it.
    pub(super) fn know(&self, tag: &str, alarm: ActiveLevel) {
        if let Some(entry) = self.entry(tag) {
            entry.judge.lock().know(alarm);
        }
    }

    /// Forgets a cleared alarm, so that the next violation raises a new one.
    pub fn cleared(&self, tag: &str, level: Level) {
        if let Some(entry) = self.entry(tag) {
            entry.judge.lock().cleared(level);
        }
    }

    fn known(&self, device: &Device, tag: &str) -> Known {
        let Some(entry) = self.entry(tag) else { return Known::Unknown };
        let tag = entry.tag.read();
        match &tag.device {
            _ if tag.placed.enterprise != device.placed.enterprise => Known::OtherEnterprise,
            Some(owner) if *owner != device.id => Known::OtherDevice,
            _ => Known::Mine,
        }
    }

    /// Takes one message of a device. Refused messages are set apart durably with their reason.
    pub async fn take(&self, device: &str, stream: Stream, payload: &[u8]) -> std::result::Result<Outcome, StoreError> {
        let outcomes = self.take_all(device, stream, &[payload]).await?;
        outcomes.into_iter().next().ok_or(StoreError::Closed)
    }

    /// Takes messages of a device in their order and with one wait for the disk.
    pub async fn take_all(
        &self,
        device: &str,
        stream: Stream,
        payloads: &[&[u8]],
    ) -> std::result::Result<Vec<Outcome>, StoreError> {
        let now = self.app.source().now().0;
        let Some(entry) = self.device(device) else {
            let refused = Refused::new("device", "device", device, "设备未登记或已吊销");
            return Ok(payloads.iter().map(|_| Outcome::refused(refused.clone())).collect());
        };
        let rate = *self.rate.lock();
        let granted = payloads.iter().take_while(|_| entry.bucket.lock().take(rate, now)).count();
        let arrival = reading::Arrival { now, skew: self.skew.load(Ordering::Relaxed) };
        let check = || {
            let known = |tag: &str| self.known(&entry.device, tag);
            payloads.iter().take(granted).map(move |p| reading::parse(stream, p, arrival, known))
        };
        let mut checked: Vec<_> = check().collect();
        let unknown = |m: &Message| m.refused.iter().any(|r| r.code == "unknown_tag");
        if checked.iter().flatten().any(unknown) && self.look_again(now).await {
            checked = check().collect();
        }
        let batches = checked.iter().flatten().map(|m| batch(device, stream, m, now)).collect::<Vec<_>>();
        let appended = self.telemetry.append_all(batches.clone()).await?;
        let mut stored = batches.iter().zip(appended);
        let mut outcomes: Vec<Outcome> = checked.into_iter().map(|c| settle_one(c, &mut stored)).collect();
        // What follows a refusal for haste is refused too: its higher number would bar the way for the
        // refused one when it is sent again.
        outcomes.resize_with(payloads.len(), || Outcome::refused(self.haste()));
        self.set_apart(&entry, now, &outcomes).await?;
        self.consequences(&entry.device, stream, &outcomes).await;
        Ok(outcomes)
    }

    fn haste(&self) -> Refused {
        let text = format!(
            "上报过快：每台设备每秒不超过 {} 条，请把多个数值合并为一条，稍后从这一条起重发",
            self.rate.lock().per_second
        );
        Refused::new("rate", "payload", "", text)
    }

    /// Judges what was stored and tells those who watch.
    async fn consequences(&self, device: &Device, stream: Stream, outcomes: &[Outcome]) {
        if stream != Stream::Telemetry {
            return;
        }
        for batch in outcomes.iter().filter_map(|o| o.stored.as_ref()) {
            for v in batch.values.iter().filter(|v| v.quality != Quality::Bad) {
                self.judge(&v.tag, &device.id, batch.received, v.value).await;
            }
            self.push(device, batch);
        }
    }

    /// Stores what was refused, for its owner to see. A flood is noted now and then, not each time.
    async fn set_apart(
        &self,
        entry: &DeviceEntry,
        at: Ms,
        outcomes: &[Outcome],
    ) -> std::result::Result<(), StoreError> {
        let (hasty, wrong): (Vec<_>, Vec<_>) = outcomes.iter().flat_map(|o| &o.refused).partition(|r| r.code == "rate");
        let note = !hasty.is_empty() && entry.note_flood(at);
        let rows = wrong.into_iter().chain(hasty.into_iter().filter(|_| note));
        let rows = rows.map(|r| Quarantine { device: entry.device.id.clone(), at, refused: r.clone() }).collect();
        self.telemetry.quarantine(rows).await?;
        if note {
            suspicion::note(&self.app, &entry.device, suspicion::Kind::Flood).await;
        }
        Ok(())
    }

    async fn judge(&self, tag: &str, device: &str, at: Ms, value: f64) {
        let Some(entry) = self.entry(tag) else { return };
        let tag = entry.tag.read().clone();
        let signals = {
            let mut judge = entry.judge.lock();
            // The store has taken out what came twice, so order of arrival is order of judging, by the
            // platform's clock: a device that sets its own forward cannot silence what follows.
            let at = judge.last().map_or(at, |(last, _)| at.max(last + 1));
            judge.reading(&tag.limits, at, value)
        };
        self.hand_on(tag, Some(device.to_owned()), signals).await;
    }

    /// Lets on- and off-delays run out although no further reading came.
    pub async fn tick(&self) {
        let now = self.app.source().now().0;
        let waiting: Vec<_> = self.tags.read().values().filter(|e| e.judge.lock().waiting()).cloned().collect();
        for entry in waiting {
            let tag = entry.tag.read().clone();
            let signals = entry.judge.lock().tick(&tag.limits, now);
            let device = tag.device.clone();
            self.hand_on(tag, device, signals).await;
        }
    }

    async fn hand_on(&self, tag: Arc<Tag>, device: Option<String>, mut signals: Vec<Signal>) {
        // A new extreme alone is no fact; it is written with the alarm's next event.
        signals.retain(|s| !matches!(s, Signal::Worse { .. }));
        if signals.is_empty() {
            return;
        }
        let mut hasher = DefaultHasher::new();
        tag.tag.hash(&mut hasher);
        let index = hasher.finish() as usize % WORKERS;
        if let Some(worker) = self.workers.get(index) {
            // A closed queue means the node is stopping; the replay at its next start finds this again.
            let _ = worker.send(Work::Signals { tag, device, signals }).await;
        }
    }

    /// The extreme value of an active alarm as the judge has seen it.
    pub fn extreme(&self, tag: &str, level: Level) -> Option<f64> {
        self.entry(tag).and_then(|e| e.judge.lock().extreme(level))
    }

    fn push(&self, device: &Device, batch: &Batch) {
        let Some(enterprise) = &device.placed.enterprise else { return };
        let values: serde_json::Map<_, _> = batch.values.iter().map(|v| (v.tag.clone(), v.value.into())).collect();
        let json = serde_json::json!({"at": platform::Ms(batch.ts), "values": values}).to_string();
        self.app.push_readings(Readings { enterprise: enterprise.clone(), json: json.into() });
    }

    /// Waits until every finding so far has become a fact.
    pub async fn settle(&self) {
        for worker in &self.workers {
            let (done, waiting) = oneshot::channel();
            if worker.send(Work::Flush(done)).await.is_ok() {
                let _ = waiting.await;
            }
        }
    }
}

fn batch(device: &str, stream: Stream, message: &Message, received: Ms) -> Batch {
    // A state message says that the device lives; its values are no readings.
    let values = if stream == Stream::State { Vec::new() } else { message.values.clone() };
    Batch {
        device: device.to_owned(),
        boot: message.boot.clone(),
        stream,
        seq: message.seq,
        ts: message.ts,
        received,
        values,
    }
}

/// Joins what the check said of a message with what the store said of its batch.
fn settle_one<'a>(
    checked: std::result::Result<Message, Refused>,
    stored: &mut impl Iterator<Item = (&'a Batch, Appended)>,
) -> Outcome {
    let message = match checked {
        Ok(message) => message,
        Err(refused) => return Outcome::refused(refused),
    };
    match stored.next() {
        Some((batch, Appended::Stored)) => {
            Outcome { stored: Some(batch.clone()), duplicate: false, refused: message.refused }
        }
        Some((_, Appended::Backward)) => {
            let text = "seq 未递增但时间较新：设备重启后须更换 boot，同一 boot 内 seq 严格递增；本条未采用";
            Outcome::refused(Refused::new("sequence", "seq", &message.seq.to_string(), text))
        }
        _ => Outcome { stored: None, duplicate: true, refused: message.refused },
    }
}

/// The pipeline as the ways in know it.
#[derive(Clone)]
pub struct Entrance(pub Arc<Pipeline>);

impl Ingest for Entrance {
    async fn authenticate(&self, client_id: &str, username: &str, password: &[u8]) -> bool {
        username == client_id && self.0.authenticate(client_id, password).await
    }

    async fn publish(&self, device: &str, stream: Stream, payload: Bytes) -> Verdict {
        match self.0.take(device, stream, &payload).await {
            Ok(outcome) if outcome.refused.iter().any(|r| matches!(r.code, "rate" | "device")) => {
                Verdict::NotStored("rate limit or revoked device".to_owned())
            }
            Ok(_) => Verdict::Durable,
            Err(error) => Verdict::NotStored(error.to_string()),
        }
    }

    async fn refused(&self, attempt: Attempt) {
        let now = self.0.app.source().now().0;
        let text =
            format!("{}：主题必须是 anlan/v1/{}/telemetry、late 或 state", attempt.why.title(), attempt.client_id);
        let refused = Refused::new("topic", "topic", &attempt.topic, text);
        let row = Quarantine { device: attempt.client_id.clone(), at: now, refused };
        if let Err(error) = self.0.telemetry.quarantine(vec![row]).await {
            tracing::error!(%error, device = attempt.client_id, "an attempt could not be recorded");
        }
        if let Some(entry) = self.0.device(&attempt.client_id) {
            suspicion::note(&self.0.app, &entry.device, suspicion::Kind::Spoof).await;
        }
    }
}
