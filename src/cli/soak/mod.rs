//! `untrained soak`: a show with everything on for an hour, monitored from outside and compared with the same scene
//! with everything off. It reports memory growth, stalls of the picture, and losses.

mod args;
#[cfg(feature = "network")]
mod net;
mod page;
mod result;
mod run;
mod simulated_user;
mod user_counters;

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::load::SceneSource;
use super::{Failure, Outcome};
use crate::CATALOGUE;
use crate::output::Interrupt;
pub use args::Args;
use result::SoakResult;
use run::{Display, SoakConfig};

/// Runs both, and writes the report.
///
/// # Errors
/// No display; something was lost, or the show crashed (exit code 1).
pub fn run(args: &Args) -> Outcome {
    let source = SceneSource::find(&args.scene)?;
    let scene = source.load(CATALOGUE)?;
    let knob =
        scene.layers.first().map_or("master.fade".into(), |l| format!("layer.{}.opacity", l.layer.name));
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Failure::failed(format!("cannot write {}: {e}", args.out.display())))?;
    let screen = Display::find(args.size)?;
    let interrupt = Interrupt::install();
    let most = (args.minutes / 6.0).min(10.0);
    let alone = Duration::from_secs_f64(60.0 * args.alone.unwrap_or(most));
    let whole = Duration::from_secs_f64(60.0 * args.minutes);
    let run = |name, seconds: Duration, all| {
        println!("{name}: {:.1} minutes", seconds.as_secs_f64() / 60.0);
        SoakConfig { args, screen: &screen, seconds, all, interrupt: &interrupt, knob: &knob }.go()
    };
    let begun = Instant::now();
    let off = run("everything off", alone, false)?;
    let on = run("everything on", whole, true)?;
    let report = Report { args, off, on };
    report.write()?;
    println!("{}\n{:.0} s in all", report.words(), begun.elapsed().as_secs_f64());
    if interrupt.asked() {
        return Err(Failure::failed("interrupted; the page shows the results so far"));
    }
    match report.on.lost.is_empty() {
        true => report.tidy(),
        false => return Err(Failure::failed(report.on.lost.join("; "))),
    }
    Ok(())
}

/// Everything that is written at the end.
struct Report<'a> {
    args: &'a Args,
    off: SoakResult,
    on: SoakResult,
}

impl Report<'_> {
    fn words(&self) -> String {
        let line = |name: &str, r: &SoakResult| {
            format!(
                "{name}: {} frames, median {:.1} ms, p99 {:.1}, p99.9 {:.1}, longest {:.0} ms; {} ticks, p99.9 {:.1} ms",
                r.number("/frame_times/count"),
                r.number("/frame_times/median_ms"),
                r.number("/frame_times/p99_ms"),
                r.number("/frame_times/p999_ms"),
                r.number("/frame_times/longest_ms"),
                r.number("/tick_times/count"),
                r.number("/tick_times/p999_ms"),
            )
        };
        let lost = if self.on.lost.is_empty() { "nothing".into() } else { self.on.lost.join("; ") };
        format!(
            "{}\n{}\nmemory: {:.0} MB at the end, {:+.2} MB an hour; simulated user: {} moves, {} previews; lost: \
             {lost}",
            line("off", &self.off),
            line("on ", &self.on),
            self.on.looks.last().map_or(0.0, |l| l.memory) / 1e6,
            self.on.slope() / 1e6,
            self.on.user.moves,
            self.on.user.previews,
        )
    }

    fn write(&self) -> Outcome {
        let path = |name: &str| self.args.out.join(name);
        let fail = |p: &Path| {
            let p = p.display().to_string();
            move |e: std::io::Error| Failure::failed(format!("cannot write {p}: {e}"))
        };
        let mut csv =
            String::from("run,seconds,memory_bytes,frames,longest_frame_ms,ticks,film_frames,film_dropped\n");
        for (name, ran) in [("off", &self.off), ("on", &self.on)] {
            for l in &ran.looks {
                let n = |at: &str| l.health.pointer(at).and_then(|v| v.as_f64()).unwrap_or(0.0);
                csv += &format!(
                    "{name},{:.1},{:.0},{},{:.1},{},{},{}\n",
                    l.seconds,
                    l.memory,
                    n("/frame_times/count"),
                    n("/frame_times/longest_ms"),
                    n("/tick_times/count"),
                    n("/record/frames"),
                    n("/record/dropped"),
                );
            }
        }
        let figures = json!({
            "minutes": self.args.minutes,
            "scene": self.args.scene,
            "size": [self.args.size.0, self.args.size.1],
            "memory_slope_bytes_an_hour": self.on.slope(),
            "off": self.off.last,
            "on": self.on.last,
            "hand": {"moves": self.on.user.moves, "previews": self.on.user.previews, "losses": self.on.user.losses},
            "lost": self.on.lost,
        });
        for (name, text) in [
            ("soak.csv", csv),
            ("soak.json", format!("{figures:#}")),
            ("soak.html", page::html(self.args, &self.off, &self.on)),
        ] {
            let path = path(name);
            std::fs::write(&path, text).map_err(fail(&path))?;
        }
        Ok(())
    }

    /// Video and tape of a run without faults are of no use.
    fn tidy(&self) {
        if !self.args.keep {
            for name in ["film.mp4", "show.tape"] {
                let _ = std::fs::remove_file(self.args.out.join(name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::result::HealthSample;
    use super::*;

    #[test]
    fn growth_is_measured_despite_the_noise_at_the_start() {
        let memory =
            |s: f64| 3e8 + if s < 300.0 { 1e6 * s } else { 3e8 } + 5e6 * s / 3600.0 + 1e5 * (s * 7.0).sin();
        let looks = (0..720)
            .map(|i| i as f64 * 5.0)
            .map(|seconds| HealthSample { seconds, memory: memory(seconds), health: json!({}) })
            .collect();
        let ran = SoakResult { looks, ..SoakResult::default() };
        assert!((ran.slope() - 5e6).abs() < 2e5, "{}", ran.slope());
        assert_eq!(SoakResult::default().slope(), 0.0);
    }
}
