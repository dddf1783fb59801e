//! How methods are trained: their own settings, with what the command line says.

use std::collections::BTreeMap;

use super::args::Args;
use crate::bench::collapse::recipe::Recipe;
use crate::cli::Failure;
use crate::cli::learn::options;
use crate::learn::training::TrainingConfig;
use crate::world::params::ParamSpec;

/// A method in terms of its settings.
pub struct Declared {
    /// Name on the command line.
    pub name: &'static str,
    /// Its settings.
    pub specs: &'static [ParamSpec],
    /// Their own values.
    pub values: BTreeMap<String, f64>,
    /// Its own training configuration.
    pub plan: TrainingConfig,
}

/// The recipe of each method, by name.
///
/// # Errors
/// A setting of no method, one that the method does not have, or a value out of its range.
pub fn recipes(args: &Args, methods: Vec<Declared>) -> Result<BTreeMap<String, Recipe>, Failure> {
    let names: Vec<&str> = methods.iter().map(|m| m.name).collect();
    for text in &args.settings {
        let method = text.split_once('.').map_or("", |t| t.0);
        if !names.contains(&method) {
            return Err(Failure::input(format!(
                "--set {text}: expected METHOD.NAME=VALUE with a method among {}",
                names.join(", ")
            )));
        }
    }
    methods.into_iter().map(|m| Ok((m.name.to_string(), recipe(args, m)?))).collect()
}

fn recipe(args: &Args, m: Declared) -> Result<Recipe, Failure> {
    let own = args.settings.iter().filter_map(|t| t.strip_prefix(m.name)?.strip_prefix('.'));
    let own: Vec<String> = own.map(String::from).collect();
    let settings = options::settings(&own, m.name, m.specs, m.values)?;
    let plan = TrainingConfig {
        epochs: args.epochs.unwrap_or(m.plan.epochs),
        batch: args.batch.unwrap_or(m.plan.batch),
        rate: args.lr.unwrap_or(m.plan.rate),
        seed: 0,
        ..m.plan
    };
    match plan.epochs > 0 && plan.rate > 0.0 && plan.rate.is_finite() {
        true => Ok(Recipe { settings, plan }),
        false => Err(Failure::input("expected --epochs of at least 1, and --lr above 0")),
    }
}
