//! The command queue: the commands of all control inputs, in the order sent. Sending never blocks, and the reader takes
//! everything at once.
//!
//! It is bounded, even while the show hangs: once it is long, a queued value is replaced by the newest for the same
//! destination; once it is full, one-off commands (a cue, an undo) are rejected and counted.

use std::collections::VecDeque;
use std::sync::mpsc::{RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::Command;
use world::system::Phase;
use world::tape::Event;

/// Length from which queued values are coalesced.
pub const LONG: usize = 1024;
/// Capacity for all but vital commands.
pub const FULL: usize = 8 * LONG;

/// What both ends share.
#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<QueueState>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct QueueState {
    commands: VecDeque<Command>,
    rejected: u64,
}

/// The sending end.
#[derive(Clone, Debug)]
pub struct CommandSender(Arc<Queue>);

/// The receiving end.
#[derive(Debug)]
pub struct CommandReceiver(Arc<Queue>);

/// Both ends of an empty queue.
pub fn command_queue() -> (CommandSender, CommandReceiver) {
    let queue = Arc::new(Queue::default());
    (CommandSender(queue.clone()), CommandReceiver(queue))
}

impl Queue {
    /// Ignores poisoning: the queue is consistent whatever happened to the thread that held it.
    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.waiting.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl CommandSender {
    /// Sends a command.
    pub fn send(&self, command: Command) {
        self.0.lock().take(command);
        self.0.arrived.notify_one();
    }

    /// Commands rejected because the queue was full.
    pub fn rejected(&self) -> u64 {
        self.0.lock().rejected
    }
}

impl QueueState {
    fn take(&mut self, command: Command) {
        if self.commands.len() >= LONG
            && let Some(key) = coalesce_key(&command)
            && let Some(older) =
                self.commands.iter_mut().rev().find(|c| coalesce_key(c).as_ref() == Some(&key))
        {
            *older = command;
        } else if self.commands.len() < FULL || command.is_vital() {
            self.commands.push_back(command);
        } else {
            self.rejected += 1;
        }
    }
}

/// What a command sets, if a later value supersedes an earlier one.
#[derive(PartialEq)]
enum CoalesceKey<'a> {
    Knob(&'a str),
    Signal(&'a str),
    Touch(u32),
    Tempo,
    Vital(std::mem::Discriminant<Command>),
}

fn coalesce_key(command: &Command) -> Option<CoalesceKey<'_>> {
    Some(match command {
        Command::Event(Event::Set(address, _)) | Command::Travel(address, _) => CoalesceKey::Knob(address),
        Command::Event(Event::Signal(name, _)) => CoalesceKey::Signal(name),
        Command::Event(Event::Touch(t)) if t.phase == Phase::Move => CoalesceKey::Touch(t.id),
        Command::Tempo(_) => CoalesceKey::Tempo,
        other if other.is_vital() => CoalesceKey::Vital(std::mem::discriminant(other)),
        _ => return None,
    })
}

impl CommandReceiver {
    /// All queued commands, in order.
    pub fn take(&self) -> VecDeque<Command> {
        std::mem::take(&mut self.0.lock().commands)
    }

    /// The same as an iterator.
    pub fn try_iter(&self) -> impl Iterator<Item = Command> {
        self.take().into_iter()
    }

    /// The next command.
    ///
    /// # Errors
    /// The queue is empty.
    pub fn try_recv(&self) -> Result<Command, TryRecvError> {
        self.0.lock().commands.pop_front().ok_or(TryRecvError::Empty)
    }

    /// Waits for the next command.
    ///
    /// # Errors
    /// None arrives within the timeout.
    pub fn recv_timeout(&self, timeout: Duration) -> Result<Command, RecvTimeoutError> {
        let until = Instant::now() + timeout;
        let mut own = self.0.lock();
        loop {
            if let Some(command) = own.commands.pop_front() {
                return Ok(command);
            }
            let left = until.checked_duration_since(Instant::now()).ok_or(RecvTimeoutError::Timeout)?;
            own = self.0.arrived.wait_timeout(own, left).unwrap_or_else(|e| e.into_inner()).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CueTarget;

    fn set(address: &str, value: f64) -> Command {
        Command::Event(Event::Set(address.into(), value))
    }

    #[test]
    fn commands_arrive_in_the_order_sent() {
        let (out, inbox) = command_queue();
        let sent = [set("a.b", 1.0), Command::Keep(2), set("a.b", 3.0), Command::Undo, Command::Pause(true)];
        sent.iter().for_each(|c| out.send(c.clone()));
        assert_eq!(inbox.take(), sent);
        assert!(inbox.take().is_empty());
    }

    #[test]
    fn while_nobody_reads_values_are_coalesced_and_the_queue_stays_bounded() {
        let (out, inbox) = command_queue();
        for i in 0..3 * FULL {
            out.send(set(["a.b", "a.c"][i % 2], i as f64));
        }
        assert_eq!(inbox.0.lock().commands.len(), LONG);
        // One-off commands are queued while there is room, a reset always.
        (0..2 * FULL).for_each(|_| out.send(Command::Cue(CueTarget::Go)));
        (0..9).for_each(|_| out.send(Command::Reset));
        assert_eq!(out.rejected(), (2 * FULL - (FULL - LONG)) as u64);
        let all = inbox.take();
        assert_eq!(all.len(), FULL + 1);
        assert_eq!(all.back(), Some(&Command::Reset));
        let last = |address: &str| {
            all.iter().rev().find_map(|c| match c {
                Command::Event(Event::Set(a, v)) if *a == address => Some(*v),
                _ => None,
            })
        };
        assert_eq!(last("a.c"), Some((3 * FULL - 1) as f64));
        assert_eq!(last("a.b"), Some((3 * FULL - 2) as f64));
    }

    #[test]
    fn a_waiting_reader_is_woken() {
        let (out, inbox) = command_queue();
        assert!(inbox.recv_timeout(Duration::from_millis(5)).is_err());
        let sender = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(10));
            out.send(Command::Step);
        });
        let begun = Instant::now();
        assert_eq!(inbox.recv_timeout(Duration::from_secs(60)), Ok(Command::Step));
        assert!(begun.elapsed() < Duration::from_secs(30), "it timed out instead of being woken");
        sender.join().unwrap();
    }

    #[test]
    fn signals_touch_moves_and_the_tempo_are_coalesced_but_touch_down_and_up_never() {
        use world::system::Touch;
        let (out, inbox) = command_queue();
        (0..LONG).for_each(|i| out.send(set(&format!("a.{i}"), 0.0)));
        let signal = |v| Command::Event(Event::Signal("osc.x".into(), v));
        let touch = |id, phase| {
            let (x, y, dx, dy, radius, strength) = (0.5, 0.5, 0.0, 0.0, 0.1, 1.0);
            Command::Event(Event::Touch(Touch { id, x, y, dx, dy, radius, strength, phase }))
        };
        let sent = [
            signal(1.0),
            Command::Tempo(90.0),
            touch(1, Phase::Down),
            touch(1, Phase::Move),
            touch(2, Phase::Move),
            touch(1, Phase::Move),
            touch(1, Phase::Up),
            touch(1, Phase::Down),
            signal(2.0),
            Command::Tempo(91.0),
            Command::Travel("a.7".into(), 0.5),
        ];
        sent.iter().for_each(|c| out.send(c.clone()));
        let all: Vec<Command> = inbox.take().into_iter().collect();
        assert_eq!(all[7], Command::Travel("a.7".into(), 0.5), "a knob is a knob, however it is moved");
        let rest = [
            signal(2.0),
            Command::Tempo(91.0),
            touch(1, Phase::Down),
            touch(1, Phase::Move),
            touch(2, Phase::Move),
            touch(1, Phase::Up),
            touch(1, Phase::Down),
        ];
        assert_eq!(all[LONG..], rest);
    }

    #[test]
    fn commands_are_read_one_by_one_or_all_at_once() {
        let (out, inbox) = command_queue();
        assert_eq!(inbox.try_recv(), Err(TryRecvError::Empty));
        [Command::Undo, Command::Redo, Command::Tap].into_iter().for_each(|c| out.send(c));
        assert_eq!(inbox.try_recv(), Ok(Command::Undo));
        assert_eq!(inbox.try_iter().collect::<Vec<_>>(), [Command::Redo, Command::Tap]);
        assert_eq!((inbox.try_iter().count(), out.rejected()), (0, 0));
        out.send(Command::Beat);
        assert_eq!(inbox.recv_timeout(Duration::ZERO), Ok(Command::Beat), "a queued command needs no wait");
    }
}
