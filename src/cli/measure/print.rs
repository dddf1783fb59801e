//! Measurements as a table or as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::measured::Measured;
use super::observed::Row;
use super::times::Lengths;
use crate::world::scene::Scene;

/// Cells (or pixels) a second, in millions.
fn rate(cells: usize, time: &Lengths) -> f64 {
    if time.median() > 0.0 { cells as f64 / time.median() / 1e3 } else { 0.0 }
}

/// Tables as text.
pub fn text(scene: &Scene, m: &Measured) -> String {
    let (times, (w, h)) = (&m.times, scene.size);
    let mut out = format!("{}: {} ticks, {} threads, without a judge\n\n", scene.name, m.ticks, m.threads);
    let _ = writeln!(out, "{:<18} {:>11} {:>12} {:>12} {:>12}", "part", "size", "median", "max", "M cells/s");
    let mut row = |name: &str, size: Option<(usize, usize)>, time: &Lengths| {
        let cells = size.map_or(String::new(), |(w, h)| format!("{:.1}", rate(w * h, time)));
        let size = size.map_or(String::new(), |(w, h)| format!("{w}×{h}"));
        let (median, max) = (time.median(), time.max());
        let _ = writeln!(
            out,
            "{}",
            format!("{name:<18} {size:>11} {median:>9.3} ms {max:>9.3} ms {cells:>12}").trim_end()
        );
    };
    for (plan, time) in scene.nodes.iter().zip(&times.nodes) {
        row(&plan.name, Some(plan.size), time);
    }
    row("wires, readouts", None, &times.board);
    row("tick, all at once", None, &times.tick);
    row("frame", Some((w, h)), &times.frame);
    let (both, lasts) = (times.tick.median() + times.frame.median(), 1e3 / scene.rate);
    let _ = writeln!(
        out,
        "\nA tick with its frame takes {both:.1} ms of the {lasts:.1} ms available: {:.0} %.\n",
        100.0 * both / lasts
    );
    ranges(&mut out, "output", &m.ranges.outputs);
    ranges(&mut out, "readout", &m.ranges.readouts);
    out
}

fn ranges(out: &mut String, what: &str, rows: &[Row]) {
    if rows.is_empty() {
        return;
    }
    let widest = rows.iter().map(|r| r.name.chars().count()).max().unwrap_or(0).max(8);
    let _ = writeln!(
        out,
        "{what:<widest$}  {:<22} {:<26} minimum to maximum",
        "declared", "1st to 99th percentile"
    );
    for r in rows {
        let span = |[lo, hi]: [f64; 2]| format!("{} to {}", number(lo), number(hi));
        let (middle, range) = (span(r.seen.middle()), span(r.seen.range()));
        let fault = r.seen.fault(r.declared).unwrap_or("");
        let line = format!("{:<widest$}  {:<22} {middle:<26} {range:<26} {fault}", r.name, span(r.declared));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out.push('\n');
}

/// Four significant digits.
fn number(v: f64) -> String {
    let plain = format!("{v:.3}");
    match v.abs() {
        0.0 => "0".into(),
        a if !(1e-2..1e6).contains(&a) => format!("{v:.2e}"),
        a if a >= 1e3 => format!("{v:.0}"),
        _ => plain.trim_end_matches('0').trim_end_matches('.').into(),
    }
}

/// The same as JSON.
pub fn json(scene: &Scene, seed: u64, m: &Measured) -> Value {
    let time = |t: &Lengths| json!({ "median_ms": t.median(), "max_ms": t.max() });
    let part = |(w, h): (usize, usize), t: &Lengths| {
        let mut value = time(t);
        value["size"] = json!([w, h]);
        value["cells_per_second"] = json!(1e6 * rate(w * h, t));
        value
    };
    let nodes = scene.nodes.iter().zip(&m.times.nodes).map(|(plan, t)| {
        let mut value = part(plan.size, t);
        (value["name"], value["system"]) = (plan.name.clone().into(), plan.kind.name.into());
        value
    });
    let row = |r: &Row| {
        json!({
            "name": r.name,
            "declared": r.declared,
            "range": r.seen.range(),
            "percentiles_1_99": r.seen.middle(),
            "fault": r.seen.fault(r.declared),
        })
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "scene": scene.name,
        "scene_hash": format!("{:016x}", scene.hash),
        "seed": seed,
        "ticks": m.ticks,
        "rate": scene.rate,
        "threads": m.threads,
        "nodes": nodes.collect::<Vec<_>>(),
        "board": time(&m.times.board),
        "tick": time(&m.times.tick),
        "frame": part(scene.size, &m.times.frame),
        "outputs": m.ranges.outputs.iter().map(row).collect::<Vec<_>>(),
        "readouts": m.ranges.readouts.iter().map(row).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short() {
        let all = [0.0, 1.0, 0.25, 12.3456, 1234.5, 123456.0, 2.5e6, 0.00123, -0.5, 1e30];
        assert_eq!(
            all.map(number),
            ["0", "1", "0.25", "12.346", "1234", "123456", "2.50e6", "1.23e-3", "-0.5", "1.00e30"]
        );
    }
}
