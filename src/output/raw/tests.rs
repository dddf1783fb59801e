//! Real frames through real pipes, into readers that keep up, stall, disconnect and connect.

use std::fs::File;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use super::*;

const HD: (usize, usize) = (1920, 1080);

fn pipe(folder: &Path) -> PathBuf {
    let path = folder.join("pipe");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
    path
}

fn format(size: (usize, usize)) -> Format {
    Format { width: size.0, height: size.1, rate: 60.0 }
}

/// A picture whose every pixel is its number.
fn picture(size: (usize, usize), number: u32) -> Frame {
    let mut frame = Frame::new(size.0, size.1);
    frame.rgba.as_chunks_mut::<4>().0.iter_mut().for_each(|p| *p = number.to_le_bytes());
    frame
}

/// The number of the next frame, which must be whole.
fn number(from: &mut impl Read, size: (usize, usize)) -> Option<u32> {
    let mut bytes = vec![0; 4 * size.0 * size.1];
    from.read_exact(&mut bytes).ok()?;
    let (pixels, _) = bytes.as_chunks::<4>();
    assert!(pixels.iter().all(|p| p == &pixels[0]), "a frame is whole");
    Some(u32::from_le_bytes(pixels[0]))
}

/// Opens the pipe for reading on another thread, because that waits for a writer.
fn reader(path: &Path) -> Receiver<File> {
    let (path, (sent, opened)) = (path.to_path_buf(), channel());
    std::thread::spawn(move || sent.send(File::open(path).unwrap()));
    opened
}

/// Offers frames until one is being sent; the reader, and the number of the next frame.
fn begin(raw: &mut RawPipe, path: &Path, size: (usize, usize), mut next: u32) -> (File, u32) {
    let opened = reader(path);
    loop {
        raw.frame(&picture(size, next)).unwrap();
        next += 1;
        if let Ok(file) = opened.recv_timeout(Duration::from_millis(5)) {
            // It may have connected after all of these.
            raw.frame(&picture(size, next)).unwrap();
            return (file, next + 1);
        }
    }
}

/// Regression: a frame took one call per pipe buffer, and 1080p ran at five frames a second.
#[test]
fn each_1080p_frame_is_sent_at_once_and_none_is_dropped_for_a_reader_that_keeps_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let mut raw = RawPipe::create(&path, format(HD));
    let (mut file, first) = begin(&mut raw, &path, HD, 0);
    let (told, numbers) = channel();
    let reading = std::thread::spawn(move || {
        while let Some(number) = number(&mut file, HD) {
            told.send(number).unwrap();
        }
    });
    raw.frame(&picture(HD, first)).unwrap();
    while numbers.recv().unwrap() != first {}
    let before = raw.dropped();
    for n in first + 1..first + 40 {
        raw.frame(&picture(HD, n)).unwrap();
        assert_eq!(numbers.recv(), Ok(n));
    }
    assert_eq!(raw.dropped(), before);
    // What waits at the end is sent, and a repeated frame is sent as often as requested.
    let last = picture(HD, first + 40);
    raw.frame(&last).unwrap();
    (0..6).for_each(|_| raw.again(&last).unwrap());
    Box::new(raw).finish().unwrap();
    assert_eq!(numbers.iter().collect::<Vec<_>>(), [first + 40; 7]);
    reading.join().unwrap();
}

#[test]
fn a_stalled_reader_costs_frames_and_never_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let mut raw = RawPipe::create(&path, format(HD));
    let (mut file, first) = begin(&mut raw, &path, HD, 0);
    (first..first + 60).for_each(|n| raw.frame(&picture(HD, n)).unwrap());
    let came = first as u64 + 60;
    assert!(raw.sent() + raw.dropped() >= came - 1 - WAITING.0 as u64, "{} {}", raw.sent(), raw.dropped());
    // It continues with the frame in flight and the last ones.
    let seen: Vec<u32> = (0..4).map_while(|_| number(&mut file, HD)).collect();
    assert_eq!(seen[1..], [first + 57, first + 58, first + 59], "{seen:?}");
    // A reader that has stalled for good does not block the end.
    (0..9).for_each(|n| raw.frame(&picture(HD, n)).unwrap());
    let done = Box::new(raw).finish().unwrap();
    assert!(done.frames >= 4);
    drop(file);
}

#[test]
fn a_new_reader_starts_with_a_whole_frame_wherever_the_previous_one_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    for size in [(64, 64), (333, 77), HD] {
        let mut raw = RawPipe::create(&path, format(size));
        raw.frame(&picture(size, 0)).unwrap();
        while raw.dropped() == 0 {
            std::thread::yield_now();
        }
        assert_eq!((raw.sent(), raw.dropped()), (0, 1), "no reader");
        let mut next = 1;
        for part in [1, 4000, 70_001, 4 * size.0 * size.1 + 5] {
            let (mut file, after) = begin(&mut raw, &path, size, next);
            let first = number(&mut file, size).unwrap();
            // What waited without a reader may still be sent, and what was being sent just then.
            assert!(
                first + WAITING.0 as u32 + 1 > next,
                "{first} is older than those that waited before {next}"
            );
            raw.frame(&picture(size, after)).unwrap();
            raw.frame(&picture(size, after + 1)).unwrap();
            // Two more frames are certain, and no reader waits for others.
            let _ = file.read_exact(&mut vec![0; part.min(2 * 4 * size.0 * size.1)]);
            drop(file);
            // There is no reader for a moment.
            raw.frame(&picture(size, after + 2)).unwrap();
            next = after + 2;
        }
        assert!(raw.frame(&Frame::new(3, 3)).is_err());
    }
}

#[test]
fn a_recreated_pipe_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let mut raw = RawPipe::create(&path, format((64, 64)));
    for round in 0..3 {
        let (mut file, _) = begin(&mut raw, &path, (64, 64), 1000 * round);
        assert!(number(&mut file, (64, 64)).unwrap() >= 1000 * round);
        drop(file);
        std::fs::remove_file(&path).unwrap();
        (0..3).for_each(|_| raw.frame(&picture((64, 64), 1000 * (round + 1))).unwrap());
        pipe(folder.path());
    }
    // But a regular file must not receive all frames.
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "mine").unwrap();
    let wrong = (0..1000).find_map(|n| {
        std::thread::sleep(Duration::from_millis(1));
        raw.frame(&picture((64, 64), n)).err()
    });
    assert!(wrong.unwrap().to_string().contains("no longer a named pipe"));
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}

#[test]
fn a_render_sends_every_frame_and_waits_for_its_reader() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let mut raw = RawPipe::whole(&path, format(HD));
    let opened = reader(&path);
    let reading = std::thread::spawn(move || {
        let mut file = opened.recv().unwrap();
        (0..30).filter(|n| number(&mut file, HD) == Some(*n)).count()
    });
    (0..30).for_each(|n| raw.frame(&picture(HD, n)).unwrap());
    assert_eq!(Box::new(raw).finish().unwrap().frames, 30);
    assert_eq!(reading.join().unwrap(), 30);
    // A reader that disconnects early is reported.
    let mut raw = RawPipe::whole(&path, format(HD));
    let opened = reader(&path);
    let leaving = std::thread::spawn(move || number(&mut opened.recv().unwrap(), HD));
    let wrong = (0..30).find_map(|n| raw.frame(&picture(HD, n)).err());
    assert!(wrong.unwrap().to_string().contains("has disconnected"));
    leaving.join().unwrap();
}

#[test]
fn ffmpeg_reads_what_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let line = "-v error -f rawvideo -pix_fmt rgba -s 1920x1080 -r 60 -i";
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(line.split(' ')).arg(&path).args(["-pix_fmt", "rgba", "-f", "framecrc", "-"]);
    let Ok(child) = ffmpeg.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() else {
        return crate::skip::skip("ffmpeg", "it is not installed");
    };
    let mut raw = RawPipe::whole(&path, format(HD));
    (0..20).for_each(|n| raw.frame(&picture(HD, 77 * n)).unwrap());
    Box::new(raw).finish().unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let sums: Vec<String> = (0..20)
        .map(|n| {
            // Adler-32, begun with 0 as ffmpeg does.
            let sum =
                |(a, b): (u32, u32), v: &u8| ((a + *v as u32) % 65521, (b + (a + *v as u32) % 65521) % 65521);
            let (a, b) = picture(HD, 77 * n).rgba.iter().fold((0, 0), sum);
            format!("0x{:08x}", b << 16 | a)
        })
        .collect();
    let read: Vec<&str> =
        said.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split(", ").last()).collect();
    assert_eq!(read.iter().map(|r| r.trim()).collect::<Vec<_>>(), sums);
}
