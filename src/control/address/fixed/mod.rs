//! The addresses that every show has: the catalogue, one line each. An address is declared in the file of its group.

mod clock;
mod cues;
mod declaration;
mod favourites;
mod gaze;
mod history;
pub mod light;
mod limiter;
mod record;
mod sides;
mod sound;
mod taste;
mod tempo;
mod votes;
mod worlds;

pub use declaration::{Fixed, Holds};

/// Every one of them, in the order of the panel and of `docs/addresses.md`.
pub static FIXED: &[&Fixed] = &[
    // One line per address.
    &light::BLACKOUT,
    &light::FREEZE,
    &light::FADE,
    &sound::VOLUME,
    &sound::MUTE,
    &limiter::LIMITER,
    &record::RECORD,
    &cues::GO,
    &cues::BACK,
    &clock::PAUSE,
    &clock::STEP,
    &history::UNDO,
    &history::REDO,
    &favourites::FAVOUR,
    &favourites::FAVOURITE,
    &gaze::GAZE,
    &worlds::RESET,
    &worlds::RESEED,
    &tempo::TAP,
    &tempo::BPM,
    &sides::SWAP,
    &sides::WAY,
    &sides::LESS,
    &sides::MORE,
    &votes::LEFT,
    &votes::RIGHT,
    &votes::REVEAL,
    &votes::NEXT,
    &taste::LEFT,
    &taste::RIGHT,
    &taste::SKIP,
];

#[cfg(test)]
mod tests;
