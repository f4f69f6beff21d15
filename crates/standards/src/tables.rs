//! Rule tables: figures of standards and laws as data, chosen by date and region.
//!
//! The shipped tables are one value of [`Tables`]; a published edition is another. A rule never
//! holds a figure that an authority may change, and a figure nobody has confirmed says so.

use crate::codes::Region;
use crate::date::Date;
use crate::problem::Problem;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use once_cell::race::OnceBox;
use serde::{Deserialize, Serialize};

/// Version of the shipped rule set. Changes with every change of a shipped table or rule.
pub const RULE_SET: &str = "2026.11.3";

/// How well a figure is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// General knowledge or inference: a person must confirm it before anybody relies on it.
    Unconfirmed,
    /// Read on a public page or in an excerpt.
    PublicPage,
    /// Read in a full text of the standard or law.
    FullText,
}

/// One edition of one table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table<R> {
    /// Standard or law with its year, such as `GB 18218-2018`.
    pub standard: String,
    /// Clause.
    pub clause: String,
    /// Name of the edition, unique within the table.
    pub edition: String,
    /// First day in force.
    pub valid_from: Date,
    /// Last day in force; none while it stands.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// Where it holds; none for the whole country.
    #[serde(default)]
    pub region: Option<Region>,
    /// Where the figures were read.
    pub source: String,
    /// How well they are known.
    pub confidence: Confidence,
    /// The figures.
    pub rows: Vec<R>,
}

/// What every result says about the rule behind it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RuleRef {
    /// Standard or law with its year.
    pub standard: String,
    /// Clause.
    pub clause: String,
    /// Edition of the table that was used.
    pub edition: String,
    /// First day that edition is in force.
    pub valid_from: Date,
    /// Last day it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Where it holds, if not everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// How well the figures are known.
    pub confidence: Confidence,
}

impl<R> Table<R> {
    /// The reference a result carries.
    pub fn rule(&self) -> RuleRef {
        RuleRef {
            standard: self.standard.clone(),
            clause: self.clause.clone(),
            edition: self.edition.clone(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            region: self.region,
            confidence: self.confidence,
        }
    }

    /// The warning a result carries when the table is not confirmed.
    pub fn unconfirmed(&self) -> Option<String> {
        (self.confidence == Confidence::Unconfirmed)
            .then(|| format!("“{}”的数值未经核实，使用前须由专业人员对照原文确认", self.edition))
    }

    fn in_force(&self, on: Date) -> bool {
        self.valid_from <= on && self.valid_to.is_none_or(|end| on <= end)
    }
}

impl RuleRef {
    /// The same reference pointing at a narrower clause.
    pub fn at(mut self, clause: &str) -> RuleRef {
        self.clause = clause.to_string();
        self
    }

    /// The same reference, marked unconfirmed when a figure used was.
    pub fn weaker(mut self, confidence: Confidence) -> RuleRef {
        self.confidence = self.confidence.min(confidence);
        self
    }
}

/// All editions of one table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Editions<R>(pub Vec<Table<R>>);

impl<R> Default for Editions<R> {
    fn default() -> Self {
        Editions(Vec::new())
    }
}

/// When and where a rule is asked for. Without a date the newest edition answers.
#[derive(Clone, Copy, Default, Debug)]
pub struct Scope {
    /// The day that selects the edition.
    pub on: Option<Date>,
    /// The region whose own variant goes before the national one.
    pub region: Option<Region>,
}

impl Scope {
    /// The rules in force on a day, national.
    pub fn on(date: Date) -> Scope {
        Scope { on: Some(date), region: None }
    }
}

impl<R> Editions<R> {
    /// The edition that answers: in force on the day, confirmed before unconfirmed, the closest region
    /// first, then the newest.
    pub fn select(&self, scope: Scope) -> Result<&Table<R>, Problem> {
        let holds = |t: &&Table<R>| scope.on.is_none_or(|day| t.in_force(day)) && applies_in(t.region, scope.region);
        let best = self.0.iter().filter(holds).max_by_key(|t| weight(t));
        best.ok_or_else(|| self.none_in_force(scope))
    }

    /// The row of a given name in the edition that answers for that row: a regional variant may
    /// carry a single row and leave the rest to the national edition. `field` is named in the error.
    pub fn find<'a>(
        &'a self,
        scope: Scope,
        field: &str,
        name: &str,
        key: impl Fn(&'a R) -> &'a str,
    ) -> Result<(&'a Table<R>, &'a R), Problem> {
        let holds = |t: &&'a Table<R>| scope.on.is_none_or(|day| t.in_force(day)) && applies_in(t.region, scope.region);
        let rows = self.0.iter().filter(holds).filter_map(|t| t.rows.iter().find(|r| key(r) == name).map(|r| (t, r)));
        let best = rows.max_by_key(|(t, _)| weight(t));
        best.ok_or_else(|| {
            Problem::field(field, format!("没有适用的“{name}”：名称不对，或在所给日期、地区没有施行的版本"))
        })
    }

    /// Every edition that applies, national and local; without a date those that have not ended.
    pub fn in_force(&self, scope: Scope) -> Vec<&Table<R>> {
        let holds = |t: &&Table<R>| scope.on.map_or(t.valid_to.is_none(), |day| t.in_force(day));
        self.0.iter().filter(holds).filter(|t| applies_in(t.region, scope.region)).collect()
    }

    fn none_in_force(&self, scope: Scope) -> Problem {
        let known = self.0.iter().map(|t| t.valid_from).min();
        let text = match (scope.on, known) {
            (Some(on), Some(first)) => {
                format!("{on} 没有适用的版本：已收录的最早版本自 {first} 起施行")
            }
            _ => "没有收录适用的版本".to_string(),
        };
        Problem::field("on", text)
    }
}

/// What makes one edition answer before another. An unconfirmed edition never displaces a confirmed
/// one; then the closest region counts, then the newest.
fn weight<R>(table: &Table<R>) -> (bool, usize, Date) {
    let confirmed = table.confidence != Confidence::Unconfirmed;
    (confirmed, table.region.map_or(0, |r| r.as_str().len()), table.valid_from)
}

fn applies_in(region: Option<Region>, asked: Option<Region>) -> bool {
    region.is_none_or(|own| asked.is_some_and(|place| own.contains(&place)))
}

/// One line of the list of tables.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TableInfo {
    /// Name of the table.
    pub table: String,
    /// The edition.
    #[serde(flatten)]
    pub rule: RuleRef,
    /// Where the figures were read.
    pub source: String,
    /// How many rows it has.
    pub rows: usize,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident: $row:ty = $file:literal, $title:literal;)*) => {
        /// Every rule table, in every edition.
        #[derive(Clone, Debug, Default, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Tables {
            /// Version of this set of tables.
            pub version: String,
            $($(#[$doc])* pub $name: Editions<$row>,)*
        }

        impl Tables {
            fn load() -> Result<Tables, serde_json::Error> {
                Ok(Tables {
                    version: RULE_SET.to_string(),
                    $($name: serde_json::from_str(include_str!(concat!("../data/", $file)))?,)*
                })
            }

            /// Every edition of every table, with source and confidence.
            pub fn list(&self) -> Vec<TableInfo> {
                let mut list = Vec::new();
                $(list.extend(self.$name.0.iter().map(|t| info(stringify!($name), t)));)*
                list
            }

            /// Every table by name, with its name for people.
            pub const TITLES: &'static [(&'static str, &'static str)] = &[$((stringify!($name), $title),)*];

            /// The editions of one table as JSON.
            pub fn export(&self, table: &str) -> Option<String> {
                match table {
                    $(stringify!($name) => serde_json::to_string(&self.$name).ok(),)*
                    _ => None,
                }
            }

            /// These tables with one more edition, given as JSON in the shape of [`Tables::export`]'s
            /// items; an edition of the same name is refused. `version` names the new rule set.
            pub fn with_edition(&self, version: &str, table: &str, json: &str) -> Result<Tables, Problem> {
                let mut next = self.clone();
                next.version = version.to_string();
                match table {
                    $(stringify!($name) => add(&mut next.$name, json)?,)*
                    _ => return Err(Problem::field("table", format!("没有名为“{table}”的规则表"))),
                }
                Ok(next)
            }
        }
    };
}

fn info<R>(name: &str, table: &Table<R>) -> TableInfo {
    TableInfo { table: name.to_string(), rule: table.rule(), source: table.source.clone(), rows: table.rows.len() }
}

fn add<R: for<'a> Deserialize<'a>>(editions: &mut Editions<R>, json: &str) -> Result<(), Problem> {
    let table: Table<R> =
        serde_json::from_str(json).map_err(|e| Problem::field("edition", format!("规则表格式不符：{e}")))?;
    if editions.0.iter().any(|t| t.edition == table.edition) {
        return Err(Problem::field("edition", format!("已有名为“{}”的版本；旧版本不改写，请换新名称", table.edition)));
    }
    if table.valid_to.is_some_and(|end| end < table.valid_from) {
        return Err(Problem::field("valid_to", "失效日期早于生效日期"));
    }
    editions.0.push(table);
    Ok(())
}

tables! {
    /// Yearly notices of public holidays and transferred working days.
    calendar: crate::calendar::Holiday = "calendar.json", "节假日与调休";
    /// Statutory periods by name.
    deadlines: crate::calendar::DeadlineRule = "deadlines.json", "法定期限";
    /// GB 18218 Table 1.
    gb18218_substances: crate::gb18218::tables::Substance = "gb18218_substances.json", "危险化学品及临界量（表1）";
    /// GB 18218 Tables 2 and 4.
    gb18218_classes: crate::gb18218::tables::Class = "gb18218_classes.json", "危险化学品类别临界量与 β（表2、表4）";
    /// GB 18218 Table 3.
    gb18218_betas: crate::gb18218::tables::NamedBeta = "gb18218_betas.json", "毒性气体 β（表3）";
    /// GB 18218 Table 5.
    gb18218_alphas: crate::gb18218::tables::Alpha = "gb18218_alphas.json", "暴露人员 α（表5）";
    /// GB 18218 Table 6.
    gb18218_levels: crate::gb18218::tables::LevelRow = "gb18218_levels.json", "重大危险源分级（表6）";
    /// Likely classes of Table 1 substances, unconfirmed.
    gb18218_hints: crate::gb18218::tables::Hint = "gb18218_hints.json", "表1物质可能的类别（提示）";
    /// GB 18218 4.1.
    gb18218_units: crate::gb18218::tables::UnitBorder = "gb18218_units.json", "单元划分";
    /// LEC: values of the factors.
    lec_values: crate::risk::ValueRow = "lec_values.json", "LEC 取值";
    /// LEC: bands of D.
    lec_bands: crate::risk::BandRow = "lec_bands.json", "LEC 分级";
    /// LS: the variants in use.
    ls_variants: crate::risk::VariantRow = "ls_variants.json", "LS 分级方案";
    /// LS: loss thresholds of S.
    ls_losses: crate::risk::LossRow = "ls_losses.json", "LS 损失取值";
    /// Colour and controlling layer of a grade.
    risk_layers: crate::risk::LayerRow = "risk_layers.json", "风险颜色与管控层级";
    /// Direct determination of a major risk.
    risk_direct: crate::risk::DirectRow = "risk_direct.json", "重大风险直接判定条件";
    /// 应急〔2018〕19号: conditions.
    chem_score: crate::risk::ScoreRow = "chem_score.json", "诊断分级评分条件";
    /// 应急〔2018〕19号: bands.
    chem_score_bands: crate::risk::ScoreBand = "chem_score_bands.json", "诊断分级分数段";
    /// 应急〔2018〕19号: direct red.
    chem_score_red: crate::risk::RedRow = "chem_score_red.json", "诊断分级直接判红";
    /// GB 30871: permits.
    gb30871_permits: crate::gb30871::PermitRow = "gb30871_permits.json", "特殊作业票";
    /// GB 30871: single limits.
    gb30871_limits: crate::gb30871::LimitRow = "gb30871_limits.json", "特殊作业单项限值";
    /// GB 30871: heights.
    gb30871_heights: crate::gb30871::HeightRow = "gb30871_heights.json", "高处作业高度分级";
    /// GB 30871: factors of work at height.
    gb30871_height_factors: crate::gb30871::FactorRow = "gb30871_height_factors.json", "高处作业因素";
    /// GB 30871: distances to live parts.
    gb30871_live_parts: crate::gb30871::LiveRow = "gb30871_live_parts.json", "与带电体距离";
    /// Order 493: levels and their duties.
    accident_levels: crate::accidents::LevelRow = "accident_levels.json", "事故等级";
    /// Order 493: periods of every level.
    accident_periods: crate::accidents::PeriodRow = "accident_periods.json", "事故各级时限";
    /// Order 21: serious near misses.
    accident_near: crate::accidents::NearRow = "accident_near.json", "较大涉险事故";
    /// Order 14 of 2024: fines.
    accident_fines: crate::accidents::FineRow = "accident_fines.json", "事故罚款";
    /// GB 6441: types.
    gb6441_types: crate::accidents::TypeRow = "gb6441_types.json", "事故类型";
    /// GB 6441: rates.
    gb6441_rates: crate::accidents::RateRow = "gb6441_rates.json", "事故统计指标";
    /// Classes of lost workdays.
    lost_days: crate::accidents::LostDayRow = "lost_days.json", "损失工作日分级";
    /// GB 6721: items of loss.
    gb6721_items: crate::accidents::ItemRow = "gb6721_items.json", "事故经济损失项目";
    /// Exposure limits of gases.
    gas_limits: crate::monitoring::GasLimitRow = "gas_limits.json", "气体职业接触限值";
    /// GB/T 50493: set points.
    gas_set_points: crate::monitoring::SetPointRow = "gas_set_points.json", "气体报警设定值";
    /// Urgency of alarms.
    alarm_priorities: crate::monitoring::PriorityRow = "alarm_priorities.json", "报警优先级";
    /// Instruments of tanks.
    tank_instruments: crate::monitoring::InstrumentRow = "tank_instruments.json", "储罐监测仪表";
    /// Work Safety Law: fines.
    wsl_fines: crate::enforcement::FineRow = "wsl_fines.json", "安全生产法罚款";
    /// Lists of major hidden dangers.
    major_dangers: crate::enforcement::DangerRow = "major_dangers.json", "重大事故隐患判定标准";
    /// Supervision frequency.
    inspection_frequency: crate::enforcement::FrequencyRow = "inspection_frequency.json", "监督检查频次";
    /// Single figures of enforcement.
    enforcement_rules: crate::enforcement::FigureRow = "enforcement_rules.json", "执法检查单项数值";
    /// Sectors that must insure.
    insurance_sectors: crate::insurance::SectorRow = "insurance_sectors.json", "应投保行业";
    /// Smallest limits per person.
    insurance_limits: crate::insurance::LimitRow = "insurance_limits.json", "每人最低限额";
    /// Prevention-service fees.
    prevention_fees: crate::insurance::FeeRow = "prevention_fees.json", "事故预防服务费用";
    /// Premium schemes.
    premium_schemes: crate::insurance::SchemeRow = "premium_schemes.json", "保险费方案";
    /// Training hours.
    training: crate::duties::DutyRow = "training.json", "培训学时";
    /// Drill intervals.
    drills: crate::duties::DutyRow = "drills.json", "应急演练周期";
    /// Inspection periods of special equipment.
    equipment: crate::duties::DutyRow = "equipment.json", "特种设备检验周期";
    /// Head-count limits.
    headcounts: crate::duties::DutyRow = "headcounts.json", "在场人数上限";
    /// Staffing.
    staffing: crate::duties::DutyRow = "staffing.json", "安全管理人员配备";
    /// Parameters of the consequence models.
    consequence_params: crate::consequence::ParamRow = "consequence_params.json", "后果模型参数";
    /// Dispersion parameters.
    sigmas: crate::consequence::SigmaRow = "sigmas.json", "扩散参数";
    /// Stability classes.
    stability: crate::consequence::StabilityRow = "stability.json", "大气稳定度";
    /// Toxic probits.
    probits: crate::consequence::ProbitRow = "probits.json", "毒性概率系数";
    /// Thresholds of heat.
    thermal_effects: crate::consequence::ThermalRow = "thermal_effects.json", "热辐射伤害";
    /// Thresholds of overpressure.
    overpressure_effects: crate::consequence::OverpressureRow = "overpressure_effects.json", "超压伤害";
    /// ERPG values.
    erpg: crate::consequence::ErpgRow = "erpg.json", "应急响应浓度 ERPG";
    /// Credit: kinds of facts.
    credit_facts: crate::credit::FactRow = "credit_facts.json", "信用事实目录";
    /// Credit: figures of the score.
    credit_model: crate::credit::ModelRow = "credit_model.json", "信用评分参数";
    /// Credit: cut-offs of the grades.
    credit_grades: crate::credit::GradeRow = "credit_grades.json", "信用等级分数线";
    /// Credit: supervision by grade and risk.
    credit_supervision: crate::credit::SupervisionRow = "credit_supervision.json", "差异化监管（等级 × 风险）";
    /// Release times.
    release_times: crate::consequence::ReleaseRow = "release_times.json", "泄漏时间";
    /// Immediate ignition.
    ignition: crate::consequence::IgnitionRow = "ignition.json", "立即点火概率";
}

impl Tables {
    /// The tables shipped with the crate.
    pub fn shipped() -> &'static Tables {
        static SHIPPED: OnceBox<Tables> = OnceBox::new();
        // A shipped file that does not parse is caught by a test; here the rules then refuse.
        SHIPPED.get_or_init(|| Box::new(Tables::load().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_table_parses_and_names_its_source() {
        let tables = Tables::load().unwrap();
        let list = tables.list();
        assert!(!list.is_empty());
        for info in list {
            assert!(info.rows > 0, "{}", info.table);
            assert!(!info.source.is_empty() && !info.rule.clause.is_empty(), "{}", info.table);
        }
    }

    #[test]
    fn a_published_edition_joins_and_old_ones_stay() {
        let edition = r#"{"standard":"某市规定","clause":"第一条","edition":"试行","valid_from":"2027-01-01","region":"9901",
            "source":"公报","confidence":"full_text","rows":[]}"#;
        let tables = Tables::shipped().with_edition("2027.1", "deadlines", edition).unwrap();
        assert_eq!(tables.version, "2027.1");
        let here = Scope { on: Date::new(2027, 1, 1), region: Region::parse("990121").ok() };
        assert_eq!(tables.deadlines.select(here).unwrap().edition, "试行");
        let elsewhere = Scope { region: Region::parse("9902").ok(), ..here };
        assert_ne!(tables.deadlines.select(elsewhere).unwrap().edition, "试行");
        let before = Scope { on: Date::new(2026, 12, 31), ..here };
        assert_ne!(tables.deadlines.select(before).unwrap().edition, "试行");
        assert!(tables.with_edition("x", "deadlines", edition).is_err_and(|e| e.title.contains("已有")));
        assert!(tables.with_edition("x", "nothing", edition).is_err());
        assert!(tables.with_edition("x", "deadlines", "{}").is_err());
    }

    #[test]
    fn every_exported_edition_can_be_published_under_a_new_name() {
        let tables = Tables::shipped();
        let mut names: Vec<String> = tables.list().into_iter().map(|i| i.table).collect();
        names.dedup();
        for name in names {
            let json = tables.export(&name).unwrap();
            let mut editions: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
            let mut one = editions.remove(0);
            one["edition"] = "副本".into();
            let next = tables.with_edition("copy", &name, &one.to_string()).unwrap();
            assert_eq!(next.list().len(), tables.list().len() + 1, "{name}");
        }
        assert_eq!(tables.export("nothing"), None);
        let one_day = r#"{"standard":"x","clause":"x","edition":"一日","valid_from":"2027-01-01","valid_to":"2027-01-01","source":"x","confidence":"full_text","rows":[]}"#;
        assert!(tables.with_edition("x", "deadlines", one_day).is_ok());
        let backwards = one_day.replace("valid_to\":\"2027-01-01", "valid_to\":\"2026-12-31");
        assert!(tables.with_edition("x", "deadlines", &backwards).is_err_and(|e| e.errors[0].field == "valid_to"));
    }

    #[test]
    fn an_unconfirmed_edition_never_displaces_a_confirmed_one() {
        let edition = r#"{"standard":"传闻","clause":"全文","edition":"待核","valid_from":"2026-01-01","source":"传闻","confidence":"unconfirmed",
            "rows":[{"name":"全国最低每人限额","floor_yuan":"1"}]}"#;
        let tables = Tables::shipped().with_edition("t", "insurance_limits", edition).unwrap();
        assert_eq!(tables.insurance_limits.select(Scope::default()).unwrap().edition, "27-2025");
    }
}
