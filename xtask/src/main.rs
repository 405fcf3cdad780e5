//! Every check and tool of the workspace: `cargo xtask <name>`.
fn main() {}
