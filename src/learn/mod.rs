//! Learning: what trained networks share.
//!
//! [`net`] evaluates small networks with the same bits everywhere and needs no library; training (feature `judge`) is
//! done by burn with kernels of ours ([`convolution`]).

#[cfg(feature = "judge")]
pub mod convolution;
pub mod net;
