//! Readings of the past: two days as they came, the days before thinned out, excursions in full.
use super::Load;
use crate::demo::county::{Demo, Sensor};
use crate::demo::history::{Excursion, History};
use crate::demo::signal::{self, Ms, Signal, Window};
use crate::simulate::keys;
use anyhow::Result;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use lines::online::Pipeline;
use lines::online::codec::Point;
use std::sync::Arc;

/// Days that are loaded reading by reading.
const WHOLE_DAYS: i64 = 2;
/// One reading in so long is kept of the days before.
const SLOT: Ms = 15 * 60_000;
/// Room around an excursion that is kept in full and free of faults.
const AROUND: Ms = 10 * 60_000;
/// Points generated and written together: few enough to keep memory small.
const SLICE: usize = 12;
/// Slices generated at once: one per core of a small machine.
const AT_ONCE: usize = 2;

/// What a slice needs to generate its readings.
struct Plan {
    demo: Arc<Demo>,
    history: Arc<History>,
    from: Ms,
    whole_from: Ms,
    now: Ms,
}

impl Load {
    pub(super) async fn telemetry(&self, history: &Arc<History>) -> Result<()> {
        let store = &Pipeline::of(&self.app)?.telemetry;
        let keys = keys::read(self.app.data())?;
        // Up to this moment, not only to when loading began: the simulators go on from here.
        let now = self.app.source().now().0;
        let plan = Arc::new(Plan {
            demo: self.demo.clone(),
            history: history.clone(),
            from: self.start().0,
            whole_from: (self.now.0 - WHOLE_DAYS * super::DAY).max(self.start().0),
            now,
        });
        let mut slices = vec![];
        for (firm, sensors) in
            super::grouped(0..self.demo.sensors.len(), |i| self.demo.sensors.get(*i).map(|s| s.enterprise.clone()))
        {
            let Some((device, _)) = firm.as_deref().and_then(|f| keys::gateway(&keys, f)) else { continue };
            let missing = |i: &&usize| self.demo.sensors.get(**i).is_some_and(|s| store.last(&s.tag).is_none());
            let missing: Vec<usize> = sensors.iter().filter(missing).copied().collect();
            slices.extend(missing.chunks(SLICE).map(|slice| (device.to_owned(), slice.to_vec())));
        }
        self.progress.stage(45, 35, "监测数据", if self.days > 0 { slices.len() } else { 0 });
        if self.days == 0 {
            return Ok(());
        }
        stream::iter(slices)
            .map(|(device, slice)| {
                let plan = plan.clone();
                async move {
                    let tags = tokio::task::spawn_blocking(move || plan.readings(&slice)).await?;
                    store.import(&device, tags, now).await?;
                    Ok(())
                }
            })
            .buffer_unordered(AT_ONCE)
            .try_for_each(|()| {
                self.progress.step(1);
                std::future::ready(Ok(()))
            })
            .await
    }
}

impl Plan {
    fn readings(&self, slice: &[usize]) -> Vec<(String, Vec<Point>)> {
        let sensors = slice.iter().filter_map(|i| Some((*i, self.demo.sensors.get(*i)?)));
        sensors.map(|(i, sensor)| (sensor.tag.clone(), self.of(i, sensor))).collect()
    }

    fn of(&self, index: usize, sensor: &Sensor) -> Vec<Point> {
        let mine: Vec<&Excursion> = self.history.excursions.iter().filter(|e| e.sensor == index).collect();
        let hung = self.undisturbed(signal::stuck(&sensor.tag, self.from, self.now), &mine);
        let of_firm: Vec<&Excursion> =
            self.history.excursions.iter().filter(|e| self.is_of(e, &sensor.enterprise)).collect();
        let silent = self.undisturbed(signal::silent(&sensor.enterprise, self.from, self.now), &of_firm);
        let near: Vec<Window> = mine.iter().map(|e| around(e)).collect();
        let signal = Signal::of(sensor);
        let (mut points, mut slot, mut frozen) = (vec![], Ms::MIN, None);
        for (ts, usual) in signal.readings(self.from, self.now) {
            let in_full = ts >= self.whole_from || near.iter().any(|w| w.holds(ts));
            let first_of_slot = ts.div_euclid(SLOT) != slot;
            if silent.iter().any(|w| w.holds(ts)) || !(in_full || first_of_slot) {
                continue;
            }
            slot = ts.div_euclid(SLOT);
            let usual = if hung.iter().any(|w| w.holds(ts)) { *frozen.get_or_insert(usual) } else { usual };
            if !hung.iter().any(|w| w.holds(ts)) {
                frozen = None;
            }
            let value = mine.iter().find(|e| around(e).holds(ts)).map_or(usual, |e| e.shown(sensor, ts, usual));
            points.push(Point { ts, value, quality: 0 });
        }
        points
    }

    fn is_of(&self, excursion: &Excursion, enterprise: &str) -> bool {
        self.demo.sensors.get(excursion.sensor).is_some_and(|s| s.enterprise == enterprise)
    }

    /// Faults that hide no excursion and are over before now.
    fn undisturbed(&self, faults: Vec<Window>, excursions: &[&Excursion]) -> Vec<Window> {
        let clear = |w: &Window| {
            let hides = |e: &&Excursion| around(e).from < w.to && w.from < around(e).to;
            w.to < self.now - AROUND && !excursions.iter().any(hides)
        };
        faults.into_iter().filter(clear).collect()
    }
}

fn around(excursion: &Excursion) -> Window {
    Window { from: excursion.from - AROUND, to: excursion.to() + AROUND }
}
