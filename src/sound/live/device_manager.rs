//! The device manager: opens devices, detects a lost one (its callbacks stop, whatever the system reports), falls back
//! to another or to none, and returns to the wanted one when it reappears. Rendering is never affected.

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
use crate::feedback_suppressor::{FeedbackSuppressor, UPDATE_RATE};
use crate::file::{Clip, ReadAhead, ReadAheadWorker};
use crate::synth::{Synth, SynthHandle, SynthStatus, synth};
use crate::{RATE, analysis};
use show::DeviceState;

/// Interval of updates.
const INTERVAL: Duration = Duration::from_millis(10);
/// Interval of searches for the wanted device during fallback.
const SEARCH: Duration = Duration::from_secs(2);
/// How long opening a device waits for another to close: a sound server that has died does not take both at once.
const CLOSE: Duration = Duration::from_secs(2);

/// What the device manager is to open.
pub struct DeviceCommand {
    /// The output device.
    pub speaker: DeviceChoice,
    /// The input device.
    pub microphone: DeviceChoice,
    /// Ticks a second of the show.
    pub ticks: f64,
    /// A clip that is played along.
    pub clip: Option<Clip>,
}

/// Opens the devices and keeps them open.
pub struct DeviceManager<B: Backend> {
    backend: B,
    command: DeviceCommand,
    status: Arc<AudioStatus>,
    handles: Sender<SynthHandle>,
    out: Option<OpenDevice<B::Stream>>,
    /// Null sink: without a device the synth is rendered by this clock, unheard, so that recordings continue.
    null_sink: Option<(Synth, Instant, u64)>,
    shared: Arc<SynthStatus>,
    /// Decodes the clip for the synth that plays.
    read_ahead: Option<ReadAhead>,
    tap: Consumer<f32>,
    rate: u32,
    output_backoff: RetryBackoff,
    output_error: String,
    searched: Instant,
    input: Option<(OpenDevice<B::Stream>, AudioInput)>,
    closing: Vec<(JoinHandle<()>, Instant)>,
    input_backoff: RetryBackoff,
    input_error: String,
    suppressor: FeedbackSuppressor,
    compared: Instant,
    recording: Option<AudioRecording>,
    block: Vec<f32>,
}

impl<B: Backend> DeviceManager<B> {
    /// A device manager that sends the handle of every new synth to `handles`.
    pub fn new(
        backend: B,
        command: DeviceCommand,
        status: Arc<AudioStatus>,
        handles: Sender<SynthHandle>,
    ) -> Self {
        let now = Instant::now();
        let mut manager = Self {
            backend,
            command,
            status,
            handles,
            out: None,
            null_sink: None,
            shared: Arc::default(),
            read_ahead: None,
            tap: RingBuffer::new(1).1,
            rate: RATE,
            output_backoff: RetryBackoff::new(),
            output_error: String::new(),
            searched: now,
            input: None,
            closing: Vec::new(),
            input_backoff: RetryBackoff::new(),
            input_error: String::new(),
            suppressor: FeedbackSuppressor::default(),
            compared: now,
            recording: None,
            block: vec![0.0; 1024],
        };
        manager.use_null_sink();
        manager
    }

    /// Runs until [`AudioStatus::close`]; then fades out and closes the devices.
    pub fn run(mut self) {
        while !self.status.is_closing() {
            self.update();
            std::thread::sleep(INTERVAL);
        }
        self.shared.set_volume(0.0);
        if self.out.is_some() {
            std::thread::sleep(Duration::from_millis(150));
        }
        self.drain();
        self.recording = None;
        let (out, input) = (self.out.take(), self.input.take().map(|e| e.0));
        out.into_iter().chain(input).for_each(|open| self.close(open));
        while !self.may_open() {
            std::thread::sleep(INTERVAL);
        }
    }

    fn update(&mut self) {
        self.update_output();
        self.update_input();
        self.run_null_sink();
        self.suppress_feedback();
        self.shared.set_volume(self.status.volume());
        self.follow_recording();
        self.drain();
        let states =
            [(&self.command.speaker, self.output_state()), (&self.command.microphone, self.input_state())];
        let wanted = states.into_iter().filter(|(w, _)| **w != DeviceChoice::Nothing);
        self.status.set_states(wanted.map(|s| s.1).collect());
    }

    fn update_output(&mut self) {
        let count = self.shared.played();
        if let Some(mut open) = self.out.take() {
            match open.is_lost(count) {
                true => {
                    self.output_error = format!("{} was disconnected", open.name);
                    self.close(open);
                    self.use_null_sink();
                }
                false => self.out = Some(open),
            }
        }
        if self.out.as_ref().is_some_and(|r| !r.wanted) && self.searched.elapsed() > SEARCH {
            self.searched = Instant::now();
            self.restore_wanted();
        }
        let wants = self.out.is_none() && self.command.speaker != DeviceChoice::Nothing;
        if wants && self.output_backoff.is_over() && self.may_open() {
            self.open_output();
        }
    }

    /// Tries the wanted device first, then any.
    fn open_output(&mut self) {
        let mut attempts = vec![None];
        if let DeviceChoice::Named(name) = &self.command.speaker {
            attempts.insert(0, Some(name.clone()));
        }
        for (i, name) in attempts.into_iter().enumerate() {
            match self.try_output(name.as_deref(), i == 0) {
                Ok(()) => return self.output_backoff.succeeded(),
                Err(e) => self.output_error = e,
            }
        }
        self.output_backoff.failed();
    }

    fn try_output(&mut self, name: Option<&str>, wanted: bool) -> Result<(), String> {
        let failed = Arc::new(AtomicBool::new(false));
        let (ticks, clip, volume) = (self.command.ticks, self.command.clip.clone(), self.status.volume());
        let mut made = None;
        let mut make = |rate: u32| {
            let (track, feeder) = clip.as_ref().map(|c| c.feed(rate)).unzip();
            let (mut synth, handle) = synth(rate, ticks, track);
            let (tap, tapped) = RingBuffer::new(4 * rate as usize);
            synth.tap(tap);
            handle.shared.set_volume(volume);
            made = Some((handle, tapped, rate, feeder));
            synth
        };
        let (stream, name) = self.backend.play(name, &mut make, failed.clone())?;
        let Some((handle, tap, rate, feeder)) = made else {
            return Err("the device opened no stream".into());
        };
        self.drain();
        (self.shared, self.tap, self.rate, self.null_sink) = (handle.shared.clone(), tap, rate, None);
        self.read_ahead = feeder.map(ReadAheadWorker::run);
        // If the show has ended, nobody receives it.
        let _ = self.handles.send(handle);
        self.out = Some(OpenDevice::new(stream, name, wanted, failed));
        self.output_error.clear();
        Ok(())
    }

    /// Returns from fallback if the wanted device has reappeared.
    fn restore_wanted(&mut self) {
        let DeviceChoice::Named(name) = &self.command.speaker else { return };
        if find(&self.backend.speakers(), name).is_none() {
            return;
        }
        self.shared.set_volume(0.0);
        std::thread::sleep(Duration::from_millis(120));
        if let Some(old) = self.out.take() {
            self.close(old);
        }
        self.use_null_sink();
    }

    fn close(&mut self, open: OpenDevice<B::Stream>) {
        self.closing.extend(open.release().map(|thread| (thread, Instant::now())));
    }

    /// Whether all closing devices have closed or timed out.
    fn may_open(&mut self) -> bool {
        self.closing.retain(|(thread, since)| !thread.is_finished() && since.elapsed() < CLOSE);
        self.closing.is_empty()
    }

    fn use_null_sink(&mut self) {
        let (track, feeder) = self.command.clip.as_ref().map(|c| c.feed(RATE)).unzip();
        let (mut synth, handle) = synth(RATE, self.command.ticks, track);
        self.read_ahead = feeder.map(ReadAheadWorker::run);
        let (tap, tapped) = RingBuffer::new(4 * RATE as usize);
        synth.tap(tap);
        self.drain();
        (self.shared, self.tap, self.rate) = (handle.shared.clone(), tapped, RATE);
        self.null_sink = Some((synth, Instant::now(), 0));
        let _ = self.handles.send(handle);
    }

    /// Renders as much as time has passed.
    fn run_null_sink(&mut self) {
        let Some((synth, since, done)) = &mut self.null_sink else { return };
        let due = (since.elapsed().as_secs_f64() * RATE as f64) as u64;
        // After a long stall the missed time is skipped.
        *done = (*done).max(due.saturating_sub(RATE as u64 / 2));
        while *done < due {
            let n = (due - *done).min(512) as usize;
            synth.render(&mut self.block[..2 * n]);
            *done += n as u64;
        }
    }

    fn update_input(&mut self) {
        if let Some((mut open, input)) = self.input.take() {
            match open.is_lost(input.frames()) {
                true => {
                    self.input_error = format!("{} was disconnected", open.name);
                    self.close(open);
                    drop(input);
                }
                false => self.input = Some((open, input)),
            }
        }
        let wants = self.input.is_none() && self.command.microphone != DeviceChoice::Nothing;
        if wants && self.input_backoff.is_over() && self.may_open() {
            self.open_input();
        }
    }

    fn open_input(&mut self) {
        let name = match &self.command.microphone {
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
                let open = OpenDevice::new(stream, name, true, failed);
                self.input = Some((open, input));
                self.input_backoff.succeeded();
                self.input_error.clear();
            }
            (Err(e), _) => {
                self.input_error = e;
                self.input_backoff.failed();
            }
            _ => self.input_backoff.failed(),
        }
    }

    fn suppress_feedback(&mut self) {
        if self.compared.elapsed().as_secs_f32() < 1.0 / UPDATE_RATE {
            return;
        }
        self.compared = Instant::now();
        let input = match (&self.input, analysis::place("rms")) {
            (Some(_), Some(i)) => self.status.signals().get(i).copied().unwrap_or(0.0) as f32,
            _ => 0.0,
        };
        let gain = self.suppressor.update(self.shared.loudness(), input);
        self.shared.set_suppression(gain);
        self.status.set_suppression_db(self.suppressor.attenuation());
    }

    /// Starts or ends a recording.
    fn follow_recording(&mut self) {
        let wanted = self.status.recording();
        if self.recording.as_ref().map(AudioRecording::path) != wanted.as_deref() {
            self.recording = None;
            self.recording = wanted.and_then(|path| AudioRecording::begin(path, self.rate));
        }
    }

    /// Moves what was played into the recording, if there is one.
    fn drain(&mut self) {
        let n = self.tap.slots();
        let Ok(chunk) = self.tap.read_chunk(n) else { return };
        if let Some(recording) = self.recording.as_mut().filter(|_| n > 0) {
            let (a, b) = chunk.as_slices();
            if !recording.add([a, b].concat(), self.rate) {
                self.status.count_lost();
            }
        }
        chunk.commit_all();
    }

    fn output_state(&self) -> DeviceState {
        let down = self.suppressor.attenuation();
        let (name, fine, word) = match &self.out {
            Some(r) if !r.wanted => {
                (r.name.clone(), false, format!("fallback for {}", named(&self.command.speaker)))
            }
            Some(r) if down > 1.0 => (r.name.clone(), true, format!("feedback suppression: −{down:.0} dB")),
            Some(r) => (r.name.clone(), true, format!("{} Hz", self.rate)),
            None => (named(&self.command.speaker), false, format!("silent: {}", self.output_error)),
        };
        DeviceState { what: "sound out", name, fine, word }
    }

    fn input_state(&self) -> DeviceState {
        let (name, fine, word) = match &self.input {
            Some((r, _)) => (r.name.clone(), true, "listening".into()),
            None => (named(&self.command.microphone), false, format!("no input: {}", self.input_error)),
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
