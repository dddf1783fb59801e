//! Favourites: moments that are kept and come back.

use super::{Command, Fixed, Holds};

/// Kept.
pub static FAVOUR: Fixed = Fixed {
    name: "show.favour",
    about: "Scene, seed and knobs as they are now become a favourite.",
    holds: Holds::Trigger(|_, _| Command::Favour),
};

/// Back, in turn.
pub static FAVOURITE: Fixed = Fixed {
    name: "show.favourite",
    about: "The next favourite comes back.",
    holds: Holds::Trigger(|_, _| Command::Favourite),
};
