//! Show files: read and checked against the scenes they name, with one report.

use std::path::{Path, PathBuf};

use super::Failure;
use super::load::{self, SceneSource, SourceError};
use crate::CATALOGUE;
use crate::show::program::ShowProgram;
use crate::world::limits;

/// The scenes of a show, one per cue, and the show. A scene is named by a file next to the show file, or is a shipped
/// one.
///
/// # Errors
/// The file cannot be read; every problem of it; every problem of its first scene that has any (exit code 2).
pub fn load(path: &Path) -> Result<(Vec<SceneSource>, ShowProgram), Failure> {
    let text = limits::read_text(path)
        .map_err(|e| Failure::input(format!("cannot read the show {}: {e}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let missing = |word: &str| find(folder, word).err().map(|f| f.to_string());
    let program = ShowProgram::parse(&text, missing)
        .map_err(|problems| load::report(&path.display().to_string(), text.clone(), &problems))?;
    let sources: Vec<SceneSource> =
        program.cues.iter().map(|c| find(folder, &c.scene)).collect::<Result<_, _>>()?;
    // A scene that would fail on stage is reported beforehand.
    sources.iter().try_for_each(|s| s.load(CATALOGUE).map(drop))?;
    Ok((sources, program))
}

fn find(folder: &Path, word: &str) -> Result<SceneSource, SourceError> {
    let beside = [folder.join(word), folder.join(format!("{word}.toml"))];
    match beside.into_iter().find(|p: &PathBuf| p.is_file()) {
        Some(file) => Ok(SceneSource::File(file)),
        None => SceneSource::find(word),
    }
}
