//! Scenes from files or from those that ship with the program.

use std::path::{Path, PathBuf};

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};

use super::Failure;
use crate::systems::CATALOGUE;
use crate::world::limits;
use crate::world::scene::{Problem, Scene};

/// Where a scene comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// One that ships with the program, by position in [`SHIPPED`].
    Shipped(usize),
    /// One that was put together here: name and text.
    Made(String, String),
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        /// The scenes that ship with the program: (name, text).
        pub const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../scenes/", $name, ".toml")))),*];
    };
}

shipped![
    "ants", "street", "breath", "harvest", "julia", "coast", "ink", "garden", "watched", "restless",
    "school", "dream", "skin", "room"
];

impl Source {
    /// A path, or the name of a shipped scene.
    ///
    /// # Errors
    /// Neither exists (exit code 2).
    pub fn find(what: &str) -> Result<Self, Failure> {
        let path = Path::new(what);
        if path.is_file() {
            return Ok(Self::File(path.into()));
        }
        if let Some(i) = SHIPPED.iter().position(|s| s.0 == what) {
            return Ok(Self::Shipped(i));
        }
        let names: Vec<&str> = SHIPPED.iter().map(|s| s.0).collect();
        let hint = crate::world::scene::problem::suggest(what, &names);
        Err(Failure::input(match path.is_dir() {
            true => format!("{what} is a folder, expected a scene file (.toml)"),
            false => format!("there is no scene file `{what}` and no shipped scene of that name; {hint}"),
        }))
    }

    /// Every shipped scene.
    pub fn all() -> Vec<Self> {
        (0..SHIPPED.len()).map(Self::Shipped).collect()
    }

    /// The scene's name.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.file_stem().map_or("scene".into(), |s| s.to_string_lossy().into_owned()),
            Self::Shipped(i) => SHIPPED[*i].0.into(),
            Self::Made(name, _) => name.clone(),
        }
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Shipped(_) | Self::Made(..) => None,
        }
    }

    /// The scene's text.
    ///
    /// # Errors
    /// The file cannot be read or is not text (exit code 2).
    pub fn text(&self) -> Result<String, Failure> {
        match self {
            Self::Shipped(i) => Ok(SHIPPED[*i].1.into()),
            Self::Made(_, text) => Ok(text.clone()),
            Self::File(path) => {
                if path.extension().is_none_or(|e| e != "toml") {
                    return Err(Failure::input(format!(
                        "{} is not a scene: expected a .toml file",
                        path.display()
                    )));
                }
                limits::read_text(path)
                    .map_err(|e| Failure::input(format!("cannot read the scene {}: {e}", path.display())))
            }
        }
    }

    /// The scene, checked; or its problems.
    ///
    /// # Errors
    /// Unreadable file, or every problem of the text.
    pub fn parse(&self) -> Result<Result<Scene, (String, Vec<Problem>)>, Failure> {
        let text = self.text()?;
        let folder = self.path().and_then(Path::parent).unwrap_or(Path::new("scenes"));
        Ok(Scene::parse(&text, &self.name(), folder, CATALOGUE).map_err(|problems| (text, problems)))
    }

    /// The scene, checked.
    ///
    /// # Errors
    /// One report with every problem (exit code 2).
    pub fn load(&self) -> Result<Scene, Failure> {
        self.parse()?.map_err(|(text, problems)| report(&self.title(), text, &problems))
    }

    fn title(&self) -> String {
        self.path().map_or_else(|| format!("{}.toml", self.name()), |p| p.display().to_string())
    }
}

/// All problems of a scene as one report with the lines they are about.
pub fn report(file: &str, text: String, problems: &[Problem]) -> Failure {
    let many = if problems.len() == 1 { "1 problem".into() } else { format!("{} problems", problems.len()) };
    let list: String = problems.iter().map(|p| format!("\n{file}:{}: {}", p.line, p.message)).collect();
    let labels =
        problems.iter().filter(|p| p.span.end <= text.len()).map(|p| LabeledSpan::underline(p.span.clone()));
    let diagnostic = MietteDiagnostic::new(format!("{many} in the scene {file}{list}"))
        .with_labels(labels.collect::<Vec<_>>());
    Failure { code: 2, report: Report::new(diagnostic).with_source_code(NamedSource::new(file, text)) }
}
