//! `play --supervise`: a supervisor that starts the show, watches its heartbeat, and restarts it when it crashes or
//! hangs. The show autosaves, so it resumes with the same scene, seed and knobs.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::cli::{Failure, Outcome};
use crate::show::log;
use crate::show::watchdog::{Heartbeat, Watchdog, WatchdogTimeouts};

/// Environment variable that names the show's heartbeat file.
pub const BEAT: &str = "UNTRAINED_HEARTBEAT";
/// How often the supervisor checks.
const LOOK: Duration = Duration::from_millis(250);
/// Signals that follow one another faster count as one.
const BREATH: Duration = Duration::from_millis(800);
/// After this many faults within a minute the next run starts from the scene file: the saved state may be the cause.
const FAULTS: usize = 4;

/// Runs the show until it ends normally.
///
/// # Errors
/// The program cannot be started at all, or its arguments are wrong.
pub fn supervise(state: &Path) -> Outcome {
    let program = std::env::current_exe().map_err(Failure::failed)?;
    let (beat, secret) = (beat_file(), secret());
    let leave = Arc::new(AtomicUsize::new(0));
    let (count, mut last) = (leave.clone(), None);
    let _ = ctrlc::set_handler(move || {
        // A terminal that closes sends two signals in quick succession.
        if last.replace(Instant::now()).is_none_or(|l| l.elapsed() > BREATH) {
            count.fetch_add(1, Relaxed);
        }
    });
    let mut faults: Vec<Instant> = Vec::new();
    let mut restarts = 0u32;
    loop {
        let _ = std::fs::remove_file(&beat);
        let mut child = start(&program, state, &beat, restarts, &secret)?;
        restarts += 1;
        let why = watch(&mut child, &beat, &leave)?;
        let _ = std::fs::remove_file(&beat);
        let Some(why) = why else {
            log::flush(LOOK);
            return Ok(());
        };
        faults.retain(|f| f.elapsed() < Duration::from_secs(60));
        faults.push(Instant::now());
        log::status(format!(
            "{} supervise: {why}; restarting the show",
            chrono::Local::now().format("%F %T")
        ));
        if faults.len() >= FAULTS {
            let aside = state.with_extension("suspect");
            let place = aside.display();
            log::status(format!(
                "supervise: {} faults in a minute; the saved state is moved to {place}",
                faults.len()
            ));
            let _ = std::fs::rename(state, aside);
            faults.clear();
            std::thread::sleep(Duration::from_secs(2));
        }
    }
}

fn beat_file() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    sweep(&folder);
    folder.join(format!("untrained-{}.beat", std::process::id()))
}

/// Removes the heartbeats of supervisors that were killed.
fn sweep(folder: &Path) {
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name();
        let parent =
            name.to_str().and_then(|n| n.strip_prefix("untrained-")?.strip_suffix(".beat")?.parse().ok());
        let gone =
            |p: u32| Path::new("/proc/self").exists() && !Path::new("/proc").join(p.to_string()).exists();
        if parent.is_some_and(gone) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// The session key with which open pages of the remote reconnect to every run of the show.
type SessionKey = Option<(&'static str, String)>;

#[cfg(feature = "network")]
fn secret() -> SessionKey {
    super::remote::token()
}

#[cfg(not(feature = "network"))]
fn secret() -> SessionKey {
    None
}

fn start(
    program: &Path,
    state: &Path,
    beat: &Path,
    restarts: u32,
    secret: &SessionKey,
) -> Result<Child, Failure> {
    let own = std::env::args_os().skip(1).filter(|a| a != "--supervise");
    let mut command = Command::new(program);
    command.args(own).env(BEAT, beat).env(crate::show::health::RESTARTS, restarts.to_string());
    command.envs(secret.iter().cloned());
    if !std::env::args_os().any(|a| a.to_string_lossy().starts_with("--state")) {
        command.arg("--state").arg(state);
    }
    command.spawn().map_err(|e| Failure::failed(format!("cannot start {}: {e}", program.display())))
}

/// Waits for the end of one run: `None` if it ended normally, else the fault. `leave` counts requests to quit: after
/// one the show ends in its own time, recordings included; after two it ends at once.
fn watch(child: &mut Child, beat: &Path, leave: &AtomicUsize) -> Result<Option<String>, Failure> {
    let begun = Instant::now();
    let mut dog = Watchdog::new(WatchdogTimeouts::default(), 0.0);
    let mut asked = false;
    loop {
        std::thread::sleep(LOOK);
        if let Some(status) = child.try_wait().map_err(Failure::failed)? {
            return match status.code() {
                Some(0) => Ok(None),
                _ if asked => Ok(None),
                // Wrong arguments or input: it would fail again and again.
                Some(2) => Err(Failure { code: 2, report: miette::Report::msg("the show could not start") }),
                _ => Ok(Some(format!("the show crashed ({status})"))),
            };
        }
        let times = leave.load(Relaxed);
        if times > 0 && !asked {
            asked = true;
            // Ctrl-C reaches the child too; a signal to this process alone does not.
            interrupt(child);
        }
        let text = std::fs::read_to_string(beat).ok();
        let pulse: Option<Heartbeat> = text.and_then(|t| serde_json::from_str(&t).ok());
        let why = dog.update(pulse, begun.elapsed().as_secs_f64());
        if why.is_some() || times > 1 {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(why.filter(|_| !asked));
        }
    }
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let child = nix::unistd::Pid::from_raw(child.id() as i32);
    // It may have ended just now.
    let _ = nix::sys::signal::kill(child, nix::sys::signal::Signal::SIGINT);
}

#[cfg(not(unix))]
fn interrupt(_: &Child) {}
