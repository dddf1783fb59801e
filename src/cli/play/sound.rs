//! Audio of a performance: which devices, which file, or none.

use std::path::Path;

use super::args::Args;
use crate::performance::AudioIo;
use crate::sound::ClipAnalyser;
use crate::sound::live::{DeviceChoice, DeviceCommand, LiveAudio};

/// Extensions of sound files: `--listen` takes a name with one for a file, even if there is no such file.
const EXTENSIONS: &[&str] = &[
    "wav", "wave", "w64", "rf64", "bwf", "flac", "mp3", "mp2", "ogg", "oga", "opus", "m4a", "aac", "mp4",
    "m4b", "mov", "mka", "mkv", "webm", "wma", "aif", "aiff", "aifc", "caf", "au", "ac3", "amr", "wv", "ape",
];

/// Opens what is requested. A missing device, or a file that cannot be decoded, is reported, and the show starts
/// without it.
pub fn open(args: &Args, ticks: f64) -> AudioIo {
    let (file, name) = match args.listen.as_deref() {
        Some(word) if is_file(word) => (Some(Path::new(word)), None),
        word => (None, word),
    };
    let heard = |file| {
        let clip = crate::cli::render::sound::clip(file);
        clip.inspect_err(|e| eprintln!("{e}; starting without it")).ok()
    };
    let clip = file.and_then(heard);
    let listening = clip.as_ref().map(|c| ClipAnalyser::read_ahead(c, ticks));
    if args.no_sound {
        return AudioIo { listening, ..AudioIo::default() };
    }
    let microphone = name.map_or(DeviceChoice::Nothing, DeviceChoice::from_word);
    let speaker = DeviceChoice::from_word(&args.speaker);
    report_missing(&speaker, &microphone);
    AudioIo {
        live: Some(live(DeviceCommand { speaker, microphone, ticks, clip })),
        listening,
        ..AudioIo::default()
    }
}

fn is_file(word: &str) -> bool {
    let path = Path::new(word);
    let extension = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    path.is_file() || extension.is_some_and(|e| EXTENSIONS.contains(&e.as_str()))
}

#[cfg(feature = "sound")]
fn live(order: DeviceCommand) -> LiveAudio {
    LiveAudio::open(crate::sound::device::SystemAudio, order)
}

#[cfg(not(feature = "sound"))]
fn live(order: DeviceCommand) -> LiveAudio {
    LiveAudio::open(crate::sound::live::NoDevices, order)
}

/// Reports names that no device has, with those that there are; it may still be plugged in.
fn report_missing(speaker: &DeviceChoice, microphone: &DeviceChoice) {
    let (speakers, microphones) = devices();
    for (what, wanted, names) in [("output", speaker, speakers), ("input", microphone, microphones)] {
        let DeviceChoice::Named(name) = wanted else { continue };
        if crate::sound::live::find(&names, name).is_none() {
            let names = listed(names);
            let there = if names.is_empty() { "none".into() } else { names.join(", ") };
            eprintln!("no audio {what} device is called `{name}`; available: {there}; starting without it");
        }
    }
}

#[cfg(feature = "sound")]
use crate::sound::device::listed;

#[cfg(not(feature = "sound"))]
fn listed(names: Vec<String>) -> Vec<String> {
    names
}

/// Names of the output devices, and of the input devices.
pub fn devices() -> (Vec<String>, Vec<String>) {
    #[cfg(feature = "sound")]
    return crate::sound::device::names();
    #[cfg(not(feature = "sound"))]
    (Vec::new(), Vec::new())
}
