//! Grades as pure functions: what a score gives, and what follows for the grade in force.
use standards::credit::{GradeRow, ModelRow, SupervisionRow, grade_of, place_of};

/// The grade a score gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Grade.
    pub grade: String,
    /// Few facts kept it from being worse.
    pub guarded: bool,
}

/// Grades a score. With fewer facts than the model wants the score alone gives nothing worse than
/// the guard, unless one of them is a ground that needs no number.
pub fn judge(grades: &[GradeRow], model: &ModelRow, score: i64, counted: u32, grounds: bool) -> Option<Judged> {
    let by_score = grade_of(grades, score)?;
    let place = place_of(grades, &by_score.grade)?;
    let guard = place_of(grades, &model.guard).filter(|_| counted < model.few && !grounds);
    let guarded = guard.is_some_and(|guard| place > guard);
    let grade = if guarded { model.guard.clone() } else { by_score.grade.clone() };
    Some(Judged { grade, guarded })
}

/// What becomes of the grade in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing changes.
    Stay,
    /// The grade is published now; a running notice falls away.
    Publish,
    /// The enterprise is told first; an earlier notice is replaced.
    Notice,
    /// The running notice has lost its ground.
    Withdraw,
}

/// Decides a step. A worse grade is only published at once when a ground of death, refusal or
/// concealment has come that the grade in force does not know.
pub fn step(grades: &[GradeRow], in_force: Option<&str>, notice: Option<&str>, target: &str, silent: bool) -> Step {
    let Some(now) = in_force else { return Step::Publish };
    let place = |grade: &str| place_of(grades, grade).unwrap_or(usize::MAX);
    match place(target).cmp(&place(now)) {
        std::cmp::Ordering::Less => Step::Publish,
        std::cmp::Ordering::Equal if notice.is_some() => Step::Withdraw,
        std::cmp::Ordering::Equal => Step::Stay,
        std::cmp::Ordering::Greater if silent => Step::Publish,
        std::cmp::Ordering::Greater if notice == Some(target) => Step::Stay,
        std::cmp::Ordering::Greater => Step::Notice,
    }
}

/// The row of the supervision table.
pub fn supervision<'a>(rows: &'a [SupervisionRow], grade: &str, risk: &str) -> Option<&'a SupervisionRow> {
    rows.iter().find(|row| row.grade == grade && row.risk == risk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use libraries::credit::model::{Entry, score};
    use proptest::prelude::*;
    use standards::tables::{Scope, Tables};
    use uuid::Uuid;

    /// A county in miniature: facts come, are corrected, and notices run out.
    struct World {
        facts: Vec<(Entry, bool)>,
        known: Vec<Uuid>,
        grade: Option<String>,
        notice: Option<String>,
        silent_downgrades: u32,
    }

    impl World {
        fn new() -> Self {
            Self { facts: vec![], known: vec![], grade: None, notice: None, silent_downgrades: 0 }
        }
        fn target(&self) -> (String, i64, bool) {
            let tables = Tables::shipped();
            let grades = &tables.credit_grades.select(Scope::default()).unwrap().rows;
            let model = &tables.credit_model.select(Scope::default()).unwrap().rows[0];
            let entries: Vec<Entry> = self.facts.iter().map(|(e, _)| e.clone()).collect();
            let scored = score(model, &entries, 1);
            let grounds = self.facts.iter().any(|(_, ground)| *ground);
            let fresh = self.facts.iter().any(|(e, ground)| *ground && !self.known.contains(&e.fact));
            (judge(grades, model, scored.score, scored.counted, grounds).unwrap().grade, scored.score, fresh)
        }
        fn look(&mut self) {
            let grades = &Tables::shipped().credit_grades.select(Scope::default()).unwrap().rows;
            let (target, _, silent) = self.target();
            match step(grades, self.grade.as_deref(), self.notice.as_deref(), &target, silent) {
                Step::Stay => {}
                Step::Publish => {
                    let worse = self.grade.as_deref().is_some_and(|g| place_of(grades, g) < place_of(grades, &target));
                    self.silent_downgrades += u32::from(worse && !silent);
                    self.publish(target);
                }
                Step::Notice => self.notice = Some(target),
                Step::Withdraw => self.notice = None,
            }
        }
        fn publish(&mut self, grade: String) {
            self.grade = Some(grade);
            self.notice = None;
            self.known = self.facts.iter().map(|(e, _)| e.fact).collect();
        }
        fn settle(&mut self) {
            self.look();
            if let Some(noticed) = self.notice.clone() {
                assert_eq!(self.target().0, noticed, "a notice always names the grade that the facts give");
                self.publish(noticed);
            }
        }
        fn end(&self) -> (String, i64, u32) {
            let (_, score, _) = self.target();
            let grade = self.grade.clone().unwrap();
            let table = Tables::shipped().credit_supervision.select(Scope::default()).unwrap();
            let visits = supervision(&table.rows, &grade, "orange").unwrap().visits_least;
            (grade, score, visits)
        }
    }

    proptest! {
        #[test]
        fn an_upheld_objection_leaves_grade_score_and_visits_as_without_the_fact(
            points in proptest::collection::vec((-2500..800_i64, any::<bool>(), 0..20_u8), 1..14),
            pick in any::<prop::sample::Index>(),
            settle_first in any::<bool>(),
        ) {
            let entries: Vec<(Entry, bool)> = points.iter().enumerate().map(|(i, (points, _, ground))| {
                let fact = Uuid::from_u128(i as u128 + 1);
                (Entry { fact, code: format!("k{}", i % 4), points: *points, cap: None, from: 0, to: 9 }, *points < 0 && *ground == 0)
            }).collect();
            let wrong = entries[pick.index(entries.len())].0.fact;
            let (mut with, mut without) = (World::new(), World::new());
            for (entry, (_, settle, _)) in entries.iter().zip(&points) {
                with.facts.push(entry.clone());
                with.look();
                if *settle { with.settle(); }
                if entry.0.fact != wrong {
                    without.facts.push(entry.clone());
                    without.look();
                    if *settle { without.settle(); }
                }
            }
            if settle_first { with.settle(); }
            with.facts.retain(|(e, _)| e.fact != wrong);
            with.look();
            with.settle();
            without.look();
            without.settle();
            prop_assert_eq!(with.end(), without.end());
            prop_assert_eq!(with.silent_downgrades + without.silent_downgrades, 0);
        }
    }

    #[test]
    fn few_facts_give_no_adverse_grade_but_a_ground_does() {
        let tables = Tables::shipped();
        let grades = &tables.credit_grades.select(Scope::default()).unwrap().rows;
        let model = &tables.credit_model.select(Scope::default()).unwrap().rows[0];
        let judged = |counted, grounds| judge(grades, model, 4500, counted, grounds).unwrap();
        assert_eq!(judged(1, false), Judged { grade: "B".into(), guarded: true });
        assert_eq!(judged(1, true), Judged { grade: "D".into(), guarded: false });
        assert_eq!(judged(3, false), Judged { grade: "D".into(), guarded: false });
    }
}
