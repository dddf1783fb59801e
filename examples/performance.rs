//! A performance in ten lines: a scene plays, a hand moves a knob, the picture is saved with its origin.
//!
//! `cargo run --release --example performance`

use untrained::performance::PerformanceSetup;
use untrained::show::source::SceneSource;
use untrained::show::{Command, ShowDriver};
use untrained::world::frame::{Frame, write_png};

/// Plays, moves and saves.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut performance =
        PerformanceSetup::of(untrained::systems::CATALOGUE, vec![SceneSource::find("julia")?]).start()?;
    for tick in 0..60 {
        performance.command(Command::Travel("set.zoom".into(), f64::from(tick) / 600.0));
        performance.tick();
    }
    let mut frame = Frame::default();
    performance.picture(&mut frame);
    write_png(&std::env::temp_dir().join("untrained-performance.png"), &frame)?;
    Ok(())
}
