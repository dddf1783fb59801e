//! Rodio's output path without a device: whoever pulls from its mixer acts as the callback.

#[cfg(target_os = "linux")]
use std::sync::Mutex;
#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use rodio::mixer::{MixerSource, mixer};
use rodio::source::{SineWave, UniformSourceIterator};

use super::*;
use crate::heap::heap_use;
use crate::math::strength;
use crate::tests::{commands, plans};
use crate::voices::VoiceBank;
use crate::{Clip, RATE, SynthCommand, SynthHandle, synth};

/// The synth with all voices in rodio's mixer, as in `device`.
fn pipeline(channels: u16) -> (MixerSource, SynthHandle) {
    let (synth, mut handle) = synth(RATE, 60.0, None);
    assert!(handle.send(SynthCommand::Bank(VoiceBank::new(&plans(), RATE as f32), 0.05)).is_ok());
    let played = Played::new(synth, channels);
    let (graph, out) = mixer(played.channels(), played.sample_rate());
    graph.add(played);
    (out, handle)
}

fn send_tick(handle: &mut SynthHandle, tick: u64) {
    commands(tick).into_iter().for_each(|o| assert!(handle.send(o).is_ok()));
}

/// What the synth renders without rodio, in the same steps.
fn alone(ticks: u64) -> Vec<f32> {
    let (mut synth, mut handle) = synth(RATE, 60.0, None);
    assert!(handle.send(SynthCommand::Bank(VoiceBank::new(&plans(), RATE as f32), 0.05)).is_ok());
    let mut out = vec![0.0; 1600 * ticks as usize];
    for (tick, block) in out.chunks_mut(1600).enumerate() {
        send_tick(&mut handle, tick as u64);
        synth.render(block);
    }
    out
}

/// So what holds for the synth holds at the device: no clicks, nothing above the ceiling, nothing lost.
#[test]
fn rodios_mixer_outputs_the_synth_to_the_bit() {
    let stereo = alone(60);
    assert!(stereo.iter().any(|v| v.abs() > 0.01));
    for channels in [1u16, 2, 3, 8] {
        let (mut out, mut handle) = pipeline(channels);
        let mut found = Vec::new();
        for tick in 0..60 {
            send_tick(&mut handle, tick);
            found.extend(out.by_ref().take(800 * channels as usize));
        }
        let wanted = stereo.as_chunks::<2>().0.iter().flat_map(|[l, r]| match channels {
            1 => vec![0.5 * (l + r)],
            n => [&[*l, *r][..], &vec![0.0; n as usize - 2]].concat(),
        });
        assert!(found == wanted.collect::<Vec<f32>>(), "{channels} channels");
    }
}

/// No more than a block is rendered ahead of the device.
#[test]
fn commands_take_effect_within_a_millisecond() {
    let (mut out, handle) = pipeline(2);
    for pulled in 1..5000u64 {
        assert!(out.by_ref().take(2).count() == 2);
        let ahead = handle.shared.played() - pulled;
        assert!(ahead < BLOCK as u64 && BLOCK as f64 / (RATE as f64) < 1e-3, "{ahead} frames");
    }
}

#[test]
fn the_callback_through_rodio_neither_allocates_nor_frees() {
    let (mut out, mut handle) = pipeline(2);
    let mut buffer = vec![0.0f32; 1024];
    for tick in 0..300 {
        if tick % 20 == 10 {
            let _ = handle.send(SynthCommand::Bank(VoiceBank::new(&plans(), RATE as f32), 0.05));
        }
        send_tick(&mut handle, tick);
        // The first callback takes the synth over from the thread that opened the device.
        assert_no_alloc::assert_no_alloc(|| {
            (0..4).for_each(|_| buffer.iter_mut().for_each(|v| *v = out.next().unwrap_or(0.0)));
        });
        handle.sweep();
    }
    assert!(buffer.iter().any(|v| *v != 0.0));
}

/// Why only the synth is a source of the mixer, and files are not.
#[test]
fn a_source_that_starts_or_ends_allocates_in_the_callback() {
    let (graph, mut out) = mixer(NonZero::new(2).unwrap(), NonZero::new(RATE).unwrap());
    let long = || Played::new(Clip::new(vec![0.1; 960]).feed(RATE).0, 2);
    (0..16).for_each(|_| graph.add(long()));
    assert_eq!(
        heap_use(|| out.by_ref().take(64).count()).1.taken,
        0,
        "room for sixteen is allocated in advance"
    );
    graph.add(long());
    assert!(heap_use(|| out.by_ref().take(64).count()).1.taken > 0, "the seventeenth allocates");
    graph.add(SineWave::new(440.0).take_duration(Duration::from_millis(5)));
    assert_eq!(heap_use(|| out.by_ref().take(200).count()).1.freed, 0, "it still plays");
    assert!(heap_use(|| out.by_ref().take(960).count()).1.freed > 0, "one that has ended is freed");
}

/// Voluntary context switches of this thread: how often it has waited for something.
#[cfg(target_os = "linux")]
fn waits() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("voluntary_ctxt_switches")).unwrap();
    line.split_whitespace().last().unwrap().parse().unwrap()
}

/// How often this thread waits while it pulls and others contend for the shared state, at least a hundred times: the
/// fewest waits of several tries (a page fault may cause one, too), and the most.
#[cfg(target_os = "linux")]
fn waited(mut pull: impl FnMut(), contend: impl Fn() + Sync) -> (u64, u64) {
    let (ended, contentions) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|s| {
        for _ in 0..2 {
            s.spawn(|| {
                while !ended.load(Relaxed) {
                    contend();
                    contentions.fetch_add(1, Relaxed);
                    std::thread::yield_now();
                }
            });
        }
        let tries = (0..5).map(|_| {
            let (before, begun, mut pulls) = (waits(), contentions.load(Relaxed), 0);
            while pulls < 100 || contentions.load(Relaxed) < begun + 100 {
                pull();
                pulls += 1;
            }
            waits() - before
        });
        let tries: Vec<u64> = tries.collect();
        ended.store(true, Relaxed);
        (tries.iter().min().copied().unwrap_or(0), tries.iter().max().copied().unwrap_or(0))
    })
}

#[cfg(target_os = "linux")]
#[test]
fn the_callback_through_rodio_never_waits() {
    let (mut out, handle) = pipeline(2);
    let (mut buffer, sender) = (vec![0.0f32; 512], Mutex::new((handle, 0)));
    let play = || {
        let (handle, tick) = &mut *sender.lock().unwrap();
        handle.shared.set_volume(1.0 - handle.shared.loudness().min(1.0));
        if handle.shared.waiting() < 8 {
            send_tick(handle, *tick);
            *tick += 1;
        }
        handle.sweep();
        // The sender may be preempted in the middle of it.
        std::thread::sleep(Duration::from_micros(50));
    };
    let without = waited(|| buffer.iter_mut().for_each(|v| *v = out.next().unwrap_or(0.0)), play);
    assert_eq!(without.0, 0, "it waited");
    // A lock would be detected.
    let shared = Mutex::new(0u64);
    let hold = || {
        let mut held = shared.lock().unwrap();
        std::thread::sleep(Duration::from_micros(50));
        *held += 1;
    };
    let with = waited(|| *shared.lock().unwrap() += 1, hold);
    assert!(with.1 > 0, "waiting for a lock is detected");
}

/// Why the synth runs at the rate of the device, and files are resampled to it.
#[test]
fn rodio_resamples_with_aliasing() {
    let tone: Vec<f32> = (0..2 * 44_100)
        .flat_map(|n| {
            [0.5 * libm::sinf(core::f32::consts::TAU * ((10_000 * n) % 44_100) as f32 / 44_100.0); 2]
        })
        .collect();
    let (two, rate) = (NonZero::new(2).unwrap(), NonZero::new(RATE).unwrap());
    let sound = rodio::buffer::SamplesBuffer::new(two, NonZero::new(44_100).unwrap(), tone.clone());
    let theirs: Vec<f32> = UniformSourceIterator::new(sound, two, rate).collect();
    let ours = crate::resample::resampled(&tone, 44_100, RATE);
    // The image of 10 kHz about the old rate, aliased at the new Nyquist frequency: 48 − (44.1 − 10) = 13.9 kHz.
    let image = |stereo: &[f32]| {
        let left: Vec<f32> = stereo.iter().step_by(2).copied().skip(4800).take(48_000).collect();
        20.0 * (strength(&left, 13_900.0) / strength(&left, 10_000.0)).log10()
    };
    assert!(image(&theirs) > -40.0 && image(&ours) < -100.0, "{} dB, {} dB", image(&theirs), image(&ours));
}
