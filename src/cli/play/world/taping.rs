//! Every performance leaves its tape. A tape that has grown long ends where another scene comes, and the next begins
//! there, so that a show that runs for months leaves files that can be used.

use std::path::{Path, PathBuf};

use super::{Args, Played};
use crate::cli::Failure;
use crate::cli::play::state_folder;
use crate::show::Reel;
use crate::show::health::of_this_run;
use crate::world::names::component;
use crate::world::scene::Scene;
use crate::world::tape::{Entry, Event, Header, Passage};

/// Seconds between two marks on the tape.
const MARK: f64 = 2.0;
/// Bytes from which on a tape ends at the next scene.
const LONG: u64 = 64 << 20;
/// Tapes that are kept in the folder of those that nobody asked for, and their bytes together.
const KEPT: (usize, u64) = (100, 2 << 30);

/// The tape of a performance, or its newest part.
pub struct Taping {
    first: PathBuf,
    parts: usize,
    long: u64,
    reel: Reel,
    begun: u64,
    /// The part before, until the passage into this one is over: (reel, its first tick, its last).
    before: Option<(Reel, u64, u64)>,
    problem: Option<String>,
}

/// Opens the tape that is asked for, or one in the folder of tapes.
///
/// # Errors
/// A tape that was asked for cannot be written. One that nobody asked for is told and left out.
pub fn open(args: &Args, scene: &Scene, entry: &Entry) -> Result<Option<Taping>, Failure> {
    if args.no_tape {
        return Ok(None);
    }
    let path = args.tape.as_deref().map(of_this_run).unwrap_or_else(|| {
        let folder = state_folder().join("tapes");
        prune(&folder);
        let stamp = chrono::Local::now().format("%Y%m%d-%H%M%S");
        folder.join(format!("{stamp}-{}-{}.tape", component(&scene.name), std::process::id()))
    });
    match Taping::create(&path, scene.rate, entry, LONG) {
        Ok(taping) => Ok(Some(taping)),
        Err(e) if args.tape.is_some() => {
            Err(Failure::failed(format!("cannot write the tape {}: {e}", path.display())))
        }
        Err(e) => {
            eprintln!("no tape in {}: {e}; the show goes on without", path.display());
            Ok(None)
        }
    }
}

/// Removes the oldest tapes beyond what is kept.
fn prune(folder: &Path) {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let tapes = files.filter(|f| f.path().extension().is_some_and(|e| e == "tape"));
    let mut all: Vec<(String, u64, PathBuf)> = tapes
        .filter_map(|f| {
            Some((f.file_name().to_string_lossy().into_owned(), f.metadata().ok()?.len(), f.path()))
        })
        .collect();
    // Names begin with the time.
    all.sort();
    let mut bytes = 0;
    for (i, (_, length, path)) in all.iter().rev().enumerate() {
        bytes += length;
        if i >= KEPT.0 || bytes > KEPT.1 {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Taping {
    fn create(path: &Path, rate: f64, entry: &Entry, long: u64) -> std::io::Result<Self> {
        Ok(Self {
            first: path.into(),
            parts: 1,
            long,
            reel: begin(path, rate, entry)?,
            begun: 0,
            before: None,
            problem: None,
        })
    }

    /// Events that act at a tick of a show that makes `rate` of them a second.
    pub fn keep(&mut self, tick: u64, rate: f64, events: &[Event]) {
        let enters = events.iter().find_map(|e| match e {
            // A morph moves knobs of the new scene from those of the old, which the next part would not know.
            Event::Enter(entry) if entry.way != Passage::Morph => Some(entry),
            _ => None,
        });
        let turns = enters.filter(|_| self.reel.bytes() > self.long && self.before.is_none());
        if let Some(entry) = turns {
            self.turn(tick, rate, entry, events);
        } else {
            events.iter().for_each(|e| self.reel.record(tick - self.begun, e.clone()));
        }
        if (tick - self.begun).is_multiple_of((MARK * rate) as u64 + 1) {
            self.reel.record(tick - self.begun, Event::Mark);
        }
        if let Some((reel, begun, end)) = &mut self.before {
            events.iter().for_each(|e| reel.record(tick - *begun, e.clone()));
            if tick >= *end {
                reel.record(tick - *begun, Event::Mark);
                self.before = None;
            }
        }
    }

    /// The next part begins with the scene that comes; the part before holds the passage too.
    fn turn(&mut self, tick: u64, rate: f64, entry: &Entry, events: &[Event]) {
        let stem = self.first.file_stem().unwrap_or_default().to_string_lossy();
        let ending = self.first.extension().map_or("tape".into(), |e| e.to_string_lossy());
        let path = self.first.with_file_name(format!("{stem}-{}.{ending}", self.parts + 1));
        match begin(&path, rate, entry) {
            Ok(reel) => {
                let old = std::mem::replace(&mut self.reel, reel);
                self.before = Some((old, self.begun, tick + entry.ticks));
                (self.begun, self.parts) = (tick, self.parts + 1);
                let rest = events.iter().filter(|e| !matches!(e, Event::Enter(_)));
                rest.for_each(|e| self.reel.record(0, e.clone()));
            }
            Err(e) => {
                self.problem = Some(format!("no new tape in {}: {e}; the old one goes on", path.display()));
                self.long = u64::MAX;
                events.iter().for_each(|e| self.reel.record(tick - self.begun, e.clone()));
            }
        }
    }

    /// Where its newest part is.
    pub fn path(&self) -> &Path {
        self.reel.path()
    }

    /// What went wrong with it.
    pub fn problem(&self) -> Option<String> {
        self.reel.problem().or_else(|| self.problem.clone())
    }
}

fn begin(path: &Path, rate: f64, entry: &Entry) -> std::io::Result<Reel> {
    let mut reel = Reel::create(path, &Header::new(&entry.name, rate))?;
    reel.record(0, Event::Enter(Box::new(Entry { way: Passage::Cut, ticks: 0, ..entry.clone() })));
    Ok(reel)
}

impl Drop for Played {
    fn drop(&mut self) {
        let tick = self.director.tick();
        let Some(mut tape) = self.tape.take() else { return };
        tape.reel.record(tick - tape.begun, Event::Mark);
        let (path, problem) = (tape.reel.path().to_path_buf(), tape.problem());
        drop(tape);
        match problem {
            None => println!("tape: {tick} ticks in {}", path.display()),
            Some(problem) => eprintln!("{}: {problem}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Director;
    use crate::world::frame::Frame;
    use crate::world::tape::Tape;

    fn entry(scale: f64, way: Passage, ticks: u64) -> Entry {
        let text = format!(
            "size = [64, 36]\n[node.a]\nsystem = \"noise\"\nscale = {scale}\nspeed = 2\n[[layer]]\nshow = \"a.value\"\n"
        );
        let (name, folder) = (format!("s{scale}"), PathBuf::new());
        Entry { name, folder, text, seed: Some(3), size: None, way, ticks }
    }

    /// The last picture that a tape gives, after all of its ticks.
    fn last(path: &Path) -> Frame {
        let tape = Tape::read(&std::fs::read(path).unwrap()[..]).unwrap();
        let Event::Enter(first) = &tape.events[0].1 else { panic!("no scene") };
        let mut director = Director::new(first, None).unwrap();
        for tick in 0..tape.end() {
            let events: Vec<Event> = tape.at(tick).skip((tick == 0) as usize).cloned().collect();
            director.step(&events).unwrap();
        }
        let mut frame = Frame::default();
        director.compose(&mut frame);
        frame
    }

    #[test]
    fn each_part_of_a_long_tape_gives_its_pictures_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.tape");
        let first = entry(3.0, Passage::Cut, 0);
        let mut tape = Taping::create(&path, 60.0, &first, 0).unwrap();
        let mut director = Director::new(&first, None).unwrap();
        let set = |v: f64| Event::Set("a.scale".into(), v);
        let mut seen = Vec::new();
        for tick in 0..300u64 {
            let events = match tick {
                20 => vec![set(4.0)],
                // Nothing may be missing that a hand did in the very tick in which the scene came.
                100 => vec![set(9.0), Event::Enter(Box::new(entry(7.0, Passage::Dissolve, 60)))],
                120 => vec![set(5.0)],
                200 => vec![Event::Enter(Box::new(entry(2.0, Passage::Cut, 0)))],
                _ => Vec::new(),
            };
            // The writer has a thread of its own; a part is long once something has reached the disk.
            while tape.reel.bytes() == 0 {
                std::thread::yield_now();
            }
            tape.keep(tick, 60.0, &events);
            director.step(&events).unwrap();
            if [159, 199, 299].contains(&tick) {
                let mut frame = Frame::default();
                director.compose(&mut frame);
                seen.push(frame);
            }
        }
        tape.reel.record(300 - tape.begun, Event::Mark);
        drop(tape);
        let part = |n: usize| folder.path().join(format!("long-{n}.tape"));
        assert_eq!(last(&part(3)).rgba, seen[2].rgba);
        // The second ends with the passage out of it, the first with the passage into the second.
        let second = Tape::read(&std::fs::read(part(2)).unwrap()[..]).unwrap();
        assert_eq!((second.events[0].0, second.end()), (0, 100));
        let whole = Tape::read(&std::fs::read(&path).unwrap()[..]).unwrap();
        assert_eq!(whole.end(), 160);
        assert_eq!(last(&path).rgba, seen[0].rgba);
        assert_eq!(last(&part(2)).rgba, seen[1].rgba);
    }

    #[test]
    fn old_tapes_go_and_new_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        for i in 0..KEPT.0 + 5 {
            std::fs::write(folder.path().join(format!("2026{i:04}.tape")), "x").unwrap();
        }
        std::fs::write(folder.path().join("0 mine.txt"), "x").unwrap();
        prune(folder.path());
        let left: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(left.len(), KEPT.0 + 1);
        assert!(left.contains(&"0 mine.txt".to_string()) && !left.contains(&"20260004.tape".to_string()));
    }
}
