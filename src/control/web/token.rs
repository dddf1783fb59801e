//! The secret in the link, and how fast a client may speak.

use std::sync::OnceLock;
use std::time::Instant;

use super::RemoteError;

/// Names the variable in which a supervisor hands the token on, so that pages find the show again after a restart.
pub const TOKEN: &str = "UNTRAINED_REMOTE_TOKEN";

/// The token that a supervisor handed on, once it has been taken out of the environment.
static KEPT: OnceLock<Option<String>> = OnceLock::new();

/// Takes the token that a supervisor handed on out of the environment, so that no program that the show starts inherits
/// it.
///
/// # Safety
/// No other thread may live yet: reading the environment while it changes is a fault of memory.
pub unsafe fn take_from_environment() {
    KEPT.get_or_init(|| {
        let kept = std::env::var(TOKEN).ok();
        // SAFETY: the caller says that this thread is alone.
        unsafe { std::env::remove_var(TOKEN) };
        kept
    });
}

/// 128 random bits, as 32 hexadecimal digits.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// From the system's randomness.
    ///
    /// # Errors
    /// [`RemoteError::Chance`] where the system gives none.
    pub fn new() -> Result<Self, RemoteError> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes).map_err(|e| RemoteError::Chance(e.to_string()))?;
        Ok(Self(bytes.iter().map(|b| format!("{b:02x}")).collect()))
    }

    /// The one that a supervisor handed on, else a new one.
    ///
    /// # Errors
    /// [`RemoteError::Chance`] where the system gives no randomness.
    pub fn kept_or_new() -> Result<Self, RemoteError> {
        let fit = |t: &String| t.len() == 32 && t.bytes().all(|b| b.is_ascii_hexdigit());
        let kept = KEPT.get().cloned().unwrap_or_else(|| std::env::var(TOKEN).ok());
        kept.filter(fit).map_or_else(Self::new, |t| Ok(Self(t)))
    }

    /// As it stands in the link.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether a text is this token; takes as long for a near miss as for a far one.
    pub fn is(&self, text: &str) -> bool {
        let differing = self.0.bytes().zip(text.bytes()).fold(0, |d, (a, b)| d | (a ^ b));
        text.len() == self.0.len() && std::hint::black_box(differing) == 0
    }

    /// A port above 20000 that stays the same as long as the token does.
    pub fn port(&self) -> u16 {
        let start = self.0.get(..8).and_then(|t| u32::from_str_radix(t, 16).ok()).unwrap_or(0);
        20_000 + (start % 12_000) as u16
    }
}

/// Allows so many a second, and a burst of a second's worth.
#[derive(Debug)]
pub struct RateLimiter {
    each_second: f64,
    left: f64,
    looked: Instant,
}

impl RateLimiter {
    /// A rate of which nothing is used up.
    pub fn new(each_second: f64, now: Instant) -> Self {
        Self { each_second, left: each_second, looked: now }
    }

    /// Whether one more is allowed now.
    pub fn allows(&mut self, now: Instant) -> bool {
        let gained = now.saturating_duration_since(self.looked).as_secs_f64() * self.each_second;
        self.left = (self.left + gained).min(self.each_second);
        self.looked = now;
        let allowed = self.left >= 1.0;
        self.left -= allowed as u8 as f64;
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_token_is_itself_alone() {
        let (a, b) = (Token::new().unwrap(), Token::new().unwrap());
        assert!(a.is(a.text()) && !a.is(b.text()) && a.text().len() == 32);
        let near = format!("{}{}", &a.text()[..31], if a.text().ends_with('0') { '1' } else { '0' });
        for wrong in ["", &a.text()[..31], &format!("{}0", a.text()), &near] {
            assert!(!a.is(wrong), "{wrong}");
        }
        assert!((20_000..32_000).contains(&a.port()) && a.port() == a.clone().port());
    }

    #[test]
    fn a_rate_allows_a_burst_and_then_its_rate() {
        let start = Instant::now();
        let mut rate = RateLimiter::new(100.0, start);
        let count = |rate: &mut RateLimiter, at: u64| {
            (0..1000).filter(|_| rate.allows(start + Duration::from_millis(at))).count()
        };
        assert_eq!(count(&mut rate, 0), 100);
        assert_eq!(count(&mut rate, 500), 50);
        assert_eq!(count(&mut rate, 60_000), 100, "what was not used is not saved up");
    }
}
