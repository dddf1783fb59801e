//! What a run came to.

use super::user_counters::UserStats;

/// A health sample of the show, from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthSample {
    /// Seconds since it began.
    pub seconds: f64,
    /// Resident memory, bytes.
    pub memory: f64,
    /// All its health metrics.
    pub health: serde_json::Value,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct SoakResult {
    /// Health samples, one every few seconds.
    pub looks: Vec<HealthSample>,
    /// The last health metrics.
    pub last: serde_json::Value,
    /// Moves that the simulated user made, and previews that it saw.
    pub user: UserStats,
    /// Losses and faults, a sentence each.
    pub lost: Vec<String>,
}

impl SoakResult {
    /// A number from the last health metrics.
    pub fn number(&self, path: &str) -> f64 {
        self.last.pointer(path).and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN)
    }

    /// Memory growth, bytes an hour: least squares, without the first third (at most ten minutes), in which buffers and
    /// caches fill.
    pub fn slope(&self) -> f64 {
        let end = self.looks.last().map_or(0.0, |l| l.seconds);
        let from = (end / 3.0).min(600.0);
        let late: Vec<(f64, f64)> =
            self.looks.iter().filter(|l| l.seconds >= from).map(|l| (l.seconds / 3600.0, l.memory)).collect();
        let n = late.len() as f64;
        let (mx, my) = (late.iter().map(|p| p.0).sum::<f64>() / n, late.iter().map(|p| p.1).sum::<f64>() / n);
        let (mut xy, mut xx) = (0.0, 0.0);
        for (x, y) in &late {
            xy += (x - mx) * (y - my);
            xx += (x - mx) * (x - mx);
        }
        if xx > 0.0 { xy / xx } else { 0.0 }
    }
}
