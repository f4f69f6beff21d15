//! Who sees what, and when: dated grants, audiences, the live stream, and imports.
use crate::probe::{self, say, write};
use axum::http::Method;
use events::Audience;
use platform::{Ms, Subject, Visibility, sql};
use serde_json::{Value, json};
use testing::{Client, TestPlatform, story};

async fn grant(t: &TestPlatform, from: Ms, to: Option<Ms>) -> uuid::Uuid {
    let ctx = t.ctx();
    let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    let mut tx = ctx.begin().await.unwrap();
    let event = ctx.event(&probe::spoken("granted"), "policy/p1", &org.placed()).unwrap();
    let grant = Visibility {
        org: "INS1",
        enterprise: "E001",
        object_kind: "event",
        object_id: None,
        fields: &["summary", "alarms"],
        purpose: "承保",
        from,
        to,
        because: event.id,
    };
    tx.open_visibility(&ctx, &grant).await.unwrap();
    let id = event.id;
    ctx.commit(tx, event, vec![]).await.unwrap();
    id
}

async fn seen(client: &Client, enterprise: &str) -> usize {
    let page = client.get(&format!("/api/v1/timeline?enterprise={enterprise}")).await.ok();
    page["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_grant_holds_from_its_first_millisecond_to_the_one_before_its_last() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        for id in ["INS1", "INS2"] {
            t.org(Subject::Insurer, id, "990121").await;
        }
        let now = t.app.source().now();
        let cause = grant(&t, now.plus(1_000), Some(now.plus(2_000))).await;
        let (insurer, other) = (t.login("underwriter@INS1").await, t.login("underwriter@INS2").await);
        let mut saw = vec![];
        for _ in 0..5 {
            saw.push(seen(&insurer, "E001").await > 0);
            assert_eq!((seen(&insurer, "E002").await, seen(&other, "E001").await), (0, 0));
            t.forward(if saw.len() == 1 || saw.len() == 3 { 999 } else { 1 }).await;
        }
        assert_eq!(saw, [false, false, true, true, false], "at 0, 999, 1000, 1999 and 2000 ms");
        assert!(cause.get_version_num() == 7);
        t.finish().await;
    }
}

#[tokio::test]
async fn the_end_of_its_cause_closes_a_grant_at_once() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        t.org(Subject::Insurer, "INS1", "990121").await;
        let cause = grant(&t, Ms(0), None).await;
        let insurer = t.login("underwriter@INS1").await;
        assert!(seen(&insurer, "E001").await > 0);
        let ctx = t.ctx();
        let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
        let mut tx = ctx.begin().await.unwrap();
        assert_eq!(tx.close_visibility(cause, ctx.now()).await.unwrap(), 1);
        let event = ctx.event(&probe::spoken("ended"), "policy/p1", &org.placed()).unwrap();
        ctx.commit(tx, event, vec![]).await.unwrap();
        assert_eq!(seen(&insurer, "E001").await, 0);
        t.finish().await;
    }
}

story!(a_grant_of_an_object_opens_its_history_and_not_the_enterprises, vec![&probe::PROBE], |t| {
    t.org(Subject::Enterprise, "E001", "990121103").await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    let ctx = t.ctx();
    let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    for subject in ["alarm/a1", "alarm/a2", "enterprise/E001"] {
        let mut tx = ctx.begin().await.unwrap();
        let event = ctx.event(&probe::spoken(subject), subject, &org.placed()).unwrap();
        let (object_kind, object_id) = if subject == "alarm/a1" { ("alarm", Some("a1")) } else { ("enterprise", None) };
        let (purpose, from, to, because) = ("承保", Ms(0), None, event.id);
        let (org, enterprise, fields) = ("INS1", "E001", &["summary"][..]);
        let grant = Visibility { org, enterprise, object_kind, object_id, fields, purpose, from, to, because };
        tx.open_visibility(&ctx, &grant).await.unwrap();
        ctx.commit(tx, event, vec![]).await.unwrap();
    }
    let list = t.login("underwriter@INS1").await.get("/api/v1/timeline?enterprise=E001").await.ok();
    let subjects: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|item| item["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["alarm/a1"], "neither its neighbour nor what the enterprise agreed with others");
});

story!(a_grant_opens_no_personal_values_of_what_others_did, vec![&probe::PROBE], |t| {
    t.org(Subject::Enterprise, "E001", "990121103").await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    grant(t, Ms(0), None).await;
    write(&t.ctx(), "E001", "王安澜", 7).await.unwrap();
    let insurer = t.login("underwriter@INS1").await;
    let reply = insurer.get("/api/v1/timeline?enterprise=E001&kind=person.registered").await;
    assert!(!String::from_utf8_lossy(&reply.bytes).contains("王安澜"));
    assert_eq!(reply.ok()["items"][0]["body"]["name"], "（未授权查看）");
    let manager = t.login("safety_manager@E001").await;
    let own = manager.get("/api/v1/timeline?enterprise=E001&kind=person.registered").await.ok();
    assert_eq!(own["items"][0]["body"]["name"], "王安澜");
});

#[tokio::test]
async fn an_audience_is_kept_on_timelines_events_and_entries() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        for (id, region) in [("GOV", "990121"), ("TOWN", "990121103"), ("OTHER", "990122")] {
            t.org(Subject::Government, id, region).await;
        }
        let ctx = t.ctx();
        let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
        let officer = platform::Actor { org: "GOV".into(), ..platform::Actor::system() };
        let mut ids = vec![];
        for audience in [Audience::Parties, Audience::Gov, Audience::Restricted] {
            let ctx = ctx.acting_as(officer.clone());
            let tx = ctx.begin().await.unwrap();
            let event = ctx.event(&probe::spoken("held"), "hold/h1", &org.placed()).unwrap().audience(audience);
            ids.push(event.id);
            ctx.commit(tx, event, vec![]).await.unwrap();
        }
        let table = [
            ("safety_manager@E001", [true, false, false]),
            ("safety_manager@E002", [false; 3]),
            ("officer@GOV", [true, true, true]),
            ("officer@TOWN", [true, true, false]),
            ("officer@OTHER", [false; 3]),
        ];
        for (who, expected) in table {
            let client = t.login(who).await;
            let list = client.get("/api/v1/timeline?subject=hold/h1").await.ok();
            assert_eq!(list["items"].as_array().unwrap().len(), expected.iter().filter(|e| **e).count(), "{who}");
            for (id, visible) in ids.iter().zip(expected) {
                for path in [format!("/api/v1/events/{id}"), format!("/api/v1/events/{id}/entry")] {
                    assert_eq!(
                        client.get(&path).await.status.as_u16(),
                        if visible { 200 } else { 404 },
                        "{who} {path}"
                    );
                }
            }
        }
        t.finish().await;
    }
}

#[tokio::test]
async fn a_cause_outside_the_scope_is_named_as_a_hole_and_nothing_else() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        t.org(Subject::Government, "GOV", "990121").await;
        let ctx = t.ctx();
        let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
        let mut ids: Vec<uuid::Uuid> = vec![];
        for audience in [Audience::Parties, Audience::Gov, Audience::Parties] {
            let tx = ctx.begin().await.unwrap();
            let event = ctx.event(&probe::spoken("led to"), "hold/h1", &org.placed()).unwrap();
            let event = event.audience(audience).because(ids.last().copied());
            ids.push(event.id);
            ctx.commit(tx, event, vec![]).await.unwrap();
        }
        let why = |client: testing::Client| {
            let path = format!("/api/v1/events/{}", ids[2]);
            async move { client.get(&path).await.ok() }
        };
        let officer = why(t.login("officer@GOV").await).await;
        assert_eq!(officer["items"].as_array().unwrap().len(), 3);
        assert_eq!(officer["hidden"], serde_json::json!([]));
        let manager = why(t.login("safety_manager@E001").await).await;
        assert_eq!(manager["items"].as_array().unwrap().len(), 1);
        assert_eq!(manager["hidden"], serde_json::json!([ids[1]]));
        t.finish().await;
    }
}

/// Facts of a live stream, as they come.
struct Stream {
    body: axum::body::BodyDataStream,
    text: String,
}

impl Stream {
    async fn open(client: &Client, after: i64) -> Self {
        let after = after.to_string();
        let (status, _, body) = client.open("/api/v1/live", &[("last-event-id", after.as_str())]).await;
        assert!(status.is_success());
        Self { body: body.into_data_stream(), text: String::new() }
    }

    /// The next fact, or nothing where the stream has ended.
    async fn next(&mut self) -> Option<Value> {
        use futures_util::StreamExt;
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let message: String = self.text.drain(..end + 2).collect();
                let fact =
                    message.lines().find_map(|l| l.strip_prefix("data: ")).map(|d| serde_json::from_str(d).unwrap());
                if let Some(fact) = fact {
                    return Some(fact);
                }
                continue;
            }
            let chunk = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn the_live_stream_goes_on_after_the_last_event_and_misses_none() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        let manager = t.login("safety_manager@E001").await;
        let start = t.app.durable();
        let mut expected = vec![];
        // More than one page of facts while nobody was connected, every third for this reader.
        for n in 0..1_600 {
            let receipt = say(&t.ctx(), ["E001", "E002", "E003"][n % 3], "x", vec![]).await;
            if n % 3 == 0 {
                expected.push(receipt.seq);
            }
        }
        let mut stream = Stream::open(&manager, start).await;
        for seq in &expected {
            assert_eq!(stream.next().await.unwrap()["seq"], *seq);
        }
        say(&t.ctx(), "E002", "x", vec![]).await;
        let next = say(&t.ctx(), "E001", "x", vec![]).await.seq;
        assert_eq!(stream.next().await.unwrap()["seq"], next, "live, and nothing of another enterprise");
        drop(stream);
        let mut again = Stream::open(&manager, expected[530]).await;
        assert_eq!(again.next().await.unwrap()["seq"], expected[531]);
        t.finish().await;
    }
}

#[tokio::test]
async fn a_live_stream_ends_when_the_session_or_account_does() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        let manager = t.login("safety_manager@E001").await;
        let mut stream = Stream::open(&manager, t.app.durable()).await;
        say(&t.ctx(), "E001", "x", vec![]).await;
        assert!(stream.next().await.is_some());
        let disable = sql("update account set disabled = 1 where username = 'safety_manager@E001'", vec![]);
        say(&t.ctx(), "E001", "x", vec![disable]).await;
        assert!(stream.next().await.is_none(), "what an account may no longer see does not reach its open pages");
        t.finish().await;
    }
}

fn sheet(rows: &[(&str, &str)]) -> Vec<u8> {
    let lines: Vec<String> = rows.iter().map(|(name, n)| format!("{name},{n}")).collect();
    format!("名称,数量\n{}\n", lines.join("\n")).into_bytes()
}

#[tokio::test]
async fn the_errors_of_an_import_are_those_of_its_run_also_after_it_was_applied() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        let manager = t.login("safety_manager@E001").await;
        write(&t.ctx(), "E001", "旧的", 1).await.unwrap();
        let file = sheet(&[("甲", "1"), ("乙", "两个"), ("旧的", "2"), ("丙", "3")]);
        let dry = manager.upload("/api/v1/imports/notes", "记事.csv", &file).await.ok();
        assert_eq!((&dry["rows"], &dry["valid"], &dry["applied"]), (&json!(4), &json!(2), &json!(0)));
        let run = dry["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/imports/runs/{run}/apply");
        let key = [("idempotency-key", "import-1")];
        let applied = manager.send(Method::POST, &path, None, &key).await.ok();
        assert_eq!((&applied["applied"], applied["errors"].as_array().unwrap().len()), (&json!(2), 2));
        assert_eq!(manager.send(Method::POST, &path, None, &key).await.ok(), applied, "the same key answers the same");
        manager.send(Method::POST, &path, None, &[("idempotency-key", "import-2")]).await.problem(409);
        let book = manager.get(&format!("/api/v1/imports/runs/{run}/errors")).await.bytes;
        assert_eq!(names(&book), ["乙", "旧的"], "rows that were written are not reported as registered already");
        let other = t.login("safety_manager@E002").await;
        other.get(&format!("/api/v1/imports/runs/{run}/errors")).await.problem(404);
        t.finish().await;
    }
}

/// The names in an errors workbook.
fn names(book: &[u8]) -> Vec<String> {
    use calamine::{Data, Reader, Xlsx};
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let cells = range.rows().skip(2).filter_map(|row| match row.first() {
        Some(Data::String(text)) => Some(text.clone()),
        _ => None,
    });
    cells.collect()
}
