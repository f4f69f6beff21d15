//! What the county's sensors show when nothing is wrong: noise inside the limits, a day's swing,
//! and the faults instruments have.
//!
//! A value depends on its tag and its time alone, so history made today and a simulator started
//! tomorrow continue each other. The noise is AR(1); to be found without walking from the beginning
//! of time, every block of steps is walked from a short run-up before it, after which nothing is
//! left of where the run-up began.
use super::county::Sensor;
use super::seeded::{bell, hash, mix, share};
use std::f64::consts::TAU;

/// Milliseconds since 1970, UTC.
pub type Ms = i64;

const HOUR: Ms = 3_600_000;
const DAY: Ms = 24 * HOUR;
/// Steps that share one run-up.
const BLOCK: i64 = 4_096;
/// Steps of the run-up: with the slowest memory of 0.95 a billionth of the start is left.
const RUN_UP: i64 = 400;

/// The undisturbed signal of one tag.
#[derive(Debug, Clone)]
pub struct Signal {
    key: u64,
    step: Ms,
    phase: Ms,
    mean: f64,
    memory: f64,
    fresh: f64,
    noise: f64,
    swing: f64,
    floor: f64,
    ceiling: f64,
    scale: f64,
}

impl Signal {
    /// The signal of a sensor.
    pub fn of(sensor: &Sensor) -> Self {
        let step = Ms::from(sensor.sample_s.max(1)) * 1_000;
        let memory = if sensor.sample_s >= 300 { 0.9 } else { (-f64::from(sensor.sample_s) / 300.0).exp().min(0.95) };
        // Temperatures and head counts follow the day; together with the noise they keep the deviation.
        let day = match sensor.unit.as_str() {
            "degC" => 1.0,
            "persons" => 0.8,
            _ => 0.4,
        };
        let sigma = if sensor.is_switch() { 0.0 } else { sensor.normal_sigma };
        let scale = 10_f64.powi(decimals(sensor));
        let (floor, ceiling) = room(sensor);
        Self {
            key: mix(hash(&sensor.tag)),
            step,
            // Gateways do not all read at the same second.
            phase: (mix(hash(&sensor.enterprise)) % 10_000) as Ms,
            mean: sensor.normal_mu,
            memory,
            fresh: (1.0 - memory * memory).sqrt(),
            noise: sigma * f64::sqrt(1.0 - day * day / 2.0),
            swing: sigma * day,
            floor: (floor * scale).ceil() / scale,
            ceiling: (ceiling * scale).floor() / scale,
            scale,
        }
    }

    /// The readings due in `[from, to)`.
    pub fn readings(&self, from: Ms, to: Ms) -> Readings<'_> {
        let n = (from - self.phase + self.step - 1).div_euclid(self.step);
        let start = n - n.rem_euclid(BLOCK);
        let mut readings = Readings { signal: self, n: start, to, level: 0.0 };
        readings.run_up();
        while readings.n < n {
            readings.walk();
        }
        readings
    }

    /// The last reading due at or before a time.
    pub fn at(&self, ts: Ms) -> (Ms, f64) {
        let due = ts - (ts - self.phase).rem_euclid(self.step);
        self.readings(due, due + 1).next().unwrap_or((due, self.mean))
    }

    /// Milliseconds between readings.
    pub const fn step(&self) -> Ms {
        self.step
    }

    fn chance(&self, n: i64) -> f64 {
        bell(mix(self.key.wrapping_add(n as u64)))
    }

    fn value(&self, ts: Ms, level: f64) -> f64 {
        // Warmest and busiest at three in the afternoon, Beijing time.
        let day = ((ts - 7 * HOUR).rem_euclid(DAY) as f64 / DAY as f64 * TAU).cos();
        let value = self.mean + level * self.noise + day * self.swing;
        // Adding nothing turns a negative zero into a plain one.
        ((value * self.scale).round() / self.scale).clamp(self.floor, self.ceiling) + 0.0
    }
}

/// Readings one after another.
pub struct Readings<'a> {
    signal: &'a Signal,
    n: i64,
    to: Ms,
    level: f64,
}

impl Readings<'_> {
    /// Comes to the block's first step as everybody does who reads this block.
    fn run_up(&mut self) {
        let signal = self.signal;
        self.level =
            (self.n - RUN_UP..self.n).fold(0.0, |level, n| level * signal.memory + signal.chance(n) * signal.fresh);
    }
    fn walk(&mut self) {
        let signal = self.signal;
        self.level = self.level * signal.memory + signal.chance(self.n) * signal.fresh;
        self.n += 1;
        if self.n.rem_euclid(BLOCK) == 0 {
            self.run_up();
        }
    }
}

impl Iterator for Readings<'_> {
    type Item = (Ms, f64);
    fn next(&mut self) -> Option<(Ms, f64)> {
        let ts = self.n * self.signal.step + self.signal.phase;
        if ts >= self.to {
            return None;
        }
        let level = self.level * self.signal.memory + self.signal.chance(self.n) * self.signal.fresh;
        self.walk();
        Some((ts, self.signal.value(ts, level)))
    }
}

/// Decimals an instrument of this scatter shows.
fn decimals(sensor: &Sensor) -> i32 {
    match sensor.unit.as_str() {
        "bool" | "persons" | "1/min" => 0,
        _ => (-(sensor.normal_sigma / 2.0).log10()).ceil().clamp(1.0, 4.0) as i32,
    }
}

/// Between which values the signal stays: a tenth of the way inside the limits, and what the
/// quantity itself allows where there is none.
fn room(sensor: &Sensor) -> (f64, f64) {
    let (mean, sigma) = (sensor.normal_mu, sensor.normal_sigma);
    let inward = |limit: f64| limit + 0.1 * (mean - limit);
    let least = if sensor.unit == "degC" { f64::NEG_INFINITY } else { 0.0 };
    let most = match sensor.unit.as_str() {
        "%" | "%LEL" | "%vol" => 100.0,
        "0-1" | "bool" => 1.0,
        _ => f64::INFINITY,
    };
    let low = sensor.low.or(sensor.low_low).map_or((mean - 6.0 * sigma).max(least), inward);
    let high = sensor.high.or(sensor.high_high).map_or((mean + 6.0 * sigma).min(most), inward);
    (low, high)
}

/// A stretch of time, `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Start.
    pub from: Ms,
    /// End, not included.
    pub to: Ms,
}

impl Window {
    /// Whether a time lies inside.
    pub const fn holds(self, ts: Ms) -> bool {
        self.from <= ts && ts < self.to
    }
}

/// When a gateway is silent: about one burst of five to ninety minutes in four days.
pub fn silent(gateway: &str, from: Ms, to: Ms) -> Vec<Window> {
    windows(mix(hash(gateway) ^ 0x51_1e_47), from, to, HOUR, 0.01, (5 * 60_000, 90 * 60_000))
}

/// When an instrument hangs on one value: 0.3 % of tags a day, for one to six hours.
pub fn stuck(tag: &str, from: Ms, to: Ms) -> Vec<Window> {
    windows(mix(hash(tag) ^ 0x57_0c_4b), from, to, DAY, 0.003, (HOUR, 6 * HOUR))
}

/// At most one window starts per period, with the given chance; found from the time alone.
fn windows(key: u64, from: Ms, to: Ms, period: Ms, chance: f64, (shortest, longest): (Ms, Ms)) -> Vec<Window> {
    let first = (from - longest).div_euclid(period);
    (first..=to.div_euclid(period))
        .filter_map(|p| {
            let word = mix(key.wrapping_add(p as u64));
            let start = p * period + (share(mix(word ^ 1)) * period as f64) as Ms;
            let length = shortest + (share(mix(word ^ 2)) * (longest - shortest) as f64) as Ms;
            (share(word) < chance).then_some(Window { from: start, to: start + length })
        })
        .filter(|w| w.to > from && w.from < to)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::county::Demo;
    use super::*;

    /// 2026-11-23 00:00 UTC.
    const NOW: Ms = 1_795_392_000_000;

    #[test]
    fn seven_days_of_all_points_stay_strictly_inside_their_limits() {
        for sensor in Demo::read().unwrap().sensors {
            let signal = Signal::of(&sensor);
            // Every point is looked at for an hour of every day, at another hour each day.
            for day in 0..7 {
                let from = NOW - 7 * DAY + day * DAY + (hash(&sensor.tag) % 23) as Ms * HOUR + day * HOUR;
                for (_, value) in signal.readings(from, from + HOUR.max(signal.step())) {
                    assert!(value.is_finite(), "{}", sensor.tag);
                    for high in [sensor.high, sensor.high_high].into_iter().flatten() {
                        assert!(value < high, "{} {value} reaches {high}", sensor.tag);
                    }
                    for low in [sensor.low, sensor.low_low].into_iter().flatten() {
                        assert!(value > low, "{} {value} falls to {low}", sensor.tag);
                    }
                    assert!(!sensor.is_switch() || value.to_bits() == sensor.normal_mu.to_bits(), "{}", sensor.tag);
                }
            }
        }
    }

    #[test]
    fn history_and_a_simulator_started_later_continue_each_other() {
        for sensor in Demo::read().unwrap().sensors.iter().step_by(37) {
            let signal = Signal::of(sensor);
            let span = signal.step() * 5_000;
            let whole: Vec<_> = signal.readings(NOW - span, NOW + span).collect();
            let (before, after) = (signal.readings(NOW - span, NOW), signal.readings(NOW, NOW + span));
            assert_eq!(whole, before.chain(after).collect::<Vec<_>>(), "{}", sensor.tag);
            assert!(whole.windows(2).all(|w| w[1].0 - w[0].0 == signal.step()));
            let (ts, value) = signal.at(NOW + 12_345);
            assert!(whole.contains(&(ts, value)) && ts <= NOW + 12_345);
        }
    }

    #[test]
    fn the_noise_has_the_mean_scatter_and_memory_of_the_file() {
        let demo = Demo::read().unwrap();
        let sensor = demo.sensors.iter().find(|s| s.tag == "E001-tank_pressurised-01-level").unwrap();
        let values: Vec<f64> = Signal::of(sensor).readings(NOW - 7 * DAY, NOW).map(|r| r.1).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        let together = values.windows(2).map(|w| (w[0] - mean) * (w[1] - mean)).sum::<f64>() / n / variance;
        assert!((mean - 50.0).abs() < 0.5 && (variance.sqrt() - 5.0).abs() < 0.4, "{mean} {variance}");
        assert!((0.85..0.95).contains(&together), "AR(1) at 30 s remembers about 0.9: {together}");
    }

    #[test]
    fn faults_are_found_from_the_time_alone_and_are_as_rare_as_said() {
        let demo = Demo::read().unwrap();
        let hung: usize = demo.sensors.iter().map(|s| stuck(&s.tag, NOW - 30 * DAY, NOW).len()).sum();
        assert!((90..210).contains(&hung), "0.3 % of 1,635 tags in 30 days is about 147: {hung}");
        let silent_ms: Ms =
            demo.firms.iter().flat_map(|f| silent(&f.id, NOW - 30 * DAY, NOW)).map(|w| w.to - w.from).sum();
        let share = silent_ms as f64 / (62.0 * 30.0 * DAY as f64);
        assert!((0.004..0.015).contains(&share), "about one per cent of the time: {share}");
        let long = silent("E001-GW", NOW - 30 * DAY, NOW);
        let short = silent("E001-GW", NOW - 3 * DAY, NOW);
        assert!(short.iter().all(|w| long.contains(w)));
    }
}
