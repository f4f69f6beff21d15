use super::{PASSWORD, points, prepare};
use crate::demo::county::Demo;
use platform::Ms;
use standards::gb18218::{Asked, Edition, Unit, assess};
use standards::tables::{Scope, Tables};

#[test]
fn gb18218_the_ten_sources_have_the_level_and_r_the_county_states() {
    let demo = Demo::read().unwrap();
    let edition = Edition::select(Tables::shipped(), Scope::default()).unwrap();
    let mut seen = 0;
    for firm in demo.firms.iter().filter(|f| f.major_hazard_level.is_some()) {
        let form = points::source(&demo, firm, Ms(1_795_395_600_000)).unwrap();
        let asked = |c: &systems::major_hazards::Chemical| Asked {
            no: None,
            name: Some(c.name.clone()),
            cas: None,
            classes: c.classes.clone(),
            q_t: c.q_t,
            mixture: false,
        };
        let unit = Unit {
            substances: form.units[0].chemicals.iter().map(asked).collect(),
            population_500m: form.population_500m,
            kind: Some(form.units[0].kind.name().to_owned()),
        };
        let assessed = assess(&edition, &unit).unwrap();
        let level = serde_json::to_value(assessed.level).unwrap();
        assert_eq!(level.as_str(), firm.major_hazard_level.as_deref(), "{}", firm.name);
        let r: f64 = assessed.r.unwrap().to_string().parse().unwrap();
        assert!((r - firm.r.unwrap()).abs() < 0.1, "{} {r}", firm.name);
        assert_eq!(form.responsible.len(), 3);
        seen += 1;
    }
    assert_eq!(seen, 10);
}

/// How many events of a kind there are.
async fn count(t: &testing::TestPlatform, kind: &str) -> usize {
    let query = platform::sql("select count(*) as n from event where kind = $1", platform::args![kind]);
    t.app.db().one(query).await.unwrap().get::<i64>("n").unwrap() as usize
}

testing::story!(the_county_loads_once_and_goes_on_where_it_was_cut_off, crate::parts::all(), |t| {
    // Cut off wherever it happens to be; the next try goes on from there.
    for ms in [30, 400, 2_500] {
        let _ = tokio::time::timeout(std::time::Duration::from_millis(ms), prepare(&t.app, 1)).await;
    }
    prepare(&t.app, 1).await.unwrap();
    assert_eq!(count(t, "ent.enterprise.registered").await, 1_284);
    assert_eq!(count(t, "iot.tag.registered").await, 1_635);
    assert_eq!(count(t, "iot.device.onboarded").await, 62);
    assert_eq!(count(t, "hazard_source.filed").await, 10);
    let raised = count(t, "iot.alarm.raised").await;
    assert!(raised >= 8, "{raised} alarms in a day");
    assert_eq!(count(t, "iot.alarm.returned").await, raised);
    assert!(count(t, "iot.alarm.escalated").await >= 1, "the alarm nobody took has climbed");
    t.run_jobs().await;
    let before = t.app.tree_head();
    prepare(&t.app, 1).await.unwrap();
    t.run_jobs().await;
    assert_eq!(t.app.tree_head(), before, "a second start loads nothing");

    let client = t.anonymous().sign_in("duty_officer@GOV", PASSWORD).await;
    assert_eq!(client.get("/api/v1/enterprises").await.ok()["total"], 1_284);
    let open = client.get("/api/v1/alarms?state=open").await.ok();
    assert!(open["total"].as_i64().unwrap() >= 3, "{open}");
    let trend = client.get("/api/v1/tags?enterprise=E001&q=cl2-17").await.ok();
    assert!(trend["items"][0]["last"]["value"].is_number(), "{trend}");
    let neighbour = t.anonymous().sign_in("officer@GOV2", PASSWORD).await;
    assert_eq!(neighbour.get("/api/v1/enterprises").await.ok()["total"], 0);
    let insurer = t.anonymous().sign_in("underwriter@INS4", PASSWORD).await;
    let insured = insurer.get("/api/v1/enterprises").await.ok()["total"].as_i64().unwrap();
    assert!((50..300).contains(&insured), "INS4 sees the firms that let it: {insured}");
    assert_eq!(insurer.get("/api/v1/alarms").await.ok()["total"], 0, "the summary opens no alarms");
});

testing::story!(a_node_with_real_data_refuses_the_demonstration, crate::parts::all(), |t| {
    t.org(platform::Subject::Government, "REAL", "130110").await;
    let refused = prepare(&t.app, 0).await.unwrap_err().to_string();
    assert!(refused.contains("真实数据"), "{refused}");
});
