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
    for sub in command.get_subcommands_mut().filter(|c| !is_hidden(c)) {
        let name = sub.get_name().to_string();
        entry(&mut out, "##", &name, sub);
        for part in sub.get_subcommands_mut().filter(|c| !is_hidden(c)) {
            let name = format!("{name} {}", part.get_name());
            entry(&mut out, "###", &name, part);
        }
    }
    out
}

fn is_hidden(command: &clap::Command) -> bool {
    command.is_hide_set() || command.get_name() == "help"
}

/// The help of a command below its heading.
fn entry(out: &mut String, heading: &str, name: &str, command: &mut clap::Command) {
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(out, "\n{heading} {name}\n\n```text\n{}\n```\n", help.join("\n").trim_end());
}
