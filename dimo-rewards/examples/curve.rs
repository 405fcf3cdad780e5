//! What DIMO Integrations earns for a sale, by the reward curve of DIP-4.
//!
//! ```text
//! printf '1\n1000\n5010634\n' | cargo run --release -p dimo-rewards --features std --example curve -- --price 50
//! cargo run --release -p dimo-rewards --features std --example curve -- --price 50 --all 5200000
//! ```
//!
//! The first form reads sale numbers, one a line, and prints `n<TAB>reward_in_wei` for each. A line that is no whole number of at
//! least 1 ends it with exit code 2. The second prints the SHA-256 of all rewards from the first sale to the one given, each
//! as 16 bytes, little-endian.

use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use dimo_rewards::{Curve, SaleNumber};
use dimo_types::Wei;
use sha2::{Digest, Sha256};

const USAGE: &str = "usage: curve --price DIMO [--all N]";
/// 1,000,000 $DIMO in wei.
const HIGHEST_PRICE: Wei = Wei::new(1_000_000 * Wei::PER_DIMO);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = Call::parse(&arguments).and_then(|call| call.run());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::from(2)
        }
    }
}

/// What the arguments ask for.
struct Call {
    price: Wei,
    all: Option<u64>,
}

impl Call {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let (mut price, mut all) = (None, None);
        let mut rest = arguments.iter();
        while let Some(option) = rest.next() {
            let value = rest.next().ok_or(USAGE)?;
            match option.as_str() {
                "--price" if price.is_none() => price = Some(parse_price(value)?),
                "--all" if all.is_none() => {
                    all = Some(
                        value
                            .parse()
                            .ok()
                            .filter(|n| *n >= 1)
                            .ok_or("--all: a whole number of at least 1")?,
                    );
                }
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(Self { price: price.ok_or(USAGE)?, all })
    }

    fn run(&self) -> Result<(), String> {
        let mut out = BufWriter::new(io::stdout().lock());
        match self.all {
            Some(last) => writeln!(out, "{}", digest(self.price, last)).map_err(unwritable)?,
            None => print_each(self.price, io::stdin().lock(), &mut out)?,
        }
        out.flush().map_err(unwritable)
    }
}

fn parse_price(text: &str) -> Result<Wei, String> {
    let price: Wei = text.parse().map_err(|reason| format!("--price: {reason}"))?;
    if price == Wei::ZERO || price > HIGHEST_PRICE {
        return Err("--price: from 0.000000000000000001 to 1000000 $DIMO".to_owned());
    }
    Ok(price)
}

/// The results up to the first bad line, and then the reason.
fn print_each(price: Wei, mut numbers: impl BufRead, out: &mut impl Write) -> Result<(), String> {
    let (curve, mut line) = (Curve::dip4(), Vec::new());
    for number in 1u64.. {
        line.clear();
        let read =
            numbers.read_until(b'\n', &mut line).map_err(|reason| format!("standard input: {reason}"))?;
        if read == 0 {
            break;
        }
        let Some(digits) = whole_number(&line) else {
            out.flush().map_err(unwritable)?;
            return Err(format!("line {number}: not a whole number of at least 1"));
        };
        // A sale beyond the largest number earns the floor as that one does.
        let sale = digits.parse().ok().and_then(SaleNumber::new).unwrap_or(SaleNumber::after(u64::MAX));
        writeln!(out, "{digits}\t{}", curve.reward(sale, price).get()).map_err(unwritable)?;
    }
    Ok(())
}

/// The digits of a line without leading zeros, if it is a whole number of at least 1.
fn whole_number(line: &[u8]) -> Option<&str> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let digits = str::from_utf8(line).ok().filter(|line| line.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(digits.trim_start_matches('0')).filter(|digits| !digits.is_empty())
}

/// The SHA-256 of the rewards of sales 1 to `last`, in lower-case hexadecimal.
fn digest(price: Wei, last: u64) -> String {
    let (curve, mut hash) = (Curve::dip4(), Sha256::new());
    let mut left = last;
    for reward in curve.rewards(SaleNumber::FIRST, price) {
        hash.update(reward.get().to_le_bytes());
        left -= 1;
        if left == 0 {
            break;
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unwritable(reason: io::Error) -> String {
    format!("standard output: {reason}")
}
