//! Pure: what a premium follows from. The same causes always give the same premium, which is why an
//! upheld objection brings it back to the fen.
use events::Code;
use events::insurance::Factor;
use platform::{Error, FieldError, Result};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use standards::date::Date;
use standards::insurance::{Coefficient, FactorRow, PremiumAsked, SchemeRow, premium};
use standards::problem::Problem;
use standards::tables::{Confidence, Scope, Tables};
use utoipa::ToSchema;
use uuid::Uuid;

/// Verified fixes count up to here.
const MOST_FIXES: usize = 5;
/// Causes of so many days before the cover begins count.
pub const LOOK_BACK_DAYS: i64 = 365;

/// What an event says that a premium may follow from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = PremiumCauseWhat)]
pub enum What {
    /// A credit grade was published.
    Grade {
        /// `A` to `D`.
        grade: String,
    },
    /// A hazard was looked at again: fixed in time, or not.
    Fix {
        /// Hazard.
        hazard: String,
        /// Passed before its due date.
        counts: bool,
    },
}

/// One event that a premium may follow from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PremiumCause)]
pub struct Cause {
    /// Event.
    pub event: Uuid,
    /// Place in the log.
    pub seq: i64,
    /// When it happened, milliseconds UTC.
    pub at: i64,
    /// What it says.
    pub what: What,
}

/// What does not change while a policy runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PremiumBasis)]
pub struct Basis {
    /// Scheme.
    pub scheme: String,
    /// Base premium, 分; nothing for a scheme by cost.
    pub base_fen: Option<i64>,
    /// Cost of the works, 万元, for a scheme by cost.
    #[schema(value_type = Option<String>)]
    pub cost_wan: Option<Decimal>,
    /// Discount for risk management, percent, for a scheme by cost.
    #[schema(value_type = Option<String>)]
    pub discount_percent: Option<Decimal>,
    /// Coefficients, for a scheme by coefficients.
    #[serde(default)]
    pub coefficients: Vec<NamedCoefficient>,
    /// Factors that the insurer states from its own records: titles, accidents.
    pub declared: Vec<String>,
    /// First day of the cover; selects the edition.
    #[schema(value_type = String)]
    pub from: Date,
    /// Last moment that causes count, milliseconds UTC.
    pub until: i64,
    /// Region of the enterprise.
    pub region: String,
}

/// A coefficient with its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PremiumCoefficient)]
pub struct NamedCoefficient {
    /// Why.
    pub name: String,
    /// Multiplies the premium.
    #[schema(value_type = String)]
    pub value: Decimal,
}

impl Basis {
    /// Causes count from here, milliseconds UTC.
    pub fn since(&self) -> i64 {
        self.from.add_days(-LOOK_BACK_DAYS).unwrap_or(self.from).beijing_start_ms()
    }
    fn scope(&self) -> Scope {
        Scope { on: Some(self.from), region: Region::parse(&self.region).ok() }
    }
}

/// A factor as people read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PremiumFactorView)]
pub struct Term {
    /// Name in the scheme.
    pub id: String,
    /// Name in words.
    pub name: String,
    /// Effect in words: `-3%`, `×0.9`.
    pub effect: String,
    /// Change in hundredths of a percent, where the scheme adds percentages.
    pub change_bp: Option<i64>,
    /// Yuan of the base that it moves, 分, where the scheme adds percentages.
    pub change_fen: Option<i64>,
    /// Events behind it.
    pub because: Vec<Uuid>,
}

/// A premium that explains itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PremiumPriced)]
pub struct Priced {
    /// Premium, 分.
    pub premium_fen: i64,
    /// What made it.
    pub terms: Vec<Term>,
    /// Cumulative limit that the scheme sets, 分.
    pub limit_fen: Option<i64>,
    /// Standard and clause.
    pub rule: String,
    /// Edition.
    pub edition: String,
    /// True where no authority has confirmed the figures.
    pub example: bool,
}

impl Priced {
    /// The factors as the event states them.
    pub fn factors(&self) -> Vec<Factor> {
        let factor = |t: &Term| Factor {
            name: t.id.as_str().into(),
            change_bp: t.change_bp.unwrap_or_default(),
            clause: Code::from(&self.rule),
            because: t.because.clone(),
        };
        self.terms.iter().map(factor).collect()
    }
    /// Every event that the premium rests on, each once.
    pub fn because(&self) -> Vec<Uuid> {
        let mut all: Vec<Uuid> = self.terms.iter().flat_map(|t| t.because.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A factor that events call for.
struct Called {
    id: String,
    because: Vec<Uuid>,
}

/// The credit grade of the last publication inside the window.
fn credit(causes: &[&Cause]) -> Option<Called> {
    let last = causes.iter().filter(|c| matches!(c.what, What::Grade { .. })).max_by_key(|c| c.seq)?;
    let What::Grade { grade } = &last.what else { return None };
    Some(Called { id: format!("credit_{}", grade.to_lowercase()), because: vec![last.event] })
}

/// Hazards whose last look counts; the earliest ones stand for it.
fn governance(causes: &[&Cause]) -> Option<Called> {
    let mut last: Vec<(&str, &Cause, bool)> = vec![];
    let mut ordered = causes.to_vec();
    ordered.sort_by_key(|c| c.seq);
    for cause in ordered {
        if let What::Fix { hazard, counts } = &cause.what {
            last.retain(|(known, ..)| known != hazard);
            last.push((hazard, cause, *counts));
        }
    }
    let events: Vec<Uuid> =
        last.iter().filter(|(.., counts)| *counts).map(|(_, c, _)| c.event).take(MOST_FIXES).collect();
    (!events.is_empty()).then(|| Called { id: format!("fixes_{}", events.len()), because: events })
}

/// The row of a scheme.
pub fn scheme<'t>(tables: &'t Tables, name: &str, on: Date, region: &str) -> Result<(&'t SchemeRow, bool)> {
    let scope = Scope { on: Some(on), region: Region::parse(region).ok() };
    let (table, row) =
        tables.premium_schemes.find(scope, "scheme", name, |r| &r.scheme).map_err(|p| fields(p, "scheme"))?;
    Ok((row, table.confidence == Confidence::Unconfirmed))
}

/// The premium that a basis and its causes give.
pub fn price(tables: &Tables, basis: &Basis, causes: &[Cause]) -> Result<Priced> {
    let (row, example) = scheme(tables, &basis.scheme, basis.from, &basis.region)?;
    let since = basis.since();
    let inside: Vec<&Cause> = causes.iter().filter(|c| c.at >= since && c.at <= basis.until).collect();
    let known = |called: Called| row.factors.iter().any(|f| f.id == called.id).then_some(called);
    let mut called: Vec<Called> = basis.declared.iter().map(|id| Called { id: id.clone(), because: vec![] }).collect();
    called.extend(credit(&inside).and_then(known));
    called.extend(governance(&inside).and_then(known));
    let yuan = |fen: i64| Decimal::from(fen) / Decimal::ONE_HUNDRED;
    let asked = PremiumAsked {
        scheme: basis.scheme.clone(),
        base_yuan: basis.base_fen.map(yuan),
        cost_wan: basis.cost_wan,
        discount_percent: basis.discount_percent,
        factors: called.iter().map(|c| c.id.clone()).collect(),
        coefficients: basis.coefficients.iter().map(|c| Coefficient { name: c.name.clone(), value: c.value }).collect(),
        multiply: false,
    };
    let result = premium(tables, &asked, basis.scope()).map_err(|p| fields(p, "factors"))?;
    let terms = if row.kind == "float" {
        called.into_iter().filter_map(|c| term(&row.factors, c, basis.base_fen.unwrap_or_default())).collect()
    } else {
        let plain = |f: standards::insurance::PremiumFactor| Term {
            id: f.name.clone(),
            name: f.name,
            effect: f.effect,
            change_bp: None,
            change_fen: None,
            because: vec![],
        };
        result.factors.into_iter().map(plain).collect()
    };
    let wan_fen = |wan: Decimal| wan.saturating_mul(Decimal::from(1_000_000)).to_i64();
    Ok(Priced {
        premium_fen: result.premium_fen,
        terms,
        limit_fen: result.limit_wan.and_then(wan_fen),
        rule: format!("{} {}", result.rule.standard, result.rule.clause),
        edition: result.rule.edition,
        example,
    })
}

fn term(rows: &[FactorRow], called: Called, base_fen: i64) -> Option<Term> {
    let row = rows.iter().find(|r| r.id == called.id)?;
    let percent = row.percent.normalize();
    let sign = if percent.is_sign_negative() || percent.is_zero() { "" } else { "+" };
    let moved = Decimal::from(base_fen).saturating_mul(percent) / Decimal::ONE_HUNDRED;
    Some(Term {
        id: row.id.clone(),
        name: row.name.clone(),
        effect: format!("{sign}{percent}%"),
        change_bp: percent.saturating_mul(Decimal::ONE_HUNDRED).to_i64(),
        change_fen: moved.round().to_i64(),
        because: called.because,
    })
}

/// The words of a standard, at the fields of our form.
pub fn fields(problem: Problem, fallback: &str) -> Error {
    let clause = problem.clause.map_or_else(String::new, |c| format!("（{c}）"));
    if problem.errors.is_empty() {
        return Error::invalid(fallback, format!("{}{clause}", problem.title));
    }
    let errors = problem.errors.into_iter().map(|e| {
        let field = match e.field.as_str() {
            "base_yuan" => "base_fen".to_owned(),
            other if other.starts_with("factors") => "declared".to_owned(),
            other => other.to_owned(),
        };
        FieldError::new(field, format!("{}{clause}", e.message))
    });
    Error::Invalid(errors.collect())
}

/// What one event did to the premium.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PremiumStep)]
pub struct Step {
    /// Event.
    pub event: Uuid,
    /// Place in the log.
    pub seq: i64,
    /// When it happened, milliseconds UTC.
    pub at: i64,
    /// What it says.
    pub what: What,
    /// Premium before it, 分.
    pub before_fen: i64,
    /// Premium after it, 分.
    pub after_fen: i64,
}

/// The premium event by event: the differences add up to the whole change, with nothing left over.
pub fn steps(tables: &Tables, basis: &Basis, causes: &[Cause], after: i64) -> Result<Vec<Step>> {
    let mut ordered = causes.to_vec();
    ordered.sort_by_key(|c| c.seq);
    let known = ordered.iter().take_while(|c| c.seq <= after).count();
    let (earlier, later) = ordered.split_at(known);
    let mut so_far = earlier.to_vec();
    let mut before_fen = price(tables, basis, &so_far)?.premium_fen;
    let mut steps = vec![];
    for cause in later {
        so_far.push(cause.clone());
        let after_fen = price(tables, basis, &so_far)?.premium_fen;
        let Cause { event, seq, at, what } = cause.clone();
        steps.push(Step { event, seq, at, what, before_fen, after_fen });
        before_fen = after_fen;
    }
    Ok(steps)
}

/// What follows for a running policy from the premium that the facts now give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The premium or the open proposal says so already.
    Nothing,
    /// Propose the new premium; an open proposal falls away.
    Propose,
    /// The facts are back where the premium stands: the open proposal falls away.
    Lapse,
}

/// Compares the premium in force, what is proposed, and what the facts give.
pub const fn next(current_fen: i64, open_fen: Option<i64>, computed_fen: i64) -> Next {
    match open_fen {
        Some(open) if open == computed_fen => Next::Nothing,
        Some(_) if current_fen == computed_fen => Next::Lapse,
        None if current_fen == computed_fen => Next::Nothing,
        _ => Next::Propose,
    }
}
