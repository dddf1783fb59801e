//! What a comparison says of its sides: price and distance, as text.

use show::{PictureDistance, SideState};
use world::units::{count, metric, seconds};

/// Its name, and whether it is the rule.
pub fn title(side: &SideState) -> String {
    match side.ruled {
        Some(true) => format!("{} · ruled", side.name),
        _ => side.name.clone(),
    }
}

/// Bytes of its description and the cost of a frame, as far as they are known and may be told.
pub fn cost(side: &SideState) -> String {
    let bytes = (side.bytes > 0).then(|| metric(side.bytes as f64, "B"));
    let frame = (side.milliseconds > 0.0).then(|| {
        let joules = metric(side.joules, "J");
        format!("a frame: {:.1} ms, CPU {:.1} ms, {joules} (est.)", side.milliseconds, side.cpu_milliseconds)
    });
    bytes.into_iter().chain(frame).collect::<Vec<_>>().join(" · ")
}

/// What its training cost, and when it is paid for; nothing of a side that was not trained.
pub fn training(side: &SideState) -> Vec<String> {
    let cost = side.training.iter().map(|t| {
        let joules = metric(t.joules, "J");
        format!(
            "trained: {} CPU, {joules} (est.), {} pictures",
            seconds(t.cpu_seconds),
            count(t.images as f64)
        )
    });
    let paid = Some(&side.break_even).filter(|text| !text.is_empty());
    cost.chain(paid.map(|text| format!("paid for: {text}"))).collect()
}

/// How far both pictures are apart.
pub fn apart(distance: &PictureDistance) -> String {
    let correlation = distance.correlation.map_or("–".into(), |c| format!("{c:.2}"));
    format!("apart: {:.3} RMS, correlation {correlation}", distance.rms)
}
