//! The driver of the SE05x beside another one, in `dimo-hal/tests/se05x-reference`: a workspace of its own, for the other's licence.

use std::process::Command;

use crate::exec::pass;
use crate::step::Step;
use crate::workspace::Workspace;

pub(crate) fn step(workspace: &Workspace) -> Step<'_> {
    Step::new("SE05x driver and another one, byte for byte", || {
        let mut test = Command::new("cargo");
        test.current_dir(workspace.root.join("dimo-hal/tests/se05x-reference"));
        test.args(["test", "--quiet", "--locked", "--target-dir"])
            .arg(workspace.target.join("se05x-reference"));
        pass(&mut test)
    })
}
