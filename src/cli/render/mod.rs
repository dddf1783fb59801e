//! `untrained render SCENE`: a scene to pictures, a GIF or a video, with a contact sheet and a table of signals.

mod hashes;
mod replay;
pub mod sound;

use std::path::{Path, PathBuf};

use super::fields::Fields;
use super::headless::Headless;
use super::load::{self, SceneSource};
use super::{Failure, Outcome};
use crate::CATALOGUE;
use crate::output::{
    ContactSheet, CsvValue, CsvWriter, Done, Format, Interrupt, OutputError, Sink, open, progress,
};
use crate::show::flash::FlashLimiter;
use crate::sound::ClipAnalyser;
use crate::world::frame::Frame;

use hashes::Hashes;
use sound::{SoundTarget, Soundtrack};

/// Arguments of `render`.
#[derive(clap::Args)]
pub struct Args {
    /// A scene file, or the name of a shipped scene.
    #[arg(
        required_unless_present = "tape",
        conflicts_with = "tape",
        default_value = "",
        hide_default_value = true
    )]
    scene: String,
    /// Length, in seconds of the simulation clock: 10, or the whole tape, if not given.
    #[arg(long)]
    seconds: Option<f64>,
    /// Picture size (the scene's own unless given), such as 1920x1080.
    #[arg(long, value_name = "WxH", value_parser = super::play::parse_size)]
    size: Option<(usize, usize)>,
    /// Pictures a second: 30, or with --tape every tick, if not given.
    #[arg(long)]
    fps: Option<f64>,
    /// What to write: a folder (PNG sequence), or a file ending in .gif, .mp4, .mkv, .webm, or .png (last picture); with
    /// --fields a file ending in .npy.
    #[arg(long, required_unless_present = "hash")]
    out: Option<PathBuf>,
    /// Write no files: print a hash of each picture, and at the end one of the sound. Equal hashes are equal bytes, so this
    /// tells whether two machines or versions make the same.
    #[arg(long, conflicts_with_all = ["out", "fields", "wav", "only"])]
    hash: bool,
    /// Write these outputs of nodes as numbers instead of pictures, such as gas.density,gas.velocity: an array of shape
    /// (frames, planes, height, width).
    #[arg(long, value_name = "NODE.OUTPUT,…", value_delimiter = ',')]
    fields: Vec<String>,
    /// Seed instead of the scene's own.
    #[arg(long)]
    seed: Option<u64>,
    /// Seconds to run before the first picture.
    #[arg(long, default_value_t = 0.0)]
    skip: f64,
    /// Replay a performance from the tape that `play` left: the same pictures, bit for bit; with --size the same
    /// worlds on a canvas of another size.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seed", "fields", "model"])]
    tape: Option<PathBuf>,
    /// Hold flashes back as the stage does (WCAG 2.3.1): at most three a second.
    #[arg(long)]
    limit_flashes: bool,
    /// Render without the judge.
    #[arg(long)]
    no_judge: bool,
    /// Weights of another judge than the shipped one.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Let the scene listen to a sound file (wav, flac, mp3, ogg, and all that an installed ffmpeg reads: opus, m4a, …), from its
    /// beginning on; it is heard in the video too.
    #[arg(long, value_name = "FILE", conflicts_with = "fields")]
    listen: Option<PathBuf>,
    /// Write the sound to a WAV file. A video has it anyway, and a folder gets sound.wav, if the scene has voices.
    #[arg(long, value_name = "FILE", conflicts_with = "fields")]
    wav: Option<PathBuf>,
    /// Write no sound.
    #[arg(long, conflicts_with = "wav")]
    no_sound: bool,
    /// Write neither contact sheet nor table.
    #[arg(long)]
    only: bool,
}

impl Args {
    /// Ten seconds of a scene as pictures in a folder, for `play` where there is no display.
    pub fn folder(scene: String, out: PathBuf) -> Self {
        let (seconds, fps, skip, limit_flashes) = (None, None, 0.0, false);
        let (listen, wav, no_sound) = (None, None, false);
        let (size, seed, tape, no_judge, model, only) = (None, None, None, false, None, false);
        let fields = Vec::new();
        Self {
            scene,
            seconds,
            size,
            fps,
            out: Some(out),
            hash: false,
            fields,
            seed,
            skip,
            tape,
            limit_flashes,
            no_judge,
            model,
            listen,
            wav,
            no_sound,
            only,
        }
    }
    fn sound(&self) -> SoundTarget<'_> {
        let silent = self.no_sound || !self.fields.is_empty();
        SoundTarget { out: self.out(), wav: self.wav.as_deref(), silent, hash: self.hash }
    }
    /// Where it goes; nowhere if hashes are printed.
    fn out(&self) -> &Path {
        self.out.as_deref().unwrap_or(Path::new(""))
    }
    /// What takes the pictures.
    fn sink(&self, format: Format) -> Result<Box<dyn Sink>, OutputError> {
        match self.hash {
            true => Ok(Box::new(Hashes::default())),
            false => open(self.out(), format),
        }
    }
    /// Whether a contact sheet and a table are wanted.
    fn more(&self) -> bool {
        !self.only && !self.hash
    }
    /// Another picture size than the scene's own.
    pub fn with_size(self, size: Option<(usize, usize)>) -> Self {
        Self { size, ..self }
    }
    /// Another seed than the scene's own.
    pub fn with_seed(self, seed: Option<u64>) -> Self {
        Self { seed, ..self }
    }
    /// Another judge than the shipped one, or none.
    pub fn with_judge(self, no_judge: bool, model: Option<PathBuf>) -> Self {
        Self { no_judge, model, ..self }
    }
}

/// Renders. Ctrl-C ends it with what is done so far, whole.
pub fn run(args: &Args) -> Outcome {
    match &args.tape {
        Some(tape) => replay::replay(args, tape),
        None => render(args, SceneSource::find(&args.scene)?),
    }
}

fn checked(args: &Args) -> Outcome {
    let within = |v: Option<f64>, most: f64| v.is_none_or(|v| v > 0.0 && v <= most);
    match within(args.seconds, 86400.0) && within(args.fps, 1000.0) && args.skip >= 0.0 {
        true => Ok(()),
        false => {
            Err(Failure::input("expected --seconds in 0..86400, --fps in 0..1000 and --skip of at least 0"))
        }
    }
}

/// As [`run`], of a scene that is found already.
pub fn render(args: &Args, source: SceneSource) -> Outcome {
    checked(args)?;
    let scene = source.load(CATALOGUE)?;
    let scene = args.size.map_or(scene.clone(), |s| scene.with_size(s));
    let watch = match args.no_judge {
        true => None,
        false => super::watching::open(args.model.as_deref())?,
    };
    let born = Headless::new(scene, args.seed, watch);
    let mut show = born.map_err(|p| load::report(&source.name(), source.text().unwrap_or_default(), &p))?;
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

/// What a render is for.
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
        tell(&path, frames, what, early);
        Ok(())
    }
}

/// Says what was made; hashes have told themselves.
fn tell(path: &Path, frames: u64, what: &str, early: bool) {
    if path.as_os_str().is_empty() {
        return;
    }
    let word = if early { "interrupted; what was done is whole: " } else { "" };
    println!("{word}{} ({frames} {what})", path.display());
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
