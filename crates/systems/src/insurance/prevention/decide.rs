//! Pure: what a prevention plan and its payments must keep.
use crate::insurance::common::{RULE, day, text, yuan};
use crate::insurance::pricing::fields;
use platform::{Error, FieldError, Result};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use standards::date::Date;
use standards::insurance::prevention_fee;
use standards::tables::{Scope, Tables};
use utoipa::ToSchema;

/// The standard of the services.
pub const STANDARD: &str = "AQ 9010-2019";
/// Complaints are answered within so many working days.
pub const ANSWER_DAYS: i32 = 10;
/// Lines a plan may have.
const LINES_MOST: usize = 60;
/// More money than this is a slip of the pen.
const MONEY_MOST: i64 = 1_000_000_000_000;

/// The kinds of service of the standard: code and name.
pub const ITEMS: [(&str, &str); 7] = [
    ("training", "安全生产和职业病防治宣传教育培训"),
    ("risk", "安全风险辨识、评估和安全评价"),
    ("standardisation", "安全生产标准化建设"),
    ("screening", "生产安全事故隐患排查"),
    ("emergency", "应急预案编制和应急演练"),
    ("technology", "安全生产科技推广应用"),
    ("other", "其他事故预防工作"),
];

/// The name of a kind of service.
pub fn item_name(code: &str) -> &'static str {
    ITEMS.iter().find(|(c, _)| *c == code).map_or("", |(_, name)| *name)
}

/// A line of a plan as it is filled in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = PreventionLineForm)]
pub struct LineForm {
    /// Kind of service.
    pub item: String,
    /// What is done.
    #[schema(max_length = 200)]
    pub content: String,
    /// Planned day.
    pub due_on: String,
    /// Organisation that renders it: the insurer itself or a service organisation.
    pub supplier: String,
    /// Money, 分.
    pub amount_fen: i64,
}

/// A plan as it is filled in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = PreventionPlanForm)]
pub struct PlanForm {
    /// Goals, measures, people and guarantees.
    #[schema(max_length = 2000)]
    pub goals: String,
    /// Lines.
    pub lines: Vec<LineForm>,
}

/// A line that keeps the rules.
#[derive(Debug, Clone)]
pub struct PlanLine {
    /// Kind of service.
    pub item: String,
    /// What is done.
    pub content: String,
    /// Planned day.
    pub due_on: Date,
    /// Organisation that renders it.
    pub supplier: String,
    /// Money, 分.
    pub amount_fen: i64,
}

/// Floor and cap of the fee, as they stood when the plan was made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PreventionFeeRule)]
pub struct Fee {
    /// Premium it is a share of, 分.
    pub premium_fen: i64,
    /// At least, 分.
    pub floor_fen: Option<i64>,
    /// At most, 分.
    pub cap_fen: Option<i64>,
    /// `不足`, `合规` or `超限`.
    pub status: String,
    /// Standard and clause.
    pub rule: String,
    /// Figures that nobody confirmed.
    pub unconfirmed: Vec<String>,
}

/// What may and must be spent, and where a sum stands.
pub fn fee(tables: &Tables, premium_fen: i64, spent_fen: i64, on: Date, region: &str) -> Result<Fee> {
    let yuan = |fen: i64| Decimal::from(fen) / Decimal::ONE_HUNDRED;
    let scope = Scope { on: Some(on), region: Region::parse(region).ok() };
    let result =
        prevention_fee(tables, yuan(premium_fen), Some(yuan(spent_fen)), scope).map_err(|p| fields(p, "lines"))?;
    let fen = |yuan: Decimal| yuan.saturating_mul(Decimal::ONE_HUNDRED).round().to_i64();
    Ok(Fee {
        premium_fen,
        floor_fen: result.floor_yuan.and_then(fen),
        cap_fen: result.cap_yuan.and_then(fen),
        status: result.status.unwrap_or_default().to_owned(),
        rule: format!("{} {}", result.rule.standard, result.rule.clause),
        unconfirmed: result.unconfirmed,
    })
}

/// Refuses a sum above the cap.
pub fn under_cap(fee: &Fee, spent_fen: i64) -> Result<()> {
    if fee.status != "超限" {
        return Ok(());
    }
    let cap = fee.cap_fen.map_or_else(String::new, yuan);
    Err(Error::refused(
        fee.rule.clone(),
        format!("事故预防费用 {} 超过上限 {cap}（实收保险费的规定比例），请减少项目或金额", yuan(spent_fen)),
    ))
}

/// The days a plan may lie in.
pub struct Period {
    /// First day of the cover.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// Checks a plan.
pub fn plan(form: &PlanForm, period: &Period) -> Result<(String, Vec<PlanLine>)> {
    let goals = text("goals", &form.goals, "预期目标与保障措施", 2000)?;
    if form.lines.is_empty() || form.lines.len() > LINES_MOST {
        return Err(Error::invalid(
            "lines",
            format!("请填写 1 到 {LINES_MOST} 项服务（{STANDARD} 服务方案须写明项目、频次、机构和人员）"),
        ));
    }
    let mut faults: Vec<FieldError> = vec![];
    let mut lines = vec![];
    for (i, line) in form.lines.iter().enumerate() {
        match check_line(line, period, &format!("lines[{i}].")) {
            Ok(line) => lines.push(line),
            Err(Error::Invalid(errors)) => faults.extend(errors),
            Err(other) => return Err(other),
        }
    }
    if faults.is_empty() { Ok((goals, lines)) } else { Err(Error::Invalid(faults)) }
}

fn check_line(line: &LineForm, period: &Period, at: &str) -> Result<PlanLine> {
    let field = |name: &str| format!("{at}{name}");
    if item_name(&line.item).is_empty() {
        let names: Vec<&str> = ITEMS.iter().map(|(_, name)| *name).collect();
        return Err(Error::invalid(field("item"), format!("服务项目只能是：{}", names.join("、"))));
    }
    let due_on = day(&field("due_on"), &line.due_on)?;
    if due_on < period.from || due_on > period.to {
        return Err(Error::invalid(
            field("due_on"),
            format!("计划日期须在保险期间 {} 至 {} 之内", period.from, period.to),
        ));
    }
    if !(1..=MONEY_MOST).contains(&line.amount_fen) {
        return Err(Error::invalid(field("amount_fen"), "金额须大于 0，按实际成本列支"));
    }
    Ok(PlanLine {
        item: line.item.clone(),
        content: text(&field("content"), &line.content, "服务内容", 200)?,
        due_on,
        supplier: line.supplier.trim().to_owned(),
        amount_fen: line.amount_fen,
    })
}

/// The sum of a plan.
pub fn budget(lines: &[PlanLine]) -> i64 {
    lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.amount_fen))
}

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for the enterprise.
    Proposed,
    /// Both sides agree.
    Agreed,
    /// Sent back.
    Returned,
}

impl State {
    /// Stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Agreed => "agreed",
            Self::Returned => "returned",
        }
    }
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "待企业确认",
            Self::Agreed => "执行中",
            Self::Returned => "已退回",
        }
    }
    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Proposed, Self::Agreed, Self::Returned].into_iter().find(|s| s.code() == text)
    }
    /// Refuses where the enterprise has answered already.
    pub fn waits(self) -> Result<()> {
        match self {
            Self::Proposed => Ok(()),
            Self::Agreed => Err(Error::Conflict("方案已经确认，不能再次办理".to_owned())),
            Self::Returned => Err(Error::Conflict("方案已经退回，请等待保险机构重新拟订".to_owned())),
        }
    }
}

/// What has happened to a line so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// The plan is agreed.
    pub agreed: bool,
    /// A visit is named.
    pub visit: bool,
    /// The people left.
    pub left: bool,
    /// The record is signed.
    pub signed: bool,
    /// The enterprise confirmed.
    pub confirmed: bool,
    /// Paid.
    pub settled: bool,
}

impl Progress {
    /// Word of the state.
    pub const fn code(self) -> &'static str {
        if self.settled {
            "settled"
        } else if self.confirmed {
            "confirmed"
        } else if self.left {
            "rendered"
        } else if self.visit {
            "scheduled"
        } else {
            "planned"
        }
    }
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        if self.settled {
            "已结算"
        } else if self.confirmed {
            "企业已确认"
        } else if self.left {
            "已服务，待确认"
        } else if self.visit {
            "已安排"
        } else {
            "计划中"
        }
    }
    /// A visit may be named.
    pub fn schedule(self) -> Result<()> {
        if !self.agreed {
            return Err(Error::Conflict("企业确认服务方案之后才能安排服务".to_owned()));
        }
        if self.visit { Err(Error::Conflict("这项服务已经安排了检查服务".to_owned())) } else { Ok(()) }
    }
    /// The enterprise may confirm.
    pub fn confirm(self) -> Result<()> {
        if self.confirmed {
            return Err(Error::Conflict("这项服务已经确认，不能重复确认".to_owned()));
        }
        if self.left {
            return Ok(());
        }
        Err(Error::refused(STANDARD, "服务人员还没有入企并离开，不能确认；确认以实际到场的服务为准"))
    }
    /// The fee may be paid.
    pub fn settle(self) -> Result<()> {
        if self.settled {
            return Err(Error::Conflict("这项服务的费用已经结算，不能重复结算".to_owned()));
        }
        let missing: Vec<&str> =
            [(self.left, "入企服务记录"), (self.signed, "双方签字的记录"), (self.confirmed, "企业确认")]
                .into_iter()
                .filter(|(there, _)| !there)
                .map(|(_, name)| name)
                .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let text = format!("还缺：{}。事故预防费用按实际服务据实列支，补齐后再结算", missing.join("、"));
        Err(Error::refused(format!("{RULE}；{STANDARD}"), text))
    }
}

/// Ten working days by the published calendar; past its end Monday to Friday are counted.
pub fn answer_by(tables: &Tables, from: Date) -> Date {
    let calendar = standards::calendar::Calendar(&tables.calendar);
    calendar.add_workdays(from, ANSWER_DAYS).unwrap_or_else(|_| {
        let mut day = from;
        let mut left = ANSWER_DAYS;
        while left > 0 {
            day = day.add_days(1).unwrap_or(day);
            left -= i32::from(day.weekday() <= 5);
        }
        day
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bits: u8) -> Progress {
        Progress {
            agreed: true,
            visit: true,
            left: bits & 1 > 0,
            signed: bits & 2 > 0,
            confirmed: bits & 4 > 0,
            settled: bits & 8 > 0,
        }
    }

    #[test]
    fn a_fee_is_paid_only_with_visit_signature_and_confirmation_and_once() {
        for bits in 0..16 {
            assert_eq!(all(bits).settle().is_ok(), bits == 7, "{bits}");
        }
        let refused = format!("{:?}", all(1).settle().unwrap_err());
        assert!(refused.contains("双方签字的记录") && refused.contains("企业确认"), "{refused}");
    }

    #[test]
    fn rule_27_2025_the_fee_is_at_most_21_percent_of_the_premium() {
        let on = Date::parse("2026-11-23").unwrap();
        let at = |spent| fee(Tables::shipped(), 13_360_000, spent, on, "990121").unwrap();
        assert_eq!(at(0).cap_fen, Some(2_805_600));
        assert!(under_cap(&at(2_805_600), 2_805_600).is_ok());
        assert!(under_cap(&at(2_805_601), 2_805_601).is_err());
        assert_eq!(at(0).floor_fen, None);
        // Hebei sets a floor of 15 %.
        let hebei = fee(Tables::shipped(), 10_000_000, 1_400_000, on, "130110").unwrap();
        assert_eq!((hebei.floor_fen, hebei.status.as_str()), (Some(1_500_000), "不足"));
    }

    #[test]
    fn aq_9010_a_complaint_is_answered_within_ten_working_days() {
        let by = answer_by(Tables::shipped(), Date::parse("2026-11-23").unwrap());
        assert_eq!(by.to_string(), "2026-12-07");
    }

    #[test]
    fn a_line_outside_the_cover_without_money_or_of_another_kind_is_refused_at_its_field() {
        let period = Period { from: Date::parse("2026-12-01").unwrap(), to: Date::parse("2027-11-30").unwrap() };
        let line = |item: &str, due: &str, amount_fen| LineForm {
            item: item.to_owned(),
            content: "排查".to_owned(),
            due_on: due.to_owned(),
            supplier: "SVC5".to_owned(),
            amount_fen,
        };
        let form = PlanForm {
            goals: "目标".to_owned(),
            lines: vec![
                line("screening", "2026-12-15", 240_000),
                line("gift", "2026-12-15", 1),
                line("risk", "2026-11-30", 1),
                line("risk", "2026-12-01", 0),
            ],
        };
        let Err(Error::Invalid(errors)) = plan(&form, &period) else { panic!("refused") };
        let at: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(at, ["lines[1].item", "lines[2].due_on", "lines[3].amount_fen"]);
    }
}
