//! Photos of a hazard: real pictures, each of which proves one hazard only.
use super::rules::PHOTOS;
use super::store;
use image::{ImageReader, Limits};
use platform::event::FileRef;
use platform::{Ctx, Error, Result, files};
use std::io::Cursor;
use uuid::Uuid;

/// Photos of one side.
const MOST: usize = 12;

/// Whether the bytes decode as a picture of sensible size; the whole picture is read, because the first
/// bytes prove nothing.
fn decodes(bytes: &[u8]) -> bool {
    let mut limits = Limits::default();
    limits.max_image_width = Some(16_000);
    limits.max_image_height = Some(16_000);
    limits.max_alloc = Some(256 * 1024 * 1024);
    let Ok(mut reader) = ImageReader::new(Cursor::new(bytes)).with_guessed_format() else { return false };
    reader.limits(limits);
    reader.decode().is_ok()
}

/// Checks photos that the caller brought and answers them as an event names them. `of` is the hazard
/// that may have used them already.
pub async fn check(ctx: &Ctx, field: &'static str, digests: &[String], of: Option<Uuid>) -> Result<Vec<FileRef>> {
    if digests.len() > MOST {
        return Err(Error::invalid(field, format!("最多 {MOST} 张照片，请挑选能说明问题的")));
    }
    let mut refs = vec![];
    for digest in digests {
        let missing = |_| Error::invalid(field, "照片没有上传成功，请重新选择照片");
        let (file, bytes) = files::load(ctx, digest).await.map_err(missing)?;
        let fine = tokio::task::spawn_blocking(move || decodes(&bytes)).await.map_err(Error::internal)?;
        if !fine {
            let text = format!("{field}：“{}”不是能打开的照片；请上传现场拍摄的 JPG、PNG 或 WebP 照片", file.name);
            return Err(Error::refused(PHOTOS, text));
        }
        unused(ctx, field, digest, of).await?;
        refs.push(files::reference(ctx, digest, "photo").await?);
    }
    Ok(refs)
}

/// Refuses a photo that proves something else already, naming it only to those who may see it.
async fn unused(ctx: &Ctx, field: &'static str, digest: &str, of: Option<Uuid>) -> Result<()> {
    let Some(used) = store::photo_of(ctx, digest).await? else { return Ok(()) };
    if of == Some(used) && field != "after" {
        return Ok(());
    }
    let place = if of == Some(used) {
        "本条隐患".to_owned()
    } else {
        match store::load(ctx, used).await {
            Ok(row) => format!("隐患 {}（{}）", row.number(), row.enterprise_name),
            Err(Error::NotFound) => "另一条不在您可见范围内的隐患".to_owned(),
            Err(other) => return Err(other),
        }
    };
    Err(Error::refused(PHOTOS, format!("{field}：这张照片已用于{place}；请上传本次现场新拍的照片")))
}

#[cfg(test)]
mod tests {
    use super::decodes;

    #[test]
    fn only_whole_pictures_are_pictures() {
        let mut png = Cursor::new(vec![]);
        image::RgbImage::new(4, 4).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let png = png.into_inner();
        assert!(decodes(&png));
        assert!(!decodes(&png[..png.len() / 2]), "half a picture");
        assert!(!decodes(b"%PDF-1.7 no picture"));
    }

    use std::io::Cursor;
}
