//! What DIMO Integrations earns for a sale, by the reward curve of DIP-4.
//!
//! ```text
//! printf '1\n1000\n5010634\n' | cargo run --release -p dimo-rewards --features std --example curve -- --price 50
//! cargo run --release -p dimo-rewards --features std --example curve -- --price 50 --all 5200000
//! ```
//!
//! The first form reads sale numbers, one a line, and prints `n<TAB>reward_in_wei` for each, n without leading zeros. A line
//! is digits alone, of any number, and ends in a line feed, in CR and line feed, or with the input. The first that is no
//! whole number of at least 1 ends it with exit code 2: an empty one too, and one with a sign, a space or an exponent. The
//! second form prints the SHA-256 of all rewards from the first sale to the one given, each as 16 bytes, little-endian.
//!
//! The price is decimal $DIMO from 0.000000000000000001 to 1000000 with at most 18 decimals. What else is wrong with the
//! arguments ends it with exit code 2, too. Where nobody reads on, as with `| head`, it ends quietly.

use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
use std::process::ExitCode;

use dimo_rewards::{Curve, SaleNumber};
use dimo_types::Wei;
use sha2::{Digest, Sha256};

const USAGE: &str = "usage: curve --price DIMO [--all N]";
/// 1,000,000 $DIMO in wei.
const HIGHEST_PRICE: Wei = Wei::new(1_000_000 * Wei::PER_DIMO);

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    match Call::parse(&arguments).and_then(|call| call.run()) {
        Ok(()) | Err(End::NobodyReads) => ExitCode::SUCCESS,
        Err(End::Wrong(reason)) => {
            eprintln!("{reason}");
            ExitCode::from(2)
        }
    }
}

/// Why it ends early.
enum End {
    /// The reader of the standard output has closed it.
    NobodyReads,
    Wrong(String),
}

impl End {
    fn reading(reason: io::Error) -> Self {
        Self::Wrong(format!("standard input: {reason}"))
    }

    fn writing(reason: io::Error) -> Self {
        match reason.kind() {
            ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::Wrong(format!("standard output: {reason}")),
        }
    }
}

impl From<&str> for End {
    fn from(reason: &str) -> Self {
        Self::Wrong(reason.to_owned())
    }
}

/// What the arguments ask for.
struct Call {
    price: Wei,
    all: Option<u64>,
}

impl Call {
    fn parse(arguments: &[String]) -> Result<Self, End> {
        let (mut price, mut all) = (None, None);
        let mut rest = arguments.iter();
        while let Some(option) = rest.next() {
            let value = rest.next().ok_or(USAGE)?;
            match option.as_str() {
                "--price" if price.is_none() => price = Some(parse_price(value)?),
                "--all" if all.is_none() => all = Some(parse_count(value)?),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(Self { price: price.ok_or(USAGE)?, all })
    }

    fn run(&self) -> Result<(), End> {
        let mut out = BufWriter::new(io::stdout().lock());
        match self.all {
            Some(last) => writeln!(out, "{}", digest(self.price, last)).map_err(End::writing)?,
            None => print_each(self.price, BufReader::new(io::stdin().lock()), &mut out)?,
        }
        out.flush().map_err(End::writing)
    }
}

fn parse_price(text: &str) -> Result<Wei, End> {
    let price: Wei = text.parse().map_err(|reason| End::Wrong(format!("--price: {reason}")))?;
    if price == Wei::ZERO || price > HIGHEST_PRICE {
        return Err("--price: from 0.000000000000000001 to 1000000 $DIMO".into());
    }
    Ok(price)
}

fn parse_count(text: &str) -> Result<u64, End> {
    let count = whole_number(text.as_bytes()).and_then(|digits| digits.parse().ok());
    count.ok_or_else(|| "--all: a whole number from 1 to 18446744073709551615".into())
}

/// The results up to the first bad line, and then the reason.
fn print_each<R: Read>(price: Wei, mut numbers: BufReader<R>, out: &mut impl Write) -> Result<(), End> {
    let (curve, mut line) = (Curve::dip4(), Vec::new());
    for number in 1u64.. {
        // Before a wait for more, what is known is out.
        if numbers.buffer().is_empty() {
            out.flush().map_err(End::writing)?;
        }
        line.clear();
        if numbers.read_until(b'\n', &mut line).map_err(End::reading)? == 0 {
            break;
        }
        let Some(digits) = whole_number(without_ending(&line)) else {
            out.flush().map_err(End::writing)?;
            return Err(End::Wrong(format!("line {number}: not a whole number of at least 1")));
        };
        // A sale beyond the largest number earns the floor as that one does.
        let sale = digits.parse().ok().and_then(SaleNumber::new).unwrap_or(SaleNumber::after(u64::MAX));
        writeln!(out, "{digits}\t{}", curve.reward(sale, price).get()).map_err(End::writing)?;
    }
    Ok(())
}

fn without_ending(line: &[u8]) -> &[u8] {
    let Some(line) = line.strip_suffix(b"\n") else { return line };
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The digits without leading zeros, if they make a whole number of at least 1.
fn whole_number(text: &[u8]) -> Option<&str> {
    let digits = str::from_utf8(text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(digits.trim_start_matches('0')).filter(|digits| !digits.is_empty())
}

/// The SHA-256 of the rewards of sales 1 to `last`, in lower-case hexadecimal.
fn digest(price: Wei, last: u64) -> String {
    let (curve, mut hash) = (Curve::dip4(), Sha256::new());
    for (_, reward) in (0..last).zip(curve.rewards(SaleNumber::FIRST, price)) {
        hash.update(reward.get().to_le_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
