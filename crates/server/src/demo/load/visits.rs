//! Visits of the past, taken from step to step through the commands of every day. Where loading was cut
//! off, a visit goes on from the step it had reached.
use super::{Load, People, grouped};
use crate::demo::history::visits::{self, Call};
use crate::demo::log;
use anyhow::{Context, Result, bail};
use lines::onsite::checks::CheckItem;
use lines::onsite::visits::commands::{Announce, Assignment, Enter, Evaluate, GiveAnswer, NewVisit};
use lines::onsite::visits::decide::{Kind, Reason, State};
use lines::onsite::visits::sign::{self, Sign};
use lines::onsite::visits::stage::{self, Stage};
use lines::onsite::visits::{commands, rules};
use platform::{ActorRef, Ctx, Ms, auth};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Days of visits for every day of alarms: thirty days of alarms stand in two years of visits.
pub(super) const DAYS: i64 = 24;
/// Who inspects: two officers, as the law asks.
const OFFICERS: [&str; 2] = ["officer@GOV", "enforcer@GOV"];

impl Load {
    pub(super) async fn visits(&self) -> Result<()> {
        let calls = visits::of(&self.demo, &self.light, self.now.0, self.days * DAYS);
        let people = self.who_visits(&calls).await?;
        let known = log::by_enterprise(self.app.db(), "visit.requested").await?;
        let firms = grouped(calls, |call| call.enterprise.clone());
        self.progress.stage(80, 6, "检查服务", firms.len());
        let (known, people) = (&known, &people);
        self.each(firms.into_values().collect(), |calls| async move {
            for (at, call) in calls.iter().enumerate() {
                let begun = known.get(&call.enterprise).and_then(|visits| visits.get(at));
                self.call(call, begun, people)
                    .await
                    .with_context(|| format!("{} {}", call.enterprise, Ms(call.enter).beijing()))?;
            }
            Ok(())
        })
        .await
    }

    async fn who_visits(&self, calls: &[Call]) -> Result<People> {
        let mut names: BTreeSet<String> = OFFICERS.map(str::to_owned).into();
        for call in calls {
            names.insert(format!("principal@{}", call.enterprise));
            if let Some((insurer, org)) = &call.service {
                names.extend([format!("risk_service@{insurer}"), format!("expert@{org}")]);
            }
        }
        let mut people = People::new();
        for name in names {
            let account = auth::find(self.app.db(), &name).await?.with_context(|| format!("没有账号 {name}"))?;
            people.insert(name, auth::actor(self.app.db(), &account, self.app.source().now()).await?);
        }
        Ok(people)
    }

    async fn call(&self, call: &Call, begun: Option<&String>, people: &People) -> Result<()> {
        let visit = Walk { load: self, call, people };
        let id = match begun {
            Some(subject) => subject.trim_start_matches("visit/").parse()?,
            None => visit.request().await?,
        };
        loop {
            let stage = stage::stage(&visit.as_asker(call.left())?, id).await?;
            if !visit.step(id, stage).await? {
                return Ok(());
            }
        }
    }
}

/// One visit of the past and those who take part in it.
struct Walk<'a> {
    load: &'a Load,
    call: &'a Call,
    people: &'a People,
}

impl Walk<'_> {
    fn as_person(&self, name: &str, then: i64) -> Result<Ctx> {
        let actor = self.people.get(name).with_context(|| format!("没有账号 {name}"))?;
        Ok(self.load.app.ctx(actor.clone()).at(Ms(then))?)
    }
    /// The insurer for a service, the officer for an inspection.
    fn as_asker(&self, then: i64) -> Result<Ctx> {
        match &self.call.service {
            Some((insurer, _)) => self.as_person(&format!("risk_service@{insurer}"), then),
            None => self.as_person(OFFICERS[0], then),
        }
    }
    fn visitors(&self) -> Vec<String> {
        match &self.call.service {
            Some((_, org)) => vec![format!("expert@{org}")],
            None => OFFICERS.map(str::to_owned).to_vec(),
        }
    }
    fn as_visitor(&self, then: i64) -> Result<Ctx> {
        let visitors = self.visitors();
        self.as_person(visitors.first().map_or("", String::as_str), then)
    }
    fn as_firm(&self, then: i64) -> Result<Ctx> {
        self.as_person(&format!("principal@{}", self.call.enterprise), then)
    }
    fn persons(&self) -> Result<Vec<Uuid>> {
        let person = |name: &String| match self.people.get(name).map(|actor| &actor.me) {
            Some(ActorRef::Person { person, .. }) => Ok(*person),
            _ => bail!("没有账号 {name}"),
        };
        self.visitors().iter().map(person).collect()
    }

    const fn kind(&self) -> Kind {
        if self.call.service.is_some() { Kind::PreventionService } else { Kind::Enforcement }
    }

    async fn request(&self) -> Result<Uuid> {
        let form = NewVisit {
            enterprise: self.call.enterprise.clone(),
            kind: self.kind(),
            reason_code: Reason::Plan,
            reason: if self.call.service.is_some() {
                "保单约定的事故预防服务"
            } else {
                "年度监督检查计划"
            }
            .to_owned(),
            skills: vec![],
            deadline: Ms(self.call.left() + 72 * HOUR),
            priority: None,
            source_event: None,
        };
        Ok(commands::request(&self.as_asker(self.call.asked())?, form).await?)
    }

    /// Takes the next step; false where none is left.
    async fn step(&self, id: Uuid, stage: Stage) -> Result<bool> {
        let call = self.call;
        let version = stage.version;
        match stage.state {
            State::Requested => {
                let form = Assignment {
                    people: self.persons()?,
                    from: Ms(call.enter - 30 * MINUTE),
                    to: Ms(call.left() + 30 * MINUTE),
                    version,
                };
                commands::assign(&self.as_asker(call.asked() + HOUR)?, id, form).await?;
            }
            State::Assigned => commands::accept(&self.as_visitor(call.asked() + 3 * HOUR)?, id, version).await?,
            State::Accepted => self.announce(id, version).await?,
            State::Announced => {
                let form = Enter {
                    code: format!("/q/enterprise/{}", call.enterprise),
                    people: self.persons()?,
                    position: None,
                    late: false,
                    version,
                };
                commands::enter(&self.as_visitor(call.enter)?, id, form).await?;
            }
            State::Entered if stage.open.is_empty() => sign::leave(&self.as_visitor(call.left())?, id, version).await?,
            State::Entered => self.answer(id, &stage.open).await?,
            State::Left => self.sign(id, stage).await?,
            State::Signed => return self.evaluate(id, version).await,
            State::Evaluated | State::Withdrawn => return Ok(false),
        }
        Ok(true)
    }

    async fn announce(&self, id: Uuid, version: i64) -> Result<()> {
        let form = Announce {
            matter: "现场安全条件和隐患治理情况".to_owned(),
            legal_basis: rules::bases(self.kind()).iter().take(1).map(|b| (*b).to_owned()).collect(),
            planned_end: Ms(self.call.left() + HOUR),
            joint_with: vec![],
            template: None,
            version,
        };
        Ok(commands::announce(&self.as_visitor(self.call.told())?, id, form).await?)
    }

    /// One item after another, over the time on site. A suspected major hazard is an item that the lists
    /// of major hazards name; what else is wrong stands at the others.
    async fn answer(&self, id: Uuid, open: &[CheckItem]) -> Result<()> {
        let (grave, plain): (Vec<&CheckItem>, Vec<&CheckItem>) = open.iter().partition(|item| item.danger.is_some());
        let failed: BTreeSet<&str> = self
            .call
            .faults
            .iter()
            .filter_map(|fault| {
                let items = if fault.major { &grave } else { &plain };
                items.get(fault.item % items.len().max(1)).map(|item| item.key.as_str())
            })
            .collect();
        for (at, item) in open.iter().enumerate() {
            let then = self.call.enter + (at as i64 + 1) * self.call.minutes * MINUTE / (open.len() as i64 + 2);
            let wrong = failed.contains(item.key.as_str());
            let answer = match (wrong, item.danger.is_some()) {
                (true, true) => "major",
                (true, false) => "general",
                (false, _) => "pass",
            };
            let note = wrong.then(|| format!("现场不符合：{}", item.text));
            let form = GiveAnswer { item: item.key.clone(), answer: answer.to_owned(), note };
            commands::answer(&self.as_visitor(then)?, id, form).await?;
        }
        Ok(())
    }

    async fn sign(&self, id: Uuid, stage: Stage) -> Result<()> {
        let form = Sign { record: stage.record.context("记录没有形成")?, version: stage.version };
        let then = self.call.left() + 10 * MINUTE;
        let persons = self.persons()?;
        let next = self.visitors().into_iter().zip(persons).find(|(_, person)| stage.unsigned.contains(person));
        let ctx = match next {
            Some((name, _)) => self.as_person(&name, then)?,
            None => self.as_firm(then + 5 * MINUTE)?,
        };
        Ok(sign::sign(&ctx, id, form).await?)
    }

    async fn evaluate(&self, id: Uuid, version: i64) -> Result<bool> {
        let Some(given) = self.call.scores else { return Ok(false) };
        let scores: BTreeMap<String, u8> =
            ["conduct", "useful", "burden"].map(str::to_owned).into_iter().zip(given).collect();
        let form = Evaluate { scores, complaint: false, comment: None, version };
        commands::evaluate(&self.as_firm((self.call.left() + 26 * HOUR).min(self.load.now.0))?, id, form).await?;
        Ok(true)
    }
}
