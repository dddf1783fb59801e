//! What other programs encode.

use std::process::Command;

use super::*;

/// Encodes with ffmpeg where it is installed: (file, whether it could).
fn encode(folder: &Path, from: &str, to: &str, how: &str) -> bool {
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
fn every_kind_that_people_have_is_heard() {
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
    // A header that is off before what is no PCM is mended for who decodes it.
    if let Ok(good) = std::fs::read(dir.path().join("adpcm.wav")) {
        let odd = [&good[..12], b"LIST\x05\0\0\0INFOx", &good[12..]].concat();
        let clip = Clip::read(&saved(dir.path(), "odd.wav", &odd)).unwrap_or_else(|e| panic!("{e}"));
        assert!((clip.seconds() - 1.0).abs() < 0.08);
    }
}

/// Five songs in one Ogg, two of them of other rates and channels, are all heard, in several decoders.
#[test]
fn all_links_of_a_chain_are_heard() {
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
