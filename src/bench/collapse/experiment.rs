//! What determines the generations in a folder, in `experiment.json`: one of other data or settings is not continued.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::chain::Chain;
use super::gaussian::GaussianSetup;
use super::lock::Lock;
use super::measure::GenerationMetrics;
use super::recipe::Recipe;
use super::worlds::WorldMetrics;
use learn::LearnError;
use learn::dynamics::WorldSpec;
use world::frame::write_atomic;
use world::limits;

/// Pictures that first generations are trained on, and what all generations are measured with.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stills {
    /// Name of the data.
    pub data: String,
    /// Training pictures of each generation.
    pub pictures: usize,
    /// Hash of the training pictures and labels, hexadecimal.
    pub hash: String,
    /// Samples that each generation is measured with, and as many of the origin's.
    pub measured: usize,
    /// Which pictures of the origin these are.
    pub held_out: String,
    /// Name of the feature extractor.
    pub extractor: String,
    /// Hash of the features of the pictures held out, hexadecimal.
    pub features: String,
}

/// Worlds that first generations are trained on, and those that all generations are measured with.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Worlds {
    /// What a frame holds.
    pub spec: WorldSpec,
    /// Ticks before the first frame.
    pub warm_up: u64,
    /// Worlds of each generation.
    pub worlds: usize,
    /// Frames of each.
    pub frames: usize,
    /// Hash of their values, hexadecimal.
    pub hash: String,
    /// Worlds that each generation is measured with.
    pub held_out: usize,
    /// Frames after the start that are measured.
    pub horizon: usize,
    /// Hash of their values, hexadecimal.
    pub held_out_hash: String,
}

/// What generations learn from.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// Nothing: only the single Gaussian.
    Nothing,
    /// Pictures.
    Stills(Stills),
    /// Worlds.
    Worlds(Worlds),
}

/// Something that forecasts the worlds held out without having learned.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WorldReference {
    /// Its name.
    pub name: String,
    /// What it is, in one sentence.
    pub about: String,
    /// How it was measured.
    pub metrics: WorldMetrics,
}

/// What an experiment is, in `experiment.json`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Experiment {
    /// Version of the program.
    pub version: String,
    /// What generations learn from.
    pub subject: Subject,
    /// How each method is trained.
    pub methods: BTreeMap<String, Recipe>,
    /// Most generations that a command asked for. This and what follows determines no generation.
    pub generations: usize,
    /// Setup of the single Gaussian.
    pub gaussian: GaussianSetup,
    /// Noise floor of pictures: others of the origin, measured like a generation.
    pub floor: Option<GenerationMetrics>,
    /// What learned worlds are held against: the rule as floor, persistence as ceiling.
    #[serde(default)]
    pub references: Vec<WorldReference>,
    /// Commands that worked here.
    pub commands: BTreeSet<String>,
}

/// Path of the file in a folder of experiments.
pub fn path(out: &Path) -> PathBuf {
    out.join("experiment.json")
}

impl Experiment {
    /// The experiment of a folder; `None` if there is none.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn read(out: &Path) -> Result<Option<Self>, LearnError> {
        let path = path(out);
        if !path.exists() {
            return Ok(None);
        }
        let text = limits::read_text(&path).map_err(|e| LearnError::io("read", &path, e))?;
        let wrong = |e| LearnError::input(&path, format!("expected the settings of an experiment: {e}"));
        serde_json::from_str(&text).map(Some).map_err(wrong)
    }

    /// Begins this experiment in a folder, or continues it there: with the methods, generations and commands of both.
    /// Processes that work in the folder at the same time agree; `None` if `stop` says so before.
    ///
    /// # Errors
    /// The folder holds another experiment (what differs is named), or cannot be written.
    pub fn begin(self, out: &Path, stop: &dyn Fn() -> bool) -> Result<Option<Self>, LearnError> {
        std::fs::create_dir_all(out).map_err(|e| LearnError::io("write", out, e))?;
        let Some(_lock) = Lock::wait(&out.join("experiment.lock"), stop)? else { return Ok(None) };
        let path = path(out);
        let merged = match Self::read(out)? {
            None if !Chain::all(out).is_empty() => {
                let wrong = "missing, though there are generations in this folder; give another --out";
                return Err(LearnError::input(&path, wrong));
            }
            None => self,
            Some(kept) => self.continuing(kept).map_err(|differences| {
                let words = differences.join(", ");
                let cure = "give the same settings, or another --out";
                LearnError::input(&path, format!("this is another experiment: {words}; {cure}"))
            })?,
        };
        let json = serde_json::to_string_pretty(&merged).map_err(|e| LearnError::Failed(e.to_string()))?;
        write_atomic(&path, json.as_bytes()).map_err(|e| LearnError::Failed(e.to_string()))?;
        Ok(Some(merged))
    }

    /// Both together, or what differs. Where nothing has been learned yet, anything may be.
    fn continuing(mut self, kept: Self) -> Result<Self, Vec<String>> {
        let mut found = Vec::new();
        if self.methods.is_empty() {
            (self.subject, self.version) = (kept.subject.clone(), kept.version.clone());
        } else if !kept.methods.is_empty() {
            differences("version", &value(&kept.version), &value(&self.version), &mut found);
            differences("subject", &value(&kept.subject), &value(&self.subject), &mut found);
        }
        for (method, recipe) in &self.methods {
            if let Some(old) = kept.methods.get(method) {
                differences(method, &value(old), &value(recipe), &mut found);
            }
        }
        if !found.is_empty() {
            return Err(found);
        }
        for (method, recipe) in kept.methods {
            self.methods.entry(method).or_insert(recipe);
        }
        self.commands.extend(kept.commands);
        self.generations = self.generations.max(kept.generations);
        self.floor = self.floor.or(kept.floor);
        if self.references.is_empty() {
            self.references = kept.references;
        }
        Ok(self)
    }
}

fn value(of: &impl serde::Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

/// Where two values differ, as words.
fn differences(at: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let of = |o: &serde_json::Map<String, Value>| o.get(name).cloned().unwrap_or_default();
                differences(&format!("{at}.{name}"), &of(a), &of(b), found);
            }
        }
        _ if old != new => found.push(format!("{at} is {old} there, {new} now")),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use learn::training::TrainingConfig;

    fn experiment(width: f64, method: &str) -> Experiment {
        let plan = TrainingConfig {
            epochs: 3,
            batch: 8,
            rate: 0.001,
            clip: 1.0,
            patience: 0,
            validation: 0.1,
            seed: 0,
        };
        let recipe = Recipe { settings: [("width".to_string(), width)].into(), plan };
        Experiment {
            version: "1".into(),
            subject: Subject::Nothing,
            methods: [(method.to_string(), recipe)].into(),
            generations: 3,
            gaussian: GaussianSetup { samples: 10, generations: 10, runs: 10, seed: 1 },
            floor: None,
            references: Vec::new(),
            commands: [format!("collapse {method}")].into(),
        }
    }

    #[test]
    fn the_same_experiment_is_continued_and_gains_methods_and_generations() {
        let out = tempfile::tempdir().unwrap();
        let begin = |e: Experiment| e.begin(out.path(), &|| false);
        begin(experiment(0.1, "vae")).unwrap();
        begin(Experiment { generations: 2, ..experiment(0.3, "gmm") }).unwrap();
        let all = begin(Experiment { generations: 7, ..experiment(0.1, "vae") }).unwrap();
        assert_eq!(Experiment::read(out.path()).unwrap(), all);
        let all = all.unwrap();
        assert_eq!((all.methods.len(), all.generations, all.commands.len()), (2, 7, 2));
    }

    #[test]
    fn another_experiment_is_refused_and_what_differs_is_named() {
        let out = tempfile::tempdir().unwrap();
        let begin = |e: Experiment| e.begin(out.path(), &|| false);
        begin(experiment(0.1, "vae")).unwrap();
        let e = begin(experiment(0.2, "vae")).unwrap_err();
        assert!(e.is_input() && e.to_string().contains("vae.settings.width is 0.1 there, 0.2 now"), "{e}");
        assert!(e.to_string().contains("experiment.json"), "{e}");
        let mut slower = experiment(0.1, "vae");
        slower.version = "2".into();
        slower.methods.values_mut().for_each(|r| r.plan.rate = 0.0005);
        let e = begin(slower).unwrap_err().to_string();
        assert!(e.contains("version is \"1\"") && e.contains("vae.plan.rate is 0.001"), "{e}");
        assert_eq!(Experiment::read(out.path()).unwrap(), Some(experiment(0.1, "vae")));
    }

    #[test]
    fn the_single_gaussian_alone_is_in_nobodys_way() {
        let out = tempfile::tempdir().unwrap();
        let begin = |e: Experiment| e.begin(out.path(), &|| false).unwrap().unwrap();
        let nothing = || Experiment { methods: BTreeMap::new(), ..experiment(0.0, "vae") };
        let stills = |data: &str| Stills {
            data: data.into(),
            pictures: 9,
            hash: "1".into(),
            measured: 20,
            held_out: "others".into(),
            extractor: "pixels".into(),
            features: "2".into(),
        };
        let learned = |data| Experiment { subject: Subject::Stills(stills(data)), ..experiment(0.1, "vae") };
        begin(nothing());
        let subject = learned("digits").subject;
        assert_eq!(begin(learned("digits")).subject, subject);
        assert_eq!((begin(nothing()).subject, begin(nothing()).methods.len()), (subject, 1));
        let e = learned("clothes").begin(out.path(), &|| false).unwrap_err().to_string();
        assert!(e.contains("subject.stills.data is \"digits\" there, \"clothes\" now"), "{e}");
    }

    #[test]
    fn generations_of_unknown_settings_are_refused() {
        let out = tempfile::tempdir().unwrap();
        std::fs::create_dir(out.path().join("vae-replace-1")).unwrap();
        let e = experiment(0.1, "vae").begin(out.path(), &|| false).unwrap_err();
        assert!(e.is_input() && e.to_string().contains("missing"), "{e}");
        std::fs::write(path(out.path()), "{}").unwrap();
        let e = Experiment::read(out.path()).unwrap_err();
        assert!(e.is_input() && e.to_string().contains("expected the settings"), "{e}");
    }
}
