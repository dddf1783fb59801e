//! The law and sums over neighbours, and the world with its inputs, touches and outputs.

mod law;
mod world;
