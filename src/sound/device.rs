//! The sound devices of this machine; nothing else in the program knows them. What plays goes rodio's way, with its stream
//! and mixer on the named device. Cpal, the layer under rodio, lists the devices, tells their formats, and listens: of what
//! the keeper needs (names that stay the same, buffers of a known length, every format tried in turn, frames counted), rodio
//! gives none.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, ErrorKind, FromSample, Sample, SampleFormat, SizedSample, Stream, StreamConfig,
    SupportedBufferSize, SupportedStreamConfigRange,
};
use rodio::DeviceSinkBuilder;

use super::RATE;
use super::live::{Backend, InputCallback, find};
use super::source::Played;
use super::synth::Synth;

/// Ways in which the opening of a device is tried.
const WAYS: usize = 12;
/// Frames of a device's buffer that are asked for: 21 ms at 48 kHz.
const FRAMES: u32 = 1024;

/// All devices of the system's own sound server.
pub struct SystemAudio;

/// A device that plays or listens until it is dropped: a stream of rodio's, or of cpal's.
pub type Open = Box<dyn Send>;

/// A device and the ways to open it, best first: what a device says it can do is more than what it takes.
struct DeviceCandidate {
    device: Device,
    name: String,
    ways: Vec<DeviceConfig>,
}

/// A way to open a device.
#[derive(Clone, Debug, PartialEq)]
struct DeviceConfig {
    config: StreamConfig,
    format: SampleFormat,
}

impl DeviceCandidate {
    /// The first way that works; else why the best does not.
    fn open<S>(
        &self,
        mut with: impl FnMut(&DeviceConfig) -> Result<S, String>,
    ) -> Result<(S, String), String> {
        let mut why = None;
        for way in &self.ways {
            match with(way) {
                Ok(stream) => return Ok((stream, self.name.clone())),
                Err(e) => drop(why.get_or_insert(e)),
            }
        }
        Err(format!("{}: {}", self.name, why.unwrap_or_default()))
    }
}

/// Names of the devices that play, and of those that listen.
pub fn names() -> (Vec<String>, Vec<String>) {
    (SystemAudio.speakers(), SystemAudio.microphones())
}

/// ALSA's converters and its sink for nothing: they can be named, but who looks for a device looks past them.
const CONVERTERS: [&str; 8] =
    ["null", "lavrate", "samplerate", "speexrate", "speex", "oss", "upmix", "vdownmix"];

/// Those of the names that a list for people should have.
pub fn listed(mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| !CONVERTERS.contains(&name.split(' ').next().unwrap_or_default()));
    names
}

/// The system's own devices for playing and listening, or why they cannot be opened.
pub fn defaults() -> [Result<String, String>; 2] {
    hush();
    let host = cpal::default_host();
    let outs = |d: &Device| d.supported_output_configs().map_or(Vec::new(), Iterator::collect);
    let ins = |d: &Device| d.supported_input_configs().map_or(Vec::new(), Iterator::collect);
    let chosen = [
        choose(None, speakers, host.default_output_device(), outs),
        choose(None, microphones, host.default_input_device(), ins),
    ];
    chosen.map(|chosen| chosen.map(|c| c.name))
}

/// ALSA writes pages to the terminal where a device is missing, from whichever thread asks: what matters is told by the
/// error that comes back.
fn hush() {
    #[cfg(target_os = "linux")]
    let _ = alsa::Output::local_error_handler();
}

fn name_of(device: &Device) -> String {
    let id = device.id().map(|id| id.to_string()).unwrap_or_default();
    let id = id.split_once(':').map_or(id.clone(), |(_, own)| own.to_string());
    let name = device.description().map(|d| d.name().to_string()).unwrap_or_default();
    match (id.is_empty(), name.is_empty() || name == id) {
        (true, _) => name,
        (_, true) => id,
        _ => format!("{id} ({name})"),
    }
}

fn choose(
    name: Option<&str>,
    all: impl Fn() -> Vec<Device>,
    default: Option<Device>,
    configs: impl Fn(&Device) -> Vec<SupportedStreamConfigRange>,
) -> Result<DeviceCandidate, String> {
    let device = match name {
        None => default.ok_or("the system has no device")?,
        Some(wanted) => {
            let (names, devices): (Vec<String>, Vec<Device>) =
                all().into_iter().map(|d| (name_of(&d), d)).unzip();
            let found = find(&names, wanted).and_then(|n| names.iter().position(|m| m == n));
            let there = || match names.is_empty() {
                true => "there is none at all".to_string(),
                false => format!("there is {}", listed(names.clone()).join(", ")),
            };
            let place = found.ok_or_else(|| format!("there is no device `{wanted}`; {}", there()))?;
            devices.into_iter().nth(place).ok_or("the device went away")?
        }
    };
    let name = name_of(&device);
    let mut ranges: Vec<_> = configs(&device).into_iter().filter(|c| worth(c).0 > 0).collect();
    ranges.sort_by_key(|c| std::cmp::Reverse(worth(c)));
    let ways = ways(&ranges);
    if ways.is_empty() {
        return Err(format!("{name} cannot be opened"));
    }
    Ok(DeviceCandidate { device, name, ways })
}

/// The best range first, at our rate and buffer; then at the other usual rate, with the device's own buffer (which may be
/// so large that it passes for dead), and in the other ranges.
fn ways(ranges: &[SupportedStreamConfigRange]) -> Vec<DeviceConfig> {
    let mut ways = Vec::new();
    for range in ranges {
        let rate = |wanted: u32| wanted.clamp(range.min_sample_rate(), range.max_sample_rate());
        for (sample_rate, fixed) in
            [true, false].into_iter().flat_map(|fixed| [(rate(RATE), fixed), (rate(44_100), fixed)])
        {
            let buffer_size = match range.buffer_size() {
                SupportedBufferSize::Range { min, max } if fixed && min <= max => {
                    BufferSize::Fixed(FRAMES.clamp(*min, *max))
                }
                _ => BufferSize::Default,
            };
            let config = StreamConfig { channels: range.channels(), sample_rate, buffer_size };
            let way = DeviceConfig { config, format: range.sample_format() };
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    }
    ways.truncate(WAYS);
    ways
}

/// Two channels before one before many; 48 kHz; numbers as we have them.
fn worth(c: &SupportedStreamConfigRange) -> (u8, bool, u8) {
    let channels = match c.channels() {
        2 => 3,
        1 => 2,
        n if n <= 8 => 1,
        _ => 0,
    };
    let format = match c.sample_format() {
        SampleFormat::F32 => 4,
        SampleFormat::I32 => 3,
        SampleFormat::I16 => 2,
        SampleFormat::U16 => 1,
        _ => 0,
    };
    (format.min(1) * channels, (c.min_sample_rate()..=c.max_sample_rate()).contains(&RATE), format)
}

impl Backend for SystemAudio {
    type Stream = Open;

    fn speakers(&self) -> Vec<String> {
        speakers().iter().map(name_of).collect()
    }

    fn microphones(&self) -> Vec<String> {
        microphones().iter().map(name_of).collect()
    }

    fn play(
        &mut self,
        name: Option<&str>,
        make: &mut dyn FnMut(u32) -> Synth,
        failed: Arc<AtomicBool>,
    ) -> Result<(Open, String), String> {
        hush();
        let configs = |d: &Device| d.supported_output_configs().map_or(Vec::new(), Iterator::collect);
        let chosen = choose(name, speakers, cpal::default_host().default_output_device(), configs)?;
        chosen.open(|way| {
            // What an attempt before has reported is not this one's fault.
            failed.store(false, Relaxed);
            playing(&chosen.device, way, make(way.config.sample_rate), failed.clone())
        })
    }

    fn listen(
        &mut self,
        name: Option<&str>,
        make: &mut dyn FnMut(u32, usize) -> InputCallback,
        failed: Arc<AtomicBool>,
    ) -> Result<(Open, String), String> {
        hush();
        let configs = |d: &Device| d.supported_input_configs().map_or(Vec::new(), Iterator::collect);
        let chosen = choose(name, microphones, cpal::default_host().default_input_device(), configs)?;
        chosen.open(|way| {
            failed.store(false, Relaxed);
            let channels = way.config.channels as usize;
            let (input, failed) = (make(way.config.sample_rate, channels), failed.clone());
            let stream = match way.format {
                SampleFormat::F32 => listening::<f32>(&chosen.device, way, input, failed),
                SampleFormat::I32 => listening::<i32>(&chosen.device, way, input, failed),
                SampleFormat::I16 => listening::<i16>(&chosen.device, way, input, failed),
                SampleFormat::U16 => listening::<u16>(&chosen.device, way, input, failed),
                other => Err(format!("it gives samples of the form {other}")),
            }?;
            stream.play().map_err(|e| e.to_string())?;
            Ok(Box::new(stream) as Open)
        })
    }
}

fn speakers() -> Vec<Device> {
    hush();
    cpal::default_host().output_devices().map_or(Vec::new(), Iterator::collect)
}

fn microphones() -> Vec<Device> {
    hush();
    cpal::default_host().input_devices().map_or(Vec::new(), Iterator::collect)
}

/// Errors after which a stream is worth nothing any more; a buffer underrun is none of them.
fn note(failed: Arc<AtomicBool>) -> impl FnMut(cpal::Error) + Send + 'static {
    move |e| {
        let passing = [ErrorKind::Xrun, ErrorKind::RealtimeDenied, ErrorKind::DeviceChanged];
        if !passing.contains(&e.kind()) {
            failed.store(true, Relaxed);
        }
    }
}

/// Rodio's stream on a device, with the synth in its mixer.
fn playing(
    device: &Device,
    way: &DeviceConfig,
    synth: Synth,
    failed: Arc<AtomicBool>,
) -> Result<Open, String> {
    let builder = DeviceSinkBuilder::default().with_device(device.clone()).with_config(&way.config);
    let opened = builder.with_sample_format(way.format).with_error_callback(note(failed)).open_stream();
    // What went wrong is said by the error below rodio's.
    let mut stream = opened.map_err(|e| e.source().map_or_else(|| e.to_string(), |e| e.to_string()))?;
    // It is closed when it is to be, without a word on the terminal.
    stream.log_on_drop(false);
    stream.mixer().add(Played::new(synth, way.config.channels));
    Ok(Box::new(stream))
}

fn listening<T>(
    device: &Device,
    way: &DeviceConfig,
    mut input: InputCallback,
    failed: Arc<AtomicBool>,
) -> Result<Stream, String>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let channels = way.config.channels as usize;
    let hear = move |data: &[T], _: &cpal::InputCallbackInfo| {
        for frame in data.chunks_exact(channels) {
            input.take(frame.iter().map(|s| f32::from_sample(*s)));
        }
        input.count((data.len() / channels) as u64);
    };
    let built = device.build_input_stream(way.config, hear, note(failed), None);
    built.map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_tried_in_every_way_that_it_offers_best_first() {
        let range = |channels, rates: (u32, u32), format| {
            let buffer = SupportedBufferSize::Range { min: 64, max: 512 };
            SupportedStreamConfigRange::new(channels, rates.0, rates.1, buffer, format)
        };
        let wide = range(2, (8_000, 192_000), SampleFormat::F32);
        let narrow = range(2, (44_100, 44_100), SampleFormat::I16);
        let tried: Vec<_> = ways(&[wide, narrow])
            .into_iter()
            .map(|w| (w.config.sample_rate, w.config.buffer_size == BufferSize::Fixed(512), w.format))
            .collect();
        let (float, whole) = (SampleFormat::F32, SampleFormat::I16);
        let wanted = [
            (48_000, true, float),
            (44_100, true, float),
            (48_000, false, float),
            (44_100, false, float),
            (44_100, true, whole),
            (44_100, false, whole),
        ];
        assert_eq!(tried, wanted);
    }

    #[test]
    fn a_list_for_people_has_devices_and_servers_only() {
        let names = [
            "null (Discard all samples)",
            "upmix (Plugin for upmix)",
            "jack (JACK)",
            "hw:CARD=USB,DEV=0 (USB Audio)",
        ];
        let listed = listed(names.map(String::from).to_vec());
        assert_eq!(listed, ["jack (JACK)", "hw:CARD=USB,DEV=0 (USB Audio)"]);
    }
}
