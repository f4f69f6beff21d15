//! Alarms of the past, raised and answered through the commands of every day, each at its own time;
//! clocks that ran out in between climb their ladder as they would have.
use super::{Load, People, grouped};
use crate::demo::county::Sensor;
use crate::demo::history::{self, History, Life};
use crate::demo::log::{self, Known};
use crate::demo::titles;
use anyhow::{Context, Result};
use lines::online::commands::{self, Explanation};
use lines::online::limits::Level;
use lines::online::model::{Tag, subject};
use platform::{Actor, Ctx, Ms, auth, clocks};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What happened to an alarm after it was raised.
#[derive(Clone, Copy)]
enum Step {
    Returned(f64),
    Acknowledged,
    Explained,
    Cleared,
}

impl Step {
    const fn kind(self) -> &'static str {
        match self {
            Self::Returned(_) => "iot.alarm.returned",
            Self::Acknowledged => "iot.alarm.acknowledged",
            Self::Explained => "iot.alarm.explained",
            Self::Cleared => "iot.alarm.cleared",
        }
    }
}

impl Load {
    pub(super) async fn alarms(&self, history: &History) -> Result<()> {
        let known = log::alarms(self.app.db()).await?;
        let people = self.who_answers(history).await?;
        let tags = grouped(history.lives.iter(), |life| life.tag.clone());
        self.progress.stage(92, 6, "报警与处置", tags.len());
        let (known, people) = (&known, &people);
        // Alarms of one tag come one after another: it has one open alarm of a level at a time.
        self.each(tags.into_values().collect(), |lives| async move {
            for life in lives {
                self.live(life, known, people)
                    .await
                    .with_context(|| format!("{} {}", life.tag, Ms(life.raised_at).beijing()))?;
            }
            Ok(())
        })
        .await
    }

    async fn who_answers(&self, history: &History) -> Result<People> {
        let firms: BTreeSet<&str> = history.lives.iter().map(|l| l.enterprise.as_str()).collect();
        let mut people = People::new();
        for name in firms.iter().flat_map(|firm| ["team_leader", "safety_manager"].map(|role| format!("{role}@{firm}")))
        {
            let account = auth::find(self.app.db(), &name).await?.with_context(|| format!("没有账号 {name}"))?;
            people.insert(name, auth::actor(self.app.db(), &account, self.app.source().now()).await?);
        }
        Ok(people)
    }

    async fn live(&self, life: &Life, known: &HashMap<(i64, String), Known>, people: &People) -> Result<()> {
        let sensor = self.demo.sensors.iter().find(|s| s.tag == life.tag).context("点位不在演示县中")?;
        let tag = self.tag_of(sensor).await?;
        let judge = self.app.ctx(Actor::reaction("online.judge"));
        let before = known.get(&(life.raised_at, format!("{} {}", life.tag, life.level.code())));
        let id: Uuid = if let Some(alarm) = before {
            alarm.id.parse()?
        } else {
            let raised = judge.at(Ms(life.raised_at))?;
            let id = commands::raise(&raised, &tag, life.level, (life.value, life.extreme), life.limit).await?;
            id.context("这个点位还有同级报警没有消除")?
        };
        for (at, step) in steps(life) {
            if before.is_some_and(|alarm| alarm.kinds.contains(step.kind())) {
                continue;
            }
            clocks::catch_up(&self.app, &subject(id), Ms(at)).await?;
            match step {
                Step::Returned(value) => commands::returned(&judge.at(Ms(at))?, &tag, life.level, value).await?,
                step => answer(&self.answering(step, life, people)?.at(Ms(at))?, id, step, life).await?,
            }
        }
        // Who has not answered by now has been reported by now.
        Ok(clocks::catch_up(&self.app, &subject(id), self.now).await?)
    }

    /// Grave alarms are taken by the safety manager, others by the shift; the manager explains and closes.
    fn answering(&self, step: Step, life: &Life, people: &People) -> Result<Ctx> {
        let shift = matches!(step, Step::Acknowledged) && !matches!(life.level, Level::HH | Level::LL);
        let name = format!("{}@{}", if shift { "team_leader" } else { "safety_manager" }, life.enterprise);
        let actor = people.get(&name).with_context(|| format!("没有账号 {name}"))?;
        Ok(self.app.ctx(actor.clone()))
    }

    async fn tag_of(&self, sensor: &Sensor) -> Result<Tag> {
        let firm = self.demo.firms.iter().find(|f| f.id == sensor.enterprise).context("企业不在演示县中")?;
        let keys = crate::simulate::keys::read(self.app.data())?;
        Ok(Tag {
            tag: sensor.tag.clone(),
            name: titles::of(sensor),
            placed: self.org(&firm.id).await?.placed(),
            device: crate::simulate::keys::gateway(&keys, &firm.id).map(|(device, _)| device.to_owned()),
            hazard_source: None,
            metric: sensor.metric.clone(),
            unit: sensor.unit.clone(),
            sample_s: i64::from(sensor.sample_s),
            consequence: history::consequence(firm, sensor),
            limits: history::limits(sensor),
        })
    }
}

/// What happened after the alarm was raised, in the order of time.
fn steps(life: &Life) -> Vec<(i64, Step)> {
    let answers = [
        (Some(life.returned.0), Step::Returned(life.returned.1)),
        (life.acknowledged_at, Step::Acknowledged),
        (life.explained_at, Step::Explained),
        (life.cleared_at, Step::Cleared),
    ];
    let mut steps: Vec<(i64, Step)> = answers.into_iter().filter_map(|(at, step)| Some((at?, step))).collect();
    steps.sort_by_key(|(at, _)| *at);
    steps
}

async fn answer(ctx: &Ctx, id: Uuid, step: Step, life: &Life) -> Result<()> {
    match step {
        Step::Acknowledged => commands::acknowledge(ctx, id, None).await?,
        Step::Explained => {
            let words = Explanation {
                cause_code: life.words.cause.to_owned(),
                text: life.words.text.to_owned(),
                measure: life.words.measure.to_owned(),
                files: vec![],
            };
            commands::explain(ctx, id, &words).await?;
        }
        Step::Cleared | Step::Returned(_) => commands::clear(ctx, id, None).await?,
    }
    Ok(())
}
