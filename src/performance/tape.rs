//! Every performance records a tape. A tape that has grown long ends at a scene change, where the next begins, so that
//! a show that runs for months leaves usable files. Files are opened and closed in the background.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use show::TapeWriter;
use world::tape::{Event, SceneEntry, TapeHeader, Transition};

/// Seconds between two marks on the tape.
const MARK: f64 = 2.0;
/// Bytes from which a tape ends at the next scene.
const MAX_BYTES: u64 = 64 << 20;
/// Limits of the folder of automatic tapes: number of tapes, and total bytes.
const MAX_KEPT: (usize, u64) = (100, 2 << 30);

/// One file.
struct TapeSegment {
    tape_writer: TapeWriter,
    /// The tick of the performance at which it begins.
    begun: u64,
    /// The tick from which it is self-contained: the transition into it is over.
    self_contained: u64,
}

impl TapeSegment {
    fn record(&mut self, tick: u64, event: &Event) {
        self.tape_writer.record(tick.saturating_sub(self.begun), event.clone());
    }
}

/// The tape of a performance, or its newest part.
pub struct TapeRecorder {
    first: PathBuf,
    parts: usize,
    max_bytes: u64,
    now: TapeSegment,
    /// The part that begins with an incoming scene; until it is self-contained, the one before holds everything too.
    next: Option<TapeSegment>,
    closing: Vec<JoinHandle<()>>,
    problem: Option<String>,
}

/// Removes the oldest tapes beyond what is kept.
pub fn prune(folder: &Path) {
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
        if i >= MAX_KEPT.0 || bytes > MAX_KEPT.1 {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl TapeRecorder {
    /// Starts a tape with the current scene.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path, rate: f64, entry: &SceneEntry) -> std::io::Result<Self> {
        Self::with_limit(path, rate, entry, MAX_BYTES)
    }

    fn with_limit(path: &Path, rate: f64, entry: &SceneEntry, max_bytes: u64) -> std::io::Result<Self> {
        let mut tape_writer = TapeWriter::create(path, &TapeHeader::new(&entry.name, rate))?;
        tape_writer.record(0, first(entry));
        let now = TapeSegment { tape_writer, begun: 0, self_contained: 0 };
        let (next, closing) = (None, Vec::new());
        Ok(Self { first: path.into(), parts: 1, max_bytes, now, next, closing, problem: None })
    }

    /// Records an event that acts before a tick of a show that makes `rate` of them per second.
    pub fn record(&mut self, tick: u64, rate: f64, event: &Event) {
        self.now.record(tick, event);
        match (&mut self.next, event) {
            // A morph moves knobs of the new scene from those of the old, which the next part would lack.
            (None, Event::Enter(entry))
                if entry.way != Transition::Morph && self.now.tape_writer.bytes() > self.max_bytes =>
            {
                self.start_next(tick, rate, entry);
            }
            (Some(next), event) => next.record(tick, event),
            _ => {}
        }
    }

    /// Starts the next part with the incoming scene; this one holds the transition too.
    fn start_next(&mut self, tick: u64, rate: f64, entry: &SceneEntry) {
        let stem = self.first.file_stem().unwrap_or_default().to_string_lossy();
        let extension = self.first.extension().map_or("tape".into(), |e| e.to_string_lossy());
        let numbered = |n: usize| self.first.with_file_name(format!("{stem}-{n}.{extension}"));
        // Tapes of earlier performances are not overwritten.
        let path = (self.parts + 1..).map(numbered).find(|p| !p.exists()).unwrap_or_else(|| numbered(0));
        let mut tape_writer = TapeWriter::begin(&path, TapeHeader::new(&entry.name, rate));
        tape_writer.record(0, first(entry));
        self.next = Some(TapeSegment { tape_writer, begun: tick, self_contained: tick + entry.ticks });
    }

    /// A tick has passed, of `rate` per second: `tick` so far.
    pub fn ticked(&mut self, tick: u64, rate: f64) {
        if tick.is_multiple_of((MARK * rate) as u64 + 1) {
            self.now.record(tick, &Event::Mark);
            self.next.iter_mut().for_each(|next| next.record(tick, &Event::Mark));
        }
        self.closing.retain(|c| !c.is_finished());
        match &self.next {
            Some(next) if next.tape_writer.problem().is_some() => {
                let (path, why) = (next.tape_writer.path().display().to_string(), next.tape_writer.problem());
                self.problem = Some(format!(
                    "cannot start the tape {path}: {}; recording continues in the old one",
                    why.unwrap_or_default()
                ));
                self.max_bytes = u64::MAX;
                let given_up = self.next.take();
                self.close(given_up);
            }
            Some(next) if tick >= next.self_contained && next.tape_writer.is_open() => {
                self.now.record(tick, &Event::Mark);
                if let Some(next) = self.next.take() {
                    self.parts += 1;
                    let whole = std::mem::replace(&mut self.now, next);
                    self.close(Some(whole));
                }
            }
            _ => {}
        }
    }

    /// Closes a part in the background, as the disk may be slow.
    fn close(&mut self, part: Option<TapeSegment>) {
        let thread = std::thread::Builder::new().name("tape end".into());
        self.closing.extend(thread.spawn(move || drop(part)).ok());
    }

    /// Path of its newest part.
    pub fn path(&self) -> &Path {
        self.now.tape_writer.path()
    }

    /// What went wrong with it.
    pub fn problem(&self) -> Option<String> {
        self.now.tape_writer.problem().or_else(|| self.problem.clone())
    }

    /// Ends the tape after `tick` ticks: everything is written. Returns the message about it.
    pub fn end(mut self, tick: u64) -> String {
        self.now.record(tick, &Event::Mark);
        let path = self.path().display().to_string();
        let problem = self.now.tape_writer.close().or_else(|| self.problem.take());
        self.closing.into_iter().for_each(|c| drop(c.join()));
        match problem {
            None => format!("tape: {tick} ticks in {path}"),
            Some(problem) => format!("{path}: {problem}"),
        }
    }
}

/// The first event of a tape: a cut to its scene.
fn first(entry: &SceneEntry) -> Event {
    Event::Enter(Box::new(SceneEntry { way: Transition::Cut, ticks: 0, ..entry.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use show::Director;
    use systems::CATALOGUE;
    use world::frame::Frame;
    use world::tape::Tape;

    fn entry(scale: f64, way: Transition, ticks: u64) -> SceneEntry {
        let text = format!(
            "size = [64, 36]\n[node.a]\nsystem = \"noise\"\nscale = {scale}\nspeed = 2\n[[layer]]\nshow = \"a.value\"\n"
        );
        let (name, folder) = (format!("s{scale}"), PathBuf::new());
        let (seed, size, knobs) = (Some(3), None, Vec::new());
        SceneEntry { name, folder, text, seed, size, knobs, way, ticks }
    }

    /// The last picture that a tape gives, after all of its ticks.
    fn last(path: &Path) -> Frame {
        let tape = Tape::read(&std::fs::read(path).unwrap()[..]).unwrap();
        let Event::Enter(first) = &tape.events[0].1 else { panic!("no scene") };
        let mut director = Director::new(CATALOGUE, first, None).unwrap();
        for tick in 0..tape.end() {
            let events: Vec<Event> = tape.at(tick).skip((tick == 0) as usize).cloned().collect();
            director.step(&events).unwrap();
        }
        let mut frame = Frame::default();
        director.compose(&mut frame);
        frame
    }

    #[test]
    fn each_part_of_a_long_tape_replays_its_pictures() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.tape");
        let first = entry(3.0, Transition::Cut, 0);
        let mut tape = TapeRecorder::with_limit(&path, 60.0, &first, 0).unwrap();
        let mut director = Director::new(CATALOGUE, &first, None).unwrap();
        let set = |v: f64| Event::Set("a.scale".into(), v);
        let mut seen = Vec::new();
        for tick in 0..300u64 {
            let events = match tick {
                20 => vec![set(4.0)],
                // Edits in the tick of a scene change act in order.
                100 => vec![set(9.0), Event::Enter(Box::new(entry(7.0, Transition::Dissolve, 60))), set(6.0)],
                120 => vec![set(5.0)],
                200 => vec![Event::Enter(Box::new(entry(2.0, Transition::Cut, 0)))],
                _ => Vec::new(),
            };
            // The writer is a separate thread: a part is long once something has reached the disk, and the next one
            // is there once its file is.
            while tape.now.tape_writer.bytes() == 0
                || tape.next.as_ref().is_some_and(|n| !n.tape_writer.is_open())
            {
                std::thread::yield_now();
            }
            events.iter().for_each(|e| {
                tape.record(tick, 60.0, e);
                director.apply(e).unwrap();
            });
            while tape.next.as_ref().is_some_and(|n| !n.tape_writer.is_open()) {
                std::thread::yield_now();
            }
            director.advance();
            tape.ticked(tick + 1, 60.0);
            if [159, 199, 299].contains(&tick) {
                let mut frame = Frame::default();
                director.compose(&mut frame);
                seen.push(frame);
            }
        }
        assert!(tape.end(300).contains("300 ticks"));
        let part = |n: usize| folder.path().join(format!("long-{n}.tape"));
        assert_eq!(last(&part(3)).rgba, seen[2].rgba);
        // The second ends with the transition out of it, the first with the transition into the second.
        let second = Tape::read(&std::fs::read(part(2)).unwrap()[..]).unwrap();
        assert_eq!((second.events[0].0, second.end()), (0, 101));
        let whole = Tape::read(&std::fs::read(&path).unwrap()[..]).unwrap();
        assert_eq!(whole.end(), 160);
        assert_eq!(last(&path).rgba, seen[0].rgba);
        let mut until_200 = Tape::read(&std::fs::read(part(2)).unwrap()[..]).unwrap();
        until_200.events.retain(|e| e.0 < 100);
        until_200.record(100, Event::Mark);
        std::fs::write(part(2), {
            let mut b = Vec::new();
            until_200.write(&mut b).unwrap();
            b
        })
        .unwrap();
        assert_eq!(last(&part(2)).rgba, seen[1].rgba);
    }

    #[test]
    fn if_the_next_tape_cannot_be_written_recording_continues_in_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        // The longest name there is: the next one is longer.
        let path = folder.path().join(format!("{}.tape", "x".repeat(250)));
        let mut tape = TapeRecorder::with_limit(&path, 60.0, &entry(3.0, Transition::Cut, 0), 0).unwrap();
        while tape.now.tape_writer.bytes() == 0 {
            std::thread::yield_now();
        }
        let enter = Event::Enter(Box::new(entry(7.0, Transition::Cut, 0)));
        tape.record(10, 60.0, &enter);
        for tick in 11.. {
            std::thread::sleep(std::time::Duration::from_millis(1));
            tape.ticked(tick, 60.0);
            if tape.next.is_none() {
                break;
            }
        }
        assert!(tape.problem().is_some_and(|p| p.contains("x-2.tape") && p.contains("continues")));
        tape.record(5000, 60.0, &Event::Reseed(4));
        tape.end(5001);
        let whole = Tape::read(&std::fs::read(&path).unwrap()[..]).unwrap();
        assert!(whole.events.contains(&(10, enter)) && whole.events.contains(&(5000, Event::Reseed(4))));
    }

    #[test]
    fn the_next_tape_overwrites_none_of_an_earlier_performance() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("long-2.tape"), "an earlier one").unwrap();
        let mut tape =
            TapeRecorder::with_limit(&at("long.tape"), 60.0, &entry(3.0, Transition::Cut, 0), 0).unwrap();
        while tape.now.tape_writer.bytes() == 0 {
            std::thread::yield_now();
        }
        tape.record(10, 60.0, &Event::Enter(Box::new(entry(7.0, Transition::Cut, 0))));
        tape.end(11);
        assert_eq!(std::fs::read(at("long-2.tape")).unwrap(), b"an earlier one");
        assert!(at("long-3.tape").is_file());
    }

    #[test]
    fn old_tapes_are_removed_and_new_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        for i in 0..MAX_KEPT.0 + 5 {
            std::fs::write(folder.path().join(format!("2026{i:04}.tape")), "x").unwrap();
        }
        std::fs::write(folder.path().join("0 mine.txt"), "x").unwrap();
        prune(folder.path());
        let left: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(left.len(), MAX_KEPT.0 + 1);
        assert!(left.contains(&"0 mine.txt".to_string()) && !left.contains(&"20260004.tape".to_string()));
    }

    fn read(path: &Path) -> Tape {
        Tape::read(&std::fs::read(path).unwrap()[..]).unwrap()
    }

    #[test]
    fn the_tape_is_marked_every_two_seconds_and_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let mut tape = TapeRecorder::create(&path, 60.0, &entry(3.0, Transition::Dissolve, 40)).unwrap();
        (1..=300).for_each(|tick| tape.ticked(tick, 60.0));
        assert_eq!((tape.path(), tape.problem()), (&*path, None));
        assert_eq!(tape.end(300), format!("tape: 300 ticks in {}", path.display()));
        let ticks: Vec<u64> = read(&path).events.iter().map(|e| e.0).collect();
        assert_eq!(ticks, [0, 121, 242, 300]);
        let Event::Enter(first) = &read(&path).events[0].1 else { panic!("a scene") };
        assert_eq!((first.way, first.ticks), (Transition::Cut, 0), "it is there from the beginning");
    }

    #[test]
    fn a_short_tape_and_a_morph_continue_in_the_same_file() {
        for (max_bytes, way) in [(MAX_BYTES, Transition::Dissolve), (0, Transition::Morph)] {
            let folder = tempfile::tempdir().unwrap();
            let mut tape = TapeRecorder::with_limit(
                &folder.path().join("a.tape"),
                60.0,
                &entry(3.0, Transition::Cut, 0),
                max_bytes,
            )
            .unwrap();
            while tape.now.tape_writer.bytes() == 0 {
                std::thread::yield_now();
            }
            tape.record(10, 60.0, &Event::Enter(Box::new(entry(7.0, way, 30))));
            assert!(tape.next.is_none(), "{way:?}");
            (11..99).for_each(|tick| tape.ticked(tick, 60.0));
            tape.end(99);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn a_tape_that_ended_early_says_so_at_the_end() {
        if !crate::skip::full() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let mut tape = TapeRecorder::create(&path, 60.0, &entry(3.0, Transition::Cut, 0)).unwrap();
        tape.now.tape_writer = TapeWriter::begin(Path::new("/dev/full"), TapeHeader::new("a", 60.0));
        while tape.problem().is_none() {
            std::thread::yield_now();
        }
        let message = tape.end(5);
        assert!(message.starts_with("/dev/full: tape recording stopped"), "{message}");
    }

    /// Sparse files: long, without taking up space.
    #[test]
    fn old_tapes_are_removed_when_the_total_is_too_long() {
        let folder = tempfile::tempdir().unwrap();
        for (name, length) in
            [("1.tape", 9), ("2.tape", MAX_KEPT.1 / 2), ("3.tape", MAX_KEPT.1 / 2 - 1), ("4.tape", 1)]
        {
            std::fs::File::create(folder.path().join(name)).unwrap().set_len(length).unwrap();
        }
        prune(folder.path());
        let mut left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["2.tape", "3.tape", "4.tape"]);
        prune(&folder.path().join("nowhere"));
    }
}
