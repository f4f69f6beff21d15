//! Stories of the enterprise register, told through its HTTP router on both databases.
use crate::ALL;
use crate::enterprise::{EnterpriseForm, NewEnterprise, Origin, register_many};
use platform::{Role, Subject};
use serde_json::{Value, json};
use standards::codes::Uscc;
use testing::{Client, TestPlatform, story};

/// The n-th valid credit code of the fictional county.
pub(crate) fn code(n: u32) -> String {
    let body = format!("91990121{n:09}");
    "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(|c| format!("{body}{c}")).find(|c| Uscc::parse(c).is_ok()).unwrap()
}

pub(crate) fn form(n: u32, name: &str, region: &str) -> Value {
    json!({"name": name, "uscc": code(n), "region": region, "gbt4754": "2614", "employees": 40,
        "contact_name": "王小安", "contact_phone": "13800000001", "lon": 118.6, "lat": 27.3})
}

/// Enters an enterprise with a given id.
pub(crate) async fn enterprise(t: &TestPlatform, id: &str, n: u32, name: &str, region: &str) {
    let form: EnterpriseForm = serde_json::from_value(form(n, name, region)).unwrap();
    let new = NewEnterprise { id: Some(id.to_owned()), profile: form.check(None).unwrap(), origin: Origin::Form };
    register_many(&t.ctx(), vec![new]).await.unwrap();
}

fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
}

fn faults(problem: &Value) -> Vec<String> {
    problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect()
}

async fn counts(client: &Client, query: &str) -> i64 {
    client.get(&format!("/api/v1/enterprises?{query}")).await.ok()["total"].as_i64().unwrap()
}

story!(an_officer_registers_an_enterprise_and_finds_it_in_every_way, ALL.to_vec(), |t| {
    let officer = t.as_inspector("990121").await;
    let mut typed = form(1, "岚江精细化工有限公司", "９９０１２１１１０");
    typed["uscc"] = json!(format!(" {} ", code(1).to_lowercase()));
    let made = officer.post("/api/v1/enterprises", &typed).await.ok();
    let id = made["id"].as_str().unwrap();
    assert_eq!((&made["region"], &made["uscc"]), (&json!("990121110"), &json!(code(1))));
    assert_eq!(made["contact_phone"], "138****0001");
    assert_eq!(made["hidden"], json!(["contact_phone"]));
    for q in ["q=ljjxhg", "q=%E7%B2%BE%E7%BB%86", "q=9199012100", "industry=C", "industry=26", "region=990121110"] {
        assert_eq!(counts(&officer, q).await, 1, "{q}");
    }
    for q in ["q=zzz", "q=%25", "industry=B", "region=990121111", "tag=x", "has_hazard_source=true", "status=merged"] {
        assert_eq!(counts(&officer, q).await, 0, "{q}");
    }
    assert_eq!(t.kinds(&format!("enterprise/{id}")).await, ["ent.enterprise.registered"]);
    assert_eq!(t.kinds(&format!("org/{id}")).await, ["org.registered"]);
    let again = officer.post("/api/v1/enterprises", &typed).await.problem(422);
    assert!(again["errors"][0]["message"].as_str().unwrap().contains("岚江精细化工有限公司"), "{again}");
    let sections = (crate::enterprise::PART.sections)(t.ctx(), id.to_owned()).await.unwrap();
    let text = serde_json::to_string(&sections).unwrap();
    assert!(text.contains("监管部门登记") && text.contains("登记沿革"), "{text}");
    let sheet = officer.get("/api/v1/enterprises?format=xlsx").await;
    assert!(sheet.status.is_success() && sheet.bytes.starts_with(b"PK"));
});

story!(every_wrong_field_is_named_with_its_rule, ALL.to_vec(), |t| {
    let officer = t.as_inspector("990121").await;
    let mut wrong = form(1, "岚江精细化工有限公司", "990122110");
    let outside = officer.post("/api/v1/enterprises", &wrong).await.problem(422);
    assert_eq!(faults(&outside), ["region"]);
    wrong["uscc"] = json!("91990121MA9000011X");
    wrong["region"] = json!("990121");
    wrong["employees"] = json!(-3);
    wrong["contact_phone"] = json!("hello");
    let bad = officer.post("/api/v1/enterprises", &wrong).await.problem(422);
    assert_eq!(faults(&bad), ["uscc", "employees", "contact_phone"]);
    assert!(bad["errors"][0]["message"].as_str().unwrap().contains("GB 32100"));
    let shape = officer.post("/api/v1/enterprises", &json!({"employees": "many"})).await.problem(422);
    assert_eq!(faults(&shape), ["employees"]);
    officer.post("/api/v1/enterprises", &json!([1, 2])).await.problem(422);
    let leader = t.login("leader@GOV990121").await;
    leader.post("/api/v1/enterprises", &form(2, "甲企业", "990121110")).await.problem(403);
});

story!(towns_and_counties_see_their_own_enterprises_only, ALL.to_vec(), |t| {
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    enterprise(t, "E2", 2, "乙化工有限公司", "990121111").await;
    enterprise(t, "E3", 3, "丙化工有限公司", "990122110").await;
    for (region, mine) in [("990121", vec!["E2", "E1"]), ("990122", vec!["E3"]), ("9901", vec!["E3", "E2", "E1"])] {
        let officer = t.as_inspector(region).await;
        let mut mine: Vec<String> = mine.into_iter().map(str::to_owned).collect();
        let mut seen = ids(&officer.get("/api/v1/enterprises").await.ok());
        mine.sort();
        seen.sort();
        assert_eq!(seen, mine, "{region}");
    }
    for (town, own, other) in [("990121110", "E1", "E2"), ("990121111", "E2", "E1")] {
        t.org(Subject::Government, &format!("TOWN{town}"), town).await;
        let clerk = t.login(&format!("township@TOWN{town}")).await;
        assert_eq!(ids(&clerk.get("/api/v1/enterprises").await.ok()), [own]);
        clerk.get(&format!("/api/v1/enterprises/{own}")).await.ok();
        clerk.get(&format!("/api/v1/enterprises/{other}")).await.problem(404);
        clerk.put(&format!("/api/v1/enterprises/{other}"), &json!({"employees": 1})).await.problem(404);
        clerk.get(&format!("/api/v1/enterprises/{other}/people")).await.problem(404);
        clerk.get(&format!("/api/v1/enterprises/{other}/sites")).await.problem(404);
    }
    let own = t.login("safety_manager@E1").await;
    assert_eq!(ids(&own.get("/api/v1/enterprises").await.ok()), ["E1"]);
    own.get("/api/v1/enterprises/E2").await.problem(404);
    t.anonymous().get("/api/v1/enterprises").await.problem(401);
});

story!(the_county_changes_and_the_enterprise_confirms, ALL.to_vec(), |t| {
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    let officer = t.as_inspector("990121").await;
    let safety = t.login("safety_manager@E1").await;
    safety.put("/api/v1/enterprises/E1", &json!({"employees": 9})).await.problem(403);
    officer.put("/api/v1/enterprises/E1/profile", &json!({})).await.problem(403);
    assert_eq!(officer.put("/api/v1/enterprises/E1", &json!({"employees": 55})).await.ok()["employees"], 55);
    let name = safety.put("/api/v1/enterprises/E1/profile", &json!({"name": "别的名字"})).await.problem(422);
    assert_eq!(faults(&name), ["name"]);
    let file =
        safety.put("/api/v1/enterprises/E1/profile", &json!({"employees": 57, "address": "白沙路1号"})).await.ok();
    assert_eq!((&file["employees"], &file["contact_phone"]), (&json!(57), &json!("13800000001")));
    assert_eq!(file["confirmed_at"], "2026-11-23T01:00:00.000Z");
    let kinds = t.kinds("enterprise/E1").await;
    assert_eq!(kinds, ["ent.enterprise.registered", "ent.enterprise.changed", "ent.profile.confirmed"]);
    let sections = (crate::enterprise::PART.sections)(t.ctx(), "E1".to_owned()).await.unwrap();
    assert!(serde_json::to_string(&sections).unwrap().contains("企业填报"));
});

story!(people_are_masked_but_to_those_who_keep_the_file, ALL.to_vec(), |t| {
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    let safety = t.login("safety_manager@E1").await;
    let person =
        json!({"name": "李四", "post": "电工、焊工", "phone": "138-0000-0002", "id_number": "11010519491231002x"});
    safety.post("/api/v1/enterprises/E1/people", &person).await.ok();
    let again = safety.post("/api/v1/enterprises/E1/people", &person).await.problem(422);
    assert_eq!(faults(&again), ["id_number"]);
    let impossible = json!({"name": "李五", "id_number": "110105194912310021"});
    assert_eq!(faults(&safety.post("/api/v1/enterprises/E1/people", &impossible).await.problem(422)), ["id_number"]);
    let own = safety.get("/api/v1/enterprises/E1/people").await.ok();
    assert_eq!(own["items"][0]["id_number"], "11010519491231002X");
    let worker = t.login("worker@E1").await;
    assert_eq!(worker.get("/api/v1/enterprises/E1/people").await.ok()["items"][0]["phone"], "138****0002");
    let officer = t.as_inspector("990121").await;
    let seen = officer.get("/api/v1/enterprises/E1/people").await.ok();
    assert_eq!(seen["items"][0]["id_number"], "110105********002X");
    assert_eq!(seen["items"][0]["hidden"], json!(["phone", "id_number"]));
});

story!(sites_show_whether_licence_and_place_match, ALL.to_vec(), |t| {
    for (id, n) in [("E1", 1), ("E2", 2), ("E3", 3)] {
        enterprise(t, id, n, &format!("{id}工贸有限公司"), "990121110").await;
    }
    let officer = t.as_inspector("990121").await;
    let site = |address: &str| json!({"name": "厂区", "address": address, "region": "990121110"});
    let open = async |id: &str, body: Value| officer.post(&format!("/api/v1/enterprises/{id}/sites"), &body).await;
    open("E1", site("横塘路 8 号")).await.ok();
    let mut rented = site("横塘路８号");
    rented["landlord_id"] = json!("E9");
    assert_eq!(faults(&open("E2", rented.clone()).await.problem(422)), ["landlord_id"]);
    rented["landlord_id"] = json!("E1");
    open("E2", rented).await.ok();
    let of = async |id: &str| officer.get(&format!("/api/v1/enterprises/{id}/sites")).await.ok()["items"].clone();
    let tenant = of("E2").await;
    assert_eq!((&tenant[0]["mismatch"], &tenant[0]["landlord_name"]), (&Value::Null, &json!("E1工贸有限公司")));
    open("E3", site("横塘路8号")).await.ok();
    assert_eq!(of("E1").await[0]["mismatch"], "一地多证");
    open("E3", site("溪口路1号")).await.ok();
    let sites = of("E3").await;
    let away = sites.as_array().unwrap().iter().find(|s| s["address"] == "溪口路1号").unwrap();
    assert_eq!(away["mismatch"], "一证多地");
    let event = t.app.ctx(platform::Actor::system());
    let items = platform::timeline::timeline(&event, None, Some("E3"), Some("ent.site.opened"), None, 1).await.unwrap();
    assert_eq!(items[0].body["mismatch"], "一证多地");
});

story!(a_code_on_the_door_opens_the_page, ALL.to_vec(), |t| {
    let officer = t.as_inspector("990121").await;
    let picture = officer.get("/api/v1/qr/enterprise/E001.svg").await;
    assert_eq!(picture.headers["content-type"], "image/svg+xml");
    assert!(String::from_utf8_lossy(&picture.bytes).contains("<svg"));
    officer.get("/api/v1/qr/planet/E001.svg").await.problem(404);
    officer.get("/api/v1/qr/site/%3Cb%3E.svg").await.problem(404);
    t.anonymous().get("/api/v1/qr/enterprise/E001.svg").await.problem(401);
});

story!(a_workbook_keeps_what_is_right_and_names_what_is_wrong, ALL.to_vec(), |t| {
    let officer = t.as_inspector("990121").await;
    let rows = [
        format!("甲化工有限公司,{},９９０１２１１１０,化工,2614,２４,13800000001", code(1)),
        "乙化工有限公司,91990121MA9000011X,990121110,化工,2614,24,".to_owned(),
        format!("丙化工有限公司,{},990122110,化工,2614,24,", code(3)),
        format!("丁建筑有限公司,{},990121110,建筑业,2614,24,", code(4)),
        format!("甲化工二厂,{},990121110,化工,2614,24,", code(1)),
    ];
    let csv =
        format!("企业名称,统一社会信用代码,行政区划代码,行业门类,行业代码,从业人数,联系电话\n{}\n", rows.join("\n"));
    let dry = officer.upload("/api/v1/imports/enterprises", "名录.csv", csv.as_bytes()).await.ok();
    let wrong: Vec<(i64, &str)> = dry["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["row"].as_i64().unwrap(), e["field"].as_str().unwrap()))
        .collect();
    assert_eq!(
        wrong,
        [(3, "统一社会信用代码"), (4, "行政区划代码"), (5, "行业门类"), (6, "统一社会信用代码")],
        "{dry}"
    );
    assert_eq!((&dry["rows"], &dry["applied"]), (&json!(5), &json!(0)));
    let run = dry["id"].as_str().unwrap();
    let done = officer.post(&format!("/api/v1/imports/runs/{run}/apply"), &json!({})).await.ok();
    assert_eq!(done["applied"], 1);
    let list = officer.get("/api/v1/enterprises").await.ok();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let sections = (crate::enterprise::PART.sections)(t.ctx(), id).await.unwrap();
    let text = serde_json::to_string(&sections).unwrap();
    assert!(text.contains("名录.csv!B2") && text.contains("名录.csv!F2"), "{text}");
    let people = format!(
        "统一社会信用代码,姓名,岗位,电话,身份证号\n{},李四,电工,13800000002,11010519491231002X\n{},王五,焊工,,11010519491231002Y\n{},赵六,,,\n",
        code(1),
        code(1),
        code(9)
    );
    let done = officer.upload("/api/v1/imports/people?apply=true", "人员.csv", people.as_bytes()).await.ok();
    assert_eq!((&done["rows"], &done["applied"]), (&json!(3), &json!(1)), "{done}");
});

story!(pages_and_the_cockpit_show_the_register, ALL.to_vec(), |t| {
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    enterprise(t, "E2", 2, "乙化工有限公司", "990121111").await;
    t.as_inspector("990121").await;
    let account = platform::auth::find(t.app.db(), "officer@GOV990121").await.unwrap().unwrap();
    let actor = platform::auth::actor(t.app.db(), &account, t.app.source().now()).await.unwrap();
    let ctx = t.app.ctx(actor);
    let share = (crate::enterprise::PART.cockpit)(ctx.clone(), "990121".to_owned()).await.unwrap();
    assert_eq!((share.numbers[0].value.as_str(), share.points.len()), ("2", 2));
    let areas: Vec<(&str, i64)> = share.areas.iter().map(|a| (a.region.as_str(), a.count)).collect();
    assert_eq!(areas, [("990121110", 1), ("990121111", 1)]);
    assert_eq!(
        (crate::enterprise::PART.search)(ctx.clone(), "jhg".to_owned()).await.unwrap()[0].title,
        "甲化工有限公司"
    );
    let cards = (crate::enterprise::PART.cards)(ctx).await.unwrap();
    let keys: Vec<&str> = cards.iter().map(|c| c.key.as_str()).collect();
    assert_eq!(keys, ["registrations", "enterprises"]);
    t.login("principal@E1").await;
    let account = platform::auth::find(t.app.db(), "principal@E1").await.unwrap().unwrap();
    let actor = platform::auth::actor(t.app.db(), &account, t.app.source().now()).await.unwrap();
    assert!(actor.has(Role::Principal));
    let own = (crate::enterprise::PART.cards)(t.app.ctx(actor)).await.unwrap();
    assert_eq!(own[0].items[0].subtitle, "尚未确认过");
});

story!(a_county_enters_in_one_write, ALL.to_vec(), |t| {
    let all = (0..300).map(|n| {
        let form: EnterpriseForm = serde_json::from_value(form(n, &format!("第{n}工贸有限公司"), "990121110")).unwrap();
        NewEnterprise {
            id: None, profile: form.check(None).unwrap(), origin: Origin::Register("示例名录".to_owned())
        }
    });
    let ids = register_many(&t.ctx(), all.collect()).await.unwrap();
    assert_eq!(ids.len(), 300);
    let officer = t.as_inspector("990121").await;
    let first = officer.get("/api/v1/enterprises?page[size]=200").await.ok();
    assert_eq!((&first["total"], first["items"].as_array().unwrap().len()), (&json!(300), 200));
    let next = first["next"].as_str().unwrap();
    let second = officer.get(&format!("/api/v1/enterprises?page[size]=200&page[cursor]={next}")).await.ok();
    assert_eq!(second["items"].as_array().unwrap().len(), 100);
    assert_eq!(t.kinds(&format!("enterprise/{}", ids[0])).await, ["ent.enterprise.registered"]);
});
