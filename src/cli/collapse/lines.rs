//! A line about a generation.

use crate::bench::collapse::measure::GenerationMetrics;
use crate::bench::collapse::worlds::WorldMetrics;

/// About a generation of pictures.
pub fn still(name: &str, r: &GenerationMetrics) {
    let entropy = r.class_entropy.map_or(String::new(), |e| format!("  class entropy {e:.2} bits"));
    println!(
        "{name:<24} generation {:>3}  variance {:.3}  tail {:.3}  recall {:.3}  coverage {:.3}  Fréchet {:.3}{entropy}  {:.0} s",
        r.generation, r.variance, r.tail, r.recall, r.coverage, r.frechet, r.seconds
    );
}

/// About a generation of worlds.
pub fn world(name: &str, r: &WorldMetrics) {
    let said = |v: Option<f64>| v.map_or_else(|| "–".into(), |v| format!("{v:.3}"));
    println!(
        "{name:<24} generation {:>3}  correlated {}  valid {} frames  energy {}  spectrum {}  values {}  lost {}+{}  {:.1} s",
        r.generation,
        said(r.correlation_time),
        said(r.valid_time),
        said(r.energy),
        said(r.spectrum),
        said(r.values),
        r.lost,
        r.unlearned,
        r.seconds
    );
}
