//! A recorded sensor file: `;` between fields, time first, one column per sensor.
use anyhow::{Context, Result, ensure};
use chrono::NaiveDateTime;
use lines::online::api::LimitForm;
use std::path::Path;

/// Columns that label a recording and are no sensors.
const LABELS: [&str; 2] = ["anomaly", "changepoint"];
/// Rows from which the usual range is learnt.
pub const LEARNT_FROM: usize = 400;
/// The outer limits lie so many times further out than the inner ones.
const OUTER: f64 = 2.0;

/// What was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Sensors by the names of the file.
    pub columns: Vec<String>,
    /// Milliseconds from the first row, and a value per column where there is one.
    pub rows: Vec<(i64, Vec<Option<f64>>)>,
    /// Cells that could not be read, in words.
    pub problems: Vec<String>,
}

impl Recording {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("读不到文件 {}", path.display()))?;
        Self::read(&bytes).with_context(|| path.display().to_string())
    }

    /// Reads the bytes of a file.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(bytes);
        let header = reader.headers().context("第 1 行不是列名")?.clone();
        let sensors: Vec<(usize, String)> = header
            .iter()
            .enumerate()
            .skip(1)
            .map(|(i, name)| (i, name.trim().to_owned()))
            .filter(|(_, name)| !name.is_empty() && !LABELS.contains(&name.to_lowercase().as_str()))
            .collect();
        ensure!(!sensors.is_empty(), "没有传感器列：第一行应为列名，用分号分隔，第一列为时间");
        let (mut rows, mut problems) = (vec![], vec![]);
        let mut first = None;
        for (i, record) in reader.records().enumerate() {
            let line = i + 2;
            let record = record.with_context(|| format!("第 {line} 行读不出"))?;
            let time = record.get(0).unwrap_or_default().trim();
            let Some(at) = moment(time) else {
                problems.push(format!("第 {line} 行：时间“{time}”应写成 2020-03-09 10:14:33，已跳过该行"));
                continue;
            };
            let from = *first.get_or_insert(at);
            let values = sensors.iter().map(|(column, name)| {
                let text = record.get(*column).unwrap_or_default().trim();
                let value = text.parse().ok().filter(|v: &f64| v.is_finite());
                if value.is_none() && !text.is_empty() {
                    problems.push(format!("第 {line} 行 {name}：“{text}”不是数值，已跳过该值"));
                }
                value
            });
            rows.push((at - from, values.collect()));
        }
        ensure!(rows.len() > 1, "没有可回放的数据行：至少要有两行时间和数值");
        rows.sort_by_key(|row: &(i64, _)| row.0);
        Ok(Self { columns: sensors.into_iter().map(|s| s.1).collect(), rows, problems })
    }

    /// The usual pause between rows in milliseconds.
    pub fn step(&self) -> i64 {
        let mut steps: Vec<i64> =
            self.rows.windows(2).map(|w| if let [a, b] = w { b.0 - a.0 } else { 0 }).filter(|s| *s > 0).collect();
        steps.sort_unstable();
        steps.get(steps.len() / 2).copied().unwrap_or(1_000)
    }

    /// Limits of a column: mean ± `sigma` deviations of the first rows, and as far again outside.
    pub fn limits(&self, column: usize, sigma: f64) -> Option<LimitForm> {
        let values: Vec<f64> =
            self.rows.iter().take(LEARNT_FROM).filter_map(|(_, row)| row.get(column).copied().flatten()).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        // A column that never moved has no usual scatter to learn from.
        (values.len() >= 10 && deviation > 0.0).then(|| LimitForm {
            hh: Some(digits(mean + OUTER * sigma * deviation)),
            h: Some(digits(mean + sigma * deviation)),
            l: Some(digits(mean - sigma * deviation)),
            ll: Some(digits(mean - OUTER * sigma * deviation)),
            dead_band: digits(deviation),
            on_delay_s: 3,
            off_delay_s: 10,
        })
    }
}

/// Six digits: limits are read by people.
fn digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

fn moment(text: &str) -> Option<i64> {
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f"];
    let read = formats.iter().find_map(|f| NaiveDateTime::parse_from_str(text, f).ok())?;
    Some(read.and_utc().timestamp_millis())
}

/// A column's name as a tag can hold it.
pub fn slug(column: &str) -> String {
    let letters = column.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    letters.collect::<String>().trim_matches('_').to_owned()
}

/// The unit a column's name suggests; recordings seldom state it.
pub fn unit(column: &str) -> &'static str {
    let name = column.to_lowercase();
    let known = [
        ("pressure", "bar"),
        ("temperature", "degC"),
        ("thermocouple", "degC"),
        ("current", "A"),
        ("voltage", "V"),
        ("flow", "L/min"),
        ("acceler", "g"),
    ];
    known.iter().find(|(part, _)| name.contains(part)).map_or("-", |(_, unit)| unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(rows: usize) -> Recording {
        let mut text = "datetime;Pressure;Volume Flow RateRMS;anomaly;changepoint\n".to_owned();
        text.extend((0..rows).map(|i| {
            let pressure = if i % 2 == 0 { 6.0 } else { 4.0 };
            format!("2020-03-09 10:{:02}:{:02};{pressure};32.0;0.0;0.0\n", i / 60, i % 60)
        }));
        Recording::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn labels_are_no_sensors_and_time_counts_from_the_first_row() {
        let recording = recorded(30);
        assert_eq!(recording.columns, ["Pressure", "Volume Flow RateRMS"]);
        assert_eq!((recording.rows.len(), recording.rows[3].0, recording.step()), (30, 3_000, 1_000));
        assert!(recording.problems.is_empty());
    }

    #[test]
    fn limits_are_mean_and_deviations_of_the_first_rows() {
        let limits = recorded(500).limits(0, 4.0).unwrap();
        assert_eq!((limits.l, limits.h, limits.hh), (Some(1.0), Some(9.0), Some(13.0)));
        assert!(limits.checked().is_ok());
        assert!(recorded(500).limits(1, 4.0).is_none(), "a column that never moved has no limits");
    }

    #[test]
    fn bad_cells_are_named_and_the_rest_is_kept() {
        let text =
            "time;A;B\n2020-03-09 10:00:00;1;2\nyesterday;1;2\n2020-03-09 10:00:01;x;3\n2020-03-09 10:00:02;NaN;\n";
        let recording = Recording::read(text.as_bytes()).unwrap();
        assert_eq!(recording.rows.len(), 3);
        assert_eq!(recording.rows[1].1, [None, Some(3.0)]);
        assert_eq!(recording.problems.len(), 3);
        assert!(recording.problems[1].contains("第 4 行 A"), "{:?}", recording.problems);
    }

    #[test]
    fn what_is_no_recording_is_refused_in_words() {
        for bad in ["", "datetime\n", "datetime;A\n", "a,b\n1,2\n"] {
            assert!(Recording::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_become_tags_and_hint_at_units() {
        assert_eq!(slug("Volume Flow RateRMS"), "volume_flow_raterms");
        assert_eq!((unit("Accelerometer1RMS"), unit("Thermocouple"), unit("x")), ("g", "degC", "-"));
    }
}
