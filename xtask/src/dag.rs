//! Who may import whom, as README.md draws it, and with which features.

use crate::step::Step;
use crate::workspace::{Kind, Workspace};

/// Each library crate and the siblings it may import. No other arrow: money is checkable without keys, decoding without a
/// bus, pairing without a radio. Dependencies of tests obey it too, since a test that needs an arrow shows a design that does.
const ARROWS: &[(&str, &[&str])] = &[
    ("dimo-types", &[]),
    ("dimo-dbc", &["dimo-types"]),
    ("dimo-crypto", &["dimo-types"]),
    ("dimo-rewards", &["dimo-types"]),
    ("dimo-pairing", &["dimo-types", "dimo-crypto"]),
    ("dimo-hal", &["dimo-types", "dimo-crypto"]),
];

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let verdict = |faults: Vec<String>| if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) };
    vec![
        Step::new("who imports whom", move || verdict(faults(workspace))),
        Step::new("default features of dependencies are off", move || verdict(default_features(workspace))),
    ]
}

/// The root's table turns them off; a member that names a dependency past the table would turn them on again.
fn default_features(workspace: &Workspace) -> Vec<String> {
    let dependencies = workspace.packages.iter().flat_map(|package| {
        let on = package.dependencies.iter().filter(|dependency| dependency.uses_default_features);
        on.map(|dependency| format!("{} takes the default features of {}", package.name, dependency.name))
    });
    dependencies.collect()
}

fn faults(workspace: &Workspace) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, _) in ARROWS {
        if workspace.package(name).is_none_or(|package| package.kind != Kind::Library) {
            faults.push(format!("{name} is no library crate of the workspace"));
        }
    }
    for package in &workspace.packages {
        let allowed = ARROWS.iter().find(|(name, _)| *name == package.name).map(|(_, allowed)| *allowed);
        if package.kind == Kind::Library && allowed.is_none() {
            faults.push(format!("{} is in no row of the table of arrows", package.name));
        }
        for dependency in &package.dependencies {
            let Some(sibling) = workspace.package(&dependency.name) else { continue };
            if sibling.kind == Kind::Private {
                faults.push(format!("{} imports {}, which is never published", package.name, sibling.name));
            } else if allowed.is_some_and(|allowed| !allowed.contains(&sibling.name.as_str())) {
                faults.push(format!("{} may not import {}", package.name, sibling.name));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::{ARROWS, faults};
    use crate::workspace::{Dependency, Kind, Package, Workspace};

    fn world(extra_arrow: Option<(&str, &str)>) -> Workspace {
        let packages = ARROWS.iter().map(|(name, allowed)| {
            let extra = extra_arrow.filter(|(from, _)| from == name).map(|(_, to)| to);
            Package {
                name: (*name).to_owned(),
                version: "1.0.0".to_owned(),
                rust_version: "1.88".to_owned(),
                kind: Kind::Library,
                features: Default::default(),
                dependencies: allowed.iter().copied().chain(extra).map(dependency).collect(),
            }
        });
        Workspace { root: "".into(), target: "".into(), packages: packages.collect() }
    }

    fn dependency(name: &str) -> Dependency {
        Dependency {
            name: name.to_owned(),
            alias: name.to_owned(),
            features: Vec::new(),
            uses_default_features: false,
        }
    }

    #[test]
    fn the_house_as_drawn_has_no_fault() {
        assert_eq!(faults(&world(None)), Vec::<String>::new());
    }

    #[test]
    fn pairing_may_not_import_the_radio_nor_types_a_sibling() {
        assert_eq!(
            faults(&world(Some(("dimo-pairing", "dimo-hal")))),
            ["dimo-pairing may not import dimo-hal"]
        );
        assert_eq!(
            faults(&world(Some(("dimo-types", "dimo-crypto")))),
            ["dimo-types may not import dimo-crypto"]
        );
    }
}
