//! Pure: what an application and a quote must keep, and the way from one state to the next.
use crate::insurance::common::{RULE, day};
use crate::insurance::pricing::{Basis, NamedCoefficient, Priced, fields, price, scheme};
use platform::{Error, FieldError, Result};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use standards::date::Date;
use standards::insurance::{MinLimit, min_limit};
use standards::tables::{Scope, Tables};
use utoipa::ToSchema;

/// Commission may take so much of the premium, hundredths of a percent (rule of 2025, art. 14).
pub const COMMISSION_MOST_BP: i64 = 500;
/// More people than this are a slip of the pen.
const PEOPLE_MOST: u32 = 1_000_000;
/// More money than this is a slip of the pen: 10 bn yuan.
const MONEY_MOST: i64 = 1_000_000_000_000;

/// A group of people and the sum it is covered for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = InsuredGroup)]
pub struct Group {
    /// Post or form of employment.
    #[schema(max_length = 40)]
    pub name: String,
    /// People.
    pub people: u32,
    /// Sum per person, 分.
    pub per_person_fen: i64,
}

/// What the enterprise asks for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = InsuranceApplicationForm)]
pub struct Asked {
    /// Insurer of the enterprise's own choice.
    pub insurer: String,
    /// People by post; the sum must be the same for all.
    pub groups: Vec<Group>,
    /// Cumulative limit, 分.
    pub cumulative_fen: i64,
    /// Medical limit per person, 分.
    pub medical_fen: i64,
    /// First day of the cover.
    pub from: String,
    /// Last day of the cover.
    pub to: String,
}

/// An application that keeps the rules.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = InsuranceAsked)]
pub struct Application {
    /// People by post.
    pub groups: Vec<Group>,
    /// People in all.
    pub people: u32,
    /// Sum per person, 分.
    pub per_person_fen: i64,
    /// Cumulative limit, 分.
    pub cumulative_fen: i64,
    /// Medical limit per person, 分.
    pub medical_fen: i64,
    /// First day.
    #[schema(value_type = String)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String)]
    pub to: Date,
    /// Smallest sum per person that was checked against, 分.
    pub floor_fen: i64,
    /// The floors that were looked at.
    pub floors: Vec<String>,
    /// Figures that nobody confirmed.
    pub unconfirmed: Vec<String>,
}

impl Application {
    /// The moment the cover begins, milliseconds UTC.
    pub fn from_at(&self) -> i64 {
        self.from.beijing_start_ms()
    }
    /// The moment the cover ends.
    pub fn to_at(&self) -> i64 {
        self.to.add_days(1).unwrap_or(self.to).beijing_start_ms()
    }
}

/// What an application is checked against.
pub struct Setting<'a> {
    /// Rule tables.
    pub tables: &'a Tables,
    /// Region of the enterprise.
    pub region: &'a str,
    /// Employees on the register.
    pub employees: Option<u32>,
    /// First day the cover may begin; none for a paper policy that runs already.
    pub earliest: Option<Date>,
}

/// The smallest sum per person on a day.
pub fn floor(tables: &Tables, region: &str, on: Date) -> Result<MinLimit> {
    let scope = Scope { on: Some(on), region: Region::parse(region).ok() };
    min_limit(tables, None, None, scope).map_err(|p| fields(p, "groups"))
}

fn floor_fen(limit: &MinLimit) -> i64 {
    (limit.limit_yuan.saturating_mul(Decimal::ONE_HUNDRED)).ceil().to_i64().unwrap_or(i64::MAX)
}

/// Checks an application.
pub fn check(asked: &Asked, setting: &Setting<'_>) -> Result<Application> {
    let mut faults: Vec<FieldError> = vec![];
    let mut fault = |field: &str, message: String| faults.push(FieldError::new(field, message));
    let (from, to) = (day("from", &asked.from)?, day("to", &asked.to)?);
    if to < from {
        fault("to", format!("保险止期 {to} 早于起期 {from}，请改为起期之后的日期"));
    }
    if let Some(earliest) = setting.earliest.filter(|earliest| from < *earliest) {
        fault("from", format!("保险起期不能早于 {earliest}：不能倒签保单，在保期间也不能重复投保"));
    }
    if to.day_number() - from.day_number() > 366 * 5 {
        fault("to", "保险期间最长 5 年，请核对止期".to_owned());
    }
    let people = asked.groups.iter().fold(0_u32, |sum, g| sum.saturating_add(g.people));
    if people == 0 || people > PEOPLE_MOST {
        fault("groups", "请填写承保人数，须覆盖全部从业人员".to_owned());
    }
    if let Some(employees) = setting.employees.filter(|employees| people < *employees) {
        let text = format!(
            "企业登记在册 {employees} 人，投保 {people} 人：须为全部从业人员投保，不得按用工形式或岗位区分（{RULE} 第十六条）；人数已变化的，请先更新企业登记"
        );
        fault("groups", text);
    }
    let limit = floor(setting.tables, setting.region, from)?;
    let least = floor_fen(&limit);
    let per_person_fen = asked.groups.first().map_or(0, |g| g.per_person_fen);
    for (i, group) in asked.groups.iter().enumerate() {
        let at = format!("groups[{i}].per_person_fen");
        if group.per_person_fen != per_person_fen {
            fault(&at, format!("各类人员的每人限额须一致（{RULE} 第十六条），请改为同一金额"));
        }
        if group.per_person_fen < least {
            fault(
                &at,
                format!(
                    "每人限额不得低于 {} 元（{}：{} {}）",
                    limit.limit_yuan, limit.by, limit.rule.standard, limit.rule.clause
                ),
            );
        }
        if group.name.chars().count() > 40 {
            fault(&format!("groups[{i}].name"), "岗位名称最多 40 字".to_owned());
        }
    }
    if asked.cumulative_fen < per_person_fen || asked.cumulative_fen > MONEY_MOST {
        fault("cumulative_fen", "累计限额不能低于每人限额，请核对单位是否为元".to_owned());
    }
    if !(0..=MONEY_MOST).contains(&asked.medical_fen) {
        fault("medical_fen", "每人医疗限额不能为负".to_owned());
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    Ok(Application {
        groups: asked.groups.clone(),
        people,
        per_person_fen,
        cumulative_fen: asked.cumulative_fen,
        medical_fen: asked.medical_fen,
        from,
        to,
        floor_fen: least,
        floors: limit.floors,
        unconfirmed: limit.unconfirmed,
    })
}

/// What the insurer quotes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = InsuranceQuoteForm)]
pub struct QuoteForm {
    /// Number of the policy that the quote becomes.
    #[schema(max_length = 40)]
    pub policy_no: String,
    /// Scheme.
    pub scheme: String,
    /// Base premium, 分.
    #[serde(default)]
    pub base_fen: Option<i64>,
    /// Cost of the works, 万元.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub cost_wan: Option<Decimal>,
    /// Discount for risk management, percent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub discount_percent: Option<Decimal>,
    /// Coefficients.
    #[serde(default)]
    pub coefficients: Vec<NamedCoefficient>,
    /// Titles and accidents, from the insurer's own records.
    #[serde(default)]
    pub declared: Vec<String>,
    /// Commission, hundredths of a percent of the premium.
    #[serde(default)]
    pub commission_bp: i64,
    /// The e-policy, as uploaded.
    #[serde(default)]
    pub file: Option<String>,
    /// Version of the application that was looked at.
    #[serde(default)]
    pub revision: Option<i64>,
}

/// A quote as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Quote {
    /// What the premium rests on.
    pub basis: Basis,
    /// The premium.
    pub priced: Priced,
    /// Place in the log up to which events were looked at.
    pub upto: i64,
    /// Commission.
    pub commission_bp: i64,
    /// The e-policy.
    pub file: Option<String>,
}

/// Checks the part of a quote that is not about the premium; answers the basis.
pub fn basis(tables: &Tables, form: &QuoteForm, asked: &Application, region: &str) -> Result<Basis> {
    if form.policy_no.trim().is_empty() || form.policy_no.chars().count() > 40 {
        return Err(Error::invalid("policy_no", "请填写保单号，最多 40 字"));
    }
    if !(0..=COMMISSION_MOST_BP).contains(&form.commission_bp) {
        return Err(Error::refused(format!("{RULE} 第十四条"), "佣金（手续费）不得超过保险费的 5%，请调低后重新报价"));
    }
    let (row, _) = scheme(tables, &form.scheme, asked.from, region)?;
    let known = |id: &String| row.factors.iter().any(|f| f.id == *id);
    let from_events = |id: &String| id.starts_with("credit_") || id.starts_with("fixes_");
    if let Some(wrong) = form.declared.iter().find(|id| from_events(id) || !known(id)) {
        return Err(Error::invalid(
            "declared",
            format!("“{wrong}”不能手工填报：信用等级和隐患治理因素由平台从事件取得，其余只能选方案中的称号和出险因素"),
        ));
    }
    if form.base_fen.is_some_and(|fen| !(1..=MONEY_MOST).contains(&fen)) {
        return Err(Error::invalid("base_fen", "年基准保费须大于 0，请核对单位是否为元"));
    }
    Ok(Basis {
        scheme: form.scheme.clone(),
        base_fen: form.base_fen,
        cost_wan: form.cost_wan,
        discount_percent: form.discount_percent,
        coefficients: form.coefficients.clone(),
        declared: form.declared.clone(),
        from: asked.from,
        until: asked.to_at() - 1,
        region: region.to_owned(),
    })
}

/// The premium of a quote, and whether the limits of its scheme are kept.
pub fn quote(
    tables: &Tables,
    basis: Basis,
    causes: &[crate::insurance::pricing::Cause],
    asked: &Application,
    form: &QuoteForm,
) -> Result<Quote> {
    let priced = price(tables, &basis, causes)?;
    if let Some(limit) = priced.limit_fen.filter(|limit| asked.cumulative_fen < *limit) {
        return Err(Error::refused(
            priced.rule,
            format!("该方案此造价档的累计限额为 {} 元，申请的累计限额偏低，请企业重新申请", limit / 100),
        ));
    }
    if priced.premium_fen <= 0 {
        return Err(Error::invalid("base_fen", "算出的保险费不大于 0，请核对基准保费和优惠"));
    }
    let upto = causes.iter().map(|c| c.seq).max().unwrap_or_default();
    Ok(Quote { basis, priced, upto, commission_bp: form.commission_bp, file: form.file.clone() })
}

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The insurer has not answered.
    Requested,
    /// The insurer has quoted.
    Quoted,
    /// Both sides signed: there is a policy.
    Bound,
    /// Taken back by either side.
    Withdrawn,
}

/// What may be done with an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The insurer quotes, or quotes again.
    Quote,
    /// The enterprise signs.
    Accept,
    /// Either side takes it back.
    Withdraw,
}

impl State {
    /// All.
    pub const ALL: [Self; 4] = [Self::Requested, Self::Quoted, Self::Bound, Self::Withdrawn];
    /// Stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Quoted => "quoted",
            Self::Bound => "bound",
            Self::Withdrawn => "withdrawn",
        }
    }
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "待报价",
            Self::Quoted => "待企业确认",
            Self::Bound => "已承保",
            Self::Withdrawn => "已撤回",
        }
    }
    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == text)
    }
    /// The state after an act, or why not.
    pub fn after(self, act: Act) -> Result<Self> {
        match (self, act) {
            (Self::Requested | Self::Quoted, Act::Quote) => Ok(Self::Quoted),
            (Self::Quoted, Act::Accept) => Ok(Self::Bound),
            (Self::Requested | Self::Quoted, Act::Withdraw) => Ok(Self::Withdrawn),
            (Self::Requested, Act::Accept) => Err(Error::Conflict("保险机构还没有报价，请等报价后再确认".to_owned())),
            (Self::Bound, _) => {
                Err(Error::Conflict("保单已经生效，不能再改；依法停产停业的，请办理保单终止".to_owned()))
            }
            (Self::Withdrawn, _) => Err(Error::Conflict("这份投保申请已经撤回，请重新申请".to_owned())),
        }
    }
}
