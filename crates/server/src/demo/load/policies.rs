//! Two years of policies: the insured firms asked, were quoted and signed, a year ago and again this year.
use super::{DAY, Load};
use crate::demo::county::{Firm, Terms};
use crate::demo::log;
use crate::demo::seeded::Chance;
use anyhow::{Context, Result};
use platform::Ms;
use systems::insurance::applications::form::{Asked, Group, QuoteForm};
use systems::insurance::applications::write;
use uuid::Uuid;

/// Scheme the insurers of the county quote with; an example, as the county is.
const SCHEME: &str = "示例浮动2026";
/// Days of a policy year.
const YEAR: i64 = 365;

impl Load {
    pub(super) async fn policies(&self) -> Result<()> {
        if self.days == 0 {
            return Ok(());
        }
        let bound = log::count_by_enterprise(self.app.db(), "ins.policy.bound").await?;
        let asked = log::by_enterprise(self.app.db(), "ins.proposal.created").await?;
        let firms: Vec<&Firm> = self.demo.firms.iter().filter(|f| f.insurer.is_some() && f.policy.is_some()).collect();
        self.progress.stage(79, 1, "安责险保单", firms.len());
        let (bound, asked) = (&bound, &asked);
        self.each(firms, |firm| async move {
            for (term, start) in
                self.terms(firm).into_iter().enumerate().skip(bound.get(&firm.id).copied().unwrap_or(0))
            {
                let begun = asked.get(&firm.id).and_then(|all| all.get(term));
                self.policy(firm, start, term, begun).await.with_context(|| format!("{} 保单", firm.id))?;
            }
            Ok(())
        })
        .await
    }

    /// First days of the policies, oldest first: this year's began some months ago.
    fn terms(&self, firm: &Firm) -> Vec<Ms> {
        let mut chance = Chance::of(self.demo.seed, &format!("policy of {}", firm.id));
        let this = self.now.plus(-chance.between(20, 340) * DAY);
        let oldest = self.now.plus(-(self.days * super::visits::DAYS - 12) * DAY);
        let terms = [this.plus(-YEAR * DAY), this];
        terms.into_iter().filter(|start| *start > oldest).collect()
    }

    async fn policy(&self, firm: &Firm, start: Ms, term: usize, begun: Option<&String>) -> Result<()> {
        let (Some(insurer), Some(terms)) = (&firm.insurer, &firm.policy) else { return Ok(()) };
        let then = |days: i64| start.plus(-days * DAY);
        let principal = format!("principal@{}", firm.id);
        let id: Uuid = if let Some(subject) = begun {
            subject.trim_start_matches("insurance-application/").parse()?
        } else {
            let asked = asked(firm, insurer, terms, start);
            write::apply(&self.person(&principal, then(9)).await?, &asked).await?
        };
        let quoted = log::kinds(self.app.db(), &format!("insurance-application/{id}")).await?;
        if !quoted.contains("ins.quote.made") {
            let form = QuoteForm {
                policy_no: format!("ZX{}{}{:02}", day(start).replace('-', ""), firm.id, term),
                scheme: SCHEME.to_owned(),
                base_fen: Some(terms.base_premium * 100),
                cost_wan: None,
                discount_percent: None,
                coefficients: vec![],
                declared: vec![],
                commission_bp: 0,
                file: None,
                revision: None,
            };
            write::quote(&self.person(&format!("underwriter@{insurer}"), then(7)).await?, id, &form).await?;
        }
        write::accept(&self.person(&principal, then(5)).await?, id, None).await?;
        Ok(())
    }
}

/// What a firm asks for: the same sum for everybody on its register, for a year.
fn asked(firm: &Firm, insurer: &str, terms: &Terms, start: Ms) -> Asked {
    let people =
        Group {
            name: "全体从业人员".to_owned(), people: firm.employees, per_person_fen: terms.limit_per_person * 100
        };
    Asked {
        insurer: insurer.to_owned(),
        groups: vec![people],
        cumulative_fen: terms.cumulative_limit * 100,
        medical_fen: terms.medical_per_person * 100,
        from: day(start),
        to: day(start.plus((YEAR - 1) * DAY)),
    }
}

/// A day as forms write it.
fn day(at: Ms) -> String {
    at.beijing().chars().take(10).collect()
}
