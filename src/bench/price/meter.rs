//! What a piece of work costs on this machine.

use std::path::Path;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};
use serde::Serialize;

use super::energy::{Energy, EnergySource};
use super::rapl::{POWERCAP, Rapl};
use crate::memory::peak;
use world::units::metric;

/// Time between readings of the counters, so that none passes its end twice unseen. The smallest range in use, 65 kJ,
/// lasts two minutes at 500 W.
const POLL: Duration = Duration::from_secs(20);

/// What a piece of work cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Time that passed, seconds.
    pub wall_seconds: f64,
    /// CPU time of the thread that called it, seconds.
    pub thread_seconds: f64,
    /// CPU time of all threads of this process, seconds.
    pub process_seconds: f64,
    /// Energy: of all processors with all that ran on them if measured, of the CPU time of this process if estimated.
    pub energy: Energy,
    /// The most memory that the calling thread held at once beyond what it held before, bytes; none if the program's
    /// allocator does not count ([`crate::memory`]).
    pub peak_bytes: Option<u64>,
}

/// Measures pieces of work, one at a time: the processor's counters tell nobody's share apart.
///
/// ```
/// use bench::price::Meter;
///
/// let meter = Meter::new(bench::price::WATTS);
/// let (sum, cost) = meter.measure(|| (0..1000u64).sum::<u64>());
/// assert!(sum == 499_500 && cost.energy.joules >= 0.0 && cost.wall_seconds > 0.0);
/// ```
#[derive(Clone, Debug)]
pub struct Meter {
    rapl: Result<Rapl, String>,
    watts: f64,
    poll: Duration,
}

impl Meter {
    /// Reads this machine's counters; where they cannot be read, CPU time counts `watts` (usually [`super::WATTS`]).
    pub fn new(watts: f64) -> Self {
        Self::at(Path::new(POWERCAP), watts)
    }

    /// The same with the counters below another folder.
    pub fn at(root: &Path, watts: f64) -> Self {
        Self { rapl: Rapl::open(root), watts, poll: POLL }
    }

    /// Power of a busy core where no counter can be read, watts.
    pub fn watts(&self) -> f64 {
        self.watts
    }

    /// How energy becomes known here, in a sentence.
    pub fn about(&self) -> String {
        let watts = metric(self.watts, "W");
        match &self.rapl {
            Ok(rapl) => format!(
                "Energy is read from the processor's counters (RAPL: {}), with all that ran on it; of CPU time \
                 without a reading, such as that of a training, {watts} a core are assumed.",
                rapl.about()
            ),
            Err(why) => format!(
                "Energy is an estimate: {watts} for each second of CPU time. The processor's counters (RAPL) are not \
                 readable: {why}."
            ),
        }
    }

    /// Does a piece of work and says what it cost. If a counter cannot be read any more, the energy is estimated.
    pub fn measure<R>(&self, work: impl FnOnce() -> R) -> (R, Measured) {
        let tally = self.rapl.as_ref().ok().map(|rapl| Mutex::new(Tally::begin(rapl)));
        let clocks = Clocks::start();
        let (result, peak_bytes) = match &tally {
            Some(tally) => polled(tally, self.poll, || peak(work)),
            None => peak(work),
        };
        let [wall_seconds, thread_seconds, process_seconds] = clocks.seconds();
        let counted = tally.and_then(|t| t.into_inner().unwrap_or_else(PoisonError::into_inner).joules());
        let energy = match counted {
            Some(joules) => Energy { joules, source: EnergySource::Measured },
            None => Energy::estimated(process_seconds, self.watts),
        };
        (result, Measured { wall_seconds, thread_seconds, process_seconds, energy, peak_bytes })
    }
}

/// Does a piece of work while the counters are read now and then, and once more at its end.
fn polled<R>(tally: &Mutex<Tally>, poll: Duration, work: impl FnOnce() -> R) -> R {
    let update = || tally.lock().unwrap_or_else(PoisonError::into_inner).update();
    std::thread::scope(|scope| {
        let (ends, ended) = mpsc::channel::<()>();
        let watch = move || {
            while ended.recv_timeout(poll) == Err(mpsc::RecvTimeoutError::Timeout) {
                update();
            }
        };
        // Without the thread, only work that outlasts a counter's range is measured wrong.
        let _ = std::thread::Builder::new().name("energy".into()).spawn_scoped(scope, watch);
        let result = work();
        update();
        drop(ends);
        result
    })
}

/// Energy since it began.
struct Tally<'a> {
    rapl: &'a Rapl,
    last: Result<Vec<u64>, String>,
    microjoules: u64,
}

impl<'a> Tally<'a> {
    fn begin(rapl: &'a Rapl) -> Self {
        Self { rapl, last: rapl.read(), microjoules: 0 }
    }

    fn update(&mut self) {
        let Ok(last) = &self.last else { return };
        let now = self.rapl.read();
        if let Ok(now) = &now {
            self.microjoules = self.microjoules.saturating_add(self.rapl.between(last, now));
        }
        self.last = now;
    }

    /// None if a reading failed.
    fn joules(self) -> Option<f64> {
        self.last.is_ok().then_some(self.microjoules as f64 * 1e-6)
    }
}

/// The three clocks.
struct Clocks {
    wall: Instant,
    thread: Option<ThreadTime>,
    process: Option<ProcessTime>,
}

impl Clocks {
    fn start() -> Self {
        Self {
            process: ProcessTime::try_now().ok(),
            thread: ThreadTime::try_now().ok(),
            wall: Instant::now(),
        }
    }

    /// Seconds since the start: of the wall, of this thread, of this process.
    fn seconds(&self) -> [f64; 3] {
        let wall = self.wall.elapsed();
        let between = |now: Duration, then: Duration| now.saturating_sub(then).as_secs_f64();
        let thread = self
            .thread
            .zip(ThreadTime::try_now().ok())
            .map(|(a, b)| between(b.as_duration(), a.as_duration()));
        let process = self
            .process
            .zip(ProcessTime::try_now().ok())
            .map(|(a, b)| between(b.as_duration(), a.as_duration()));
        [wall.as_secs_f64(), thread.unwrap_or(0.0), process.unwrap_or(0.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::rapl::tests::{server, set};
    use super::*;

    /// Work for about this much CPU time.
    fn busy(time: Duration) {
        let start = ThreadTime::now();
        let mut x = 1u64;
        while start.elapsed() < time {
            (0..1000).for_each(|_| x = std::hint::black_box(x.wrapping_mul(3)));
        }
    }

    #[test]
    fn counters_that_pass_their_end_while_work_runs_are_read_in_time() {
        let root = tempfile::tempdir().unwrap();
        server(root.path());
        let meter = Meter { poll: Duration::from_millis(2), ..Meter::at(root.path(), 7.0) };
        assert!(meter.about().contains("package-0, dram, package-1"), "{}", meter.about());
        let wait = || std::thread::sleep(Duration::from_millis(300));
        let ((), cost) = meter.measure(|| {
            // From 900 on: up to 999, past the end at 1000 to 600, and past it again to 500.
            for energy in [999, 600, 500] {
                set(root.path(), "intel-rapl:0", energy);
                wait();
            }
        });
        assert_eq!(cost.energy.source, EnergySource::Measured);
        assert!((cost.energy.joules - 1600e-6).abs() < 1e-12, "{cost:?}");
        // Read at the beginning and at the end only, a range is lost.
        let seldom = Meter::at(root.path(), 7.0);
        let ((), cost) =
            seldom.measure(|| [999, 600, 500].iter().for_each(|e| set(root.path(), "intel-rapl:0", *e)));
        assert_eq!((cost.energy.joules, cost.energy.source), (0.0, EnergySource::Measured));
    }

    #[test]
    fn without_counters_cpu_time_counts_the_stated_watts() {
        let root = tempfile::tempdir().unwrap();
        let meter = Meter::at(root.path(), 7.0);
        assert!(
            meter.about().contains("not readable") && meter.about().contains("7.00 W"),
            "{}",
            meter.about()
        );
        let ((), cost) = meter.measure(|| busy(Duration::from_millis(60)));
        assert_eq!(
            cost.energy,
            Energy { joules: 7.0 * cost.process_seconds, source: EnergySource::Estimated }
        );
        assert!((0.06..0.5).contains(&cost.thread_seconds), "{cost:?}");
        // The clocks tick by themselves, and CPU time of a process includes that of its threads.
        assert!(cost.process_seconds > 0.95 * cost.thread_seconds, "{cost:?}");
        assert!(cost.wall_seconds > 0.95 * cost.thread_seconds, "{cost:?}");
        let ((), idle) = meter.measure(|| std::thread::sleep(Duration::from_millis(80)));
        assert!(idle.thread_seconds < 0.03 && idle.wall_seconds >= 0.08, "{idle:?}");
        let ((), helped) =
            meter.measure(|| std::thread::scope(|s| drop(s.spawn(|| busy(Duration::from_millis(60))))));
        assert!(helped.thread_seconds < 0.03 && helped.process_seconds > 0.055, "{helped:?}");
    }

    #[test]
    fn a_counter_that_can_no_longer_be_read_is_replaced_by_an_estimate() {
        let root = tempfile::tempdir().unwrap();
        server(root.path());
        let meter = Meter::at(root.path(), 7.0);
        let (kept, cost) = meter.measure(|| {
            std::fs::remove_file(root.path().join("intel-rapl:1/energy_uj")).unwrap();
            vec![1u8; 1 << 20].len()
        });
        assert_eq!((kept, cost.energy.source), (1 << 20, EnergySource::Estimated));
        assert!(cost.peak_bytes.unwrap() >= 1 << 20, "{cost:?}");
    }
}
