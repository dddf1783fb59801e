//! Faulty headers, every sample width of PCM, and random bytes.

use proptest::prelude::*;

use super::*;
use crate::file::library::Library;

#[test]
fn faulty_headers_are_tolerated() {
    // Of such a length that one of its bytes could belong to the name of a chunk.
    let mut samples = tone(8000, 1.1);
    samples.truncate(8080);
    let (fmt, data) = (chunk(b"fmt ", &format(1, 1, 8000, 16)), chunk(b"data", &pcm16(&samples)));
    let whole = riff(&[fmt.clone(), data.clone()]);
    let odd = [&b"LIST"[..], &5u32.to_le_bytes(), b"INFOx"].concat();
    let wrong = [&b"LIST"[..], &0x00ff_ffffu32.to_le_bytes(), b"INFO", b"lies about its length"].concat();
    let with = |at: usize, number: u32| {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        bytes
    };
    let length = 44 - 4;
    for (what, bytes) in [
        ("plain", whole.clone()),
        ("an odd chunk without padding", riff(&[fmt.clone(), odd.clone(), data.clone()])),
        ("an odd chunk with padding", riff(&[fmt.clone(), chunk(b"LIST", b"INFOx"), data.clone()])),
        ("odd before the format", riff(&[odd, fmt.clone(), data.clone()])),
        ("a chunk with a wrong length", riff(&[fmt.clone(), wrong, data.clone()])),
        (
            "chunks after the samples",
            riff(&[fmt.clone(), data.clone(), chunk(b"id3 ", b"abc"), chunk(b"AFAn", &[7; 90])]),
        ),
        (
            "unknown chunks before the samples",
            riff(&[chunk(b"ResU", &[9; 33]), fmt.clone(), chunk(b"zzzz", &[0; 4]), data.clone()]),
        ),
        ("the format after the samples", riff(&[data, fmt.clone()])),
        ("a short RIFF", with(4, 36)),
        ("a RIFF of 0", with(4, 0)),
        ("a RIFF of -1", with(4, u32::MAX)),
        ("samples of -1", with(length, u32::MAX)),
        ("samples of 0", with(length, 0)),
        ("samples too long", with(length, 1 << 30)),
        ("sound too short, never finished", with(length, 1000)),
    ] {
        near(&wave(&bytes), &samples, 1e-4, what);
    }
    let cut = &whole[..whole.len() - 5001];
    assert_eq!(wave(cut).len(), 8080 - 2501, "truncated within a sample");
}

#[test]
fn every_width_of_pcm_is_decoded() {
    let samples = tone(8000, 0.5);
    let bytes = |each: &dyn Fn(f32) -> Vec<u8>| samples.iter().flat_map(|v| each(*v)).collect::<Vec<u8>>();
    let whole = |bits: u32| move |v: f32| (v as f64 * ((1u64 << (bits - 1)) - 1) as f64).round() as i32;
    let file = |tag: u16, bits: u16, data: Vec<u8>| {
        riff(&[chunk(b"fmt ", &format(tag, 1, 8000, bits)), chunk(b"data", &data)])
    };
    let cases = [
        (8, file(1, 8, bytes(&|v| vec![(whole(8)(v) + 128) as u8]))),
        (16, file(1, 16, bytes(&|v| whole(16)(v).to_le_bytes()[..2].to_vec()))),
        (20, file(1, 20, bytes(&|v| (whole(20)(v) << 4).to_le_bytes()[..3].to_vec()))),
        (24, file(1, 24, bytes(&|v| whole(24)(v).to_le_bytes()[..3].to_vec()))),
        (32, file(1, 32, bytes(&|v| whole(32)(v).to_le_bytes().to_vec()))),
        (24, file(3, 32, bytes(&|v| v.to_le_bytes().to_vec()))),
        (24, file(3, 64, bytes(&|v| (v as f64).to_le_bytes().to_vec()))),
    ];
    for (bits, bytes) in cases {
        near(&wave(&bytes), &samples, 1.5 / (1u64 << (bits - 1)) as f32, &format!("{bits} bits"));
    }
    // The extensible format has its actual tag after the channel mask.
    let guid = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";
    let extended = |tag: u16, bits: u16| {
        let tail =
            [&22u16.to_le_bytes()[..], &bits.to_le_bytes(), &4u32.to_le_bytes(), &tag.to_le_bytes(), guid];
        [format(0xfffe, 1, 8000, bits), tail.concat()].concat()
    };
    let float = bytes(&|v| v.to_le_bytes().to_vec());
    near(
        &wave(&riff(&[chunk(b"fmt ", &extended(3, 32)), chunk(b"data", &float)])),
        &samples,
        1e-7,
        "extensible",
    );
    assert!(Wave::from(Cursor::new(file(0x55, 16, vec![0; 99]))).is_err(), "MP3 in WAVE is not PCM");
}

#[test]
fn large_and_old_formats_are_decoded() {
    let samples = tone(8000, 0.5);
    let data = pcm16(&samples);
    let fmt = chunk(b"fmt ", &format(1, 1, 8000, 16));
    let ds64 = chunk(b"ds64", &[0u64, data.len() as u64, 0].map(u64::to_le_bytes).concat());
    for name in [b"RF64", b"BW64"] {
        let open = [&b"data"[..], &u32::MAX.to_le_bytes(), &data, &chunk(b"id3 ", b"more")].concat();
        let mut bytes = riff(&[ds64.clone(), fmt.clone(), open]);
        bytes[..4].copy_from_slice(name);
        near(&wave(&bytes), &samples, 1e-4, "RF64");
    }
    let guid = b"\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a";
    let part = |name: &[u8], data: &[u8]| {
        let mut out = [name, guid, &(24 + data.len() as u64).to_le_bytes(), data].concat();
        out.resize(out.len().next_multiple_of(8), 0);
        out
    };
    let body = [part(b"junk", b"odd"), part(b"fmt ", &format(1, 1, 8000, 16)), part(b"data", &data)].concat();
    let bytes = [&b"riff"[..], guid, &(40 + body.len() as u64).to_le_bytes(), b"wave", guid, &body].concat();
    near(&wave(&bytes), &samples, 1e-4, "Wave64");
    let mut big = plain(1, 8000, &samples);
    big[..4].copy_from_slice(b"RIFX");
    for at in [4, 16, 24, 28, 40] {
        big[at..at + 4].reverse();
    }
    for at in [20, 22, 32, 34].into_iter().chain((44..big.len()).step_by(2)) {
        big[at..at + 2].reverse();
    }
    near(&wave(&big), &samples, 1e-4, "RIFX");
}

/// A chunk of AIFF.
fn aiff_chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    let mut out = [name, &(data.len() as u32).to_be_bytes(), data].concat();
    out.resize(out.len().next_multiple_of(2), 0);
    out
}

/// The chunk `COMM`: mono at 8000 Hz, bits, and the compression type of AIFF-C.
fn common(frames: usize, bits: u16, kind: &[u8]) -> Vec<u8> {
    let rate = [&(16_383u16 + 12).to_be_bytes()[..], &(8000u64 << 51).to_be_bytes()].concat();
    let name: &[u8] = if kind.is_empty() { b"" } else { b"\0\0" };
    let (count, bits) = ((frames as u32).to_be_bytes(), bits.to_be_bytes());
    aiff_chunk(b"COMM", &[&[0, 1][..], &count, &bits, &rate, kind, name].concat())
}

fn aiff(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [kind.to_vec(), chunks.concat()].concat();
    [b"FORM".to_vec(), (body.len() as u32).to_be_bytes().to_vec(), body].concat()
}

#[test]
fn faulty_headers_of_aiff_are_tolerated() {
    let samples = tone(8000, 1.0);
    let data: Vec<u8> = samples.iter().flat_map(|v| ((v * 32_767.0).round() as i16).to_be_bytes()).collect();
    let sound = aiff_chunk(b"SSND", &[vec![0; 8], data.clone()].concat());
    let comm = common(samples.len(), 16, b"");
    let whole = aiff(b"AIFF", &[comm.clone(), sound.clone()]);
    let odd = [&b"NAME"[..], &5u32.to_be_bytes(), b"hello"].concat();
    let with = |mut bytes: Vec<u8>, form: u32, sound: Option<u32>| {
        let at = bytes.windows(4).position(|w| w == b"SSND").unwrap() + 4;
        bytes[4..8].copy_from_slice(&form.to_be_bytes());
        sound.into_iter().for_each(|n| bytes[at..at + 4].copy_from_slice(&n.to_be_bytes()));
        bytes
    };
    let pushed = aiff_chunk(b"SSND", &[&[0, 0, 0, 6, 0, 0, 0, 0][..], b"before", &data].concat());
    let behind = aiff(b"AIFF", &[comm.clone(), sound.clone(), aiff_chunk(b"ID3 ", b"more of it, odd")]);
    for (what, bytes) in [
        ("plain", whole.clone()),
        ("a FORM of 0", with(whole.clone(), 0, None)),
        ("a FORM of -1", with(whole.clone(), u32::MAX, None)),
        ("no lengths filled in", with(whole.clone(), 0, Some(0))),
        ("all of -1", with(whole.clone(), u32::MAX, Some(u32::MAX))),
        ("sound too short, never finished", with(whole.clone(), 0, Some(1000))),
        ("an odd chunk without padding", aiff(b"AIFF", &[odd.clone(), comm.clone(), sound.clone()])),
        ("an odd chunk in the middle", aiff(b"AIFF", &[comm.clone(), odd, sound.clone()])),
        (
            "an odd chunk with padding",
            aiff(b"AIFF", &[aiff_chunk(b"NAME", b"hello"), comm.clone(), sound.clone()]),
        ),
        ("a chunk after the samples", behind.clone()),
        ("a chunk after samples without a length", with(behind, 0, Some(0))),
        ("the sound first", aiff(b"AIFF", &[sound.clone(), comm.clone()])),
        ("sound behind an offset", aiff(b"AIFF", &[comm, pushed])),
        ("no number of frames", aiff(b"AIFF", &[common(0, 16, b""), sound])),
    ] {
        near(&wave(&bytes), &samples, 1e-4, what);
        let clip = Clip::decode(bytes, "aiff").unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!((clip.seconds() - 1.0).abs() < 1e-3, "{what}");
    }
}

#[test]
fn every_encoding_of_aiff_is_decoded() {
    let samples = tone(8000, 0.5);
    let bytes = |each: &dyn Fn(f32) -> Vec<u8>| samples.iter().flat_map(|v| each(*v)).collect::<Vec<u8>>();
    let whole = |bits: u32| move |v: f32| (v as f64 * ((1u64 << (bits - 1)) - 1) as f64).round() as i32;
    let cases: [(&[u8], u16, Vec<u8>); 9] = [
        (b"", 8, bytes(&|v| vec![whole(8)(v) as u8])),
        (b"", 24, bytes(&|v| whole(24)(v).to_be_bytes()[1..].to_vec())),
        (b"", 12, bytes(&|v| (whole(12)(v) << 4).to_be_bytes()[2..].to_vec())),
        (b"NONE", 16, bytes(&|v| whole(16)(v).to_be_bytes()[2..].to_vec())),
        (b"sowt", 16, bytes(&|v| whole(16)(v).to_le_bytes()[..2].to_vec())),
        (b"raw ", 8, bytes(&|v| vec![(whole(8)(v) + 128) as u8])),
        (b"in32", 16, bytes(&|v| whole(32)(v).to_be_bytes().to_vec())),
        (b"fl32", 32, bytes(&|v| v.to_be_bytes().to_vec())),
        (b"FL64", 64, bytes(&|v| (v as f64).to_be_bytes().to_vec())),
    ];
    for (kind, bits, data) in cases {
        let form = if kind.is_empty() { b"AIFF" } else { b"AIFC" };
        let sound = aiff_chunk(b"SSND", &[vec![0; 8], data].concat());
        let file = aiff(form, &[common(samples.len(), bits, kind), sound]);
        near(&wave(&file), &samples, 1.5 / (1u64 << (bits.min(24) - 1)) as f32, &format!("{kind:?} {bits}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn random_bytes_never_panic(
        at in proptest::collection::vec((0usize..120, any::<u8>()), 0..12), cut in 0usize..3000,
        noise in proptest::collection::vec(any::<u8>(), 0..200), kind in 0usize..10,
    ) {
        let heads: [&[u8]; 6] = [b"fLaC\0\0\0\x22", b"OggS\0\x02", b"\xff\xfb\x90\x64", b"ID3\x04\0\0\0\0\0\x0a", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"FORM\0\0\0\x40AIFFCOMM"];
        let mut bytes = match heads.get(kind) {
            Some(head) => [head, &noise[..]].concat(),
            None => WAV.with(|w| w[kind - heads.len()].clone()),
        };
        for (i, b) in at { if let Some(v) = bytes.get_mut(i) { *v = b; } }
        bytes.truncate(cut);
        if let Ok(wave) = Wave::from(Cursor::new(bytes.clone())) {
            let most = bytes.len();
            let heard = decoded(wave);
            prop_assert!(heard.len() <= most && heard.iter().all(|v| v.is_finite() && v.abs() <= 4.0));
        }
        match Library::from(Box::new(Cursor::new(bytes)), "") {
            Ok(library) => prop_assert!(decoded(library).iter().all(|v| v.is_finite() && v.abs() <= 4.0)),
            Err(e) => prop_assert!(!e.is_empty() && !e.contains('\n'), "{e:?}"),
        }
    }
}

thread_local! {
    static WAV: [Vec<u8>; 4] = {
        let samples = tone(8000, 0.15);
        let list = chunk(b"LIST", b"INFO something");
        let fmt = chunk(b"fmt ", &format(1, 2, 8000, 16));
        let mut long = riff(&[chunk(b"ds64", &[9; 24]), fmt.clone(), chunk(b"data", &pcm16(&samples))]);
        long[..4].copy_from_slice(b"RF64");
        let sound = aiff_chunk(b"SSND", &[vec![0; 8], pcm16(&samples)].concat());
        let aiff = aiff(b"AIFF", &[aiff_chunk(b"ANNO", b"odd"), common(samples.len(), 16, b""), sound]);
        [plain(1, 8000, &samples), riff(&[list, fmt, chunk(b"data", &pcm16(&samples))]), long, aiff]
    };
}
