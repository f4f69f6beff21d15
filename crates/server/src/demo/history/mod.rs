//! Thirty days in which now and then something went wrong: excursions of signals beyond their
//! limits, the alarms the judge makes of them, and when people answered.
//!
//! An excursion is laid over the signal; the alarms are what the platform's own judge finds in the
//! readings, so every alarm of the history can be seen in its trend.
pub mod visits;
mod words;

use super::county::{Demo, Firm, Sensor};
use super::seeded::{Chance, hash, mix, share};
use super::signal::{Ms, Signal};
use lines::online::clocks::{self, Grade};
use lines::online::judge::{Judge, Signal as Finding};
use lines::online::limits::{Level, Limits};
pub use words::Words;

const MINUTE: Ms = 60_000;
const DAY: Ms = 86_400_000;
/// Alarms a day after tuning, for as many points as the county has; see `totals` in county.json.
const ALARMS_A_DAY: f64 = 16.7;
/// Taken, explained, closed.
const ALL_ANSWERS: usize = 3;
/// One excursion in so many goes on to the outer limit and raises a second alarm.
const GRAVE: f64 = 0.12;

/// A stretch of time in which a signal leaves its room and comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Excursion {
    /// Place of the sensor in the county's list.
    pub sensor: usize,
    /// When it begins to move.
    pub from: Ms,
    rise: Ms,
    hold: Ms,
    fall: Ms,
    peak: f64,
    /// How many of taking, explaining and closing have been done by now, where a story says so.
    answers: usize,
}

impl Excursion {
    /// When it is over.
    pub const fn to(&self) -> Ms {
        self.from + self.rise + self.hold + self.fall
    }

    /// What the sensor shows instead of `usual`.
    pub fn shown(&self, sensor: &Sensor, ts: Ms, usual: f64) -> f64 {
        let part = if ts < self.from || ts >= self.to() {
            return usual;
        } else if ts < self.from + self.rise {
            (ts - self.from) as f64 / self.rise as f64
        } else if ts < self.from + self.rise + self.hold {
            1.0
        } else {
            (self.to() - ts) as f64 / self.fall as f64
        };
        if sensor.is_switch() {
            return if part < 1.0 { usual } else { self.peak };
        }
        ((usual + (self.peak - usual) * part) * 1_000.0).round() / 1_000.0
    }
}

/// An alarm of the past and when it was answered. What lies after now has not happened yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    /// Tag.
    pub tag: String,
    /// Firm.
    pub enterprise: String,
    /// Level.
    pub level: Level,
    /// Value that violated the limit.
    pub value: f64,
    /// The limit.
    pub limit: f64,
    /// The furthest value.
    pub extreme: f64,
    /// When it was raised.
    pub raised_at: Ms,
    /// When the value was back inside, and which it was.
    pub returned: (Ms, f64),
    /// When somebody took it.
    pub acknowledged_at: Option<Ms>,
    /// When cause and measure were put on record.
    pub explained_at: Option<Ms>,
    /// When it was closed.
    pub cleared_at: Option<Ms>,
    /// Cause and measure.
    pub words: Words,
}

impl Life {
    /// Leaves out what a story says has not been done.
    fn forget_after(&mut self, answers: usize) {
        let given = [&mut self.acknowledged_at, &mut self.explained_at, &mut self.cleared_at];
        given.into_iter().skip(answers).for_each(|answer| *answer = None);
    }
}

/// How grave a violation at this point is: 1 on a major hazard source, 2 elsewhere, 3 for vehicles,
/// single tools and cameras.
pub fn consequence(firm: &Firm, sensor: &Sensor) -> u8 {
    match sensor.template.as_str() {
        "vehicle" | "welder_chip" | "duty_camera" => 3,
        _ if firm.major_hazard_level.is_some() => 1,
        _ => 2,
    }
}

/// The limits of a sensor with the dead band a technician would set: a fiftieth of the room.
pub fn limits(sensor: &Sensor) -> Limits {
    let inner = |limit: Option<f64>| limit.map(|l| (l - sensor.normal_mu).abs());
    let room = [inner(sensor.high), inner(sensor.low), inner(sensor.high_high), inner(sensor.low_low)];
    let room = room.into_iter().flatten().fold(f64::INFINITY, f64::min);
    let dead_band = if sensor.is_switch() || !room.is_finite() { 0.0 } else { (room * 20.0).round() / 1_000.0 };
    Limits {
        hh: sensor.high_high,
        h: sensor.high,
        l: sensor.low,
        ll: sensor.low_low,
        dead_band,
        on_delay_s: 0,
        off_delay_s: 0,
    }
}

/// What went wrong in the last `days` days, oldest first; all excursions are over before now.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Excursions.
    pub excursions: Vec<Excursion>,
    /// The alarms they raised, and how they were answered.
    pub lives: Vec<Life>,
}

/// The history of the last `days` days before now.
pub fn of(demo: &Demo, now: Ms, days: i64) -> History {
    let start = now - days * DAY;
    let weights: Vec<f64> = demo.sensors.iter().map(weight).collect();
    let daily = (start.div_euclid(DAY)..=now.div_euclid(DAY)).flat_map(|day| of_day(demo, &weights, day));
    // What the stories need comes first, so that no chance stands in its way.
    let mut wanted: Vec<Excursion> = if days > 0 { scripted(demo, now) } else { vec![] };
    wanted.extend(daily);
    wanted.retain(|e| e.from >= start && e.to() <= now - 2 * MINUTE);
    let mut history = History { excursions: vec![], lives: vec![] };
    for excursion in wanted {
        let lives = of_excursion(demo, &excursion, now);
        if history.has_room(&excursion, &lives) {
            history.lives.extend(lives);
            history.excursions.push(excursion);
        }
    }
    history.excursions.sort_by_key(|e| (e.from, e.sensor));
    history.lives.sort_by_key(|l| l.raised_at);
    history
}

impl History {
    /// Whether a sensor is quiet and its alarms are closed for the time of another excursion.
    fn has_room(&self, new: &Excursion, lives: &[Life]) -> bool {
        let end = lives.iter().map(|l| l.cleared_at.unwrap_or(Ms::MAX)).max().unwrap_or(new.to());
        let busy =
            self.excursions.iter().any(|e| e.sensor == new.sensor && e.from < end && new.from < e.to() + 30 * MINUTE);
        let mut open = self.lives.iter().filter(|l| lives.iter().any(|n| n.tag == l.tag));
        !busy && !open.any(|l| l.raised_at < end && l.cleared_at.is_none_or(|at| at > new.from))
    }
}

/// Four per cent of the points chatter and make most of the alarms; points without limits make none.
fn weight(sensor: &Sensor) -> f64 {
    let chatters = share(mix(hash(&sensor.tag) ^ 0xc4a7)) < 0.04;
    match () {
        () if !sensor.has_limits() => 0.0,
        () if chatters => 12.0,
        () if sensor.is_switch() => 0.5,
        () => 1.0,
    }
}

fn of_day(demo: &Demo, weights: &[f64], day: i64) -> Vec<Excursion> {
    let mut chance = Chance::of(demo.seed, &format!("excursions of day {day}"));
    // A grave one makes two alarms.
    let wanted = (ALARMS_A_DAY / (1.0 + GRAVE) + 3.5 * chance.bell()).round().max(4.0) as usize;
    let total: f64 = weights.iter().sum();
    (0..wanted)
        .filter_map(|_| {
            let mut left = chance.share() * total;
            let sensor = weights.iter().position(|w| {
                left -= w;
                left < 0.0
            })?;
            let from = day * DAY + (chance.share() * DAY as f64) as Ms;
            let grave = chance.share() < GRAVE;
            excursion(demo, sensor, from, grave, &mut chance)
        })
        .collect()
}

fn excursion(demo: &Demo, at: usize, from: Ms, grave: bool, chance: &mut Chance) -> Option<Excursion> {
    let sensor = demo.sensors.get(at)?;
    let step = Ms::from(sensor.sample_s) * 1_000;
    let high = sensor.high.or(sensor.high_high).is_some();
    let low = sensor.low.or(sensor.low_low).is_some();
    let upward = high && (!low || chance.share() < 0.75);
    let (near, far) = if upward { (sensor.high, sensor.high_high) } else { (sensor.low, sensor.low_low) };
    let (near, far) = (near.or(far)?, far.or(near)?);
    let over = 0.15 + 0.5 * chance.share();
    let peak = match (sensor.is_switch(), grave) {
        (true, _) => 1.0 - sensor.normal_mu,
        (_, true) => far + (far - sensor.normal_mu) * 0.1 * over,
        // Between the two limits where there are two, else a little beyond the one.
        _ if (far - near).abs() > 0.0 => near + (far - near) * over,
        _ => near + (near - sensor.normal_mu) * 0.2 * over,
    };
    let whole = matches!(sensor.unit.as_str(), "persons" | "1/min");
    let peak = if whole { if upward { peak.ceil() } else { peak.floor() } } else { peak };
    let hold = (6.0 * MINUTE as f64 * (0.7 * chance.bell()).exp()) as Ms;
    Some(Excursion {
        sensor: at,
        from,
        rise: step * chance.between(2, 8),
        hold: hold.max(3 * step),
        fall: step * chance.between(2, 8),
        peak,
        answers: ALL_ANSWERS,
    })
}

/// What the county's desk finds this morning, and two earlier chlorine alarms at the firm of S1.
fn scripted(demo: &Demo, now: Ms) -> Vec<Excursion> {
    let plan: [(&str, Ms, bool, usize); 6] = [
        ("E001-gas_toxic_cl2-17-cl2", 23 * DAY + 77 * MINUTE, false, ALL_ANSWERS),
        ("E001-gas_toxic_cl2-17-cl2", 9 * DAY + 410 * MINUTE, false, ALL_ANSWERS),
        ("E042-gas_toxic_h2s-01-h2s", 190 * MINUTE, false, 2),
        ("E033-dust_collector-01-inlet_temperature", 75 * MINUTE, false, 1),
        ("E011-tank_liquid-03-level", 36 * MINUTE, false, 0),
        ("E010-gas_combustible-02-lel", 21 * MINUTE, true, 1),
    ];
    plan.iter()
        .filter_map(|(tag, ago, grave, answers)| {
            let at = demo.sensors.iter().position(|s| s.tag == *tag)?;
            let mut chance = Chance::of(demo.seed, &format!("{tag} {ago}"));
            let planned = excursion(demo, at, now - ago, *grave, &mut chance)?;
            Some(Excursion { rise: 2 * MINUTE, hold: 6 * MINUTE, fall: 3 * MINUTE, answers: *answers, ..planned })
        })
        .collect()
}

/// The alarms of an excursion with their answers.
fn of_excursion(demo: &Demo, excursion: &Excursion, now: Ms) -> Vec<Life> {
    let Some(sensor) = demo.sensors.get(excursion.sensor) else { return vec![] };
    let Some(firm) = demo.firms.iter().find(|f| f.id == sensor.enterprise) else { return vec![] };
    let (signal, limits) = (Signal::of(sensor), limits(sensor));
    let mut judge = Judge::default();
    let mut raised: Vec<(Level, f64, f64, Ms)> = vec![];
    let mut lives = vec![];
    // Beyond the end the judge sees the value come back past its dead band.
    for (ts, usual) in signal.readings(excursion.from - signal.step(), excursion.to() + 20 * signal.step()) {
        for finding in judge.reading(&limits, ts, excursion.shown(sensor, ts, usual)) {
            match finding {
                Finding::Raised { level, value, limit, at } => raised.push((level, value, limit, at)),
                Finding::BackToNormal { level, value, at } => {
                    if let Some(i) = raised.iter().position(|r| r.0 == level) {
                        let (level, first, limit, raised_at) = raised.swap_remove(i);
                        let extreme = judge.extreme(level).unwrap_or(first);
                        let mut life = answered(demo, firm, sensor, (level, first, limit, raised_at), (at, value), now);
                        life.extreme = extreme;
                        life.forget_after(excursion.answers);
                        lives.push(life);
                        judge.cleared(level);
                    }
                }
                Finding::Recurred { .. } | Finding::Worse { .. } => {}
            }
        }
    }
    lives
}

fn answered(
    demo: &Demo,
    firm: &Firm,
    sensor: &Sensor,
    alarm: (Level, f64, f64, Ms),
    returned: (Ms, f64),
    now: Ms,
) -> Life {
    let (level, value, limit, raised_at) = alarm;
    let mut chance = Chance::of(demo.seed, &format!("answer to {} {raised_at} {}", sensor.tag, level.code()));
    let shipped = standards::tables::Tables::shipped();
    let grade = Grade::of(shipped, level, consequence(firm, sensor), &sensor.metric, &demo.county.code, raised_at);
    let allowed = clocks::allowance(grade.priority);
    // A little under a tenth of all answers come too late.
    let mut share_of =
        |minutes: i64, median: f64| ((minutes * MINUTE) as f64 * median * (0.75 * chance.bell()).exp()) as Ms;
    let acknowledged = raised_at + share_of(allowed.acknowledge_min, 0.37);
    let explained = acknowledged + share_of(allowed.explain_min, 0.33);
    let cleared = explained.max(returned.0) + share_of(20, 1.0);
    let happened = |at: Ms| (at <= now).then_some(at);
    Life {
        tag: sensor.tag.clone(),
        enterprise: sensor.enterprise.clone(),
        level,
        value,
        extreme: value,
        limit,
        raised_at,
        returned,
        acknowledged_at: happened(acknowledged),
        explained_at: happened(explained),
        cleared_at: happened(cleared),
        words: words::of(sensor, &mut chance),
    }
}

#[cfg(test)]
mod tests;
