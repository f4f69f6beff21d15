//! People of an organisation of any subject: posts, numbers masked but for their own file keepers.
pub(crate) mod api;
mod store;

pub(crate) use store::{also_at, by_id, count, names, of_org};

use crate::enterprise::checks::{Faults, filled, line, phone};
use crate::enterprise::mask;
use crate::enterprise::registration::person_name;
use events::organisations::PersonRegistered;
use events::{Code, Personal};
use platform::http::Table;
use platform::{Ctx, Error, Ms, NewEvent, Placed, Result, Tx, sheets};
use serde::{Deserialize, Serialize};
use standards::codes::CitizenId;
use standards::date::Date;
use utoipa::ToSchema;
use uuid::Uuid;

/// A person to enter.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    /// Id to give; one is made where none is given.
    pub id: Option<Uuid>,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: Option<String>,
    /// Citizen number, checked (GB 11643-1999).
    pub id_number: Option<String>,
    /// Posts.
    pub posts: Vec<String>,
    /// Fields an expert knows.
    pub specialities: Vec<String>,
}

/// A person as typed into a form.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct PersonForm {
    /// 姓名
    pub name: String,
    /// 岗位，多个用顿号隔开
    pub post: Option<String>,
    /// 电话
    pub phone: Option<String>,
    /// 公民身份号码（GB 11643-1999）
    pub id_number: Option<String>,
    /// 专业特长（专家）
    #[serde(default)]
    pub specialities: Vec<String>,
}

/// A person as shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Person {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Posts, joined.
    pub post: String,
    /// Phone, masked but for the own organisation's file keepers.
    pub phone: Option<String>,
    /// Citizen number, masked likewise.
    pub id_number: Option<String>,
    /// Fields an expert knows.
    pub specialities: Vec<String>,
    /// Fields that exist but are not shown whole.
    pub hidden: Vec<String>,
    /// When the person was entered.
    pub registered_at: Ms,
}

impl Table for Person {
    const TITLE: &'static str = "人员名录";
    const COLUMNS: &'static [&'static str] = &["编号", "姓名", "岗位", "电话", "公民身份号码", "专业特长"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        vec![
            Some(self.id.to_string().into()),
            Some(self.name.clone().into()),
            Some(self.post.clone().into()),
            self.phone.clone().map(Into::into),
            self.id_number.clone().map(Into::into),
            Some(self.specialities.join("、").into()),
        ]
    }
}

impl PersonForm {
    /// Checks every field; `today` guards against birth dates to come.
    pub fn check(&self, today: Date) -> Result<NewPerson> {
        let mut faults = Faults::default();
        let name = faults.take("name", person_name(&self.name));
        let posts = faults.take("post", list_of(self.post.as_deref().unwrap_or_default()));
        let number = filled(self.phone.as_deref()).map(|p| phone(&p)).transpose();
        let number = faults.take("phone", number);
        let citizen = filled(self.id_number.as_deref()).map(|n| CitizenId::parse_on(&n, today)).transpose();
        let citizen = faults.take("id_number", citizen);
        let specialities = faults.take("specialities", list_of(&self.specialities.join("、")));
        let person = (|| {
            Some(NewPerson {
                id: None,
                name: name?,
                phone: number?,
                id_number: citizen?.map(|c| c.reveal().to_owned()),
                posts: posts?,
                specialities: specialities?,
            })
        })();
        faults.end(person)
    }
}

/// Words of a list typed with whatever separator people use.
fn list_of(text: &str) -> Result<Vec<String>, String> {
    let words = text.split(['、', '，', ',', '；', ';', '/']).filter_map(|w| filled(Some(w)));
    let words = words.map(|w| line(&w, 30)).collect::<Result<Vec<_>, _>>()?;
    if words.len() > 20 { Err(format!("有 {} 项，最多 20 项", words.len())) } else { Ok(words) }
}

/// Today in Beijing.
pub(crate) fn today(now: Ms) -> Result<Date> {
    Date::beijing(now.0).ok_or_else(|| Error::internal("the clock stands outside the calendar"))
}

/// Writes one person and adds the event; the organisation is the owner of `placed`.
pub(crate) async fn enter(
    ctx: &Ctx,
    tx: &mut Tx,
    placed: &Placed,
    person: NewPerson,
    because: Option<Uuid>,
    events: &mut Vec<NewEvent>,
) -> Result<Uuid> {
    let id = person.id.unwrap_or_else(|| ctx.new_id());
    store::insert(tx, id, &placed.owner, &person).await?;
    let payload = PersonRegistered {
        person: id,
        org: placed.owner.as_str().into(),
        name: person.name.into(),
        phone: Personal(person.phone),
        id_number: Personal(person.id_number),
        posts: person.posts.iter().map(Code::from).collect(),
        specialities: person.specialities.iter().map(Code::from).collect(),
    };
    events.push(ctx.event(&payload, format!("person/{id}"), placed)?.because(because));
    Ok(id)
}

/// Enters a person of an organisation the caller may edit.
pub async fn register(ctx: &Ctx, placed: &Placed, form: &PersonForm) -> Result<Uuid> {
    let person = form.check(today(ctx.now())?)?;
    refuse_known(ctx, &placed.owner, &person).await?;
    let (mut tx, mut events) = (ctx.begin().await?, vec![]);
    let id = enter(ctx, &mut tx, placed, person, None, &mut events).await?;
    super::register::finish(ctx, tx, events).await?;
    Ok(id)
}

/// Enters many people in one write; for loading.
pub async fn register_many(ctx: &Ctx, all: Vec<(Placed, NewPerson)>) -> Result<Vec<Uuid>> {
    let (mut tx, mut events, mut ids) = (ctx.begin().await?, vec![], vec![]);
    for (placed, person) in all {
        ids.push(enter(ctx, &mut tx, &placed, person, None, &mut events).await?);
    }
    super::register::finish(ctx, tx, events).await?;
    Ok(ids)
}

/// The same person is entered once per organisation.
pub(crate) async fn refuse_known(ctx: &Ctx, org: &str, person: &NewPerson) -> Result<()> {
    match store::same(ctx.db(), org, person).await? {
        None => Ok(()),
        Some(_) if person.id_number.is_some() => {
            Err(Error::invalid("id_number", "本单位已登记该公民身份号码的人员，请在原记录上查看"))
        }
        Some(_) => Err(Error::invalid("name", "本单位已登记同名同电话的人员；确为不同的人，请补填公民身份号码")),
    }
}

/// A person as shown; whole only to those who keep the file.
pub(crate) fn cut(person: NewPerson, registered_at: Ms, whole: bool) -> Person {
    let mut hidden = vec![];
    if !whole {
        hidden.extend(person.phone.as_ref().map(|_| "phone".to_owned()));
        hidden.extend(person.id_number.as_ref().map(|_| "id_number".to_owned()));
    }
    Person {
        id: person.id.unwrap_or_default(),
        name: person.name,
        post: person.posts.join("、"),
        phone: person.phone.map(|p| if whole { p } else { mask::phone(&p) }),
        id_number: person.id_number.map(|n| if whole { n } else { mask::citizen(&n) }),
        specialities: person.specialities,
        hidden,
        registered_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> PersonForm {
        PersonForm { name: "王小安".into(), post: Some("安全员、电工".into()), ..PersonForm::default() }
    }

    #[test]
    fn gb11643_an_impossible_citizen_number_is_refused_without_repeating_it() {
        let day = today(Ms(1_795_395_600_000)).unwrap();
        assert_eq!(day.to_string(), "2026-11-23");
        for bad in ["110101199002301234", "110105194912310021", "110101900307002", "１１０１０１"] {
            let error = PersonForm { id_number: Some(bad.into()), ..form() }.check(day).unwrap_err();
            let Error::Invalid(fields) = error else { panic!() };
            assert_eq!(fields[0].field, "id_number");
            assert!(!fields[0].message.contains(bad), "{}", fields[0].message);
        }
    }

    #[test]
    fn posts_are_split_at_every_usual_separator() {
        assert_eq!(form().check(today(Ms(0)).unwrap()).unwrap().posts, ["安全员", "电工"]);
        assert_eq!(list_of("电工,焊工；叉车").unwrap(), ["电工", "焊工", "叉车"]);
    }
}
