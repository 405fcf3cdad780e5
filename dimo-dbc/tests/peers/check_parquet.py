"""What `log-to-parquet` writes, read by pyarrow: `check_parquet.py LOG_TO_PARQUET`.

Needs pyarrow (26.0.1). The values have to be those that cantools reads in the log, which stand in `world.decoded.csv`.
"""
import csv
import pathlib
import subprocess
import sys
import tempfile

import pyarrow
import pyarrow.parquet

DATA = pathlib.Path(__file__).parent.parent / "data"


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def expected():
    """Time in microseconds, message, signal, value."""
    with open(DATA / "world.decoded.csv", newline="") as rows:
        for row in csv.DictReader(rows):
            seconds, fraction = row["timestamp"].split(".")
            yield int(seconds + fraction.ljust(6, "0")), row["message"], row["signal"], float(row["value"])


def found(folder):
    for file in sorted(folder.iterdir()):
        table = pyarrow.parquet.read_table(file)
        message = table.schema.metadata[b"message"].decode()
        check(file.name == f"{table.schema.metadata[b'id'].decode()}_{message}.parquet", file.name)
        check(table.schema.names[0] == "time", table.schema)
        check(table.schema.field("time").type == pyarrow.timestamp("us", "UTC"), table.schema)
        times = table.column("time").cast("int64").to_pylist()
        for name in table.schema.names[1:]:
            field = table.schema.field(name)
            check(field.type == pyarrow.float64() and field.nullable, field)
            check(field.metadata[b"signal"].decode() == f"{message}.{name}", field.metadata)
            for time, value in zip(times, table.column(name).to_pylist()):
                if value is not None:
                    yield time, message, name, value


def main():
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.argv[1], DATA / "world.dbc", DATA / "world.log", "-o", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        values, files = sorted(found(pathlib.Path(folder))), len(list(pathlib.Path(folder).iterdir()))
        speed = pyarrow.parquet.read_schema(f"{folder}/123_Drive.parquet").field("Speed")
    check(speed.metadata[b"unit"] == b"km/h", speed.metadata)
    check(values == sorted(expected()), "pyarrow reads other values")
    print(f"pyarrow: {len(values)} values in {files} files")


main()
