//! `untrained soak`: a show with everything on for an hour, watched from outside, held against the same scene with
//! everything off. It answers whether memory stays flat, whether anything stalls the picture, and what was lost.

#[cfg(feature = "network")]
mod net;
mod page;
mod run;
mod simulated_user;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use super::load::SceneSource;
use super::play::parse_size;
use super::{Failure, Outcome};
use crate::CATALOGUE;
use crate::output::Interrupt;
use run::{Display, SoakConfig};

/// Arguments of `soak`.
#[derive(clap::Args)]
pub struct Args {
    /// Scene file or name of a shipped scene.
    #[arg(default_value = "garden")]
    scene: String,
    /// Minutes with everything on.
    #[arg(long, default_value_t = 60.0, value_parser = minutes)]
    minutes: f64,
    /// Minutes with everything off, before that (a sixth of the others, and at most ten, unless given).
    #[arg(long, value_parser = minutes)]
    alone: Option<f64>,
    /// Size of window and picture.
    #[arg(long, value_name = "WxH", value_parser = parse_size, default_value = "1280x720")]
    size: (usize, usize),
    /// Folder for the page, the curve (CSV), the figures (JSON), the film and the tape.
    #[arg(long, default_value = "soak")]
    out: PathBuf,
    /// Keep the film and the tape; they are removed at the end unless this is given or something went wrong.
    #[arg(long)]
    keep: bool,
}

fn minutes(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|m| (0.05..=100_000.0).contains(m));
    value.ok_or_else(|| "expected minutes, such as 60".into())
}

/// One look at the show from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthSample {
    /// Seconds since it began.
    pub seconds: f64,
    /// Resident memory, bytes.
    pub memory: f64,
    /// Its health, whole.
    pub health: serde_json::Value,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct SoakResult {
    /// Looks, one every few seconds.
    pub looks: Vec<HealthSample>,
    /// The health that it left at its end.
    pub last: serde_json::Value,
    /// Moves that the remote hand made, and previews that it saw.
    pub user: simulated_user::UserStats,
    /// What was lost or went wrong, a sentence each.
    pub lost: Vec<String>,
}

impl SoakResult {
    fn number(&self, path: &str) -> f64 {
        self.last.pointer(path).and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN)
    }

    /// How memory grows, bytes an hour: least squares, without the first third (at most ten minutes), in which
    /// buffers and caches fill.
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

/// Runs both, and writes what was found.
///
/// # Errors
/// No display; something was lost, or the show broke (exit code 1).
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
        return Err(Failure::failed("interrupted; the page tells what there is so far"));
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
            "{}\n{}\nmemory: {:.0} MB at the end, {:+.2} MB an hour; hand: {} moves, {} previews; lost: {lost}",
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

    /// Film and tape of a run in which all went well are of no use.
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
    use super::*;

    #[test]
    fn growth_is_found_behind_the_noise_of_the_beginning() {
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
