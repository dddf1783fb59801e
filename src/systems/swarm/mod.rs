//! Many small bodies that sense fields and leave marks in them.

pub mod subsumption;
