use super::*;
use crate::args;
use crate::source::Ms;

const TABLE: &[Migration] =
    &[Migration { name: "0001_init", sql: "create table t (id text primary key, n bigint not null)", pg: None }];

async fn open() -> (tempfile::TempDir, Db) {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::sqlite(&dir.path().join("a.sqlite")).await.unwrap();
    db.migrate(&[("test", TABLE)], Ms(0)).await.unwrap();
    (dir, db)
}

async fn count(db: &Db) -> i64 {
    db.one(sql("select count(*) as n from t", vec![])).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn acknowledged_writes_are_there_and_dropped_ones_are_not() {
    let (_dir, db) = open().await;
    let mut tasks = vec![];
    for i in 0..200_i64 {
        let db = db.clone();
        tasks.push(tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            tx.run(sql("insert into t (id, n) values ($1, $2)", args![i.to_string(), i])).await.unwrap();
            if i % 3 == 0 { None } else { Some(tx.commit().await) }
        }));
    }
    let mut acknowledged = 0;
    for task in tasks {
        acknowledged += i64::from(task.await.unwrap().is_some_and(|r| r.is_ok()));
    }
    assert_eq!(acknowledged, 133);
    assert_eq!(count(&db).await, acknowledged);
}

#[tokio::test]
async fn a_failed_statement_makes_the_write_uncommittable_and_spares_its_neighbours() {
    let (_dir, db) = open().await;
    let (a, b) = tokio::join!(
        async {
            let mut tx = db.begin().await.unwrap();
            tx.run(sql("insert into t (id, n) values ('a', 1)", vec![])).await.unwrap();
            assert!(tx.run(sql("insert into t (id, n) values ('a', 2)", vec![])).await.is_err());
            tx.commit().await
        },
        async {
            let mut tx = db.begin().await.unwrap();
            tx.run(sql("insert into t (id, n) values ('b', 1)", vec![])).await.unwrap();
            tx.commit().await
        }
    );
    assert!(a.is_err() && b.is_ok());
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let (_dir, db) = open().await;
    let error = db.migrate(&[], Ms(0)).await.unwrap_err().to_string();
    assert!(error.contains("test/0001_init"), "{error}");
}

#[tokio::test]
async fn nulls_and_types_read_back_alike() {
    let (_dir, db) = open().await;
    let row =
        db.one(sql("select $1 as a, $2 as b, $3 as c", args![Option::<i64>::None, 2.5, vec![1_u8, 2]])).await.unwrap();
    assert_eq!(row.get::<Option<i64>>("a").unwrap(), None);
    assert!((row.get::<f64>("b").unwrap() - 2.5).abs() < f64::EPSILON);
    assert_eq!(row.get::<Vec<u8>>("c").unwrap(), vec![1, 2]);
}
