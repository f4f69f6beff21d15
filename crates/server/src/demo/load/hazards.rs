//! What the visits of the past found, put right and looked at again, each step at its own time; due
//! dates that passed in between climb their ladder as they would have.
use super::{DAY, Load, People, grouped};
use crate::demo::history::visits::{self, TO_RECTIFY};
use crate::demo::log;
use anyhow::{Context, Result};
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use lines::onsite::hazards::commands::{self, AssignHazard, ConfirmLevel};
use lines::onsite::hazards::decide::{Level, State};
use lines::onsite::hazards::fix::{self, Rectify, Verify};
use lines::onsite::hazards::stage::{self, Stage};
use platform::{Ctx, Ms, auth, clocks, files};
use uuid::Uuid;

/// Who confirms levels and looks again.
const OFFICER: &str = "officer@GOV";

impl Load {
    pub(super) async fn hazards(&self) -> Result<()> {
        self.progress.stage(86, 1, "检查发现的隐患", 1);
        // The findings of the visits become hazards by the on-site line's own reaction.
        self.app.run_reactions().await?;
        let found = log::by_enterprise(self.app.db(), "hazard.found").await?;
        let mut names: Vec<String> = found.keys().map(|firm| format!("principal@{firm}")).collect();
        names.push(OFFICER.to_owned());
        let mut people = People::new();
        for name in names {
            let account = auth::find(self.app.db(), &name).await?.with_context(|| format!("没有账号 {name}"))?;
            people.insert(name, auth::actor(self.app.db(), &account, self.app.source().now()).await?);
        }
        let firms = grouped(found, |(firm, _)| firm.clone());
        self.progress.stage(87, 5, "隐患整改与复查", firms.len());
        let people = &people;
        self.each(firms.into_iter().collect(), |(firm, found)| async move {
            for (no, subject) in found.into_iter().flat_map(|(_, subjects)| subjects).enumerate() {
                let id = subject.trim_start_matches("hazard/").parse()?;
                let walk = Walk { load: self, firm: &firm, no, id, people };
                while walk.step().await.with_context(|| format!("{firm} {subject}"))? {}
                clocks::catch_up(&self.app, &subject, self.now).await?;
            }
            Ok(())
        })
        .await
    }
}

/// One hazard of the past.
struct Walk<'a> {
    load: &'a Load,
    firm: &'a str,
    no: usize,
    id: Uuid,
    people: &'a People,
}

impl Walk<'_> {
    fn as_person(&self, name: &str, then: i64) -> Result<Ctx> {
        let actor = self.people.get(name).with_context(|| format!("没有账号 {name}"))?;
        Ok(self.load.app.ctx(actor.clone()).at(Ms(then))?)
    }

    /// Takes the next step; false where none is left or it has not come yet.
    async fn step(&self) -> Result<bool> {
        let now = self.load.now.0;
        let Stage { state, version, level, round, found_at } =
            stage::stage(&self.as_person(OFFICER, now)?, self.id).await?;
        let fix = visits::fix(&self.load.demo, self.firm, self.no);
        // A second round begins after the first look and is over within ten days.
        let ordered = found_at.0 + 2 * DAY + round * (fix.took + 3 * DAY);
        let done = ordered + if round == 0 { fix.took } else { 5 * DAY };
        let at = match state {
            State::Found => found_at.0 + DAY,
            State::Confirmed | State::Reopened => ordered,
            State::Assigned => done,
            State::Rectified => done + 2 * DAY,
            State::Verified | State::Closed | State::Duplicate => return Ok(false),
        };
        if at > now {
            return Ok(false);
        }
        clocks::catch_up(&self.load.app, &format!("hazard/{}", self.id), Ms(at)).await?;
        // What a clock did since then counts in the version too.
        let version = stage::stage(&self.as_person(OFFICER, now)?, self.id).await.map_or(version, |s| s.version);
        let officer = self.as_person(OFFICER, at)?;
        let principal = self.as_person(&format!("principal@{}", self.firm), at)?;
        match state {
            State::Found => {
                let ground = "对照判定标准，现场核实属实".to_owned();
                commands::confirm(&officer, self.id, ConfirmLevel { to: level, ground, version }).await?;
            }
            State::Confirmed | State::Reopened => {
                commands::assign(&principal, self.id, Self::order(level, at, fix.cost_fen, version)).await?;
            }
            State::Assigned => self.rectify(&principal, round, fix.cost_fen, version).await?,
            _ => {
                let passed = !fix.reopened || round > 0;
                let note =
                    if passed { "现场复查，整改到位" } else { "复查时仍有遗漏，须继续整改" };
                fix::verify(&officer, self.id, Verify { passed, note: Some(note.to_owned()), version }).await?;
            }
        }
        Ok(true)
    }

    fn order(level: Level, at: i64, cost_fen: i64, version: i64) -> AssignHazard {
        let major = level == Level::Major;
        AssignHazard {
            owner_post: "安全管理部".to_owned(),
            owner: "部门负责人".to_owned(),
            measure: "按检查记录逐项整改，完成后自查并留存照片".to_owned(),
            money_fen: major.then_some(cost_fen),
            due_on: Some(Ms(at + TO_RECTIFY).beijing().chars().take(10).collect()),
            plan: major.then(|| "整改期间停用相关设备，设专人值守和警戒，备好应急器材".to_owned()),
            version,
        }
    }

    async fn rectify(&self, ctx: &Ctx, round: i64, cost_fen: i64, version: i64) -> Result<()> {
        let mut digests = vec![];
        for side in ["before", "after"] {
            let name = format!("{side}-{}-{round}.png", self.id);
            digests.push(files::store(ctx, &name, picture(&name)?).await?.digest);
        }
        let after = digests.split_off(1);
        let measure = "已按要求整改完毕，落实责任人和日常检查".to_owned();
        let form = Rectify { measure, cost_fen: Some(cost_fen), before: digests, after, version };
        Ok(fix::rectify(ctx, self.id, form).await?)
    }
}

/// A small picture of stripes that no other has: the demonstration invents places, so it has no photographs.
fn picture(name: &str) -> Result<Vec<u8>> {
    const SIDE: u32 = 48;
    let digest = evidence::leaf_hash(evidence::Suite::Sm3Sm2, name.as_bytes());
    let pixel = |at: u32| digest.get((at as usize) % digest.len()).copied().unwrap_or_default();
    let pixels: Vec<u8> =
        (0..SIDE * SIDE).flat_map(|at| [0, 1, 2].map(|c| 0x60 | pixel(at % SIDE / 2 + c * 7))).collect();
    let mut bytes = vec![];
    PngEncoder::new(&mut bytes).write_image(&pixels, SIDE, SIDE, ExtendedColorType::Rgb8)?;
    Ok(bytes)
}
