//! Where a webhook may connect to. A name is resolved once, every address it has is checked, and
//! the checked address is the one connected to, so that a name that changes its mind between
//! check and connection (DNS rebinding) gains nothing.
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Ports of a public address; inside an allowed network any port may be used.
const PUBLIC_PORTS: [u16; 2] = [443, 8443];

/// A network or a single address.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// What can be said of an address before its name is resolved.
pub(super) fn check_url(url: &reqwest::Url, allow: &[IpNet]) -> Result<(), String> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("网址里不能带用户名和口令：用 secret 签名".to_owned());
    }
    if url.fragment().is_some() || url.host_str().is_none() {
        return Err("应如 https://主机/路径".to_owned());
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if !allow.is_empty() => Ok(()),
        _ => Err("只能用 https；明文 http 只许用于 allow 里写明的网段".to_owned()),
    }
}

/// Resolves the host and returns the address to connect to, if every address it has may be.
pub(super) async fn resolve(url: &reqwest::Url, allow: &[IpNet]) -> Result<SocketAddr, String> {
    let host = url.host_str().ok_or("网址没有主机")?.trim_matches(['[', ']']);
    let port = url.port_or_known_default().ok_or("网址没有端口")?;
    let found: Vec<SocketAddr> =
        tokio::net::lookup_host((host, port)).await.map_err(|e| format!("找不到主机（{e}）"))?.collect();
    let plain = url.scheme() == "http";
    for address in &found {
        check(*address, plain, allow)?;
    }
    found.first().copied().ok_or_else(|| "找不到主机".to_owned())
}

/// Whether this address may be connected to.
fn check(address: SocketAddr, plain: bool, allow: &[IpNet]) -> Result<(), String> {
    let ip = address.ip().to_canonical();
    if allow.iter().any(|net| net.contains(&ip)) {
        return Ok(());
    }
    if plain {
        return Err("明文 http 只许用于 allow 里写明的网段".to_owned());
    }
    if !is_public(ip) {
        return Err("目标是内网或本机地址：确属政务内网的，在 allow 里写明网段".to_owned());
    }
    if !PUBLIC_PORTS.contains(&address.port()) {
        return Err("公网地址只能用 443 或 8443 端口".to_owned());
    }
    Ok(())
}

/// Whether an address is one of the public internet. IPv6 is an allow list of global unicast,
/// because tunnels and translations hide IPv4 addresses inside the rest.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// IANA special-purpose registry of IPv4 (RFC 6890 and its updates).
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = match ip.octets() {
        [0 | 10 | 127 | 224..=255, ..]
        | [169, 254, ..]
        | [192, 168, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => true,
        // 100.64.0.0/10, shared by carriers, and 172.16.0.0/12, private.
        [100, b, ..] => (64..128).contains(&b),
        [172, b, ..] => (16..32).contains(&b),
        _ => false,
    };
    !special
}

/// Global unicast 2000::/3 without protocol assignments, documentation and 6to4.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(ip: &str) -> SocketAddr {
        SocketAddr::new(ip.parse().unwrap(), 443)
    }

    #[test]
    fn addresses_that_are_not_public_are_refused() {
        let inside = "127.0.0.1 127.8.9.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 \
            100.64.0.1 100.127.255.255 192.0.0.8 192.0.2.1 198.18.0.1 198.19.255.1 198.51.100.7 203.0.113.7 \
            224.0.0.1 240.0.0.1 255.255.255.255 192.88.99.1 :: ::1 fe80::1 fc00::1 fd12::1 ff02::1 \
            ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2001:db8::1 2001::1 2002:7f00:1:: 3fff::1 \
            100::1 5f00::1";
        for ip in inside.split_whitespace() {
            assert!(check(address(ip), false, &[]).is_err(), "{ip}");
        }
    }

    #[test]
    fn public_addresses_are_reached_on_known_ports_over_tls_only() {
        for ip in ["1.1.1.1", "100.63.0.1", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "2400:3200::1"] {
            assert!(check(address(ip), false, &[]).is_ok(), "{ip}");
            assert!(check(address(ip), true, &[]).is_err(), "{ip} in plain text");
            assert!(check(SocketAddr::new(ip.parse().unwrap(), 6379), false, &[]).is_err(), "{ip} on another port");
        }
    }

    #[test]
    fn a_network_is_allowed_by_name_and_no_wider() {
        let allow = [network("10.20.0.0/16").unwrap(), network("fd00:1::/32").unwrap(), network("127.0.0.1").unwrap()];
        for ip in ["10.20.1.1", "::ffff:10.20.1.1", "fd00:1::5", "127.0.0.1"] {
            assert!(check(address(ip), true, &allow).is_ok(), "{ip}");
        }
        for ip in ["10.21.0.1", "fd00:2::5", "127.0.0.2", "::ffff:10.21.0.1"] {
            assert!(check(address(ip), false, &allow).is_err(), "{ip}");
        }
        assert!(network("10.0.0.0/33").is_none() && network("example.com").is_none());
    }

    #[test]
    fn every_way_of_writing_an_inner_address_is_the_same_address() {
        for host in ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "127.0.0.1."] {
            let url: reqwest::Url = format!("https://{host}/").parse().unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            assert!(runtime.block_on(resolve(&url, &[])).is_err(), "{host}");
        }
    }

    #[test]
    fn addresses_with_passwords_or_other_schemes_are_refused_at_start() {
        for url in ["ftp://a/", "file:///etc/passwd", "https://u:p@a/", "http://a/", "https://a/#x"] {
            assert!(check_url(&url.parse().unwrap(), &[]).is_err(), "{url}");
        }
        assert!(check_url(&"https://a.example/x".parse().unwrap(), &[]).is_ok());
    }
}
