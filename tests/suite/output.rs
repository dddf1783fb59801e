//! Sinks: what they write decodes to their input, and a failure leaves no file that passes for a complete one.

use std::path::Path;
use std::process::Command;

use image::AnimationDecoder;
use untrained::output::{ContactSheet, CsvValue, CsvWriter, Format, OutputError, Sink, Video, open};
use untrained::world::frame::{Frame, read_provenance};

const FORMAT: Format = Format { width: 48, height: 32, rate: 25.0 };

/// A bright bar that moves with the tick.
fn frame(tick: u64) -> Frame {
    let mut frame = Frame::new(FORMAT.width, FORMAT.height);
    for (i, p) in frame.rgba.chunks_exact_mut(4).enumerate() {
        let x = i % FORMAT.width;
        p[..3].copy_from_slice(&if x as u64 / 4 == tick % 12 {
            [250, 200, 40]
        } else {
            [10, 20, (x * 4) as u8]
        });
    }
    (frame.provenance.scene, frame.provenance.tick) = ("bar".into(), tick);
    frame
}

fn feed(mut sink: Box<dyn Sink>, frames: u64) -> Result<u64, OutputError> {
    for tick in 0..frames {
        sink.frame(&frame(tick))?;
    }
    Ok(sink.finish()?.frames)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_folder_takes_every_frame_with_its_tick() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/run");
    assert_eq!(feed(open(&out, FORMAT).unwrap(), 30).unwrap(), 30);
    assert_eq!(names(&out).len(), 30);
    for tick in 0..30 {
        let path = out.join(format!("frame-{tick:06}.png"));
        assert_eq!(read_provenance(&path).unwrap().tick, tick);
        assert!(image::open(path).unwrap().to_rgb8().into_raw() == frame(tick).rgb());
    }
    let again = open(&out, FORMAT).err().unwrap();
    assert!(again.is_usage() && again.to_string().contains("another rendering"), "{again}");
}

#[test]
fn a_gif_plays_every_frame_at_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.gif");
    assert_eq!(feed(open(&out, FORMAT).unwrap(), 15).unwrap(), 15);
    assert_eq!(names(folder.path()), ["a.gif"]);
    let read = std::io::BufReader::new(std::fs::File::open(&out).unwrap());
    let frames = image::codecs::gif::GifDecoder::new(read).unwrap().into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 15);
    for (tick, shown) in frames.iter().enumerate() {
        assert_eq!(shown.delay().numer_denom_ms(), (40, 1));
        // 49 colours: no loss at all.
        assert!(shown.buffer().as_raw() == &frame(tick as u64).rgba, "frame {tick}");
    }
}

#[test]
fn a_gif_keeps_time_at_rates_it_cannot_play() {
    for (rate, expected) in [(60.0, 30), (30.0, 30), (50.0, 50)] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a.gif");
        let written = feed(open(&out, Format { rate, ..FORMAT }).unwrap(), rate as u64).unwrap();
        let read = std::io::BufReader::new(std::fs::File::open(&out).unwrap());
        let frames =
            image::codecs::gif::GifDecoder::new(read).unwrap().into_frames().collect_frames().unwrap();
        assert_eq!(frames.len() as u64, written);
        let total: u32 = frames.iter().map(|f| f.delay().numer_denom_ms().0).sum();
        assert!((990..=1010).contains(&total), "{rate}: {total} ms");
        assert!(frames.len() >= expected, "{rate}: {}", frames.len());
        assert!(frames.iter().all(|f| f.delay().numer_denom_ms().0 >= 20));
    }
}

#[test]
fn a_single_png_is_the_last_frame() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("last.png");
    assert_eq!(feed(open(&out, FORMAT).unwrap(), 9).unwrap(), 1);
    assert_eq!(read_provenance(&out).unwrap().tick, 8);
    assert!(image::open(out).unwrap().to_rgb8().into_raw() == frame(8).rgb());
}

#[test]
fn videos_hold_every_frame() {
    if !crate::skip::ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, codec) in [("a.mp4", "h264"), ("a.mkv", "h264"), ("a.webm", "vp9")] {
        let out = folder.path().join(name);
        assert_eq!(feed(open(&out, FORMAT).unwrap(), 20).unwrap(), 20);
        let probe = Command::new("ffprobe")
            .args("-v error -count_frames -select_streams v -of csv=p=0 -show_entries".split(' '))
            .arg("stream=codec_name,width,height,pix_fmt,nb_read_frames")
            .arg(&out)
            .output()
            .unwrap();
        let line = String::from_utf8(probe.stdout).unwrap();
        assert_eq!(line.trim(), format!("{codec},48,32,yuv420p,20"), "{name}");
        // Each is shown for its time, in order, and looks like what was put in.
        assert!((duration(&out) - 20.0 / FORMAT.rate).abs() < 0.02, "{name}: {} s", duration(&out));
        for (tick, shown) in decoded(&out, 48 * 32 * 3).iter().enumerate() {
            let nearest = (0..12).min_by_key(|t| apart(shown, &frame(*t).rgb())).unwrap();
            let mean = apart(shown, &frame(tick as u64).rgb()) as f64 / shown.len() as f64;
            assert!(nearest == tick as u64 % 12 && mean < 8.0, "{name}, picture {tick}: {nearest}, {mean}");
        }
    }
    assert_eq!(names(folder.path()), ["a.mkv", "a.mp4", "a.webm"]);
}

fn apart(a: &[u8], b: &[u8]) -> u64 {
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b) as u64).sum()
}

/// Duration of a video, seconds.
fn duration(film: &Path) -> f64 {
    let mut probe = Command::new("ffprobe");
    probe.args("-v error -show_entries format=duration -of csv=p=0".split(' ')).arg(film);
    String::from_utf8(probe.output().unwrap().stdout).unwrap().trim().parse().unwrap()
}

/// Every picture of a video, in RGB.
fn decoded(film: &Path, bytes: usize) -> Vec<Vec<u8>> {
    let mut shot = Command::new("ffmpeg");
    shot.args(["-v", "error", "-i"]).arg(film).args("-f rawvideo -pix_fmt rgb24 -".split(' '));
    let raw = shot.output().unwrap().stdout;
    assert_eq!(raw.len() % bytes, 0);
    raw.chunks(bytes).map(<[u8]>::to_vec).collect()
}

#[test]
fn an_odd_sized_video_is_padded_to_even() {
    if !crate::skip::ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut sink =
        open(&folder.path().join("odd.mp4"), Format { width: 33, height: 17, rate: 30.0 }).unwrap();
    let mut odd = Frame::new(33, 17);
    odd.rgba.chunks_exact_mut(4).enumerate().for_each(|(i, p)| p[..3].fill(60 + 8 * (i % 33 / 3) as u8));
    for _ in 0..3 {
        sink.frame(&odd).unwrap();
    }
    assert!(matches!(sink.frame(&Frame::new(8, 8)), Err(OutputError::Size { .. })));
    assert_eq!(sink.finish().unwrap().frames, 3);
    // One column and one row more, with the picture at the same position, unscaled.
    let all = decoded(&folder.path().join("odd.mp4"), 34 * 18 * 3);
    assert_eq!(all.len(), 3);
    for (x, y) in [(1, 1), (16, 8), (31, 15)] {
        let (is, was) = (all[0][(y * 34 + x) * 3], odd.pixel(x, y)[0]);
        assert!(is.abs_diff(was) < 14, "({x}, {y}): {is} for {was}");
    }
}

#[test]
fn without_ffmpeg_the_message_names_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let error =
        Video::with(Path::new("no-such-program"), &folder.path().join("a.mp4"), FORMAT, false).err().unwrap();
    assert!(error.to_string().contains("apt install ffmpeg") && !error.is_usage(), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_full_disk_is_one_message_and_nothing_passes_for_complete() {
    if !crate::skip::full() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let full = |name: &str| {
        std::os::unix::fs::symlink("/dev/full", folder.path().join(format!("{name}.part"))).unwrap();
        folder.path().join(name)
    };
    let mut endings = vec![("a.gif", 200)];
    if crate::skip::ffmpeg() {
        // Small enough that only closing the file meets the full disk: ffmpeg then claims success.
        endings.extend([("a.mkv", 200), ("a.webm", 3), ("a.mp4", 3)]);
    }
    for (name, frames) in endings {
        let error = feed(open(&full(name), FORMAT).unwrap(), frames).unwrap_err();
        assert!(error.to_string().contains("No space left") && !error.is_usage(), "{error}");
        assert!(error.to_string().contains(name), "{error}");
        assert!(!folder.path().join(name).exists());
    }
    let out = full("a.csv");
    let mut table = CsvWriter::create(&out, &["tick".into()]).unwrap();
    let error = (0..10_000).find_map(|i| table.row(&[CsvValue::Whole(i)]).err()).unwrap();
    assert!(error.to_string().contains("No space left"), "{error}");
    assert!(!out.exists());
}

#[test]
fn an_unwritable_path_is_reported_before_the_first_frame() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    for name in ["below", "below/a.gif", "below/a.png", "below/a.mp4"] {
        let error = open(&file.join(name), FORMAT).err().unwrap();
        assert!(error.to_string().starts_with("cannot write") && !error.is_usage(), "{error}");
    }
    let error = open(&folder.path().join("a.avi"), FORMAT).err().unwrap();
    assert!(error.is_usage() && error.to_string().contains(".mkv"), "{error}");
    let huge = open(&folder.path().join("a.gif"), Format { width: 70_000, ..FORMAT }).err().unwrap();
    assert!(huge.is_usage() && huge.to_string().contains("65535"), "{huge}");
}

#[test]
fn a_folder_that_vanishes_stops_the_sequence_and_keeps_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let mut sink = open(&out, FORMAT).unwrap();
    (0..6).for_each(|t| sink.frame(&frame(t)).unwrap());
    // Wait for them without ending the sink.
    while names(&out).iter().filter(|n| n.ends_with(".png")).count() < 6 {
        std::thread::yield_now();
    }
    std::fs::rename(&out, folder.path().join("moved")).unwrap();
    let error = (6..200).find_map(|t| sink.frame(&frame(t)).err()).unwrap();
    assert!(error.to_string().starts_with("cannot write"), "{error}");
    drop(sink);
    assert_eq!(names(&folder.path().join("moved")).len(), 6);
    for tick in 0..6 {
        let kept = image::open(folder.path().join(format!("moved/frame-{tick:06}.png"))).unwrap();
        assert!(kept.to_rgb8().into_raw() == frame(tick).rgb(), "picture {tick}");
    }
}

#[test]
fn numbers_survive_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("deep/a.csv");
    let heads = ["tick", "gas.mean, speed", "judge.name"].map(String::from);
    let mut table = CsvWriter::create(&out, &heads).unwrap();
    table.row(&[CsvValue::Whole(60), CsvValue::Number(0.1), CsvValue::Text("a \"gas\"".into())]).unwrap();
    table.row(&[CsvValue::Whole(120), CsvValue::Blank]).unwrap();
    assert!(!out.exists(), "an unfinished table has no name yet");
    assert_eq!(table.finish().unwrap(), 2);
    let text = std::fs::read_to_string(out).unwrap();
    assert_eq!(text, "tick,\"gas.mean, speed\",judge.name\n60,0.1,\"a \"\"gas\"\"\"\n120,,\n");
}

#[test]
fn the_contact_sheet_is_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("sheet.png");
    let mut sheet = Box::new(ContactSheet::new(&out, 6, 24, 51).unwrap());
    (0..51).for_each(|t| sheet.frame(&frame(t)).unwrap());
    let picture = sheet.picture();
    assert_eq!((picture.width, picture.height), (3 * 30 + 6, 2 * (16 + 12 + 6) + 6));
    // Minted after looking at it: six bars, the labels 0 10 20 30 40 50.
    assert_eq!(picture.hash(), 9_171_789_155_950_926_991);
    assert_eq!(sheet.finish().unwrap().frames, 6);
    assert!(image::open(&out).unwrap().to_rgb8().into_raw() == picture.rgb());
}

#[test]
fn show_prints_the_provenance_of_a_picture_and_rejects_the_rest_with_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let show = |name: &str| {
        let program =
            Command::new(env!("CARGO_BIN_EXE_untrained")).arg("show").arg(path(name)).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (program.status.code(), text(program.stdout), text(program.stderr))
    };
    untrained::world::frame::write_png(&path("a.png"), &frame(7)).unwrap();
    let (code, out, _) = show("a.png");
    assert_eq!(code, Some(0));
    assert!(out.contains("scene    bar\n") && out.contains("tick     7\n"), "{out}");
    std::fs::write(path("zero.png"), "").unwrap();
    std::fs::write(path("text.png"), "words").unwrap();
    image::RgbImage::new(2, 2).save(path("plain.png")).unwrap();
    for (name, says) in [
        ("none.png", "No such file"),
        ("zero.png", "empty"),
        ("text.png", "not a PNG"),
        ("plain.png", "has no provenance"),
    ] {
        let (code, out, err) = show(name);
        // The report may be wrapped.
        let flat = err.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert_eq!((code, out.as_str()), (Some(2), ""), "{name} {err}");
        assert!(flat.contains(says), "{name} {err}");
    }
}
