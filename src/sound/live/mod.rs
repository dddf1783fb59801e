//! Sound while the show runs: the show's end of it. [`LiveAudio::tick`] reads the worlds and hands orders over; what plays
//! them, and on which device, is the keeper's business, on a thread of its own.

#![expect(clippy::disallowed_types, reason = "it waits for devices, and goes into no file")]

mod device_manager;
mod input;
mod open_device;
mod recording;
mod status;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::analysis::SIGNALS;
use super::command::SynthCommand;
use super::sonify::Sonifier;
use super::synth::SynthHandle;
use show::DeviceState;
use world::engine::Engine;

pub use device_manager::{DeviceCommand, DeviceManager};
pub use input::InputCallback;
pub use open_device::{Backend, GONE, find};
pub use status::{AudioStatus, DeviceChoice};

/// How long the end of a show waits for the devices to fade and close.
const CLOSING: Duration = Duration::from_millis(600);

/// The show's end of the sound.
pub struct LiveAudio {
    score: Sonifier,
    orders: Vec<SynthCommand>,
    wires: Option<SynthHandle>,
    inbox: Receiver<SynthHandle>,
    status: Arc<AudioStatus>,
    keeper: Option<JoinHandle<()>>,
    listens: bool,
}

impl LiveAudio {
    /// Opens the devices of an order, by and by; the show need not wait.
    pub fn open(backend: impl Backend, order: DeviceCommand) -> Self {
        let (status, (send, inbox)) = (AudioStatus::new(), channel());
        let listens = order.microphone != DeviceChoice::Nothing;
        let keeper = DeviceManager::new(backend, order, status.clone(), send);
        let keeper = std::thread::Builder::new().name("sound".into()).spawn(move || keeper.run()).ok();
        Self { score: Sonifier::default(), orders: Vec::new(), wires: None, inbox, status, keeper, listens }
    }

    /// What hands and the keeper share.
    pub fn status(&self) -> &Arc<AudioStatus> {
        &self.status
    }

    /// How the devices stand.
    pub fn devices(&self) -> Vec<DeviceState> {
        self.status.states().to_vec()
    }

    /// What the microphone hears now: (name without `sound.`, value); nothing without one.
    pub fn heard(&self) -> Vec<(&'static str, f64)> {
        if !self.listens {
            return Vec::new();
        }
        let values = self.status.heard();
        SIGNALS.iter().map(|s| s.name).zip(values.iter().copied()).collect()
    }

    /// The tick that the engine has just made is heard, and a file that is played along at `place`, in ticks. Never waits.
    pub fn tick(&mut self, engine: &Engine, place: u64, passage: f32) {
        if let Some(wires) = self.inbox.try_iter().last() {
            self.wires = Some(wires);
            self.score.refresh();
        }
        let Some(wires) = &mut self.wires else { return };
        wires.sweep();
        self.orders.clear();
        self.score.read(engine, place, wires.rate, passage, &mut self.orders);
        for order in self.orders.drain(..) {
            if wires.send(order).is_err() {
                // The synth has stopped taking orders; when it takes them again, it must be told everything.
                self.score.refresh();
                break;
            }
        }
    }
}

impl Drop for LiveAudio {
    fn drop(&mut self) {
        self.status.close();
        let Some(keeper) = self.keeper.take() else { return };
        let until = Instant::now() + CLOSING;
        while !keeper.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// No devices at all: the sound is made, and nobody hears it.
pub struct NoDevices;

impl Backend for NoDevices {
    type Stream = ();
    fn speakers(&self) -> Vec<String> {
        Vec::new()
    }
    fn microphones(&self) -> Vec<String> {
        Vec::new()
    }
    fn play(
        &mut self,
        _: Option<&str>,
        _: &mut dyn FnMut(u32) -> super::Synth,
        _: Arc<std::sync::atomic::AtomicBool>,
    ) -> Result<((), String), String> {
        Err("this program was built without the `sound` feature".into())
    }
    fn listen(
        &mut self,
        _: Option<&str>,
        _: &mut dyn FnMut(u32, usize) -> InputCallback,
        _: Arc<std::sync::atomic::AtomicBool>,
    ) -> Result<((), String), String> {
        Err("this program was built without the `sound` feature".into())
    }
}
