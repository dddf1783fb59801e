//! Runs the judge alongside the show: pictures in, verdicts out, boredom, and restarts when it crashes.

mod frame_judge;
mod watcher;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::votes_writer::VotesWriter;
pub use frame_judge::{FrameJudge, VerdictSignals};
use show::{DeviceState, GazeState, TasteCommand, TasteState, VerdictState};
use watcher::JudgeThread;
use world::engine::Engine;
use world::frame::Frame;

/// Opens a judge, each time one is needed.
pub type JudgeFactory = Box<dyn FnMut() -> Option<Box<dyn FrameJudge>> + Send>;

/// Seconds between pictures for the judge: of those that are drawn for the window, and at the latest, if none is.
pub const EVERY: [f32; 2] = [1.0 / 30.0, 0.08];
/// A novelty below this is nothing new.
const NEW: f64 = 0.35;
/// How often a crashed judge is restarted.
const MAX_RESTARTS: usize = 3;
/// What a verdict holds besides its classes.
const SCALARS: &[&str] = &["confidence", "entropy", "novelty", "unsure"];

/// The judge with its newest verdict.
pub struct JudgeRunner {
    factory: JudgeFactory,
    watcher: Option<JudgeThread>,
    signals: VerdictSignals,
    taken: Option<Instant>,
    rate: f32,
    last: Option<Instant>,
    shown: Option<Instant>,
    faults: usize,
    fault: Option<&'static str>,
    looking: bool,
    file: Option<PathBuf>,
    /// Opened for the first vote: a show without votes leaves no file.
    writer: Option<VotesWriter>,
}

impl JudgeRunner {
    /// Opens a judge; `None` if that fails. Votes on pictures are appended to the file, if one is given.
    pub fn open(mut factory: JudgeFactory, file: Option<PathBuf>) -> Option<Self> {
        let watcher = Some(JudgeThread::start(factory()?));
        let (signals, faults, fault) = (Vec::new(), 0, None);
        Some(Self {
            factory,
            watcher,
            signals,
            taken: None,
            rate: 0.0,
            last: None,
            shown: None,
            faults,
            fault,
            looking: false,
            file,
            writer: None,
        })
    }

    /// Passes the judge the picture of a tick if one is due.
    pub fn offer(&mut self, every: f32, tick: u64, write: impl FnOnce(&mut Frame)) {
        let Some(watcher) = &mut self.watcher else { return };
        if self.shown.is_none_or(|t| t.elapsed().as_secs_f32() >= every) {
            let (shown, now) = (&mut self.shown, Instant::now());
            watcher.offer(tick, |frame| {
                *shown = Some(now);
                write(frame);
            });
        }
    }

    /// Offers a picture that is composed for the judge alone.
    pub fn offer_late(&mut self, engine: &mut Engine, tick: u64) {
        self.offer(EVERY[1], tick, |frame| engine.compose(frame));
    }

    /// Passes on a vote on pictures of the show.
    pub fn rate(&mut self, command: TasteCommand) {
        self.watcher.iter().for_each(|w| w.rate(command));
    }

    /// Pictures to vote on, and what was learned.
    pub fn taste(&self) -> Option<Arc<TasteState>> {
        self.watcher.as_ref()?.taste()
    }

    /// Has the judge show where it looks, or no longer; one that takes its place goes on with it.
    pub fn look(&mut self, on: bool) {
        self.looking = on;
        self.watcher.iter().for_each(|w| w.look(on));
    }

    /// Whether it shows where it looks.
    pub fn is_looking(&self) -> bool {
        self.looking
    }

    /// Where it looks, while it shows that.
    pub fn gaze(&self) -> Option<Arc<GazeState>> {
        self.watcher.as_ref()?.gaze()
    }

    /// Hands votes that were cast to the thread that saves them.
    pub fn save_votes(&mut self) {
        let (Some(watcher), Some(file)) = (&self.watcher, &self.file) else { return };
        for vote in watcher.votes() {
            self.writer.get_or_insert_with(|| VotesWriter::start(file)).record(vote.line());
        }
    }

    /// Why votes are not saved, if they are not.
    pub fn problem(&self) -> Option<String> {
        self.writer.as_ref()?.problem()
    }

    /// Ends the judge; waits until all votes are saved, and returns the message about them.
    pub fn end(&mut self) -> Option<String> {
        self.watcher.iter_mut().for_each(JudgeThread::end);
        self.save_votes();
        self.watcher = None;
        self.writer.take().map(|mut writer| writer.end())
    }

    /// The verdict received since the last call, as signals.
    pub fn poll(&mut self) -> &[(String, f64)] {
        self.save_votes();
        let Some(watcher) = &mut self.watcher else { return &[] };
        let Some(seen) = watcher.verdict() else {
            if let Some(fault) = watcher.fault() {
                self.replace(fault);
            }
            return &[];
        };
        let gap = self.last.map_or(1.0, |t| t.elapsed().as_secs_f32()).max(1e-3);
        self.rate += (1.0 / gap - self.rate) * 0.15;
        (self.last, self.taken) = (Some(Instant::now()), Some(seen.taken));
        self.signals = seen.verdict;
        &self.signals
    }

    /// Restarts a crashed judge, a few times; then the show continues without it.
    fn replace(&mut self, fault: &'static str) {
        self.faults += 1;
        self.fault = Some(fault);
        (self.signals, self.taken) = (Vec::new(), None);
        let again = if self.faults <= MAX_RESTARTS { (self.factory)() } else { None };
        self.watcher = again.map(JudgeThread::start);
        self.watcher.iter().for_each(|w| w.look(self.looking));
        let action = if self.watcher.is_some() { "it is restarted" } else { "the show continues without it" };
        show::log::status(format!("the judge: {fault}; {action}"));
    }

    /// Its fault; reported until the next verdict.
    pub fn fault_state(&self) -> Option<DeviceState> {
        let fault = self.fault.filter(|_| self.signals.is_empty())?;
        let word = match self.watcher {
            Some(_) => format!("{fault}; it was restarted"),
            None => format!("{fault} {} times; the show continues without it", self.faults),
        };
        Some(DeviceState { what: "judge", name: "judge".into(), fine: false, word })
    }

    fn signal(&self, name: &str) -> f64 {
        let own = |s: &&(String, f64)| s.0.strip_prefix("judge.") == Some(name);
        self.signals.iter().find(own).map_or(0.0, |s| s.1)
    }

    /// Whether the newest verdict holds nothing new.
    pub fn is_bored(&self) -> bool {
        !self.signals.is_empty() && self.signal("novelty") < NEW
    }

    /// The newest verdict, for panels: the classes that this judge knows.
    pub fn verdict(&self) -> Option<VerdictState> {
        let age = self.taken?.elapsed().as_secs_f32();
        let classes = self.signals.iter().filter_map(|(name, p)| {
            let class = name.strip_prefix("judge.").filter(|c| !SCALARS.contains(c))?;
            Some((class.to_string(), *p as f32))
        });
        let mut top: Vec<(String, f32)> = classes.filter(|c| c.1.is_finite()).collect();
        top.sort_by(|a, b| b.1.total_cmp(&a.1));
        top.truncate(3);
        Some(VerdictState {
            top,
            confidence: self.signal("confidence") as f32,
            unsure: self.signal("unsure") >= 0.5,
            novelty: self.signal("novelty") as f32,
            age,
            rate: self.rate,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

    /// Has two classes of its own, and panics whenever the picture is one pixel wide.
    struct FailingJudge;
    impl FrameJudge for FailingJudge {
        fn verdict(&mut self, frame: &Frame, _: u64) -> VerdictSignals {
            assert!(frame.width > 1, "on purpose");
            let signals = [("cat", 0.25), ("dog", 0.75), ("confidence", 0.75), ("novelty", 0.5)];
            signals.map(|(n, v)| (format!("judge.{n}"), v)).to_vec()
        }
        fn gaze(&mut self, _: &Frame) -> Option<GazeState> {
            Some(GazeState::default())
        }
    }

    fn judged() -> (JudgeRunner, Arc<AtomicUsize>) {
        let opened = Arc::new(AtomicUsize::new(0));
        let count = opened.clone();
        let factory = move || {
            count.fetch_add(1, SeqCst);
            Some(Box::new(FailingJudge) as Box<dyn FrameJudge>)
        };
        (JudgeRunner::open(Box::new(factory), None).unwrap(), opened)
    }

    /// Shows it pictures `wide` pixels wide until `of` holds.
    fn show(judged: &mut JudgeRunner, wide: usize, of: impl Fn(&JudgeRunner) -> bool) {
        for _ in 0..10_000 {
            judged.offer(0.0, 1, |frame| frame.resize(wide, 1));
            judged.poll();
            if of(judged) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("it never happened");
    }

    #[test]
    fn a_custom_judge_is_shown_with_its_own_classes() {
        let (mut judged, _) = judged();
        show(&mut judged, 2, |j| j.verdict().is_some());
        let verdict = judged.verdict().unwrap();
        assert_eq!(verdict.top, [("dog".to_string(), 0.75), ("cat".to_string(), 0.25)]);
        assert_eq!((verdict.confidence, judged.fault_state()), (0.75, None));
    }

    #[test]
    fn a_judge_that_crashes_is_reported_and_restarted_a_few_times() {
        let (mut judged, opened) = judged();
        show(&mut judged, 2, |j| j.verdict().is_some());
        show(&mut judged, 1, |j| j.faults == 1);
        let fault_state = judged.fault_state().unwrap();
        assert!(!fault_state.fine && fault_state.word.contains("restarted"), "{}", fault_state.word);
        assert!(judged.verdict().is_none() && !judged.is_bored(), "nothing of the old verdict is left");
        show(&mut judged, 2, |j| j.verdict().is_some());
        assert_eq!((judged.fault_state(), opened.load(SeqCst)), (None, 2));
        show(&mut judged, 1, |j| j.watcher.is_none());
        assert_eq!(opened.load(SeqCst), 1 + MAX_RESTARTS);
        assert!(judged.fault_state().unwrap().word.contains("continues without it"));
    }

    #[test]
    fn one_that_takes_its_place_goes_on_showing_where_it_looks() {
        let (mut judged, opened) = judged();
        judged.look(true);
        show(&mut judged, 2, |j| j.gaze().is_some());
        show(&mut judged, 1, |j| j.faults == 1);
        assert_eq!((judged.gaze(), judged.is_looking()), (None, true));
        show(&mut judged, 2, |j| j.gaze().is_some());
        assert_eq!(opened.load(SeqCst), 2);
    }

    #[test]
    fn boredom_novelty_and_uncertainty_start_at_their_thresholds() {
        let (mut judged, _) = judged();
        let mut signals = |all: &[(&str, f64)]| {
            judged.signals = all.iter().map(|(n, v)| (format!("judge.{n}"), *v)).collect();
            judged.taken = Some(Instant::now());
            (judged.is_bored(), judged.verdict().unwrap())
        };
        assert!(signals(&[("novelty", 0.34)]).0 && !signals(&[("novelty", 0.35)]).0 && !signals(&[]).0);
        let all = [
            ("a", 0.1),
            ("entropy", 2.0),
            ("b", 0.4),
            ("c", 0.2),
            ("unsure", 0.5),
            ("d", 0.3),
            ("novelty", 0.6),
        ];
        let verdict = signals(&all).1;
        let top: Vec<&str> = verdict.top.iter().map(|t| t.0.as_str()).collect();
        assert_eq!(
            (top, verdict.unsure, verdict.novelty, verdict.confidence),
            (vec!["b", "d", "c"], true, 0.6, 0.0)
        );
        assert!(!signals(&[("unsure", 0.4)]).1.unsure && verdict.age < 600.0);
    }

    #[test]
    fn the_verdict_rate_is_smoothed_and_pictures_are_rate_limited() {
        let (mut judged, _) = judged();
        assert!(judged.verdict().is_none() && !judged.is_bored() && judged.fault_state().is_none());
        show(&mut judged, 2, |j| j.taken.is_some());
        assert_eq!(judged.rate, 0.15, "the first counts as one a second");
        judged.offer(1e6, 2, |_| panic!("it has seen one just now"));
        let Some(before) = Instant::now().checked_sub(Duration::from_secs(2)) else { return };
        judged.last = Some(before);
        show(&mut judged, 2, |j| j.last != Some(before));
        // Two seconds or a little more after the last: towards one half, or a little less.
        assert!((0.127..0.202_51).contains(&judged.rate), "{}", judged.rate);
    }

    #[test]
    fn without_a_judge_nothing_is_offered() {
        assert!(JudgeRunner::open(Box::new(|| None), None).is_none());
        let (mut judged, _) = judged();
        judged.watcher = None;
        judged.offer(0.0, 1, |_| panic!("nobody is there"));
        assert!(judged.poll().is_empty());
    }
}
