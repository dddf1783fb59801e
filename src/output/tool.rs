//! Other programs that this one starts.

use std::ffi::OsStr;
use std::process::Command;

/// What this program's own variables begin with: the heartbeat's place, the secret of the remote.
const OWN: &str = "UNTRAINED_";

/// A command for another program, which inherits none of this one's own variables: some are secrets.
pub fn tool(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with(OWN)) {
        command.env_remove(name);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_variable_of_ours_is_inherited() {
        // SAFETY: every test runs in a process of its own, and no other thread lives yet.
        unsafe { std::env::set_var("UNTRAINED_REMOTE_TOKEN", "secret") };
        let out = tool("env").output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout);
        assert!(text.contains("PATH=") && !text.contains("UNTRAINED"), "{text}");
    }
}
