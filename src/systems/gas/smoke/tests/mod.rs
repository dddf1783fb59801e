//! Checks: against exact cases and published numbers, brute-force twins, laws, and the promises of every system.

mod carried;
mod exact;
mod fire;
mod flow;
mod motion;
mod poisson;
mod promises;
mod stage;
mod zalesak;
