//! A performance in ten lines: play a scene, move a knob, save the picture with its provenance.
//!
//! `cargo run --release --example performance`

use untrained::performance::PerformanceSetup;
use untrained::show::source::SceneSource;
use untrained::show::{Command, ShowDriver};
use untrained::world::frame::{Frame, write_png};

/// Plays a scene, moves a knob and saves the picture.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut performance =
        PerformanceSetup::of(untrained::CATALOGUE, vec![SceneSource::find("julia")?]).start()?;
    for tick in 0..60 {
        performance.command(Command::Travel("set.zoom".into(), f64::from(tick) / 600.0));
        performance.tick();
    }
    let mut frame = Frame::default();
    performance.picture(&mut frame);
    write_png(&std::env::temp_dir().join("untrained-performance.png"), &frame)?;
    Ok(())
}
