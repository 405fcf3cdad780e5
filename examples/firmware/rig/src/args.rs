//! What the command line says.

use std::path::PathBuf;

/// Where things are, and what the vehicle does.
pub(crate) struct Args {
    /// The programs of the board.
    pub(crate) boot_loader: PathBuf,
    pub(crate) device: [PathBuf; 2],
    /// The maker's tool.
    pub(crate) tool: PathBuf,
    /// Python with what the control unit needs, and the control unit.
    pub(crate) python: PathBuf,
    pub(crate) unit: PathBuf,
    /// The script of the phone.
    pub(crate) phone: PathBuf,
    /// Where files may be made.
    pub(crate) folder: PathBuf,
    /// Where to write what the DIP-4 report wants to know beyond the steps.
    pub(crate) probes: Option<PathBuf>,
    /// A DBC file and a log of the user's.
    pub(crate) files: Option<(PathBuf, PathBuf)>,
    pub(crate) frames: usize,
}

impl Args {
    /// All of them are named, `--name value`.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let arguments: Vec<String> = arguments.collect();
        let mut values = std::collections::BTreeMap::new();
        for pair in arguments.chunks(2) {
            let [name, value] = pair else { return Err(format!("{pair:?} has no value")) };
            values.insert(name.clone(), value.clone());
        }
        let mut take = |name: &str| values.remove(name);
        let mut path = |name: &str| take(name).map(PathBuf::from).ok_or(format!("needs {name}"));
        let args = Self {
            boot_loader: path("--boot-loader")?,
            device: [path("--device-a")?, path("--device-b")?],
            tool: path("--tool")?,
            python: path("--python")?,
            unit: path("--unit")?,
            phone: path("--phone")?,
            folder: path("--folder")?,
            probes: take("--probes").map(PathBuf::from),
            files: match (take("--dbc"), take("--log")) {
                (Some(dbc), Some(log)) => Some((dbc.into(), log.into())),
                (None, None) => None,
                _ => return Err("--dbc and --log go together".to_owned()),
            },
            frames: match take("--frames") {
                None => 2000,
                Some(count) => {
                    count.parse().ok().filter(|count| *count > 0).ok_or("--frames needs a number")?
                }
            },
        };
        match values.pop_first() {
            None => Ok(args),
            Some((name, _)) => Err(format!("no option {name}")),
        }
    }
}
