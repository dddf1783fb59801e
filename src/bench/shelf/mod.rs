//! Generators of others beside ours: pictures in a folder, a film, a program behind a pipe, or an HTTP endpoint, each
//! with a card that says what it is and what it takes.
//!
//! ```toml
//! [shelf]
//! name = "SD-Turbo"
//! model = "stabilityai/sd-turbo, one step"
//! resolution = [512, 512]
//! gpu = "GeForce RTX 4090"
//! watts = 450
//! prompt = "black ink in clear water, seen from above"
//!
//! [shelf.weights]
//! bytes = 5_210_000_000
//! licence = "Stability AI Community License"
//!
//! [shelf.training]
//! licence = "LAION-5B; the pictures' own licences are unknown"
//!
//! [shelf.source]
//! http = "http://127.0.0.1:8000/picture?seed={seed}&prompt={prompt}"
//! ```
//!
//! What all this means, and what is fair about it: `docs/shelf.md`.

pub mod card;
mod fields;
mod film;
mod generator;
pub mod http;
mod pipe;
mod request;
mod source;
mod tail;

pub use card::{Card, Weights, is_card};
pub use generator::{SHELF, Shelf};
pub use request::{Answer, Request};
pub use source::{Endpoint, Source};
