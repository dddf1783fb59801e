//! The judge on its own thread: always the newest picture, never in the way of the show.

use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::time::Instant;

use crate::cli::headless::{Verdict, Watch};
use crate::world::frame::Frame;

/// A verdict and when its picture was taken.
pub struct Seen {
    /// The signals.
    pub verdict: Verdict,
    /// When the picture was handed over.
    pub taken: Instant,
}

/// A judge that watches. It ends when this is dropped.
pub struct Live {
    pictures: SyncSender<(Frame, Instant)>,
    verdicts: Receiver<Seen>,
    used: Receiver<Frame>,
    spare: Vec<Frame>,
    waiting: bool,
}

impl Live {
    /// Starts the thread.
    pub fn start(watch: Box<dyn Watch>) -> Self {
        let (pictures, inbox) = sync_channel(1);
        let (outbox, verdicts) = channel();
        let (back, used) = channel();
        let _ = std::thread::Builder::new()
            .name("judge".into())
            .spawn(move || judge(watch, &inbox, &outbox, &back));
        Self { pictures, verdicts, used, spare: vec![Frame::default(); 2], waiting: false }
    }

    /// Whether it would take a picture now.
    pub fn wants_picture(&mut self) -> bool {
        self.spare.extend(self.used.try_iter());
        !self.waiting && !self.spare.is_empty()
    }

    /// Hands it a picture, written by `write`, if it wants one.
    pub fn offer(&mut self, write: impl FnOnce(&mut Frame)) {
        if !self.wants_picture() {
            return;
        }
        let Some(mut frame) = self.spare.pop() else { return };
        write(&mut frame);
        match self.pictures.try_send((frame, Instant::now())) {
            Ok(()) => self.waiting = true,
            Err(TrySendError::Full((frame, _)) | TrySendError::Disconnected((frame, _))) => {
                self.spare.push(frame)
            }
        }
    }

    /// The verdict that has come since the last call.
    pub fn verdict(&mut self) -> Option<Seen> {
        let seen = self.verdicts.try_iter().last();
        self.waiting &= seen.is_none();
        seen
    }
}

fn judge(
    mut watch: Box<dyn Watch>,
    inbox: &Receiver<(Frame, Instant)>,
    out: &Sender<Seen>,
    back: &Sender<Frame>,
) {
    while let Ok((frame, taken)) = inbox.recv() {
        let verdict = watch.look(&frame);
        if out.send(Seen { verdict, taken }).is_err() || back.send(frame).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Says which tick it saw.
    struct Echo;
    impl Watch for Echo {
        fn look(&mut self, frame: &Frame) -> Verdict {
            vec![("judge.tick".into(), frame.provenance.tick as f64)]
        }
    }

    /// Waits for the next verdict.
    fn next(live: &mut Live) -> f64 {
        (0..2000)
            .find_map(|_| {
                std::thread::sleep(Duration::from_millis(1));
                live.verdict().map(|s| s.verdict[0].1)
            })
            .expect("a verdict within two seconds")
    }

    #[test]
    fn each_picture_offered_to_an_idle_judge_gets_its_verdict() {
        let mut live = Live::start(Box::new(Echo));
        for tick in [3, 7, 9, 100] {
            while !live.wants_picture() {
                std::thread::sleep(Duration::from_millis(1));
            }
            live.offer(|f| f.provenance.tick = tick);
            live.offer(|_| panic!("a busy judge gets no second picture"));
            assert_eq!(next(&mut live), tick as f64);
        }
    }
}
