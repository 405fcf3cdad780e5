//! The main job, run as a newcomer would: it must end well, and what it writes must be true in itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::exec::{output, pass};
use crate::step::{Outcome, Step, StepResult};
use crate::workspace::Workspace;

/// Real logs and the DBC that fits each, by their paths in the folder of other people's data.
const REAL: &[(&str, &str)] = &[("can/dbc/EV-can_ZE0.dbc", "can/leaf24_ZE0_stock.log")];

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let mut steps = vec![Step::new("main job, our own vehicle", || {
        let folder = fresh_folder(workspace, "own")?;
        pass(main_job(workspace).arg("--out").arg(&folder))?;
        check(&folder)
    })];
    steps.extend(
        REAL.iter().map(|(dbc, log)| {
            Step::conditional(format!("main job, {log}"), move || real(workspace, dbc, log))
        }),
    );
    steps.push(Step::new("main job, a file that is no DBC", || refuses_what_is_no_dbc(workspace)));
    steps
}

fn real(workspace: &Workspace, dbc: &str, log: &str) -> StepResult {
    let data = data_folder(workspace);
    let (dbc, log) = (data.join(dbc), data.join(log));
    if !dbc.is_file() || !log.is_file() {
        return Ok(Outcome::NotRun("needs ../shared/data (or $DIMO_DATA)".to_owned()));
    }
    let folder = fresh_folder(workspace, "real")?;
    let mut command = main_job(workspace);
    pass(command.arg("--dbc").arg(dbc).arg("--log").arg(log).arg("--out").arg(&folder))?;
    check(&folder)?;
    Ok(Outcome::Passed)
}

/// Exit code 2, a reason that names the file, and no folder half full.
fn refuses_what_is_no_dbc(workspace: &Workspace) -> Result<(), String> {
    let folder = fresh_folder(workspace, "refused")?;
    let result = output(
        main_job(workspace).args(["--dbc", "LICENSE-MIT", "--log", "LICENSE-MIT", "--out"]).arg(&folder),
    )?;
    let words = String::from_utf8_lossy(&result.stderr);
    if result.status.code() != Some(2) {
        Err(format!("it ended with {}, not 2: {words}", result.status))
    } else if !words.contains("LICENSE-MIT") {
        Err(format!("it does not name the file: {words}"))
    } else if folder.exists() {
        Err("it left an output folder behind".to_owned())
    } else {
        Ok(())
    }
}

fn main_job(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo("run");
    command.args(["--quiet", "--release", "--"]);
    command
}

pub(crate) fn data_folder(workspace: &Workspace) -> PathBuf {
    std::env::var_os("DIMO_DATA").map_or_else(|| workspace.root.join("../shared/data"), PathBuf::from)
}

/// A folder that is not there yet: what stands in it afterwards was written by this run.
fn fresh_folder(workspace: &Workspace, name: &str) -> Result<PathBuf, String> {
    let folder = workspace.target.join("xtask").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(folder)
}

fn check(folder: &Path) -> Result<(), String> {
    let summary = read(folder, "summary.json")?;
    let summary: Value = serde_json::from_str(&summary).map_err(|error| format!("summary.json: {error}"))?;
    let fault = fault_of(&summary);
    fault.map_or(Ok(()), |fault| Err(format!("summary.json: {fault}")))?;

    let samples = count(&summary, "samples").unwrap_or_default();
    let signals = read(folder, "signals.csv")?;
    if signals.lines().next() != Some("timestamp_us,signal,value") {
        return Err("signals.csv has another header".to_owned());
    }
    let rows = signals.lines().count() - 1;
    if rows as u64 != samples {
        return Err(format!("signals.csv has {rows} rows, summary.json {samples} samples"));
    }
    if !read(folder, "report.html")?.contains("</html>") {
        return Err("report.html has no end".to_owned());
    }
    let batches = std::fs::read_dir(folder.join("batches")).map_err(|error| format!("batches: {error}"))?;
    if batches.count() == 0 { Err("batches is empty".to_owned()) } else { Ok(()) }
}

/// What cannot be true of a run that went well.
fn fault_of(summary: &Value) -> Option<String> {
    let counted = |field| count(summary, field).ok_or_else(|| format!("no count {field}"));
    let judge = || -> Result<Option<String>, String> {
        let (frames, decoded, unknown) =
            (counted("frames")?, counted("decoded_frames")?, counted("unknown_frames")?);
        if decoded + unknown != frames {
            return Ok(Some(format!("{decoded} decoded and {unknown} unknown frames are not {frames}")));
        }
        for field in ["malformed_lines", "remote_or_error_frames"] {
            counted(field)?;
        }
        for field in ["frames", "decoded_frames", "samples", "signals", "batches", "signatures_verified"] {
            if counted(field)? == 0 {
                return Ok(Some(format!("{field} is 0")));
            }
        }
        let failed = counted("signatures_failed")?;
        if failed != 0 {
            return Ok(Some(format!("{failed} signatures failed")));
        }
        for form in ["gen1", "json_gzip", "protobuf", "avro"] {
            if summary.get("wire_bytes").and_then(|bytes| count(bytes, form)).unwrap_or_default() == 0 {
                return Ok(Some(format!("no wire_bytes of {form}")));
            }
        }
        let address = summary.get("device_address").and_then(Value::as_str).unwrap_or_default();
        if address.len() != 42 || !address.starts_with("0x") {
            return Ok(Some(format!("device_address is {address:?}")));
        }
        for field in ["log_seconds", "wall_seconds"] {
            if summary.get(field).and_then(Value::as_f64).is_none_or(|seconds| seconds < 0.0) {
                return Ok(Some(format!("no {field}")));
            }
        }
        Ok(None)
    };
    judge().unwrap_or_else(Some)
}

fn count(value: &Value, field: &str) -> Option<u64> {
    value.get(field)?.as_u64()
}

fn read(folder: &Path, file: &str) -> Result<String, String> {
    std::fs::read_to_string(folder.join(file)).map_err(|error| format!("{file}: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::fault_of;

    fn good() -> Value {
        json!({
            "frames": 10, "decoded_frames": 8, "unknown_frames": 2, "malformed_lines": 0,
            "remote_or_error_frames": 0, "samples": 5, "signals": 2, "batches": 1,
            "wire_bytes": { "gen1": 100, "json_gzip": 70, "protobuf": 10, "avro": 11 },
            "device_address": "0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC",
            "signatures_verified": 1, "signatures_failed": 0, "log_seconds": 1.5, "wall_seconds": 0.1,
        })
    }

    #[test]
    fn a_good_summary_has_no_fault() {
        assert_eq!(fault_of(&good()), None);
    }

    #[test]
    fn a_summary_that_lost_a_frame_is_refused() {
        let mut summary = good();
        summary["unknown_frames"] = json!(1);
        assert_eq!(fault_of(&summary).as_deref(), Some("8 decoded and 1 unknown frames are not 10"));
    }

    #[test]
    fn a_failed_signature_or_a_missing_field_is_refused() {
        let mut summary = good();
        summary["signatures_failed"] = json!(1);
        assert_eq!(fault_of(&summary).as_deref(), Some("1 signatures failed"));
        let mut summary = good();
        summary.as_object_mut().unwrap().remove("samples");
        assert_eq!(fault_of(&summary).as_deref(), Some("no count samples"));
    }
}
