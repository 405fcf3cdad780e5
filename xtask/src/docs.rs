//! The documentation of the library crates, with warnings denied: on stable, and the way the documentation host builds it.

use std::process::Command;

use crate::exec::pass;
use crate::step::Step;
use crate::workspace::Workspace;

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![
        Step::new("docs", || pass(doc(workspace).env("RUSTDOCFLAGS", "--deny warnings"))),
        Step::new("docs, --cfg docsrs", || {
            // The host uses a nightly compiler. This variable lets a stable one accept the `doc_cfg` feature too;
            // build scripts see it, so the results are kept apart.
            let mut command = doc(workspace);
            command.env("RUSTC_BOOTSTRAP", "1").env("RUSTDOCFLAGS", "--deny warnings --cfg docsrs");
            pass(command.arg("--target-dir").arg(workspace.target.join("docsrs")))
        }),
    ]
}

fn doc(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo("doc");
    command.args(["--quiet", "--no-deps", "--lib", "--all-features"]);
    command.args(workspace.libraries().flat_map(|package| ["--package", &package.name]));
    command
}
