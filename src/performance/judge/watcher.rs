//! The judge on its own thread: always the newest picture, never blocking the show. A judge that crashes or stops
//! answering is detected.

use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::frame_judge::{FrameJudge, VerdictSignals};
use world::frame::Frame;

/// Timeout for a verdict.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// A verdict and when its picture was taken.
pub struct TimedVerdict {
    /// The signals.
    pub verdict: VerdictSignals,
    /// When the picture was passed to it.
    pub taken: Instant,
}

/// A picture queued for the judge, with the tick of the performance.
type JudgeFrame = (Frame, u64, Instant);

/// A running judge. It ends when this is dropped.
pub struct JudgeThread {
    pictures: SyncSender<JudgeFrame>,
    verdicts: Receiver<TimedVerdict>,
    used: Receiver<Frame>,
    spare: Vec<Frame>,
    waiting: Option<Instant>,
    thread: Option<JoinHandle<()>>,
}

impl JudgeThread {
    /// Starts the thread.
    pub fn start(watch: Box<dyn FrameJudge>) -> Self {
        let (pictures, inbox) = sync_channel(1);
        let (outbox, verdicts) = channel();
        let (back, used) = channel();
        let work = move || judge(watch, &inbox, &outbox, &back);
        let thread = std::thread::Builder::new().name("judge".into()).spawn(work).ok();
        Self { pictures, verdicts, used, spare: vec![Frame::default(); 2], waiting: None, thread }
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
        let Some(mut frame) = self.spare.pop() else { return };
        write(&mut frame);
        let now = Instant::now();
        match self.pictures.try_send((frame, tick, now)) {
            Ok(()) => self.waiting = Some(now),
            Err(TrySendError::Full((frame, ..)) | TrySendError::Disconnected((frame, ..))) => {
                self.spare.push(frame);
            }
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

fn judge(
    mut watch: Box<dyn FrameJudge>,
    inbox: &Receiver<JudgeFrame>,
    out: &Sender<TimedVerdict>,
    back: &Sender<Frame>,
) {
    while let Ok((frame, tick, taken)) = inbox.recv() {
        let verdict = watch.verdict(&frame, tick);
        if out.send(TimedVerdict { verdict, taken }).is_err() || back.send(frame).is_err() {
            return;
        }
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
