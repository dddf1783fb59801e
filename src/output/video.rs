//! Video through a child `ffmpeg`: raw frames into its pipe, H.264 (or VP9 in .webm) out.

use std::path::{Path, PathBuf};

use super::encoder::Encoder;
use super::error::OutputError;
use super::sink::{Done, Format, Sink};
use super::tool;
use world::frame::Frame;

/// A video being encoded.
pub struct Video {
    encoder: Encoder,
    format: Format,
    path: PathBuf,
    frames: u64,
}

impl Video {
    /// Starts the encoder; the extension (.mp4, .mkv, .webm) selects the container.
    pub fn create(path: &Path, format: Format) -> Result<Self, OutputError> {
        Self::with(Path::new("ffmpeg"), path, format, false)
    }

    /// The same during a show, whose worlds need the processor: much less work, for a larger file.
    pub fn live(path: &Path, format: Format) -> Result<Self, OutputError> {
        Self::with(Path::new("ffmpeg"), path, format, true)
    }

    /// The same with another encoder program.
    pub fn with(program: &Path, path: &Path, format: Format, live: bool) -> Result<Self, OutputError> {
        let mut command = tool(program);
        command.args(arguments(path, format, live));
        Ok(Self { encoder: Encoder::to_file(command, path)?, format, path: path.into(), frames: 0 })
    }

    /// A virtual camera (v4l2loopback), which other programs see as a real one.
    pub fn to_device(path: &Path, format: Format) -> Result<Self, OutputError> {
        let mut command = tool("ffmpeg");
        command.args(to_camera(format));
        Ok(Self { encoder: Encoder::to_device(command, path)?, format, path: path.into(), frames: 0 })
    }
}

/// Everything but the output's name. 4:2:0 needs even sizes, so an odd one gets a black line; colours are tagged and
/// converted as BT.709, which players assume for video of this size.
fn arguments(path: &Path, format: Format, live: bool) -> Vec<String> {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("mp4").to_ascii_lowercase();
    let size = format!("{}x{}", format.width, format.height);
    let rate = format!("{}", format.rate);
    let codec = match ending.as_str() {
        "webm" if live => "-c:v libvpx-vp9 -crf 30 -b:v 0 -row-mt 1 -deadline realtime -cpu-used 8 -f webm",
        "mkv" if live => "-c:v libx264 -preset ultrafast -crf 17 -g 60 -f matroska",
        // Fragmented: whatever interrupts the recording, a full disk or a power cut, it plays up to there.
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

/// Most programs expect 4:2:0 from a camera, in studio range.
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
        self.encoder.write(&frame.rgba)?;
        self.frames += 1;
        Ok(())
    }

    /// A video without frames is removed.
    fn finish(self: Box<Self>) -> Result<Done, OutputError> {
        let path = self.encoder.finish(self.frames > 0)?;
        Ok(Done { path, frames: self.frames })
    }
}

#[cfg(test)]
mod tests {
    use super::super::part_of;
    use super::*;
    use std::process::Command;

    #[test]
    fn a_live_recording_plays_up_to_where_its_encoder_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        let format = Format { width: 64, height: 36, rate: 30.0 };
        let mut video = match Video::live(&path, format) {
            Err(OutputError::NoFfmpeg) => return crate::skip::skip("ffmpeg", "it is not installed"),
            video => video.unwrap(),
        };
        let mut frame = Frame::new(64, 36);
        for i in 0..600u32 {
            frame.rgba.iter_mut().enumerate().for_each(|(k, v)| *v = (k as u32 * 7 + i * 31) as u8);
            video.frame(&frame).unwrap();
        }
        video.encoder.kill();
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
