//! The step that runs SocketCAN on a virtual CAN interface, where the kernel has one.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::exec::pass;
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;

const INTERFACE: &str = "vcan0";

pub(crate) fn step(workspace: &Workspace) -> Step<'_> {
    Step::conditional("SocketCAN on a virtual interface", || {
        if !is_there() {
            return Ok(not_run());
        }
        let mut command = workspace.cargo("test");
        // One after the other: all of them hear what is on the bus.
        command.args(["--package", "dimo-hal", "--all-features", "--test", "socket_can", "--"]);
        pass(command.args(["--ignored", "--test-threads", "1"])).map(|()| Outcome::Passed)
    })
}

/// Where there is no interface.
pub(crate) fn not_run() -> Outcome {
    Outcome::NotRun(format!("needs a vcan interface: a kernel with the module vcan, and `{INTERFACE}`"))
}

/// Makes the interface where it may.
pub(crate) fn is_there() -> bool {
    let path = Path::new("/sys/class/net").join(INTERFACE);
    if !path.exists() {
        ip(&["link", "add", INTERFACE, "type", "vcan"]);
        ip(&["link", "set", INTERFACE, "up"]);
    }
    path.exists()
}

/// Without the right to do so, or without the program, nothing changes.
fn ip(arguments: &[&str]) {
    let mut command = Command::new("ip");
    let _ = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
