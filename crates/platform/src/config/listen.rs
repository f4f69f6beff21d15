//! Binding an address: a default port that is taken gives way, one that was asked for does not.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use super::ConfigError;

/// An address to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// Name of the setting it came from.
    pub setting: &'static str,
    /// The address.
    pub socket: SocketAddr,
    /// Whether somebody asked for it, as opposed to the default.
    pub explicit: bool,
}

/// A bound, non-blocking listener.
#[derive(Debug)]
pub struct Bound {
    /// The listener, ready for `tokio::net::TcpListener::from_std`.
    pub listener: TcpListener,
    /// Where it really listens.
    pub socket: SocketAddr,
    /// What to tell the operator: the default port was taken.
    pub note: Option<String>,
}

impl Address {
    /// Binds the address. A default port that is taken falls back to a free one and says so.
    ///
    /// # Errors
    /// One line when the address cannot be bound, also when an explicit port is taken.
    pub fn bind(&self) -> Result<Bound, ConfigError> {
        match TcpListener::bind(self.socket) {
            Ok(listener) => Self::bound(listener, None).map_err(|e| self.failed(&e)),
            Err(e) if e.kind() == ErrorKind::AddrInUse && !self.explicit => {
                let free = TcpListener::bind(SocketAddr::new(self.socket.ip(), 0)).map_err(|e| self.failed(&e))?;
                Self::bound(free, Some(self)).map_err(|e| self.failed(&e))
            }
            Err(e) => Err(self.failed(&e)),
        }
    }

    fn bound(listener: TcpListener, instead_of: Option<&Self>) -> std::io::Result<Bound> {
        listener.set_nonblocking(true)?;
        let socket = listener.local_addr()?;
        let note = instead_of.map(|wanted| {
            format!("{} 的默认端口 {} 已被占用，改用 {}", wanted.setting, wanted.socket.port(), socket.port())
        });
        Ok(Bound { listener, socket, note })
    }

    fn failed(&self, e: &std::io::Error) -> ConfigError {
        let what_to_do = match e.kind() {
            ErrorKind::AddrInUse => "端口已被别的程序占用：停掉那个程序，或换一个端口",
            ErrorKind::PermissionDenied => "没有权限使用这个端口：换一个 1024 以上的端口",
            ErrorKind::AddrNotAvailable => "这台机器没有这个地址：换成 0.0.0.0 或本机的地址",
            _ => return ConfigError(format!("设置 {} = {} 无法监听：{e}", self.setting, self.socket)),
        };
        ConfigError(format!("设置 {} = {} 无法监听：{what_to_do}", self.setting, self.socket))
    }
}
