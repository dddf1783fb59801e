//! The keeper of the devices: opens them, notices when one has gone silent (its callbacks stop, whatever the system
//! says), goes over to another or to none, and comes back when the wanted one does. The picture never notices.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rtrb::{Consumer, RingBuffer};

use super::input::AudioInput;
use super::open_device::{Backend, OpenDevice, RetryBackoff, find};
use super::recording::AudioRecording;
use super::status::{AudioStatus, DeviceChoice};
use crate::feedback_suppressor::{FeedbackSuppressor, LOOKS};
use crate::file::{Clip, ReadAhead, ReadAheadWorker};
use crate::synth::{Synth, SynthHandle, SynthStatus, synth};
use crate::{RATE, analysis};
use show::DeviceState;

/// Between two looks at everything.
const ROUND: Duration = Duration::from_millis(10);
/// Between two searches for the wanted device while another stands in.
const SEARCH: Duration = Duration::from_secs(2);
/// How long the opening of a device waits for the closing of another: sound servers that have died take both at once
/// badly.
const CLOSE: Duration = Duration::from_secs(2);

/// What the keeper is asked for.
pub struct DeviceCommand {
    /// Where the sound goes.
    pub speaker: DeviceChoice,
    /// What is listened to.
    pub microphone: DeviceChoice,
    /// Ticks a second of the show.
    pub ticks: f64,
    /// Played along.
    pub clip: Option<Clip>,
}

/// Keeps the devices.
pub struct DeviceManager<B: Backend> {
    backend: B,
    order: DeviceCommand,
    status: Arc<AudioStatus>,
    wires: Sender<SynthHandle>,
    out: Option<OpenDevice<B::Stream>>,
    /// Without a device the synth is played by this clock, unheard, so that recordings go on.
    alone: Option<(Synth, Instant, u64)>,
    shared: Arc<SynthStatus>,
    /// Decodes the clip for the synth that plays.
    feed: Option<ReadAhead>,
    tap: Consumer<f32>,
    rate: u32,
    out_again: RetryBackoff,
    out_word: String,
    searched: Instant,
    input: Option<(OpenDevice<B::Stream>, AudioInput)>,
    closing: Vec<(JoinHandle<()>, Instant)>,
    ear_again: RetryBackoff,
    ear_word: String,
    guard: FeedbackSuppressor,
    looked: Instant,
    film: Option<AudioRecording>,
    block: Vec<f32>,
}

impl<B: Backend> DeviceManager<B> {
    /// A keeper that sends the wires of every new synth to `wires`.
    pub fn new(
        backend: B,
        order: DeviceCommand,
        status: Arc<AudioStatus>,
        wires: Sender<SynthHandle>,
    ) -> Self {
        let now = Instant::now();
        let mut keeper = Self {
            backend,
            order,
            status,
            wires,
            out: None,
            alone: None,
            shared: Arc::default(),
            feed: None,
            tap: RingBuffer::new(1).1,
            rate: RATE,
            out_again: RetryBackoff::new(),
            out_word: String::new(),
            searched: now,
            input: None,
            closing: Vec::new(),
            ear_again: RetryBackoff::new(),
            ear_word: String::new(),
            guard: FeedbackSuppressor::default(),
            looked: now,
            film: None,
            block: vec![0.0; 1024],
        };
        keeper.play_alone();
        keeper
    }

    /// Keeps until the board closes; then the sound fades, and the devices are closed.
    pub fn run(mut self) {
        while !self.status.is_closing() {
            self.round();
            std::thread::sleep(ROUND);
        }
        self.shared.set_volume(0.0);
        if self.out.is_some() {
            std::thread::sleep(Duration::from_millis(150));
        }
        self.drain();
        self.film = None;
        let (out, input) = (self.out.take(), self.input.take().map(|e| e.0));
        out.into_iter().chain(input).for_each(|running| self.close(running));
        while !self.may_open() {
            std::thread::sleep(ROUND);
        }
    }

    fn round(&mut self) {
        self.keep_speaker();
        self.keep_microphone();
        self.keep_clock();
        self.look_for_loops();
        self.shared.set_volume(self.status.volume());
        self.follow_film();
        self.drain();
        let states =
            [(&self.order.speaker, self.speaker_state()), (&self.order.microphone, self.ear_state())];
        let wanted = states.into_iter().filter(|(w, _)| **w != DeviceChoice::Nothing);
        self.status.tell(wanted.map(|s| s.1).collect());
    }

    fn keep_speaker(&mut self) {
        let count = self.shared.played();
        if let Some(mut running) = self.out.take() {
            match running.is_gone(count) {
                true => {
                    self.out_word = format!("{} has gone", running.name);
                    self.close(running);
                    self.play_alone();
                }
                false => self.out = Some(running),
            }
        }
        if self.out.as_ref().is_some_and(|r| !r.wanted) && self.searched.elapsed() > SEARCH {
            self.searched = Instant::now();
            self.go_back();
        }
        let wants = self.out.is_none() && self.order.speaker != DeviceChoice::Nothing;
        if wants && self.out_again.is_over() && self.may_open() {
            self.open_speaker();
        }
    }

    /// The wanted device first, then whatever there is.
    fn open_speaker(&mut self) {
        let mut attempts = vec![None];
        if let DeviceChoice::Named(name) = &self.order.speaker {
            attempts.insert(0, Some(name.clone()));
        }
        for (i, name) in attempts.into_iter().enumerate() {
            match self.try_speaker(name.as_deref(), i == 0) {
                Ok(()) => return self.out_again.well(),
                Err(e) => self.out_word = e,
            }
        }
        self.out_again.failed();
    }

    fn try_speaker(&mut self, name: Option<&str>, wanted: bool) -> Result<(), String> {
        let failed = Arc::new(AtomicBool::new(false));
        let (ticks, clip, volume) = (self.order.ticks, self.order.clip.clone(), self.status.volume());
        let mut made = None;
        let mut make = |rate: u32| {
            let (track, feeder) = clip.as_ref().map(|c| c.feed(rate)).unzip();
            let (mut synth, wires) = synth(rate, ticks, track);
            let (tap, heard) = RingBuffer::new(4 * rate as usize);
            synth.tap(tap);
            wires.shared.set_volume(volume);
            made = Some((wires, heard, rate, feeder));
            synth
        };
        let (stream, name) = self.backend.play(name, &mut make, failed.clone())?;
        let Some((wires, tap, rate, feeder)) = made else {
            return Err("the device asked for no sound".into());
        };
        self.drain();
        (self.shared, self.tap, self.rate, self.alone) = (wires.shared.clone(), tap, rate, None);
        self.feed = feeder.map(ReadAheadWorker::run);
        // If the show has ended there is nobody to hear either.
        let _ = self.wires.send(wires);
        self.out = Some(OpenDevice::new(stream, name, wanted, failed));
        self.out_word.clear();
        Ok(())
    }

    /// The wanted device is there again while another stands in.
    fn go_back(&mut self) {
        let DeviceChoice::Named(name) = &self.order.speaker else { return };
        if find(&self.backend.speakers(), name).is_none() {
            return;
        }
        self.shared.set_volume(0.0);
        std::thread::sleep(Duration::from_millis(120));
        if let Some(old) = self.out.take() {
            self.close(old);
        }
        self.play_alone();
    }

    fn close(&mut self, running: OpenDevice<B::Stream>) {
        self.closing.extend(running.release().map(|thread| (thread, Instant::now())));
    }

    /// Whether everything that was to close has closed, or will not.
    fn may_open(&mut self) -> bool {
        self.closing.retain(|(thread, since)| !thread.is_finished() && since.elapsed() < CLOSE);
        self.closing.is_empty()
    }

    fn play_alone(&mut self) {
        let (track, feeder) = self.order.clip.as_ref().map(|c| c.feed(RATE)).unzip();
        let (mut synth, wires) = synth(RATE, self.order.ticks, track);
        self.feed = feeder.map(ReadAheadWorker::run);
        let (tap, heard) = RingBuffer::new(4 * RATE as usize);
        synth.tap(tap);
        self.drain();
        (self.shared, self.tap, self.rate) = (wires.shared.clone(), heard, RATE);
        self.alone = Some((synth, Instant::now(), 0));
        let _ = self.wires.send(wires);
    }

    /// Plays as much as time has passed.
    fn keep_clock(&mut self) {
        let Some((synth, since, done)) = &mut self.alone else { return };
        let due = (since.elapsed().as_secs_f64() * RATE as f64) as u64;
        // After a long standstill the past is not made up for.
        *done = (*done).max(due.saturating_sub(RATE as u64 / 2));
        while *done < due {
            let n = (due - *done).min(512) as usize;
            synth.render(&mut self.block[..2 * n]);
            *done += n as u64;
        }
    }

    fn keep_microphone(&mut self) {
        if let Some((mut running, input)) = self.input.take() {
            match running.is_gone(input.frames()) {
                true => {
                    self.ear_word = format!("{} has gone", running.name);
                    self.close(running);
                    drop(input);
                }
                false => self.input = Some((running, input)),
            }
        }
        let wants = self.input.is_none() && self.order.microphone != DeviceChoice::Nothing;
        if wants && self.ear_again.is_over() && self.may_open() {
            self.open_microphone();
        }
    }

    fn open_microphone(&mut self) {
        let name = match &self.order.microphone {
            DeviceChoice::Named(name) => Some(name.clone()),
            _ => None,
        };
        let failed = Arc::new(AtomicBool::new(false));
        let (mut made, status) = (None, self.status.clone());
        let mut make = |rate: u32, channels: usize| {
            let (input, callback) = AudioInput::open(rate, channels, status.clone());
            made = Some(input);
            callback
        };
        match (self.backend.listen(name.as_deref(), &mut make, failed.clone()), made) {
            (Ok((stream, name)), Some(input)) => {
                let running = OpenDevice::new(stream, name, true, failed);
                self.input = Some((running, input));
                self.ear_again.well();
                self.ear_word.clear();
            }
            (Err(e), _) => {
                self.ear_word = e;
                self.ear_again.failed();
            }
            _ => self.ear_again.failed(),
        }
    }

    fn look_for_loops(&mut self) {
        if self.looked.elapsed().as_secs_f32() < 1.0 / LOOKS {
            return;
        }
        self.looked = Instant::now();
        let heard = match (&self.input, analysis::place("rms")) {
            (Some(_), Some(i)) => self.status.heard().get(i).copied().unwrap_or(0.0) as f32,
            _ => 0.0,
        };
        let factor = self.guard.look(self.shared.loudness(), heard);
        self.shared.set_suppression(factor);
        self.status.set_suppression_db(self.guard.down());
    }

    /// Begins or ends the file of a recording.
    fn follow_film(&mut self) {
        let wanted = self.status.film();
        if self.film.as_ref().map(AudioRecording::path) != wanted.as_deref() {
            self.film = None;
            self.film = wanted.and_then(|path| AudioRecording::begin(path, self.rate));
        }
    }

    /// What was played goes into the recording, if there is one.
    fn drain(&mut self) {
        let n = self.tap.slots();
        let Ok(chunk) = self.tap.read_chunk(n) else { return };
        if let Some(film) = self.film.as_mut().filter(|_| n > 0) {
            let (a, b) = chunk.as_slices();
            if !film.add([a, b].concat(), self.rate) {
                self.status.lose();
            }
        }
        chunk.commit_all();
    }

    fn speaker_state(&self) -> DeviceState {
        let down = self.guard.down();
        let (name, fine, word) = match &self.out {
            Some(r) if !r.wanted => {
                (r.name.clone(), false, format!("stands in for {}", named(&self.order.speaker)))
            }
            Some(r) if down > 1.0 => {
                (r.name.clone(), true, format!("the microphone hears it: {down:.0} dB taken off"))
            }
            Some(r) => (r.name.clone(), true, format!("{} Hz", self.rate)),
            None => (named(&self.order.speaker), false, format!("silent: {}", self.out_word)),
        };
        DeviceState { what: "sound out", name, fine, word }
    }

    fn ear_state(&self) -> DeviceState {
        let (name, fine, word) = match &self.input {
            Some((r, _)) => (r.name.clone(), true, "listening".into()),
            None => (named(&self.order.microphone), false, format!("deaf: {}", self.ear_word)),
        };
        DeviceState { what: "sound in", name, fine, word }
    }
}

fn named(wanted: &DeviceChoice) -> String {
    match wanted {
        DeviceChoice::Named(name) => name.clone(),
        _ => "the default device".into(),
    }
}
