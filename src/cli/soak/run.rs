//! One run: the program as a user would start it, monitored through the health file that it writes.

#![expect(clippy::disallowed_methods, reason = "inputs of a test")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::args::Args;
use super::result::{HealthSample, SoakResult};
use super::simulated_user::SimulatedUser;
use crate::cli::Failure;
use crate::output::Interrupt;
use crate::sound::WavWriter;

/// Interval between health samples.
const EVERY: Duration = Duration::from_secs(5);
/// How long before the end of the show the simulated user leaves.
const LAST: Duration = Duration::from_secs(2);
/// Time that the end of the show may take, besides a quarter of its length: a long video is muxed with its sound then.
const PATIENCE: Duration = Duration::from_secs(60);

/// A display: an existing one, or a virtual one.
pub struct Display {
    name: Option<String>,
    server: Option<Child>,
}

impl Display {
    /// The display of this session; without one, a virtual one.
    ///
    /// # Errors
    /// There is neither.
    pub fn find(size: (usize, usize)) -> Result<Self, Failure> {
        if std::env::var_os("DISPLAY").is_some_and(|d| !d.is_empty()) {
            return Ok(Self { name: None, server: None });
        }
        let missing =
            || Failure::failed("there is no display, and no Xvfb to make one: `sudo apt install xvfb`");
        let mut server = crate::output::tool("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0"])
            .arg(format!("{}x{}x24", size.0, size.1))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| missing())?;
        let mut number = String::new();
        let said = server.stdout.take().map(|o| BufReader::new(o).read_line(&mut number));
        let screen = Self { name: Some(format!(":{}", number.trim())), server: Some(server) };
        match said {
            Some(Ok(n)) if n > 0 => Ok(screen),
            _ => Err(missing()),
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// A run to make.
pub struct SoakConfig<'a> {
    pub args: &'a Args,
    pub screen: &'a Display,
    pub seconds: Duration,
    pub all: bool,
    pub interrupt: &'a Interrupt,
    /// Address that the simulated user moves.
    pub knob: &'a str,
}

impl SoakConfig<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.args.out.join(name)
    }

    fn command(&self) -> Result<Command, Failure> {
        let program = std::env::current_exe().map_err(Failure::failed)?;
        let mut command = Command::new(program);
        let (w, h) = self.args.size;
        let size = format!("{w}x{h}");
        command.args(["play", &self.args.scene, "--window", &size, "--size", &size, "--health"]);
        command.arg(self.health()).arg("--seconds").arg(self.seconds.as_secs_f64().to_string());
        if self.all {
            let room = self.path("room.wav");
            beat(&room).map_err(|e| Failure::failed(format!("cannot write {}: {e}", room.display())))?;
            command.arg("--listen").arg(room).arg("--record").arg(self.path("film.mp4"));
            command.arg("--tape").arg(self.path("show.tape")).arg("--state").arg(self.path("state.json"));
            #[cfg(feature = "network")]
            command.args(["--remote", "127.0.0.1:0", "--osc", "0"]);
        } else {
            command.args(["--no-judge", "--no-sound", "--no-tape"]);
        }
        if let Some(display) = &self.screen.name {
            command.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY");
        }
        command.stdout(Stdio::piped()).stderr(Stdio::inherit());
        Ok(command)
    }

    fn health(&self) -> PathBuf {
        self.path(if self.all { "on.json" } else { "off.json" })
    }

    /// Plays to the end.
    ///
    /// # Errors
    /// The show cannot be started, or crashes with everything off.
    pub fn go(&self) -> Result<SoakResult, Failure> {
        for name in ["film.mp4", "film.mp4.part", "state.json", "on.json"].iter().filter(|_| self.all) {
            let _ = std::fs::remove_file(self.path(name));
        }
        let mut child = self.command()?.spawn().map_err(|e| Failure::failed(format!("cannot play: {e}")))?;
        let (link, lines) = std::sync::mpsc::channel();
        if let Some(out) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    let _ = link.send(line);
                }
            });
        }
        let (mut ran, begun, mut sampled) = (SoakResult::default(), Instant::now(), Instant::now());
        let mut user = None;
        let status = loop {
            std::thread::sleep(Duration::from_millis(100));
            for line in lines.try_iter() {
                if self.seconds > begun.elapsed() + LAST {
                    user = user.or_else(|| SimulatedUser::take(&line, self.knob));
                }
            }
            if let Some(status) = child.try_wait().map_err(Failure::failed)? {
                break status;
            }
            // Afterwards the worlds are gone, and a video may still be muxed with its sound.
            if sampled.elapsed() >= EVERY && begun.elapsed() < self.seconds {
                sampled = Instant::now();
                ran.looks.extend(self.look(begun.elapsed().as_secs_f64()));
            }
            // The simulated user leaves before the show ends, or it would take the end for a loss.
            if begun.elapsed() + LAST > self.seconds {
                ran.user = user.take().map_or(ran.user, SimulatedUser::end);
            }
            // Ctrl-C reaches the show too.
            if begun.elapsed() > self.seconds + self.seconds / 4 + PATIENCE
                || self.interrupt.asked() && sampled.elapsed() > EVERY / 2
            {
                let _ = child.kill();
            }
        };
        ran.user = user.map_or(ran.user, SimulatedUser::end);
        let text = std::fs::read_to_string(self.health()).unwrap_or_default();
        ran.last = serde_json::from_str(&text).unwrap_or_default();
        let crash = format!("the show crashed ({status}) after {:.0} s", begun.elapsed().as_secs_f64());
        let broken = !status.success() && !self.interrupt.asked();
        if broken && !self.all {
            return Err(Failure::failed(crash));
        }
        if self.all {
            ran.lost = self.lost(&ran, begun.elapsed().as_secs_f64());
            // The results until then are reported all the same.
            ran.lost.extend(broken.then_some(crash));
        }
        Ok(ran)
    }

    fn look(&self, seconds: f64) -> Option<HealthSample> {
        let text = std::fs::read_to_string(self.health()).ok()?;
        let health: serde_json::Value = serde_json::from_str(&text).ok()?;
        Some(HealthSample { seconds, memory: health["memory"].as_f64()?, health })
    }

    /// Everything that should not have happened.
    fn lost(&self, ran: &SoakResult, seconds: f64) -> Vec<String> {
        let mut lost = Vec::new();
        let mut none = |n: f64, what: &str| {
            if n > 0.0 {
                lost.push(format!("{n} {what}"));
            }
        };
        let newest = ran.looks.last().map(|l| &l.health);
        let of = |at: &str| newest.and_then(|h| h.pointer(at)).and_then(|v| v.as_f64()).unwrap_or(0.0);
        none(of("/record/dropped"), "video frames were dropped");
        none(of("/sound_lost"), "blocks of sound were lost");
        none(of("/restarts"), "restarts");
        none(ran.user.losses as f64, "times the remote lost its connection");
        for problem in ran.last["problems"].as_array().into_iter().flatten() {
            lost.push(problem.to_string());
        }
        if let Some(problem) = newest.and_then(|h| h.pointer("/record/problem")).and_then(|p| p.as_str()) {
            lost.push(problem.into());
        }
        if !self.path("film.mp4").is_file() && !self.interrupt.asked() && ffmpeg() {
            lost.push("there is no video".into());
        }
        match std::fs::File::open(self.path("show.tape"))
            .map(|f| crate::world::tape::Tape::read(BufReader::new(f)))
        {
            Ok(Ok(tape)) => {
                let ticks = ran.last["tick_times"]["count"].as_f64().unwrap_or(0.0);
                if (tape.end() as f64) < ticks - 2.0 {
                    lost.push(format!("the tape ends at tick {}, the show at {ticks}", tape.end()));
                }
            }
            Ok(Err(e)) => lost.push(e.to_string()),
            Err(e) => lost.push(format!("no tape after {seconds:.0} s: {e}")),
        }
        lost
    }
}

fn ffmpeg() -> bool {
    crate::output::tool("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Eight seconds of a beat at 120 bpm with a tone in between, as audio input for the show.
fn beat(path: &std::path::Path) -> std::io::Result<()> {
    let rng = crate::world::rng::Rng::new(1);
    let sample = |n: usize| {
        let (t, in_beat) = (n as f32 / 48_000.0, (n % 24_000) as f32 / 24_000.0);
        let click = (1.0 - in_beat * 12.0).max(0.0) * rng.range(n as u64, -0.5, 0.5);
        click + 0.1 * (t * std::f32::consts::TAU * 220.0).sin() * (t * 0.785).sin().abs()
    };
    let samples: Vec<f32> = (0..8 * 48_000).map(sample).collect();
    let mut wav = WavWriter::create(path, 48_000).map_err(std::io::Error::other)?;
    let stereo: Vec<f32> = samples.iter().flat_map(|s| [*s, *s]).collect();
    wav.add(&stereo).map_err(std::io::Error::other)?;
    wav.finish().map_err(std::io::Error::other)?;
    Ok(())
}
