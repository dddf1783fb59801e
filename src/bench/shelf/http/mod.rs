//! A minimal client of HTTP/1.1 (RFC 9112) without TLS: one request a connection, answers with a length, in chunks or up
//! to the end of the connection, within limits of size and time. An endpoint behind https is reached through a proxy on
//! this machine.

mod client;
mod response;
mod template;

pub use client::ask;
pub use response::Response;
pub use template::Template;
