//! Cards and the section of an enterprise's page.
use super::PART;
use super::store::{self, Rating};
use libraries::credit::view::points;
use platform::view::{Card, CardItem, Content, Field, Section, Tone};
use platform::{Action, Ctx, Result, Role, Subject};

const MOST: i64 = 50;

fn tone(grade: &str) -> Tone {
    match grade {
        "A" => Tone::Good,
        "B" => Tone::Plain,
        "C" => Tone::Warn,
        _ => Tone::Bad,
    }
}

fn card(key: &str, title: &str, value: String, link: String, order: i32) -> Card {
    Card {
        key: key.to_owned(),
        part: PART.key.to_owned(),
        title: title.to_owned(),
        value: Some(value),
        link,
        order,
        ..Card::default()
    }
}

/// Cards of the home page.
pub async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    let me = &ctx.actor;
    if me.has(Role::Principal) || me.has(Role::SafetyManager) {
        return Ok(store::find(&ctx, &me.org).await?.as_ref().map(own).into_iter().collect());
    }
    if me.has(Role::Underwriter) {
        let counts = store::by_grade(&ctx).await?;
        return Ok(graded(&counts, "授权企业的信用等级").into_iter().collect());
    }
    if !me.has(Role::Officer) && !me.has(Role::Leader) {
        return Ok(vec![]);
    }
    let counts = store::by_grade(&ctx).await?;
    let noticed = store::noticed(&ctx, MOST).await?;
    let mut cards: Vec<Card> = graded(&counts, "企业信用等级").into_iter().collect();
    if !noticed.is_empty() {
        let items = noticed.iter().take(5).map(|r| CardItem {
            title: r.name.clone(),
            subtitle: r.notice.as_ref().map_or_else(String::new, |n| format!("拟由 {} 降为 {}", r.grade, n.to)),
            link: format!("/credit-ratings/{}", r.enterprise()),
            tone: Tone::Warn,
            at: None,
            due_at: r.notice.as_ref().map(|n| n.due),
        });
        cards.push(Card {
            unit: Some("家".to_owned()),
            tone: Tone::Warn,
            items: items.collect(),
            note: Some("预告期内可提出异议或改正，期满自动生效。".to_owned()),
            ..card(
                "credit_noticed",
                "降级预告中",
                noticed.len().to_string(),
                "/credit-ratings?noticed=true".to_owned(),
                35,
            )
        });
    }
    Ok(cards)
}

fn graded(counts: &[(String, i64)], title: &str) -> Option<Card> {
    let all: i64 = counts.iter().map(|(_, n)| n).sum();
    let note: Vec<String> = counts.iter().map(|(grade, n)| format!("{grade} {n}")).collect();
    (all > 0).then(|| Card {
        unit: Some("家".to_owned()),
        note: Some(note.join(" · ")),
        ..card("credit_grades", title, all.to_string(), "/credit-ratings".to_owned(), 50)
    })
}

fn own(rating: &Rating) -> Card {
    let notice = rating.notice.as_ref().map(|n| format!("拟降为 {}，{} 生效，可提出异议", n.to, n.due.beijing()));
    Card {
        tone: if notice.is_some() { Tone::Bad } else { tone(&rating.grade) },
        note: notice.or_else(|| {
            Some(format!("评分 {}（{} 至 {}）", points(rating.score), points(rating.low), points(rating.high)))
        }),
        ..card(
            "credit_own_grade",
            "本企业信用等级",
            rating.grade.clone(),
            format!("/credit-ratings/{}", rating.enterprise()),
            44,
        )
    }
}

/// Section 信用 of an enterprise's page.
pub async fn sections(ctx: Ctx, enterprise: String) -> Result<Vec<Section>> {
    let section = |content, link: Option<String>| Section {
        key: "credit_rating".to_owned(),
        part: PART.key.to_owned(),
        title: "信用".to_owned(),
        link,
        order: 35,
        content,
    };
    let hidden = |why: &str| vec![section(Content::Hidden { hidden_by: why.to_owned() }, None)];
    if !ctx.may(&PART, Action::View) {
        return Ok(hidden("您的角色不能查看信用等级"));
    }
    let granted = matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg));
    if granted && !ctx.granted_field(&enterprise, "credit").await? {
        return Ok(hidden("企业没有向贵单位开放信用信息（credit）"));
    }
    let link = format!("/credit-ratings/{enterprise}");
    let field = |label: &str, value: String| Field { label: label.to_owned(), value, ..Field::default() };
    let fields = match store::find(&ctx, &enterprise).await? {
        None => vec![field("等级", "待评：还没有计入的信用事实".to_owned())],
        Some(rating) => {
            let mut fields = vec![
                Field { at: Some(rating.from_at), link: Some(link.clone()), ..field("等级", rating.grade.clone()) },
                field("评分", format!("{}（{} 至 {}）", points(rating.score), points(rating.low), points(rating.high))),
                field("年检查次数", format!("不少于 {} 次", rating.visits)),
            ];
            if let Some(notice) = &rating.notice {
                fields.push(field("降级预告", format!("拟降为 {}，{} 生效", notice.to, notice.due.beijing())));
            }
            fields
        }
    };
    Ok(vec![section(Content::Fields { fields }, Some(link))])
}
