//! What was promised, and whether it is there.
use crate::load::Heard;
use crate::node::{HTTP_GATEWAY, MQTT_GATEWAY, Place};
use lines::online::telemetry::Telemetry;
use platform::{Db, args, sql};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Hands out submission keys that never repeat.
#[derive(Clone, Default)]
pub struct Keys(Arc<AtomicU64>);

impl Keys {
    pub fn next_key(&mut self) -> String {
        format!("k{:09}", self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// The client's own book, kept outside the process that dies.
#[derive(Default)]
pub struct Ledger {
    keys: Keys,
    boots: u32,
    /// Acknowledged since the last check, and before it.
    fresh: Vec<String>,
    acknowledged: u64,
    unknown: Vec<String>,
    readings: [Vec<i64>; 2],
    /// Readings checked so far, over HTTP and over MQTT.
    readings_before: [u64; 2],
    head: i64,
    people_before: i64,
    pub resent: u64,
    pub losses: Vec<String>,
    pub doubles: i64,
    pub checks: u32,
}

async fn open(place: &Place) -> Db {
    Db::sqlite(&place.path("anlan.sqlite")).await.unwrap()
}

async fn number(db: &Db, query: &'static str) -> i64 {
    db.one(sql(query, vec![])).await.unwrap().get("n").unwrap()
}

const REGISTERED: &str = "select count(*) as n from event where kind = 'person.registered'";

/// Whether the events that this submission was acknowledged with are in the log.
async fn effect_is_there(db: &Db, account: &str, key: &str) -> bool {
    let row =
        db.opt(sql("select events from once where key = $1", args![format!("http:{account}:{key}")])).await.unwrap();
    let Some(row) = row else { return false };
    let ids: Vec<String> = row.json("events").unwrap();
    let mut query = sql("select count(*) as n from event where 1 = 1", vec![]);
    query.in_list(" and id", ids.iter().cloned());
    let found: i64 = db.one(query).await.unwrap().get("n").unwrap();
    found == i64::try_from(ids.len()).unwrap() && found > 0
}

impl Ledger {
    pub async fn new(place: &Place) -> Self {
        let people_before = number(&open(place).await, REGISTERED).await;
        Self { people_before, ..Self::default() }
    }
    /// A second book with keys and boots that the first one has not used.
    pub fn beside(&self) -> Self {
        Self { keys: self.keys.clone(), boots: self.boots + 1_000, ..Self::default() }
    }
    pub fn next_keys(&self) -> Keys {
        self.keys.clone()
    }
    /// A restarted gateway counts from one under a new boot name.
    pub fn boot(&mut self) -> String {
        self.boots += 1;
        format!("b{}", self.boots)
    }
    pub fn take_unknown(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unknown)
    }
    pub fn hear(&mut self, heard: Heard) {
        self.fresh.extend(heard.events);
        self.unknown.extend(heard.in_flight);
        self.readings[0].extend(heard.http);
        self.readings[1].extend(heard.mqtt);
    }
    pub fn hear_resent(&mut self, heard: Heard) {
        for key in heard.events {
            match key.strip_prefix('?') {
                Some(still) => self.unknown.push(still.to_owned()),
                None => {
                    self.resent += 1;
                    self.fresh.push(key);
                }
            }
        }
    }
    pub fn events(&self) -> u64 {
        self.acknowledged
    }
    pub fn readings(&self) -> [u64; 2] {
        self.readings_before
    }

    /// Looks for everything acknowledged since the last check in the files of the dead node.
    pub async fn check(&mut self, place: &Place, whole: bool) {
        self.checks += 1;
        self.check_events(place, whole).await;
        self.check_readings(place).await;
    }

    async fn check_events(&mut self, place: &Place, whole: bool) {
        let db = open(place).await;
        let account: String =
            db.one(sql("select id from account where org = 'E001'", vec![])).await.unwrap().get("id").unwrap();
        for key in std::mem::take(&mut self.fresh) {
            self.acknowledged += 1;
            if !effect_is_there(&db, &account, &key).await {
                self.losses.push(format!("event of submission {key}"));
            }
        }
        let head = number(&db, "select coalesce(max(seq), 0) as n from event").await;
        if head < self.head {
            self.losses.push(format!("the log shrank from {} to {head}", self.head));
        }
        self.head = head;
        if whole {
            let count = number(&db, "select count(*) as n from event").await;
            assert_eq!(count, head, "the log has a hole");
            assert!(db.integrity().await.unwrap().is_empty(), "the file is damaged");
            platform::spine::rederive(&db).await.unwrap();
            assert!(platform::spine::misfits(&db).await.unwrap().is_empty());
        }
    }

    async fn check_readings(&mut self, place: &Place) {
        let store = Telemetry::open(place.path("telemetry.sqlite").to_str().unwrap()).await.unwrap();
        let gateways = [HTTP_GATEWAY, MQTT_GATEWAY].into_iter().zip(&mut self.readings).zip(&mut self.readings_before);
        for ((device, promised), before) in gateways {
            let (Some(from), Some(to)) = (promised.iter().min(), promised.iter().max()) else { continue };
            let points = store.points(&format!("{device}-level"), *from, *to + 1).await.unwrap();
            let times: HashSet<i64> = points.iter().map(|p| p.ts).collect();
            self.doubles += i64::try_from(points.len() - times.len()).unwrap();
            let lost = promised.iter().filter(|ts| !times.contains(ts));
            self.losses.extend(lost.map(|ts| format!("reading of {device} at {ts}")));
            *before += promised.len() as u64;
            promised.clear();
        }
        store.close().await;
    }

    /// Every submission had one effect: as many people as acknowledged keys.
    pub async fn check_doubles(&mut self, place: &Place) {
        assert!(self.unknown.is_empty(), "still unknown: {:?}", self.unknown);
        let people = number(&open(place).await, REGISTERED).await - self.people_before;
        self.doubles += people - i64::try_from(self.acknowledged).unwrap();
    }
}
