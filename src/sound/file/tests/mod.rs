//! Files as they occur in practice, built byte by byte; all are streamed.

mod headers;
mod kinds;
mod playing;
mod rodio;

use std::io::Cursor;
use std::path::Path;

use super::decoder::Decoder;
use super::wave::Wave;
use super::*;
use crate::RATE;
use crate::math::sine;

/// A tone of 440 Hz, 0.5 of full scale, mono.
fn tone(rate: u32, seconds: f32) -> Vec<f32> {
    (0..(rate as f32 * seconds) as usize).map(|i| 0.5 * sine(i as f32 * 440.0 / rate as f32)).collect()
}

fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    let mut out = [name, &(data.len() as u32).to_le_bytes(), data].concat();
    out.resize(out.len().next_multiple_of(2), 0);
    out
}

fn format(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let frame = channels * bits.div_ceil(8);
    let rest = [
        (rate * frame as u32).to_le_bytes().to_vec(),
        frame.to_le_bytes().to_vec(),
        bits.to_le_bytes().to_vec(),
    ];
    [tag.to_le_bytes().to_vec(), channels.to_le_bytes().to_vec(), rate.to_le_bytes().to_vec(), rest.concat()]
        .concat()
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [b"WAVE".to_vec(), chunks.concat()].concat();
    [b"RIFF".to_vec(), (body.len() as u32).to_le_bytes().to_vec(), body].concat()
}

fn pcm16(samples: &[f32]) -> Vec<u8> {
    samples.iter().flat_map(|v| ((v * 32_767.0).round() as i16).to_le_bytes()).collect()
}

/// A plain file of 16 bits, interleaved.
fn plain(channels: u16, rate: u32, samples: &[f32]) -> Vec<u8> {
    riff(&[chunk(b"fmt ", &format(1, channels, rate, 16)), chunk(b"data", &pcm16(samples))])
}

fn saved(folder: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Everything that a decoder outputs.
fn decoded(mut decoder: impl Decoder) -> Vec<f32> {
    let (mut all, mut block) = (Vec::new(), Vec::new());
    while decoder.next(&mut block).is_some() {
        all.extend_from_slice(&block);
    }
    all
}

fn wave(bytes: &[u8]) -> Vec<f32> {
    decoded(Wave::from(Cursor::new(bytes.to_vec())).unwrap())
}

fn near(found: &[f32], wanted: &[f32], within: f32, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    let worst = found.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst <= within, "{what}: {worst}");
}

#[test]
fn a_file_without_sound_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let text = Clip::open(&saved(dir.path(), "a.mp3", b"not a sound at all")).err().unwrap().to_string();
    assert!(text.contains("a.mp3 cannot be decoded: unknown format"), "{text}");
    let text = Clip::open(&dir.path().join("none.wav")).err().unwrap().to_string();
    assert!(text.contains("none.wav"), "{text}");
    assert!(Clip::open(dir.path()).err().unwrap().to_string().contains("not a file"));
    let text = Clip::open(&saved(dir.path(), "b.wav", &plain(1, 8000, &[]))).err().unwrap().to_string();
    assert!(text.contains("b.wav"), "{text}");
}

#[test]
fn a_deleted_file_becomes_silence_without_an_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = saved(dir.path(), "a.wav", &plain(1, 48_000, &tone(48_000, 0.1)));
    let clip = Clip::open(&path).unwrap();
    let mut stream = Stream::open(&clip, RATE, false);
    std::fs::remove_file(&path).unwrap();
    let (mut frames, mut loud) = (0, 0);
    stream.read(48_000, &mut |layout, f| {
        frames += f.len() / layout.channels();
        loud += f.iter().filter(|v| **v != 0.0).count();
    });
    assert!(frames == 48_000 && loud > 4000 && loud < 9601, "{frames} {loud}");
}
