//! Health metrics: tick times, memory, the last error.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{HealthState, ShowState};

/// Environment variable in which the supervisor passes the number of restarts.
pub const RESTARTS: &str = "UNTRAINED_RESTARTS";
/// Between two samples of the memory.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);
/// Seconds for which the longest tick is remembered.
const MINUTE: usize = 60;

/// Precedes the number of restarts in a file's name.
pub const AGAIN: &str = "-again";

/// A file of this run: a restarted show leaves the files of its earlier runs as they are.
pub fn of_this_run(path: &Path) -> PathBuf {
    numbered(path, restarts())
}

fn restarts() -> u32 {
    std::env::var(RESTARTS).ok().and_then(|v| v.parse().ok()).unwrap_or(0)
}

fn numbered(path: &Path, restarts: u32) -> PathBuf {
    if restarts > 0 { with_suffix(path, &format!("{AGAIN}{restarts}")) } else { path.into() }
}

/// A sibling file: the name with a suffix before the extension.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let Some(stem) = path.file_stem() else { return path.into() };
    let extension = path.extension().map_or(String::new(), |e| format!(".{}", e.to_string_lossy()));
    path.with_file_name(format!("{}{suffix}{extension}", stem.to_string_lossy()))
}

/// Collects health metrics.
pub struct Health {
    started: Instant,
    sampled: Instant,
    state: HealthState,
    longest: VecDeque<f32>,
    now: f32,
}

impl Default for Health {
    fn default() -> Self {
        let state = HealthState { restarts: restarts(), memory: memory(), ..HealthState::default() };
        let now = Instant::now();
        Self { started: now, sampled: now, state, longest: VecDeque::new(), now: 0.0 }
    }
}

impl Health {
    /// Records the duration of a tick, picture included.
    pub fn tick(&mut self, milliseconds: f32) {
        self.state.ticks.add(milliseconds);
        self.now = self.now.max(milliseconds);
    }

    /// Writes the metrics into the state, and takes the last error from it.
    pub fn write(&mut self, state: &mut ShowState) {
        if self.sampled.elapsed() >= SAMPLE_EVERY {
            self.sampled = Instant::now();
            self.state.memory = memory();
            self.longest.push_back(std::mem::take(&mut self.now));
            self.longest.drain(..self.longest.len().saturating_sub(MINUTE));
        }
        let wrong =
            state.devices.iter().find(|d| !d.fine).map(|d| format!("{} {}: {}", d.what, d.name, d.word));
        let recording = state.record.as_ref().and_then(|r| r.problem.clone());
        if let Some(error) = state.problems.first().cloned().or(recording).or(wrong) {
            self.state.last_error = Some(error);
        }
        self.state.seconds = self.started.elapsed().as_secs_f64();
        self.state.longest = self.longest.iter().copied().fold(self.now, f32::max);
        state.health.clone_from(&self.state);
    }
}

/// Resident memory of this process, bytes; 0 where the system does not report it.
pub fn memory() -> u64 {
    let pages = || std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse::<u64>().ok();
    pages().unwrap_or(0) * page()
}

/// Page size in bytes: 4096 on most machines, 16384 and 65536 on others.
#[cfg(unix)]
fn page() -> u64 {
    use nix::unistd::{SysconfVar, sysconf};
    sysconf(SysconfVar::PAGE_SIZE).ok().flatten().map_or(0, |n| n as u64)
}

#[cfg(not(unix))]
fn page() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::super::log::tests::{alone, is_alone};
    use super::*;

    #[test]
    fn each_run_has_its_own_files() {
        let named = |n| numbered(Path::new("out/film.mp4"), n);
        assert_eq!([named(0), named(2)], ["out/film.mp4", "out/film-again2.mp4"].map(PathBuf::from));
        assert_eq!(numbered(Path::new("pictures"), 1), PathBuf::from("pictures-again1"));
    }

    /// The part of the next test that runs alone, with the supervisor's variable set.
    #[test]
    fn a_third_run() {
        if !is_alone() {
            return;
        }
        let reported = std::env::var(RESTARTS).unwrap();
        let restarts = reported.parse().unwrap_or(0);
        assert_eq!(super::restarts(), restarts);
        let path = |n: u32| if n > 0 { format!("out/film-again{n}.mp4") } else { "out/film.mp4".into() };
        assert_eq!(of_this_run(Path::new("out/film.mp4")), PathBuf::from(path(restarts)));
        let mut state = ShowState::default();
        Health::default().write(&mut state);
        assert_eq!(state.health.restarts, restarts);
    }

    #[test]
    fn a_supervisor_passes_the_number_of_restarts() {
        for reported in ["3", "0", "often", "-1"] {
            let run = alone("health::tests::a_third_run").env(RESTARTS, reported).output().unwrap();
            let output = String::from_utf8_lossy(&run.stdout).into_owned();
            assert!(run.status.success() && output.contains("1 passed"), "{reported}: {output}");
        }
    }

    #[test]
    fn the_longest_tick_is_that_of_the_last_minute_and_memory_is_sampled_each_second() {
        let Some(long_ago) = Instant::now().checked_sub(Duration::from_secs(5)) else { return };
        let (mut health, mut state) =
            (Health { started: long_ago, ..Health::default() }, ShowState::default());
        health.state.memory = 7;
        // Not yet a second.
        health.sampled = Instant::now() + Duration::from_secs(3600);
        health.tick(300.0);
        health.write(&mut state);
        assert_eq!((state.health.longest, state.health.memory, health.longest.len()), (300.0, 7, 0));
        assert!((5.0..3600.0).contains(&state.health.seconds));
        let mut second = |health: &mut Health, tick: f32| {
            health.tick(tick);
            health.sampled = long_ago;
            health.write(&mut state);
            (state.health.longest, state.health.memory)
        };
        let (longest, memory) = second(&mut health, 2.0);
        assert_eq!((longest, health.longest.len(), health.now), (300.0, 1, 0.0));
        assert!(memory != 7 && health.sampled > long_ago);
        let after: Vec<f32> = (0..MINUTE + 5).map(|_| second(&mut health, 3.0).0).collect();
        assert_eq!(after[..MINUTE - 1], [300.0; MINUTE - 1]);
        assert_eq!(after[MINUTE - 1..], [3.0; 6], "a minute later it is forgotten");
        assert_eq!(health.longest.len(), MINUTE);
    }

    #[test]
    fn the_last_error_is_that_of_the_scene_the_recording_or_the_first_failed_device() {
        let device = |name: &str, fine| super::super::DeviceState {
            what: "midi",
            name: name.into(),
            fine,
            word: "gone".into(),
        };
        let recording = |problem: Option<&str>| {
            let problem = problem.map(str::to_string);
            Some(super::super::RecordState { problem, ..Default::default() })
        };
        let error = |state: ShowState| {
            let mut state = state;
            Health::default().write(&mut state);
            state.health.last_error
        };
        let devices = vec![device("a", true), device("b", false), device("c", false)];
        let fine =
            ShowState { devices: vec![device("a", true)], record: recording(None), ..ShowState::default() };
        assert_eq!(error(fine), None);
        let state = |problems: &[&str], record: Option<&str>| ShowState {
            devices: devices.clone(),
            record: recording(record),
            problems: problems.iter().map(|p| p.to_string()).collect(),
            ..ShowState::default()
        };
        assert_eq!(error(state(&[], None)).as_deref(), Some("midi b: gone"));
        assert_eq!(error(state(&[], Some("full"))).as_deref(), Some("full"));
        assert_eq!(error(state(&["line 3", "line 4"], Some("full"))).as_deref(), Some("line 3"));
    }

    #[test]
    fn ticks_are_counted_by_their_time_and_the_last_error_stays() {
        let mut health = Health::default();
        [0.2, 5.0, 5.5, 300.0].into_iter().for_each(|t| health.tick(t));
        let mut state = ShowState { problems: vec!["line 3: no".into()], ..ShowState::default() };
        health.write(&mut state);
        let bars = state.health.ticks.bars();
        assert_eq!((bars[0], bars[3], bars[9]), (1, 2, 1));
        assert_eq!(state.health.longest, 300.0);
        state.problems.clear();
        health.write(&mut state);
        assert_eq!(state.health.last_error.as_deref(), Some("line 3: no"));
        assert!(!cfg!(target_os = "linux") || state.health.memory > 1 << 20);
    }

    /// Another system interface reports the same in kB, whatever the page size.
    #[test]
    fn memory_is_what_the_system_reports_whatever_its_page_size() {
        let reported = || -> Option<u64> {
            let text = std::fs::read_to_string("/proc/self/status").ok()?;
            let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:").map(str::to_string))?;
            line.trim().split(' ').next()?.parse::<u64>().ok().map(|k| k << 10)
        };
        let (Some(reported), now) = (reported(), memory()) else { return };
        assert!(now.abs_diff(reported) < reported / 4, "{now} for {reported}");
        #[cfg(unix)]
        assert!(page().is_power_of_two() && page() >= 4096);
    }
}
