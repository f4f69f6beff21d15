//! Major hazard sources with who answers for them, gateways with their keys, points with their limits.
use super::{DAY, Load, grouped};
use crate::demo::county::{Demo, Firm, Sensor, gateway};
use crate::demo::{history, log, roster, titles};
use crate::simulate::keys::{self, Keys};
use anyhow::{Context, Result};
use lines::online::api::{LimitForm, NewDevice, NewTag, add_device, register_tag, revoke_device};
use platform::{Actor, Ms, Role};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use standards::date::Date;
use std::collections::{BTreeMap, HashMap};
use systems::major_hazards::{self, Chemical, NewSource, Origin, Post, Responsible, Tank, Unit, UnitKind};

/// A source whose file waits for the county, and one whose evaluation is long due.
const WAITING: &str = "E011";
const OVERDUE: &str = "E008";

/// Kinds of points that belong to a hazard source.
const OF_A_SOURCE: [&str; 8] = [
    "tank_pressurised",
    "tank_liquid",
    "reactor",
    "gas_combustible",
    "gas_toxic_cl2",
    "gas_toxic_nh3",
    "nh3_compressor",
    "gate_people",
];

fn belongs(sensor: &Sensor) -> bool {
    OF_A_SOURCE.contains(&sensor.template.as_str())
}

impl Load {
    pub(super) async fn hazard_sources(&self) -> Result<()> {
        let known = log::hazard_sources(self.app.db()).await?;
        let confirmed = log::subjects(self.app.db(), "hazard_source.confirmed").await?;
        let firms: Vec<&Firm> = self.demo.firms.iter().filter(|f| f.major_hazard_level.is_some()).collect();
        self.progress.stage(35, 2, "重大危险源", firms.len());
        let then = self.online()?.now();
        let officer = self.person(&format!("officer@{}", roster::BUREAU), then.plus(3_600_000)).await?;
        for firm in firms {
            let manager = self.person(&format!("safety_manager@{}", firm.id), then).await?;
            let id = match known.get(&firm.id) {
                Some(id) => id.parse()?,
                None => major_hazards::file(&manager, source(&self.demo, firm, self.now)?)
                    .await
                    .with_context(|| firm.id.clone())?,
            };
            if firm.id != WAITING && !confirmed.contains(&format!("hazard-source/{id}")) {
                major_hazards::confirm(&officer, id, Some("已到现场核对，与档案一致")).await?;
            }
            self.progress.step(1);
        }
        Ok(())
    }

    pub(super) async fn devices_and_tags(&self) -> Result<()> {
        let sources = log::hazard_sources(self.app.db()).await?;
        let gateways = self.gateways().await?;
        let known = log::subjects(self.app.db(), "iot.tag.registered").await?;
        let tags: Vec<NewTag> = self
            .demo
            .sensors
            .iter()
            .filter(|s| !known.contains(&format!("tag/{}", s.tag)))
            .filter_map(|s| self.tag(s, gateways.get(&s.enterprise)?, &sources))
            .collect();
        self.progress.stage(38, 7, "监测点位", tags.len());
        let ctx = self.online()?;
        self.each(tags, |tag| {
            let ctx = ctx.clone();
            async move { Ok(register_tag(&ctx, tag, "demo").await?) }
        })
        .await
    }

    fn tag(&self, sensor: &Sensor, device: &str, sources: &HashMap<String, String>) -> Option<NewTag> {
        let firm = self.demo.firms.iter().find(|f| f.id == sensor.enterprise)?;
        Some(NewTag {
            tag: sensor.tag.clone(),
            name: titles::of(sensor),
            enterprise: sensor.enterprise.clone(),
            device: Some(device.to_owned()),
            hazard_source: sources.get(&sensor.enterprise).filter(|_| belongs(sensor)).cloned(),
            metric: sensor.metric.clone(),
            unit: sensor.unit.clone(),
            sample_s: sensor.sample_s,
            consequence: history::consequence(firm, sensor),
            limits: LimitForm::from(&history::limits(sensor)),
        })
    }

    /// One gateway per firm with sensors. Its key is shown once and kept for the simulators; a gateway
    /// whose key was lost because loading was cut off at that moment is revoked and replaced.
    async fn gateways(&self) -> Result<BTreeMap<String, String>> {
        let known = log::subjects(self.app.db(), "iot.device.onboarded").await?;
        let firms = grouped(&self.demo.sensors, |s| s.enterprise.clone());
        self.progress.stage(37, 1, "接入网关", firms.len());
        let mut keys = keys::read(self.app.data())?;
        let mut gateways = BTreeMap::new();
        for firm in firms.into_keys() {
            if let Some((device, _)) = keys::gateway(&keys, &firm) {
                gateways.insert(firm, device.to_owned());
                continue;
            }
            let id = self.fresh_gateway(&firm, &known).await?;
            let new = NewDevice {
                id: id.clone(),
                name: "数据采集网关".to_owned(),
                enterprise: firm.clone(),
                model: Some("演示网关".to_owned()),
                calibration_valid_to: Date::beijing(self.now.plus(240 * DAY).0).map(|d| d.to_string()),
            };
            let issued = add_device(&self.online()?, &new).await?;
            keys::add(self.app.data(), Keys::from([(id.clone(), issued.password.clone())]))?;
            keys.insert(id.clone(), issued.password);
            gateways.insert(firm, id);
            self.progress.step(1);
        }
        Ok(gateways)
    }

    async fn fresh_gateway(&self, firm: &str, known: &std::collections::HashSet<String>) -> Result<String> {
        let mut id = gateway(firm);
        for no in 2.. {
            if !known.contains(&format!("device/{id}")) {
                break;
            }
            // Revoked already where this is the third try; then there is nothing left to do.
            let _ = revoke_device(&self.app.ctx(Actor::system()), &id, "密钥未能保存，已换新网关").await;
            id = format!("{}{no}", gateway(firm));
        }
        Ok(id)
    }

    /// When readings and alarms of the history begin.
    pub(super) fn start(&self) -> Ms {
        self.now.plus(-self.days * DAY)
    }
}

/// The file of a firm's source, as its safety manager fills it in.
pub(super) fn source(demo: &Demo, firm: &Firm, now: Ms) -> Result<NewSource> {
    let sensors: Vec<&Sensor> = demo.sensors.iter().filter(|s| s.enterprise == firm.id && belongs(s)).collect();
    let (lon, lat) = demo.county.map_anchor.degrees(firm.x_m, firm.y_m);
    let day = |ago: i64| Date::beijing(now.plus(-ago * DAY).0).map(|d| d.to_string());
    let residents = match firm.exposed_people_500m.as_str() {
        ">=100" => 126,
        "50-99" => 68,
        "30-49" => 37,
        "1-29" => 12,
        _ => 0,
    };
    let unit = Unit {
        name: "储罐区".to_owned(),
        kind: UnitKind::TankArea,
        chemicals: chemicals(firm)?,
        tanks: tanks(&sensors),
        tags: sensors.iter().filter(|s| !s.template.starts_with("tank_")).map(|s| s.tag.clone()).collect(),
    };
    let number = firm.id.trim_start_matches('E');
    Ok(NewSource {
        enterprise: Some(firm.id.clone()),
        name: format!("{}储罐区", firm.name.trim_end_matches("有限公司")),
        region: None,
        site: None,
        lon: Some(lon),
        lat: Some(lat),
        population_500m: Some(residents),
        units: vec![unit],
        responsible: responsible(demo, firm),
        filed_no: Some(format!("BA岚江〔2025〕{number}")),
        filed_on: day(320),
        evaluated_on: day(if firm.id == OVERDUE { 1_130 } else { 420 }),
        revision: None,
        origin: Origin::Demo,
    })
}

fn responsible(demo: &Demo, firm: &Firm) -> Vec<Responsible> {
    let posts = [
        (Post::Principal, Role::Principal, "每季度至少带队检查一次，落实资金和人员"),
        (Post::Technical, Role::SafetyManager, "每月检查监测、联锁和报警设施，审批限值变更"),
        (Post::Operation, Role::TeamLeader, "每班检查现场，处置报警"),
    ];
    posts
        .into_iter()
        .map(|(post, role, duty)| {
            let person = roster::holder(demo, firm, role);
            Responsible { post, name: person.name, phone: Some(person.phone), duty: Some(duty.to_owned()) }
        })
        .collect()
}

/// Class symbols of GB 18218-2018 table 2, where table 3 does not give the factor β by name.
fn class(chemical: &str) -> Option<&'static str> {
    match chemical {
        "氢气" | "液化石油气" => Some("W2"),
        "甲苯" | "甲醇" | "丙酮" | "汽油" => Some("W5.3"),
        _ => None,
    }
}

fn chemicals(firm: &Firm) -> Result<Vec<Chemical>> {
    let all = firm.chemicals_t.iter().map(|(name, tonnes)| {
        let q_t = tonnes.as_f64().and_then(Decimal::from_f64).with_context(|| format!("{name} 的吨数"))?;
        let classes = class(name).map(str::to_owned).into_iter().collect();
        Ok(Chemical { name: name.clone(), q_t, classes, ..Chemical::default() })
    });
    all.collect()
}

fn tanks(sensors: &[&Sensor]) -> Vec<Tank> {
    let of_tanks = sensors.iter().filter(|s| s.template.starts_with("tank_"));
    let tanks = grouped(of_tanks, |s| (s.template.clone(), s.unit_no));
    let tank = |((template, no), points): ((String, u32), Vec<&&Sensor>)| Tank {
        name: format!("{}-{no:02}", if template == "tank_pressurised" { "V" } else { "T" }),
        tags: points.iter().map(|s| s.tag.clone()).collect(),
    };
    tanks.into_iter().map(tank).collect()
}
