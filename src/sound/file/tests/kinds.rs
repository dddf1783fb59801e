//! Files encoded by other programs.

use std::process::Command;

use super::*;

/// Encodes with ffmpeg; false if that is not possible.
pub fn encode(folder: &Path, from: &str, to: &str, how: &str) -> bool {
    let mut run = Command::new("ffmpeg");
    run.args(["-loglevel", "error", "-y", "-i"])
        .arg(folder.join(from))
        .args(how.split_whitespace())
        .arg(folder.join(to));
    let done = run.status().is_ok_and(|s| s.success());
    if !done {
        crate::skip::skip("ffmpeg", &format!("that makes {to}"));
    }
    done
}

#[test]
fn every_common_format_is_decoded() {
    let dir = tempfile::tempdir().unwrap();
    let stereo: Vec<f32> = tone(44_100, 1.0).into_iter().flat_map(|v| [v, v]).collect();
    saved(dir.path(), "a.wav", &plain(2, 44_100, &stereo));
    for (name, how) in [
        ("a.flac", ""),
        ("a.mp3", "-c:a libmp3lame"),
        ("a.ogg", "-c:a libvorbis"),
        ("adpcm.wav", "-c:a adpcm_ima_wav"),
        ("ms.wav", "-c:a adpcm_ms"),
        ("alaw.wav", "-c:a pcm_alaw"),
        ("a.aiff", ""),
        ("a.opus", "-c:a libopus"),
        ("a.m4a", "-c:a aac"),
        ("a.mka", "-c:a ac3"),
        ("a.caf", ""),
        ("b.wav", "-c:a pcm_f64le"),
    ] {
        if !encode(dir.path(), "a.wav", name, how) {
            continue;
        }
        let clip = Clip::read(&dir.path().join(name)).unwrap_or_else(|e| panic!("{e}"));
        assert!((clip.seconds() - 1.0).abs() < 0.08, "{name}: {} s", clip.seconds());
        let rms = (clip.samples().iter().map(|v| v * v).sum::<f32>() / clip.samples().len() as f32).sqrt();
        assert!((rms - 0.3536).abs() < 0.02, "{name}: {rms}");
    }
    // A faulty header before other encodings than PCM is corrected for the decoder.
    if let Ok(good) = std::fs::read(dir.path().join("adpcm.wav")) {
        let odd = [&good[..12], b"LIST\x05\0\0\0INFOx", &good[12..]].concat();
        let clip = Clip::read(&saved(dir.path(), "odd.wav", &odd)).unwrap_or_else(|e| panic!("{e}"));
        assert!((clip.seconds() - 1.0).abs() < 0.08);
    }
}

/// A seek gives the same samples although packets depend on those before them and do not start at its target.
#[test]
fn a_seek_gives_the_same_samples_in_every_format() {
    let dir = tempfile::tempdir().unwrap();
    // A rising tone: no two positions are the same.
    let rising: Vec<f32> = (0..3 * 44_100).map(|i| 0.5 * sine(i as f32 * (i as f32) * 1e-8)).collect();
    saved(dir.path(), "a.wav", &plain(1, 44_100, &rising));
    for (name, how) in
        [("a.ogg", "-c:a libvorbis"), ("a.mp3", "-c:a libmp3lame -b:a 320k"), ("a.flac", ""), ("a.wav", "")]
    {
        if name != "a.wav" && !encode(dir.path(), "a.wav", name, how) {
            continue;
        }
        let clip = Clip::open(&dir.path().join(name)).unwrap();
        let mut stream = Stream::open(&clip, 44_100, true);
        let mut whole = Vec::new();
        stream.read(150_000, &mut |_, f| whole.extend_from_slice(f));
        for place in [44_100usize, 100, 30_000, 131_000, 88_201, 22_050, 140_000] {
            let mut part = Vec::new();
            stream.seek(place as u64);
            stream.read(2000, &mut |_, f| part.extend_from_slice(f));
            assert!(part == whole[2 * place..2 * place + 4000], "{name} at {place}");
        }
        assert!(!whole[2 * 131_000..2 * 132_000].iter().all(|v| *v == 0.0), "{name}");
    }
}

/// Five links in one Ogg, two of them with other rates and channels, are all decoded, by several decoders.
#[test]
fn all_links_of_a_chain_are_decoded() {
    let dir = tempfile::tempdir().unwrap();
    saved(dir.path(), "a.wav", &plain(2, 44_100, &tone(44_100, 2.0)));
    saved(dir.path(), "b.wav", &plain(1, 48_000, &tone(48_000, 1.0)));
    for (codec, ending) in [("libvorbis", "ogg"), ("libopus", "opus"), ("flac", "oga")] {
        let how = format!("-c:a {codec} -f ogg");
        if !encode(dir.path(), "a.wav", "a.part", &how) || !encode(dir.path(), "b.wav", "b.part", &how) {
            continue;
        }
        let part = |n: &str| std::fs::read(dir.path().join(n)).unwrap();
        let chain = [part("a.part"), part("b.part"), part("a.part"), part("a.part"), part("b.part")].concat();
        let clip =
            Clip::read(&saved(dir.path(), &format!("c.{ending}"), &chain)).unwrap_or_else(|e| panic!("{e}"));
        assert!((clip.seconds() - 5.0).abs() < 0.3, "{codec}: {} s", clip.seconds());
    }
}

/// Links of several codecs in one Ogg, as in radio recordings: a second each, of different pitches.
#[test]
fn links_of_several_codecs_are_decoded() {
    let dir = tempfile::tempdir().unwrap();
    let kinds = [("libvorbis", 300.0f32), ("libopus", 600.0), ("flac", 900.0), ("libspeex", 1200.0)];
    let mut parts = Vec::new();
    for (codec, pitch) in kinds {
        let wave: Vec<f32> = (0..16_000).map(|i| 0.4 * sine(i as f32 * pitch / 16_000.0)).collect();
        saved(dir.path(), "a.wav", &plain(1, 16_000, &wave));
        if encode(dir.path(), "a.wav", codec, &format!("-c:a {codec} -f ogg")) {
            parts.push((pitch, std::fs::read(dir.path().join(codec)).unwrap()));
        }
    }
    let orders: [&[usize]; 5] = [&[0, 1], &[1, 0], &[0, 0, 1, 2, 1, 1, 3], &[2, 0], &[3, 1, 3]];
    for order in orders.into_iter().filter(|o| o.iter().all(|i| *i < parts.len())) {
        let chain: Vec<u8> = order.iter().flat_map(|i| parts[*i].1.clone()).collect();
        let path = saved(dir.path(), "chain.ogg", &chain);
        let clip = Clip::read(&path).unwrap_or_else(|e| panic!("{order:?}: {e}"));
        assert!(
            (clip.seconds() - order.len() as f64).abs() < 0.15 * order.len() as f64,
            "{order:?}: {}",
            clip.seconds()
        );
        for (second, link) in order.iter().enumerate() {
            let middle =
                (clip.samples().len() as f64 * (second as f64 + 0.5) / order.len() as f64) as usize / 2 * 2;
            let heard = crossings(&clip.samples()[middle - 9600..middle + 9600]);
            assert!((heard / parts[*link].0 - 1.0).abs() < 0.1, "{order:?}, link {second}: {heard} Hz");
        }
        // A large file is not scanned if its last stream is that of its start.
        let large = chain::links_of(&path, 0);
        assert_eq!(large, chain::links(&path).filter(|_| order.first() != order.last()), "{order:?}");
        // A seek gives the same samples as reading on.
        let (mut on, mut far) = (Vec::new(), Vec::new());
        let mut stream = Stream::open(&Clip::open(&path).unwrap(), RATE, true);
        stream.read(60_000, &mut |_, f| on.extend_from_slice(f));
        stream.seek(55_000);
        stream.read(5000, &mut |_, f| far.extend_from_slice(f));
        assert!(far == on[110_000..], "{order:?}");
    }
}

/// Upward zero crossings of the left channel, per second.
fn crossings(stereo: &[f32]) -> f32 {
    let left: Vec<f32> = stereo.iter().copied().step_by(2).collect();
    let up = left.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
    up as f32 * RATE as f32 / left.len() as f32
}

/// A chain that is damaged between its links, or truncated, is decoded as far as possible.
#[test]
fn a_damaged_chain_is_decoded_as_far_as_possible() {
    let dir = tempfile::tempdir().unwrap();
    saved(dir.path(), "a.wav", &plain(1, 48_000, &tone(48_000, 1.0)));
    for codec in ["libvorbis", "libopus"] {
        if !encode(dir.path(), "a.wav", codec, &format!("-c:a {codec} -page_duration 100000 -f ogg")) {
            return;
        }
    }
    let part = |codec: &str| std::fs::read(dir.path().join(codec)).unwrap();
    let (vorbis, opus) = (part("libvorbis"), part("libopus"));
    let junk = [&vorbis[..], &[7; 5000], &opus, b"TAG and more"].concat();
    let half = [&vorbis[..], &opus[..opus.len() / 2]].concat();
    for (bytes, least) in [(junk, 1.9), (half, 1.2)] {
        let clip = Clip::read(&saved(dir.path(), "c.ogg", &bytes)).unwrap_or_else(|e| panic!("{e}"));
        assert!(clip.seconds() > least, "{} s", clip.seconds());
    }
}
