//! `untrained render SCENE`: a scene to pictures, a GIF or a video, with a contact sheet and a table of signals.

mod args;
mod done;
mod hashes;
mod replay;
pub mod sound;

use super::fields::Fields;
use super::headless::Headless;
use super::load::{self, SceneSource};
use super::{Failure, Outcome};
use crate::CATALOGUE;
use crate::output::{
    ContactSheet, CsvValue, CsvWriter, Done, Format, Interrupt, OutputError, Sink, progress,
};
use crate::show::flash::FlashLimiter;
use crate::sound::ClipAnalyser;
use crate::world::frame::Frame;

pub use args::Args;
use args::checked;
use done::print_result;
use sound::Soundtrack;

/// Renders. Ctrl-C stops early and leaves complete files.
pub fn run(args: &Args) -> Outcome {
    match &args.tape {
        Some(tape) => replay::replay(args, tape),
        None => render(args, SceneSource::find(&args.scene)?),
    }
}

/// As [`run`], of a scene that has been found.
pub fn render(args: &Args, source: SceneSource) -> Outcome {
    checked(args)?;
    let scene = source.load(CATALOGUE)?;
    let scene = args.size.map_or(scene.clone(), |s| scene.with_size(s));
    let watch = match args.no_judge {
        true => None,
        false => super::watching::open_with(args.model.as_deref(), args.taste.as_deref())?,
    };
    let created = Headless::new(scene, args.seed, watch);
    let mut show =
        created.map_err(|p| load::report(&source.name(), source.text().unwrap_or_default(), &p))?;
    let (seconds, fps) = (args.seconds.unwrap_or(10.0), args.fps.unwrap_or(30.0));
    let count = (seconds * fps).round().max(1.0) as u64;
    let clip = args.listen.as_deref().map(sound::clip).transpose()?;
    let mut files = Files::create(args, &show, count)?;
    let interrupt = Interrupt::install();
    let bar = progress(count, &source.name(), "pictures");
    let (rate, mut frame) = (show.engine.scene().rate, Frame::default());
    let mut limiter = args.limit_flashes.then(FlashLimiter::default);
    let first = (args.skip * rate).round();
    let mut listening = clip.as_ref().map(|c| ClipAnalyser::new(c, rate));
    let voices = !show.engine.scene().voices.is_empty() && args.fields.is_empty();
    let mut track = Soundtrack::create(&args.sound(), voices, rate, clip.as_ref(), first as u64)?;
    for i in 0..count {
        let until = (first + (i + 1) as f64 * rate / fps).floor() as u64;
        while show.engine.tick() < until && !interrupt.asked() {
            let tick = show.engine.tick();
            let events = sound::heard(&mut listening, show.engine.scene(), tick);
            show.step(&events);
            track.iter_mut().try_for_each(|t| t.tick(&show.engine, tick, &[]))?;
        }
        if interrupt.asked() {
            break;
        }
        show.engine.compose(&mut frame);
        limiter.iter_mut().for_each(|l| l.pass(&mut frame, i as f64 / fps));
        files.add(&show, &frame)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    files.finish(interrupt.asked())?;
    track.map_or(Ok(()), Soundtrack::finish)
}

impl From<OutputError> for Failure {
    fn from(e: OutputError) -> Self {
        if e.is_usage() { Failure::input(e) } else { Failure::failed(e) }
    }
}

/// The output of a render.
enum RenderTarget {
    Pictures(Box<dyn Sink>),
    Fields(Fields),
}

/// What one render writes.
struct Files {
    main: RenderTarget,
    extra: Option<(ContactSheet, CsvWriter, Vec<String>)>,
}

impl Files {
    fn create(args: &Args, show: &Headless, count: u64) -> Result<Self, Failure> {
        let (width, height) = show.engine.scene().size;
        let main = match args.fields.is_empty() {
            true => {
                RenderTarget::Pictures(args.sink(Format { width, height, rate: args.fps.unwrap_or(30.0) })?)
            }
            false => RenderTarget::Fields(Fields::create(&args.fields, show, args.out())?),
        };
        if !args.more() {
            return Ok(Self { main, extra: None });
        }
        let out = args.out();
        let beside = |ending: &str| match out.extension() {
            None => out.join(ending),
            Some(_) => out.with_extension(ending),
        };
        let names = columns(show);
        let mut head = vec!["tick".to_string(), "seconds".to_string()];
        head.extend(names.iter().cloned());
        let sheet = ContactSheet::new(&beside("sheet.png"), 12, 320, count)?;
        Ok(Self { main, extra: Some((sheet, CsvWriter::create(&beside("signals.csv"), &head)?, names)) })
    }

    fn add(&mut self, show: &Headless, frame: &Frame) -> Result<(), Failure> {
        match &mut self.main {
            RenderTarget::Pictures(sink) => sink.frame(frame)?,
            RenderTarget::Fields(fields) => fields.add(show)?,
        }
        if let Some((sheet, table, names)) = &mut self.extra {
            sheet.frame(frame)?;
            let mut cells =
                vec![CsvValue::Whole(show.engine.tick()), CsvValue::Number(show.engine.seconds())];
            cells.extend(names.iter().map(|n| CsvValue::Number(show.engine.signals().get(n))));
            table.row(&cells)?;
        }
        Ok(())
    }

    fn finish(self, early: bool) -> Outcome {
        let (Done { path, frames }, what) = match self.main {
            RenderTarget::Pictures(sink) => (sink.finish()?, "pictures"),
            RenderTarget::Fields(fields) => (fields.finish()?, "frames"),
        };
        if let Some((sheet, table, _)) = self.extra {
            table.finish()?;
            if frames > 0 {
                Box::new(sheet).finish()?;
            }
        }
        print_result(&path, frames, what, early);
        Ok(())
    }
}

/// Readouts of every node, then the judge's verdict.
fn columns(show: &Headless) -> Vec<String> {
    let scene = show.engine.scene();
    let nodes = scene.nodes.iter();
    let mut names: Vec<String> =
        nodes.flat_map(|n| n.kind.readouts.iter().map(|r| format!("{}.{}", n.name, r.name))).collect();
    if show.is_watched() {
        names.extend(["confidence", "entropy", "novelty", "unsure"].map(|n| format!("judge.{n}")));
        names.extend(crate::systems::rules().map(|k| format!("judge.{}", k.name)));
    }
    names
}
