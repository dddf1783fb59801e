//! The sound devices of this machine; nothing else in the program uses them. Output goes through rodio's stream and
//! mixer on the named device. Cpal, the layer under rodio, lists devices and formats, and captures input: of what the
//! device manager needs (stable names, buffers of a known length, every format tried in turn, frames counted), rodio
//! has nothing.

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

/// Most configurations tried to open a device.
const MOST_CONFIGS: usize = 12;
/// Requested buffer size, frames: 21 ms at 48 kHz.
const FRAMES: u32 = 1024;

/// The devices of the system's default audio host.
pub struct SystemAudio;

/// An open output or input device, closed when dropped: a stream of rodio or of cpal.
pub type Open = Box<dyn Send>;

/// A device and the configurations to try, best first: devices report more than they accept.
struct DeviceCandidate {
    device: Device,
    name: String,
    configurations: Vec<DeviceConfig>,
}

/// A stream configuration to try.
#[derive(Clone, Debug, PartialEq)]
struct DeviceConfig {
    config: StreamConfig,
    format: SampleFormat,
}

impl DeviceCandidate {
    /// Opens the first configuration that works; else returns why the best does not.
    fn open<S>(
        &self,
        mut with: impl FnMut(&DeviceConfig) -> Result<S, String>,
    ) -> Result<(S, String), String> {
        let mut why = None;
        for candidate in &self.configurations {
            match with(candidate) {
                Ok(stream) => return Ok((stream, self.name.clone())),
                Err(e) => drop(why.get_or_insert(e)),
            }
        }
        Err(format!("{}: {}", self.name, why.unwrap_or_default()))
    }
}

/// Names of the output devices, and of the input devices.
pub fn names() -> (Vec<String>, Vec<String>) {
    (SystemAudio.speakers(), SystemAudio.microphones())
}

/// ALSA's converter plugins and its null sink: they can be opened by name, but are left out of lists.
const CONVERTERS: [&str; 8] =
    ["null", "lavrate", "samplerate", "speexrate", "speex", "oss", "upmix", "vdownmix"];

/// The names that belong in a list for users.
pub fn listed(mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| !CONVERTERS.contains(&name.split(' ').next().unwrap_or_default()));
    names
}

/// The system's default output and input device, or why they cannot be opened.
pub fn defaults() -> [Result<String, String>; 2] {
    silence_alsa();
    let host = cpal::default_host();
    let outs = |d: &Device| d.supported_output_configs().map_or(Vec::new(), Iterator::collect);
    let ins = |d: &Device| d.supported_input_configs().map_or(Vec::new(), Iterator::collect);
    let chosen = [
        choose(None, speakers, host.default_output_device(), outs),
        choose(None, microphones, host.default_input_device(), ins),
    ];
    chosen.map(|chosen| chosen.map(|c| c.name))
}

/// Silences ALSA, which prints pages to the terminal where a device is missing, for each thread that asks: what matters
/// is in the error returned.
fn silence_alsa() {
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
        None => default.ok_or("the system has no default device")?,
        Some(wanted) => {
            let (names, devices): (Vec<String>, Vec<Device>) =
                all().into_iter().map(|d| (name_of(&d), d)).unzip();
            let found = find(&names, wanted).and_then(|n| names.iter().position(|m| m == n));
            let there = || match names.is_empty() {
                true => "there are no devices".to_string(),
                false => format!("available: {}", listed(names.clone()).join(", ")),
            };
            let place = found.ok_or_else(|| format!("there is no device `{wanted}`; {}", there()))?;
            devices.into_iter().nth(place).ok_or("the device has been removed")?
        }
    };
    let name = name_of(&device);
    let mut ranges: Vec<_> = configs(&device).into_iter().filter(|c| rank(c).0 > 0).collect();
    ranges.sort_by_key(|c| std::cmp::Reverse(rank(c)));
    let configurations = configurations(&ranges);
    if configurations.is_empty() {
        return Err(format!("{name} cannot be opened"));
    }
    Ok(DeviceCandidate { device, name, configurations })
}

/// The best range first, at our rate and buffer size; then at the other usual rate, with the device's default buffer
/// (which may be so large that the device is taken for lost), and the other ranges.
fn configurations(ranges: &[SupportedStreamConfigRange]) -> Vec<DeviceConfig> {
    let mut configurations = Vec::new();
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
            let candidate = DeviceConfig { config, format: range.sample_format() };
            if !configurations.contains(&candidate) {
                configurations.push(candidate);
            }
        }
    }
    configurations.truncate(MOST_CONFIGS);
    configurations
}

/// Rank of a range: stereo before mono before more channels; 48 kHz; float samples first.
fn rank(c: &SupportedStreamConfigRange) -> (u8, bool, u8) {
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
        silence_alsa();
        let configs = |d: &Device| d.supported_output_configs().map_or(Vec::new(), Iterator::collect);
        let chosen = choose(name, speakers, cpal::default_host().default_output_device(), configs)?;
        chosen.open(|candidate| {
            // An error reported by an earlier attempt does not count.
            failed.store(false, Relaxed);
            open_output(&chosen.device, candidate, make(candidate.config.sample_rate), failed.clone())
        })
    }

    fn listen(
        &mut self,
        name: Option<&str>,
        make: &mut dyn FnMut(u32, usize) -> InputCallback,
        failed: Arc<AtomicBool>,
    ) -> Result<(Open, String), String> {
        silence_alsa();
        let configs = |d: &Device| d.supported_input_configs().map_or(Vec::new(), Iterator::collect);
        let chosen = choose(name, microphones, cpal::default_host().default_input_device(), configs)?;
        chosen.open(|candidate| {
            failed.store(false, Relaxed);
            let channels = candidate.config.channels as usize;
            let (input, failed) = (make(candidate.config.sample_rate, channels), failed.clone());
            let stream = match candidate.format {
                SampleFormat::F32 => open_input::<f32>(&chosen.device, candidate, input, failed),
                SampleFormat::I32 => open_input::<i32>(&chosen.device, candidate, input, failed),
                SampleFormat::I16 => open_input::<i16>(&chosen.device, candidate, input, failed),
                SampleFormat::U16 => open_input::<u16>(&chosen.device, candidate, input, failed),
                other => Err(format!("unsupported sample format {other}")),
            }?;
            stream.play().map_err(|e| e.to_string())?;
            Ok(Box::new(stream) as Open)
        })
    }
}

fn speakers() -> Vec<Device> {
    silence_alsa();
    cpal::default_host().output_devices().map_or(Vec::new(), Iterator::collect)
}

fn microphones() -> Vec<Device> {
    silence_alsa();
    cpal::default_host().input_devices().map_or(Vec::new(), Iterator::collect)
}

/// Flags errors that end a stream; a buffer underrun does not.
fn error_callback(failed: Arc<AtomicBool>) -> impl FnMut(cpal::Error) + Send + 'static {
    move |e| {
        let passing = [ErrorKind::Xrun, ErrorKind::RealtimeDenied, ErrorKind::DeviceChanged];
        if !passing.contains(&e.kind()) {
            failed.store(true, Relaxed);
        }
    }
}

/// Rodio's stream on a device, with the synth in its mixer.
fn open_output(
    device: &Device,
    candidate: &DeviceConfig,
    synth: Synth,
    failed: Arc<AtomicBool>,
) -> Result<Open, String> {
    let builder = DeviceSinkBuilder::default().with_device(device.clone()).with_config(&candidate.config);
    let opened = builder
        .with_sample_format(candidate.format)
        .with_error_callback(error_callback(failed))
        .open_stream();
    // The cause is in the error that rodio's wraps.
    let mut stream = opened.map_err(|e| e.source().map_or_else(|| e.to_string(), |e| e.to_string()))?;
    // It is closed on purpose: nothing is printed.
    stream.log_on_drop(false);
    stream.mixer().add(Played::new(synth, candidate.config.channels));
    Ok(Box::new(stream))
}

fn open_input<T>(
    device: &Device,
    candidate: &DeviceConfig,
    mut input: InputCallback,
    failed: Arc<AtomicBool>,
) -> Result<Stream, String>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let channels = candidate.config.channels as usize;
    let capture = move |data: &[T], _: &cpal::InputCallbackInfo| {
        for frame in data.chunks_exact(channels) {
            input.take(frame.iter().map(|s| f32::from_sample(*s)));
        }
        input.count((data.len() / channels) as u64);
    };
    let built = device.build_input_stream(candidate.config, capture, error_callback(failed), None);
    built.map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_supported_configuration_is_tried_best_first() {
        let range = |channels, rates: (u32, u32), format| {
            let buffer = SupportedBufferSize::Range { min: 64, max: 512 };
            SupportedStreamConfigRange::new(channels, rates.0, rates.1, buffer, format)
        };
        let wide = range(2, (8_000, 192_000), SampleFormat::F32);
        let narrow = range(2, (44_100, 44_100), SampleFormat::I16);
        let tried: Vec<_> = configurations(&[wide, narrow])
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
    fn lists_have_devices_and_servers_only() {
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
