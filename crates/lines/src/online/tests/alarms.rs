use platform::{Subject, Visibility};
use testing::story;

use super::*;
use crate::online::limits::Level;
use crate::online::{commands, signals, store};

story!(a_reading_becomes_an_alarm_that_someone_answers, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let manager = t.as_enterprise("E001").await;
    gateway.send(t, json!({"E001-level": 50})).await;
    assert!(items(&manager, "/alarms").await.is_empty());
    t.app.source().forward(30_000);
    gateway.send(t, json!({"E001-level": 81.5})).await;
    let alarm = only_alarm(&manager).await;
    assert_eq!(
        (alarm["level"].as_str(), alarm["priority"].as_i64(), alarm["state"].as_str()),
        (Some("H"), Some(2), Some("active"))
    );
    let path = format!("/api/v1/alarms/{}", alarm["id"].as_str().unwrap());
    let subject = format!("alarm/{}", alarm["id"].as_str().unwrap());

    manager
        .post(&format!("{path}/explain"), &json!({"cause_code": "leak", "text": "渗漏", "measure": "紧固"}))
        .await
        .problem(422);
    let taken = manager.post(&format!("{path}/acknowledge"), &json!({})).await.ok();
    assert_eq!((taken["state"].as_str(), taken["owner"].as_str()), (Some("acknowledged"), Some("安全员")));
    manager.post(&format!("{path}/acknowledge"), &json!({})).await.problem(422);
    manager
        .post(&format!("{path}/explain"), &json!({"cause_code": "nothing", "text": "渗漏", "measure": "紧固"}))
        .await
        .problem(422);
    manager
        .post(&format!("{path}/explain"), &json!({"cause_code": "leak", "text": "法兰渗漏", "measure": "已紧固"}))
        .await
        .ok();
    let refused = manager.post(&format!("{path}/clear"), &json!({})).await.problem(422);
    assert!(refused["title"].as_str().unwrap().contains("限值之外"), "{refused}");

    t.app.source().forward(30_000);
    gateway.send(t, json!({"E001-level": 70})).await;
    let cleared = manager.post(&format!("{path}/clear"), &json!({"note": "现场已确认"})).await.ok();
    assert_eq!((cleared["state"].as_str(), cleared["back_to_normal"].as_bool()), (Some("cleared"), Some(true)));
    let kinds = t.kinds(&subject).await;
    let wanted = ["raised", "acknowledged", "explained", "returned", "cleared"].map(|k| format!("iot.alarm.{k}"));
    assert_eq!(kinds, wanted);

    t.app.source().forward(30_000);
    gateway.send(t, json!({"E001-level": 82})).await;
    assert_eq!(items(&manager, "/alarms?state=open").await.len(), 1, "a new violation is a new alarm");
});

story!(who_sees_an_alarm_and_who_does_not, parts(), |t| {
    let gateway = tank(t, "E001").await;
    gateway.send(t, json!({"E001-level": 90})).await;
    let county = t.as_inspector("990121").await;
    assert_eq!(items(&county, "/alarms?state=open").await.len(), 2, "HH and H");
    let id = items(&county, "/alarms?level=HH").await[0]["id"].as_str().unwrap().to_owned();
    t.org(Subject::Insurer, "INS1", "99").await;
    let outsiders = [t.as_inspector("990122").await, t.as_enterprise("E002").await, t.login("underwriter@INS1").await];
    for outsider in &outsiders {
        assert!(items(outsider, "/alarms").await.is_empty());
        assert!(items(outsider, "/tags").await.is_empty());
        outsider.get(&format!("/api/v1/alarms/{id}")).await.problem(404);
        outsider.get("/api/v1/tags/E001-level/series").await.problem(404);
    }
    outsiders[0].post(&format!("/api/v1/alarms/{id}/acknowledge"), &json!({})).await.problem(404);
    t.anonymous().get("/api/v1/alarms").await.problem(401);

    // A grant of summaries opens no alarms; a grant of alarms does, and closes again.
    let insurer = &outsiders[2];
    let grant = async |fields: &[&str]| {
        let ctx = t.ctx();
        let mut tx = ctx.begin().await.unwrap();
        let because = t.last_event("iot.alarm.raised").await;
        let grant = Visibility {
            org: "INS1",
            enterprise: "E001",
            object_kind: "alarm",
            object_id: None,
            fields,
            purpose: "承保",
            from: ctx.now(),
            to: None,
            because,
        };
        tx.open_visibility(&ctx, &grant).await.unwrap();
        let tag = store::tag(&ctx, "E001-level").await.unwrap();
        let payload = events::online::DeviceRevoked { device: "x".into(), reason: "测试授权".into() };
        let event = ctx.event(&payload, "test/grant", &tag.placed).unwrap();
        ctx.commit(tx, event, vec![]).await.unwrap();
    };
    grant(&["summary"]).await;
    assert!(items(insurer, "/alarms").await.is_empty());
    grant(&["alarms"]).await;
    let seen = items(insurer, "/alarms").await;
    assert_eq!(seen.len(), 2);
    assert!(seen[0]["owner"].is_null());
    assert!(items(insurer, "/tags").await.is_empty(), "alarms are not telemetry");
});

story!(one_open_alarm_per_tag_and_level_under_concurrent_findings, parts(), |t| {
    tank(t, "E001").await;
    let tag = store::tag(&t.ctx(), "E001-level").await.unwrap();
    let raises = (0..24).map(|_| {
        let (ctx, tag) = (t.ctx(), tag.clone());
        tokio::spawn(async move { signals::raise(&ctx, &tag, None, Level::H, (81.0, 80.0), ctx.now()).await.unwrap() })
    });
    let raised =
        futures_util::future::join_all(raises).await.into_iter().filter(|r| r.as_ref().unwrap().is_some()).count();
    assert_eq!(raised, 1);
    assert_eq!(items(&t.as_enterprise("E001").await, "/alarms").await.len(), 1);
});

story!(an_unanswered_alarm_climbs_the_ladder, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let principal = t.login("principal@E001").await;
    gateway.send(t, json!({"E001-level": 3})).await;
    let manager = t.as_enterprise("E001").await;
    let alarm = items(&manager, "/alarms?level=LL").await.remove(0);
    assert_eq!(alarm["priority"], 1);
    t.forward(3 * 60_000).await;
    let alarm = manager.get(&format!("/api/v1/alarms/{}", alarm["id"].as_str().unwrap())).await.ok();
    assert_eq!(alarm["escalation"], "已上报企业主要负责人");
    let told = principal.get("/api/v1/notifications").await.ok();
    assert!(told["items"][0]["title"].as_str().unwrap().contains("超时未签收"), "{told}");
    t.forward(3 * 60_000).await;
    t.forward(3 * 60_000).await;
    let path = format!("/api/v1/alarms/{}", alarm["id"].as_str().unwrap());
    assert_eq!(manager.get(&path).await.ok()["escalation"], "已上报县级值班");
    manager.post(&format!("{path}/acknowledge"), &json!({})).await.ok();
    let kinds = t.kinds(&format!("alarm/{}", alarm["id"].as_str().unwrap())).await;
    assert_eq!(kinds.iter().filter(|k| *k == "iot.alarm.escalated").count(), 3);
    t.forward(3 * 60_000).await;
    assert_eq!(manager.get(&path).await.ok()["ack_due_at"], Value::Null);
});

story!(a_recurrence_after_the_explanation_asks_again, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let manager = t.as_enterprise("E001").await;
    gateway.send(t, json!({"E001-level": 81})).await;
    let path = format!("/api/v1/alarms/{}", only_alarm(&manager).await["id"].as_str().unwrap());
    manager.post(&format!("{path}/acknowledge"), &json!({})).await.ok();
    manager
        .post(&format!("{path}/explain"), &json!({"cause_code": "process", "text": "进料过快", "measure": "已减量"}))
        .await
        .ok();
    for level in [50, 83] {
        t.app.source().forward(30_000);
        gateway.send(t, json!({"E001-level": level})).await;
    }
    let alarm = manager.get(&path).await.ok();
    assert_eq!((alarm["state"].as_str(), alarm["recurrences"].as_i64()), (Some("acknowledged"), Some(1)));
    assert_eq!((alarm["max"].as_f64(), alarm["explained_at"].is_null()), (Some(83.0), true));
    assert!(!alarm["explain_due_at"].is_null());
});

story!(a_photo_goes_with_the_explanation, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let manager = t.as_enterprise("E001").await;
    gateway.send(t, json!({"E001-level": 81})).await;
    let path = format!("/api/v1/alarms/{}", only_alarm(&manager).await["id"].as_str().unwrap());
    manager.post(&format!("{path}/acknowledge"), &json!({})).await.ok();
    let photo = manager.upload("/api/v1/files", "法兰.jpg", &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]).await.ok();
    let mut form = json!({"cause_code": "leak", "text": "法兰渗漏", "measure": "已紧固", "files": ["0".repeat(64)]});
    let missing = manager.post(&format!("{path}/explain"), &form).await.problem(422);
    assert_eq!(missing["errors"][0]["field"], "files");
    form["files"] = json!([photo["digest"]]);
    manager.post(&format!("{path}/explain"), &form).await.ok();
});

story!(loaded_history_lives_on, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let manager = t.as_enterprise("E001").await;
    let tag = store::tag(&t.ctx(), "E001-level").await.unwrap();
    let minute = |n: i64| t.ctx().at(testing::START.plus_minutes(n)).unwrap();
    // Yesterday's alarm was answered; this morning's is still open.
    let old = commands::raise(&minute(-1440), &tag, Level::H, (81.0, 81.0), 80.0).await.unwrap().unwrap();
    commands::returned(&minute(-1430), &tag, Level::H, 70.0).await.unwrap();
    let person = platform::auth::find(t.app.db(), "safety_manager@E001").await.unwrap().unwrap();
    let actor = platform::auth::actor(t.app.db(), &person, testing::START).await.unwrap();
    let acting = |n: i64| t.ctx().acting_as(actor.clone()).at(testing::START.plus_minutes(n)).unwrap();
    commands::acknowledge(&acting(-1435), old, None).await.unwrap();
    let words = commands::Explanation {
        cause_code: "process".into(),
        text: "进料过快".into(),
        measure: "已减量".into(),
        files: vec![],
    };
    commands::explain(&acting(-1420), old, &words).await.unwrap();
    commands::clear(&acting(-1410), old, None).await.unwrap();
    let open = commands::raise(&minute(-2), &tag, Level::H, (82.0, 82.0), 80.0).await.unwrap().unwrap();
    let shown = items(&manager, "/alarms?sort=raised_at").await;
    assert_eq!(
        (shown[0]["state"].as_str(), shown[0]["id"].as_str()),
        (Some("cleared"), Some(old.to_string().as_str()))
    );
    let yesterday = testing::START.plus_minutes(-1440).iso();
    assert_eq!((shown[0]["raised_at"].as_str(), shown.len()), (Some(yesterday.as_str()), 2));
    // A live reading brings the open one back without a restart in between.
    gateway.send(t, json!({"E001-level": 50})).await;
    let open = manager.get(&format!("/api/v1/alarms/{open}")).await.ok();
    assert_eq!((open["back_to_normal"].as_bool(), open["max"].as_f64()), (Some(true), Some(82.0)));
});

story!(limits_are_changed_by_two_people_and_judged_at_once, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let manager = t.as_enterprise("E001").await;
    let principal = t.login("principal@E001").await;
    let path = "/api/v1/tags/E001-level/limit-changes";
    let wrong = manager.post(path, &json!({"h": 90, "hh": 85, "reason": "工艺调整"})).await.problem(422);
    assert_eq!(wrong["errors"][0]["field"], "hh");
    let change = principal.post(path, &json!({"h": 60, "hh": 70, "dead_band": 1, "reason": "收紧液位控制"})).await.ok();
    manager.post(path, &json!({"h": 61, "reason": "再来一次"})).await.problem(409);
    let approve = format!("/api/v1/limit-changes/{}/approve", change["id"].as_str().unwrap());
    manager.post(&approve, &json!({"reason": "同意"})).await.problem(403);
    let own = principal.post(&approve, &json!({"reason": "同意"})).await.problem(422);
    assert!(own["title"].as_str().unwrap().contains("申请人以外"), "{own}");
    gateway.send(t, json!({"E001-level": 65})).await;
    assert!(items(&manager, "/alarms").await.is_empty());
    let officer = t.as_inspector("990121").await;
    t.app.source().forward(1_000);
    assert_eq!(officer.post(&approve, &json!({"reason": "同意"})).await.ok()["state"], "approved");
    t.app.source().forward(30_000);
    gateway.send(t, json!({"E001-level": 65})).await;
    assert_eq!(only_alarm(&manager).await["limit"], 60.0);
    let history = manager.get("/api/v1/tags/E001-level/series").await.ok()["limits_history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 2);
});

story!(the_watch_is_taken_and_handed_over_with_a_password, parts(), |t| {
    tank(t, "E001").await;
    t.org(Subject::Government, "GOV", "990121").await;
    let (first, second) = (t.login("duty_officer@GOV").await, t.login("township@GOV").await);
    let shift = first.post("/api/v1/shifts/take", &json!({})).await.ok();
    assert_eq!(first.get("/api/v1/desk").await.ok()["shift"]["holder"], "值班");
    second.post("/api/v1/shifts/take", &json!({})).await.problem(422);
    let path = format!("/api/v1/shifts/{}/handover", shift["id"].as_str().unwrap());
    first.post(&path, &json!({"to_note": "无遗留事项", "password": "wrong"})).await.problem(422);
    second.post(&path, &json!({"to_note": "无遗留事项", "password": testing::PASSWORD})).await.problem(422);
    first.post(&path, &json!({"to_note": "无遗留事项", "password": testing::PASSWORD})).await.ok();
    t.app.source().forward(1_000);
    second.post("/api/v1/shifts/take", &json!({})).await.ok();
    let shifts = items(&first, "/shifts").await;
    assert_eq!((shifts.len(), shifts[1]["handed_to"].as_str()), (2, Some("乡镇")));
    assert!(
        items(&t.as_enterprise("E001").await, "/shifts").await.is_empty(),
        "the desk of the bureau is not the enterprise's"
    );
});
