//! `cargo xtask bench dbc`: how fast frames are decoded, beside the C code that cantools generates, in one run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench_m4;
use crate::exec::{pass, read};
use crate::python::{self, CANTOOLS};
use crate::workspace::Workspace;

/// Runs of both sides, one after the other; the best of each counts.
const ROUNDS: usize = 2;

/// A DBC file and the frames that are decoded with it.
struct Case {
    name: &'static str,
    dbc: PathBuf,
    log: Option<PathBuf>,
    frames: &'static str,
}

/// What one side says of one path: its name, million frames a second, and count, exclusive or and sum of the values.
struct Figure {
    name: String,
    speed: f64,
    check: String,
}

/// Prints the table. Whether every path gave the values of the C code.
pub(crate) fn run(workspace: &Workspace, what: &str) -> Result<bool, String> {
    if what != "dbc" {
        return Err(format!("no benchmark {what}; there are dbc, crypto, telemetry, rewards and m4"));
    }
    let directory = workspace.target.join("bench");
    let (python, ours) =
        (python::environment(&directory, &[CANTOOLS])?, example(workspace, &directory, "dbc_bench")?);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("million frames a second, every signal to a double; x: against the C code of {CANTOOLS};");
    println!("threads: columns with {threads} of them; filter: 20 signals of the file, every frame offered");
    println!(
        "{:<8}{:>8}{:>16}{:>16}{:>16}{:>10}{:>16}",
        "case", "C all", "row", "columns", "threads", "C filter", "filter"
    );
    let mut agreed = true;
    let mut others =
        vec![format!("{:<8}{:>18}{:>18}{:>18}", "case", "cantools, Python", "can_decode", "dbc-rs")];
    let decoders = decoders(workspace)?;
    for case in cases(workspace) {
        let directory = directory.join(case.name);
        let (width, python_speed) = prepare(workspace, &case, &python, &directory)?;
        let (mut theirs, mut mine) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for program in ["all", "filter"] {
                let mut command = Command::new(directory.join(program));
                keep_best(&mut theirs, &read(command.arg(directory.join("frames.bin")))?)?;
            }
            let mut command = Command::new(&ours);
            command.arg(&case.dbc).arg(directory.join("frames.bin")).arg(directory.join("select.txt"));
            keep_best(&mut mine, &read(command.arg(&width))?)?;
        }
        agreed &= print_case(&case, &theirs, &mine)?;
        let mut command = Command::new(&decoders);
        let speeds = read(command.arg(&case.dbc).arg(directory.join("frames.bin")).arg(&width))?;
        let speeds =
            speeds.lines().filter_map(|line| line.split_once(' ')).map(|(_, speed)| speed.to_owned());
        others.push(others_line(case.name, core::iter::once(python_speed).chain(speeds), &mine));
    }
    println!("\nothers that load the file at run time, million frames a second; x: what our rows are of it");
    others.iter().for_each(|line| println!("{line}"));
    imports(workspace, &directory)?;
    Ok(agreed)
}

/// What mending, positions and attributes cost beside parsing.
fn imports(workspace: &Workspace, directory: &Path) -> Result<(), String> {
    let data = data(workspace);
    let files = ["059_J1939.dbc", "169_ford_lincoln_base_pt.dbc", "283_j1939.dbc"];
    let files = files.iter().map(|file| data.join("dbc").join(file)).filter(|file| file.is_file());
    let printed = read(Command::new(example(workspace, directory, "import_bench")?).args(files))?;
    println!("\nimport in milliseconds; x: of the time that can-dbc alone takes for the same text");
    println!("{:>10}{:>10}{:>18}  file", "bytes", "can-dbc", "import");
    for line in printed.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [bytes, parser, whole, file] = cells.as_slice() else {
            return Err(format!("unexpected: {line}"));
        };
        let number = |text: &str| text.parse::<f64>().map_err(|_| format!("unexpected: {line}"));
        let name = Path::new(file).file_name().unwrap_or_default().display();
        let ratio = number(whole)? / number(parser)?;
        println!("{bytes:>10}{parser:>10}{whole:>10} ={ratio:>5.2} x  {name}");
    }
    Ok(())
}

fn data(workspace: &Workspace) -> PathBuf {
    let beside = workspace.root.join("../shared/data");
    std::env::var_os("DIMO_DATA").map_or(beside, PathBuf::from)
}

fn cases(workspace: &Workspace) -> Vec<Case> {
    let data = data(workspace);
    let world = workspace.root.join("dimo-dbc/tests/data/world.dbc");
    let mut cases = vec![Case { name: "world", dbc: world, log: None, frames: "1000000" }];
    if !data.is_dir() {
        println!("not run: other cases need ../shared/data");
        return cases;
    }
    let mut case = |name, dbc: &str, log: Option<&str>, frames| {
        cases.push(Case { name, dbc: data.join(dbc), log: log.map(|log| data.join(log)), frames });
    };
    case("toyota", "dbc/037_toyota_tnga_k_pt_generated.dbc", None, "2000000");
    case("vw", "dbc/267_vw_mlb.dbc", None, "2000000");
    case("leaf", "can/dbc/EV-can_ZE1.dbc", Some("can/leaf62_ZE1_2.log"), "2000000");
    case("fd", "dbc/209_hyundai_canfd.dbc", None, "1000000");
    case("mux", "dbc/257_tesla_model3_vehicle.dbc", None, "2000000");
    cases
}

/// A program that measures the crate, built for this processor as the C code is.
fn example(workspace: &Workspace, directory: &Path, name: &str) -> Result<PathBuf, String> {
    let target = directory.join("rust");
    let mut command = workspace.cargo("build");
    command.args(["--release", "--package", "dimo-dbc", "--features", "import", "--example", name]);
    pass(command.arg("--target-dir").arg(&target).env("RUSTFLAGS", "-C target-cpu=native"))?;
    Ok(target.join("release/examples").join(name))
}

/// The decoders of the registry that are measured beside ours, built as backends are.
fn decoders(workspace: &Workspace) -> Result<PathBuf, String> {
    let directory = workspace.target.join("bench-m4");
    let mut build = bench_m4::cargo(workspace, &directory, "speed")?;
    pass(build.args(["--features", "decoders", "--bin", "decoders"]))?;
    Ok(directory.join("speed/decoders"))
}

fn others_line(case: &str, speeds: impl Iterator<Item = String>, mine: &[Figure]) -> String {
    let rows = mine.iter().find(|figure| figure.name == "row").map_or(f64::NAN, |figure| figure.speed);
    let cell = |speed: String| match speed.parse::<f64>() {
        Ok(speed) => format!("{speed:>9.3} ={:>5.0} x", rows / speed),
        Err(_) => format!("{:>18}", "does not read it"),
    };
    format!("{case:<8}{}", speeds.map(cell).collect::<String>())
}

/// Frames, C code and its programs; the width of the data in the frames, and what cantools does in Python.
fn prepare(
    workspace: &Workspace,
    case: &Case,
    python: &Path,
    directory: &Path,
) -> Result<(String, String), String> {
    let mut command = Command::new(python);
    command.arg(workspace.root.join("dimo-dbc/benches/anchor.py")).arg(directory).arg(&case.dbc);
    command.args(["--frames", case.frames]);
    if let Some(log) = &case.log {
        command.arg("--log").arg(log);
    }
    let printed = read(&mut command)?;
    let (width, python_speed) = printed.trim().split_once(' ').ok_or(format!("unexpected: {printed}"))?;
    for program in ["all", "filter"] {
        let mut command = Command::new("cc");
        command.args(["-O3", "-march=native", "-ffp-contract=off", "-w", "-o"]).arg(directory.join(program));
        read(command.arg(directory.join(format!("{program}.c"))))?;
    }
    Ok((width.to_owned(), python_speed.to_owned()))
}

fn keep_best(best: &mut Vec<Figure>, printed: &str) -> Result<(), String> {
    for line in printed.lines() {
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        let [name, speed, check] = words.as_slice() else { return Err(format!("unexpected: {line}")) };
        let speed: f64 = speed.parse().map_err(|_| format!("unexpected: {line}"))?;
        match best.iter_mut().find(|figure| figure.name == *name) {
            Some(figure) if figure.check != *check => {
                return Err(format!("{name} gives other values every time"));
            }
            Some(figure) => figure.speed = figure.speed.max(speed),
            None => best.push(Figure { name: (*name).to_owned(), speed, check: (*check).to_owned() }),
        }
    }
    Ok(())
}

/// One line of the table. Whether the values are the same on both sides.
fn print_case(case: &Case, theirs: &[Figure], mine: &[Figure]) -> Result<bool, String> {
    let find = |figures: &'_ [Figure], name: &str| {
        let at = figures.iter().position(|figure| figure.name == name);
        at.ok_or(format!("nothing was said of {name}"))
    };
    let (all, filter) = (find(theirs, "all")?, find(theirs, "filter")?);
    let pairs = [("row", all), ("columns", all), ("threads", all), ("filter", filter)];
    let (mut cells, mut agreed) = (Vec::new(), true);
    for (name, anchor) in pairs {
        let at = find(mine, name)?;
        let (Some(figure), Some(anchor)) = (mine.get(at), theirs.get(anchor)) else { continue };
        cells.push(format!("{:>8.1} ={:>5.2} x", figure.speed, figure.speed / anchor.speed));
        if figure.check != anchor.check {
            agreed = false;
            println!("FAILED: {} {name} gives {}, the C code {}", case.name, figure.check, anchor.check);
        }
    }
    let speed = |at: usize| theirs.get(at).map_or(0.0, |figure| figure.speed);
    let [row, columns, threads, filtered] = cells.as_slice() else {
        return Err("a path is missing".to_owned());
    };
    println!(
        "{:<8}{:>8.1}{row:>16}{columns:>16}{threads:>16}{:>10.1}{filtered:>16}",
        case.name,
        speed(all),
        speed(filter)
    );
    Ok(agreed)
}
