//! Organisations, enterprises, sign-ins, experts, sites and consents.
use super::{DAY, Load, PASSWORD};
use crate::demo::county::Firm;
use crate::demo::light::LightFirm;
use crate::demo::people::person;
use crate::demo::roster::{self, Login};
use crate::demo::{log, seeded};
use anyhow::Result;
use platform::Role;
use platform::secrets::hash_password;
use subjects::enterprise::consent::{self, ConsentForm};
use subjects::enterprise::sites::{self, SiteForm};
use subjects::enterprise::{EnterpriseForm, NewEnterprise, Origin, people, register_many};
use subjects::government::orgs;
use subjects::government::users::{self, OpenUser};

/// Records written in one transaction: few enough to keep no other writer waiting.
const BATCH: usize = 40;
/// Where the register's values came from, as people read it.
const SOURCE: &str = "演示数据（虚构）";
/// Small firms that rent ground from the landlord of the story.
const TENANTS: usize = 11;

impl Load {
    pub(super) async fn organisations(&self) -> Result<()> {
        let known = log::orgs(self.app.db()).await?;
        let new: Vec<_> = roster::organisations(&self.demo).into_iter().filter(|o| !known.contains(&o.id)).collect();
        self.progress.stage(0, 2, "机构", 1);
        if !new.is_empty() {
            orgs::register_many(&self.past()?, new).await?;
        }
        Ok(())
    }

    pub(super) async fn enterprises(&self) -> Result<()> {
        let known = log::orgs(self.app.db()).await?;
        let full = self.demo.firms.iter().filter(|f| !known.contains(&f.id)).map(|f| self.full(f));
        let light = self.light.iter().filter(|f| !known.contains(&f.id)).map(|f| self.small(f));
        let new = full.chain(light).collect::<Result<Vec<_>>>()?;
        self.progress.stage(2, 13, "企业", new.len());
        let ctx = self.past()?;
        for batch in new.chunks(BATCH) {
            register_many(&ctx, batch.to_vec()).await?;
            self.progress.step(batch.len());
        }
        Ok(())
    }

    fn full(&self, firm: &Firm) -> Result<NewEnterprise> {
        let town = self.demo.town(&firm.town).map(|t| t.code.clone()).unwrap_or_default();
        let head = roster::holder(&self.demo, firm, Role::Principal);
        let (lon, lat) = self.demo.county.map_anchor.degrees(firm.x_m, firm.y_m);
        let form = EnterpriseForm {
            name: Some(firm.name.clone()),
            uscc: Some(firm.uscc.clone()),
            region: Some(town),
            industry: Some(firm.industry.clone()),
            gbt4754: Some(firm.gbt4754.clone()),
            employees: Some(i64::from(firm.employees)),
            sectors: Some(roster::sectors(&firm.industry, &firm.tags)),
            tags: Some(firm.tags.clone()),
            address: Some(self.address(&firm.town, &firm.id)),
            lon: Some(lon),
            lat: Some(lat),
            contact_name: Some(head.name),
            contact_phone: Some(head.phone),
        };
        new_enterprise(&firm.id, &form)
    }

    fn small(&self, firm: &LightFirm) -> Result<NewEnterprise> {
        let head = person(self.demo.seed, &format!("principal@{}", firm.id));
        let (lon, lat) = self.demo.county.map_anchor.degrees(firm.x_m, firm.y_m);
        let form = EnterpriseForm {
            name: Some(firm.name.clone()),
            uscc: Some(firm.uscc.clone()),
            region: Some(firm.region.clone()),
            industry: Some(firm.industry.clone()),
            gbt4754: Some(firm.gbt4754.clone()),
            employees: Some(i64::from(firm.employees)),
            sectors: Some(roster::sectors(&firm.industry, &firm.tags)),
            tags: Some(firm.tags.clone()),
            address: Some(self.address(&firm.town, &firm.id)),
            lon: Some(lon),
            lat: Some(lat),
            contact_name: Some(head.name),
            contact_phone: Some(head.phone),
        };
        new_enterprise(&firm.id, &form)
    }

    fn address(&self, town: &str, id: &str) -> String {
        const ROADS: [&str; 8] = ["兴业路", "振兴路", "滨江路", "工业路", "望山路", "安澜路", "新港路", "桥头路"];
        let mut chance = seeded::Chance::of(self.demo.seed, &format!("address of {id}"));
        format!("{}{town}{}{}号", self.demo.county.name, chance.word(&ROADS), chance.between(1, 400))
    }

    pub(super) async fn accounts(&self) -> Result<()> {
        let known = log::usernames(self.app.db()).await?;
        let all = roster::logins(&self.demo, &self.light);
        let new: Vec<Login> = all.into_iter().filter(|l| !known.contains(&l.username)).collect();
        self.progress.stage(15, 10, "账号", new.len());
        // One password, hashed once: what is slow on purpose would take minutes a thousand times.
        let hash =
            tokio::task::spawn_blocking(|| hash_password(PASSWORD)).await?.map_err(|e| anyhow::anyhow!("{e}"))?;
        let ctx = self.past()?;
        for batch in new.chunks(BATCH) {
            let mut users = vec![];
            for login in batch {
                users.push(self.user(login, &hash).await?);
            }
            users::open_many(&ctx, users).await?;
            self.progress.step(batch.len());
        }
        Ok(())
    }

    async fn user(&self, login: &Login, hash: &str) -> Result<(platform::auth::Org, people::NewPerson, OpenUser)> {
        let person = roster::person_of(&self.demo, &login.username, login.role);
        let user = OpenUser {
            username: login.username.clone(),
            person: person.id.unwrap_or_default(),
            person_name: person.name.clone(),
            phone: person.phone.clone(),
            region: login.region.clone(),
            sectors: login.sectors.clone(),
            roles: vec![login.role],
            password_hash: hash.to_owned(),
            must_change: false,
        };
        Ok((self.org(&login.org).await?, person, user))
    }

    pub(super) async fn experts(&self) -> Result<()> {
        let known = log::subjects(self.app.db(), "person.registered").await?;
        let mut new = vec![];
        for (org, person) in roster::experts(&self.demo) {
            if person.id.is_some_and(|id| !known.contains(&format!("person/{id}"))) {
                new.push((self.org(&org).await?.placed(), person));
            }
        }
        self.progress.stage(25, 1, "专家", 1);
        if !new.is_empty() {
            people::register_many(&self.past()?, new).await?;
        }
        Ok(())
    }

    /// One site for every firm in full, two for the bus company, and the small firms that rent ground.
    pub(super) async fn sites(&self) -> Result<()> {
        let mut plan: Vec<(String, Vec<SiteForm>)> = vec![];
        let tenants: Vec<&LightFirm> = self.light.iter().filter(|f| f.town == "上坪乡").take(TENANTS).collect();
        for firm in &self.demo.firms {
            let mut sites = vec![self.site(firm, "厂区", firm.x_m, firm.y_m)];
            if firm.id == roster::LANDLORD {
                for site in &mut sites {
                    site.tenant_ids = tenants.iter().map(|t| t.id.clone()).collect();
                }
            }
            if firm.id == "E053" {
                let depot = SiteForm {
                    address: self.address("渡头镇", "depot"),
                    ..self.site(firm, "渡头停车场", 2_400.0, 8_300.0)
                };
                sites.push(depot);
            }
            plan.push((firm.id.clone(), sites));
        }
        if let Some(landlord) = self.demo.firms.iter().find(|f| f.id == roster::LANDLORD) {
            plan.extend(tenants.iter().map(|t| {
                let rented = SiteForm {
                    landlord_id: Some(landlord.id.clone()),
                    ..self.site(landlord, "租用厂房", t.x_m, t.y_m)
                };
                (t.id.clone(), vec![rented])
            }));
        }
        let open = log::count_by_enterprise(self.app.db(), "ent.site.opened").await?;
        self.progress.stage(26, 3, "场所", plan.len());
        let ctx = self.past()?;
        self.each(plan, |(id, sites)| {
            let (ctx, done) = (ctx.clone(), open.get(&id).copied().unwrap_or(0));
            async move {
                for site in sites.iter().skip(done) {
                    sites::open(&ctx, &id, site).await?;
                }
                Ok(())
            }
        })
        .await
    }

    fn site(&self, firm: &Firm, name: &str, x_m: f64, y_m: f64) -> SiteForm {
        let (lon, lat) = self.demo.county.map_anchor.degrees(x_m, y_m);
        let region = self.map.town_at(x_m, y_m).map(str::to_owned);
        SiteForm {
            name: name.to_owned(),
            address: self.address(&firm.town, &firm.id),
            region: region.or_else(|| self.demo.town(&firm.town).map(|t| t.code.clone())).unwrap_or_default(),
            landlord_id: None,
            tenant_ids: vec![],
            lon: Some(lon),
            lat: Some(lat),
            area_m2: Some(i64::from(firm.employees) * 60 + 800),
        }
    }

    /// Every insured firm lets its insurer see the summary of its file, for a year.
    pub(super) async fn consents(&self) -> Result<()> {
        let given = log::count_by_enterprise(self.app.db(), "consent.given").await?;
        let full = self.demo.firms.iter().map(|f| (&f.id, &f.insurer));
        let insured = full.chain(self.light.iter().map(|f| (&f.id, &f.insurer)));
        let new: Vec<(String, String)> = insured
            .filter(|(id, _)| !given.contains_key(*id))
            .filter_map(|(id, insurer)| Some((id.clone(), insurer.clone()?)))
            .collect();
        self.progress.stage(29, 6, "授权保险机构", new.len());
        let then = self.past()?.now();
        let until = Some(self.now.plus(365 * DAY));
        self.each(new, |(id, insurer)| async move {
            let ctx = self.person(&format!("principal@{id}"), then).await?;
            let form = ConsentForm {
                to: insurer,
                purpose: "underwriting".to_owned(),
                fields: vec!["summary".to_owned()],
                until,
            };
            consent::give(&ctx, &id, &form).await?;
            Ok(())
        })
        .await
    }
}

fn new_enterprise(id: &str, form: &EnterpriseForm) -> Result<NewEnterprise> {
    Ok(NewEnterprise {
        id: Some(id.to_owned()),
        profile: form.check(None)?,
        origin: Origin::Register(SOURCE.to_owned()),
    })
}
