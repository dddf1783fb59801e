//! Discrete worlds: cellular automata, as frames show them. What learned cells and learned gates have in common.
//!
//! [`alphabet`] finds the states of cells, [`neighbourhood`] numbers what a cell sees, [`observed`] counts what followed,
//! [`evidence`] is the rule that this shows, and [`lessons`] all of it together. A learned rule is a [`table`], held
//! beside the evidence by a [`proof`]; [`study`] says how often it is found.

pub mod adam;
pub mod alphabet;
pub mod evidence;
pub mod lessons;
pub mod neighbourhood;
pub mod observed;
pub mod proof;
pub mod stored;
pub mod study;
pub mod table;
