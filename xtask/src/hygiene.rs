//! What no file of the project may say, and what its documents must say as Cargo.toml does.

use std::path::Path;
use std::process::Command;

use crate::exec::read;
use crate::step::{Outcome, Step, StepResult};
use crate::workspace::Workspace;

/// A text that no file may contain. Written in pieces here, since this is one of the files.
struct Forbidden {
    text: &'static str,
    why: &'static str,
}

const FORBIDDEN: &[Forbidden] = &[
    Forbidden { text: concat!("crates", ".io"), why: REGISTRY },
    Forbidden { text: concat!("pypi", ".org"), why: REGISTRY },
    Forbidden { text: concat!("pythonhosted", ".org"), why: REGISTRY },
    Forbidden { text: concat!("npmjs", ".org"), why: REGISTRY },
    Forbidden { text: concat!("debian", ".org"), why: REGISTRY },
    Forbidden { text: concat!("/wo", "rk/"), why: MACHINE },
    Forbidden { text: concat!("/ro", "ot/"), why: MACHINE },
    Forbidden { text: concat!("/ho", "me/"), why: MACHINE },
    Forbidden { text: concat!("/t", "mp/"), why: MACHINE },
    Forbidden { text: concat!("TO", "DO"), why: UNFINISHED },
    Forbidden { text: concat!("FIX", "ME"), why: UNFINISHED },
    Forbidden { text: concat!("todo", "!("), why: UNFINISHED },
    Forbidden { text: concat!("unimplemented", "!("), why: UNFINISHED },
    Forbidden { text: concat!("dbg", "!("), why: UNFINISHED },
];

const REGISTRY: &str = "the host of a registry; a package is named by its name";
const MACHINE: &str = "a path of one machine";
const UNFINISHED: &str = "unfinished work is told in words, where its user reads it";

/// A file that may contain a forbidden text, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("Cargo.lock", concat!("crates", ".io"), "cargo writes the registry's name into every entry"),
    ("dimo-hal/tests/se05x-reference/Cargo.lock", concat!("crates", ".io"), "likewise"),
    ("examples/firmware/Cargo.lock", concat!("crates", ".io"), "likewise"),
    ("examples/gateway/Cargo.lock", concat!("crates", ".io"), "likewise"),
    ("examples/trouble-peripheral/Cargo.lock", concat!("crates", ".io"), "likewise"),
];

/// A package whose types stay in one file, so that another one can take its place.
struct Home {
    package: &'static str,
    file: &'static str,
    /// A use elsewhere that is of our own module of that name.
    ours: &'static str,
}

const HOMES: &[Home] = &[
    Home { package: "can_dbc", file: "dimo-dbc/src/import/can_dbc.rs", ours: "can_dbc::database(" },
    Home { package: "pest", file: "dimo-dbc/src/import/can_dbc.rs", ours: "" },
];

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![
        Step::new("texts", || no_forbidden_text(workspace)),
        Step::new("packages that one file names", || named_at_home(workspace)),
        Step::new("versions in the documents", || versions_agree(workspace)),
    ]
}

pub(crate) fn last_steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![Step::conditional("the checks changed no file", || nothing_changed(workspace))]
}

fn no_forbidden_text(workspace: &Workspace) -> Result<(), String> {
    let mut faults = Vec::new();
    let mut used = Vec::new();
    for (file, content) in text_files(workspace)? {
        for (number, line) in content.lines().enumerate() {
            for Forbidden { text, why } in FORBIDDEN.iter().filter(|forbidden| line.contains(forbidden.text))
            {
                match EXCEPTIONS.iter().position(|(path, allowed, _)| *path == file && allowed == text) {
                    Some(exception) => used.push(exception),
                    None => faults.push(format!("{file}:{}: {text} ({why})", number + 1)),
                }
            }
        }
    }
    for (_, (file, text, _)) in EXCEPTIONS.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
        faults.push(format!("the exception of {text} in {file} excepts nothing: remove it"));
    }
    faults.iter().for_each(|fault| println!("    {fault}"));
    if faults.is_empty() { Ok(()) } else { Err(format!("{} places", faults.len())) }
}

fn named_at_home(workspace: &Workspace) -> Result<(), String> {
    let mut faults = Vec::new();
    let files = text_files(workspace)?;
    for Home { package, file: home, ours } in HOMES {
        let at_home = files.iter().find(|(file, _)| file == home);
        if !at_home.is_some_and(|(_, content)| content.lines().any(|line| names(line, package, ""))) {
            faults.push(format!("{home} does not name {package}: remove the rule"));
        }
        // A bench may measure the package beside ours.
        let sources = files.iter().filter(|(file, _)| file.ends_with(".rs") && file.contains("/src/"));
        for (file, content) in sources.filter(|(file, _)| file != home) {
            let lines = content.lines().enumerate().filter(|(_, line)| names(line, package, ours));
            faults.extend(lines.map(|(number, _)| format!("{file}:{}: {package}", number + 1)));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

/// Whether a line of Rust takes something out of a package, or the package itself.
fn names(line: &str, package: &str, ours: &str) -> bool {
    line.match_indices(package).any(|(at, _)| {
        let (before, found) = line.split_at(at);
        let behind = found.strip_prefix(package).unwrap_or_default();
        // A path that begins with `::` begins with a package; one that goes on with it is ours.
        let before = before.strip_suffix("::").filter(|path| !path.ends_with(is_name)).unwrap_or(before);
        let is_word = !before.ends_with(|c: char| is_name(c) || ":/\"".contains(c));
        let is_taken = behind.starts_with("::") || before.ends_with("use ") || before.ends_with("crate ");
        is_word && is_taken && (ours.is_empty() || !found.starts_with(ours))
    })
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Documents that name a Rust version or show a dependency on a crate of ours must say what Cargo.toml says.
fn versions_agree(workspace: &Workspace) -> Result<(), String> {
    let first = workspace.libraries().next().ok_or("no library crate")?;
    if let Some(other) = workspace
        .packages
        .iter()
        .find(|other| (&other.version, &other.rust_version) != (&first.version, &first.rust_version))
    {
        return Err(format!("{} has its own version or minimum Rust version", other.name));
    }
    let mut faults = Vec::new();
    let mut readme_states_rust = false;
    for (file, content) in text_files(workspace)?.into_iter().filter(|(file, _)| file.ends_with(".md")) {
        for (number, line) in content.lines().enumerate() {
            for stated in rust_versions(line) {
                readme_states_rust |= file == "README.md" && stated == first.rust_version;
                if stated != first.rust_version {
                    faults.push(format!("{file}:{}: Rust {stated}, not {}", number + 1, first.rust_version));
                }
            }
            let shown = workspace.libraries().filter_map(|package| shown_dependency(line, &package.name));
            for shown in shown.filter(|shown| !first.version.starts_with(shown)) {
                faults.push(format!("{file}:{}: version {shown}, not {}", number + 1, first.version));
            }
        }
    }
    if !readme_states_rust {
        faults.push(format!("README.md must state `Rust {}`", first.rust_version));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

/// `1.88` in a line that says "Rust 1.88 or later" or "Minimum Rust version: 1.88".
fn rust_versions(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("Rust ").filter_map(|(at, found)| {
        let said = line.get(at + found.len()..)?;
        let version = said.strip_prefix("version").unwrap_or(said).trim_start_matches([':', ' ']);
        let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
        let version = version.get(..end)?.trim_end_matches('.');
        version.contains('.').then_some(version)
    })
}

/// `0.1` in `dimo-types = "0.1"` or `dimo-types = { version = "0.1", … }`.
fn shown_dependency<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let value = line.trim_start().strip_prefix(name)?.trim_start().strip_prefix('=')?.trim_start();
    let version = if value.starts_with('{') { value.split_once("version")?.1 } else { value };
    version.split('"').nth(1)
}

/// On a build server the tree is clean at the start, so whatever differs at the end was changed by a check: a lock file that
/// did not fit Cargo.toml, for one.
fn nothing_changed(workspace: &Workspace) -> StepResult {
    if std::env::var_os("CI").is_none() {
        return Ok(Outcome::NotRun(
            "needs a build server (CI is not set): your own changes are no fault".to_owned(),
        ));
    }
    let mut command = Command::new("git");
    let changes = read(command.current_dir(&workspace.root).args(["status", "--porcelain"]))?;
    if changes.is_empty() { Ok(Outcome::Passed) } else { Err(format!("changed:\n{changes}")) }
}

/// Every file that git knows or would add, with its text; what is no UTF-8 is a picture.
fn text_files(workspace: &Workspace) -> Result<Vec<(String, String)>, String> {
    let mut command = Command::new("git");
    command.current_dir(&workspace.root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let names = read(&mut command)?;
    let read_text = |name: &str| {
        let path: &Path = &workspace.root.join(name);
        // A link is another file's text; a deleted one has none.
        let is_file = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        let content = is_file.then(|| std::fs::read_to_string(path).ok()).flatten()?;
        Some((name.to_owned(), content))
    };
    Ok(names.split('\0').filter_map(read_text).collect())
}

#[cfg(test)]
mod tests {
    use super::{names, rust_versions, shown_dependency};

    #[test]
    fn a_package_is_named_by_what_is_taken_out_of_it() {
        let package = "data";
        for line in [
            "use data::Dbc;",
            "use ::data::Dbc;",
            "    let tree = data::parse();",
            "use data as other;",
            "extern crate data;",
        ] {
            assert!(names(line, package, "data::ours("), "{line}");
        }
        for line in [
            "mod data;",
            "    data::ours(1)",
            "crate::data::Dbc",
            "use metadata::x;",
            "// the data",
            "data_x::y",
        ] {
            assert!(!names(line, package, "data::ours("), "{line}");
        }
    }

    #[test]
    fn a_stated_rust_version_is_read() {
        assert_eq!(rust_versions("Needs Rust 1.88. Rust 1.95 too").collect::<Vec<_>>(), ["1.88", "1.95"]);
        assert_eq!(rust_versions("Minimum Rust version: 1.88.").collect::<Vec<_>>(), ["1.88"]);
        assert_eq!(rust_versions("Rust and 1.88, Rust 2").count(), 0);
    }

    #[test]
    fn a_shown_dependency_is_read_in_both_forms() {
        assert_eq!(shown_dependency("dimo-types = \"0.1\"", "dimo-types"), Some("0.1"));
        let table = "dimo-types = { version = \"0.2\", features = [\"json\"] }";
        assert_eq!(shown_dependency(table, "dimo-types"), Some("0.2"));
        assert_eq!(shown_dependency("dimo-types is a crate", "dimo-types"), None);
    }
}
