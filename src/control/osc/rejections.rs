//! Rejected messages: all are counted, and logged at a limited rate.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::address::AddressError;

/// Seconds between two lines, after the first of each reason.
const PAUSE: f64 = 10.0;
/// Characters of an address that are shown.
const SHOWN: usize = 80;
/// Logged rejections that are remembered, so as not to log them again; then all are forgotten.
const REMEMBERED: usize = 256;

/// Why a message is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RejectReason {
    /// There is no such address.
    UnknownAddress,
    /// The address belongs to a scene that is not active.
    InactiveScene,
    /// Its argument is not a finite number.
    NotANumber,
    /// A touch without a position, one too many, or an `up` of one that is not down.
    InvalidTouch,
    /// The address is too long.
    TooLong,
    /// Its datagram has exceeded the work budget.
    OverBudget,
    /// The queue of bundles with future time tags is full.
    QueueFull,
    /// Bundles are nested too deeply.
    TooDeep,
    /// It cannot be parsed.
    Malformed,
}

impl From<AddressError> for RejectReason {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::InactiveScene { .. } => Self::InactiveScene,
            AddressError::NotFinite(_) => Self::NotANumber,
            AddressError::TooLong(_) => Self::TooLong,
            AddressError::Unknown(_) | AddressError::Locked(_) => Self::UnknownAddress,
        }
    }
}

/// A rejected message.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    /// The reason.
    pub why: RejectReason,
    /// Its address, escaped and truncated; empty if unknown.
    pub address: String,
    /// Its sender.
    pub from: IpAddr,
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let address = &self.address;
        match self.why {
            RejectReason::UnknownAddress => write!(f, "unknown address {address}"),
            RejectReason::InactiveScene => write!(f, "{address} belongs to a scene that is not active"),
            RejectReason::NotANumber => write!(f, "{address} expects a finite number"),
            RejectReason::InvalidTouch => {
                write!(f, "{address} is not a valid touch: expected x and y, or `up` of a touch that is down")
            }
            RejectReason::TooLong => write!(f, "{address} is too long for an address"),
            RejectReason::OverBudget => write!(f, "{address} is in a datagram that exceeds the work budget"),
            RejectReason::QueueFull => write!(f, "the bundle queue is full"),
            RejectReason::TooDeep => write!(f, "bundles are nested too deeply"),
            RejectReason::Malformed => write!(f, "malformed message"),
        }
    }
}

/// Counts rejected messages, and limits the rate of their log lines.
#[derive(Default)]
pub struct RejectionLog {
    count: u64,
    last: Option<Rejection>,
    /// The newest of each reason, not logged yet.
    pending: BTreeMap<RejectReason, Rejection>,
    logged: BTreeSet<(RejectReason, String)>,
    reasons: BTreeSet<RejectReason>,
    /// Time of the last line.
    line: f64,
}

impl RejectionLog {
    /// Records rejected messages to an address.
    pub fn note(&mut self, why: RejectReason, address: &str, from: IpAddr, messages: u64) {
        self.count += messages;
        let key = (why, shown(address));
        let known = self.logged.contains(&key);
        let rejection = Rejection { why, address: key.1, from };
        if !known {
            self.pending.insert(why, rejection.clone());
        }
        self.last = Some(rejection);
    }

    /// The rejection to log now, if any: the first of a reason at once, others every ten seconds at most, and none that
    /// was logged before.
    pub fn next(&mut self, now: f64) -> Option<Rejection> {
        let fresh = self.pending.keys().find(|w| !self.reasons.contains(w));
        let rested = || self.pending.keys().next().filter(|_| now - self.line >= PAUSE);
        let why = *fresh.or_else(rested)?;
        let rejection = self.pending.remove(&why)?;
        if self.logged.len() >= REMEMBERED {
            self.logged.clear();
        }
        self.logged.insert((why, rejection.address.clone()));
        self.reasons.insert(why);
        self.line = now;
        Some(rejection)
    }

    /// Number of rejected messages.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The last one.
    pub fn last(&self) -> Option<&Rejection> {
        self.last.as_ref()
    }
}

/// Received text, truncated, and escaped so that it cannot harm a terminal.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() { short + "…" } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const A: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 7));

    #[test]
    fn the_first_of_each_reason_is_logged_at_once_and_others_at_a_limited_rate() {
        let mut rejections = RejectionLog::default();
        for address in ["/nosuch/knob", "/nosuch/knob", "/other/knob"] {
            rejections.note(RejectReason::UnknownAddress, address, A, 1);
        }
        rejections.note(RejectReason::Malformed, "", A, 2);
        let mut lines = |now: f64| -> Vec<String> {
            std::iter::from_fn(|| rejections.next(now)).map(|r| r.to_string()).collect()
        };
        assert_eq!(lines(3.0), ["unknown address /other/knob", "malformed message"]);
        rejections.note(RejectReason::UnknownAddress, "/other/knob", A, 1);
        rejections.note(RejectReason::UnknownAddress, "/nosuch/knob", A, 1);
        assert_eq!(rejections.next(12.9), None);
        assert_eq!(rejections.next(13.0).map(|r| r.address).as_deref(), Some("/nosuch/knob"));
        rejections.note(RejectReason::UnknownAddress, "/other/knob", A, 1);
        assert_eq!(rejections.next(99.0), None, "it was logged");
        assert_eq!((rejections.count(), rejections.last().unwrap().address.as_str()), (8, "/other/knob"));
    }

    /// Ten minutes of a flood of distinct messages.
    #[test]
    fn a_flood_is_few_lines_and_little_memory() {
        let (mut rejections, mut lines) = (RejectionLog::default(), 0);
        for n in 0..60_000 {
            rejections.note(RejectReason::UnknownAddress, &format!("/{n}"), A, 1);
            rejections.note(RejectReason::NotANumber, &format!("/{n}"), A, 1);
            lines += std::iter::from_fn(|| rejections.next(0.01 * n as f64)).count();
        }
        assert!((59..=63).contains(&lines), "{lines}");
        assert!(rejections.pending.len() <= 2 && rejections.logged.len() <= REMEMBERED);
        assert_eq!(rejections.count(), 120_000);
    }

    #[test]
    fn shown_addresses_are_truncated_and_escaped() {
        let nasty = "/gas\u{1b}[2J\r\n\u{202e}ü".to_string() + &"x".repeat(60_000);
        let mut rejections = RejectionLog::default();
        rejections.note(RejectReason::TooLong, &nasty, A, 1);
        let line = rejections.last().unwrap().to_string();
        assert!(line.starts_with("/gas\\u{1b}[2J\\r\\n\\u{202e}üx") && line.len() < 200, "{line}");
        assert!(line.ends_with("x… is too long for an address"), "{line}");
    }

    #[test]
    fn every_address_error_has_a_reason() {
        let scene = "dusk".to_string();
        let all = [
            (AddressError::Unknown("a".into()), RejectReason::UnknownAddress),
            (AddressError::TooLong(256), RejectReason::TooLong),
            (AddressError::InactiveScene { address: "a".into(), scene }, RejectReason::InactiveScene),
            (AddressError::NotFinite("a".into()), RejectReason::NotANumber),
        ];
        all.into_iter().for_each(|(error, why)| assert_eq!(RejectReason::from(error), why));
    }
}
