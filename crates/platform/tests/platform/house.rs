//! The house rules of the platform, told through its HTTP router on both databases.
use serde_json::json;
use testing::{PASSWORD, story};

story!(a_wrong_password_is_counted_and_locks_the_account, vec![], |t| {
    t.org(platform::Subject::Government, "GOV", "990121").await;
    let officer = t.login("officer@GOV").await;
    assert_eq!(officer.get("/api/v1/session").await.ok()["roles"][0]["name"], "监管员");
    let stranger = t.anonymous();
    let wrong = json!({"username": "officer@GOV", "password": "wrong"});
    for _ in 0..4 {
        assert_eq!(stranger.post("/api/v1/session", &wrong).await.problem(401)["title"], "用户名或密码不正确");
    }
    assert!(stranger.post("/api/v1/session", &wrong).await.problem(401)["type"].as_str().unwrap().ends_with("locked"));
    let right = json!({"username": "officer@GOV", "password": PASSWORD});
    stranger.post("/api/v1/session", &right).await.problem(401);
    t.forward(11 * 60_000).await;
    stranger.post("/api/v1/session", &right).await.ok();
});

story!(a_write_without_a_session_is_refused, vec![], |t| {
    t.anonymous().post("/api/v1/notifications/read", &json!({"ids": []})).await.problem(401);
});

story!(the_log_holds_every_event_and_its_root, vec![], |t| {
    for id in ["E001", "E002", "E003"] {
        t.org(platform::Subject::Enterprise, id, "990121103").await;
    }
    t.run_jobs().await;
    assert_eq!(t.app.tree_head().size, 3);
    let manager = t.as_enterprise("E001").await;
    let items = manager.get("/api/v1/timeline?subject=org/E001").await.ok();
    assert_eq!(items["items"][0]["title"], "机构登记");
    assert_eq!(items["items"][0]["body"]["name"], "企业E001");
    let other = manager.get("/api/v1/timeline?subject=org/E002").await.ok();
    assert_eq!(other["items"].as_array().unwrap().len(), 0);
});

story!(the_past_of_a_demonstration_is_recorded_now_and_marked, vec![], |t| {
    let then = platform::Ms(testing::START.0 - 86_400_000);
    let ctx = t.ctx().at(then).unwrap();
    assert_eq!(ctx.now(), then);
    let org = t.org(platform::Subject::Enterprise, "E001", "990121103").await;
    let payload = events::organisations::KeyRevoked { key: "K1".into(), reason: "演示历史".into() };
    let event = ctx.event(&payload, "org/E001", &org.placed()).unwrap();
    let tx = ctx.begin().await.unwrap();
    let receipt = ctx.commit(tx, event, vec![]).await.unwrap();
    let query = platform::sql(
        "select occurred_at, recorded_at, entry from event where id = $1",
        platform::args![receipt.events[0]],
    );
    let row = t.app.db().one(query).await.unwrap();
    let times: (i64, i64) = (row.get("occurred_at").unwrap(), row.get("recorded_at").unwrap());
    assert_eq!(times, (then.0, testing::START.0));
    let entry: serde_json::Value = serde_json::from_slice(&row.get::<Vec<u8>>("entry").unwrap()).unwrap();
    assert_eq!((&entry["data"]["ctx"]["demo"], &entry["data"]["ctx"]["clock"]), (&json!(true), &json!("unknown")));
    assert!(t.ctx().at(platform::Ms(testing::START.0 + 1)).is_err(), "no node is given a future");
});
