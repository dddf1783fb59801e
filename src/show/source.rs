//! Scenes from files, or from those that ship with the program.

use std::path::{Path, PathBuf};

use world::limits;
use world::scene::problem::suggest;
use world::scene::{Catalogue, Problem, Scene};

/// Where a scene comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SceneSource {
    /// A file.
    File(PathBuf),
    /// One that ships with the program, by position in [`SHIPPED`].
    Shipped(usize),
    /// One generated at run time: name and text.
    Generated(String, String),
}

/// The scenes that ship with the program, those of `scenes/`: (name, text), in the order in which they are shown.
pub const SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

impl SceneSource {
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
            Self::Generated(name, _) => name.clone(),
        }
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Shipped(_) | Self::Generated(..) => None,
        }
    }

    /// The scene's text.
    ///
    /// # Errors
    /// The file cannot be read or is not text.
    pub fn text(&self) -> Result<String, SourceError> {
        match self {
            Self::Shipped(i) => Ok(SHIPPED[*i].1.into()),
            Self::Generated(_, text) => Ok(text.clone()),
            Self::File(path) if path.extension().is_none_or(|e| e != "toml") => {
                Err(SourceError::Ending(path.clone()))
            }
            Self::File(path) => {
                limits::read_text(path).map_err(|source| SourceError::Read { path: path.clone(), source })
            }
        }
    }

    /// The scene, checked against a catalogue.
    ///
    /// # Errors
    /// Unreadable file, or every problem of the text.
    pub fn load(&self, catalogue: impl Into<Catalogue>) -> Result<Scene, SourceError> {
        match self.survey(catalogue)? {
            Survey { scene: Some(scene), problems, .. } if problems.is_empty() => Ok(scene),
            Survey { text, problems, .. } => {
                Err(SourceError::Problems { file: self.title(), text, problems })
            }
        }
    }

    /// As [`Self::load`], with as much of the scene as can be read in spite of its problems.
    ///
    /// # Errors
    /// Unreadable file.
    pub fn survey(&self, catalogue: impl Into<Catalogue>) -> Result<Survey, SourceError> {
        let text = self.text()?;
        let folder = self.path().and_then(Path::parent).unwrap_or(Path::new("scenes"));
        let (scene, problems) = Scene::survey(&text, &self.name(), folder, catalogue);
        Ok(Survey { text, scene, problems })
    }

    /// What messages call it.
    pub fn title(&self) -> String {
        self.path().map_or_else(|| format!("{}.toml", self.name()), |p| p.display().to_string())
    }
}

/// A scene as far as its text can be read.
pub struct Survey {
    /// The text.
    pub text: String,
    /// The scene, as far as it can be read; `None` if the text is not TOML.
    pub scene: Option<Scene>,
    /// Every problem, with its line.
    pub problems: Vec<Problem>,
}

/// Why a scene cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Neither a file nor one that ships.
    #[error("there is no scene file `{word}` and no shipped scene of that name; {hint}")]
    Unknown {
        /// The name given.
        word: String,
        /// A suggestion.
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
    /// It changed while it was being read.
    #[error("{0}")]
    Changed(String),
}

#[cfg(test)]
mod tests {
    use systems::CATALOGUE;

    use super::*;

    const TEXT: &str = "size = [16, 9]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n";

    #[test]
    fn a_name_is_a_file_a_shipped_scene_or_an_error_with_a_suggestion() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.toml");
        std::fs::write(&file, TEXT).unwrap();
        assert_eq!(SceneSource::find(file.to_str().unwrap()).unwrap(), SceneSource::File(file.clone()));
        let coast = SHIPPED.iter().position(|s| s.0 == "coast").unwrap();
        assert_eq!(SceneSource::find("coast").unwrap(), SceneSource::Shipped(coast));
        let reported = SceneSource::find("cost").unwrap_err().to_string();
        assert!(reported.contains("`cost`") && reported.contains("did you mean `coast`"), "{reported}");
        let reported = SceneSource::find(folder.path().to_str().unwrap()).unwrap_err().to_string();
        assert!(reported.contains("is a folder"), "{reported}");
        let all: Vec<String> = SceneSource::all().iter().map(SceneSource::name).collect();
        assert_eq!(all, SHIPPED.iter().map(|s| s.0).collect::<Vec<_>>());
    }

    #[test]
    fn the_scenes_of_the_folder_ship_in_their_declared_order() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes");
        let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        let mut files: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
        files.sort();
        let mut shipped: Vec<(&str, &str)> = SHIPPED.to_vec();
        shipped.sort_unstable();
        assert_eq!(files.len(), shipped.len());
        for (file, (name, text)) in files.iter().zip(shipped) {
            assert_eq!(file.file_stem().unwrap(), name);
            assert_eq!(std::fs::read_to_string(file).unwrap(), text, "{name} differs in the program");
        }
        let scenes = SceneSource::all().into_iter().map(|s| s.load(CATALOGUE).unwrap());
        let places: Vec<_> = scenes.map(|s| (s.order.unwrap_or(u32::MAX), s.name)).collect();
        assert!(places.is_sorted() && places[0].0 == 1, "{places:?}");
    }

    #[test]
    fn each_shipped_scene_declares_its_poster() {
        let scenes = SceneSource::all().into_iter().map(|s| s.load(CATALOGUE).unwrap());
        let without: Vec<String> = scenes.filter(|s| s.poster.is_none()).map(|s| s.name).collect();
        assert_eq!(
            without, [""; 0],
            "`poster = SECONDS` is missing; script/pictures takes their picture then"
        );
    }

    #[test]
    fn each_kind_has_its_name_its_title_and_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.toml");
        std::fs::write(&file, TEXT).unwrap();
        let (own, made) =
            (SceneSource::File(file.clone()), SceneSource::Generated("m".into(), "size".into()));
        assert_eq!(
            (own.name(), own.path(), own.title()),
            ("mine".into(), Some(&*file), file.display().to_string())
        );
        assert_eq!((made.name(), made.path(), made.title()), ("m".into(), None, "m.toml".into()));
        assert_eq!((own.text().unwrap(), made.text().unwrap()), (TEXT.into(), "size".into()));
        assert_eq!(SceneSource::Shipped(1).text().unwrap(), SHIPPED[1].1);
        assert_eq!(SceneSource::Shipped(1).path(), None);
        let scene = own.load(CATALOGUE).unwrap();
        assert_eq!(
            (scene.name.as_str(), scene.size, scene.folder.as_path()),
            ("mine", (16, 9), folder.path())
        );
    }

    #[test]
    fn a_scene_that_cannot_be_loaded_is_reported_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| SceneSource::File(folder.path().join(name));
        std::fs::write(folder.path().join("a.txt"), TEXT).unwrap();
        std::fs::write(folder.path().join("b.toml"), "\nsize = 3\n").unwrap();
        assert!(
            matches!(at("a.txt").load(CATALOGUE), Err(SourceError::Ending(path)) if path.ends_with("a.txt"))
        );
        assert!(
            matches!(at("c.toml").load(CATALOGUE), Err(SourceError::Read { path, .. }) if path.ends_with("c.toml"))
        );
        let Err(SourceError::Problems { file, text, problems }) = at("b.toml").load(CATALOGUE) else {
            panic!("it is bad")
        };
        assert!(
            file.ends_with("b.toml") && text == "\nsize = 3\n" && problems.iter().any(|p| p.line == 2),
            "{problems:?}"
        );
    }
}
