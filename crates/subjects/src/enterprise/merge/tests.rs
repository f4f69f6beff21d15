//! Merging loses nothing: told as a property over random groups, and as a story.
use super::{Name, decide};
use crate::ALL;
use crate::enterprise::profile::{EnterpriseForm, FIELDS};
use crate::enterprise::store::Enterprise;
use crate::enterprise::tests::{code, enterprise};
use platform::{Ms, sql};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testing::{TestPlatform, story};

fn record(n: u32, employees: i64, address: Option<String>, tags: Vec<String>) -> Enterprise {
    let form = EnterpriseForm {
        name: Some(format!("第{n}厂")),
        uscc: Some(code(n)),
        region: Some("990121110".into()),
        employees: Some(employees),
        address,
        tags: Some(tags),
        ..EnterpriseForm::default()
    };
    Enterprise {
        id: format!("E{n}"),
        profile: form.check(None).unwrap(),
        status: "active".into(),
        merged_into: None,
        registered_at: Ms(0),
        confirmed_at: None,
        version: 1,
    }
}

fn records() -> impl Strategy<Value = Vec<Enterprise>> {
    let one =
        (0_i64..5000, proptest::option::of("[路街巷][0-9]{1,3}号"), proptest::collection::vec("[甲乙丙丁]", 0..3));
    proptest::collection::vec(one, 2..6).prop_map(|all| {
        all.into_iter().zip(1..).map(|((employees, address, tags), n)| record(n, employees, address, tags)).collect()
    })
}

proptest! {
    /// Every field of the kept record is the one chosen, or its own where none was chosen.
    #[test]
    fn the_kept_record_has_exactly_the_chosen_values(all in records(), picks in proptest::collection::vec(0_usize..6, FIELDS.len()), named in any::<u16>()) {
        let (kept, merged) = all.split_first().unwrap();
        let chosen: BTreeMap<String, String> = FIELDS
            .iter()
            .zip(&picks)
            .enumerate()
            .filter(|(i, _)| named & (1 << i) != 0)
            .map(|(_, ((field, _), pick))| ((*field).to_owned(), all[pick % all.len()].id.clone()))
            .collect();
        let profile = decide(kept, merged, &chosen).unwrap();
        for (field, _) in FIELDS {
            let source = chosen.get(*field).map_or(kept, |id| all.iter().find(|e| e.id == *id).unwrap());
            prop_assert_eq!(profile.text(field), source.profile.text(field));
        }
    }
}

#[test]
fn a_field_that_is_not_there_or_from_elsewhere_is_named() {
    let (kept, gone) = (record(1, 1, None, vec![]), record(2, 2, None, vec![]));
    let fields = [("colour", "E2"), ("name", "E7")].map(|(f, s)| (f.to_owned(), s.to_owned()));
    let error = decide(&kept, &[gone], &BTreeMap::from(fields)).unwrap_err();
    let platform::Error::Invalid(faults) = error else { panic!() };
    let names: Vec<&str> = faults.iter().map(|f| f.field.as_str()).collect();
    assert_eq!(names, ["fields.colour", "fields.name"]);
}

#[test]
fn names_are_alike_by_letters_and_numbers() {
    let like = |a: &str, b: &str| Name::of(a).is_like(&Name::of(b));
    assert!(like("岚江白沙精细化工有限公司", "岚江白沙精细化工有限责任公司"));
    assert!(like("岚江县白沙精细化工股份有限公司", "岚江县白沙精细化工厂有限公司"));
    assert!(!like("白沙汽修一厂", "白沙汽修二厂"));
    assert!(!like("白沙化工有限公司", "横塘机械有限公司"));
}

async fn rows(t: &TestPlatform, text: &'static str) -> Vec<String> {
    let rows = t.app.db().all(sql(text, vec![])).await.unwrap();
    rows.iter().map(|r| r.get("v").unwrap()).collect()
}

/// Everything that hangs on enterprises, without the enterprise it hangs on.
async fn belongings(t: &TestPlatform) -> Vec<Vec<String>> {
    vec![
        rows(t, "select id as v from site order by id").await,
        rows(t, "select id as v from person order by id").await,
        rows(t, "select id as v from account order by id").await,
        rows(t, "select account || role as v from role_grant order by account, role").await,
        rows(t, "select id as v from visibility order by id").await,
        rows(t, "select id as v from consent order by id").await,
        rows(t, "select id || name || uscc || coalesce(address, '') as v from enterprise where id <> 'E1' order by id")
            .await,
    ]
}

story!(merging_moves_everything_and_deletes_nothing, ALL.to_vec(), |t| {
    for (id, n, name) in [("E1", 1, "白沙化工有限公司"), ("E2", 2, "白沙化工有限责任公司"), ("E3", 3, "横塘机械厂")]
    {
        enterprise(t, id, n, name, "990121110").await;
    }
    t.org(platform::Subject::Insurer, "INS1", "990121").await;
    let officer = t.as_inspector("990121").await;
    let site = json!({"name": "厂区", "address": "白沙路1号", "region": "990121110", "tenant_ids": ["E3"]});
    officer.post("/api/v1/enterprises/E2/sites", &site).await.ok();
    let leased = json!({"name": "车间", "address": "横塘路1号", "region": "990121110", "landlord_id": "E2", "tenant_ids": ["E2", "E1"]});
    officer.post("/api/v1/enterprises/E3/sites", &leased).await.ok();
    let owner = t.login("principal@E2").await;
    owner.post("/api/v1/enterprises/E2/people", &json!({"name": "李四", "phone": "13800000002"})).await.ok();
    let consent = json!({"to": "INS1", "purpose": "underwriting", "fields": ["sites"]});
    owner.post("/api/v1/enterprises/E2/consents", &consent).await.ok();
    let found = officer.get("/api/v1/enterprises/duplicates").await.ok();
    assert_eq!(found["items"][0]["enterprises"].as_array().unwrap().len(), 2, "{found}");
    let leader = t.login("leader@GOV990121").await;
    let other_county = t.as_inspector("990122").await;
    let before = belongings(t).await;

    let wish = json!({"merged": ["E2"], "reason": "同一执照", "fields": {"uscc": "E2", "name": "E2"}});
    leader.post("/api/v1/enterprises/E1/merge", &wish).await.problem(403);
    other_county.post("/api/v1/enterprises/E1/merge", &wish).await.problem(404);
    officer.post("/api/v1/enterprises/E1/merge", &json!({"merged": ["E1"], "reason": "x"})).await.problem(422);
    officer.post("/api/v1/enterprises/E1/merge", &wish).await.ok();

    assert_eq!(belongings(t).await, before, "nothing is lost");
    let kept = officer.get("/api/v1/enterprises/E1").await.ok();
    assert_eq!((&kept["uscc"], &kept["name"]), (&json!(code(2)), &json!("白沙化工有限责任公司")));
    let gone = officer.get("/api/v1/enterprises/E2").await.ok();
    assert_eq!((&gone["status"], &gone["merged_into"]), (&json!("merged"), &json!("E1")));
    officer.put("/api/v1/enterprises/E2", &json!({"employees": 1})).await.problem(422);
    assert_eq!(officer.get("/api/v1/enterprises").await.ok()["total"], 2);
    let sites: Value = officer.get("/api/v1/enterprises/E1/sites").await.ok();
    assert_eq!(sites["items"][0]["name"], "厂区");
    let other = officer.get("/api/v1/enterprises/E3/sites").await.ok();
    assert_eq!((&other["items"][0]["landlord_id"], &other["items"][0]["tenant_ids"]), (&json!("E1"), &json!(["E1"])));
    assert_eq!(owner.get("/api/v1/session").await.ok()["org"]["id"], "E1");
    assert_eq!(owner.get("/api/v1/enterprises/E2").await.ok()["merged_into"], "E1");
    let insurer = t.login("underwriter@INS1").await;
    assert_eq!(insurer.get("/api/v1/enterprises").await.ok()["items"][0]["id"], "E1");
    assert_eq!(t.kinds("enterprise/E1").await.last().map(String::as_str), Some("ent.enterprise.merged"));
});
