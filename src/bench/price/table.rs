//! Prices as a CSV file.

use std::path::Path;

use super::row::{Price, Spread};
use output::{CsvValue, CsvWriter, OutputError};

/// Columns of [`write_csv`]: energy in joules, times in seconds, sizes in bytes. A blank cell is unknown or does not
/// apply; `break_even_frames` is `never` where a frame costs as much as one of the rule.
pub const COLUMNS: [&str; 22] = [
    "generator",
    "description_bytes",
    "trained",
    "training_images",
    "training_seconds",
    "training_joules",
    "training_energy",
    "first_seconds",
    "first_cpu_seconds",
    "first_joules",
    "frame_seconds_median",
    "frame_seconds_mean",
    "frame_joules_median",
    "frame_joules_mean",
    "frame_joules_low",
    "frame_joules_high",
    "frame_energy",
    "peak_bytes",
    "knobs",
    "latency",
    "runs",
    "break_even_frames",
];

/// Writes one row for each price.
///
/// # Errors
/// The file cannot be written.
pub fn write_csv(path: &Path, prices: &[Price]) -> Result<(), OutputError> {
    let mut table = CsvWriter::create(path, &COLUMNS.map(String::from))?;
    prices.iter().try_for_each(|p| table.row(&row(p)))?;
    table.finish().map(drop)
}

fn row(p: &Price) -> [CsvValue; 22] {
    let number = |v: Option<f64>| v.map_or(CsvValue::Blank, CsvValue::Number);
    let words = |text: &str| CsvValue::Text(text.into());
    let of = |s: Option<Spread>, part: fn(&Spread) -> f64| number(s.as_ref().map(part));
    let training = p.training;
    [
        words(&p.name),
        CsvValue::Whole(p.description_bytes),
        CsvValue::Whole(u64::from(training.is_some())),
        number(training.and_then(|t| t.images)),
        number(training.and_then(|t| t.seconds)),
        number(training.and_then(|t| Some(t.energy?.joules))),
        training.and_then(|t| t.energy).map_or(CsvValue::Blank, |e| words(e.source.words())),
        number(p.first_seconds),
        number(p.first_cpu_seconds),
        number(p.first_joules),
        of(p.frame_seconds, |s| s.median),
        of(p.frame_seconds, |s| s.mean),
        of(p.frame_joules, |s| s.median),
        of(p.frame_joules, |s| s.mean),
        of(p.frame_joules, |s| s.interval[0]),
        of(p.frame_joules, |s| s.interval[1]),
        p.source.map_or(CsvValue::Blank, |s| words(s.words())),
        p.peak_bytes.map_or(CsvValue::Blank, CsvValue::Whole),
        CsvValue::Whole(p.steering.knobs as u64),
        words(&p.steering.latency.words()),
        words(if p.is_foreign { "elsewhere" } else { "here" }),
        p.break_even.map_or(CsvValue::Blank, |b| b.frames.map_or(words("never"), CsvValue::Number)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::row::against;
    use super::super::row::tests::{imitator, rule, shelf};
    use super::*;
    use crate::price::StatedTraining;

    #[test]
    fn every_row_has_every_column_and_reads_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("price.csv");
        let mut prices =
            [rule(), imitator(), shelf(StatedTraining { joules: Some(1e9), ..Default::default() })];
        against(&rule(), &mut prices);
        write_csv(&path, &prices).unwrap();
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let head = reader.headers().unwrap().clone();
        assert_eq!(head.iter().collect::<Vec<_>>(), COLUMNS);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let cell = |row: usize, name: &str| {
            let at = COLUMNS.iter().position(|c| *c == name).unwrap();
            rows[row].get(at).unwrap().to_string()
        };
        assert_eq!((rows.len(), cell(0, "generator"), cell(0, "trained")), (3, "rule".into(), "0".into()));
        assert_eq!(
            (cell(0, "training_joules"), cell(0, "break_even_frames")),
            (String::new(), String::new())
        );
        assert_eq!((cell(1, "training_joules"), cell(1, "break_even_frames")), ("600".into(), "2400".into()));
        assert_eq!(
            (cell(1, "training_energy"), cell(1, "frame_energy")),
            ("estimate".into(), "measured".into())
        );
        assert_eq!((cell(2, "runs"), cell(2, "break_even_frames")), ("elsewhere".into(), "never".into()));
        assert_eq!(
            (cell(2, "frame_joules_mean"), cell(2, "latency")),
            ("5".into(), "1 whole picture".into())
        );
    }

    #[test]
    fn a_price_as_json_says_what_is_unknown() {
        let json = serde_json::to_value(shelf(StatedTraining::default())).unwrap();
        assert!(json["training"]["energy"].is_null() && json["break_even"].is_null(), "{json:#}");
        assert_eq!(json["source"], "stated");
        assert_eq!(json["steering"]["latency"], "picture");
        assert_eq!(json["frame_joules"]["mean"], 5.0);
        assert_eq!(serde_json::to_value(rule()).unwrap()["steering"]["latency"]["ticks"], 1);
    }
}
