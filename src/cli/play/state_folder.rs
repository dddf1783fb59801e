//! Where shows save files whose path was not given.

use std::path::PathBuf;

/// The folder of state, tapes and favourites.
pub fn state_folder() -> PathBuf {
    let own = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/state"));
    own.or_else(home).unwrap_or_else(std::env::temp_dir).join("untrained")
}
