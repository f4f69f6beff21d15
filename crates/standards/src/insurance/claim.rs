//! Clocks of a claim, with the time an insured needs to complete documents taken out.

use crate::calendar::{Moment, deadline};
use crate::date::Date;
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A request for missing documents.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Supplement {
    /// The notice reached the claimant.
    pub asked: Date,
    /// The documents reached the insurer; none while they are awaited.
    pub received: Option<Date>,
}

/// Where a claim stands.
#[derive(Clone, Debug)]
pub struct ClaimAsked {
    /// Claim and first documents reached the insurer.
    pub first_received: Date,
    /// Requests for missing documents.
    pub supplements: Vec<Supplement>,
    /// The insurer assessed and refused.
    pub refused: Option<Date>,
    /// Both sides agreed on the sum.
    pub agreed: Option<Date>,
}

/// Due days of a claim.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimClock {
    /// Days taken out.
    pub deducted_days: u32,
    /// Assess by; none while documents are awaited.
    pub assess_by: Option<Date>,
    /// Pay the ascertainable part by, where the sum cannot be determined.
    pub interim_by: Option<Date>,
    /// Tell the refusal with reasons by.
    pub refuse_by: Option<Date>,
    /// Pay by.
    pub pay_by: Option<Date>,
    /// The clock stands still, waiting for documents.
    pub waiting: bool,
    /// Clause.
    pub rule: RuleRef,
}

/// Due days of a claim (保险法 arts. 22–25, 解释二 art. 15; calendar days that roll past rest days):
/// assess within 30 days of the first receipt, the days from the notice to the receipt of missing
/// documents taken out; pay within 10 days of agreement; refuse within 3 days of the assessment; pay
/// the ascertainable part within 60 days of claim and documents. Errors: dates out of order, 日历未发布.
pub fn claim_clock(tables: &Tables, asked: &ClaimAsked, scope: Scope) -> Result<ClaimClock, Problem> {
    let mut deducted = 0;
    let mut last = asked.first_received;
    let mut complete = Some(asked.first_received);
    for (index, s) in asked.supplements.iter().enumerate() {
        let at = |name: &str| format!("supplements[{index}].{name}");
        if complete.is_none() || s.asked < last {
            return Err(
                Problem::field(at("asked"), "补充通知须在收到前次材料之后，按时间先后填写").under("保险法 第二十二条")
            );
        }
        if s.received.is_some_and(|r| r < s.asked) {
            return Err(Problem::field(at("received"), "收到日期早于通知日期"));
        }
        complete = s.received;
        last = s.received.unwrap_or(s.asked);
        deducted += s.received.map_or(0, |r| r.day_number() - s.asked.day_number());
    }
    let deducted = u32::try_from(deducted).unwrap_or(u32::MAX);
    for (field, day) in [("refused", asked.refused), ("agreed", asked.agreed)] {
        if day.is_some_and(|d| d < asked.first_received) {
            return Err(Problem::field(field, "早于首次收到索赔材料之日"));
        }
    }
    let due = |id: &str, from: Option<Date>, out: u32| {
        from.map(|f| deadline(tables, id, Moment { date: f, second: None }, None, out, scope)).transpose()
    };
    let day = |d: Option<crate::calendar::Deadline>| d.map(|d| d.due.date);
    let rule =
        deadline(tables, "claim-assess", Moment { date: asked.first_received, second: None }, Some(false), 0, scope)?
            .rule;
    Ok(ClaimClock {
        deducted_days: deducted,
        assess_by: day(due("claim-assess", complete.map(|_| asked.first_received), deducted)?),
        interim_by: day(due("claim-interim", complete, 0)?),
        refuse_by: day(due("claim-refuse", asked.refused, 0)?),
        pay_by: day(due("claim-pay", asked.agreed, 0)?),
        waiting: complete.is_none(),
        rule: rule.at("第二十二至二十五条；解释二第十五条"),
    })
}
