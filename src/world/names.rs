//! Names from files (of classes, of scenes) as names of files and folders: one plain path component that every platform
//! can write and that the program's own readers treat as data.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// Bytes of such a name; file systems allow 255, and extensions and numbers are appended.
const MOST: usize = 180;

/// Names that platforms reserve, whatever extension follows.
const RESERVED: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"];

/// Names of files and folders that operating systems put next to data; readers skip them.
pub const SYSTEM_FILES: &[&str] = &[
    "__macosx",
    "thumbs.db",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "desktop.ini",
    "icon\r",
    "$recycle.bin",
    "system volume information",
    "recycler",
    "lost+found",
    "@eadir",
    "@recycle",
    "@recently-snapshot",
    "#recycle",
    "#snapshot",
    "picasa.ini",
    "__pycache__",
];

/// A name as one path component: separators and unwritable characters become `_`; a valid name stays as it is.
pub fn component(name: &str) -> String {
    let bad = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c) || c == '\u{202e}';
    let mut safe: String = name.chars().map(|c| if bad(c) { '_' } else { c }).collect();
    let end = (0..=MOST.min(safe.len())).rev().find(|i| safe.is_char_boundary(*i)).unwrap_or(0);
    safe.truncate(end);
    // Some platforms strip trailing dots and spaces; a leading dot hides a file.
    let kept = safe.trim_end_matches(['.', ' ']).len();
    let tail = "_".repeat(safe.len() - kept);
    safe.replace_range(kept.., &tail);
    if safe.starts_with(['.', ' ', '~', '-']) {
        safe.replace_range(..1, "_");
    }
    let lower = safe.to_lowercase();
    let stem = lower.split('.').next().unwrap_or("");
    let numbered = ["com", "lpt"].iter().filter_map(|p| stem.strip_prefix(p));
    let port = numbered
        .into_iter()
        .any(|n| n.chars().count() == 1 && n.chars().all(|c| c.is_numeric() || "¹²³".contains(c)));
    if safe.is_empty() || port || RESERVED.contains(&stem) || SYSTEM_FILES.contains(&lower.as_str()) {
        safe.insert(0, '_');
    }
    safe
}

/// Names as path components, all distinct even where case is ignored; none is among `taken`.
pub fn components(names: &[String], taken: &[&str]) -> Vec<String> {
    let fold = |n: &str| n.nfc().collect::<String>().to_lowercase();
    let mut used: BTreeSet<String> = taken.iter().map(|n| fold(n)).collect();
    let mut one = |name: &String| {
        let plain = component(name);
        let numbered = (2..).map(|n| format!("{plain} {n}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|n| !used.contains(&fold(n)));
        let free = free.unwrap_or(plain);
        used.insert(fold(&free));
        free
    };
    names.iter().map(&mut one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn valid_names_stay_and_others_are_made_safe() {
        for good in
            ["cats", "Tiere, groß", "7", "a b", "caf\u{e9}", "x.y", "com10", "console", "æ-1", "train"]
        {
            assert_eq!(component(good), good);
        }
        for (bad, safe) in [
            ("..", "__"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            ("/etc", "_etc"),
            ("C:\\x", "C__x"),
            ("a/b", "a_b"),
            ("a\0b\n", "a_b_"),
            ("", "_"),
            (".hidden", "_hidden"),
            ("dots...", "dots___"),
            ("blank ", "blank_"),
            ("NUL", "_NUL"),
            ("con.txt", "_con.txt"),
            ("LPT1", "_LPT1"),
            ("com²", "_com²"),
            ("__MACOSX", "___MACOSX"),
            ("Thumbs.db", "_Thumbs.db"),
            ("-rf", "_rf"),
        ] {
            assert_eq!(component(bad), safe);
        }
        assert_eq!(component(&"é".repeat(300)).len(), MOST);
    }

    #[test]
    fn no_two_classes_share_a_folder() {
        let names = ["a/b", "a:b", "A_B", "cafe\u{301}", "caf\u{e9}", "sheet.png"].map(String::from);
        let made = components(&names, &["sheet.png"]);
        assert_eq!(made, ["a_b", "a_b 2", "A_B 3", "cafe\u{301}", "caf\u{e9} 2", "sheet.png 2"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn any_names_become_distinct_folders(names in prop::collection::vec(prop_oneof!["\\PC{0,8}", "[./\\\\ ~a]{0,5}", any::<String>()], 1..6)) {
            let made = components(&names, &[]);
            let dir = tempfile::tempdir().unwrap();
            for name in &made {
                let mut parts = std::path::Path::new(name).components();
                let plain = matches!(parts.next(), Some(std::path::Component::Normal(n)) if n == name.as_str());
                prop_assert!(plain && parts.next().is_none() && name.len() < 255, "{name:?}");
                std::fs::create_dir(dir.path().join(name)).unwrap();
            }
            prop_assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), names.len());
        }
    }
}
