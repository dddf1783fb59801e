//! The synth: takes orders off a ring and fills buffers of any size with the same samples. It lives in a device's
//! callback, where nothing may allocate, lock or drop; whoever feeds it holds the [`SynthHandle`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use rtrb::{Consumer, Producer, RingBuffer};

use super::command::SynthCommand;
use super::file::ReadAheadConsumer;
use super::master::MasterBus;
use super::math::{SmoothedValue, sine};
use super::voices::VoiceBank;

/// Orders that may wait.
const ORDERS: usize = 8192;
/// Banks that may wait to be dropped elsewhere.
const SPENT: usize = 32;
/// Ticks that may wait before the synth plays two in the time of one: a jitter of the show is not heard.
const BEHIND: u64 = 4;
/// Seconds without orders after which the track stands, as the show does.
const STARVED: f32 = 0.25;

/// Rounding of the clock, samples.
const EDGE: f64 = 1e-6;

/// Values that hands and watchers share with a synth that runs.
#[derive(Debug, Default)]
pub struct SynthStatus {
    volume: AtomicU32,
    guard: AtomicU32,
    loudness: AtomicU32,
    played: AtomicU64,
    clipped: AtomicU64,
    starved: AtomicU64,
    sent: AtomicU64,
    taken: AtomicU64,
}

impl SynthStatus {
    /// The volume wanted, 0..1.
    pub fn set_volume(&self, volume: f32) {
        self.volume.store(volume.to_bits(), Relaxed);
    }
    /// The guard's factor, 0..1.
    pub fn set_suppression(&self, gain: f32) {
        self.guard.store(gain.to_bits(), Relaxed);
    }
    /// Root mean square of what was played lately (300 ms), 0..1.
    pub fn loudness(&self) -> f32 {
        f32::from_bits(self.loudness.load(Relaxed))
    }
    /// Frames played so far: it stands when the device does.
    pub fn played(&self) -> u64 {
        self.played.load(Relaxed)
    }
    /// Samples that had to be cut at the ceiling.
    pub fn clipped(&self) -> u64 {
        self.clipped.load(Relaxed)
    }
    /// Ticks that were sent and not yet played.
    pub fn waiting(&self) -> u64 {
        self.sent.load(Relaxed).saturating_sub(self.taken.load(Relaxed))
    }
    /// Ticks whose orders came too late.
    pub fn starved(&self) -> u64 {
        self.starved.load(Relaxed)
    }
}

/// The far end of a synth.
pub struct SynthHandle {
    /// Where orders go.
    pub orders: Producer<SynthCommand>,
    /// Banks that have fallen silent, to be dropped here.
    pub spent: Consumer<Box<VoiceBank>>,
    /// What both share.
    pub shared: Arc<SynthStatus>,
    /// Sample rate, Hz.
    pub rate: u32,
}

impl SynthHandle {
    /// Hands an order over; gives it back if the synth has stopped taking any.
    ///
    /// # Errors
    /// The order itself, when the ring is full.
    pub fn send(&mut self, order: SynthCommand) -> Result<(), SynthCommand> {
        let tick = matches!(order, SynthCommand::Tick(_));
        self.orders.push(order).map_err(|rtrb::PushError::Full(order)| order)?;
        self.shared.sent.fetch_add(tick as u64, Relaxed);
        Ok(())
    }

    /// Drops the banks that have fallen silent.
    pub fn sweep(&mut self) {
        while self.spent.pop().is_ok() {}
    }
}

/// A bank that falls silent, and the samples that it has left.
struct FadingBank {
    bank: Box<VoiceBank>,
    level: f32,
    step: f32,
}

/// Makes the sound.
pub struct Synth {
    orders: Consumer<SynthCommand>,
    spent: Producer<Box<VoiceBank>>,
    shared: Arc<SynthStatus>,
    master: MasterBus,
    bank: Option<Box<VoiceBank>>,
    /// Share of the bank, 0..1, and its growth in a sample.
    coming: (f32, f32),
    leaving: [Option<FadingBank>; 2],
    rate: f32,
    /// Ticks a second of the show, as samples a tick.
    tick: f64,
    /// When the next tick is due, in samples from now.
    due: f64,
    hungry: u32,
    power: SmoothedValue,
    track: Option<ReadAheadConsumer>,
    running: SmoothedValue,
    tap: Option<Producer<f32>>,
}

/// A synth at a sample rate for a show of so many ticks a second, and what to feed it with. A `track` at the same rate is
/// played along.
pub fn synth(rate: u32, ticks: f64, track: Option<ReadAheadConsumer>) -> (Synth, SynthHandle) {
    let (orders, inbox) = RingBuffer::new(ORDERS);
    let (outbox, spent) = RingBuffer::new(SPENT);
    let shared = Arc::new(SynthStatus::default());
    shared.set_volume(1.0);
    shared.set_suppression(1.0);
    let r = rate as f32;
    let synth = Synth {
        orders: inbox,
        spent: outbox,
        shared: shared.clone(),
        master: MasterBus::new(r),
        bank: None,
        coming: (1.0, 0.0),
        leaving: [None, None],
        rate: r,
        tick: rate as f64 / ticks.max(1.0),
        due: 0.0,
        hungry: 0,
        power: SmoothedValue::new(0.0, 0.3, r),
        track,
        running: SmoothedValue::new(0.0, 0.01, r),
        tap: None,
    };
    (synth, SynthHandle { orders, spent, shared, rate })
}

impl Synth {
    /// All that is played is also handed over here, left and right in turn, as far as there is room.
    pub fn tap(&mut self, tap: Producer<f32>) {
        self.tap = Some(tap);
    }

    /// Sample rate, Hz.
    pub fn rate(&self) -> u32 {
        self.rate as u32
    }

    /// Fills `out` (left and right in turn) with the next samples.
    pub fn render(&mut self, out: &mut [f32]) {
        let volume = f32::from_bits(self.shared.volume.load(Relaxed));
        let guard = f32::from_bits(self.shared.guard.load(Relaxed));
        self.master.volume(volume * guard);
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

    /// One frame: orders when they are due, then a sample of everything.
    #[inline]
    fn frame(&mut self) -> [f32; 2] {
        if self.due < 1.0 - EDGE {
            self.take_tick();
        }
        self.due -= 1.0;
        let (mut dry, mut wet) = ([0.0f32; 2], [0.0f32; 2]);
        if let Some(bank) = &mut self.bank {
            self.coming.0 = (self.coming.0 + self.coming.1).min(1.0);
            add(&mut dry, &mut wet, bank, self.coming.0);
        }
        for i in 0..self.leaving.len() {
            self.leave(i, &mut dry, &mut wet);
        }
        self.play_along(&mut dry);
        let out = self.master.sample(dry, wet);
        self.power.to(0.5 * (out[0] * out[0] + out[1] * out[1]));
        self.power.next();
        out
    }

    /// The orders of the next tick, if they have come; of two if too many wait.
    fn take_tick(&mut self) {
        let mut waiting = self.orders.slots();
        if waiting == 0 {
            self.starve();
            return;
        }
        let mut ticks = 1 + (self.shared.waiting() > BEHIND) as u32;
        while waiting > 0 && ticks > 0 {
            waiting -= 1;
            match self.orders.pop() {
                Ok(SynthCommand::Tick(n)) => {
                    ticks -= 1;
                    self.shared.taken.fetch_add(1, Relaxed);
                    self.place_track(n);
                }
                Ok(order) => self.execute(order),
                Err(_) => break,
            }
        }
        // A tick that is late by less than its own length keeps the clock; after a gap the clock begins anew.
        self.due = if self.hungry > 0 { self.tick } else { self.due + self.tick };
        self.hungry = 0;
        self.running.to(1.0);
    }

    /// Nothing has come: the levels stay, and after a while the track stands.
    fn starve(&mut self) {
        self.due = 0.999;
        self.hungry = self.hungry.saturating_add(1);
        if self.hungry == 1 {
            self.shared.starved.fetch_add(1, Relaxed);
        }
        if self.hungry as f32 > STARVED * self.rate {
            self.running.to(0.0);
        }
    }

    fn execute(&mut self, order: SynthCommand) {
        match order {
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
            SynthCommand::Grain(grain) => {
                if let Some(bank) = &mut self.bank {
                    bank.grain(&grain, self.tick as u32);
                }
            }
            SynthCommand::Tick(_) => {}
        }
    }

    /// Other voices come up as these go down, in a quarter wave each, so that the power stays.
    fn change(&mut self, bank: Box<VoiceBank>, fade: f32) {
        let samples = (fade * self.rate).max(1.0);
        let (level, _) = std::mem::replace(&mut self.coming, (0.0, 1.0 / samples));
        if let Some(old) = self.bank.replace(bank) {
            let place = if self.leaving[0].is_none() { 0 } else { 1 };
            let step = 1.0 / samples;
            if let Some(oldest) = self.leaving[place].replace(FadingBank { bank: old, level, step }) {
                self.recycle(oldest.bank);
            }
        }
    }

    #[inline]
    fn leave(&mut self, i: usize, dry: &mut [f32; 2], wet: &mut [f32; 2]) {
        let Some(going) = &mut self.leaving[i] else { return };
        going.level -= going.step;
        if going.level > 0.0 {
            add(dry, wet, &mut going.bank, going.level);
        } else if let Some(gone) = self.leaving[i].take() {
            self.recycle(gone.bank);
        }
    }

    /// Memory is never freed here; if nobody sweeps, it is left lying.
    fn recycle(&mut self, bank: Box<VoiceBank>) {
        if let Err(rtrb::PushError::Full(bank)) = self.spent.push(bank) {
            std::mem::forget(bank);
        }
    }

    /// The track plays where the show's clock is; it jumps only when they are far apart.
    fn place_track(&mut self, tick: u64) {
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
