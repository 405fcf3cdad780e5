//! [`Workspace`]: what `cargo metadata` says of the members, so that no list of them is kept by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::exec;

/// The workspace this tool runs for.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// A member.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The minimum Rust version, as it is written: `1.88`.
    pub(crate) rust_version: String,
    pub(crate) kind: Kind,
    pub(crate) features: BTreeMap<String, Vec<String>>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// What a member is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One of the crates that others use.
    Library,
    /// An example or a tool, which is never published.
    Private,
}

/// A dependency as the member declares it.
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// The name in this member's feature table.
    pub(crate) alias: String,
    pub(crate) features: Vec<String>,
    pub(crate) uses_default_features: bool,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn read() -> Result<Self, String> {
        // Asked when it runs: clones may share a target directory, and so this program.
        let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("start it with `cargo xtask`")?;
        let root = Path::new(&manifest_dir).parent().ok_or("xtask stands in no workspace")?;
        let metadata = metadata(&root.join("Cargo.toml"), &["--no-deps"])?;
        let target = PathBuf::from(text(&metadata, "target_directory"));
        let packages = items(&metadata, "packages").map(Package::from_json).collect();
        Ok(Self { root: root.to_path_buf(), target, packages })
    }

    /// The crates that others use.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.kind == Kind::Library)
    }

    /// A member by name.
    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// `cargo` in the workspace's root, with the lock file kept as it is.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root).args([subcommand, "--locked"]);
        command
    }
}

impl Package {
    fn from_json(package: &Value) -> Self {
        let may_be_published = package.get("publish").is_none_or(Value::is_null);
        let features = package.get("features").and_then(Value::as_object).into_iter().flatten();
        Self {
            name: text(package, "name"),
            version: text(package, "version"),
            rust_version: text(package, "rust_version"),
            kind: if may_be_published { Kind::Library } else { Kind::Private },
            features: features.map(|(name, enables)| (name.clone(), texts(enables))).collect(),
            dependencies: items(package, "dependencies").map(Dependency::from_json).collect(),
        }
    }
}

impl Dependency {
    fn from_json(dependency: &Value) -> Self {
        let name = text(dependency, "name");
        let rename = dependency.get("rename").and_then(Value::as_str);
        Self {
            alias: rename.unwrap_or(&name).to_owned(),
            features: dependency.get("features").map(texts).unwrap_or_default(),
            uses_default_features: dependency.get("uses_default_features") == Some(&Value::Bool(true)),
            name,
        }
    }
}

/// What `cargo metadata` prints for a manifest.
pub(crate) fn metadata(manifest: &Path, options: &[&str]) -> Result<Value, String> {
    let mut command = Command::new("cargo");
    command.args(["metadata", "--format-version", "1", "--manifest-path"]).arg(manifest).args(options);
    serde_json::from_str(&exec::read(&mut command)?).map_err(|error| format!("cargo metadata: {error}"))
}

/// The text of a field, empty when there is none.
pub(crate) fn text(value: &Value, field: &str) -> String {
    value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The items of a list in a field, none when there is no list.
pub(crate) fn items<'v>(value: &'v Value, field: &str) -> impl Iterator<Item = &'v Value> {
    value.get(field).and_then(Value::as_array).into_iter().flatten()
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
