//! `untrained render --tape FILE`: a whole performance rendered again from its tape alone.

use std::path::Path;

use super::args::{Args, checked};
use super::done::print_result;
use super::sound::{self, Soundtrack};
use crate::CATALOGUE;
use crate::cli::{Failure, Outcome};
use crate::output::{ContactSheet, Done, Format, Interrupt, Sink, progress};
use crate::show::Director;
use crate::show::flash::FlashLimiter;
use crate::world::frame::{Frame, fit};
use crate::world::tape::{Event, SceneEntry, Tape};

/// Reads a tape, which starts with a scene.
///
/// # Errors
/// It cannot be read, is of another version, or does not start with a scene (exit code 2).
pub fn read(path: &Path) -> Result<(Tape, SceneEntry), Failure> {
    let fail = |e: String| Failure::input(format!("{}: {e}", path.display()));
    let file = std::fs::File::open(path).map_err(|e| fail(e.to_string()))?;
    let tape = Tape::read(std::io::BufReader::new(file)).map_err(|e| fail(e.to_string()))?;
    match tape.events.first() {
        Some((0, Event::Enter(entry))) => {
            let entry = SceneEntry::clone(entry);
            Ok((tape, entry))
        }
        _ => Err(fail("line 2 of the tape: expected the first scene".into())),
    }
}

/// Replays a tape to pictures, a GIF or a video.
pub fn replay(args: &Args, path: &Path) -> Outcome {
    checked(args)?;
    let (tape, first) = read(path)?;
    let failure = |p: Vec<crate::world::scene::Problem>| {
        let texts: Vec<String> = p.iter().map(ToString::to_string).collect();
        Failure::input(format!("{}: {}", path.display(), texts.join("; ")))
    };
    let mut director = Director::new(CATALOGUE, &first, args.size).map_err(failure)?;
    let rate = tape.header.rate;
    let fps = args.fps.unwrap_or(rate);
    let begin = (args.skip * rate).round();
    let seconds = args.seconds.unwrap_or((tape.end() as f64 - begin) / rate);
    let count = (seconds * fps).round().max(1.0) as u64;
    let (width, height) = director.front().scene().size;
    let mut sink = args.sink(Format { width, height, rate: fps })?;
    let mut sheet =
        args.more().then(|| ContactSheet::new(&beside(args.out()), 12, 320, count)).transpose()?;
    // A later scene may have voices: the sound of a performance is always written if there is a path for it.
    let speaks =
        |e: &Event| matches!(e, Event::Enter(entry) | Event::Swap(entry) if entry.text.contains("[voice."));
    let voices = tape.events.iter().any(|(_, e)| speaks(e));
    let clip = args.listen.as_deref().map(sound::clip).transpose()?;
    let mut track = Soundtrack::create(&args.sound(), voices, rate, clip.as_ref(), begin as u64)?;
    let interrupt = Interrupt::install();
    let bar = progress(count, &tape.header.scene, "pictures");
    let mut limiter = args.limit_flashes.then(FlashLimiter::default);
    let mut frame = Frame::default();
    for i in 0..count {
        let until = (begin + (i + 1) as f64 * rate / fps).floor() as u64;
        while director.tick() < until && !interrupt.asked() {
            // The first event is the scene that plays already.
            let skip = (director.tick() == 0) as usize;
            let events: Vec<Event> = tape.at(director.tick()).skip(skip).cloned().collect();
            let tick = director.tick();
            if let Err(problems) = director.step(&events) {
                eprintln!("tick {}: {}", director.tick(), failure(problems).report);
            }
            track.iter_mut().try_for_each(|t| t.tick(director.front(), tick, &events))?;
        }
        if interrupt.asked() {
            break;
        }
        director.compose(&mut frame);
        fit(&mut frame, (width, height));
        limiter.iter_mut().for_each(|l| l.pass(&mut frame, i as f64 / fps));
        sink.frame(&frame)?;
        sheet.iter_mut().try_for_each(|s| s.frame(&frame))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    finish(sink, sheet, interrupt.asked())?;
    track.map_or(Ok(()), Soundtrack::finish)
}

fn beside(out: &Path) -> std::path::PathBuf {
    if out.extension().is_none() { out.join("sheet.png") } else { out.with_extension("sheet.png") }
}

fn finish(sink: Box<dyn Sink>, sheet: Option<ContactSheet>, early: bool) -> Outcome {
    let Done { path, frames } = sink.finish()?;
    if let Some(sheet) = sheet
        && frames > 0
    {
        Box::new(sheet).finish()?;
    }
    print_result(&path, frames, "pictures", early);
    Ok(())
}
