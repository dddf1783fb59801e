//! Rodio sources as clips; and where rodio's own decoder (0.23, on symphonia 0.5) falls short of what this program
//! promises. If one of these tests fails with a newer rodio, that reason against its decoder is gone.

use std::collections::VecDeque;
use std::fs::File;
use std::time::Duration;

use ::rodio::buffer::SamplesBuffer;
use ::rodio::mixer::mixer;
use ::rodio::source::SineWave;
use ::rodio::{Decoder as Rodio, Source};

use super::kinds::encode;
use super::*;
use crate::file::sourced::Sourced;
use crate::heap::heap_use;
use crate::resample::resampled;

fn nz<T: TryInto<N>, N>(n: T) -> N {
    n.try_into().unwrap_or_else(|_| panic!("it is not 0"))
}

#[test]
fn any_source_becomes_a_clip_at_our_rate() {
    let mono = tone(44_100, 0.7);
    let source = SamplesBuffer::new(nz(1u16), nz(44_100u32), mono.clone());
    let stereo: Vec<f32> = mono.iter().flat_map(|v| [*v; 2]).collect();
    let wanted = resampled(&stereo, 44_100, RATE);
    assert!(Clip::record(source).unwrap().samples() == wanted);
    // Five channels are mixed as those of a file, and NaN becomes silence.
    let five = SamplesBuffer::new(nz(5u16), nz(RATE), vec![0.0, f32::NAN, 0.5, 0.0, 0.0]);
    let half = std::f32::consts::FRAC_1_SQRT_2;
    assert_eq!(Clip::record(five).unwrap().samples(), [0.5 * half; 2]);
    let nothing = SamplesBuffer::new(nz(2u16), nz(RATE), Vec::<f32>::new());
    assert!(Clip::record(nothing).is_err_and(|e| e.contains("no sound")));
    assert!(
        Clip::record(SineWave::new(440.0)).is_err_and(|e| e.contains("longer than 60 minutes")),
        "endless"
    );
}

/// Parts of several rates and channels, concatenated.
struct Parts(VecDeque<(u16, u32, VecDeque<f32>)>);

impl Iterator for Parts {
    type Item = f32;
    fn next(&mut self) -> Option<f32> {
        let sample = self.0.front_mut()?.2.pop_front();
        if self.0.front().is_some_and(|p| p.2.is_empty()) {
            self.0.pop_front();
        }
        sample
    }
}

impl Source for Parts {
    fn current_span_len(&self) -> Option<usize> {
        self.0.front().map(|p| p.2.len())
    }
    fn channels(&self) -> ::rodio::ChannelCount {
        nz(self.0.front().map_or(2, |p| p.0))
    }
    fn sample_rate(&self) -> ::rodio::SampleRate {
        nz(self.0.front().map_or(RATE, |p| p.1))
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[test]
fn a_source_may_change_its_rate_and_channels() {
    let part = |channels: u16, rate: u32| {
        let samples = tone(rate, 0.5).into_iter().flat_map(|v| vec![v; channels as usize]).collect();
        (channels, rate, samples)
    };
    let clip = Clip::record(Parts([part(1, 8000), part(2, 44_100), part(2, RATE)].into())).unwrap();
    assert!((clip.seconds() - 1.5).abs() < 1e-4, "{} s", clip.seconds());
    for (half, samples) in clip.samples().chunks(48_000).enumerate() {
        let left: Vec<f32> = samples.iter().step_by(2).copied().collect();
        let ups = left.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count() as f32;
        assert!((2.0 * ups - 440.0).abs() <= 4.0, "part {half}: {} Hz", 2.0 * ups);
    }
}

/// A read-ahead for a synth also works in any other mixer, looped.
#[test]
fn a_track_plays_in_a_rodio_mixer() {
    let ramp: Vec<f32> = (0..4800).flat_map(|i| [i as f32 / 9600.0, -0.25]).collect();
    let (track, mut feeder) = Clip::new(ramp.clone()).feed(RATE);
    let played = crate::Played::new(track, 2);
    let (graph, mut out) = mixer(played.channels(), played.sample_rate());
    while feeder.fill() {}
    graph.add(played);
    let found: Vec<f32> = assert_no_alloc::permit_alloc(|| out.by_ref().take(3 * ramp.len()).collect());
    assert!(found.iter().eq(ramp.iter().cycle().take(3 * ramp.len())));
}

fn rodio(path: &Path) -> Rodio<std::io::BufReader<File>> {
    Rodio::try_from(File::open(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Links of one second in one Ogg: rodio's decoder ends with the first.
#[test]
fn rodios_decoder_ends_with_the_first_link_of_a_chain() {
    let dir = tempfile::tempdir().unwrap();
    saved(dir.path(), "a.wav", &plain(2, 44_100, &tone(44_100, 2.0)));
    saved(dir.path(), "b.wav", &plain(1, 48_000, &tone(48_000, 1.0)));
    if !["a", "b"]
        .iter()
        .all(|n| encode(dir.path(), &format!("{n}.wav"), &format!("{n}.ogg"), "-c:a libvorbis"))
    {
        return;
    }
    let [one, other] = ["a.ogg", "b.ogg"].map(|n| std::fs::read(dir.path().join(n)).unwrap());
    let chain = saved(dir.path(), "chain.ogg", &[&one[..], &other, &one].concat());
    // Or it fails to open, if it has read the length from the last link.
    let opened = Rodio::try_from(File::open(&chain).unwrap());
    let seconds = opened.map_or(0.0, |d| Clip::record(d).map_or(0.0, |c| c.seconds()));
    let ours = Clip::read(&chain).unwrap().seconds();
    assert!(seconds < 1.1 && (ours - 3.0).abs() < 0.1, "{seconds} s of {ours} s");
}

/// In this program a seek gives the same samples as reading on (`kinds.rs`). Rodio's decoder gives others, without an
/// error.
#[test]
fn rodios_decoder_seeks_inaccurately() {
    let dir = tempfile::tempdir().unwrap();
    let ramp: Vec<f32> = (0..44_100 * 2).map(|i| 0.5 * sine(i as f32 * (i as f32) * 1e-8)).collect();
    saved(dir.path(), "a.wav", &plain(1, 44_100, &ramp));
    if !encode(dir.path(), "a.wav", "a.ogg", "-c:a libvorbis") {
        return;
    }
    let path = dir.path().join("a.ogg");
    let whole = decoded(Sourced(rodio(&path)));
    let mut jumped = rodio(&path);
    jumped.try_seek(Duration::from_secs(1)).unwrap();
    let found: Vec<f32> = jumped.take(2000).collect();
    let came = (0..whole.len() - 2000).find(|i| whole[*i..i + 2000] == found);
    assert!(came != Some(44_100), "the seek is accurate: {came:?}");
}

/// Sizes in a header are checked before anything is allocated. Rodio's decoder allocates what the header says: here 64
/// MiB for one wrong byte; with others 16 GiB, which the system refuses, and that aborts the program.
#[test]
fn rodios_decoder_allocates_what_a_damaged_header_says() {
    let dir = tempfile::tempdir().unwrap();
    saved(dir.path(), "a.wav", &plain(1, 44_100, &tone(44_100, 1.0)));
    if !encode(dir.path(), "a.wav", "a.m4a", "-c:a alac") {
        return;
    }
    let mut bytes = std::fs::read(dir.path().join("a.m4a")).unwrap();
    // The inner of two boxes of that name: its version, then the frames per packet.
    let place = bytes.windows(4).rposition(|w| w == b"alac").unwrap() + 8;
    assert_eq!(bytes[place..place + 4], 4096u32.to_be_bytes());
    bytes[place..place + 4].copy_from_slice(&(1u32 << 24).to_be_bytes());
    let length = bytes.len();
    let damaged = saved(dir.path(), "b.m4a", &bytes);
    let (_, used) = heap_use(|| Rodio::try_from(File::open(&damaged).unwrap()).map(|d| d.take(1000).count()));
    assert!(used.most >= 64 << 20 && length < 200_000, "{} bytes for a file of {length}", used.most);
}
