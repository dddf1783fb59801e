//! The synth: takes commands from a ring and renders the same samples at any buffer size. It runs in a device's
//! callback, where nothing may allocate, lock or drop; whoever controls it holds the [`SynthHandle`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use rtrb::{Consumer, Producer, RingBuffer};

use super::command::SynthCommand;
use super::file::ReadAheadConsumer;
use super::master::MasterBus;
use super::math::{SmoothedValue, sine};
use super::voices::VoiceBank;

/// Capacity of the command ring: eight ticks of sixteen voices that play a world's own samples.
const COMMANDS: usize = 16_384;
/// Capacity of the ring of banks to be dropped elsewhere.
const SPENT: usize = 32;
/// Queued ticks from which on the synth plays two in the time of one: below, jitter of the show is inaudible.
const BEHIND: u64 = 4;
/// Seconds without commands after which the track pauses, as the show does.
const STALL: f32 = 0.25;

/// Rounding tolerance of the clock, samples.
const EDGE: f64 = 1e-6;

/// State shared with a running synth: its controls and meters.
#[derive(Debug, Default)]
pub struct SynthStatus {
    volume: AtomicU32,
    suppression: AtomicU32,
    loudness: AtomicU32,
    played: AtomicU64,
    clipped: AtomicU64,
    underruns: AtomicU64,
    sent: AtomicU64,
    taken: AtomicU64,
}

impl SynthStatus {
    /// Sets the volume, 0..1.
    pub fn set_volume(&self, volume: f32) {
        self.volume.store(volume.to_bits(), Relaxed);
    }
    /// Sets the gain of the feedback suppression, 0..1.
    pub fn set_suppression(&self, gain: f32) {
        self.suppression.store(gain.to_bits(), Relaxed);
    }
    /// Root mean square of the output (300 ms), 0..1.
    pub fn loudness(&self) -> f32 {
        f32::from_bits(self.loudness.load(Relaxed))
    }
    /// Frames rendered so far: constant while the device is stalled.
    pub fn played(&self) -> u64 {
        self.played.load(Relaxed)
    }
    /// Clipped samples.
    pub fn clipped(&self) -> u64 {
        self.clipped.load(Relaxed)
    }
    /// Ticks sent and not yet played.
    pub fn waiting(&self) -> u64 {
        self.sent.load(Relaxed).saturating_sub(self.taken.load(Relaxed))
    }
    /// Underruns: ticks whose commands came too late.
    pub fn underruns(&self) -> u64 {
        self.underruns.load(Relaxed)
    }
}

/// The control end of a synth.
pub struct SynthHandle {
    /// Commands to the synth.
    pub commands: Producer<SynthCommand>,
    /// Banks that have faded out, to be dropped here.
    pub spent: Consumer<Box<VoiceBank>>,
    /// State shared with the synth.
    pub shared: Arc<SynthStatus>,
    /// Sample rate, Hz.
    pub rate: u32,
}

impl SynthHandle {
    /// Sends a command.
    ///
    /// # Errors
    /// The command itself, when the ring is full.
    pub fn send(&mut self, command: SynthCommand) -> Result<(), SynthCommand> {
        let tick = matches!(command, SynthCommand::Tick(_));
        self.commands.push(command).map_err(|rtrb::PushError::Full(command)| command)?;
        self.shared.sent.fetch_add(tick as u64, Relaxed);
        Ok(())
    }

    /// Drops the banks that have faded out.
    pub fn sweep(&mut self) {
        while self.spent.pop().is_ok() {}
    }
}

/// A bank that is fading out.
struct FadingBank {
    bank: Box<VoiceBank>,
    level: f32,
    step: f32,
}

/// Renders the sound.
pub struct Synth {
    commands: Consumer<SynthCommand>,
    spent: Producer<Box<VoiceBank>>,
    shared: Arc<SynthStatus>,
    master: MasterBus,
    bank: Option<Box<VoiceBank>>,
    /// Fade-in of the bank, 0..1, and its growth per sample.
    fade_in: (f32, f32),
    fading_out: [Option<FadingBank>; 2],
    rate: f32,
    /// Length of a tick of the show, samples.
    tick: f64,
    /// Samples until the next tick is due.
    due: f64,
    starved_for: u32,
    power: SmoothedValue,
    track: Option<ReadAheadConsumer>,
    running: SmoothedValue,
    tap: Option<Producer<f32>>,
}

/// A synth at a sample rate, Hz, for a show of `ticks` a second, and its control end. A `track` at the same rate is
/// played along.
pub fn synth(rate: u32, ticks: f64, track: Option<ReadAheadConsumer>) -> (Synth, SynthHandle) {
    let (commands, inbox) = RingBuffer::new(COMMANDS);
    let (outbox, spent) = RingBuffer::new(SPENT);
    let shared = Arc::new(SynthStatus::default());
    shared.set_volume(1.0);
    shared.set_suppression(1.0);
    let r = rate as f32;
    let synth = Synth {
        commands: inbox,
        spent: outbox,
        shared: shared.clone(),
        master: MasterBus::new(r),
        bank: None,
        fade_in: (1.0, 0.0),
        fading_out: [None, None],
        rate: r,
        tick: rate as f64 / ticks.max(1.0),
        due: 0.0,
        starved_for: 0,
        power: SmoothedValue::new(0.0, 0.3, r),
        track,
        running: SmoothedValue::new(0.0, 0.01, r),
        tap: None,
    };
    (synth, SynthHandle { commands, spent, shared, rate })
}

impl Synth {
    /// Copies all output to this ring, interleaved stereo, while there is room.
    pub fn tap(&mut self, tap: Producer<f32>) {
        self.tap = Some(tap);
    }

    /// Sample rate, Hz.
    pub fn rate(&self) -> u32 {
        self.rate as u32
    }

    /// Fills `out` (interleaved stereo) with the next samples.
    pub fn render(&mut self, out: &mut [f32]) {
        let volume = f32::from_bits(self.shared.volume.load(Relaxed));
        let suppression = f32::from_bits(self.shared.suppression.load(Relaxed));
        self.master.volume(volume * suppression);
        for pair in out.chunks_exact_mut(2) {
            pair.copy_from_slice(&self.frame());
        }
        if let Some(tap) = self.tap.as_mut().filter(|t| t.slots() >= out.len()) {
            for v in out.iter() {
                let _ = tap.push(*v);
            }
        }
        self.shared.played.fetch_add((out.len() / 2) as u64, Relaxed);
        self.shared.loudness.store(libm::sqrtf(self.power.now().max(0.0)).to_bits(), Relaxed);
        self.shared.clipped.store(self.master.clipped(), Relaxed);
    }

    /// One frame: the commands that are due, then a sample of every source.
    #[inline]
    fn frame(&mut self) -> [f32; 2] {
        if self.due < 1.0 - EDGE {
            self.take_tick();
        }
        self.due -= 1.0;
        let (mut dry, mut wet) = ([0.0f32; 2], [0.0f32; 2]);
        if let Some(bank) = &mut self.bank {
            self.fade_in.0 = (self.fade_in.0 + self.fade_in.1).min(1.0);
            add(&mut dry, &mut wet, bank, self.fade_in.0);
        }
        for i in 0..self.fading_out.len() {
            self.fade_out(i, &mut dry, &mut wet);
        }
        self.play_along(&mut dry);
        let out = self.master.sample(dry, wet);
        self.power.to(0.5 * (out[0] * out[0] + out[1] * out[1]));
        self.power.next();
        out
    }

    /// Executes the commands of the next tick, if they have arrived; of two if too many are queued.
    fn take_tick(&mut self) {
        let mut waiting = self.commands.slots();
        if waiting == 0 {
            self.underrun();
            return;
        }
        let mut ticks = 1 + (self.shared.waiting() > BEHIND) as u32;
        while waiting > 0 && ticks > 0 {
            waiting -= 1;
            match self.commands.pop() {
                Ok(SynthCommand::Tick(n)) => {
                    ticks -= 1;
                    self.shared.taken.fetch_add(1, Relaxed);
                    self.seek_track(n);
                }
                Ok(command) => self.execute(command),
                Err(_) => break,
            }
        }
        // A tick that is late by less than its own length keeps the clock; after a gap the clock is reset.
        self.due = if self.starved_for > 0 { self.tick } else { self.due + self.tick };
        self.starved_for = 0;
        self.running.to(1.0);
    }

    /// No commands: the levels hold, and after a while the track pauses.
    fn underrun(&mut self) {
        self.due = 0.999;
        self.starved_for = self.starved_for.saturating_add(1);
        if self.starved_for == 1 {
            self.shared.underruns.fetch_add(1, Relaxed);
        }
        if self.starved_for as f32 > STALL * self.rate {
            self.running.to(0.0);
        }
    }

    fn execute(&mut self, command: SynthCommand) {
        match command {
            SynthCommand::Bank(bank, fade) => self.change(bank, fade),
            SynthCommand::Knob { voice, knob, value } => {
                if let Some(bank) = &mut self.bank {
                    bank.knob(voice, knob, value);
                }
            }
            SynthCommand::Level { voice, part, value, place } => {
                if let Some(bank) = &mut self.bank {
                    bank.level(voice, part, value, place);
                }
            }
            SynthCommand::Samples { voice, count, pairs } => {
                if let Some(bank) = &mut self.bank {
                    bank.samples(voice, &pairs[..(count as usize).min(pairs.len())]);
                }
            }
            SynthCommand::Grain(grain) => {
                if let Some(bank) = &mut self.bank {
                    bank.grain(&grain, self.tick as u32);
                }
            }
            SynthCommand::Tick(_) => {}
        }
    }

    /// Crossfades to other voices by quarter sine waves, which keeps the power constant.
    fn change(&mut self, bank: Box<VoiceBank>, fade: f32) {
        let samples = (fade * self.rate).max(1.0);
        let (level, _) = std::mem::replace(&mut self.fade_in, (0.0, 1.0 / samples));
        if let Some(old) = self.bank.replace(bank) {
            let slot = if self.fading_out[0].is_none() { 0 } else { 1 };
            let step = 1.0 / samples;
            if let Some(oldest) = self.fading_out[slot].replace(FadingBank { bank: old, level, step }) {
                self.recycle(oldest.bank);
            }
        }
    }

    #[inline]
    fn fade_out(&mut self, i: usize, dry: &mut [f32; 2], wet: &mut [f32; 2]) {
        let Some(fading) = &mut self.fading_out[i] else { return };
        fading.level -= fading.step;
        if fading.level > 0.0 {
            add(dry, wet, &mut fading.bank, fading.level);
        } else if let Some(faded) = self.fading_out[i].take() {
            self.recycle(faded.bank);
        }
    }

    /// Memory is never freed here; if the ring is full, it is leaked.
    fn recycle(&mut self, bank: Box<VoiceBank>) {
        if let Err(rtrb::PushError::Full(bank)) = self.spent.push(bank) {
            std::mem::forget(bank);
        }
    }

    /// The track follows the show's clock; it seeks only when they are far apart.
    fn seek_track(&mut self, tick: u64) {
        let wanted = (tick as f64 * self.tick) as u64;
        self.track.iter_mut().for_each(|t| t.go(wanted));
    }

    #[inline]
    fn play_along(&mut self, dry: &mut [f32; 2]) {
        let level = self.running.next();
        let Some(track) = self.track.as_mut().filter(|_| level > 1e-5) else { return };
        for (to, v) in dry.iter_mut().zip(track.frame()) {
            *to += v * level;
        }
    }
}

#[inline(always)]
fn add(dry: &mut [f32; 2], wet: &mut [f32; 2], bank: &mut VoiceBank, share: f32) {
    let level = sine(0.25 * share);
    let (d, w) = bank.sample();
    for c in 0..2 {
        dry[c] += d[c] * level;
        wet[c] += w[c] * level;
    }
}
