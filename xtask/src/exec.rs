//! Running other programs.

use std::process::{Command, Output, Stdio};

/// Runs it in sight: the command line first, then whatever it prints.
pub(crate) fn pass(command: &mut Command) -> Result<(), String> {
    println!("    {}", line(command));
    let status = command.stdin(Stdio::null()).status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", line(command))) }
}

/// Runs it in sight, for a command that says by its number how it ended.
pub(crate) fn status(command: &mut Command) -> Result<i32, String> {
    println!("    {}", line(command));
    let status = command.stdin(Stdio::null()).status().map_err(|error| not_started(command, &error))?;
    status.code().ok_or_else(|| format!("`{}` ended with {status}", line(command)))
}

/// What it prints on standard output, when it ends well.
pub(crate) fn read(command: &mut Command) -> Result<String, String> {
    let output = output(command)?;
    if output.status.success() {
        String::from_utf8(output.stdout).map_err(|_| format!("`{}` printed no UTF-8", line(command)))
    } else {
        let words = String::from_utf8_lossy(&output.stderr);
        Err(format!("`{}` ended with {}: {}", line(command), output.status, words.trim()))
    }
}

/// How it ended and what it printed, for a command that is expected to fail.
pub(crate) fn output(command: &mut Command) -> Result<Output, String> {
    command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))
}

/// Whether it can be started and ends well; it prints nothing.
pub(crate) fn works(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}={:?}", name.to_string_lossy(), value?.to_string_lossy()))
    });
    let words = core::iter::once(command.get_program()).chain(command.get_args());
    let words = words.map(|word| word.to_string_lossy().into_owned());
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command, error: &std::io::Error) -> String {
    format!("needs {}: {error}", command.get_program().to_string_lossy())
}
