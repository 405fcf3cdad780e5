//! Each library crate built alone for two microcontrollers, feature by feature. One invocation each: a build of several crates
//! unifies their features and hides what one of them lacks.

use crate::exec::pass;
use crate::features;
use crate::step::Step;
use crate::toolchain;
use crate::workspace::{Package, Workspace};

/// Cortex-M4F, the class of our firmware example, and Cortex-M0, which has no atomic read-modify-write.
const TARGETS: [&str; 2] = ["thumbv7em-none-eabihf", "thumbv6m-none-eabi"];

/// A feature that a target cannot have, and why. Features of other members that turn it on are left out with it.
struct Exception {
    target: &'static str,
    package: &'static str,
    feature: &'static str,
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[Exception {
    target: "thumbv6m-none-eabi",
    package: "dimo-types",
    feature: "proto",
    reason: "prost needs the package bytes, which needs atomics",
}];

pub(crate) fn steps(workspace: &Workspace) -> Result<Vec<Step<'_>>, String> {
    let mut steps = vec![Step::new("no_std features", || tell_left_out(workspace))];
    for target in TARGETS {
        for package in workspace.libraries() {
            for features in feature_sets(workspace, package, target) {
                let name = format!("no_std {} {} [{}]", short(target), package.name, features.join(" "));
                steps.push(Step::new(name, move || build(workspace, package, target, &features)));
            }
        }
    }
    Ok(steps)
}

/// None, each alone, and all together.
fn feature_sets(workspace: &Workspace, package: &Package, target: &str) -> Vec<Vec<String>> {
    let mut features = features::no_std(workspace, package);
    features.retain(|feature| exception(workspace, package, feature, target).is_none());
    let mut sets = vec![Vec::new()];
    sets.extend(features.iter().map(|feature| vec![feature.clone()]));
    if features.len() > 1 {
        sets.push(features);
    }
    sets
}

fn build(workspace: &Workspace, package: &Package, target: &str, features: &[String]) -> Result<(), String> {
    toolchain::need_target(target)?;
    let mut command = workspace.cargo("build");
    command.args(["--quiet", "--package", &package.name, "--target", target, "--no-default-features"]);
    // Nothing of it runs here, so optimising it would only take time.
    command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "0");
    if !features.is_empty() {
        command.args(["--features", &features.join(",")]);
    }
    pass(&mut command)
}

/// Says which features are not built for a target and why, and refuses an exception that excepts nothing.
fn tell_left_out(workspace: &Workspace) -> Result<(), String> {
    for package in workspace.libraries() {
        let for_devices = features::no_std(workspace, package);
        for feature in package.features.keys().filter(|feature| *feature != "default") {
            if !for_devices.contains(feature) {
                println!("    {}/{feature}: left out, it implies std", package.name);
            }
            for target in TARGETS.iter().filter(|_| for_devices.contains(feature)) {
                if let Some(exception) = exception(workspace, package, feature, target) {
                    println!("    {}/{feature}: not for {target}, {}", package.name, exception.reason);
                }
            }
        }
    }
    let known = |exception: &&Exception| {
        workspace.package(exception.package).is_some_and(|package| {
            TARGETS.contains(&exception.target) && package.features.contains_key(exception.feature)
        })
    };
    match EXCEPTIONS.iter().find(|exception| !known(exception)) {
        Some(Exception { target, package, feature, .. }) => {
            Err(format!("the exception of {package}/{feature} on {target} excepts nothing: remove it"))
        }
        None => Ok(()),
    }
}

fn exception(
    workspace: &Workspace,
    package: &Package,
    feature: &str,
    target: &str,
) -> Option<&'static Exception> {
    let closure = features::closure(workspace, package, feature);
    let turns_on = |exception: &&Exception| {
        exception.target == target
            && closure.contains(&(exception.package.to_owned(), exception.feature.to_owned()))
    };
    EXCEPTIONS.iter().find(turns_on)
}

/// `thumbv7em` of `thumbv7em-none-eabihf`.
fn short(target: &str) -> &str {
    target.split('-').next().unwrap_or(target)
}
