//! Scenes from files, or from those that ship with the program.

use std::path::{Path, PathBuf};

use crate::systems::CATALOGUE;
use crate::world::limits;
use crate::world::scene::problem::suggest;
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
    /// Neither exists.
    pub fn find(what: &str) -> Result<Self, SourceError> {
        let path = Path::new(what);
        if path.is_file() {
            return Ok(Self::File(path.into()));
        }
        if let Some(i) = SHIPPED.iter().position(|s| s.0 == what) {
            return Ok(Self::Shipped(i));
        }
        if path.is_dir() {
            return Err(SourceError::Folder(path.into()));
        }
        let names: Vec<&str> = SHIPPED.iter().map(|s| s.0).collect();
        Err(SourceError::Unknown { word: what.into(), hint: suggest(what, &names) })
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
    /// The file cannot be read or is not text.
    pub fn text(&self) -> Result<String, SourceError> {
        match self {
            Self::Shipped(i) => Ok(SHIPPED[*i].1.into()),
            Self::Made(_, text) => Ok(text.clone()),
            Self::File(path) if path.extension().is_none_or(|e| e != "toml") => {
                Err(SourceError::Ending(path.clone()))
            }
            Self::File(path) => {
                limits::read_text(path).map_err(|source| SourceError::Read { path: path.clone(), source })
            }
        }
    }

    /// The scene, checked.
    ///
    /// # Errors
    /// Unreadable file, or every problem of the text.
    pub fn load(&self) -> Result<Scene, SourceError> {
        let text = self.text()?;
        let folder = self.path().and_then(Path::parent).unwrap_or(Path::new("scenes"));
        let scene = Scene::parse(&text, &self.name(), folder, CATALOGUE);
        scene.map_err(|problems| SourceError::Problems { file: self.title(), text, problems })
    }

    /// What messages call it.
    pub fn title(&self) -> String {
        self.path().map_or_else(|| format!("{}.toml", self.name()), |p| p.display().to_string())
    }
}

/// Why a scene cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Neither a file nor one that ships.
    #[error("there is no scene file `{word}` and no shipped scene of that name; {hint}")]
    Unknown {
        /// What was asked for.
        word: String,
        /// What there is.
        hint: String,
    },
    /// A folder.
    #[error("{} is a folder, expected a scene file (.toml)", .0.display())]
    Folder(PathBuf),
    /// A file of another kind.
    #[error("{} is not a scene: expected a .toml file", .0.display())]
    Ending(PathBuf),
    /// A file that cannot be read.
    #[error("cannot read the scene {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is wrong with its text.
    #[error("the scene {file} has problems: {}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Problems {
        /// What messages call it.
        file: String,
        /// Its text.
        text: String,
        /// Every problem, with its line.
        problems: Vec<Problem>,
    },
    /// It has become another while it was read.
    #[error("{0}")]
    Changed(String),
}
