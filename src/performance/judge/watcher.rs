//! The judge on its own thread: always the newest picture, never blocking the show. A judge that crashes or stops
//! answering is detected.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::frame_judge::{FrameJudge, VerdictSignals};
use show::{GazeState, TasteCommand, TasteState};
use world::frame::Frame;
use world::taste::TasteVote;

/// Timeout for a verdict.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// How long the end of a show waits for its last votes.
const LAST: Duration = Duration::from_millis(500);
/// Votes that may wait; people cast no more.
const WAITING: usize = 64;

/// A verdict and when its picture was taken.
pub struct TimedVerdict {
    /// The signals.
    pub verdict: VerdictSignals,
    /// When the picture was passed to it.
    pub taken: Instant,
}

/// What is queued for the judge.
enum JudgeTask {
    /// A picture, with the tick of the performance.
    Picture(Frame, u64, Instant),
    /// A vote on pictures.
    Taste(TasteCommand),
}

/// Where the judge's thread puts what it made.
struct Outbox {
    verdicts: Sender<TimedVerdict>,
    used: Sender<Frame>,
    votes: Sender<TasteVote>,
    taste: Shared<TasteState>,
    looking: Arc<AtomicBool>,
    gaze: Shared<GazeState>,
}

impl Outbox {
    fn show(&self, taste: Option<TasteState>) {
        put(&self.taste, taste);
    }

    /// Where the judge looks, if somebody asks.
    fn look(&self, watch: &mut dyn FrameJudge, frame: &Frame) {
        if self.looking.load(Ordering::Relaxed) {
            put(&self.gaze, watch.gaze(frame));
        }
    }
}

/// What one thread shows another.
type Shared<T> = Arc<Mutex<Option<Arc<T>>>>;

fn put<T>(shared: &Shared<T>, value: Option<T>) {
    *shared.lock().unwrap_or_else(|e| e.into_inner()) = value.map(Arc::new);
}

fn get<T>(shared: &Shared<T>) -> Option<Arc<T>> {
    shared.lock().unwrap_or_else(|e| e.into_inner()).clone()
}

/// A running judge. It ends when this is dropped.
pub struct JudgeThread {
    tasks: Option<SyncSender<JudgeTask>>,
    verdicts: Receiver<TimedVerdict>,
    used: Receiver<Frame>,
    spare: Vec<Frame>,
    waiting: Option<Instant>,
    thread: Option<JoinHandle<()>>,
    votes: Receiver<TasteVote>,
    taste: Shared<TasteState>,
    looking: Arc<AtomicBool>,
    gaze: Shared<GazeState>,
}

impl JudgeThread {
    /// Starts the thread.
    pub fn start(watch: Box<dyn FrameJudge>) -> Self {
        let (tasks, inbox) = sync_channel(WAITING);
        let ((to, verdicts), (back, used), (cast, votes)) = (channel(), channel(), channel());
        let (taste, looking, gaze) = (Shared::default(), Arc::<AtomicBool>::default(), Shared::default());
        let shown = (taste.clone(), looking.clone(), gaze.clone());
        let outbox =
            Outbox { verdicts: to, used: back, votes: cast, taste: shown.0, looking: shown.1, gaze: shown.2 };
        outbox.show(watch.taste());
        let work = move || judge(watch, &inbox, &outbox);
        let thread = std::thread::Builder::new().name("judge".into()).spawn(work).ok();
        let spare = vec![Frame::default(); 2];
        let tasks = Some(tasks);
        Self { tasks, verdicts, used, spare, waiting: None, thread, votes, taste, looking, gaze }
    }

    /// Whether it would take a picture now.
    pub fn wants_picture(&mut self) -> bool {
        self.spare.extend(self.used.try_iter());
        self.waiting.is_none() && !self.spare.is_empty()
    }

    /// Passes it a picture of a tick, written by `write`, if it wants one.
    pub fn offer(&mut self, tick: u64, write: impl FnOnce(&mut Frame)) {
        if !self.wants_picture() {
            return;
        }
        let (Some(mut frame), Some(tasks)) = (self.spare.pop(), &self.tasks) else { return };
        write(&mut frame);
        let now = Instant::now();
        match tasks.try_send(JudgeTask::Picture(frame, tick, now)) {
            Ok(()) => self.waiting = Some(now),
            Err(TrySendError::Full(task) | TrySendError::Disconnected(task)) => {
                if let JudgeTask::Picture(frame, ..) = task {
                    self.spare.push(frame);
                }
            }
        }
    }

    /// Passes it a vote on pictures; one that a busy judge cannot take soon is lost.
    pub fn rate(&self, command: TasteCommand) {
        if let Some(tasks) = &self.tasks {
            let _ = tasks.try_send(JudgeTask::Taste(command));
        }
    }

    /// Votes that were cast since the last call.
    pub fn votes(&self) -> impl Iterator<Item = TasteVote> + '_ {
        self.votes.try_iter()
    }

    /// Pictures to vote on, and what was learned.
    pub fn taste(&self) -> Option<Arc<TasteState>> {
        get(&self.taste)
    }

    /// Has it show where it looks in each picture that it takes from now on, or no longer.
    pub fn look(&self, on: bool) {
        self.looking.store(on, Ordering::Relaxed);
        put(&self.gaze, None);
    }

    /// Where it looks, if it shows that and has seen a picture since.
    pub fn gaze(&self) -> Option<Arc<GazeState>> {
        self.looking.load(Ordering::Relaxed).then(|| get(&self.gaze)).flatten()
    }

    /// Ends the thread once it has taken what is queued; waits half a second for that at most.
    pub fn end(&mut self) {
        self.tasks = None;
        let begun = Instant::now();
        while self.thread.as_ref().is_some_and(|t| !t.is_finished()) && begun.elapsed() < LAST {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The verdict received since the last call.
    pub fn verdict(&mut self) -> Option<TimedVerdict> {
        let seen = self.verdicts.try_iter().last();
        self.waiting.take_if(|_| seen.is_some());
        seen
    }

    /// Why no further verdict will arrive, if none will.
    pub fn fault(&self) -> Option<&'static str> {
        match &self.waiting {
            _ if self.thread.as_ref().is_none_or(JoinHandle::is_finished) => Some("it crashed"),
            Some(since) if since.elapsed() > TIMEOUT => Some("it has given no verdict for ten seconds"),
            _ => None,
        }
    }
}

fn judge(mut watch: Box<dyn FrameJudge>, inbox: &Receiver<JudgeTask>, out: &Outbox) {
    while let Ok(task) = inbox.recv() {
        match task {
            JudgeTask::Picture(frame, tick, taken) => {
                let verdict = watch.verdict(&frame, tick);
                let sent = out.verdicts.send(TimedVerdict { verdict, taken }).is_ok();
                out.look(&mut *watch, &frame);
                if !sent || out.used.send(frame).is_err() {
                    return;
                }
            }
            JudgeTask::Taste(command) => {
                if watch.rate(command).is_some_and(|vote| out.votes.send(vote).is_err()) {
                    return;
                }
            }
        }
        out.show(watch.taste());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports which tick it saw, and panics at 999.
    struct EchoJudge;
    impl FrameJudge for EchoJudge {
        fn verdict(&mut self, _: &Frame, tick: u64) -> VerdictSignals {
            assert_ne!(tick, 999, "on purpose");
            vec![("judge.tick".into(), tick as f64)]
        }
    }

    /// Waits until there is something; at most ten seconds.
    fn wait<T>(mut of: impl FnMut() -> Option<T>) -> T {
        (0..10_000)
            .find_map(|_| {
                std::thread::sleep(Duration::from_millis(1));
                of()
            })
            .expect("within ten seconds")
    }

    #[test]
    fn each_picture_offered_to_an_idle_judge_gets_its_verdict() {
        let mut watcher = JudgeThread::start(Box::new(EchoJudge));
        for tick in [3, 7, 9, 100] {
            wait(|| watcher.wants_picture().then_some(()));
            watcher.offer(tick, |_| ());
            watcher.offer(tick, |_| panic!("a busy judge gets no second picture"));
            assert_eq!(wait(|| watcher.verdict()).verdict[0].1, tick as f64);
        }
        assert_eq!(watcher.fault(), None);
    }

    #[test]
    fn a_judge_that_panics_is_detected() {
        let mut watcher = JudgeThread::start(Box::new(EchoJudge));
        watcher.offer(999, |_| ());
        assert_eq!(wait(|| watcher.fault()), "it crashed");
    }

    /// Looks at the pixel that the width of a picture names.
    struct Pointer;
    impl FrameJudge for Pointer {
        fn verdict(&mut self, _: &Frame, _: u64) -> VerdictSignals {
            VerdictSignals::new()
        }
        fn gaze(&mut self, frame: &Frame) -> Option<GazeState> {
            Some(GazeState { size: (frame.width, frame.height), values: vec![1.0], class: "it".into() })
        }
    }

    #[test]
    fn it_shows_where_it_looks_only_when_asked() {
        let mut watcher = JudgeThread::start(Box::new(Pointer));
        let show = |watcher: &mut JudgeThread, width: usize| {
            wait(|| watcher.wants_picture().then_some(()));
            watcher.offer(1, |frame| frame.resize(width, 2));
            wait(|| watcher.verdict());
            // The picture comes back after it was looked at.
            wait(|| (watcher.spare.len() + watcher.used.try_iter().count() > 1).then_some(()));
            watcher.spare.resize_with(2, Frame::default);
            watcher.gaze().map(|g| g.size)
        };
        assert_eq!(show(&mut watcher, 3), None);
        watcher.look(true);
        assert_eq!(show(&mut watcher, 4), Some((4, 2)));
        assert_eq!(show(&mut watcher, 5), Some((5, 2)));
        watcher.look(false);
        assert_eq!((watcher.gaze(), show(&mut watcher, 6)), (None, None));
        watcher.look(true);
        assert_eq!(watcher.gaze(), None, "what it saw before is gone");
    }

    /// Answers once it may.
    struct SlowJudge(Receiver<()>);
    impl FrameJudge for SlowJudge {
        fn verdict(&mut self, _: &Frame, _: u64) -> VerdictSignals {
            let _ = self.0.recv();
            VerdictSignals::new()
        }
    }

    #[test]
    fn a_silent_judge_is_detected_after_its_timeout_and_accepted_when_it_answers() {
        let (go, may) = channel();
        let mut watcher = JudgeThread::start(Box::new(SlowJudge(may)));
        assert!(watcher.wants_picture() && watcher.fault().is_none());
        watcher.offer(1, |frame| frame.resize(3, 2));
        assert!(!watcher.wants_picture() && watcher.fault().is_none() && watcher.verdict().is_none());
        let Some(long_ago) = Instant::now().checked_sub(TIMEOUT * 2) else { return };
        watcher.waiting = Some(long_ago);
        assert_eq!(watcher.fault(), Some("it has given no verdict for ten seconds"));
        go.send(()).unwrap();
        wait(|| watcher.verdict());
        assert!(watcher.fault().is_none() && watcher.waiting.is_none());
        wait(|| watcher.wants_picture().then_some(()));
        assert!(watcher.verdict().is_none(), "it is returned once");
    }
}
