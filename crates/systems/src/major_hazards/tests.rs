//! Stories of the register, through the HTTP router on both databases.
use super::{NewSource, Origin, PART};
use events::enterprise::{ConsentGiven, EnterpriseMerged};
use events::online::{LimitSet, TagRegistered};
use platform::view::{Content, Section};
use platform::{Ctx, Subject, Visibility};
use serde_json::{Value, json};
use standards::tables::RULE_SET;
use std::collections::BTreeMap;
use testing::{Client, TestPlatform, story};
use uuid::Uuid;

const LIST: &str = "/api/v1/hazard-sources";
const DAY: i64 = 86_400_000;

/// 90 t of chlorine beside 120 residents: S = 18, R = 2 × 4 × 18 = 144.
fn chlorine() -> Value {
    json!({
        "name": "液氯储罐区",
        "population_500m": 120,
        "units": [{
            "name": "液氯储罐区", "kind": "储罐区",
            "chemicals": [{"name": "液氯", "q_t": "90"}],
            "tanks": [{"name": "V-101", "tags": ["LT-101", "PT-101"]}],
            "tags": ["GD-101"],
        }],
        "responsible": [
            {"post": "主要负责人", "name": "赵大海", "phone": "13900000001"},
            {"post": "技术负责人", "name": "钱小江"},
            {"post": "操作负责人", "name": "孙一湖"},
        ],
        "filed_no": "BA990121-001",
        "evaluated_on": "2024-06-30",
    })
}

/// One unit with so much of one thing and so many residents.
fn only(name: &str, chemical: &str, q_t: &str, people: u32) -> Value {
    json!({"name": name, "population_500m": people, "units": [
        {"name": name, "kind": "生产单元", "chemicals": [{"name": chemical, "q_t": q_t}]},
    ]})
}

async fn filed(client: &Client, form: &Value) -> Value {
    client.post(LIST, form).await.ok()
}

fn path(source: &Value) -> String {
    format!("{LIST}/{}", source["id"].as_str().unwrap())
}

async fn count(client: &Client, filter: &str) -> i64 {
    client.get(&format!("{LIST}{filter}")).await.ok()["total"].as_i64().unwrap()
}

/// What a signed-in person sees on assembled pages.
async fn ctx_of(t: &TestPlatform, username: &str) -> Ctx {
    let account = platform::auth::find(t.app.db(), username).await.unwrap().unwrap();
    let actor = platform::auth::actor(t.app.db(), &account, t.ctx().now()).await.unwrap();
    t.ctx().acting_as(actor)
}

/// An enterprise lets somebody see field groups of one of its objects, or of all.
async fn grant(t: &TestPlatform, to: &str, enterprise: &str, object: Option<&str>, fields: &[&str]) -> Uuid {
    let ctx = t.ctx();
    let org = platform::auth::Org::find(ctx.db(), enterprise).await.unwrap().unwrap();
    let payload = ConsentGiven {
        to: to.into(),
        purpose: "underwriting".into(),
        objects: object.iter().map(|o| (*o).into()).collect(),
        fields: fields.iter().map(|f| (*f).into()).collect(),
        until: None,
    };
    let event = ctx.event(&payload, format!("org/{enterprise}"), &org.placed()).unwrap();
    let mut tx = ctx.begin().await.unwrap();
    let visibility = Visibility {
        org: to,
        enterprise,
        object_kind: "hazard_source",
        object_id: object,
        fields,
        purpose: "核保",
        from: ctx.now(),
        to: None,
        because: event.id,
    };
    tx.open_visibility(&ctx, &visibility).await.unwrap();
    let id = event.id;
    ctx.commit(tx, event, vec![]).await.unwrap();
    id
}

story!(the_enterprise_files_the_county_confirms, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    let source = filed(&manager, &chlorine()).await;
    assert_eq!((&source["level"], &source["s"], &source["r"]), (&json!("一级"), &json!("18"), &json!("144")));
    assert_eq!(source["units"][0]["chemicals"][0]["critical_t"], "5");
    assert_eq!(source["units"][0]["chemicals"][0]["beta"], "4");
    assert_eq!((&source["edition"], &source["rule_set"]), (&json!("GB 18218-2018"), &json!(RULE_SET)));
    assert_eq!((&source["state"], &source["evaluation_due"]), (&json!("filed"), &json!("2027-06-30")));
    assert_eq!((&source["may_edit"], &source["may_confirm"]), (&json!(true), &json!(false)));
    assert_eq!(manager.post(&format!("{}/confirm", path(&source)), &json!({})).await.problem(403)["status"], 403);

    let told = officer.get("/api/v1/notifications").await.ok();
    assert!(told["items"][0]["title"].as_str().unwrap().contains("液氯储罐区"), "{told}");
    let confirmed = officer.post(&format!("{}/confirm", path(&source)), &json!({"opinion": "现场核对无误"})).await.ok();
    assert_eq!((&confirmed["state"], &confirmed["confirmed"]["level"]), (&json!("confirmed"), &json!("一级")));
    officer.post(&format!("{}/confirm", path(&source)), &json!({})).await.problem(409);
    let subject = format!("hazard-source/{}", source["id"].as_str().unwrap());
    assert_eq!(t.kinds(&subject).await, ["hazard_source.filed", "hazard_source.confirmed"]);
    let told = manager.get("/api/v1/notifications").await.ok();
    assert!(told["items"][0]["title"].as_str().unwrap().contains("已确认"), "{told}");
});

story!(a_returned_file_is_put_right_and_filed_again, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    let source = filed(&manager, &chlorine()).await;
    let refused = officer.post(&format!("{}/return", path(&source)), &json!({"reason": "  "})).await.problem(422);
    assert_eq!(refused["errors"][0]["field"], "reason");
    officer.post(&format!("{}/return", path(&source)), &json!({"reason": "储量与设计文件不符"})).await.ok();
    let seen = manager.get(&path(&source)).await.ok();
    assert_eq!((&seen["state"], &seen["return_reason"]), (&json!("returned"), &json!("储量与设计文件不符")));
    let mut form = chlorine();
    form["units"][0]["chemicals"][0]["q_t"] = json!("60");
    let again = manager.put(&path(&source), &form).await.ok();
    assert_eq!((&again["state"], &again["return_reason"]), (&json!("filed"), &Value::Null));
    assert_eq!(count(&officer, "?state=filed").await, 1);
});

story!(a_new_quantity_changes_the_level_with_before_and_after, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    let source = filed(&manager, &chlorine()).await;
    officer.post(&format!("{}/confirm", path(&source)), &json!({})).await.ok();
    let mut form = chlorine();
    form["units"][0]["chemicals"][0]["q_t"] = json!(20);
    form["revision"] = json!(1);
    let changed = manager.put(&path(&source), &form).await.ok();
    assert_eq!((&changed["level"], &changed["r"], &changed["state"]), (&json!("三级"), &json!("32"), &json!("filed")));
    let change = &changed["last_change"];
    assert_eq!((&change["level_before"], &change["r_before"]), (&json!("一级"), &json!("144")));
    assert_eq!(changed["confirmed"]["level"], "一级", "what the county confirmed stays on record");
    assert!(change["fields"].as_array().unwrap().contains(&json!("units")));
    let told = officer.get("/api/v1/notifications").await.ok();
    assert!(told.to_string().contains("由一级变为三级"), "{told}");
    // Somebody still has the first revision open; and saving without a change is no fact.
    manager.put(&path(&source), &form).await.problem(409);
    form["revision"] = json!(2);
    manager.put(&path(&source), &form).await.problem(409);
    let event = t.last_event("hazard_source.changed").await;
    let body = manager.get(&format!("/api/v1/events/{event}")).await.ok();
    let text = body.to_string();
    assert!(text.contains("level_before") && text.contains(RULE_SET), "{text}");
});

story!(gb18218_2018_4_2_1_a_unit_is_major_from_s_equal_to_1, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let below = filed(&manager, &only("下", "液氯", "4.999999", 0)).await;
    assert_eq!((&below["level"], &below["r"]), (&Value::Null, &Value::Null));
    assert!(below["warnings"][0].as_str().unwrap().contains("不构成重大危险源"));
    let at = filed(&manager, &only("上", "液氯", "5", 0)).await;
    assert_eq!((&at["level"], &at["s"], &at["r"]), (&json!("四级"), &json!("1"), &json!("2")));
    // 0.7 + 0.2 + 0.1 is 1 exactly, whatever binary fractions make of it.
    let mut sum = only("和", "液氯", "3.5", 0);
    let more = [json!({"name": "氨", "q_t": "2"}), json!({"name": "硫化氢", "q_t": "0.5"})];
    sum["units"][0]["chemicals"].as_array_mut().unwrap().extend(more);
    assert_eq!(filed(&manager, &sum).await["s"], "1");
    assert_eq!(count(&manager, "?level=%E4%B8%8D%E6%9E%84%E6%88%90").await, 1);
});

story!(gb18218_2018_table_6_levels_begin_at_r_10_50_and_100, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    // α 0.5 without residents and β 4 of chlorine: R = 0.4 q.
    let cases = [
        ("24.999999", "四级"),
        ("25", "三级"),
        ("124.999999", "三级"),
        ("125", "二级"),
        ("249.999999", "二级"),
        ("250", "一级"),
    ];
    for (i, (q_t, level)) in cases.into_iter().enumerate() {
        let got = filed(&manager, &only(&format!("源{i}"), "液氯", q_t, 0)).await;
        assert_eq!(got["level"], level, "q = {q_t} t, R = {}", got["r"]);
    }
    let rows = manager.get(&format!("{LIST}?sort=-r")).await.ok();
    assert_eq!((&rows["items"][0]["r"], &rows["items"][5]["level"]), (&json!("100"), &json!("四级")));
});

story!(gb18218_2018_4_1_each_unit_is_judged_by_itself, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let mut form = only("两个单元", "液氯", "4", 0);
    let second = json!({"name": "另一单元", "kind": "仓库", "chemicals": [{"name": "液氯", "q_t": "4"}]});
    form["units"].as_array_mut().unwrap().push(second);
    let got = filed(&manager, &form).await;
    assert_eq!((&got["level"], &got["s"]), (&Value::Null, &json!("0.8")), "two units of 4 t are not one of 8 t");
    assert!(got["units"][1]["border"].as_str().is_some());
});

story!(others_do_not_see_it_and_cannot_write_it, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let source = filed(&manager, &chlorine()).await;
    let other = t.as_enterprise("E002").await;
    let next_county = t.as_inspector("990122").await;
    let next_town = t.as_inspector("990121104").await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    let insurer = t.login("underwriter@INS1").await;
    for (who, client) in [("E002", &other), ("county", &next_county), ("town", &next_town), ("insurer", &insurer)] {
        assert_eq!(count(client, "").await, 0, "{who}");
        client.get(&path(&source)).await.problem(404);
        let export = client.get(&format!("{LIST}?format=csv")).await;
        assert!(!String::from_utf8(export.bytes).unwrap().contains("液氯"), "{who}");
    }
    other.put(&path(&source), &chlorine()).await.problem(404);
    next_county.post(&format!("{}/confirm", path(&source)), &json!({})).await.problem(404);
    insurer.put(&path(&source), &chlorine()).await.problem(403);
    let mut foreign = chlorine();
    foreign["enterprise"] = json!("E001");
    for client in [&other, &next_county] {
        assert_eq!(client.post(LIST, &foreign).await.problem(422)["errors"][0]["field"], "enterprise");
    }
    let worker = t.login("worker@E001").await;
    worker.get(LIST).await.problem(403);
    let nobody = t.anonymous();
    nobody.get(LIST).await.problem(401);
    nobody.post(LIST, &chlorine()).await.problem(401);
    nobody.get(&path(&source)).await.problem(401);
    // The town it stands in and the county see it.
    let town = t.as_inspector("990121103").await;
    assert_eq!(count(&town, "").await, 1);
    assert_eq!(count(&t.as_inspector("990121").await, "?region=990121103").await, 1);
});

story!(sibling_towns_990121110_and_990121111_are_kept_apart, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let mut form = chlorine();
    form["region"] = json!("990121111");
    let source = filed(&manager, &form).await;
    assert_eq!(source["region"], "990121111");
    t.as_inspector("990121111").await.get(&path(&source)).await.ok();
    t.as_inspector("990121110").await.get(&path(&source)).await.problem(404);
    form["name"] = json!("外县");
    form["region"] = json!("990122101");
    assert_eq!(manager.post(LIST, &form).await.problem(422)["errors"][0]["field"], "region");
});

story!(an_insurer_reads_what_the_enterprise_opened_and_no_more, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let source = filed(&manager, &chlorine()).await;
    let second = filed(&manager, &only("氨冷库", "氨", "12", 30)).await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    t.org(Subject::Insurer, "INS2", "990121").await;
    let insurer = t.login("underwriter@INS1").await;
    let rival = t.login("underwriter@INS2").await;
    // Alarms were opened, summaries were not: nothing of the register shows.
    grant(t, "INS1", "E001", None, &["alarms"]).await;
    assert_eq!(count(&insurer, "").await, 0);
    let sections = (PART.sections)(ctx_of(t, "underwriter@INS1").await, "E001".into()).await.unwrap();
    assert!(matches!(&sections[0].content, Content::Hidden { hidden_by } if hidden_by.contains("summary")));

    // Now one source is opened, and only that one.
    let id = source["id"].as_str().unwrap();
    let consent = grant(t, "INS1", "E001", Some(id), &["summary"]).await;
    assert_eq!(count(&insurer, "").await, 1);
    insurer.get(&path(&second)).await.problem(404);
    let seen = insurer.get(&path(&source)).await.ok();
    assert_eq!((&seen["level"], &seen["r"]), (&json!("一级"), &json!("144")));
    assert_eq!(seen["responsible"], json!([]));
    assert_eq!(seen["units"][0]["tanks"][0]["tags"], json!([]));
    let hidden: Vec<&str> = seen["hidden"].as_array().unwrap().iter().map(|h| h["part"].as_str().unwrap()).collect();
    assert_eq!(hidden, ["审核过程", "三级包保责任人", "监测点位"]);
    let sections = (PART.sections)(ctx_of(t, "underwriter@INS1").await, "E001".into()).await.unwrap();
    assert!(matches!(&sections[1].content, Content::Hidden { hidden_by } if hidden_by.contains("people")));

    grant(t, "INS1", "E001", Some(id), &["people", "telemetry"]).await;
    let seen = insurer.get(&path(&source)).await.ok();
    assert_eq!(seen["responsible"][0]["name"], "赵大海");
    assert_eq!(seen["units"][0]["tanks"][0]["tags"][0], "LT-101");
    rival.get(&path(&source)).await.problem(404);

    let ctx = t.ctx();
    let mut tx = ctx.begin().await.unwrap();
    tx.close_visibility(consent, ctx.now()).await.unwrap();
    let payload = events::enterprise::ConsentWithdrawn { consent };
    let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    let event = ctx.event(&payload, "org/E001", &org.placed()).unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
    insurer.get(&path(&source)).await.problem(404);
});

story!(wrong_input_is_named_field_by_field, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let mut form = chlorine();
    form["name"] = json!(" ");
    form["lon"] = json!(29.5);
    form["lat"] = json!(124.5);
    form["evaluated_on"] = json!("2026-13-01");
    form["filed_on"] = json!("2027-01-01");
    form["responsible"][0]["phone"] = json!("电话");
    form["units"][0]["tags"] = json!(["LT-101", "含 空格"]);
    let errors = manager.post(LIST, &form).await.problem(422)["errors"].clone();
    let fields: Vec<&str> = errors.as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    let want = [
        "name",
        "lon",
        "lat",
        "units[0].tags[0]",
        "units[0].tags[1]",
        "responsible[0].phone",
        "filed_on",
        "evaluated_on",
    ];
    assert_eq!(fields, want, "{errors}");

    let chemical = |value: Value| {
        let mut form = chlorine();
        form["units"][0]["chemicals"][0] = value;
        form
    };
    for (value, field, word) in [
        (json!({"name": "液氯", "q_t": "0"}), "units[0].chemicals[0].q_t", "4.2.2"),
        (json!({"name": "液氯", "q_t": "-3"}), "units[0].chemicals[0].q_t", "大于 0"),
        (json!({"name": "仙丹", "q_t": "3"}), "units[0].chemicals[0].name", "表1"),
        (json!({"name": "仙丹", "q_t": "3", "classes": ["Z9"]}), "units[0].chemicals[0].classes", "表2"),
        (json!({"name": "硝化纤维素", "q_t": "3"}), "units[0].chemicals[0].name", "no"),
        (json!({"name": "甲苯", "q_t": "600"}), "units[0].chemicals[0].classes", "表4"),
    ] {
        let refused = manager.post(LIST, &chemical(value.clone())).await.problem(422);
        assert_eq!(refused["errors"][0]["field"], field, "{value} {refused}");
        assert!(refused["errors"][0]["message"].as_str().unwrap().contains(word), "{value} {refused}");
    }
    let mut form = chlorine();
    form["population_500m"] = Value::Null;
    let refused = manager.post(LIST, &form).await.problem(422);
    assert_eq!(refused["errors"][0]["field"], "population_500m", "{refused}");
    for (key, value) in [("units", json!([])), ("units", json!("x")), ("population_500m", json!(-1))] {
        let mut form = chlorine();
        form[key] = value;
        assert!(manager.post(LIST, &form).await.problem(422)["errors"][0]["field"].as_str().unwrap().starts_with(key));
    }
    assert_eq!(manager.get(&format!("{LIST}?level=x")).await.problem(422)["errors"][0]["field"], "level");
    assert_eq!(manager.get(&format!("{LIST}?region=9901211")).await.problem(422)["errors"][0]["field"], "region");
    assert_eq!(count(&manager, "").await, 0, "nothing of it was kept");
});

story!(a_name_and_a_tag_belong_to_one_source_of_an_enterprise, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let source = filed(&manager, &chlorine()).await;
    assert_eq!(manager.post(LIST, &chlorine()).await.problem(422)["errors"][0]["field"], "name");
    let mut second = chlorine();
    second["name"] = json!("第二罐区");
    let refused = manager.post(LIST, &second).await.problem(422);
    assert_eq!(refused["errors"][0]["field"], "units[0].tags");
    assert!(
        refused["errors"][0]["message"].as_str().unwrap().contains("LT-101") || refused.to_string().contains("GD-101")
    );
    // Another enterprise may have tags of the same name, and a change keeps its own.
    filed(&t.as_enterprise("E002").await, &chlorine()).await;
    let mut form = chlorine();
    form["population_500m"] = json!(10);
    assert_eq!(manager.put(&path(&source), &form).await.ok()["r"], "72");
});

story!(a_tag_registered_for_a_source_joins_its_file, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let source = filed(&manager, &chlorine()).await;
    let other = filed(&t.as_enterprise("E002").await, &chlorine()).await;
    let id = |source: &Value| Some(source["id"].as_str().unwrap().to_owned());
    let cases = [
        ("TT-101", id(&source)),
        ("LT-101", id(&source)),
        ("TT-201", id(&other)),
        ("TT-301", Some("1号罐".to_owned())),
        ("TT-401", None),
    ];
    let ctx = t.ctx();
    let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    for (tag, hazard_source) in cases {
        let payload = TagRegistered {
            tag: tag.into(),
            device: None,
            metric: "temperature".into(),
            unit: "degC".into(),
            sample_s: 60,
            consequence: 1,
            hazard_source: hazard_source.map(Into::into),
            limits: LimitSet::default(),
            source: "form".into(),
        };
        let event = ctx.event(&payload, format!("tag/{tag}"), &org.placed()).unwrap();
        ctx.commit(ctx.begin().await.unwrap(), event, vec![]).await.unwrap();
    }
    t.run_jobs().await;
    let seen = manager.get(&path(&source)).await.ok();
    assert_eq!((&seen["other_tags"], &seen["tags"]), (&json!(["TT-101"]), &json!(4)));
    let subject = format!("hazard-source/{}", source["id"].as_str().unwrap());
    assert_eq!(t.kinds(&subject).await, ["hazard_source.filed", "hazard_source.tag_joined"]);
    assert_eq!(t.as_enterprise("E002").await.get(&path(&other)).await.ok()["tags"], 3);
    // A change that does not speak of the tag keeps it; one that puts it to a tank moves it.
    let mut form = chlorine();
    form["population_500m"] = json!(60);
    assert_eq!(manager.put(&path(&source), &form).await.ok()["other_tags"], json!(["TT-101"]));
    form["units"][0]["tanks"][0]["tags"] = json!(["LT-101", "PT-101", "TT-101"]);
    let moved = manager.put(&path(&source), &form).await.ok();
    assert_eq!((&moved["other_tags"], &moved["tags"]), (&json!([]), &json!(4)));
});

story!(the_evaluation_clock_runs_out_after_three_years, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let mut form = chlorine();
    form["evaluated_on"] = json!("2023-11-30");
    let source = filed(&manager, &form).await;
    assert_eq!(source["evaluation_due"], "2026-11-30");
    let subject = format!("hazard-source/{}", source["id"].as_str().unwrap());
    let cards = (PART.cards)(ctx_of(t, "safety_manager@E001").await).await.unwrap();
    assert!(cards.iter().any(|c| c.items.iter().any(|i| i.subtitle.contains("2026-11-30"))));
    t.forward(7 * DAY).await;
    assert_eq!(t.kinds(&subject).await, ["hazard_source.filed"], "due today is not overdue");
    t.forward(DAY).await;
    assert_eq!(t.kinds(&subject).await, ["hazard_source.filed", "hazard_source.evaluation_overdue"]);
    let manager = t.login("safety_manager@E001").await;
    let told = manager.get("/api/v1/notifications").await.ok();
    assert!(told["items"][0]["title"].as_str().unwrap().contains("安全评估已于 2026-11-30 到期"), "{told}");
    // A new evaluation sets the clock anew.
    form["evaluated_on"] = json!("2026-12-01");
    manager.put(&path(&source), &form).await.ok();
    t.forward(3 * DAY).await;
    assert_eq!(t.kinds(&subject).await.len(), 3);
});

story!(the_sources_of_merged_records_go_with_the_firm, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let gone = t.as_enterprise("E009").await;
    filed(&manager, &chlorine()).await;
    let moved = filed(&gone, &chlorine()).await;
    let ctx = t.ctx();
    let kept = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    let payload = EnterpriseMerged {
        kept: "E001".into(),
        merged: vec!["E009".into()],
        reason: "同一企业重复登记".into(),
        fields_chosen: BTreeMap::new(),
    };
    let event = ctx.event(&payload, "org/E001", &kept.placed()).unwrap();
    ctx.commit(ctx.begin().await.unwrap(), event, vec![]).await.unwrap();
    t.run_jobs().await;
    let seen = manager.get(&path(&moved)).await.ok();
    assert_eq!((&seen["enterprise"], &seen["name"]), (&json!("E001"), &json!("液氯储罐区（原 E009）")));
    assert_eq!(count(&manager, "").await, 2);
    let subject = format!("hazard-source/{}", moved["id"].as_str().unwrap());
    assert_eq!(t.kinds(&subject).await.last().unwrap(), "hazard_source.moved");
});

story!(a_workbook_brings_units_together_and_names_what_is_wrong, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let sheet = "危险源名称,单元名称,单元类别,危险化学品及设计最大量,500米内常住人口,监测点位,主要负责人,备案编号,最近一次安全评估日期\n\
        氯碱装置,液氯储罐区,储罐区,液氯 90；氢气（W2） 0.4,120,LT-101；PT-101,赵大海,BA-1,2025/6/30\n\
        氯碱装置,电解厂房,生产单元,氯 0.5吨,,,,,\n\
        氨冷库,冷库,仓库,氨 十二,30,,,,\n\
        氨冷库,冷库,地下室,氨 12,30,,,,\n\
        甲苯罐区,罐区,储罐区,甲苯 600,0,,,,\n";
    let checked = manager.upload("/api/v1/imports/hazard-sources", "危险源.csv", sheet.as_bytes()).await.ok();
    assert_eq!(
        (&checked["rows"], &checked["valid"], &checked["applied"]),
        (&json!(5), &json!(2), &json!(0)),
        "{checked}"
    );
    let problems: Vec<(i64, &str)> = checked["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["row"].as_i64().unwrap(), e["field"].as_str().unwrap()))
        .collect();
    let cell = "危险化学品及设计最大量";
    assert_eq!(problems, [(4, cell), (5, "单元类别"), (6, cell)], "{checked}");
    assert_eq!(count(&manager, "").await, 0);
    let path = "/api/v1/imports/hazard-sources?apply=true";
    let applied = manager.upload(path, "危险源.csv", sheet.as_bytes()).await.ok();
    assert_eq!(applied["applied"], 2, "{applied}");
    let rows = manager.get(LIST).await.ok();
    assert_eq!((&rows["total"], &rows["items"][0]["tags"]), (&json!(1), &json!(2)));
    assert_eq!(rows["items"][0]["chemicals"], "液氯、氢气、氯");
    // The same file again changes nothing.
    manager.upload(path, "危险源.csv", sheet.as_bytes()).await.ok();
    let subject = format!("hazard-source/{}", rows["items"][0]["id"].as_str().unwrap());
    assert_eq!(t.kinds(&subject).await, ["hazard_source.filed", "hazard_source.changed"]);

    let csv = manager.get(&format!("{LIST}?format=csv")).await;
    let text = String::from_utf8(csv.bytes).unwrap();
    assert!(text.contains("氯碱装置") && text.contains("一级") && text.contains(",144"), "{text}");
    let xlsx = manager.get(&format!("{LIST}?format=xlsx")).await;
    assert!(xlsx.bytes.starts_with(b"PK"));
    manager.get("/api/v1/imports/hazard-sources/template").await.headers["content-disposition"].to_str().unwrap();
});

story!(pages_show_numbers_with_the_lists_behind_them, vec![&lines::online::PART, &PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    let mut form = chlorine();
    form["lon"] = json!(124.58);
    form["lat"] = json!(29.47);
    filed(&manager, &form).await;
    filed(&manager, &only("不构成的", "液氯", "1", 0)).await;
    t.org(Subject::Government, "BUREAU", "990121").await;
    t.login("leader@BUREAU").await;

    let leader = ctx_of(t, "leader@BUREAU").await;
    let cockpit = (PART.cockpit)(leader.clone(), "990121".into()).await.unwrap();
    assert_eq!((cockpit.numbers[0].value.as_str(), cockpit.points.len()), ("1", 1));
    assert_eq!(cockpit.numbers[0].link, "/hazard-sources?region=990121");
    assert_eq!((cockpit.areas[0].region.as_str(), cockpit.areas[0].count), ("990121103", 1));
    assert_eq!(cockpit.charts[0].series[0].values, [1.0, 0.0, 0.0, 0.0]);
    assert!((PART.cockpit)(leader.clone(), "990121104".into()).await.unwrap().points.is_empty());
    let cards = (PART.cards)(leader.clone()).await.unwrap();
    assert_eq!((cards[0].value.as_deref(), cards[0].note.as_deref()), (Some("1"), Some("一级 1")));

    let officer_ctx = ctx_of(t, "officer@GOV990121").await;
    let cards = (PART.cards)(officer_ctx.clone()).await.unwrap();
    assert_eq!((cards[0].key.as_str(), cards[0].value.as_deref()), ("hazard_sources_waiting", Some("2")));
    let sections: Vec<Section> = (PART.sections)(officer_ctx.clone(), "E001".into()).await.unwrap();
    let Content::Table { rows, .. } = &sections[0].content else { panic!("a table") };
    assert_eq!((rows[0]["level"].as_str(), rows[1]["level"].as_str()), ("一级", "不构成重大危险源"));
    let Content::Table { rows, .. } = &sections[1].content else { panic!("a table") };
    assert_eq!(rows[0]["name"], "赵大海");
    for (words, hits) in [("液氯", 2), ("氯 e001", 2), ("100%", 0), ("_", 0), ("ba990121", 1)] {
        assert_eq!((PART.search)(officer_ctx.clone(), words.into()).await.unwrap().len(), hits, "{words}");
    }
    let asked = vec!["E001".to_owned(), "E404".to_owned()];
    let figures = (PART.figures)(officer_ctx.clone(), asked).await.unwrap();
    assert_eq!((figures.len(), figures["E001"].hazard_source_level.as_deref()), (1, Some("一级")));
    let menu = officer.get("/api/v1/session").await.ok()["menu"].clone();
    let own = menu.as_array().unwrap().iter().find(|entry| entry["path"] == "/hazard-sources").unwrap();
    assert_eq!(own["no"], json!(9));
});

story!(whoever_wrote_a_file_does_not_confirm_it, vec![&PART], |t| {
    t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    t.org(Subject::Government, "BUREAU", "990121").await;
    let colleague = t.login("officer@BUREAU").await;
    let mut form = chlorine();
    form["enterprise"] = json!("E001");
    let source = filed(&officer, &form).await;
    assert_eq!(source["may_confirm"], json!(false));
    let refused = officer.post(&format!("{}/confirm", path(&source)), &json!({})).await.problem(422);
    assert!(refused.to_string().contains("另一位监管员"), "{refused}");
    assert_eq!(colleague.get(&path(&source)).await.ok()["may_confirm"], json!(true));
    colleague.post(&format!("{}/confirm", path(&source)), &json!({})).await.ok();
});

story!(the_demo_loader_files_and_confirms_as_the_platform, vec![&PART], |t| {
    t.as_enterprise("E001").await;
    let ctx = t.ctx();
    let mut form: NewSource = serde_json::from_value(chlorine()).unwrap();
    form.enterprise = Some("E001".into());
    form.origin = Origin::Demo;
    let id = crate::major_hazards::file(&ctx, form).await.unwrap();
    crate::major_hazards::confirm(&ctx, id, None).await.unwrap();
    assert_eq!(t.kinds(&format!("hazard-source/{id}")).await, ["hazard_source.filed", "hazard_source.confirmed"]);
});
