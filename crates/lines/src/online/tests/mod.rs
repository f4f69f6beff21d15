//! Stories of the online line through the HTTP router, on both databases.

mod alarms;
mod devices;
mod figures;

use base64::Engine as _;
use platform::Part;
use serde_json::{Value, json};
use testing::{Client, Reply, TestPlatform};

use super::{PART, Pipeline};

fn parts() -> Vec<&'static Part> {
    vec![&PART]
}

/// A gateway of an enterprise with its key.
struct Gateway {
    id: String,
    header: String,
    client: Client,
    seq: std::cell::Cell<i64>,
}

impl Gateway {
    /// Sends one live message stamped now and waits until its findings are facts.
    async fn send(&self, t: &TestPlatform, values: Value) -> Value {
        let seq = self.seq.get() + 1;
        self.seq.set(seq);
        let ts = t.app.source().now().0;
        self.post(t, "", &json!({"seq": seq, "ts": ts, "boot": "b1", "values": values}).to_string()).await.ok()
    }

    fn secret(&self) -> String {
        let decoded = base64::prelude::BASE64_STANDARD.decode(&self.header[6..]).unwrap();
        String::from_utf8(decoded).unwrap().split_once(':').unwrap().1.to_owned()
    }

    async fn post(&self, t: &TestPlatform, query: &str, body: &str) -> Reply {
        let path = format!("/api/v1/telemetry{query}");
        let body = Some(("application/x-ndjson", body.as_bytes().to_vec()));
        let reply = self.client.send("POST".parse().unwrap(), &path, body, &[("authorization", &self.header)]).await;
        Pipeline::of(&t.app).unwrap().settle().await;
        reply
    }
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("{id}:{secret}")))
}

/// Registers a gateway `<enterprise>-GW1` and a level tag `<enterprise>-level` with limits 5, 10, 80, 85.
async fn tank(t: &TestPlatform, enterprise: &str) -> Gateway {
    let manager = t.as_enterprise(enterprise).await;
    let id = format!("{enterprise}-GW1");
    let key =
        manager.post("/api/v1/devices", &json!({"id": id, "name": "1号网关", "enterprise": enterprise})).await.ok();
    let tag = json!({
        "tag": format!("{enterprise}-level"), "name": "储罐液位", "enterprise": enterprise, "device": id, "metric": "level", "unit": "%",
        "sample_s": 30, "consequence": 1, "limits": {"ll": 5, "l": 10, "h": 80, "hh": 85, "dead_band": 1},
    });
    manager.post("/api/v1/tags", &tag).await.ok();
    let header = basic(&id, key["password"].as_str().unwrap());
    Gateway { id, header, client: t.anonymous(), seq: std::cell::Cell::new(0) }
}

async fn items(client: &Client, path: &str) -> Vec<Value> {
    client.get(&format!("/api/v1{path}")).await.ok()["items"].as_array().unwrap().clone()
}

async fn only_alarm(client: &Client) -> Value {
    let mut alarms = items(client, "/alarms").await;
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    alarms.remove(0)
}
