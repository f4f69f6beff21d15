use testing::story;

use super::*;
use crate::online::{board, watchman};

const MINUTE: i64 = 60_000;

story!(a_silent_device_is_noticed_and_welcomed_back, parts(), |t| {
    let gateway = tank(t, "E001").await;
    gateway.send(t, json!({"E001-level": 50})).await;
    t.app.source().forward(4 * MINUTE);
    watchman::silence(t.ctx()).await.unwrap();
    t.app.source().forward(2 * MINUTE);
    watchman::silence(t.ctx()).await.unwrap();
    watchman::silence(t.ctx()).await.unwrap();
    let manager = t.as_enterprise("E001").await;
    assert_eq!(items(&manager, "/devices").await[0]["online"], false);
    assert_eq!(items(&manager, "/tags").await[0]["state"], "offline");
    gateway.send(t, json!({"E001-level": 50})).await;
    watchman::silence(t.ctx()).await.unwrap();
    assert_eq!(t.kinds("device/E001-GW1").await, ["iot.device.onboarded", "iot.device.offline", "iot.device.online"]);
    assert_eq!(items(&manager, "/devices").await[0]["online"], true);
});

story!(every_ten_minutes_the_readings_are_sealed_into_the_log_once, parts(), |t| {
    let gateway = tank(t, "E001").await;
    for i in 0..60 {
        gateway.send(t, json!({"E001-level": 40.0 + f64::from(i) / 10.0})).await;
        t.app.source().forward(MINUTE / 2);
    }
    // 09:30: the windows from 09:00 and 09:10 are closed, 09:20 may still get readings.
    watchman::evidence(t.ctx()).await.unwrap();
    watchman::evidence(t.ctx()).await.unwrap();
    let sealed = |kinds: Vec<String>| kinds.iter().filter(|k| *k == "iot.sample.batch_sealed").count();
    assert_eq!(sealed(t.kinds("device/E001-GW1").await), 2);
    t.app.source().forward(2 * 3_600_000);
    watchman::seal(t.ctx()).await.unwrap();
    watchman::evidence(t.ctx()).await.unwrap();
    assert_eq!(sealed(t.kinds("device/E001-GW1").await), 3, "made up for from sealed chunks");
    let manager = t.as_enterprise("E001").await;
    let from = platform::Ms(t.app.source().now().0 - 24 * 3_600_000).iso();
    let trend = manager.get(&format!("/api/v1/tags/E001-level/series?from={from}&points=2000")).await.ok();
    let count: usize = trend["points"].as_array().unwrap().len();
    assert!(count >= 30, "{count}");
    manager.get("/api/v1/tags/E001-level/series?points=0").await.problem(422);
});

story!(the_online_rate_counts_gaps_and_forgives_planned_stops, parts(), |t| {
    let gateway = tank(t, "E001").await;
    // The day began at midnight; nothing came for nine hours, then half an hour of data.
    for _ in 0..60 {
        gateway.send(t, json!({"E001-level": 50})).await;
        t.app.source().forward(MINUTE / 2);
    }
    let manager = t.as_enterprise("E001").await;
    let rate = items(&manager, "/online-rates").await.remove(0);
    assert_eq!((rate["points"].as_i64(), rate["gaps"].as_i64()), (Some(1), Some(1)));
    assert!((rate["online_percent"].as_f64().unwrap() - 5.3).abs() < 0.2, "{rate}");
    let midnight = testing::START.plus(-9 * 3_600_000);
    let stop = json!({"from": midnight, "to": testing::START, "reason": "年度检修"});
    let insider = t.login("worker@E001").await;
    insider.post("/api/v1/online-rates/E001/planned-stop", &stop).await.problem(403);
    t.as_enterprise("E002").await.post("/api/v1/online-rates/E001/planned-stop", &stop).await.problem(404);
    manager.post("/api/v1/online-rates/E001/planned-stop", &stop).await.ok();
    manager.post("/api/v1/online-rates/E001/planned-stop", &stop).await.problem(422);
    let rate = items(&manager, "/online-rates").await.remove(0);
    assert_eq!((rate["online_percent"].as_f64(), rate["gaps"].as_i64()), (Some(100.0), Some(0)));
    assert_eq!(rate["planned_stop"]["reason"], "年度检修");
    manager.get("/api/v1/online-rates?date=2026-13-01").await.problem(422);
});

story!(a_tag_list_comes_from_a_workbook_and_bad_rows_cost_nothing_else, parts(), |t| {
    tank(t, "E001").await;
    let manager = t.as_enterprise("E001").await;
    let csv = "位号,名称,企业编号,设备编号,参数,单位,低报,高报,高高报,采样周期秒\n\
        E001-p1,1号压力,E001,E001-GW1,pressure,MPa,0.1,1.2,1.6,10\n\
        E001-p2,2号压力,E001,E001-GW1,pressure,MPa,0.1,1.6,1.2,10\n\
        E001-p3,3号压力,E009,,pressure,MPa,0.1,1.2,1.6,10\n\
        E001-p4,4号压力,E001,E001-GW9,pressure,MPa,0.1,1.2,1.6,10\n";
    let dry = manager.upload("/api/v1/imports/sensors", "点位.csv", csv.as_bytes()).await.ok();
    assert_eq!(
        (dry["rows"].as_i64(), dry["valid"].as_i64(), dry["applied"].as_i64()),
        (Some(4), Some(1), Some(0)),
        "{dry}"
    );
    assert_eq!(items(&manager, "/tags").await.len(), 1);
    let real = manager.upload("/api/v1/imports/sensors?apply=true", "点位.csv", csv.as_bytes()).await.ok();
    assert_eq!(real["applied"], 1, "{real}");
    let fields: Vec<_> =
        real["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect();
    assert_eq!(fields, ["高高报", "企业编号", "设备编号"]);
    assert_eq!(items(&manager, "/tags").await.len(), 2);
});

story!(home_enterprise_page_and_cockpit_show_the_same_alarms, parts(), |t| {
    let gateway = tank(t, "E001").await;
    gateway.send(t, json!({"E001-level": 90})).await;
    let ctx = t.ctx();
    let cards = board::cards(ctx.clone()).await.unwrap();
    assert_eq!((cards[0].value.as_deref(), cards[0].items.len()), (Some("2"), 2));
    let sections = board::sections(ctx.clone(), "E001".into()).await.unwrap();
    assert_eq!(sections.len(), 2);
    let cockpit = board::cockpit(ctx.clone(), "990121".into()).await.unwrap();
    assert_eq!(
        (cockpit.numbers[0].value.as_str(), cockpit.areas[0].region.as_str(), cockpit.areas[0].count),
        ("2", "990121103", 2)
    );
    assert!(board::cockpit(ctx.clone(), "990122".into()).await.unwrap().rows.is_empty());
    assert_eq!(board::search(ctx.clone(), "液位".into()).await.unwrap().len(), 1);
    let beside = board::figures(ctx, vec!["E001".into(), "E002".into()]).await.unwrap();
    assert_eq!((beside.len(), beside["E001"].alarms_active, beside["E001"].online_rate), (1, Some(2), Some(100.0)));
    let manager = t.as_enterprise("E001").await;
    for list in ["/alarms", "/tags", "/devices", "/online-rates", "/limit-changes", "/quarantine", "/shifts"] {
        for format in ["xlsx", "csv"] {
            let reply = manager.get(&format!("/api/v1{list}?format={format}")).await;
            assert!(reply.status.is_success() && !reply.bytes.is_empty(), "{list} as {format}");
        }
    }
    let desk = manager.get("/api/v1/desk").await.ok();
    assert_eq!((desk["counts"]["open"].as_i64(), desk["counts"]["unacked"].as_i64()), (Some(2), Some(2)));
    assert!(desk["next_clock"]["title"].as_str().unwrap().starts_with("签收"));
});
