//! What a county would put together instead: Mosquitto, and a subscriber that stores what comes in
//! SQLite with the same durability (WAL, FULL) and group commit, acknowledging after its commit.
use crate::process::Process;
use anyhow::{Context, Result};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, NetworkOptions, Packet, Publish, QoS};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Most messages in one commit.
const GROUP: usize = 4_096;
/// Rows per statement come in few sizes, so that the statements stay prepared.
const SIZES: [usize; 3] = [64, 8, 1];

/// Starts Mosquitto with its best settings for this on a free port; answers its address.
pub async fn mosquitto(folder: &Path) -> Result<(Process, String)> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let settings = format!(
        "listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\npersistence false\n\
         max_inflight_messages 0\nmax_queued_messages 0\nlog_type error\nuser root\n"
    );
    let file = folder.join("mosquitto.conf");
    std::fs::write(&file, settings)?;
    let process =
        Process::start(Path::new("mosquitto"), &["-c", &file.to_string_lossy()], &folder.join("mosquitto.log"))?;
    let address = format!("127.0.0.1:{port}");
    for _ in 0..100 {
        if std::net::TcpStream::connect(&address).is_ok() {
            return Ok((process, address));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("mosquitto does not listen; see {}", folder.join("mosquitto.log").display())
}

/// Subscribes and stores until its input ends; a line on its input is answered with how many are stored.
pub async fn store(address: &str, file: &Path) -> Result<()> {
    let (host, port) = address.rsplit_once(':').context("no port")?;
    let mut options = MqttOptions::new("store", host, port.parse()?);
    options.set_manual_acks(true).set_clean_session(false).set_keep_alive(Duration::from_mins(1));
    let (client, mut events) = AsyncClient::new(options, GROUP * 2);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    events.set_network_options(network);
    client.subscribe("anlan/v1/#", QoS::AtLeastOnce).await?;
    let stored = Arc::new(AtomicU64::new(0));
    // Without a bound: the connection also carries the acknowledgements that empty it, so it must never wait.
    let (hand, queue) = mpsc::unbounded_channel();
    let receiving = tokio::spawn(receive(events, hand));
    let writing = tokio::spawn(write(open(file).await?, queue, client, stored.clone()));
    println!("ready");
    tokio::task::spawn_blocking(move || {
        for _question in std::io::stdin().lines() {
            anyhow::ensure!(!receiving.is_finished() && !writing.is_finished(), "the subscriber has ended");
            println!("{}", stored.load(Ordering::Relaxed));
        }
        Ok(())
    })
    .await?
}

async fn open(file: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::query("create table message (id integer primary key, topic text not null, body blob not null)")
        .execute(&mut connection)
        .await?;
    Ok(connection)
}

async fn receive(mut events: EventLoop, hand: mpsc::UnboundedSender<Publish>) -> Result<()> {
    loop {
        if let Event::Incoming(Packet::Publish(message)) = events.poll().await? {
            hand.send(message)?;
        }
    }
}

async fn write(
    mut connection: SqliteConnection,
    mut queue: mpsc::UnboundedReceiver<Publish>,
    client: AsyncClient,
    stored: Arc<AtomicU64>,
) -> Result<()> {
    let mut group = vec![];
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let mut tx = connection.begin().await?;
        let mut rest = group.as_slice();
        for size in SIZES {
            while let Some((piece, others)) = rest.split_at_checked(size) {
                let mut insert = QueryBuilder::<Sqlite>::new("insert into message (topic, body) ");
                insert.push_values(piece, |mut row, message| {
                    row.push_bind(message.topic.as_str()).push_bind(message.payload.as_ref());
                });
                insert.build().execute(&mut *tx).await?;
                rest = others;
            }
        }
        tx.commit().await?;
        stored.fetch_add(group.len() as u64, Ordering::Relaxed);
        for message in group.drain(..) {
            client.ack(&message).await?;
        }
    }
    Ok(())
}
