//! QR codes as SVG.
use crate::error::{Error, Result};
use qrcode::QrCode;
use qrcode::render::svg;

/// A QR code of a text; a quiet zone is included.
pub fn svg(text: &str) -> Result<String> {
    let code = QrCode::new(text.as_bytes()).map_err(|e| Error::internal(format!("qr code: {e}")))?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(220, 220).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_holds_an_address_and_refuses_a_book() {
        assert!(svg("https://127.0.0.1:8443/ca").unwrap().contains("<svg"));
        assert!(svg(&"x".repeat(5_000)).is_err());
    }
}
