//! Muxing audio into a video file, by a child `ffmpeg` that copies the video stream.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::encoder::hold;
use super::{OutputError, part_of, tool};

/// AAC priming, seconds (1024 samples at 48 kHz); Matroska does not signal it.
const PRIMING: &str = "0.0213333333";

/// Muxes a WAV file, or a file of [`super::Audio`], into a video, which is replaced by the one with sound.
///
/// # Errors
/// ffmpeg is missing or says why it cannot; the video without sound is then left as it is.
pub fn add_sound(video: &Path, sound: &Path) -> Result<(), OutputError> {
    let ending = video.extension().and_then(|e| e.to_str()).unwrap_or("mp4").to_ascii_lowercase();
    let (codec, container): (&[&str], &str) = match ending.as_str() {
        "webm" => (&["-c:a", "libopus", "-b:a", "160k"], "webm"),
        "mkv" => (&["-c:a", "flac"], "matroska"),
        _ => (&["-c:a", "aac", "-b:a", "256k", "-movflags", "+faststart"], "mp4"),
    };
    let part: PathBuf = part_of(video);
    // An orphaned ffmpeg that is still writing keeps its own, unlinked file.
    let _ = std::fs::remove_file(&part);
    let _hold = hold(sound);
    let mut command = tool("ffmpeg");
    command.args(["-hide_banner", "-nostdin", "-y", "-loglevel", "error", "-i"]).arg(video);
    if sound.to_string_lossy().ends_with(".aac.mka") {
        command.args(["-ss", PRIMING]);
    }
    command.arg("-i").arg(sound).args(["-map", "0:v", "-map", "1:a", "-c:v", "copy"]).args(codec);
    if sound.extension().is_some_and(|e| e == "mka") {
        command.args(["-c:a", "copy"]);
    }
    command.args(["-f", container]).arg(&part).stdin(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let done = command.output().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => OutputError::NoFfmpeg,
        _ => OutputError::Write { path: video.into(), source: e },
    })?;
    if !done.status.success() {
        let _ = std::fs::remove_file(&part);
        let said = String::from_utf8_lossy(&done.stderr);
        let reason =
            format!("the video has no sound; ffmpeg said: {}", said.lines().last().unwrap_or("nothing"));
        return Err(OutputError::Encoder { path: video.into(), part: sound.into(), reason });
    }
    std::fs::rename(part, video).map_err(OutputError::write(video))
}
