//! Skills tied to risk tags, kinds of tasks, certificates and instruments, and the figures of the
//! search: one dated edition. What ships is an example and says so wherever it decides something.
use platform::{Error, Ms, Result};
use serde::{Deserialize, Serialize};
use standards::date::Date;
use std::sync::OnceLock;
use utoipa::ToSchema;

/// A code with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExpertTerm)]
pub struct Term {
    /// Code.
    pub code: String,
    /// Chinese name.
    pub name: String,
}

/// A skill and the words of the risks it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExpertSkill)]
pub struct Skill {
    /// Code.
    pub code: String,
    /// Chinese name.
    pub name: String,
    /// Words in an enterprise's trade and risk tags that call for it.
    pub tags: Vec<String>,
}

/// What the score is made of; the parts add up to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExpertWeights)]
pub struct Weights {
    /// Share of the skills asked for.
    pub skill: u32,
    /// A certificate in force.
    pub certificate: u32,
    /// Visits done.
    pub experience: u32,
    /// Little work at hand.
    pub free: u32,
    /// Confirmed by enterprises.
    pub record: u32,
}

/// The figures of the search and of the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExpertRules)]
pub struct Rules {
    /// Visits to one enterprise by one expert within `same_firm_days`.
    pub same_firm_most: i64,
    /// The window of that count, days.
    pub same_firm_days: i64,
    /// Who worked for an enterprise within so many days does not review what was done there.
    pub author_days: i64,
    /// Days before an end at which it is told.
    pub notice_days: i64,
    /// Working days an enterprise has to confirm a service.
    pub confirm_workdays: i32,
    /// Weights.
    pub weights: Weights,
}

/// One edition.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ExpertTaxonomy)]
pub struct Taxonomy {
    /// Edition.
    pub edition: String,
    /// First day.
    #[schema(value_type = String)]
    pub valid_from: Date,
    /// True while no authority has confirmed it.
    pub example: bool,
    /// Where it comes from.
    pub source: String,
    /// Skills.
    pub skills: Vec<Skill>,
    /// Kinds of tasks.
    pub tasks: Vec<Term>,
    /// Kinds of certificates of persons.
    pub certificates: Vec<Term>,
    /// Kinds of qualifications of organisations.
    pub qualifications: Vec<Term>,
    /// Kinds of instruments.
    pub instruments: Vec<Term>,
    /// Figures.
    pub rules: Rules,
}

/// The edition in force at a moment; before the first one, the first.
pub fn at(now: Ms) -> Result<&'static Taxonomy> {
    static ALL: OnceLock<Vec<Taxonomy>> = OnceLock::new();
    let all = ALL.get_or_init(|| serde_json::from_str(include_str!("taxonomy.json")).unwrap_or_default());
    let day = Date::beijing(now.0).ok_or_else(|| Error::internal("the clock stands outside the calendar"))?;
    let found = all.iter().filter(|t| t.valid_from <= day).max_by_key(|t| t.valid_from).or_else(|| all.first());
    found.ok_or_else(|| Error::internal("no edition of the taxonomy of skills can be read"))
}

impl Taxonomy {
    /// The skill of a code or a Chinese name.
    pub fn skill(&self, word: &str) -> Option<&Skill> {
        let word = word.trim();
        self.skills.iter().find(|s| s.code == word || s.name == word)
    }
    /// The name of a skill; a code of another edition stands for itself.
    pub fn skill_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.skill(code).map_or(code, |s| s.name.as_str())
    }
    /// Codes of the skills that a trade and its risk tags call for, in the order of the edition.
    pub fn skills_for<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let words: Vec<&str> = words.into_iter().collect();
        let calls = |skill: &&Skill| skill.tags.iter().any(|tag| words.iter().any(|word| word.contains(tag.as_str())));
        self.skills.iter().filter(calls).map(|s| s.code.clone()).collect()
    }
    /// What every answer that used this edition says of it.
    pub fn mark(&self) -> String {
        let word = if self.example { "（示例，未经主管部门确认）" } else { "" };
        format!("专家分类与评分 {}{word}", self.edition)
    }
}

/// The name of a term; a code of another edition stands for itself.
pub fn name_of<'a>(terms: &'a [Term], code: &'a str) -> &'a str {
    terms.iter().find(|t| t.code == code).map_or(code, |t| t.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_edition_is_readable_marked_and_adds_up() {
        let shipped = at(Ms(1_795_395_600_000)).unwrap();
        assert!(shipped.example && shipped.mark().contains("示例"));
        let w = shipped.rules.weights;
        assert_eq!(w.skill + w.certificate + w.experience + w.free + w.record, 100);
        let mut codes: Vec<&str> = shipped.skills.iter().map(|s| s.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), shipped.skills.len());
        assert!(shipped.skills.iter().all(|s| !s.tags.is_empty()));
    }

    #[test]
    fn risk_tags_call_for_skills() {
        let shipped = at(Ms(1_795_395_600_000)).unwrap();
        assert_eq!(
            shipped.skills_for(["氯碱化工", "有限空间"]),
            ["chlor_alkali", "chemical_process", "confined_space"]
        );
        assert_eq!(shipped.skills_for(["木粉尘"]), ["dust"]);
        assert!(shipped.skills_for(["办公"]).is_empty());
        assert_eq!(shipped.skill("氯碱").map(|s| s.code.as_str()), Some("chlor_alkali"));
    }
}
