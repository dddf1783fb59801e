//! The command that was given, as it can be given again.

/// The command, with its arguments quoted for a shell.
pub fn command_line() -> String {
    let arguments = std::env::args().skip(1).map(|a| quoted(&a));
    std::iter::once("untrained".into()).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// An argument, quoted for a shell.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+%@".contains(c);
    match !argument.is_empty() && argument.chars().all(plain) {
        true => argument.into(),
        false => format!("'{}'", argument.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_reads_back_what_was_given() {
        for argument in ["plain", "ink?warm-up=1..2", "it's", "", "a b", "$HOME"] {
            let echoed = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quoted(argument))])
                .output();
            assert_eq!(String::from_utf8(echoed.unwrap().stdout).unwrap(), argument);
        }
        assert_eq!(quoted("out/a-1.toml"), "out/a-1.toml");
    }
}
