//! What a feature turns on, followed through the feature tables of the workspace: which ones imply `std`.

use std::collections::BTreeSet;

use crate::workspace::{Package, Workspace};

/// A feature of a package: `("dimo-types", "serde")`.
pub(crate) type Feature = (String, String);

/// Everything a feature of a member turns on, itself included. Features of members are followed, those of other packages named.
pub(crate) fn closure(workspace: &Workspace, package: &Package, feature: &str) -> BTreeSet<Feature> {
    let mut found = BTreeSet::new();
    let mut open = vec![(package.name.clone(), feature.to_owned())];
    while let Some((name, feature)) = open.pop() {
        if !found.insert((name.clone(), feature.clone())) {
            continue;
        }
        let Some(member) = workspace.package(&name) else { continue };
        for enabled in member.features.get(&feature).into_iter().flatten() {
            open.extend(enables(member, enabled));
        }
    }
    found
}

/// Whether it needs the standard library, by the name that the ecosystem gives that feature.
pub(crate) fn implies_std(closure: &BTreeSet<Feature>) -> bool {
    closure.iter().any(|(_, feature)| feature == "std")
}

/// The features of a member that a device without `std` can turn on.
pub(crate) fn no_std(workspace: &Workspace, package: &Package) -> Vec<String> {
    let names = package.features.keys().filter(|name| *name != "default");
    names.filter(|name| !implies_std(&closure(workspace, package, name))).cloned().collect()
}

/// The features behind one entry of a feature table: `serde`, `dep:prost`, `dimo-types/alloc` or `serde?/std`.
fn enables(member: &Package, entry: &str) -> Vec<Feature> {
    if let Some(alias) = entry.strip_prefix("dep:") {
        let declared = member.dependencies.iter().filter(|dependency| dependency.alias == alias);
        return declared
            .flat_map(|dependency| {
                dependency.features.iter().map(|feature| (dependency.name.clone(), feature.clone()))
            })
            .collect();
    }
    match entry.split_once('/') {
        Some((alias, feature)) => {
            let alias = alias.trim_end_matches('?');
            let declared = member.dependencies.iter().find(|dependency| dependency.alias == alias);
            declared.map(|dependency| (dependency.name.clone(), feature.to_owned())).into_iter().collect()
        }
        None => vec![(member.name.clone(), entry.to_owned())],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{closure, implies_std, no_std};
    use crate::workspace::{Dependency, Kind, Package, Workspace};

    fn member(name: &str, features: &[(&str, &[&str])], dependencies: Vec<Dependency>) -> Package {
        let features = features.iter().map(|(name, enables)| {
            ((*name).to_owned(), enables.iter().map(|enabled| (*enabled).to_owned()).collect())
        });
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            rust_version: "1.88".to_owned(),
            kind: Kind::Library,
            features: features.collect::<BTreeMap<_, _>>(),
            dependencies,
        }
    }

    fn dependency(name: &str, features: &[&str]) -> Dependency {
        Dependency {
            name: name.to_owned(),
            alias: name.to_owned(),
            features: features.iter().map(|feature| (*feature).to_owned()).collect(),
            uses_default_features: false,
        }
    }

    fn world() -> Workspace {
        let low = member("low", &[("std", &["serde?/std"]), ("json", &["std"]), ("alloc", &[])], Vec::new());
        let high = member(
            "high",
            &[
                ("plain", &[]),
                ("heap", &["low/alloc"]),
                ("text", &["low/json"]),
                ("file", &["dep:reader"]),
                ("default", &["text"]),
            ],
            vec![dependency("low", &[]), dependency("reader", &["std"])],
        );
        Workspace { root: "".into(), target: "".into(), packages: vec![low, high] }
    }

    #[test]
    fn a_feature_that_reaches_std_through_a_sibling_implies_it() {
        let world = world();
        let high = world.package("high").unwrap();
        assert!(implies_std(&closure(&world, high, "text")));
    }

    #[test]
    fn a_feature_whose_dependency_is_declared_with_std_implies_it() {
        let world = world();
        let high = world.package("high").unwrap();
        assert!(implies_std(&closure(&world, high, "file")));
    }

    #[test]
    fn the_others_are_for_devices_and_default_is_no_choice() {
        let world = world();
        let high = world.package("high").unwrap();
        assert_eq!(no_std(&world, high), ["heap", "plain"]);
    }
}
