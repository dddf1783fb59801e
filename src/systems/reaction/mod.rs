//! Reaction and diffusion: chemicals that produce and consume one another while they diffuse.

pub mod gray_scott;
