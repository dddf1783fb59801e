//! Why messages were not done: counted whatever comes, and told in lines that are few whatever comes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::address::AddressError;

/// Seconds between two lines, after the first of each reason.
const PAUSE: f64 = 10.0;
/// Letters of an address that are repeated.
const SHOWN: usize = 80;
/// Refusals that were told and are not told again; then all are forgotten.
const REMEMBERED: usize = 256;

/// Why a message is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RejectReason {
    /// Nothing lies there.
    UnknownAddress,
    /// It lies in a scene that is not in front.
    Elsewhere,
    /// It was sent no number.
    NoNumber,
    /// A touch without a place, one more than are felt, or the lifting of one that is not down.
    InvalidTouch,
    /// It is longer than any address is.
    Long,
    /// Its datagram has cost all that one may.
    OverBudget,
    /// Too many bundles wait for their stamps.
    QueueFull,
    /// Too many bundles within bundles.
    TooDeep,
    /// Its bytes are no message.
    Malformed,
}

impl From<AddressError> for RejectReason {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::Elsewhere { .. } => Self::Elsewhere,
            AddressError::NoNumber(_) => Self::NoNumber,
            AddressError::Long(_) => Self::Long,
            AddressError::Unknown(_) | AddressError::Locked(_) => Self::UnknownAddress,
        }
    }
}

/// A message that was not done.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    /// Why not.
    pub why: RejectReason,
    /// What it was sent to, in print and cut; empty where nobody can say.
    pub address: String,
    /// Who sent it.
    pub from: IpAddr,
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let address = &self.address;
        match self.why {
            RejectReason::UnknownAddress => write!(f, "nothing lies at {address}"),
            RejectReason::Elsewhere => write!(f, "{address} lies in a scene that is not in front"),
            RejectReason::NoNumber => write!(f, "{address} was sent no number"),
            RejectReason::InvalidTouch => {
                write!(f, "{address} is no touch: expected x and y of a finger, or `up` of one that is down")
            }
            RejectReason::Long => write!(f, "{address} is longer than any address"),
            RejectReason::OverBudget => write!(f, "{address} came in a datagram that asked for too much"),
            RejectReason::QueueFull => write!(f, "too many bundles wait for their stamps"),
            RejectReason::TooDeep => write!(f, "too many bundles lie within bundles"),
            RejectReason::Malformed => write!(f, "what was sent could not be read"),
        }
    }
}

/// All that were not done.
#[derive(Default)]
pub struct RejectionLog {
    count: u64,
    last: Option<Rejection>,
    /// The newest of each reason that no line has told.
    untold: BTreeMap<RejectReason, Rejection>,
    told: BTreeSet<(RejectReason, String)>,
    reasons: BTreeSet<RejectReason>,
    /// When the last line was told.
    line: f64,
}

impl RejectionLog {
    /// So many messages to an address were not done.
    pub fn note(&mut self, why: RejectReason, address: &str, from: IpAddr, messages: u64) {
        self.count += messages;
        let key = (why, shown(address));
        let known = self.told.contains(&key);
        let refusal = Rejection { why, address: key.1, from };
        if !known {
            self.untold.insert(why, refusal.clone());
        }
        self.last = Some(refusal);
    }

    /// What a line is to tell now, if anything: the first of a reason at once, others every ten seconds at most, and none
    /// that was told already.
    pub fn next(&mut self, now: f64) -> Option<Rejection> {
        let fresh = self.untold.keys().find(|w| !self.reasons.contains(w));
        let rested = || self.untold.keys().next().filter(|_| now - self.line >= PAUSE);
        let why = *fresh.or_else(rested)?;
        let refusal = self.untold.remove(&why)?;
        if self.told.len() >= REMEMBERED {
            self.told.clear();
        }
        self.told.insert((why, refusal.address.clone()));
        self.reasons.insert(why);
        self.line = now;
        Some(refusal)
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The last one.
    pub fn last(&self) -> Option<&Rejection> {
        self.last.as_ref()
    }
}

/// What somebody sent, cut, and in a form that can do no harm to a terminal.
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
    fn the_first_of_each_reason_is_told_at_once_and_others_at_a_bounded_rate() {
        let mut rejections = RejectionLog::default();
        for address in ["/nosuch/knob", "/nosuch/knob", "/other/knob"] {
            rejections.note(RejectReason::UnknownAddress, address, A, 1);
        }
        rejections.note(RejectReason::Malformed, "", A, 2);
        let mut lines = |now: f64| -> Vec<String> {
            std::iter::from_fn(|| rejections.next(now)).map(|r| r.to_string()).collect()
        };
        assert_eq!(lines(3.0), ["nothing lies at /other/knob", "what was sent could not be read"]);
        rejections.note(RejectReason::UnknownAddress, "/other/knob", A, 1);
        rejections.note(RejectReason::UnknownAddress, "/nosuch/knob", A, 1);
        assert_eq!(rejections.next(12.9), None);
        assert_eq!(rejections.next(13.0).map(|r| r.address).as_deref(), Some("/nosuch/knob"));
        rejections.note(RejectReason::UnknownAddress, "/other/knob", A, 1);
        assert_eq!(rejections.next(99.0), None, "it was told");
        assert_eq!((rejections.count(), rejections.last().unwrap().address.as_str()), (8, "/other/knob"));
    }

    /// Ten minutes of a flood in which no two messages are alike.
    #[test]
    fn a_flood_is_few_lines_and_little_memory() {
        let (mut rejections, mut lines) = (RejectionLog::default(), 0);
        for n in 0..60_000 {
            rejections.note(RejectReason::UnknownAddress, &format!("/{n}"), A, 1);
            rejections.note(RejectReason::NoNumber, &format!("/{n}"), A, 1);
            lines += std::iter::from_fn(|| rejections.next(0.01 * n as f64)).count();
        }
        assert!((59..=63).contains(&lines), "{lines}");
        assert!(rejections.untold.len() <= 2 && rejections.told.len() <= REMEMBERED);
        assert_eq!(rejections.count(), 120_000);
    }

    #[test]
    fn what_is_repeated_is_short_and_does_no_harm() {
        let nasty = "/gas\u{1b}[2J\r\n\u{202e}ü".to_string() + &"x".repeat(60_000);
        let mut rejections = RejectionLog::default();
        rejections.note(RejectReason::Long, &nasty, A, 1);
        let line = rejections.last().unwrap().to_string();
        assert!(line.starts_with("/gas\\u{1b}[2J\\r\\n\\u{202e}üx") && line.len() < 200, "{line}");
        assert!(line.ends_with("x… is longer than any address"), "{line}");
    }

    #[test]
    fn every_error_of_an_address_has_its_reason() {
        let scene = "dusk".to_string();
        let all = [
            (AddressError::Unknown("a".into()), RejectReason::UnknownAddress),
            (AddressError::Long(256), RejectReason::Long),
            (AddressError::Elsewhere { address: "a".into(), scene }, RejectReason::Elsewhere),
            (AddressError::NoNumber("a".into()), RejectReason::NoNumber),
        ];
        all.into_iter().for_each(|(error, why)| assert_eq!(RejectReason::from(error), why));
    }
}
