//! The customer's own certificate, checked before anybody connects.

use std::path::Path;

use rustls::Error;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::{Identity, Shown, TlsError, files, provider};

/// Loads and checks a certificate chain and its key.
pub fn load(certificate: &Path, key: &Path, now_ms: i64) -> Result<Identity, TlsError> {
    let (chain_pem, key_pem) = (text("tls.cert", certificate)?, text("tls.key", key)?);
    let chain = chain(&chain_pem).ok_or_else(|| wrong("tls.cert", certificate, "不是 PEM 格式的证书"))?;
    let private = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(|_| {
        let locked = key_pem.contains("ENCRYPTED");
        wrong(
            "tls.key",
            key,
            if locked {
                "私钥加了密码：请先用 openssl pkey 去掉密码"
            } else {
                "不是 PEM 格式的私钥"
            },
        )
    })?;
    CertifiedKey::from_der(chain.clone(), private.clone_key(), &provider()).map_err(|e| match e {
        Error::InconsistentKeys(_) => wrong("tls.key", key, "私钥与 tls.cert 里的第一张证书不是一对"),
        e => wrong("tls.cert", certificate, &format!("证书或私钥不能用（{e}）")),
    })?;
    let (from, to) =
        chain.first().and_then(validity_ms).ok_or_else(|| wrong("tls.cert", certificate, "证书读不出有效期"))?;
    if now_ms < from || now_ms > to {
        let advice = format!("证书有效期是 {} 至 {}，不含今天：请换上有效的证书，或校准本机时间", day(from), day(to));
        return Err(wrong("tls.cert", certificate, &advice));
    }
    Ok(Identity { shown: Shown::new(chain, private)?, not_after_ms: to, authority: None })
}

fn text(setting: &str, path: &Path) -> Result<String, TlsError> {
    files::read(path)?.ok_or_else(|| wrong(setting, path, "没有这个文件"))
}

fn wrong(setting: &str, path: &Path, why: &str) -> TlsError {
    TlsError(format!("设置 {setting} = {} 不能用：{why}", path.display()))
}

fn day(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms).map(|time| time.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// The certificates of a PEM text; nothing where there are none or one is broken.
pub fn chain(pem: &str) -> Option<Vec<CertificateDer<'static>>> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().ok()?;
    Some(chain).filter(|chain| !chain.is_empty())
}

/// From when to when a certificate is valid, milliseconds since 1970.
pub fn validity_ms(certificate: &CertificateDer<'_>) -> Option<(i64, i64)> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let validity = parsed.validity();
    Some((validity.not_before.timestamp() * 1_000, validity.not_after.timestamp() * 1_000))
}
