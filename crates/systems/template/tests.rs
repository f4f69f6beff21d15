//! Stories through the HTTP router, on SQLite and on PostgreSQL.
use super::PART;
use serde_json::json;
use testing::story;

const NOTES: &str = "/api/v1/template/notes";

story!(an_enterprise_files_a_note_and_only_its_county_sees_it, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let receipt = manager.post(NOTES, &json!({"text": "第一条"})).await.ok();
    assert_eq!(receipt["events"].as_array().unwrap().len(), 1);
    let seen = t.as_inspector("990121").await.get(NOTES).await.ok();
    assert_eq!((&seen["items"][0]["text"], &seen["items"][0]["enterprise"]), (&json!("第一条"), &json!("E001")));

    for stranger in [t.as_enterprise("E002").await, t.as_inspector("990122").await] {
        assert_eq!(stranger.get(NOTES).await.ok()["total"], 0);
    }
    t.anonymous().get(NOTES).await.problem(401);
    t.login("worker@E001").await.get(NOTES).await.problem(403);
    t.as_inspector("990121").await.post(NOTES, &json!({"text": "代填"})).await.problem(403);
    let refused = manager.post(NOTES, &json!({"text": "  "})).await.problem(422);
    assert_eq!(refused["errors"][0]["field"], "text");
});
