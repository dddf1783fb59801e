//! Streams, read-ahead and analysis of clips.

use std::io::{Seek, SeekFrom, Write};

use super::*;
use crate::resample::resampled;

#[test]
fn a_written_file_reads_back_and_other_rates_keep_their_pitch() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    let stereo: Vec<f32> = tone(48_000, 1.0).into_iter().flat_map(|v| [v, -0.5 * v]).collect();
    let mut w = WavWriter::create(&path, 48_000).unwrap();
    w.add(&stereo).unwrap();
    w.finish().unwrap();
    near(Clip::read(&path).unwrap().samples(), &stereo, 1e-6, "24 bits");
    let other = Clip::open(&saved(dir.path(), "b.wav", &plain(1, 44_100, &tone(44_100, 1.0)))).unwrap();
    assert!((other.seconds() - 1.0).abs() < 1e-9);
    let mut listening = ClipAnalyser::new(&other, 60.0);
    let heard: Vec<(&str, f64)> = (0..30).map(|t| listening.tick(t).collect()).last().unwrap();
    let pitch = heard.iter().find(|s| s.0 == "pitch").unwrap().1;
    assert!((pitch - 440.0).abs() < 0.5, "{pitch}");
}

/// Reading in chunks gives the same bits as reading the whole file, over all passes.
#[test]
fn a_stream_loops_the_whole_file() {
    let dir = tempfile::tempdir().unwrap();
    let mono = tone(44_100, 0.7);
    let clip = Clip::open(&saved(dir.path(), "a.wav", &plain(1, 44_100, &mono))).unwrap();
    let stereo: Vec<f32> = Clip::read(&dir.path().join("a.wav")).unwrap().samples().to_vec();
    let exact: Vec<f32> = wave(&plain(1, 44_100, &mono)).iter().flat_map(|v| [*v, *v]).collect();
    assert!(stereo == resampled(&exact, 44_100, RATE));
    let mut stream = Stream::open(&clip, RATE, true);
    let mut read = Vec::new();
    for n in [1u64, 7, 4096, 100_000, 333] {
        stream.read(n, &mut |_, frames| read.extend_from_slice(frames));
    }
    let expected: Vec<f32> = stereo.iter().copied().cycle().take(read.len()).collect();
    assert!(read == expected, "three passes and a bit");
}

#[test]
fn a_seek_gives_the_same_samples() {
    let dir = tempfile::tempdir().unwrap();
    let samples: Vec<f32> = (0..96_000).map(|i| (i % 4801) as f32 / 4801.0 - 0.5).collect();
    let path = saved(dir.path(), "a.wav", &plain(2, 48_000, &samples));
    for clip in [Clip::open(&path).unwrap(), Clip::read(&path).unwrap()] {
        let mut stream = Stream::open(&clip, RATE, true);
        let mut whole = Vec::new();
        stream.read(100_000, &mut |_, f| whole.extend_from_slice(f));
        for place in [0u64, 1, 4096, 47_999, 48_000, 99_000, 12] {
            let mut part = Vec::new();
            stream.seek(place);
            stream.read(500, &mut |_, f| part.extend_from_slice(f));
            assert!(part == whole[2 * place as usize..2 * place as usize + 1000], "{place}");
            assert_eq!(stream.place(), place + 500);
        }
    }
}

fn signals(clip: &Clip, seconds: f64) -> std::collections::BTreeMap<&'static str, f64> {
    let mut listening = ClipAnalyser::new(clip, 60.0);
    (0..(60.0 * seconds) as u64).map(|t| listening.tick(t).collect()).last().unwrap()
}

/// Sound in any one channel, or in two that cancel when added, is mixed and measured.
#[test]
fn all_channels_are_mixed_and_measured() {
    let dir = tempfile::tempdir().unwrap();
    let one = tone(48_000, 2.0);
    let file = |name: &str, channels: u16, gains: &[f32]| {
        let samples: Vec<f32> = one.iter().flat_map(|v| gains.iter().map(move |g| v * g)).collect();
        Clip::open(&saved(dir.path(), name, &plain(channels, 48_000, &samples))).unwrap()
    };
    let rms = 0.5 / 2f32.sqrt();
    let half = std::f32::consts::FRAC_1_SQRT_2;
    let mut cases = vec![
        ("mono", 1, vec![1.0], 1.0),
        ("stereo", 2, vec![1.0, 1.0], 1.0),
        ("opposite phases", 2, vec![1.0, -1.0], 1.0),
        ("left alone", 2, vec![1.0, 0.0], half),
        ("surround against front", 6, vec![half, half, 0.0, 0.0, -1.0, -1.0], 1.0),
        ("centre against front", 3, vec![1.0, 1.0, -1.0], 1.5f32.sqrt()),
    ];
    for (c, level) in [half, half, half, 0.5, 0.5, 0.5].into_iter().enumerate() {
        let mut gains = vec![0.0; 6];
        gains[c] = 1.0;
        cases.push(("one of 5.1", 6, gains, level));
    }
    for (what, channels, gains, level) in cases {
        let clip = file("a.wav", channels, &gains);
        let heard = signals(&clip, 1.9);
        assert!(
            (heard["rms"] as f32 / (rms * level) - 1.0).abs() < 0.01,
            "{what} {gains:?}: {}",
            heard["rms"]
        );
        assert!((heard["pitch"] - 440.0).abs() < 0.5 && heard["level"] > 0.5, "{what} {gains:?}: {heard:?}");
        assert!(
            heard["clarity"] > 0.9 && heard["chroma.a"] > 0.9 && heard["mid"] > 0.5,
            "{what} {gains:?}: {heard:?}"
        );
        let lfe = channels == 6 && gains[3] == 1.0;
        assert!(heard["lufs"] > -30.0 || lfe, "{what} {gains:?}: {}", heard["lufs"]);
    }
    let centre = Clip::read(&{
        file("c.wav", 6, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        dir.path().join("c.wav")
    });
    let loudest = centre.unwrap().samples().iter().fold(0.0f32, |m, v| m.max(v.abs()));
    assert!((loudest - 0.5 * half).abs() < 0.01, "the centre is played on both sides at −3 dB: {loudest}");
}

/// Three hours, as a sparse file, need the memory of a few blocks.
#[test]
fn a_mix_of_hours_is_streamed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("long.wav");
    let bytes = 3 * 3600 * 48_000 * 4u64;
    let mut file = std::fs::File::create(&path).unwrap();
    let head = plain(2, 48_000, &[]);
    file.write_all(&head[..40]).unwrap();
    file.write_all(&(bytes as u32).to_le_bytes()).unwrap();
    let end: Vec<u8> = pcm16(&tone(96_000, 1.0));
    file.seek(SeekFrom::Start(44 + bytes - end.len() as u64)).unwrap();
    file.write_all(&end).unwrap();
    drop(file);
    let before = show::health::memory();
    let clip = Clip::open(&path).unwrap();
    assert_eq!(clip.seconds(), 3.0 * 3600.0);
    let mut listening = ClipAnalyser::new(&clip, 60.0);
    for t in 0..600 {
        assert!(listening.tick(t).count() > 0);
    }
    let last = 60 * 3 * 3600 - 12;
    let heard: std::collections::BTreeMap<&str, f64> =
        (last..last + 10).map(|t| listening.tick(t).collect()).last().unwrap();
    assert!(heard["rms"] > 0.1, "the seek to the end is fast: {}", heard["rms"]);
    let (mut track, mut feeder) = clip.feed(44_100);
    track.go(44_100 * 3 * 3600 - 20_000);
    track.frame();
    let loud = (0..40_000).map(|_| {
        feeder.fill();
        track.frame()[0].abs()
    });
    assert!(loud.fold(0.0f32, f32::max) > 0.3);
    let more = show::health::memory().saturating_sub(before);
    assert!(more < 64 << 20, "{} MiB", more >> 20);
}

#[test]
fn read_ahead_gives_the_same_signals_as_synchronous_decoding() {
    let dir = tempfile::tempdir().unwrap();
    let samples: Vec<f32> = tone(44_100, 1.5)
        .iter()
        .enumerate()
        .flat_map(|(i, v)| [*v, v * (i % 7000) as f32 / 7000.0])
        .collect();
    let clip = Clip::open(&saved(dir.path(), "a.wav", &plain(2, 44_100, &samples))).unwrap();
    let (mut here, mut again, mut ahead) = (
        ClipAnalyser::new(&clip, 60.0),
        ClipAnalyser::new(&clip, 60.0),
        ClipAnalyser::read_ahead(&clip, 60.0),
    );
    for t in 0..200 {
        let a: Vec<(&str, f64)> = here.tick(t).collect();
        assert_eq!(a, again.tick(t).collect::<Vec<_>>());
        // The thread may be late; then the same tick is repeated until all of it is analysed.
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while ahead.tick(t).collect::<Vec<_>>() != a {
            assert!(std::time::Instant::now() < until, "tick {t}");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
    // A jump far ahead and back: only the newest second counts, and it is analysed.
    for t in [100_000, 100_001, 3, 4] {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        let rms = |l: &mut ClipAnalyser| l.tick(t).find(|s| s.0 == "hops").unwrap().1;
        let begun = rms(&mut ahead);
        while t == 100_000 && rms(&mut ahead) < begun + 180.0 {
            assert!(std::time::Instant::now() < until, "tick {t}");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}

#[test]
fn a_track_follows_the_show() {
    let ramp: Vec<f32> = (0..96_000).flat_map(|i| [i as f32 / 96_000.0; 2]).collect();
    let (mut track, mut feeder) = Clip::new(ramp).feed(RATE);
    let mut at = |wanted: Option<u64>, frames: usize| {
        wanted.into_iter().for_each(|w| track.go(w));
        let play = (0..frames).map(|_| {
            while feeder.fill() {}
            (track.frame()[0] * 96_000.0).round() as i64
        });
        play.collect::<Vec<i64>>()
    };
    assert_eq!(at(None, 3), [0, 1, 2]);
    assert_eq!(at(Some(1000), 2), [3, 4], "jitter of the show is ignored");
    assert_eq!(at(Some(20_000), 2), [20_000, 20_001], "frames in the ring are skipped");
    let held = at(Some(10_000), 10_010);
    assert_eq!((held[10_001], held[10_002], held[10_009]), (0, 20_002, 20_009), "an early track pauses");
    let far = at(Some(96_000 * 7 + 500), 4);
    assert_eq!(far[1..], [500, 501, 502], "anything else is a seek");
    let back = at(Some(96_000 * 5 + 95_999), 4);
    assert_eq!(back[1..], [95_999, 0, 1], "across the loop point");
}
