//! The experts' library: who knows what, with which certificate, and the instruments they carry.
use super::{DAY, Load};
use crate::demo::seeded::Chance;
use crate::demo::{log, roster};
use anyhow::Result;
use libraries::experts::{self, ExpertForm, InstrumentForm};
use platform::{Ctx, Role};
use subjects::enterprise::people::NewPerson;
use subjects::service_org::qualified::{self, QualificationForm};

/// Certificates that experts hold, as the library names them.
const CERTIFICATES: [(&str, &str); 3] = [
    ("registered_safety_engineer", "注册安全工程师"),
    ("senior_title", "高级工程师"),
    ("safety_assessor", "安全评价师"),
];
/// Instruments that an organisation carries.
const INSTRUMENTS: [&str; 4] = ["gas_detector", "thermal_imager", "earth_tester", "thickness_gauge"];

impl Load {
    pub(super) async fn library(&self) -> Result<()> {
        let known = log::subjects(self.app.db(), "expert.registered").await?;
        let taxonomy = experts::taxonomy_at(self.now)?;
        let mut all = roster::experts(&self.demo);
        for org in &self.demo.service_orgs {
            let login = format!("{}@{}", Role::Expert.code(), org.id);
            all.push((org.id.clone(), roster::person_of(&self.demo, &login, Role::Expert)));
        }
        let new: Vec<_> = all
            .into_iter()
            .filter(|(_, person)| person.id.is_some_and(|id| !known.contains(&format!("expert/{id}"))))
            .collect();
        self.progress.stage(26, 1, "专家库", new.len());
        let ctx = self.past()?;
        self.each(new, |(org, person)| {
            let ctx = ctx.clone();
            async move { self.expert(&ctx, taxonomy, &org, &person).await }
        })
        .await?;
        self.instruments(&ctx).await
    }

    async fn expert(&self, ctx: &Ctx, taxonomy: &experts::Taxonomy, org: &str, person: &NewPerson) -> Result<()> {
        let mut chance = Chance::of(self.demo.seed, &format!("library {:?}", person.id));
        let mut skills: Vec<String> =
            person.specialities.iter().filter(|s| taxonomy.skills.iter().any(|t| t.name == **s)).cloned().collect();
        if skills.is_empty() {
            skills.extend(chance.of_list(&taxonomy.skills).map(|s| s.name.clone()));
        }
        let Some(&(kind, title)) = chance.of_list(&CERTIFICATES) else { return Ok(()) };
        let certificate = QualificationForm {
            person: person.id,
            kind: kind.to_owned(),
            number: format!("示{:06}", chance.between(100_000, 999_999)),
            skills: vec![],
            valid_to: self.day(chance.between(60, 900)),
            verified_against: Some("示例：机构提交的证书复印件".to_owned()),
        };
        qualified::qualify(ctx, org, &certificate).await?;
        let form = ExpertForm {
            person: person.id,
            org: Some(org.to_owned()),
            skills,
            title: Some(title.to_owned()),
            regions: vec![],
            until: Some(self.day(chance.between(200, 1_000))),
            revision: None,
        };
        experts::register(ctx, &form).await?;
        Ok(())
    }

    async fn instruments(&self, ctx: &Ctx) -> Result<()> {
        let done = log::subjects(self.app.db(), "instrument.registered").await?.len();
        let all = self.demo.service_orgs.iter().flat_map(|org| INSTRUMENTS.map(|kind| (org, kind)));
        for (org, kind) in all.skip(done) {
            let mut chance = Chance::of(self.demo.seed, &format!("{kind} of {}", org.id));
            let form = InstrumentForm {
                org: Some(org.id.clone()),
                kind: kind.to_owned(),
                serial: format!("{}-{:05}", org.id, chance.between(10_000, 99_999)),
                calibrated_to: self.day(chance.between(20, 360)),
            };
            experts::calibrate(ctx, &form).await?;
        }
        Ok(())
    }

    /// A day so many days from the history's now, as forms write it.
    fn day(&self, days: i64) -> String {
        self.now.plus(days * DAY).beijing().chars().take(10).collect()
    }
}
