//! Pure decisions: what a filled-in form becomes, what changed, what may be confirmed.
use super::check::{self, Faults};
use super::file::{ChemicalFile, Source, SourceFile, State, UnitFile, level_name};
use super::form::{Chemical, NewSource, Post, Responsible, Tank, Unit};
use events::major_hazards::{
    ChemicalFact, HazardSourceChanged, HazardSourceConfirmed, HazardSourceFiled, HazardSourceReturned, ResponsibleFact,
    SourceFact, UnitFact,
};
use events::{Code, FreeText};
use platform::{Error, FieldError, Result};
use standards::calendar::{Moment, deadline};
use standards::codes::Region;
use standards::date::Date;
use standards::gb18218::{self, Asked, Assessment, Edition};
use standards::problem::Problem;
use standards::tables::{Scope, Tables};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The period after which a source has to be evaluated again, in the table of statutory periods.
pub const EVALUATION_PERIOD: &str = "hazard-evaluation";
/// The rule behind it, as screens and clocks print it; the table has no confirmed copy of the text.
pub const EVALUATION_BASIS: &str =
    "危险化学品重大危险源监督管理暂行规定 第十一条（安全评估满三年应重新评估；期限未经核实，须对照原文）";

/// Day the next evaluation is due.
fn evaluation_due(tables: &Tables, evaluated_on: Option<Date>, scope: Scope) -> Option<Date> {
    let from = Moment { date: evaluated_on?, second: None };
    deadline(tables, EVALUATION_PERIOD, from, None, 0, scope).ok().map(|found| found.due.date)
}

/// Checks a form and assesses its units by the tables in force; `home` is the enterprise's region.
pub fn file(tables: &Tables, form: &NewSource, home: &str, today: Date) -> Result<SourceFile> {
    let mut faults = Faults::default();
    let name = faults.text("name", "名称", &form.name, 80);
    let region = check::region(&mut faults, form.region.as_deref(), home);
    let (lon, lat) = check::position(&mut faults, form);
    if form.population_500m.is_some_and(|n| n > 10_000_000) {
        faults.add("population_500m", "厂区边界外 500 m 内常住人口不可能超过 1000 万，请核对");
    }
    check::shape(&mut faults, &form.units);
    let responsible = check::responsible(&mut faults, &form.responsible);
    let filed_no = faults.optional("filed_no", "备案编号", form.filed_no.as_deref(), 60);
    let filed_on = faults.day("filed_on", "备案日期", form.filed_on.as_deref(), today);
    let evaluated_on = faults.day("evaluated_on", "安全评估日期", form.evaluated_on.as_deref(), today);
    let scope = Scope { on: Some(today), region: Region::parse(&region).ok() };
    let edition = Edition::select(tables, scope).map_err(|p| fields(p, ""))?;
    let assessed = units(&mut faults, &edition, form);
    faults.done()?;
    let first = assessed.first().ok_or_else(|| Error::invalid("units", "至少登记一个单元"))?;
    let (rule, alpha) = (first.1.rule.clone(), first.1.alpha);
    let units: Vec<UnitFile> = assessed.into_iter().map(|(unit, _)| unit).collect();
    Ok(SourceFile {
        name,
        region,
        site: form.site,
        lon,
        lat,
        population_500m: form.population_500m,
        alpha,
        s: units.iter().map(|u| u.s).max().unwrap_or_default(),
        r: units.iter().filter_map(|u| u.r).max(),
        level: units.iter().filter_map(|u| u.level).min(),
        rule,
        rule_set: tables.version.clone(),
        responsible,
        filed_no,
        filed_on,
        evaluated_on,
        evaluation_due: evaluation_due(tables, evaluated_on, scope),
        units,
        other_tags: vec![],
    })
}

fn units(faults: &mut Faults, edition: &Edition<'_>, form: &NewSource) -> Vec<(UnitFile, Assessment)> {
    let mut done = vec![];
    for (i, unit) in form.units.iter().enumerate() {
        match assess(edition, unit, form.population_500m) {
            Ok(assessed) => done.push(assessed),
            Err(problem) => {
                if let Error::Invalid(errors) = fields(problem, &format!("units[{i}].")) {
                    faults.0.extend(errors);
                }
            }
        }
    }
    // The residents are asked for once per unit, but stand once in the form.
    let mut seen = BTreeSet::new();
    faults.0.retain(|f| f.field != "population_500m" || seen.insert(f.message.clone()));
    done
}

fn assess(edition: &Edition<'_>, unit: &Unit, population: Option<u32>) -> Result<(UnitFile, Assessment), Problem> {
    let asked = gb18218::Unit {
        substances: unit.chemicals.iter().map(asked).collect(),
        population_500m: population,
        kind: Some(unit.kind.name().to_owned()),
    };
    let assessment = gb18218::assess(edition, &asked)?;
    let chemicals = unit.chemicals.iter().zip(&assessment.terms).map(|(given, term)| ChemicalFile {
        given: tidy(given),
        table_no: term.no,
        class: term.class.clone(),
        critical_t: term.critical_t,
        ratio: term.ratio,
        beta: term.beta,
    });
    let file = UnitFile {
        name: unit.name.trim().to_owned(),
        kind: unit.kind,
        border: assessment.border.clone(),
        chemicals: chemicals.collect(),
        tanks: unit.tanks.iter().map(|t| Tank { name: t.name.trim().to_owned(), tags: t.tags.clone() }).collect(),
        tags: unit.tags.clone(),
        s: assessment.sum,
        r: assessment.r,
        level: assessment.level,
        warnings: assessment.warnings.clone(),
    };
    Ok((file, assessment))
}

fn tidy(given: &Chemical) -> Chemical {
    let cas = given.cas.as_deref().map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned);
    let classes = given.classes.iter().map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect();
    Chemical { name: given.name.trim().to_owned(), cas, classes, q_t: given.q_t.normalize(), ..given.clone() }
}

fn asked(given: &Chemical) -> Asked {
    let given = tidy(given);
    Asked {
        no: given.no,
        name: (!given.name.is_empty()).then_some(given.name),
        cas: given.cas,
        classes: given.classes,
        q_t: given.q_t,
        mixture: given.mixture,
    }
}

/// The standard's words for the same things, at the fields of the form.
fn fields(problem: Problem, prefix: &str) -> Error {
    let clause = problem.clause.map_or_else(String::new, |c| format!("（{c}）"));
    let errors = problem.errors.into_iter().map(|e| {
        let field = if e.field == "population_500m" {
            e.field
        } else {
            format!("{prefix}{}", e.field.replace("substances", "chemicals").replace(".class", ".classes"))
        };
        FieldError::new(field, format!("{}{clause}", e.message))
    });
    Error::Invalid(errors.collect())
}

/// What an officer should look at before confirming.
pub fn warnings(file: &SourceFile, today: Date) -> Vec<String> {
    let mut all: Vec<String> =
        file.units.iter().flat_map(|u| u.warnings.iter().map(move |w| format!("{}：{w}", u.name))).collect();
    if file.level.is_none() {
        all.push("各单元 S 均小于 1，不构成重大危险源（GB 18218-2018 4.2.1）".to_owned());
    } else {
        let missing = Post::ALL.into_iter().filter(|p| !file.responsible.iter().any(|r| r.post == *p));
        let missing: Vec<&str> = missing.map(Post::name).collect();
        if !missing.is_empty() {
            all.push(format!("三级包保缺少：{}", missing.join("、")));
        }
        match file.evaluation_due {
            None => all.push("没有安全评估日期".to_owned()),
            Some(due) if due < today => all.push(format!("安全评估已于 {due} 到期（{EVALUATION_BASIS}）")),
            Some(_) => {}
        }
    }
    all
}

/// Tags registered for the source stay with it until the form puts them to a unit or tank.
pub fn keep_tags(old: &SourceFile, mut new: SourceFile) -> SourceFile {
    let placed: BTreeSet<&String> = new.units.iter().flat_map(UnitFile::all_tags).collect();
    new.other_tags = old.other_tags.iter().filter(|tag| !placed.contains(tag)).cloned().collect();
    new
}

/// A new source.
pub fn filed(id: Uuid, file: &SourceFile, origin: &str) -> HazardSourceFiled {
    HazardSourceFiled { source: id, file: fact(file), origin: origin.into() }
}

/// A changed file; refused where it is stale or nothing changed.
pub fn changed(old: &Source, new: &SourceFile, form: &NewSource) -> Result<HazardSourceChanged> {
    if form.revision.is_some_and(|seen| seen != old.revision) {
        return Err(Error::Conflict("这份档案已被他人修改，请刷新后在最新内容上修改".to_owned()));
    }
    let fields = differences(&old.file, new)?;
    if fields.is_empty() {
        return Err(Error::Conflict("没有修改任何内容".to_owned()));
    }
    Ok(HazardSourceChanged {
        source: old.id,
        file: fact(new),
        fields: fields.iter().map(Code::from).collect(),
        level_before: old.file.level.map(|l| level_name(l).into()),
        r_before: old.file.r.map(|r| r.to_string().into()),
        origin: form.origin.code().into(),
    })
}

/// Fields of the file that differ.
fn differences(old: &SourceFile, new: &SourceFile) -> Result<Vec<String>> {
    let object = |file: &SourceFile| serde_json::to_value(file).map_err(Error::internal);
    let (old, new) = (object(old)?, object(new)?);
    let keys = new.as_object().into_iter().flatten().filter(|(key, value)| old.get(key.as_str()) != Some(*value));
    Ok(keys.map(|(key, _)| key.clone()).collect())
}

/// Whether somebody may check a file: not whoever wrote it.
pub fn may_check(source: &Source, person: Option<Uuid>) -> bool {
    person.is_none() || source.written_by != person
}

/// The county has checked the file as it stands; `person` is who checked it.
pub fn confirmed(source: &Source, person: Option<Uuid>, opinion: Option<&str>) -> Result<HazardSourceConfirmed> {
    let mut faults = Faults::default();
    let opinion = faults.optional("opinion", "意见", opinion, 500);
    faults.done()?;
    if source.state == State::Confirmed {
        return Err(Error::Conflict("这份档案已经确认，无需重复确认".to_owned()));
    }
    if !may_check(source, person) {
        return Err(Error::refused(
            "平台规则：登记与确认由不同的人办理",
            "这份档案最近一次由您本人登记或修改，请由另一位监管员确认",
        ));
    }
    Ok(HazardSourceConfirmed {
        source: source.id,
        revision: source.revision,
        level: source.file.level.map(|l| level_name(l).into()),
        r: source.file.r.map(|r| r.to_string().into()),
        opinion: opinion.map(FreeText::from),
    })
}

/// The county sends the file back.
pub fn returned(source: &Source, reason: &str) -> Result<HazardSourceReturned> {
    let mut faults = Faults::default();
    let reason = faults.text("reason", "退回原因（哪里需要改、依据什么）", reason, 500);
    faults.done()?;
    if source.state == State::Returned {
        return Err(Error::Conflict("这份档案已经退回，正等待企业修改".to_owned()));
    }
    Ok(HazardSourceReturned { source: source.id, revision: source.revision, reason: reason.into() })
}

/// The file as events state it.
fn fact(file: &SourceFile) -> SourceFact {
    let text = |d: rust_decimal::Decimal| Code::from(d.to_string());
    let chemical = |c: &ChemicalFile| ChemicalFact {
        no: c.table_no,
        name: c.given.name.clone().into(),
        class: c.class.as_ref().map(Code::from),
        q_t: text(c.given.q_t),
        critical_t: text(c.critical_t),
        beta: c.beta.map(text),
    };
    let unit = |u: &UnitFile| UnitFact {
        name: u.name.clone().into(),
        kind: u.kind.name().into(),
        s: text(u.s),
        r: u.r.map(text),
        level: u.level.map(|l| level_name(l).into()),
        chemicals: u.chemicals.iter().map(chemical).collect(),
        tags: u.all_tags().map(Code::from).collect(),
    };
    let person = |p: &Responsible| ResponsibleFact {
        post: p.post.name().into(),
        name: p.name.clone().into(),
        phone: events::Personal(p.phone.clone()),
    };
    SourceFact {
        name: file.name.clone().into(),
        site: file.site,
        population_500m: file.population_500m,
        units: file.units.iter().map(unit).collect(),
        s: text(file.s),
        r: file.r.map(text),
        level: file.level.map(|l| level_name(l).into()),
        edition: file.rule.edition.as_str().into(),
        rule_set: file.rule_set.as_str().into(),
        responsible: file.responsible.iter().map(person).collect(),
        filed_no: file.filed_no.as_ref().map(Code::from),
        filed_on: file.filed_on.map(|d| d.to_string().into()),
        evaluated_on: file.evaluated_on.map(|d| d.to_string().into()),
    }
}
