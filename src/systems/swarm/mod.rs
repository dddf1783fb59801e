//! Many small agents that sense fields and leave traces in them.

pub mod subsumption;
