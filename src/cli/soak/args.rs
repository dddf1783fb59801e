//! Arguments of `soak`.

use std::path::PathBuf;

use crate::cli::size::parse_size;

/// Arguments of `soak`.
#[derive(clap::Args)]
pub struct Args {
    /// Scene file or name of a shipped scene.
    #[arg(default_value = "garden")]
    pub scene: String,
    /// Minutes with everything on.
    #[arg(long, default_value_t = 60.0, value_parser = minutes)]
    pub minutes: f64,
    /// Minutes with everything off, before that (a sixth of the others, at most ten, if not given).
    #[arg(long, value_parser = minutes)]
    pub alone: Option<f64>,
    /// Size of window and picture.
    #[arg(long, value_name = "WxH", value_parser = parse_size, default_value = "1280x720")]
    pub size: (usize, usize),
    /// Output folder for the page, the time series (CSV), the metrics (JSON), the video and the tape.
    #[arg(long, default_value = "soak")]
    pub out: PathBuf,
    /// Keep the video and the tape; they are removed at the end unless this is given or something went wrong.
    #[arg(long)]
    pub keep: bool,
}

fn minutes(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|m| (0.05..=100_000.0).contains(m));
    value.ok_or_else(|| "expected minutes, such as 60".into())
}
