//! Pure decisions: who may go, why this order, what a form becomes.
use super::find::Reason;
use super::taxonomy::{Rules, Taxonomy};
use platform::{Error, FieldError, Ms, Result};
use standards::codes::Region;
use std::collections::BTreeMap;

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;

/// What is looked for, with what is known of the enterprise.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Region of the enterprise.
    pub region: &'a str,
    /// Skills asked for, codes.
    pub skills: &'a [String],
    /// Kind of task.
    pub task: &'a str,
    /// Window.
    pub window: (i64, i64),
    /// The moment of the question.
    pub now: i64,
}

/// A certificate as the search sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Kind.
    pub kind: String,
    /// Skills it is for; empty for all.
    pub skills: Vec<String>,
    /// Last moment.
    pub valid_to: i64,
}

/// What the library knows of a person in respect of one enterprise.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Skills.
    pub skills: Vec<String>,
    /// Regions served; empty for everywhere.
    pub regions: Vec<String>,
    /// End of the term of office.
    pub until: Option<i64>,
    /// Certificates.
    pub certificates: Vec<Held>,
    /// Declared conflicts with this enterprise: kind and end.
    pub declared: Vec<(String, Option<i64>)>,
    /// Whether the person stands on the enterprise's own list of people, or is sent by it.
    pub employed: bool,
    /// When the person was at this enterprise, newest first.
    pub visits_here: Vec<i64>,
    /// Windows in which the person is to be elsewhere.
    pub elsewhere: Vec<(i64, i64)>,
    /// Visits under way or to come.
    pub open: i64,
    /// Visits done.
    pub done: i64,
    /// Answers of enterprises: satisfied and all.
    pub answers: (i64, i64),
}

fn reason(code: &str, text: impl Into<String>) -> Reason {
    Reason { code: code.to_owned(), text: text.into(), clause: None }
}

fn ruled(code: &str, text: impl Into<String>, clause: &str) -> Reason {
    Reason { clause: Some(clause.to_owned()), ..reason(code, text) }
}

/// The Chinese name of a declared conflict.
pub fn conflict_name(kind: &str) -> &'static str {
    match kind {
        "relative" => "与企业人员有亲属关系",
        "employer" => "曾在或正在该企业任职",
        "adviser" => "为该企业提供过咨询",
        _ => "有其他利害关系",
    }
}

/// Why this person may not go; nothing where the person may.
pub fn refusals(taxonomy: &Taxonomy, asked: &Asked<'_>, known: &Known) -> Vec<Reason> {
    let mut found = vec![];
    let (rules, mark) = (&taxonomy.rules, taxonomy.mark());
    if known.until.is_some_and(|end| end < asked.window.0) {
        found.push(ruled("term", "聘期在任务开始前届满，请先续聘", &mark));
    }
    if !asked.skills.is_empty() && matched(asked, known).is_empty() {
        let names: Vec<&str> = asked.skills.iter().map(|s| taxonomy.skill_name(s)).collect();
        found.push(ruled("skill", format!("专业不符：任务需要{}", names.join("、")), &mark));
    }
    found.extend(lapsed(taxonomy, asked, known));
    found.extend(conflicts(rules, &mark, asked, known));
    if known.elsewhere.iter().any(|(from, to)| *from < asked.window.1 && asked.window.0 < *to) {
        found.push(reason("busy", "同一时段已派往其他企业"));
    }
    if !serves(&known.regions, asked.region) {
        found.push(reason("region", "不在本人登记的服务区域内"));
    }
    found
}

/// The skills asked for that the person has.
pub fn matched<'a>(asked: &'a Asked<'_>, known: &Known) -> Vec<&'a String> {
    asked.skills.iter().filter(|s| known.skills.contains(s)).collect()
}

/// A certificate for the task that has run out and was not renewed.
fn lapsed(taxonomy: &Taxonomy, asked: &Asked<'_>, known: &Known) -> Option<Reason> {
    let concerns = |held: &&Held| {
        held.skills.is_empty() || asked.skills.is_empty() || held.skills.iter().any(|s| asked.skills.contains(s))
    };
    let until = asked.window.0.max(asked.now);
    let old = known.certificates.iter().filter(concerns).find(|c| c.valid_to < until)?;
    let renewed = known.certificates.iter().filter(concerns).any(|c| c.kind == old.kind && c.valid_to >= until);
    let name = super::taxonomy::name_of(&taxonomy.certificates, &old.kind);
    let day = Ms(old.valid_to).beijing();
    let day = day.get(..10).unwrap_or(&day).to_owned();
    (!renewed).then(|| ruled("certificate", format!("{name}有效期至 {day}，换证登记后才能派出"), &taxonomy.mark()))
}

fn conflicts(rules: &Rules, mark: &str, asked: &Asked<'_>, known: &Known) -> Vec<Reason> {
    let mut found = vec![];
    let in_force = |end: &Option<i64>| end.is_none_or(|end| end >= asked.window.0);
    for (kind, _) in known.declared.iter().filter(|(_, end)| in_force(end)) {
        found.push(ruled("conflict", format!("本人申报回避：{}", conflict_name(kind)), mark));
    }
    if known.employed {
        found.push(ruled("conflict", "登记在该企业的人员名录中，应当回避", mark));
    }
    let since = |days: i64| asked.window.0 - days * DAY;
    if asked.task == "review" && known.visits_here.iter().any(|at| *at >= since(rules.author_days)) {
        found.push(ruled("conflict", "曾为该企业提供检查服务，不能评审自己参与过的工作", mark));
    }
    let often = known.visits_here.iter().filter(|at| **at >= since(rules.same_firm_days)).count();
    if i64::try_from(often).unwrap_or(i64::MAX) >= rules.same_firm_most {
        found.push(ruled(
            "frequency",
            format!("{} 天内已到该企业 {often} 次（上限 {} 次），请换人", rules.same_firm_days, rules.same_firm_most),
            mark,
        ));
    }
    found
}

/// Whether one of the regions holds the enterprise; nobody named means everywhere.
fn serves(regions: &[String], region: &str) -> bool {
    let Ok(place) = Region::parse(region) else { return true };
    regions.is_empty() || regions.iter().any(|r| Region::parse(r).is_ok_and(|r| r.contains(&place)))
}

/// The score out of 100 with its parts, and the reasons in words, weightiest first.
pub fn score(taxonomy: &Taxonomy, asked: &Asked<'_>, known: &Known) -> (f64, BTreeMap<String, f64>, Vec<Reason>) {
    let weights = taxonomy.rules.weights;
    let matched = matched(asked, known);
    let share = if asked.skills.is_empty() { 1.0 } else { matched.len() as f64 / asked.skills.len() as f64 };
    let until = asked.window.1.max(asked.now);
    let in_force = known.certificates.iter().any(|c| c.valid_to >= until);
    let (satisfied, answers) = known.answers;
    // One good and one bad answer are assumed beforehand, so that a first answer does not decide all.
    let record = (satisfied as f64 + 1.0) / (answers as f64 + 2.0);
    let parts = [
        ("skill", f64::from(weights.skill) * share),
        ("certificate", if in_force { f64::from(weights.certificate) } else { 0.0 }),
        ("experience", f64::from(weights.experience) * known.done.min(10) as f64 / 10.0),
        ("free", f64::from(weights.free) / (1.0 + known.open as f64)),
        ("record", f64::from(weights.record) * record),
    ];
    let parts: BTreeMap<String, f64> =
        parts.into_iter().map(|(k, v)| (k.to_owned(), (v * 10.0).round() / 10.0)).collect();
    let names: Vec<&str> = matched.iter().map(|s| taxonomy.skill_name(s)).collect();
    let skill = if asked.skills.is_empty() {
        "任务未指定专业".to_owned()
    } else {
        format!("专业符合 {}/{}：{}", matched.len(), asked.skills.len(), names.join("、"))
    };
    let certificate = match (in_force, known.certificates.is_empty()) {
        (true, _) => "证书在有效期内",
        (false, true) => "没有登记证书，请核对后再派",
        (false, false) => "没有覆盖整个任务时段的证书",
    };
    let reasons = vec![
        reason("skill", skill),
        reason("certificate", certificate),
        reason("experience", format!("已完成服务 {} 次", known.done)),
        reason(
            "free",
            if known.open == 0 {
                "手头没有任务".to_owned()
            } else {
                format!("手头有 {} 项任务", known.open)
            },
        ),
        reason("record", format!("企业确认 {answers} 次，满意 {satisfied} 次")),
    ];
    let sum = (parts.values().sum::<f64>() * 10.0).round() / 10.0;
    (sum, parts, reasons)
}

/// A form of an expert, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Skill codes.
    pub skills: Vec<String>,
    /// Title.
    pub title: Option<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// End of the term.
    pub until: Option<i64>,
}

/// Checks skills, title, regions and term.
pub fn fill(
    taxonomy: &Taxonomy,
    skills: &[String],
    title: Option<&str>,
    regions: &[String],
    until: Option<&str>,
    now: i64,
) -> Result<Filled> {
    let mut faults = vec![];
    let mut codes: Vec<String> = vec![];
    for (i, word) in skills.iter().enumerate() {
        match taxonomy.skill(word) {
            Some(skill) if !codes.contains(&skill.code) => codes.push(skill.code.clone()),
            Some(_) => {}
            None => faults.push(FieldError::new(
                format!("skills[{i}]"),
                format!("“{word}”不在专业分类（{}）中，请从列表中选择", taxonomy.edition),
            )),
        }
    }
    if skills.is_empty() {
        faults.push(FieldError::new("skills", "至少选择一个专业：派单按专业匹配"));
    }
    let title = title.map(str::trim).filter(|t| !t.is_empty());
    if title.is_some_and(|t| t.chars().count() > 30) {
        faults.push(FieldError::new("title", "职称或资格最多 30 个字"));
    }
    for (i, region) in regions.iter().enumerate() {
        if let Err(message) = Region::parse(region) {
            faults.push(FieldError::new(format!("regions[{i}]"), message));
        }
    }
    if regions.len() > 50 {
        faults.push(FieldError::new("regions", "服务区域最多 50 个，可填上级区划代码"));
    }
    let until = match until.filter(|d| !d.is_empty()).map(|d| end_of_day("until", "聘期", d)).transpose() {
        Ok(end) => end,
        Err(fault) => {
            faults.push(fault);
            None
        }
    };
    if until.is_some_and(|end| end < now) {
        faults.push(FieldError::new("until", "聘期已经过去，请填写今天以后的日期"));
    }
    if faults.is_empty() {
        Ok(Filled { skills: codes, title: title.map(str::to_owned), regions: regions.to_vec(), until })
    } else {
        Err(Error::Invalid(faults))
    }
}

/// The last moment of a day in Beijing.
pub fn end_of_day(field: &str, what: &str, text: &str) -> Result<i64, FieldError> {
    let day = standards::date::Date::parse(text.trim()).and_then(|day| day.add_days(1));
    day.map(|next| next.beijing_start_ms() - 1)
        .ok_or_else(|| FieldError::new(field, format!("{what}须为日期，如 2027-06-30")))
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
