//! The manual of commands, written from their help (`docs/commands.md`).

use std::fmt::Write;

use clap::CommandFactory;

use crate::cli::Cli;

/// The reference of all commands as Markdown.
pub fn commands() -> String {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut out = String::from(
        "# Commands\n\nWritten from the program's own help; a stale copy fails the tests.\n\n\
             Exit codes: 0 success; 1 failure (a full disk, a NaN loss); 2 bad usage or bad input. \
             Ctrl-C stops `render`, `train` and `dataset` cleanly: their files are complete up to that point, and \
             the code is 0; a second Ctrl-C stops at once with 130.\n",
    );
    let hidden = |c: &clap::Command| c.is_hide_set() || c.get_name() == "help";
    for sub in command.get_subcommands_mut().filter(|c| !hidden(c)) {
        let help = sub.render_long_help().to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let _ = write!(out, "\n## {}\n\n```text\n{}\n```\n", sub.get_name(), help.join("\n").trim_end());
    }
    out
}
