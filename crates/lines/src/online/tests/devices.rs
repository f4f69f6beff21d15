use platform::App;
use testing::story;

use super::*;
use crate::online::{reading, telemetry};

story!(wrong_readings_are_set_apart_with_their_reason_and_nothing_beside_them_is_lost, parts(), |t| {
    let gateway = tank(t, "E001").await;
    tank(t, "E002").await;
    let now = t.app.source().now().0;
    let body = format!(
        "{{\"seq\":1,\"ts\":{now},\"boot\":1,\"values\":{{\"E001-level\":NaN}}}}\n\
         {{\"seq\":2,\"ts\":{now},\"boot\":1,\"values\":{{\"E001-level\":51,\"E002-level\":1,\"nobody\":2}}}}\n\
         not json\n\
         {{\"seq\":3,\"ts\":{},\"boot\":1,\"values\":{{\"E001-level\":99}}}}\n\
         {{\"seq\":2,\"ts\":{now},\"boot\":1,\"values\":{{\"E001-level\":99}}}}\n",
        now + 3_600_000
    );
    let answer = gateway.post(t, "", &body).await.ok();
    assert_eq!(
        (answer["messages"].as_i64(), answer["values"].as_i64(), answer["duplicates"].as_i64()),
        (Some(1), Some(1), Some(1))
    );
    let lines: Vec<_> = answer["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["line"].as_i64().unwrap(), r["field"].as_str().unwrap()))
        .collect();
    assert_eq!(
        lines,
        [(1, "values.E001-level"), (2, "values.E002-level"), (2, "values.nobody"), (3, "payload"), (4, "ts")]
    );

    let manager = t.as_enterprise("E001").await;
    assert!(items(&manager, "/alarms").await.is_empty(), "a value from the future raises nothing");
    let shown = items(&manager, "/quarantine").await;
    assert_eq!(shown.len(), 5);
    assert!(shown.iter().all(|r| r["enterprise"] == "E001" && r["reason"].as_str().unwrap().len() > 5));
    assert_eq!(items(&manager, "/quarantine?disposition=refused").await.len(), 2);
    assert!(
        items(&t.as_enterprise("E002").await, "/quarantine").await.is_empty(),
        "the owner of the sender sees it, nobody else"
    );
    let tags = items(&manager, "/tags").await;
    assert_eq!((tags[0]["last"]["value"].as_f64(), tags[0]["state"].as_str()), (Some(51.0), Some("normal")));
});

story!(a_key_is_needed_and_a_revoked_one_is_no_key, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let stranger = Gateway { header: basic(&gateway.id, "guess"), ..tank(t, "E002").await };
    stranger.post(t, "", "{}").await.problem(401);
    t.anonymous().post("/api/v1/telemetry", &json!({})).await.problem(401);
    let manager = t.as_enterprise("E001").await;
    manager.post("/api/v1/telemetry", &json!({})).await.problem(403);
    gateway.send(t, json!({"E001-level": 50})).await;
    let other = t.as_enterprise("E002").await;
    other.post("/api/v1/devices/E001-GW1/revoke", &json!({"reason": "冒名"})).await.problem(404);
    let gone = manager.post("/api/v1/devices/E001-GW1/revoke", &json!({"reason": "设备更换"})).await.ok();
    assert_eq!(gone["state"], "revoked");
    gateway.post(t, "", "{}").await.problem(401);
});

story!(odd_input_is_refused_and_never_a_fault_of_ours, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let manager = t.as_enterprise("E001").await;
    for path in [
        "/alarms?enterprise=%00",
        "/alarms?region=12345",
        "/alarms?page[size]=0",
        "/alarms?page[cursor]=x",
        "/alarms?sort=; drop",
        "/alarms/not-a-uuid",
        "/alarms?format=exe",
        "/tags?q=%25%00",
        "/tags/%00/series",
        "/tags/E001-level/series?from=9999-12-31T00:00:00Z",
        "/tags/E001-level/series?points=99999999999999999999",
        "/online-rates?date=99999-01-01",
        "/online-rates?date=0001-01-01",
        "/quarantine?page[cursor]=-x",
        "/quarantine?disposition=maybe",
        "/limit-changes?state=%00",
        "/devices?region=",
    ] {
        let reply = manager.get(&format!("/api/v1{}", path.replace(' ', "%20"))).await;
        assert!(reply.status.as_u16() < 500, "{path}: {}", String::from_utf8_lossy(&reply.bytes));
    }
    for (path, body) in [
        ("/devices", json!({"id": "E001-GW2", "name": "a\u{0}b", "enterprise": "E001"})),
        ("/devices", json!({"id": "../..", "name": "x", "enterprise": "E001"})),
        ("/devices", json!({"id": "E001-GW2", "name": "x", "enterprise": "E001", "calibration_valid_to": "soon"})),
        (
            "/tags",
            json!({"tag": "t", "name": "n", "enterprise": "E001", "metric": "m", "unit": "u", "sample_s": 0, "limits": {"h": 1e300, "l": 2, "dead_band": -1}}),
        ),
        ("/tags/E001-level/limit-changes", json!({"h": null, "on_delay_s": 4_000_000_000_u32, "reason": "变更变更"})),
        (
            "/online-rates/E001/planned-stop",
            json!({"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T00:00:00Z", "reason": "检修"}),
        ),
        ("/shifts/take", json!("now")),
    ] {
        let reply = manager.post(&format!("/api/v1{path}"), &body).await;
        assert!(
            (400..500).contains(&reply.status.as_u16()),
            "{path}: {} {}",
            reply.status,
            String::from_utf8_lossy(&reply.bytes)
        );
    }
    for body in ["", "\n\n", "[]", "{}", "\u{0}", "{\"seq\":1e999}"] {
        let status = gateway.post(t, "", body).await.status.as_u16();
        assert!(status < 500, "{body}: {status}");
    }
});

story!(late_readings_raise_nothing, parts(), |t| {
    let gateway = tank(t, "E001").await;
    gateway.send(t, json!({"E001-level": 50})).await;
    let old = t.app.source().now().0 - 7_200_000;
    let body = json!({"seq": 1, "ts": old, "boot": "b1", "values": {"E001-level": 99}}).to_string();
    assert_eq!(gateway.post(t, "?late=true", &body).await.ok()["values"], 1);
    let manager = t.as_enterprise("E001").await;
    assert!(items(&manager, "/alarms").await.is_empty());
    assert_eq!(items(&manager, "/tags").await[0]["last"]["value"], 50.0);
    t.app.source().forward(1_000);
    let trend = manager.get("/api/v1/tags/E001-level/series").await.ok();
    assert_eq!(trend["points"].as_array().unwrap().len(), 2, "{trend}");
});

story!(a_flood_is_refused_counted_and_reported_once, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let now = t.app.source().now().0;
    let line = |seq: i64| json!({"seq": seq, "ts": now, "boot": "b1", "values": {"E001-level": 50}}).to_string();
    let body: Vec<String> = (0..700).map(line).collect();
    let answer = gateway.post(t, "", &body.join("\n")).await.ok();
    assert_eq!(answer["messages"], 500);
    assert_eq!(answer["refused"].as_array().unwrap().len(), 200);
    assert_eq!(t.kinds("device/E001-GW1").await, ["iot.device.onboarded", "iot.device.suspect"]);
    let first_refused = answer["refused"][0]["line"].as_i64().unwrap();
    assert_eq!(first_refused, 501, "after the first refusal for haste nothing is taken, so all can be sent again");
    t.app.source().forward(60_000);
    let body: Vec<String> = body.into_iter().skip(500).collect();
    assert_eq!(gateway.post(t, "", &body.join("\n")).await.ok()["messages"], 200);
});

async fn restarted(app: &App) -> std::sync::Arc<Pipeline> {
    let pipeline = Pipeline::start(app.clone()).await.unwrap();
    pipeline.settle().await;
    pipeline
}

story!(after_a_restart_open_alarms_are_known_and_unjudged_readings_are_judged, parts(), |t| {
    let gateway = tank(t, "E001").await;
    gateway.send(t, json!({"E001-level": 81})).await;
    let manager = t.as_enterprise("E001").await;
    // A reading that was stored when the node died before judging it.
    t.app.source().forward(1_000);
    let now = t.app.source().now().0;
    let value = reading::Value { tag: "E001-level".into(), value: 90.0, quality: reading::Quality::Good };
    let batch = telemetry::Batch {
        device: "E001-GW1".into(),
        boot: "b1".into(),
        stream: reading::Stream::Telemetry,
        seq: 2,
        ts: now,
        received: now,
        values: vec![value],
    };
    let old = Pipeline::of(&t.app).unwrap();
    old.telemetry.append(batch).await.unwrap();
    old.telemetry.close().await;
    restarted(&t.app).await;
    let levels: Vec<_> = items(&manager, "/alarms?sort=raised_at")
        .await
        .iter()
        .map(|a| a["level"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(levels, ["H", "HH"], "the old one once, the new one found");
    Pipeline::of(&t.app).unwrap().telemetry.close().await;
    restarted(&t.app).await;
    assert_eq!(items(&manager, "/alarms").await.len(), 2);
});

story!(a_restart_does_not_take_old_readings_for_news, parts(), |t| {
    let gateway = tank(t, "E001").await;
    for level in [81, 50, 82, 60, 90, 70] {
        gateway.send(t, json!({"E001-level": level})).await;
        t.app.source().forward(30_000);
    }
    let all = async || {
        let rows =
            t.app.db().all(platform::sql("select kind from event where kind like 'iot.alarm%'", vec![])).await.unwrap();
        rows.len()
    };
    let before = all().await;
    Pipeline::of(&t.app).unwrap().telemetry.close().await;
    restarted(&t.app).await;
    assert_eq!(all().await, before);
    gateway.send(t, json!({"E001-level": 91})).await;
    assert_eq!(all().await, before + 2, "H and HH have come again");
});

story!(what_another_process_registers_is_known_at_once, parts(), |t| {
    let running = Pipeline::of(&t.app).unwrap();
    // Another process over the same database, such as the command line.
    let other = Pipeline::start(t.app.clone()).await.unwrap();
    let gateway = tank(t, "E001").await;
    let secret = gateway.secret();
    assert!(!running.authenticate("E001-GW1", b"guess").await);
    assert!(running.authenticate("E001-GW1", secret.as_bytes()).await);
    let body = |seq: i64| {
        json!({"seq": seq, "ts": t.app.source().now().0, "boot": 1, "values": {"E001-level": 50}}).to_string()
    };
    let outcome = running.take("E001-GW1", reading::Stream::Telemetry, body(1).as_bytes()).await.unwrap();
    assert!(outcome.stored.is_some() && outcome.refused.is_empty(), "{outcome:?}");
    t.app.source().forward(1_000);
    t.as_enterprise("E001").await.post("/api/v1/devices/E001-GW1/revoke", &json!({"reason": "设备更换"})).await.ok();
    assert!(running.refresh().await.unwrap());
    assert!(!running.authenticate("E001-GW1", secret.as_bytes()).await);
    other.telemetry.close().await;
});

story!(a_device_that_restarts_without_a_new_boot_is_told_so, parts(), |t| {
    let gateway = tank(t, "E001").await;
    gateway.send(t, json!({"E001-level": 50})).await;
    gateway.send(t, json!({"E001-level": 51})).await;
    t.app.source().forward(60_000);
    gateway.seq.set(0);
    let answer = gateway.send(t, json!({"E001-level": 90})).await;
    assert_eq!(answer["refused"][0]["field"], "seq");
    let manager = t.as_enterprise("E001").await;
    assert!(items(&manager, "/alarms").await.is_empty(), "a forged repeat raises nothing");
    assert_eq!(items(&manager, "/quarantine").await[0]["value"], "1");
});

story!(a_clock_set_forward_hides_nothing_after_it, parts(), |t| {
    let gateway = tank(t, "E001").await;
    let ahead = t.app.source().now().0 + 299_000;
    let body = json!({"seq": 1, "ts": ahead, "boot": "b1", "values": {"E001-level": 50}}).to_string();
    gateway.post(t, "", &body).await.ok();
    gateway.seq.set(1);
    t.app.source().forward(1_000);
    gateway.send(t, json!({"E001-level": 81})).await;
    let manager = t.as_enterprise("E001").await;
    assert_eq!(only_alarm(&manager).await["value"], 81.0);
    assert_eq!(items(&manager, "/tags").await[0]["last"]["value"], 81.0);
});

#[cfg(feature = "mqtt-broker")]
mod mqtt {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::time::Duration;

    use rumqttc::{AsyncClient, ConnectReturnCode, ConnectionError, Event, MqttOptions, Packet, QoS};

    use super::*;
    use crate::online::Entrance;
    use crate::online::broker::{Broker, Settings};

    async fn publish(address: SocketAddr, id: &str, password: &str, topic: &str, body: String) -> bool {
        let mut options = MqttOptions::new(id, "127.0.0.1", address.port());
        options.set_credentials(id, password).set_keep_alive(Duration::from_secs(30));
        let (client, mut events) = AsyncClient::new(options, 8);
        client.publish(topic, QoS::AtLeastOnce, false, body).await.unwrap();
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::PubAck(_))) => return true,
                // A reconnect may meet the end of the connection before it; the client library tries again.
                Ok(_) | Err(ConnectionError::ConnectionRefused(ConnectReturnCode::ServiceUnavailable)) => {}
                Err(_) => return false,
            }
        }
    }

    story!(over_mqtt_a_reading_is_judged_and_a_spoof_is_refused_and_recorded, parts(), |t| {
        let gateway = tank(t, "E001").await;
        let other = tank(t, "E002").await;
        let pipeline = Pipeline::of(&t.app).unwrap();
        let settings =
            Settings { tcp: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))), tls: None, max_connections: 10 };
        let broker = Broker::start(settings, Entrance(pipeline.clone())).await.unwrap();
        let address = broker.tcp().unwrap();
        let now = t.app.source().now().0;
        let body = json!({"seq": 1, "ts": now, "boot": 7, "values": {"E001-level": 86}}).to_string();
        assert!(publish(address, "E001-GW1", &gateway.secret(), "anlan/v1/E001-GW1/telemetry", body.clone()).await);
        pipeline.settle().await;
        let manager = t.as_enterprise("E001").await;
        assert_eq!(items(&manager, "/alarms").await.len(), 2);
        // Redelivered after a lost acknowledgement: acknowledged again, and nothing happens twice.
        assert!(publish(address, "E001-GW1", &gateway.secret(), "anlan/v1/E001-GW1/telemetry", body.clone()).await);
        assert!(!publish(address, "E001-GW1", "guess", "anlan/v1/E001-GW1/telemetry", body.clone()).await);
        assert!(!publish(address, "E002-GW1", &other.secret(), "anlan/v1/E001-GW1/telemetry", body).await);
        pipeline.settle().await;
        assert_eq!(items(&manager, "/alarms").await.len(), 2);
        assert_eq!(t.kinds("device/E002-GW1").await.last().unwrap(), "iot.device.suspect");
        let seen = items(&t.as_enterprise("E002").await, "/quarantine").await;
        assert_eq!(seen[0]["value"], "anlan/v1/E001-GW1/telemetry");
        broker.stop();
    });
}
