//! Live sound: the show's end. [`LiveAudio::tick`] reads the worlds and sends commands; the device manager, on a thread
//! of its own, plays them on a device.

#![expect(clippy::disallowed_types, reason = "it waits for devices, and goes into no file")]

mod device_manager;
mod input;
mod open_device;
mod recording;
mod room;
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
pub use open_device::{Backend, TIMEOUT, find};
pub use status::{AudioStatus, DeviceChoice};

/// How long the end of a show waits for the devices to fade out and close.
const CLOSING: Duration = Duration::from_millis(600);

/// The show's end of live sound.
pub struct LiveAudio {
    sonifier: Sonifier,
    commands: Vec<SynthCommand>,
    handle: Option<SynthHandle>,
    inbox: Receiver<SynthHandle>,
    status: Arc<AudioStatus>,
    manager: Option<JoinHandle<()>>,
    listens: bool,
}

impl LiveAudio {
    /// Opens devices in the background; the show does not wait.
    pub fn open(backend: impl Backend, command: DeviceCommand) -> Self {
        let (status, (send, inbox)) = (AudioStatus::new(), channel());
        let listens = command.microphone != DeviceChoice::Nothing;
        let manager = DeviceManager::new(backend, command, status.clone(), send);
        let manager = std::thread::Builder::new().name("sound".into()).spawn(move || manager.run()).ok();
        Self {
            sonifier: Sonifier::default(),
            commands: Vec::new(),
            handle: None,
            inbox,
            status,
            manager,
            listens,
        }
    }

    /// State shared with controllers and the device manager.
    pub fn status(&self) -> &Arc<AudioStatus> {
        &self.status
    }

    /// States of the devices.
    pub fn devices(&self) -> Vec<DeviceState> {
        self.status.states().to_vec()
    }

    /// The current signals of the audio input: (name without `sound.`, value); none without input.
    pub fn signals(&self) -> Vec<(&'static str, f64)> {
        if !self.listens {
            return Vec::new();
        }
        let values = self.status.signals();
        SIGNALS.iter().map(|s| s.name).zip(values.iter().copied()).collect()
    }

    /// The next `n` samples of the input, mono at [`world::audible::AUDIO_RATE`]; none while there is no input, or it
    /// falls behind.
    pub fn room(&self, n: usize) -> Vec<f32> {
        if self.listens { self.status.room().take(n) } else { Vec::new() }
    }

    /// Sends the commands of the tick that the engine has just computed; a clip is played along at `place`, in ticks.
    /// `transition` is the duration of a change of scenes, s. Never waits.
    pub fn tick(&mut self, engine: &Engine, place: u64, transition: f32) {
        if let Some(handle) = self.inbox.try_iter().last() {
            self.handle = Some(handle);
            self.sonifier.refresh();
        }
        let Some(handle) = &mut self.handle else { return };
        handle.sweep();
        self.commands.clear();
        self.sonifier.read(engine, place, handle.rate, transition, &mut self.commands);
        for command in self.commands.drain(..) {
            if handle.send(command).is_err() {
                // The synth has stalled; when it continues, everything must be sent again.
                self.sonifier.refresh();
                break;
            }
        }
    }
}

impl Drop for LiveAudio {
    fn drop(&mut self) {
        self.status.close();
        let Some(manager) = self.manager.take() else { return };
        let until = Instant::now() + CLOSING;
        while !manager.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// No devices: the sound is rendered, unheard.
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
