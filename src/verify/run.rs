//! Runs cases, several at a time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::case::{CaseResult, Job};
use crate::family::{Effort, Family};
use crate::folder::Folder;
use crate::report::{FamilyReport, Report};
use crate::search::Found;
use crate::selection::Selection;

/// What is going on, for whoever waits.
pub struct Progress<'a> {
    /// Cases that are to be run.
    pub total: usize,
    /// Cases that were run.
    pub done: usize,
    /// The family of those that were run last.
    pub family: &'a str,
}

/// Runs what is selected of what was found, on so many threads. The results come in the order of the files, whatever the
/// number of threads; each job keeps to its thread, so that its time is its own.
pub fn run(
    found: &Found,
    selection: &Selection,
    effort: Effort,
    threads: usize,
    progress: &(dyn Fn(Progress) + Sync),
) -> Report {
    let wanted = found.families.iter().filter(|(family, _)| selection.has_family(family.name()));
    let mut jobs: Vec<(usize, Job)> = Vec::new();
    let mut families = Vec::new();
    for (family, folder) in wanted {
        let place = families.len();
        families.push(FamilyReport::new(family.name(), folder.name()));
        let all = listed(*family, folder, effort).into_iter();
        let chosen =
            |job: &Job| job.is_mistake() || job.cases().iter().any(|c| selection.has_case(family.name(), c));
        jobs.extend(all.filter(chosen).map(|job| (place, job)));
    }
    let total = jobs.iter().map(|(_, job)| job.cases().len()).sum();
    let done = AtomicUsize::new(0);
    let one = |(place, job): &(usize, Job)| {
        let results = job.run();
        let done = done.fetch_add(job.cases().len(), Ordering::Relaxed) + job.cases().len();
        progress(Progress { total, done, family: families[*place].name });
        results
    };
    for ((place, job), results) in jobs.iter().zip(each(&jobs, threads, one)) {
        let name = families[*place].name;
        families[*place]
            .cases
            .extend(results.into_iter().filter(|r| job.is_mistake() || selection.has_case(name, &r.name)));
    }
    Report { families, others: found.others.clone() }
}

/// The jobs of a family. One that breaks over its files is told as a case.
fn listed(family: &dyn Family, folder: &Folder, effort: Effort) -> Vec<Job> {
    let list = std::panic::AssertUnwindSafe(|| family.jobs(folder, effort));
    std::panic::catch_unwind(list).unwrap_or_else(|cause| vec![Job::broken("files", &*cause)])
}

/// `f` of each item, in their order; every item is worked on by one thread.
fn each<T: Sync>(
    items: &[T],
    threads: usize,
    f: impl Fn(&T) -> Vec<CaseResult> + Sync,
) -> Vec<Vec<CaseResult>> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(vec![Vec::new(); items.len()]));
    let work = || {
        while let Some((i, item)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, items.get(i)?)))
        {
            let result = f(item);
            // A job catches its panics, so that no thread leaves this poisoned.
            results.lock().unwrap_or_else(std::sync::PoisonError::into_inner)[i] = result;
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, items.len().max(1)) {
            // What a job does in parallel stays on its thread; where no pool can be made it goes to the common one.
            scope.spawn(|| match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
                Ok(pool) => pool.install(work),
                Err(_) => work(),
            });
        }
    });
    results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
