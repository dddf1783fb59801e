//! Child processes.

use std::ffi::OsStr;
use std::process::Command;

/// Prefix of this program's own environment variables: the heartbeat's path, the remote's access token.
const OWN: &str = "UNTRAINED_";

/// A command for another program, which inherits none of this program's variables: some are secrets.
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
        // SAFETY: every test runs in its own process, and no other thread is running yet.
        unsafe { std::env::set_var("UNTRAINED_REMOTE_TOKEN", "secret") };
        let out = tool("env").output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout);
        assert!(text.contains("PATH=") && !text.contains("UNTRAINED"), "{text}");
    }
}
