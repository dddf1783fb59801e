//! `untrained measure SCENE`: what each part of a scene costs, and which values its fields and readouts take.

mod measured;
mod observed;
mod print;
mod times;

use super::load::{SceneSource, report};
use super::size::parse_size;
use super::{Failure, Outcome};
use crate::CATALOGUE;
use crate::output::Interrupt;
use crate::world::engine::{Engine, Part};
use crate::world::frame::Frame;

use measured::Measured;
use observed::Ranges;
use times::Times;

/// Arguments of `measure`.
#[derive(clap::Args)]
pub struct Args {
    /// A scene file, or the name of a shipped scene.
    scene: String,
    /// Length, in seconds of the simulation clock.
    #[arg(long, value_name = "S", default_value_t = 10.0)]
    seconds: f64,
    /// Picture size (the scene's own unless given), such as 1920x1080.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    size: Option<(usize, usize)>,
    /// Threads for the worlds; as many as the processor has if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Seed instead of the scene's own.
    #[arg(long)]
    seed: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Most samples of the output values in a run.
const SAMPLES: u64 = 200;

/// Runs the scene without a judge and prints the measurements. Ctrl-C ends it and prints those so far.
pub fn run(args: &Args) -> Outcome {
    if !(args.seconds > 0.0 && args.seconds <= 86400.0) {
        return Err(Failure::input(format!("expected --seconds in 0..86400, found {}", args.seconds)));
    }
    let source = SceneSource::find(&args.scene)?;
    let scene = source.load(CATALOGUE)?;
    let scene = args.size.map_or(scene.clone(), |s| scene.with_size(s));
    let threads = args.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(Failure::failed)?;
    let text = source.text().unwrap_or_default();
    let mut engine = pool
        .install(|| Engine::new(scene, args.seed))
        .map_err(|problems| report(&source.title(), text, &problems))?;
    let interrupt = Interrupt::install();
    let measured = pool.install(|| measure(&mut engine, args.seconds, || interrupt.asked()));
    match args.json {
        true => {
            let json = print::json(engine.scene(), engine.seed(), &measured);
            println!("{}", serde_json::to_string_pretty(&json).map_err(Failure::failed)?);
        }
        false => print!("{}", print::text(engine.scene(), &measured)),
    }
    Ok(())
}

/// Whole ticks alternate with ticks that are timed part by part; the result is the same. A picture is composed after
/// each of the latter.
fn measure(engine: &mut Engine, seconds: f64, is_over: impl Fn() -> bool) -> Measured {
    let ticks = ((seconds * engine.scene().rate).round() as u64).max(4);
    // Warm-up: one-off set-up is not part of the usual cost.
    let warm = (ticks / 4).min(30);
    let mut times = Times::of(engine.scene());
    let mut ranges = Ranges::of(engine.scene());
    let mut frame = Frame::default();
    let every = (ticks / SAMPLES).max(1);
    for tick in 0..ticks {
        if is_over() {
            break;
        }
        times.on = tick >= warm;
        if tick % 2 == 0 {
            times.tick(|| engine.step(&[]));
        } else {
            engine.step_apart(&[], |part, run| match part {
                Part::Node(node) => times.node(node, run),
                Part::Publish => times.board(run),
            });
            times.frame(|| engine.compose(&mut frame));
        }
        ranges.read(engine);
        if tick % every == every - 1 {
            ranges.look(engine);
        }
    }
    Measured { times, ranges, threads: rayon::current_num_threads(), ticks: engine.tick() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::world::scene::Scene;

    const SCENE: &str = "size = [32, 18]\n[node.set]\nsystem = \"escape\"\nsize = [16, 9]\n[node.a]\nsystem = \"noise\"\n\
         wind = \"set.smooth\"\n[[layer]]\nshow = \"a.value\"\n";

    fn engine() -> Engine {
        let scene = Scene::parse(SCENE, "s", Path::new("."), CATALOGUE).unwrap_or_else(|p| panic!("{p:?}"));
        Engine::new(scene, None).unwrap()
    }

    #[test]
    fn every_part_is_timed_every_value_sampled_and_the_result_is_unchanged() {
        let (mut measured, mut plain) = (engine(), engine());
        let m = measure(&mut measured, 1.0, || false);
        (0..60).for_each(|_| plain.step(&[]));
        let mut frames = [Frame::default(), Frame::default()];
        measured.compose(&mut frames[0]);
        plain.compose(&mut frames[1]);
        assert_eq!(frames[0], frames[1], "measuring changes the scene");
        let t = &m.times;
        // From tick 15 on, every second one timed part by part.
        assert_eq!([t.nodes[0].count(), t.nodes[1].count(), t.board.count(), t.frame.count()], [23; 4]);
        assert_eq!((t.tick.count(), t.nodes.len(), m.ticks), (22, 2, 60));
        let json = print::json(measured.scene(), 1, &m);
        assert_eq!(
            (json["nodes"][0]["name"].as_str(), json["nodes"][0]["system"].as_str()),
            (Some("set"), Some("escape"))
        );
        assert!(json["nodes"][1]["cells_per_second"].as_f64().unwrap() > 0.0);
        let value = json["outputs"].as_array().unwrap().iter().find(|o| o["name"] == "a.value").unwrap();
        let range = |key: &str| [0, 1].map(|i| value[key][i].as_f64().unwrap());
        let ([lo, hi], [first, last]) = (range("range"), range("percentiles_1_99"));
        assert!(
            value["declared"] == serde_json::json!([0.0, 1.0]) && lo <= first && first < last && last <= hi
        );
        let field = measured.field(1, 0);
        let (least, most) = field.extent(0);
        assert!(lo <= least as f64 + 1e-6 && most as f64 <= hi + 1e-6, "the last sample is one of them");
        let text = print::text(measured.scene(), &m);
        for word in ["set ", "16×9", "a.contrast", "tick, all at once", "frame "] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }

    #[test]
    fn a_run_that_is_ended_early_reports_what_there_is() {
        let left = std::cell::Cell::new(3);
        let m = measure(&mut engine(), 100.0, || left.replace(left.get() - 1) == 0);
        assert_eq!((m.ticks, m.times.tick.count()), (3, 0));
        assert!(print::text(engine().scene(), &m).contains("3 ticks"));
    }
}
