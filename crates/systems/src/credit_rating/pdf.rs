//! A paper of plain Chinese lines as PDF, without a font on this machine: the file names the standard
//! font collection of PDF (STSong-Light, UniGB-UTF16-H), which every reader supplies.
use std::fmt::Write as _;

const LINES: usize = 46;
const WIDE: usize = 88;

/// A line of the paper.
#[derive(Debug, Clone)]
pub struct Line {
    /// Text.
    pub text: String,
    /// Font size in points.
    pub size: u8,
}

impl Line {
    /// A heading.
    pub fn head(text: impl Into<String>) -> Self {
        Self { text: text.into(), size: 14 }
    }
    /// A line of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), size: 10 }
    }
}

/// Breaks at any character; a Chinese one is as wide as two Latin ones.
fn wrap(line: &Line) -> Vec<Line> {
    let wide = if line.size > 10 { WIDE * 10 / usize::from(line.size) } else { WIDE };
    let (mut lines, mut now, mut used) = (vec![], String::new(), 0);
    for c in line.text.chars() {
        let width = if c.is_ascii() { 1 } else { 2 };
        if used + width > wide {
            lines.push(Line { text: std::mem::take(&mut now), size: line.size });
            used = 0;
        }
        now.push(c);
        used += width;
    }
    lines.push(Line { text: now, size: line.size });
    lines
}

fn hex(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut out, unit| {
        let _ = write!(out, "{unit:04X}");
        out
    })
}

fn page(lines: &[Line], no: usize, of: usize) -> String {
    let mut body = String::from("BT\n");
    let mut y = 800;
    for line in lines {
        let _ = writeln!(body, "/F1 {} Tf 1 0 0 1 50 {y} Tm <{}> Tj", line.size, hex(&line.text));
        y -= 16;
    }
    let _ = writeln!(body, "/F1 8 Tf 1 0 0 1 270 30 Tm <{}> Tj", hex(&format!("第 {no} 页 共 {of} 页")));
    body.push_str("ET");
    body
}

/// The file.
pub fn write(lines: &[Line]) -> Vec<u8> {
    let broken: Vec<Line> = lines.iter().flat_map(wrap).collect();
    let pages: Vec<&[Line]> = broken.chunks(LINES).collect();
    let kids: Vec<String> = (0..pages.len()).map(|i| format!("{} 0 R", 6 + 2 * i)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UTF16-H /Encoding /UniGB-UTF16-H /DescendantFonts [4 0 R] >>".to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 /W [1 94 500] /FontDescriptor 5 0 R >>".to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>".to_owned(),
    ];
    for (i, lines) in pages.iter().enumerate() {
        let body = page(lines, i + 1, pages.len());
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            7 + 2 * i
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{body}\nendstream", body.len()));
    }
    let mut file = String::from("%PDF-1.6\n");
    let mut places = vec![];
    for (i, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    let start = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_papers_break_into_lines_and_pages_and_offsets_are_true() {
        let lines: Vec<Line> = (0..60).map(|i| Line::text(format!("第{i}条{}", "安全生产信用".repeat(10)))).collect();
        let file = String::from_utf8(write(&lines)).unwrap();
        assert!(file.starts_with("%PDF-1.6") && file.matches("/Type /Page ").count() == 3);
        let start: usize = file.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(file[start..].starts_with("xref\n"));
        let first: usize = file[start..].lines().nth(3).unwrap()[..10].parse().unwrap();
        assert!(file[first..].starts_with("1 0 obj"));
        assert!(file.contains(&hex("第0条安全")));
    }
}
