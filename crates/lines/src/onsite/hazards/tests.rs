//! Stories of hazards, through the HTTP router on both databases.
use super::super::PART;
use platform::Subject;
use serde_json::{Value, json};
use std::io::Cursor;
use testing::{Client, TestPlatform, story};

const LIST: &str = "/api/v1/hazards";
const DAY: i64 = 86_400_000;

fn path(hazard: &Value) -> String {
    format!("{LIST}/{}", hazard["id"].as_str().unwrap())
}

fn subject(hazard: &Value) -> String {
    format!("hazard/{}", hazard["id"].as_str().unwrap())
}

fn acts(hazard: &Value) -> Vec<String> {
    serde_json::from_value(hazard["acts"].clone()).unwrap()
}

async fn act(client: &Client, hazard: &Value, act: &str, body: Value) -> Value {
    client.post(&format!("{}/{act}", path(hazard)), &versioned(client, hazard, body).await).await.ok()
}

async fn refused(client: &Client, hazard: &Value, act: &str, body: Value, status: u16) -> Value {
    client.post(&format!("{}/{act}", path(hazard)), &versioned(client, hazard, body).await).await.problem(status)
}

async fn versioned(client: &Client, hazard: &Value, mut body: Value) -> Value {
    body["version"] = client.get(&path(hazard)).await.ok()["version"].clone();
    body
}

/// A picture of its own colour.
fn png(colour: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([colour, 1, 2]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn upload(client: &Client, bytes: &[u8]) -> Value {
    client.upload("/api/v1/files", "现场.png", bytes).await.ok()["digest"].clone()
}

fn finding(place: &str, level: &str, clause: Option<&str>) -> Value {
    json!({"enterprise": "E001", "level": level, "clause_code": clause, "place": place, "text": "三号出口堆放纸箱", "found_via": "self_check"})
}

fn order() -> Value {
    json!({"owner_post": "储运车间主任", "owner": "王某", "measure": "清理通道并加装隔栏", "money_fen": 120_000, "plan": "整改期间专人值守，备好空气呼吸器"})
}

/// The county's officer, the enterprise's safety manager, principal and team leader.
struct World {
    officer: Client,
    manager: Client,
    principal: Client,
    leader: Client,
}

async fn world(t: &TestPlatform) -> World {
    let manager = t.as_enterprise("E001").await;
    World {
        officer: t.as_inspector("990121").await,
        principal: t.login("principal@E001").await,
        leader: t.login("team_leader@E001").await,
        manager,
    }
}

/// A hazard somebody has to fix.
async fn assigned(w: &World, level: &str, place: &str) -> Value {
    let hazard = w.manager.post(LIST, &finding(place, level, None)).await.ok();
    act(&w.officer, &hazard, "confirm", json!({"to": level, "ground": "现场核实"})).await;
    act(&w.principal, &hazard, "assign", order()).await
}

/// A hazard that is said to be fixed, by the team leader.
async fn rectified(w: &World, level: &str, place: &str, colour: u8) -> Value {
    let hazard = assigned(w, level, place).await;
    let (before, after) = (upload(&w.leader, &png(colour)).await, upload(&w.leader, &png(colour + 1)).await);
    let body = json!({"measure": "已清理通道", "cost_fen": 80_000, "before": [before], "after": [after]});
    act(&w.leader, &hazard, "rectify", body).await
}

story!(a_hazard_from_found_to_closed, vec![&PART], |t| {
    let w = world(t).await;
    let hazard = rectified(&w, "general", "三号出口", 10).await;
    assert_eq!((hazard["state"].as_str(), hazard["photos"].as_array().unwrap().len()), (Some("rectified"), 2));
    assert!(hazard["due_rule"].as_str().unwrap().contains("示例"));
    assert!(!acts(&w.leader.get(&path(&hazard)).await.ok()).contains(&"verify".to_owned()));
    let closed = act(&w.manager, &hazard, "verify", json!({"passed": true})).await;
    assert_eq!((closed["state"].as_str(), &closed["acts"]), (Some("closed"), &json!([])));
    let expected = [
        "hazard.found",
        "hazard.level_confirmed",
        "hazard.assigned",
        "hazard.rectified",
        "hazard.verified",
        "hazard.closed",
    ];
    assert_eq!(t.kinds(&subject(&hazard)).await, expected);
    let again = act(&w.officer, &hazard, "reopen", json!({"why": "通道再次被占用"})).await;
    assert_eq!(again["state"], "reopened");
    let sheet = w.officer.get(&format!("{LIST}?format=xlsx")).await;
    assert!(sheet.bytes.starts_with(b"PK"));
});

story!(who_fixed_it_does_not_verify_it_and_no_firm_its_own_major_hazard, vec![&PART], |t| {
    let w = world(t).await;
    let hazard = assigned(&w, "general", "配电室").await;
    let (before, after) = (upload(&w.manager, &png(20)).await, upload(&w.manager, &png(21)).await);
    let body = json!({"measure": "已清理通道", "before": [before], "after": [after]});
    act(&w.manager, &hazard, "rectify", body).await;
    let own = refused(&w.manager, &hazard, "verify", json!({"passed": true}), 422).await;
    assert!(own["clause"].as_str().unwrap().contains("复查回避"), "{own}");
    assert_eq!(act(&w.officer, &hazard, "verify", json!({"passed": true})).await["state"], "closed");

    let major = rectified(&w, "major", "液氯储罐区", 30).await;
    refused(&w.manager, &major, "verify", json!({"passed": true}), 422).await;
    refused(&w.officer, &major, "verify", json!({"passed": false}), 422).await;
    let back = json!({"passed": false, "note": "隔栏没有固定"});
    assert_eq!(act(&w.officer, &major, "verify", back).await["state"], "reopened");
    assert_eq!(w.manager.get(&path(&major)).await.ok()["reopened_why"], "隔栏没有固定");
    assert_eq!(act(&w.principal, &major, "assign", order()).await["state"], "assigned");
});

story!(photos_are_pictures_of_this_hazard_only, vec![&PART], |t| {
    let w = world(t).await;
    let first = rectified(&w, "general", "一号仓库", 40).await;
    let second = assigned(&w, "general", "二号仓库").await;
    let (used, fresh) = (upload(&w.leader, &png(41)).await, upload(&w.leader, &png(50)).await);
    let paper = upload(&w.leader, b"%PDF-1.7 no picture").await;
    let with = |before: &Value, after: &Value| json!({"measure": "已清理通道", "before": [before], "after": [after]});
    let no_picture = refused(&w.leader, &second, "rectify", with(&fresh, &paper), 422).await;
    assert!(no_picture["title"].as_str().unwrap().contains("不是能打开的照片"), "{no_picture}");
    let twice = refused(&w.leader, &second, "rectify", with(&fresh, &used), 422).await;
    assert!(twice["title"].as_str().unwrap().contains(first["number"].as_str().unwrap()), "{twice}");
    refused(&w.leader, &second, "rectify", with(&fresh, &fresh), 422).await;
    refused(&w.leader, &second, "rectify", json!({"measure": "已清理通道", "after": [fresh]}), 422).await;

    // Somebody who may not see the other hazard is not told which it is.
    let other = t.as_enterprise("E002").await;
    let theirs = upload(&other, &png(41)).await;
    let mut body = finding("三号仓库", "general", None);
    body["enterprise"] = json!("E002");
    body["photos"] = json!([theirs]);
    let hidden = other.post(LIST, &body).await.problem(422);
    assert!(!hidden.to_string().contains(first["number"].as_str().unwrap()), "{hidden}");
    assert_eq!(w.leader.get(&path(&second)).await.ok()["state"], "assigned", "nothing was lost");
});

story!(extensions_have_a_limit_and_overdue_leads_to_listing, vec![&PART], |t| {
    let w = world(t).await;
    let hazard = assigned(&w, "major", "液氨压缩机房").await;
    let ask = json!({"working_days": 3, "reason": "备件未到货", "interim_measure": "停用并上锁"});
    let long = json!({"working_days": 90, "reason": "备件未到货", "interim_measure": "停用并上锁"});
    assert!(refused(&w.leader, &hazard, "extension", long, 422).await["clause"].as_str().unwrap().contains("示例"));
    for _ in 0..2 {
        act(&w.leader, &hazard, "extension", ask.clone()).await;
        refused(&w.manager, &hazard, "extension/decide", json!({"granted": true, "reason": "同意"}), 403).await;
        let before = hazard["due"].clone();
        let after = act(&w.officer, &hazard, "extension/decide", json!({"granted": true, "reason": "同意"})).await;
        assert_ne!(after["due"], before);
    }
    let third = refused(&w.leader, &hazard, "extension", ask, 422).await;
    assert!(third["title"].as_str().unwrap().contains("上限 2 次"), "{third}");

    t.forward(80 * DAY).await;
    t.run_jobs().await;
    let late = w.officer.get(&format!("{LIST}?overdue=true")).await;
    let late = if late.status == 401 {
        t.as_inspector("990121").await.get(&format!("{LIST}?overdue=true")).await
    } else {
        late
    };
    assert_eq!(late.ok()["total"], 1);
    let kinds = t.kinds(&subject(&hazard)).await;
    assert_eq!(kinds.iter().filter(|k| *k == "hazard.overdue").count(), 2, "{kinds:?}");
});

story!(a_listed_hazard_is_closed_when_the_listing_is_lifted, vec![&PART], |t| {
    let w = world(t).await;
    let hazard = assigned(&w, "major", "液氯储罐区").await;
    let day = platform::Ms(testing::START.0 + 20 * DAY).iso();
    let listing = json!({"level": "county", "due_on": &day[..10]});
    refused(&w.manager, &hazard, "list", listing.clone(), 403).await;
    let listed = act(&w.officer, &hazard, "list", listing).await;
    assert_eq!((&listed["listed"], listed["listing"].as_str()), (&json!(true), Some("县级挂牌")));
    let (before, after) = (upload(&w.leader, &png(60)).await, upload(&w.leader, &png(61)).await);
    let body = json!({"measure": "已更换阀门", "before": [before], "after": [after]});
    act(&w.leader, &hazard, "rectify", body).await;
    let verified = act(&w.officer, &hazard, "verify", json!({"passed": true})).await;
    assert_eq!(verified["state"], "verified");
    let closed = act(&w.officer, &hazard, "lift", json!({"opinion": "整改到位，同意解除"})).await;
    assert_eq!((closed["state"].as_str(), &closed["listed"]), (Some("closed"), &json!(false)));
});

story!(the_same_place_and_clause_is_linked_and_not_issued_again, vec![&PART], |t| {
    let w = world(t).await;
    let first = w.manager.post(LIST, &finding("液氯储罐区 3# 罐", "general", Some("check/g10"))).await.ok();
    let mut again = finding("液氯储罐区三号罐", "general", Some("check/g10"));
    again["found_via"] = json!("patrol");
    let second = w.officer.post(LIST, &again).await.ok();
    assert_eq!((second["state"].as_str(), &second["duplicate_of"]), (Some("duplicate"), &first["id"]));
    assert_eq!(t.kinds(&subject(&second)).await, ["hazard.found", "hazard.duplicate_linked"]);
    refused(&w.officer, &second, "confirm", json!({"to": "general", "ground": "现场核实"}), 422).await;
    let elsewhere = w.manager.post(LIST, &finding("液氯储罐区 4# 罐", "general", Some("check/g10"))).await.ok();
    assert_eq!(elsewhere["state"], "found");
});

story!(a_criterion_of_the_lists_makes_it_major_and_stale_versions_are_refused, vec![&PART], |t| {
    let w = world(t).await;
    let found = w.manager.get("/api/v1/hazard-clauses?q=特种作业").await.ok();
    let code = found.as_array().unwrap().iter().find(|c| c["major"] == json!(true)).unwrap()["code"].clone();
    let hazard = w.manager.post(LIST, &finding("焊接工位", "general", code.as_str())).await.ok();
    assert_eq!(hazard["level"], "major");
    refused(&w.manager, &hazard, "confirm", json!({"to": "general", "ground": "现场核实"}), 422).await;
    let unknown = w.manager.post(LIST, &finding("焊接工位", "general", Some("工贸/none"))).await.problem(422);
    assert_eq!(unknown["errors"][0]["field"], "clause_code");
    act(&w.officer, &hazard, "confirm", json!({"to": "major", "ground": "现场核实"})).await;
    let mut bare = order();
    bare["plan"] = Value::Null;
    assert!(refused(&w.principal, &hazard, "assign", bare, 422).await["clause"].as_str().unwrap().contains("五落实"));
    let mut old = order();
    old["version"] = json!(1);
    w.principal.post(&format!("{}/assign", path(&hazard)), &old).await.problem(409);
});

story!(others_see_no_hazard, vec![&PART], |t| {
    let w = world(t).await;
    let hazard = rectified(&w, "general", "三号出口", 70).await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    t.org(Subject::ServiceOrg, "SVC1", "990121").await;
    let strangers = [
        t.as_enterprise("E002").await,
        t.as_inspector("990122").await,
        t.login("risk_service@INS1").await,
        t.login("expert@SVC1").await,
    ];
    for stranger in &strangers {
        stranger.get(&path(&hazard)).await.problem(404);
        assert_eq!(stranger.get(LIST).await.ok()["total"], 0);
        let status =
            stranger.post(&format!("{}/verify", path(&hazard)), &json!({"passed": true, "version": 4})).await.status;
        assert!(status == 404 || status == 403, "{status}");
    }
    t.anonymous().get(&path(&hazard)).await.problem(401);
    t.anonymous().get(LIST).await.problem(401);
});

/// Commits what the online line would say of an alarm.
async fn alarm(t: &TestPlatform, id: uuid::Uuid, value: f64, back: bool) {
    let ctx = t.ctx();
    let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    let about = format!("alarm/{id}");
    let event = if back {
        ctx.event(&events::online::AlarmReturned { alarm: id, value }, about, &org.placed()).unwrap()
    } else {
        let raised = events::online::AlarmRaised {
            alarm: id,
            tag: "E001-GAS-01".into(),
            level: "H".into(),
            priority: 3,
            limit: 1.0,
            value,
            first_out: None,
            grouped_with: None,
        };
        ctx.event(&raised, about, &org.placed()).unwrap()
    };
    ctx.commit(ctx.begin().await.unwrap(), event, vec![]).await.unwrap();
    t.run_jobs().await;
}

story!(a_sensor_outside_its_limits_outweighs_a_word, vec![&PART], |t| {
    let w = world(t).await;
    let id = t.ctx().new_id();
    alarm(t, id, 3.5, false).await;
    let mut form = finding("氯气报警器旁", "general", None);
    form["tag"] = json!("E001-GAS-01");
    let hazard = w.manager.post(LIST, &form).await.ok();
    assert_eq!((&hazard["sensor"]["value"], &hazard["sensor"]["inside"]), (&json!(3.5), &json!(false)));
    act(&w.manager, &hazard, "confirm", json!({"to": "general", "ground": "现场核实"})).await;
    act(&w.principal, &hazard, "assign", order()).await;
    let (before, after) = (upload(&w.leader, &png(80)).await, upload(&w.leader, &png(81)).await);
    let body = json!({"measure": "已更换垫片", "before": [before], "after": [after]});
    act(&w.leader, &hazard, "rectify", body).await;
    let outside = refused(&w.manager, &hazard, "verify", json!({"passed": true}), 422).await;
    assert!(outside["title"].as_str().unwrap().contains("限值以外"), "{outside}");
    t.app.source().forward(60_000);
    alarm(t, id, 0.4, true).await;
    let closed = act(&w.manager, &hazard, "verify", json!({"passed": true})).await;
    assert_eq!((closed["state"].as_str(), &closed["sensor"]["value"]), (Some("closed"), &json!(0.4)));
});
