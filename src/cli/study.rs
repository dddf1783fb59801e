//! `untrained study METHOD`: how often a learned automaton is exact, by its size and the density of its boards.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, RangedU64ValueParser};

use super::{Failure, Outcome};
use crate::bench::metrics::motion::wilson;
use crate::learn::dynamics::discrete::neighbourhood::{CELLS, CENTRE};
use crate::learn::dynamics::discrete::study::{Learner, Study, Success, study};
use crate::learn::dynamics::discrete::table::Table;
use crate::learn::dynamics::methods;
use crate::learn::training::TrainingConfig;
use crate::output::{Interrupt, progress};
use crate::systems::automata::life::rule::Rule;
use crate::world::frame::write_atomic;

/// Methods, and the settings that are their size.
const SIZES: &[(&str, &[&str])] = &[("cells", &["first", "second"]), ("gates", &["width"])];

/// Arguments of `study`.
#[derive(clap::Args)]
pub struct Args {
    /// Method: `cells` or `gates`.
    #[arg(default_value = SIZES[0].0, value_parser = PossibleValuesParser::new(SIZES.iter().map(|s| s.0)))]
    method: String,
    /// The rule to be found, as `life` takes it: `B3/S23`, or a name.
    #[arg(long, default_value = "B3/S23")]
    rule: String,
    /// Widths: units of each hidden layer of `cells`, gates of a layer of `gates`.
    #[arg(long, value_delimiter = ',', default_value = "2,4,8,16", value_parser = clap::value_parser!(u32).range(1..=1024))]
    widths: Vec<u32>,
    /// Shares of live cells that the training boards begin with.
    #[arg(long, value_delimiter = ',', default_value = "0.05,0.1,0.2,0.38,0.5,0.7,0.9")]
    densities: Vec<f64>,
    /// Number of seeds of each.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Cells along a side of a training board, a torus.
    #[arg(long, default_value_t = 32, value_parser = RangedU64ValueParser::<usize>::new().range(8..=128))]
    side: usize,
    /// Training boards of a seed.
    #[arg(long, default_value_t = 64, value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    boards: usize,
    /// Generations of a board that are learned from.
    #[arg(long, default_value_t = 1, value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    generations: usize,
    /// Epochs; the method's own number if not given.
    #[arg(long, value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    epochs: Option<usize>,
    /// Table to write, as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

/// Trains every network and prints how many are exact.
///
/// # Errors
/// Invalid options (code 2), or a training fails (code 1).
pub fn run(args: &Args) -> Outcome {
    let method = methods::find(&args.method).map_err(Failure::input)?;
    let rule = Rule::parse(&args.rule).map_err(|e| Failure::input(format!("--rule: {e}")))?;
    let table = table(rule).ok_or_else(|| Failure::failed("a rule of two states can be enumerated"))?;
    if let Some(wrong) = args.densities.iter().find(|d| !(**d > 0.0 && **d < 1.0)) {
        return Err(Failure::input(format!(
            "--densities: expected shares above 0 and below 1, found {wrong}"
        )));
    }
    let end = args.seed.checked_add(args.seeds);
    let end = end.ok_or_else(|| Failure::input("--seed: too large; the seeds are counted up from it"))?;
    if let Some(csv) = &args.csv {
        super::probe::writable(csv)?;
    }
    let sizes = SIZES.iter().find(|s| s.0 == args.method).map_or(&[][..], |s| s.1);
    let learner = |width: &u32| {
        let given: Vec<(&str, f64)> = sizes.iter().map(|name| (*name, f64::from(*width))).collect();
        Learner { size: width.to_string(), settings: method.values(&given) }
    };
    let learners: Vec<Learner> = args.widths.iter().map(learner).collect();
    let interrupt = Interrupt::install();
    let trials = (learners.len() * args.densities.len()) as u64 * args.seeds;
    let bar = progress(trials, "trials", "");
    let tried = Study {
        method,
        plan: TrainingConfig { epochs: args.epochs.unwrap_or(method.plan.epochs), ..method.plan },
        rule: &table,
        learners: &learners,
        densities: &args.densities,
        seeds: args.seed..end,
        side: args.side,
        boards: args.boards,
        generations: args.generations,
    };
    let found = study(&tried, &|| interrupt.asked(), &|| bar.inc(1))?;
    bar.finish_and_clear();
    let Some(found) = found else {
        println!("interrupted");
        return Ok(());
    };
    print!("{}", text(&found, args));
    match &args.csv {
        Some(path) => write_atomic(path, csv(&found, args).as_bytes()).map_err(Failure::failed),
        None => Ok(()),
    }
}

fn table(rule: Rule) -> Option<Table> {
    let next = |cells: &[u8; CELLS]| {
        let around: u32 = cells.iter().map(|c| u32::from(*c)).sum::<u32>() - u32::from(cells[CENTRE]);
        u8::from(rule.lives(cells[CENTRE] == 1, around))
    };
    Table::of(2, next)
}

/// One line a success: how many seeds are exact, with the 95 % interval, what the worst was, and what was seen.
fn text(found: &[Success], args: &Args) -> String {
    let mut text = format!(
        "{}: {} seeds each on {} boards of {}×{} cells, generations learned from: {}, rule {}\n{:>6} {:>8} {:>8} {:>10}  {:<13} {:>11} {:>7}\n",
        args.method,
        args.seeds,
        args.boards,
        args.side,
        args.side,
        args.generations,
        args.rule,
        "width",
        "weights",
        "density",
        "exact",
        "95 % interval",
        "worst wrong",
        "seen"
    );
    for s in found {
        let (exact, n) = (s.exact(), s.wrong.len());
        let [low, high] = wilson(exact, n);
        text += &format!(
            "{:>6} {:>8} {:>8} {:>10}  {:<13} {:>11} {:>6.1}%\n",
            s.size,
            s.weights,
            s.density,
            format!("{exact} of {n}"),
            format!("{low:.2}–{high:.2}"),
            s.wrong.iter().max().copied().unwrap_or(0),
            100.0 * mean(&s.seen)
        );
    }
    text
}

fn csv(found: &[Success], args: &Args) -> String {
    let mut text =
        String::from("method,rule,width,weights,density,first_seed,seeds,exact,low,high,seen,wrong\n");
    for s in found {
        let (exact, n) = (s.exact(), s.wrong.len());
        let [low, high] = wilson(exact, n);
        let wrong: Vec<String> = s.wrong.iter().map(usize::to_string).collect();
        text += &format!(
            "{},\"{}\",{},{},{},{},{n},{exact},{low},{high},{},{}\n",
            args.method,
            args.rule.replace('"', "\"\""),
            s.size,
            s.weights,
            s.density,
            args.seed,
            mean(&s.seen),
            wrong.join(" ")
        );
    }
    text
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_the_settings_of_its_size() {
        for (name, sizes) in SIZES {
            let known = methods::find(name).unwrap().settings;
            assert!(sizes.iter().all(|size| known.iter().any(|s| s.name == *size)), "{name}");
        }
        let life = table(Rule::CONWAY).unwrap();
        assert_eq!(life.life_like().as_deref(), Some("B3/S23"));
    }
}
