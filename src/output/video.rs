//! Video through a child `ffmpeg`: raw frames into its pipe, H.264 (or VP9 in .webm) out.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::JoinHandle;

use super::{Done, Format, OutputError, Sink, make_parent, part_of};
use crate::world::frame::Frame;

/// A video being encoded.
pub struct Video {
    path: PathBuf,
    format: Format,
    child: Child,
    pipe: Option<ChildStdin>,
    said: Option<JoinHandle<String>>,
    frames: u64,
    /// The file while it is not whole; a device has none.
    part: Option<PathBuf>,
}

impl Video {
    /// Starts the encoder; the ending (.mp4, .mkv, .webm) chooses the container.
    pub fn create(path: &Path, format: Format) -> Result<Self, OutputError> {
        Self::with(Path::new("ffmpeg"), path, format, false)
    }

    /// The same beside a show, whose worlds want the processor: much less work, for a larger file.
    pub fn live(path: &Path, format: Format) -> Result<Self, OutputError> {
        Self::with(Path::new("ffmpeg"), path, format, true)
    }

    /// The same with another encoder program.
    pub fn with(program: &Path, path: &Path, format: Format, live: bool) -> Result<Self, OutputError> {
        make_parent(path)?;
        let part = part_of(path);
        // ffmpeg would tell of an unwritable place only at the first frame.
        std::fs::File::options().create(true).append(true).open(&part).map_err(OutputError::write(path))?;
        let mut command = Command::new(program);
        command.args(arguments(path, format, live)).arg(&part);
        Self::run(command, path, format, Some(part))
    }

    /// A virtual camera (v4l2loopback), which other programs take for a real one.
    pub fn to_device(path: &Path, format: Format) -> Result<Self, OutputError> {
        std::fs::File::options().write(true).open(path).map_err(OutputError::write(path))?;
        let mut command = Command::new("ffmpeg");
        command.args(to_camera(format)).arg(path);
        Self::run(command, path, format, None)
    }

    fn run(
        mut command: Command,
        path: &Path,
        format: Format,
        part: Option<PathBuf>,
    ) -> Result<Self, OutputError> {
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        // A group of its own: Ctrl-C reaches this program, which then ends the video properly.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|e| {
            part.iter().for_each(|p| drop(std::fs::remove_file(p)));
            match e.kind() {
                std::io::ErrorKind::NotFound => OutputError::NoFfmpeg,
                _ => OutputError::Write { path: command.get_program().into(), source: e },
            }
        })?;
        let (pipe, mut words) = (child.stdin.take(), child.stderr.take());
        let said = std::thread::spawn(move || {
            let mut text = Vec::new();
            // Whatever can be read of its last words is told.
            let _ = words.as_mut().map(|w| w.read_to_end(&mut text));
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Self { path: path.into(), format, child, pipe, said: Some(said), frames: 0, part })
    }

    /// Closes the pipe, waits, and tells what went wrong.
    fn end(&mut self) -> Result<(), OutputError> {
        self.pipe = None;
        let status = self.child.wait().map_err(OutputError::write(&self.path))?;
        let said = self.said.take().and_then(|s| s.join().ok()).unwrap_or_default();
        // A disk that fills up while the file is closed is told, but ffmpeg still ends with success.
        let write_errors = ["No space left", "av_interleaved_write_frame", "Error writing", "Error closing"];
        let lost = said.lines().find(|l| write_errors.iter().any(|e| l.contains(e)));
        if status.success() && lost.is_none() {
            return Ok(());
        }
        let full = said.lines().find(|l| l.contains("No space left on device")).or(lost);
        let last = said.lines().rfind(|l| !l.trim().is_empty()).unwrap_or("no reason given");
        let reason = format!("ffmpeg said: {} ({status})", full.unwrap_or(last).trim());
        Err(OutputError::Encoder {
            path: self.path.clone(),
            part: self.part.clone().unwrap_or(self.path.clone()),
            reason,
        })
    }
}

/// Everything but the output's name. 4:2:0 wants even sizes, so an odd one gets a black line; colours are marked and
/// converted as BT.709, which players assume for video of this size.
fn arguments(path: &Path, format: Format, live: bool) -> Vec<String> {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("mp4").to_ascii_lowercase();
    let size = format!("{}x{}", format.width, format.height);
    let rate = format!("{}", format.rate);
    let codec = match ending.as_str() {
        "webm" if live => "-c:v libvpx-vp9 -crf 30 -b:v 0 -row-mt 1 -deadline realtime -cpu-used 8 -f webm",
        "mkv" if live => "-c:v libx264 -preset ultrafast -crf 17 -g 60 -f matroska",
        // In fragments: whatever ends the film, a full disk or a cut cable, it plays up to there.
        _ if live => {
            "-c:v libx264 -preset ultrafast -crf 17 -g 60 -movflags \
             +frag_keyframe+empty_moov+default_base_moof -flush_packets 1 -f mp4"
        }
        "webm" => "-c:v libvpx-vp9 -crf 28 -b:v 0 -row-mt 1 -deadline good -cpu-used 5 -f webm",
        "mkv" => "-c:v libx264 -preset veryfast -crf 17 -f matroska",
        _ => "-c:v libx264 -preset veryfast -crf 17 -movflags +faststart -f mp4",
    };
    let filter = "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv";
    let input = format!(
        "-hide_banner -nostdin -y -loglevel error -f rawvideo -pix_fmt rgba -s {size} -r {rate} -i -"
    );
    let colours =
        "-pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv";
    let words = |text: &str| text.split(' ').map(String::from).collect::<Vec<_>>();
    [words(&input), words(&format!("-vf {filter}")), words(colours), words(codec)].concat()
}

/// Most programs want 4:2:0 of a camera, in studio range.
fn to_camera(format: Format) -> Vec<String> {
    let size = format!("{}x{}", format.width, format.height);
    let text = format!(
        "-hide_banner -nostdin -y -loglevel error -f rawvideo -pix_fmt rgba -s {size} -r {} -i - -vf \
         scale=trunc(iw/2)*2:trunc(ih/2)*2:out_color_matrix=bt709:out_range=tv -pix_fmt yuv420p -f v4l2",
        format.rate
    );
    text.split(' ').map(String::from).collect()
}

impl Sink for Video {
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError> {
        if (frame.width, frame.height) != (self.format.width, self.format.height) {
            let reason = format!(
                "a frame of {}×{} does not fit a video of {}×{}",
                frame.width, frame.height, self.format.width, self.format.height
            );
            return Err(OutputError::Size { path: self.path.clone(), reason });
        }
        let written = self.pipe.as_mut().map_or(Ok(()), |pipe| pipe.write_all(&frame.rgba));
        if let Err(source) = written {
            self.end()?;
            return Err(OutputError::Write { path: self.path.clone(), source });
        }
        self.frames += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Done, OutputError> {
        self.end()?;
        let Some(part) = self.part.take() else {
            return Ok(Done { path: self.path.clone(), frames: self.frames });
        };
        if self.frames == 0 {
            // A video of nothing is no video.
            let _ = std::fs::remove_file(part);
        } else {
            std::fs::rename(part, &self.path).map_err(OutputError::write(&self.path))?;
        }
        Ok(Done { path: self.path.clone(), frames: self.frames })
    }
}

impl Drop for Video {
    fn drop(&mut self) {
        if self.said.is_some() {
            // Given up before its end: the encoder closes the .part file, and no more is known.
            let _ = self.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_of_a_show_plays_up_to_where_its_encoder_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        let format = Format { width: 64, height: 36, rate: 30.0 };
        let mut video = match Video::live(&path, format) {
            Err(OutputError::NoFfmpeg) => return println!("skipped: ffmpeg is not installed"),
            video => video.unwrap(),
        };
        let mut frame = Frame::new(64, 36);
        for i in 0..600u32 {
            frame.rgba.iter_mut().enumerate().for_each(|(k, v)| *v = (k as u32 * 7 + i * 31) as u8);
            video.frame(&frame).unwrap();
        }
        video.child.kill().unwrap();
        let wrong = Box::new(video).finish().unwrap_err().to_string();
        assert!(wrong.contains("film.mp4.part") && !path.exists(), "{wrong}");
        let probe = Command::new("ffprobe")
            .args("-v quiet -count_frames -show_entries stream=nb_read_frames -of csv=p=0".split(' '))
            .arg(part_of(&path))
            .output()
            .unwrap();
        let frames: u32 = String::from_utf8_lossy(&probe.stdout).trim().parse().unwrap();
        assert!(frames > 300, "{frames} of 600");
    }
}
