//! Stories of configuration: who wins, and what a wrong setting says.

use std::io::Write;

use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn refused(pairs: &[(&str, &str)]) -> String {
    let message = Config::load(variables(pairs), &[]).unwrap_err().0;
    assert!(!message.contains('\n'), "one line: {message}");
    message
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn defaults_listen_on_loopback_only() {
    let config = Config::load([], &[]).unwrap();
    let addresses = [Some(config.listen), config.http, config.mqtt, config.mqtts];
    assert!(addresses.iter().flatten().all(|a| a.socket.ip().is_loopback() && !a.explicit));
    assert!(config.database.is_none() && !config.demo && config.warnings.is_empty());
    assert_eq!((config.session_idle.as_secs(), config.lockout_failures), (1_800, 5));
}

#[test]
fn flags_win_over_variables_over_file_over_defaults() {
    let toml = file(
        "node = \"f\"\nhttp = \"127.0.0.1:1\"\n[session]\nidle = \"1m\"\n[tls]\nnames = [\"a.lan\", \"10.0.0.7\"]\n[lockout]\nfailures = 3\n",
    );
    let vars = variables(&[
        ("ANLAN_CONFIG", toml.path().to_str().unwrap()),
        ("ANLAN_NODE", "v"),
        ("ANLAN_HTTP", "localhost:2"),
    ]);
    let config = Config::load(vars, &[("node", "flag".to_owned())]).unwrap();
    assert_eq!((config.node.as_str(), config.lockout_failures), ("flag", 3));
    assert_eq!(config.http.map(|a| (a.socket.port(), a.explicit)), Some((2, true)));
    assert_eq!(
        (config.session_idle.as_secs(), config.tls_names),
        (60, vec!["a.lan".to_owned(), "10.0.0.7".to_owned()])
    );
}

#[test]
fn a_wrong_value_names_setting_value_origin_and_way_out() {
    assert_eq!(
        refused(&[("ANLAN_LISTEN", "8443")]),
        "设置 listen = 8443（来自环境变量 ANLAN_LISTEN）不对：应为 地址:端口，如 127.0.0.1:8443 或 [::1]:8443"
    );
    for (name, value) in [
        ("ANLAN_SESSION_IDLE", "30"),
        ("ANLAN_SESSION_IDLE", "0m"),
        ("ANLAN_SESSION_IDLE", "分"),
        ("ANLAN_SESSION_IDLE", "99999999999d"),
        ("ANLAN_LOCKOUT_FAILURES", "-1"),
        ("ANLAN_DEMO", "vielleicht"),
        ("ANLAN_DATABASE", "mysql://x"),
        ("ANLAN_NODE", "节点"),
        ("ANLAN_LOG_FORMAT", "xml"),
        ("ANLAN_TLS_NAMES", "https://x"),
        ("ANLAN_PUBLIC_URL", "http://anlan.example"),
        ("ANLAN_CLOCK_SOURCE", "gps"),
        ("ANLAN_DATA", ""),
    ] {
        assert!(refused(&[(name, value)]).contains(&format!("来自环境变量 {name}")), "{name}={value}");
    }
}

#[test]
fn plain_http_beyond_loopback_is_refused() {
    assert!(refused(&[("ANLAN_HTTP", "0.0.0.0:8080")]).contains("明文 HTTP 只能开在本机"));
    assert!(Config::load(variables(&[("ANLAN_HTTP", "[::1]:8080")]), &[]).is_ok());
    assert!(Config::load(variables(&[("ANLAN_HTTP", "off")]), &[]).unwrap().http.is_none());
}

#[test]
fn settings_that_need_each_other_are_checked_together() {
    assert!(refused(&[("ANLAN_TLS_CERT", "a.pem")]).contains("还缺 tls.key"));
    assert!(refused(&[("ANLAN_TLS_KEY", "a.pem")]).contains("还缺 tls.cert"));
    assert!(refused(&[("ANLAN_SESSION_LIFETIME", "1m")]).contains("session.lifetime"));
}

#[test]
fn secrets_do_not_appear_in_messages() {
    let message = refused(&[("ANLAN_DATABASE", "pg://u:geheim@h/d")]);
    assert!(!message.contains("geheim"), "{message}");
}

#[test]
fn an_unknown_name_stops_the_start_in_a_file_and_is_mentioned_as_a_variable() {
    for text in ["listn = \"x\"", "[session]\nidel = \"1m\"", "[nothing]\nx = 1"] {
        let toml = file(text);
        let message = refused(&[("ANLAN_CONFIG", toml.path().to_str().unwrap())]);
        assert!(message.contains("不是任何设置"), "{message}");
    }
    let config = Config::load(variables(&[("ANLAN_LISTN", "x"), ("ANLAN_TEST_PG", "x"), ("PATH", "x")]), &[]).unwrap();
    assert_eq!(config.warnings.len(), 1);
}

#[test]
fn a_broken_or_missing_file_names_file_and_line() {
    let toml = file("node = \"a\"\nlisten = 0.0.0.0:1\n");
    let message = refused(&[("ANLAN_CONFIG", toml.path().to_str().unwrap())]);
    assert!(message.contains("第 2 行"), "{message}");
    assert!(refused(&[("ANLAN_CONFIG", "/nowhere.toml")]).contains("读不到配置文件"));
}

#[test]
fn every_setting_has_a_name_of_its_own_in_every_place() {
    for name in [Setting::variable, Setting::flag] {
        let mut names: Vec<_> = SETTINGS.iter().map(name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), SETTINGS.len());
    }
}

#[test]
fn a_taken_default_port_gives_way_and_a_taken_explicit_port_is_an_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = taken.local_addr().unwrap();
    let bound = Address { setting: "listen", socket, explicit: false }.bind().unwrap();
    assert_ne!(bound.socket.port(), socket.port());
    assert!(bound.note.is_some_and(|note| note.contains(&format!("{} 已被占用", socket.port()))));
    let refused = Address { setting: "listen", socket, explicit: true }.bind().unwrap_err();
    assert!(refused.0.contains("已被别的程序占用"), "{refused}");
    let elsewhere = Address { setting: "listen", socket: "192.0.2.1:1".parse().unwrap(), explicit: true };
    assert!(elsewhere.bind().unwrap_err().0.contains("没有这个地址"));
}
