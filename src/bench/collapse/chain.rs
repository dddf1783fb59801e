//! A recursive run on disk, saved generation by generation.
//!
//! Its folder, such as `vae-replace-1`, holds for each finished generation its weights, a picture of samples and,
//! written last, its metrics: a generation without metrics is redone. Several processes may work in one folder of
//! experiments: a run belongs to the process that holds its lock. The first generation of a method and a seed is the
//! same under every regime, so it is trained once and linked.

use std::path::{Path, PathBuf};

use super::Regime;
use super::lock::Lock;
use learn::LearnError;
use world::frame::{write_atomic, write_durable};
use world::limits;

/// Files of a generation in the order in which they are written; the last says that it is finished.
const ENDINGS: [&str; 3] = [WEIGHTS, PICTURE, METRICS];
/// Ending of the weights.
pub const WEIGHTS: &str = "safetensors";
/// Ending of the picture of samples.
pub const PICTURE: &str = "png";
/// Ending of the metrics.
const METRICS: &str = "json";
/// Why a run ended early.
const REASON: &str = "failed.txt";

/// One recursive run: a method trained on its own output under a regime, from a seed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chain {
    /// Name of the method.
    pub method: String,
    /// What each generation is trained on.
    pub regime: Regime,
    /// Seed of training and sampling.
    pub seed: u64,
}

/// How a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All generations are there.
    Whole,
    /// It was told to stop.
    Stopped,
    /// Another process is at it.
    Elsewhere,
}

/// Makes a generation, counted from 1: saves its weights and its picture, and measures it; `None` if it was told to
/// stop.
pub type Make<'a, R> = dyn FnMut(usize) -> Result<Option<R>, LearnError> + 'a;

impl Chain {
    /// Name of its folder.
    pub fn name(&self) -> String {
        format!("{}-{}-{}", self.method, self.regime.name(), self.seed)
    }

    /// The run of this folder's name.
    pub fn named(folder: &str) -> Option<Self> {
        let (rest, seed) = folder.rsplit_once('-')?;
        let (method, regime) = rest.rsplit_once('-')?;
        let chain = Self { method: method.into(), regime: Regime::find(regime)?, seed: seed.parse().ok()? };
        (chain.name() == folder).then_some(chain)
    }

    /// All runs in a folder of experiments, by method, regime and seed.
    pub fn all(out: &Path) -> Vec<Self> {
        let folders = std::fs::read_dir(out).into_iter().flatten().flatten().filter(|f| f.path().is_dir());
        let mut all: Vec<Self> = folders.filter_map(|f| Self::named(f.file_name().to_str()?)).collect();
        all.sort();
        all
    }

    /// A file of a generation, by its ending.
    pub fn path(&self, out: &Path, generation: usize, ending: &str) -> PathBuf {
        out.join(self.name()).join(format!("{generation:03}.{ending}"))
    }

    /// Metrics of the finished generations, from the first on.
    pub fn finished<R: serde::de::DeserializeOwned>(&self, out: &Path) -> Vec<R> {
        let one = |g| serde_json::from_str(&limits::read_text(&self.path(out, g, METRICS)).ok()?).ok();
        (1..).map_while(one).collect()
    }

    /// Makes the generations up to this number that are not there, and passes the metrics of each to `report`; checks
    /// `stop` before each.
    ///
    /// # Errors
    /// A generation cannot be made, or the disk is full; finished generations are kept.
    pub fn run<R: serde::Serialize + serde::de::DeserializeOwned>(
        &self,
        out: &Path,
        generations: usize,
        stop: &dyn Fn() -> bool,
        make: &mut Make<R>,
        report: &mut dyn FnMut(&R),
    ) -> Result<Ended, LearnError> {
        let folder = out.join(self.name());
        std::fs::create_dir_all(&folder).map_err(|e| LearnError::io("write", &folder, e))?;
        let Some(_lock) = Lock::attempt(&out.join(format!("{}.lock", self.name())))? else {
            return Ok(Ended::Elsewhere);
        };
        for generation in self.finished::<R>(out).len() + 1..=generations {
            if stop() {
                return Ok(Ended::Stopped);
            }
            let made = match generation {
                1 => self.first(out, stop, make),
                _ => self.save(out, generation, make),
            };
            // The page says why a run ends early; that this cannot be written is not what went wrong first.
            let reason = folder.join(REASON);
            let note = |e: &LearnError| drop(write_atomic(&reason, e.to_string().as_bytes()));
            let Some(metrics) = made.inspect_err(note)? else { return Ok(Ended::Stopped) };
            let _ = std::fs::remove_file(&reason);
            report(&metrics);
        }
        Ok(Ended::Whole)
    }

    /// Why the run ended early, if it failed when it was last tried.
    pub fn reason(&self, out: &Path) -> Option<String> {
        limits::read_text(&out.join(self.name()).join(REASON)).ok()
    }

    fn save<R: serde::Serialize + serde::de::DeserializeOwned>(
        &self,
        out: &Path,
        generation: usize,
        make: &mut Make<R>,
    ) -> Result<Option<R>, LearnError> {
        let made = make(generation)?;
        if let Some(metrics) = &made {
            let json =
                serde_json::to_string_pretty(metrics).map_err(|e| LearnError::Failed(e.to_string()))?;
            // What is not finite is written as null, and would be made again for ever.
            serde_json::from_str::<R>(&json).map_err(|e| {
                LearnError::Failed(format!("the metrics of generation {generation} are not finite: {e}"))
            })?;
            write_durable(&self.path(out, generation, METRICS), json.as_bytes()).map_err(failed)?;
        }
        Ok(made)
    }

    /// The first generation: that of another regime, once there is one; whoever comes first makes it.
    fn first<R: serde::Serialize + serde::de::DeserializeOwned>(
        &self,
        out: &Path,
        stop: &dyn Fn() -> bool,
        make: &mut Make<R>,
    ) -> Result<Option<R>, LearnError> {
        let path = out.join(format!("{}-first-{}.lock", self.method, self.seed));
        let Some(_lock) = Lock::wait(&path, stop)? else { return Ok(None) };
        let others = Regime::ALL.into_iter().filter(|r| *r != self.regime);
        for other in others.map(|regime| Self { regime, ..self.clone() }) {
            let metrics: Option<R> = other.finished(out).into_iter().next();
            if metrics.is_some() {
                ENDINGS.into_iter().try_for_each(|e| link(&other.path(out, 1, e), &self.path(out, 1, e)))?;
                return Ok(metrics);
            }
        }
        self.save(out, 1, make)
    }
}

/// A second name for a file, or a copy where there are no such names.
fn link(from: &Path, to: &Path) -> Result<(), LearnError> {
    // What is left of a generation that was not finished.
    let _ = std::fs::remove_file(to);
    if std::fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    let bytes = limits::read(from, limits::WEIGHTS).map_err(|e| LearnError::io("read", from, e))?;
    write_atomic(to, &bytes).map_err(failed)
}

fn failed(e: impl std::fmt::Display) -> LearnError {
    LearnError::Failed(e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(regime: Regime) -> Chain {
        Chain { method: "vae".into(), regime, seed: 7 }
    }

    /// Makes files of the generation's number and the regime's name; counts what it makes.
    fn run(c: &Chain, out: &Path, generations: usize, made: &mut Vec<usize>) -> (Ended, Vec<u64>) {
        let mut reported = Vec::new();
        let mut make = |n: usize| {
            for ending in [WEIGHTS, PICTURE] {
                std::fs::write(c.path(out, n, ending), format!("{n} {}", c.regime.name())).unwrap();
            }
            made.push(n);
            Ok(Some(10 * n as u64))
        };
        let ended = c.run(out, generations, &|| false, &mut make, &mut |r: &u64| reported.push(*r)).unwrap();
        (ended, reported)
    }

    #[test]
    fn names_are_read_back_and_others_are_not() {
        let c = chain(Regime::Keep10);
        assert_eq!((c.name(), Chain::named(&c.name())), ("vae-keep10-7".into(), Some(c)));
        let strange = ["vae-keep10", "vae-keep10-07", "vae-keep-7", "", "-replace-x", "vae-replace-7.lock"];
        assert!(strange.iter().all(|s| Chain::named(s).is_none()));
    }

    #[test]
    fn generations_that_are_there_are_not_made_again() {
        let out = tempfile::tempdir().unwrap();
        let (c, mut made) = (chain(Regime::Replace), Vec::new());
        assert_eq!(run(&c, out.path(), 2, &mut made), (Ended::Whole, vec![10, 20]));
        assert_eq!(run(&c, out.path(), 4, &mut made), (Ended::Whole, vec![30, 40]));
        std::fs::remove_file(c.path(out.path(), 4, METRICS)).unwrap();
        assert_eq!(run(&c, out.path(), 4, &mut made), (Ended::Whole, vec![40]));
        assert_eq!((made, c.finished::<u64>(out.path())), (vec![1, 2, 3, 4, 4], vec![10, 20, 30, 40]));
    }

    /// They would be read back as nothing, and the generation made for ever.
    #[test]
    fn metrics_that_are_not_finite_end_the_run() {
        let out = tempfile::tempdir().unwrap();
        let c = chain(Regime::Replace);
        let mut make = |n: usize| Ok(Some(if n < 2 { 1.0 } else { f64::NAN }));
        let ended = c.run(out.path(), 3, &|| false, &mut make, &mut |_: &f64| ());
        let said = ended.unwrap_err().to_string();
        assert!(said.starts_with("the metrics of generation 2 are not finite"), "{said}");
        assert_eq!((c.finished::<f64>(out.path()), c.reason(out.path())), (vec![1.0], Some(said)));
    }

    #[test]
    fn the_first_generation_is_made_once_and_is_the_same_bytes_under_every_regime() {
        let out = tempfile::tempdir().unwrap();
        let mut made = Vec::new();
        for regime in Regime::ALL {
            assert_eq!(run(&chain(regime), out.path(), 2, &mut made).0, Ended::Whole);
        }
        assert_eq!(made, [1, 2, 2, 2]);
        let bytes = |r: Regime, n, ending| std::fs::read(chain(r).path(out.path(), n, ending)).unwrap();
        for ending in ENDINGS {
            assert!(Regime::ALL.iter().all(|r| bytes(*r, 1, ending) == bytes(Regime::Replace, 1, ending)));
        }
        assert_ne!(bytes(Regime::Keep10, 2, WEIGHTS), bytes(Regime::Replace, 2, WEIGHTS));
        // Another seed has a first generation of its own.
        run(&Chain { seed: 8, ..chain(Regime::Keep10) }, out.path(), 1, &mut made);
        assert_eq!(made.len(), 5);
        assert_eq!(Chain::all(out.path()).len(), 4);
    }

    #[test]
    fn a_run_is_left_to_the_process_that_holds_it_and_says_why_it_failed() {
        let out = tempfile::tempdir().unwrap();
        let (c, mut made) = (chain(Regime::Accumulate), Vec::new());
        let lock = Lock::attempt(&out.path().join("vae-accumulate-7.lock")).unwrap();
        assert_eq!(run(&c, out.path(), 1, &mut made), (Ended::Elsewhere, vec![]));
        drop(lock);
        assert_eq!(run(&c, out.path(), 1, &mut made), (Ended::Whole, vec![10]));
        let mut broken = |_| Err::<Option<u64>, _>(LearnError::Failed("nothing left".into()));
        assert!(c.run(out.path(), 2, &|| false, &mut broken, &mut |_| ()).is_err());
        assert_eq!(
            (c.reason(out.path()).as_deref(), c.finished::<u64>(out.path()).len()),
            (Some("nothing left"), 1)
        );
        run(&c, out.path(), 2, &mut made);
        assert_eq!((c.reason(out.path()), made.len()), (None, 2));
        let stopped = c.run(out.path(), 5, &|| true, &mut |_| Ok(Some(1u64)), &mut |_| ()).unwrap();
        assert_eq!((stopped, c.finished::<u64>(out.path()).len()), (Ended::Stopped, 2));
    }
}
