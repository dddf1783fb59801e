//! Progress bar of long work, shown only on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `total` steps of `unit`, with rate and time left; hidden without a terminal.
pub fn progress(total: u64, what: &str, unit: &str) -> ProgressBar {
    let template = format!("{{prefix}} {{bar:32}} {{pos}}/{{len}} {unit}  {{per_sec}}  {{eta}} left {{msg}}");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style).with_prefix(what.to_string())
}
