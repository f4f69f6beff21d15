//! The checks of a filled-in form, short of what the standard says of quantities.
use super::form::{NewSource, Responsible, Unit};
use platform::{Error, FieldError, Result};
use standards::codes::{Region, RegionLevel};
use standards::date::Date;
use std::collections::BTreeSet;

/// Upper bounds of one file; one event has to hold it.
const MAX_UNITS: usize = 20;
const MAX_CHEMICALS: usize = 100;
const MAX_TANKS: usize = 200;
const MAX_TAGS: usize = 400;

/// Collects what is wrong, so that the person sees all of it at once.
#[derive(Default)]
pub struct Faults(pub Vec<FieldError>);

impl Faults {
    /// One more.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError::new(field, message));
    }

    /// A text that must be there.
    pub fn text(&mut self, field: impl Into<String>, what: &str, text: &str, max: usize) -> String {
        let text = text.trim();
        match text.chars().count() {
            0 => self.add(field, format!("请填写{what}")),
            n if n > max => self.add(field, format!("{what}不能超过 {max} 个字，现在是 {n} 个字")),
            _ => {}
        }
        text.to_owned()
    }

    /// A text that may be left out.
    pub fn optional(&mut self, field: &str, what: &str, text: Option<&str>, max: usize) -> Option<String> {
        let text = text.map(str::trim).filter(|t| !t.is_empty())?;
        Some(self.text(field, what, text, max))
    }

    /// A day up to today that may be left out.
    pub fn day(&mut self, field: &str, what: &str, text: Option<&str>, today: Date) -> Option<Date> {
        let text = text.map(str::trim).filter(|t| !t.is_empty())?;
        match Date::parse(text) {
            None => self.add(field, format!("{what}“{text}”不是日期，应写成 2026-03-01 的样子")),
            Some(day) if day > today => self.add(field, format!("{what}不能晚于今天（{today}）")),
            Some(day) => return Some(day),
        }
        None
    }

    /// Refuses where anything is wrong.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

/// The site may lie in another town than the enterprise's seat, but not in another county: who
/// supervises the source must not be the enterprise's choice.
pub fn region(faults: &mut Faults, given: Option<&str>, home: &str) -> String {
    let Some(given) = given.map(str::trim).filter(|g| !g.is_empty()) else { return home.to_owned() };
    let inside = |at: Region, seat: Region| seat.at(RegionLevel::County).unwrap_or(seat).contains(&at);
    match (Region::parse(given), Region::parse(home)) {
        (Ok(at), Ok(seat)) if inside(at, seat) => {}
        (Ok(_), Ok(_)) => faults.add("region", "场所须与企业在同一个县；在外县的场所请向当地登记"),
        (Err(message), _) | (_, Err(message)) => faults.add("region", message),
    }
    given.to_owned()
}

/// Longitude and latitude, both or none.
pub fn position(faults: &mut Faults, form: &NewSource) -> (Option<f64>, Option<f64>) {
    match (form.lon, form.lat) {
        (None, None) => {}
        (Some(lon), Some(lat)) => {
            if !(73.0..=136.0).contains(&lon) {
                faults.add("lon", "经度应在 73 到 136 度之间（CGCS2000），请检查是否与纬度写反");
            }
            if !(3.0..=54.0).contains(&lat) {
                faults.add("lat", "纬度应在 3 到 54 度之间（CGCS2000），请检查是否与经度写反");
            }
        }
        (None, Some(_)) => faults.add("lon", "填写了纬度，也请填写经度"),
        (Some(_), None) => faults.add("lat", "填写了经度，也请填写纬度"),
    }
    (form.lon, form.lat)
}

/// Names, numbers of things and tags; quantities are the standard's business.
pub fn shape(faults: &mut Faults, units: &[Unit]) {
    let count = |n: usize, max: usize| n > max;
    if units.is_empty() || count(units.len(), MAX_UNITS) {
        faults.add("units", format!("请登记 1 到 {MAX_UNITS} 个单元；更多的单元请分成几个危险源登记"));
    }
    if count(units.iter().map(|u| u.chemicals.len()).sum(), MAX_CHEMICALS) {
        faults.add("units", format!("一个危险源最多登记 {MAX_CHEMICALS} 种化学品"));
    }
    if count(units.iter().map(|u| u.tanks.len()).sum(), MAX_TANKS) {
        faults.add("units", format!("一个危险源最多登记 {MAX_TANKS} 个储罐或设备"));
    }
    let mut names = BTreeSet::new();
    let mut tags = BTreeSet::new();
    for (i, unit) in units.iter().enumerate() {
        let name = faults.text(format!("units[{i}].name"), "单元名称", &unit.name, 80);
        if !names.insert(name) {
            faults.add(format!("units[{i}].name"), "同一危险源内单元名称不能重复");
        }
        let mut tanks = BTreeSet::new();
        for (j, tank) in unit.tanks.iter().enumerate() {
            let name = faults.text(format!("units[{i}].tanks[{j}].name"), "储罐或设备名称", &tank.name, 80);
            if !tanks.insert(name) {
                faults.add(format!("units[{i}].tanks[{j}].name"), "同一单元内储罐或设备名称不能重复");
            }
            each_tag(faults, &format!("units[{i}].tanks[{j}].tags"), &tank.tags, &mut tags);
        }
        each_tag(faults, &format!("units[{i}].tags"), &unit.tags, &mut tags);
    }
    if count(tags.len(), MAX_TAGS) {
        faults.add("units", format!("一个危险源最多关联 {MAX_TAGS} 个监测点位"));
    }
}

fn each_tag<'a>(faults: &mut Faults, field: &str, given: &'a [String], seen: &mut BTreeSet<&'a str>) {
    for (k, tag) in given.iter().enumerate() {
        let fits =
            (1..=96).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
        if !fits {
            faults.add(format!("{field}[{k}]"), format!("位号“{tag}”只能用字母、数字和 _ - .，不超过 96 个字符"));
        } else if !seen.insert(tag) {
            faults.add(format!("{field}[{k}]"), format!("点位 {tag} 在本档案中重复；一个点位只能属于一个储罐或单元"));
        }
    }
}

/// The persons responsible, tidied.
pub fn responsible(faults: &mut Faults, given: &[Responsible]) -> Vec<Responsible> {
    if given.len() > 12 {
        faults.add("responsible", "责任人最多登记 12 名");
    }
    let one = |(i, person): (usize, &Responsible)| {
        let field = |key: &str| format!("responsible[{i}].{key}");
        let phone = faults.optional(&field("phone"), "电话", person.phone.as_deref(), 20);
        if phone.as_ref().is_some_and(|p| p.len() < 5 || !p.bytes().all(|b| b.is_ascii_digit() || b"+- ".contains(&b)))
        {
            faults.add(field("phone"), "电话只能含数字、加号、短横线和空格，至少 5 位");
        }
        Responsible {
            post: person.post,
            name: faults.text(field("name"), "责任人姓名", &person.name, 40),
            phone,
            duty: faults.optional(&field("duty"), "职责", person.duty.as_deref(), 200),
        }
    };
    given.iter().enumerate().map(one).collect()
}
