//! The pages, each joined from its parts into one self-contained file.

use std::sync::OnceLock;

const HTML: &str = include_str!("page/remote.html");
const STYLE: &str = include_str!("page/remote.css");
const SCRIPTS: &[&str] = &[
    include_str!("page/line.js"),
    include_str!("page/knob.js"),
    include_str!("page/parts.js"),
    include_str!("page/votes.js"),
    include_str!("page/taste.js"),
    include_str!("page/main.js"),
];
const HEALTH: &str = include_str!("page/health.html");
const ELEMENTS: &str = include_str!("page/el.js");
const CHART: &str = include_str!("page/health.js");

/// The remote.
pub fn remote() -> &'static str {
    static PAGE: OnceLock<String> = OnceLock::new();
    PAGE.get_or_init(|| joined(HTML, &format!("{ELEMENTS}{CHART}{}", SCRIPTS.concat())))
}

/// The health page.
pub fn health() -> &'static str {
    static PAGE: OnceLock<String> = OnceLock::new();
    PAGE.get_or_init(|| {
        joined(HEALTH, &format!("{ELEMENTS}{CHART}const refresh = setInterval(look, 1000); look();"))
    })
}

fn joined(html: &str, script: &str) -> String {
    html.replace("/*STYLE*/", STYLE).replace("/*SCRIPT*/", script)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::FIXED;

    /// Addresses without a place on the page are listed from the description; those that it names must exist.
    #[test]
    fn every_fixed_address_that_the_remote_names_is_one() {
        let named =
            |w: &&str| w.split_once('.').is_some_and(|(head, _)| FIXED.iter().any(|f| f.head() == head));
        let plain = |w: &&str| w.chars().all(|c| c.is_ascii_lowercase() || c == '.');
        let mut found = 0;
        for word in remote().split('"').filter(plain).filter(named) {
            assert!(FIXED.iter().any(|f| f.name == word), "the remote names `{word}`");
            found += 1;
        }
        assert!(found > 20, "{found}");
    }
}
