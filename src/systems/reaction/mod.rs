//! Reaction and diffusion: chemicals that make and eat one another while they spread.

pub mod gray_scott;
