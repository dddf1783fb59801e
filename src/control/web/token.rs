//! The access token in the link, and the rate limit.

use std::sync::OnceLock;
use std::time::Instant;

use super::error::RemoteError;

/// Environment variable by which a supervisor passes the token on, so that pages reconnect after a restart.
pub const TOKEN: &str = "UNTRAINED_REMOTE_TOKEN";

/// The token that a supervisor passed on, once it has been removed from the environment.
static KEPT: OnceLock<Option<String>> = OnceLock::new();

/// Removes the token that a supervisor passed on from the environment, so that no child process inherits it.
///
/// # Safety
/// No other thread may be running: reading the environment while it changes is undefined behaviour.
pub unsafe fn take_from_environment() {
    KEPT.get_or_init(|| {
        let kept = std::env::var(TOKEN).ok();
        // SAFETY: the caller guarantees that no other thread is running.
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
    /// [`RemoteError::Randomness`] if the system has none.
    pub fn new() -> Result<Self, RemoteError> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes).map_err(|e| RemoteError::Randomness(e.to_string()))?;
        Ok(Self(bytes.iter().map(|b| format!("{b:02x}")).collect()))
    }

    /// The one that a supervisor passed on, otherwise a new one.
    ///
    /// # Errors
    /// [`RemoteError::Randomness`] if the system has none.
    pub fn kept_or_new() -> Result<Self, RemoteError> {
        let fit = |t: &String| t.len() == 32 && t.bytes().all(|b| b.is_ascii_hexdigit());
        let kept = KEPT.get().cloned().unwrap_or_else(|| std::env::var(TOKEN).ok());
        kept.filter(fit).map_or_else(Self::new, |t| Ok(Self(t)))
    }

    /// As it is in the link.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether a text is this token, in constant time.
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

/// A rate limit per second, with a burst of one second (token bucket).
#[derive(Debug)]
pub struct RateLimiter {
    rate: f64,
    left: f64,
    looked: Instant,
}

impl RateLimiter {
    /// A full bucket.
    pub fn new(rate: f64, now: Instant) -> Self {
        Self { rate, left: rate, looked: now }
    }

    /// Whether one more is allowed now.
    pub fn allows(&mut self, now: Instant) -> bool {
        let gained = now.saturating_duration_since(self.looked).as_secs_f64() * self.rate;
        self.left = (self.left + gained).min(self.rate);
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
    fn a_token_equals_only_itself() {
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
        assert_eq!(count(&mut rate, 60_000), 100, "the bucket holds one second");
    }
}
