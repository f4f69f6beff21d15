//! TLS in front of the broker. The broker's own TLS would bring a second crypto library into the
//! binary; this ends TLS with the one the rest of the platform uses and hands the bytes on over loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

const HANDSHAKE: Duration = Duration::from_secs(10);

pub(super) struct Front {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    behind: SocketAddr,
    room: Arc<Semaphore>,
}

impl Front {
    pub(super) async fn bind(
        address: SocketAddr,
        config: Arc<ServerConfig>,
        broker: SocketAddr,
        max_connections: usize,
    ) -> std::io::Result<Front> {
        let listener = TcpListener::bind(address).await?;
        let behind =
            if broker.ip().is_unspecified() { SocketAddr::from((Ipv4Addr::LOCALHOST, broker.port())) } else { broker };
        let room = Arc::new(Semaphore::new(max_connections));
        Ok(Front { listener, acceptor: TlsAcceptor::from(config), behind, room })
    }

    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    pub(super) async fn run(self) {
        loop {
            // Waiting for room leaves further callers in the system's own queue.
            let Ok(permit) = self.room.clone().acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    let (acceptor, behind) = (self.acceptor.clone(), self.behind);
                    tokio::spawn(async move {
                        if let Err(error) = serve(stream, acceptor, behind).await {
                            tracing::debug!(%peer, %error, "MQTT over TLS ended");
                        }
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "MQTT over TLS cannot accept");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, behind: SocketAddr) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut outside = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await??;
    let mut inside = TcpStream::connect(behind).await?;
    inside.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut outside, &mut inside).await.map(drop)
}
