//! Sizes on the command line.

/// `1280x720` as (1280, 720).
pub fn parse_size(text: &str) -> Result<(usize, usize), String> {
    let size = text.split_once(['x', '×']).and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    match size {
        Some((w, h)) if (1..=16384).contains(&w) && (1..=16384).contains(&h) => Ok((w, h)),
        _ => Err("expected a size like 1280x720".into()),
    }
}
