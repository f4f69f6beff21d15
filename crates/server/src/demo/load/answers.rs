//! What people of the past answered to what the parts made of it: services confirmed, adverse facts
//! judged, premiums decided, files confirmed, requests that an alarm made and nobody needed any more.
use super::{DAY, Load, roster};
use crate::demo::log;
use crate::demo::seeded::Chance;
use anyhow::Result;
use libraries::credit;
use libraries::experts::{self, ServiceAnswer};
use lines::onsite::visits::commands::Withdraw;
use lines::onsite::visits::decide::State;
use lines::onsite::visits::{commands, stage};
use platform::{Ctx, Ms};
use std::collections::HashSet;
use subjects::enterprise::{EnterpriseForm, register};
use systems::insurance::premiums;
use uuid::Uuid;

impl Load {
    pub(super) async fn answers(&self) -> Result<()> {
        self.progress.stage(91, 1, "确认与核定", 1);
        self.files_confirmed().await?;
        self.services_confirmed().await?;
        self.facts_judged().await?;
        self.app.run_reactions().await?;
        self.premiums_decided().await?;
        Ok(())
    }

    /// Somebody so many days after a moment; nobody where that has not come yet.
    async fn later(&self, username: &str, at: i64, days: i64) -> Result<Option<Ctx>> {
        let then = at + days * DAY;
        if then > self.now.0 { Ok(None) } else { self.person(username, Ms(then)).await.map(Some) }
    }

    /// Every firm in full confirms its file when it is new, and a year later.
    async fn files_confirmed(&self) -> Result<()> {
        let done = log::count_by_enterprise(self.app.db(), "ent.profile.confirmed").await?;
        let begun = self.past()?.now().0;
        for firm in &self.demo.firms {
            let known = done.get(&firm.id).copied().unwrap_or(0);
            for days in [20, 370].into_iter().skip(known) {
                if let Some(ctx) = self.later(&format!("principal@{}", firm.id), begun, days).await? {
                    register::confirm(&ctx, &firm.id, &EnterpriseForm::default()).await?;
                }
            }
        }
        Ok(())
    }

    /// Nine services in ten are confirmed within two days.
    async fn services_confirmed(&self) -> Result<()> {
        let answered: HashSet<String> = log::subjects(self.app.db(), "svc.report.confirmed").await?;
        for made in log::events(self.app.db(), "svc.visit.done", "visit").await? {
            let mut chance = Chance::of(self.demo.seed, &format!("{} {}", made.enterprise, made.at));
            if chance.share() > 0.9 || answered.contains(&format!("visit/{}", made.value)) {
                continue;
            }
            if let Some(ctx) = self.later(&format!("principal@{}", made.enterprise), made.at, 2).await? {
                let answer = ServiceAnswer { satisfied: true, comments: None };
                experts::confirm(&ctx, made.value.parse()?, &answer).await?;
            }
        }
        Ok(())
    }

    /// An adverse fact is looked at by the officer within three days.
    async fn facts_judged(&self) -> Result<()> {
        let db = self.app.db();
        let mut settled = HashSet::new();
        for kind in ["credit.fact.recorded", "credit.fact.dismissed", "credit.fact.seconded"] {
            settled.extend(log::events(db, kind, "fact").await?.into_iter().map(|e| e.value));
        }
        for made in log::events(db, "credit.fact.proposed", "fact").await? {
            if settled.contains(&made.value) {
                continue;
            }
            if let Some(ctx) = self.later(&format!("officer@{}", roster::BUREAU), made.at, 3).await? {
                credit::confirm(&ctx, made.value.parse()?).await?;
            }
        }
        Ok(())
    }

    /// The underwriter takes what was proposed within ten days; what fell away meanwhile is left.
    async fn premiums_decided(&self) -> Result<()> {
        let db = self.app.db();
        let mut settled = HashSet::new();
        for kind in ["ins.premium.adjusted", "ins.premium.declined", "ins.premium.lapsed"] {
            settled.extend(log::events(db, kind, "adjustment").await?.into_iter().map(|e| e.value));
        }
        for made in log::events(db, "ins.premium.proposed", "adjustment").await? {
            let insurer = self.demo.firms.iter().find(|f| f.id == made.enterprise).and_then(|f| f.insurer.as_ref());
            let (Some(insurer), false) = (insurer, settled.contains(&made.value)) else { continue };
            if let Some(ctx) = self.later(&format!("underwriter@{insurer}"), made.at, 10).await? {
                premiums::write::accept(&ctx, made.value.parse::<Uuid>()?, None).await?;
            }
        }
        Ok(())
    }

    /// A visit that an alarm asked for, and that nobody needed once the alarm was explained and cleared.
    pub(super) async fn requests_withdrawn(&self) -> Result<()> {
        self.app.run_reactions().await?;
        for made in log::events(self.app.db(), "visit.requested", "visit").await? {
            let Some(ctx) = self.later(&format!("officer@{}", roster::BUREAU), made.at, 2).await? else { continue };
            let id: Uuid = made.value.parse()?;
            let stage = stage::stage(&ctx, id).await?;
            if stage.state == State::Requested {
                let reason = "预警已查明原因并消除，无须派人入企".to_owned();
                commands::withdraw(&ctx, id, Withdraw { reason, version: stage.version }).await?;
            }
        }
        Ok(())
    }
}
