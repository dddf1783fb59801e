//! Favourites: moments that are saved and recalled.

use show::Command;

use super::declaration::{Fixed, Holds};

/// Saves one.
pub static FAVOUR: Fixed = Fixed {
    name: "show.favour",
    about: "Saves scene, seed and knobs as a favourite.",
    holds: Holds::Trigger(|_, _| Command::Favour),
};

/// Recalls them in turn.
pub static FAVOURITE: Fixed = Fixed {
    name: "show.favourite",
    about: "Recalls the next favourite.",
    holds: Holds::Trigger(|_, _| Command::Favourite),
};
