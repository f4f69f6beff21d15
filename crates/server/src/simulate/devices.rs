//! Simulators of the county's 1,635 points over real MQTT: one connection and one key per gateway.
use super::gateway::{Broker, Counts, Gateway};
use super::keys::{self, Keys};
use super::node::Node;
use super::story::Told;
use crate::demo::county::{Demo, Sensor};
use crate::demo::seeded::{hash, mix, share};
use crate::demo::signal::{self, Signal};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long a gateway sleeps at most before it looks at the clock and the stories again.
const NAP: Duration = Duration::from_millis(500);
/// A drifting instrument reaches its limit after this long.
const DRIFT_MS: f64 = 6.0 * 3_600_000.0;

/// Faults to show besides the undisturbed signals.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Instruments that hang on one value.
    pub stuck: bool,
    /// Gateways that lose their way to the platform and send late.
    pub offline: bool,
    /// Instruments that drift out of calibration until their limit is reached.
    pub drift: bool,
}

struct Point {
    sensor: Sensor,
    signal: Signal,
}

/// The points of one firm behind their gateway.
pub struct Firm {
    id: String,
    points: Vec<Point>,
    started: i64,
    faults: Faults,
}

impl Firm {
    fn new(id: &str, sensors: &[&Sensor], started: i64, faults: Faults) -> Self {
        let points = sensors.iter().map(|s| Point { signal: Signal::of(s), sensor: (*s).clone() });
        Self { id: id.to_owned(), points: points.collect(), started, faults }
    }

    /// The next time after `last` at which something is due.
    fn next(&self, node: &Node, last: i64) -> i64 {
        let due = self.points.iter().map(|p| p.signal.at(last).0 + p.signal.step()).min().unwrap_or(i64::MAX);
        node.story(&self.id).map_or(due, |playing| due.min(playing.next_step(last)))
    }

    /// What is due at a time: points by their own interval, those in a story at the steps of it.
    fn due(&self, node: &Node, ts: i64) -> Vec<(&str, f64)> {
        let playing = node.story(&self.id);
        let shown = |p: &Point| match playing.as_ref().map(|story| story.tells(&p.sensor.tag, ts)) {
            Some(Told::Value(value)) => Some(value),
            Some(Told::Later) => None,
            Some(Told::Nothing) | None => (p.signal.at(ts).0 == ts).then(|| self.value(p, ts)),
        };
        self.points.iter().filter_map(|p| Some((p.sensor.tag.as_str(), shown(p)?))).collect()
    }

    fn value(&self, point: &Point, ts: i64) -> f64 {
        let tag = &point.sensor.tag;
        if self.faults.stuck
            && let Some(window) = signal::stuck(tag, ts, ts + 1).first()
        {
            return point.signal.at(window.from).1;
        }
        let usual = point.signal.at(ts).1;
        // One instrument in two hundred.
        match point.sensor.high.filter(|_| self.faults.drift && share(mix(hash(tag) ^ 0xd1f7)) < 0.005) {
            Some(high) => {
                let off = (ts - self.started) as f64 / DRIFT_MS * (high - point.sensor.normal_mu);
                ((usual + off) * 1_000.0).round() / 1_000.0
            }
            None => usual,
        }
    }

    fn is_silent(&self, ts: i64) -> bool {
        self.faults.offline && !signal::silent(&self.id, ts, ts + 1).is_empty()
    }
}

/// Reads at the times that are due and sends, for ever.
async fn operate(firm: Firm, mut gateway: Gateway, node: Arc<Node>) {
    let mut last = node.now();
    loop {
        let next = firm.next(&node, last);
        let wait = Duration::from_millis((next - node.now()).max(0) as u64);
        if wait > NAP {
            tokio::time::sleep(NAP).await;
            // A clock that was moved forward skips what was due in between.
            last = last.max(node.now() - NAP.as_millis() as i64 - 1_000);
            continue;
        }
        tokio::time::sleep(wait).await;
        let values = firm.due(&node, next);
        if firm.is_silent(next) {
            gateway.keep(next, &values);
        } else if !values.is_empty() {
            gateway.send(next, &values);
        }
        last = next;
    }
}

/// Starts the gateways of the firms `wanted`; answers their counts.
pub fn start(
    broker: &Broker,
    keys: &Keys,
    node: &Arc<Node>,
    faults: Faults,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Arc<Counts>>> {
    let demo = Demo::read()?;
    let sensors = demo.sensors_by_firm();
    let mut counts = vec![];
    for firm in demo.firms.iter().filter(|f| wanted(&f.id)) {
        let Some(points) = sensors.get(firm.id.as_str()) else { continue };
        let (id, key) = keys::gateway(keys, &firm.id).with_context(|| {
            format!(
                "数据文件夹里没有企业 {} 网关的密钥：--data 应指向装入了演示县的节点（anlan serve --demo）",
                firm.id
            )
        })?;
        let gateway = Gateway::connect(broker, id, key, node.now());
        counts.push(gateway.counts.clone());
        tokio::spawn(operate(Firm::new(&firm.id, points, node.now(), faults), gateway, node.clone()));
    }
    Ok(counts)
}

/// Simulates every device until the program is stopped, and says now and then how it goes.
pub async fn run(data: &Path, broker: &Broker, faults: Faults) -> Result<()> {
    let Some(_hold) = keys::hold(data)? else {
        bail!("这个数据文件夹的设备已经在模拟：同一设备的两个连接会互相顶掉，请先停止另一个 anlan simulate devices");
    };
    let node = Node::watch(data.to_owned());
    let counts = start(broker, &keys::read(data)?, &node, faults, |_| true)?;
    let points = Demo::read()?.sensors.len();
    println!("模拟 {} 个网关、{points} 个点位，发往 {}:{}；按 Ctrl-C 停止", counts.len(), broker.host, broker.port);
    loop {
        tokio::time::sleep(Duration::from_mins(1)).await;
        let sum = |of: fn(&Counts) -> u64| counts.iter().map(|c| of(c)).sum::<u64>();
        let refused = counts.iter().filter(|c| c.is_refused()).count();
        println!(
            "已发送 {} 条报文、{} 个数值，平台已确认 {} 条{}",
            sum(|c| c.sent.load(Ordering::Relaxed)),
            sum(|c| c.values.load(Ordering::Relaxed)),
            sum(|c| c.acknowledged.load(Ordering::Relaxed)),
            if refused > 0 { format!("；{refused} 个网关的密钥被拒绝") } else { String::new() },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::keys::Playing;

    const NOW: i64 = 1_795_395_600_000;

    fn firm(faults: Faults) -> (tempfile::TempDir, Demo, Firm) {
        let demo = Demo::read().unwrap();
        let firm = Firm::new("E001", &demo.sensors_by_firm()["E001"], NOW, faults);
        (tempfile::tempdir().unwrap(), demo, firm)
    }

    #[tokio::test]
    async fn every_point_comes_once_per_interval_in_batches() {
        let (data, demo, firm) = firm(Faults::default());
        let node = Node::watch(data.path().to_owned());
        let (mut at, mut sent, mut messages) = (NOW, 0, 0);
        while at < NOW + 60_000 {
            at = firm.next(&node, at);
            sent += firm.due(&node, at).len();
            messages += 1;
        }
        let wanted: usize =
            demo.sensors.iter().filter(|s| s.enterprise == "E001").map(|s| 60 / s.sample_s as usize).sum();
        assert!(sent >= wanted && sent <= wanted + 97, "{sent} of {wanted} values");
        assert!(messages <= 8, "{messages} messages");
    }

    #[tokio::test]
    async fn a_story_is_laid_over_the_signals_of_its_firm_only() {
        let (data, demo, firm) = firm(Faults::default());
        Playing { story: "S1".into(), from: NOW, speed: 1.0 }.write(data.path()).unwrap();
        let node = Node::watch(data.path().to_owned());
        let values = firm.due(&node, NOW + 35_000);
        assert!(values.contains(&("E001-gas_toxic_cl2-17-cl2", 1.4)), "{values:?}");
        assert!(firm.next(&node, NOW + 35_000) <= NOW + 40_000);
        let other = Firm::new("E002", &demo.sensors_by_firm()["E002"], NOW, Faults::default());
        assert!(other.due(&node, NOW + 35_000).iter().all(|(tag, _)| tag.starts_with("E002-")));
    }

    #[tokio::test]
    async fn a_drifting_instrument_reaches_its_limit_and_the_others_do_not() {
        let demo = Demo::read().unwrap();
        let faults = Faults { drift: true, ..Faults::default() };
        let mut beyond = vec![];
        for (id, sensors) in demo.sensors_by_firm() {
            let firm = Firm::new(id, &sensors, NOW, faults);
            let later = NOW + 7 * 3_600_000;
            beyond.extend(
                firm.points
                    .iter()
                    .filter(|p| p.sensor.high.is_some_and(|h| firm.value(p, later) >= h))
                    .map(|p| p.sensor.tag.clone()),
            );
        }
        assert!((1..20).contains(&beyond.len()), "{beyond:?}");
    }
}
