//! `motion.csv`: the curves of all films.

use std::path::Path;

use super::report::Films;
use crate::metrics::interval::Estimate;
use output::{CsvValue, CsvWriter, OutputError};

/// Writes one row for each generator, curve and place along it. `every` is the ticks from frame to frame.
///
/// # Errors
/// The file cannot be written.
pub fn write_curves(films: &Films, reference: &str, every: u64, path: &Path) -> Result<(), OutputError> {
    let columns = ["generator", "curve", "x", "unit", "value", "low", "high"].map(String::from);
    let mut table = CsvWriter::create(path, &columns)?;
    let own = [(reference.to_string(), &films.reference)];
    let all = own.into_iter().chain(films.all.iter().map(|f| (f.full_name(), &f.curves)));
    for (name, curves) in all {
        let frequency = 1.0 / (curves.segment.max(1) as f64 * every as f64);
        let ticks = every as f64;
        let parts: [(&str, &[Estimate], f64, &str); 5] = [
            ("correlation", &curves.correlation, ticks, "ticks"),
            ("error", &curves.error, ticks, "ticks"),
            ("spectrum-in-space", &curves.spectrum, 1.0, "periods a side"),
            ("spectrum-in-time", &curves.temporal, frequency, "periods a tick"),
            ("autocorrelation", &curves.memory, ticks, "ticks"),
        ];
        for (curve, points, unit, words) in parts {
            for (i, point) in points.iter().enumerate() {
                let end = |v: f64| if v.is_finite() { CsvValue::Number(v) } else { CsvValue::Blank };
                table.row(&[
                    CsvValue::Text(name.clone()),
                    CsvValue::Text(curve.into()),
                    CsvValue::Number(i as f64 * unit),
                    CsvValue::Text(words.into()),
                    CsvValue::Number(point.value),
                    end(point.interval[0]),
                    end(point.interval[1]),
                ])?;
            }
        }
    }
    table.finish().map(|_| ())
}
