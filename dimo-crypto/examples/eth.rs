//! The messages of this crate on the command line, to compare with other Ethereum tools.
//!
//! ```text
//! cargo run --release -p dimo-crypto --features software-key,std --example eth -- address --key 0xHEX
//! ... claim --chain N --registry 0xADDR --device-node N --owner 0xADDR --key 0xHEX
//! ... pair|unpair --chain N --registry 0xADDR --device-node N --vehicle-node N --key 0xHEX
//! ... personal|telemetry --key 0xHEX --file FILE
//! ... typed --key 0xHEX --file FILE.json
//! ... recover --digest 0xHEX --signature 0xHEX
//! ```
//!
//! Signing prints one JSON object: digest, signature, and the address of the key. A key on a command line is seen by every
//! process of the machine: use test keys only.

use core::error::Error;
use core::str::FromStr;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::typed_data::TypedData;
use dimo_crypto::{
    Claim, Digest, Message, Pair, Registry, Signature, SoftwareKey, Unpair, hazmat, keccak256,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match arguments().and_then(|arguments| answer(arguments.into_iter())).and_then(print) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("eth: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Outcome<Vec<String>> {
    let text =
        |argument: OsString| argument.into_string().map_err(|other| format!("{other:?} is no text").into());
    std::env::args_os().skip(1).map(text).collect()
}

fn print(line: String) -> Outcome<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// What a command prints, or why it ends with a failure.
pub(crate) fn answer(mut arguments: impl Iterator<Item = String>) -> Outcome<String> {
    let command = arguments.next().unwrap_or_default();
    let options = Options::read(&command, arguments)?;
    run(&command, &options)
}

fn run(command: &str, options: &Options) -> Outcome<String> {
    match command {
        "address" => Ok(options.key()?.address().to_string()),
        "claim" => sign(
            options,
            &Claim {
                registry: options.registry()?,
                device_node: options.parsed("device-node")?,
                owner: options.parsed("owner")?,
            },
        ),
        "pair" => sign(
            options,
            &Pair {
                registry: options.registry()?,
                device_node: options.parsed("device-node")?,
                vehicle_node: options.parsed("vehicle-node")?,
            },
        ),
        "unpair" => sign(
            options,
            &Unpair {
                registry: options.registry()?,
                device_node: options.parsed("device-node")?,
                vehicle_node: options.parsed("vehicle-node")?,
            },
        ),
        "personal" => sign(options, &hazmat::AnyPersonal(&options.file()?)),
        // Whatever the file holds, as the live network hashes telemetry: a device would sign what it encoded itself, only.
        "telemetry" => sign_digest(options, hazmat::digest(keccak256(&options.file()?))),
        "typed" => typed(options),
        "recover" => recover(options),
        other => Err(format!("no command {other:?}: {}", COMMANDS.map(|(name, _)| name).join(", ")).into()),
    }
}

/// The options of each command.
const COMMANDS: [(&str, &[&str]); 8] = [
    ("address", &["key"]),
    ("claim", &["chain", "registry", "device-node", "owner", "key"]),
    ("pair", &["chain", "registry", "device-node", "vehicle-node", "key"]),
    ("unpair", &["chain", "registry", "device-node", "vehicle-node", "key"]),
    ("personal", &["key", "file"]),
    ("telemetry", &["key", "file"]),
    ("typed", &["key", "file"]),
    ("recover", &["digest", "signature"]),
];

fn sign(options: &Options, message: &dyn Message) -> Outcome<String> {
    let mut key = options.key()?;
    let (digest, signature) = (message.digest(), DeviceSigner::sign(&mut key, message)?);
    Ok(signed(digest, signature, &key))
}

fn sign_digest(options: &Options, digest: Digest) -> Outcome<String> {
    let key = options.key()?;
    let signature = hazmat::sign_digest(&key, &digest)?;
    Ok(signed(digest, signature, &key))
}

fn signed(digest: Digest, signature: Signature, key: &SoftwareKey) -> String {
    let address = key.address();
    format!(r#"{{"digest":"{digest}","signature":"{signature}","address":"{address}"}}"#)
}

fn typed(options: &Options) -> Outcome<String> {
    let text = String::from_utf8(options.file()?).map_err(|error| format!("--file: {error}"))?;
    let (key, typed) = (options.key()?, TypedData::from_json(&text)?);
    Ok(signed(typed.digest(), key.sign_typed_data(&typed)?, &key))
}

fn recover(options: &Options) -> Outcome<String> {
    let digest = hex32(options.text("digest")?).map_err(|error| format!("--digest: {error}"))?;
    let digest = hazmat::digest(digest);
    let signature: Signature = options.parsed("signature")?;
    Ok(hazmat::recover_public_key(&digest, &signature)?.address().to_string())
}

/// The options behind the command, `--name value` each.
struct Options(Vec<(String, String)>);

impl Options {
    /// Each at most once, and none that the command has no use for.
    fn read(command: &str, mut arguments: impl Iterator<Item = String>) -> Outcome<Self> {
        let known = COMMANDS.iter().find(|(name, _)| *name == command).map_or(&[][..], |(_, names)| names);
        let mut options: Vec<(String, String)> = Vec::new();
        while let Some(argument) = arguments.next() {
            let name = argument.strip_prefix("--").ok_or_else(|| format!("{argument:?} is no option"))?;
            let value = arguments.next().ok_or_else(|| format!("--{name} has no value"))?;
            if options.iter().any(|(there, _)| there == name) {
                return Err(format!("--{name} is there twice").into());
            }
            options.push((name.to_owned(), value));
        }
        // A command that is not known is the greater mistake.
        let unknown = options.iter().find(|(name, _)| !known.is_empty() && !known.contains(&name.as_str()));
        if let Some((name, _)) = unknown {
            return Err(format!("{command} has no option --{name}").into());
        }
        Ok(Self(options))
    }

    fn text(&self, name: &str) -> Outcome<&str> {
        let found = self.0.iter().find(|(option, _)| option == name);
        Ok(&found.ok_or_else(|| format!("--{name} is missing"))?.1)
    }

    fn parsed<T: FromStr<Err: Error>>(&self, name: &str) -> Outcome<T> {
        self.text(name)?.parse().map_err(|error| format!("--{name}: {error}").into())
    }

    fn key(&self) -> Outcome<SoftwareKey> {
        let key = hex32(self.text("key")?).map_err(|error| format!("--key: {error}"))?;
        SoftwareKey::from_bytes(key).map_err(|error| format!("--key: {error}").into())
    }

    fn registry(&self) -> Outcome<Registry> {
        if !self.text("chain")?.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("--chain: decimal digits are needed".into());
        }
        Ok(Registry { chain_id: self.parsed("chain")?, contract: self.parsed("registry")? })
    }

    fn file(&self) -> Outcome<Vec<u8>> {
        let path = self.text("file")?;
        std::fs::read(path).map_err(|error| format!("{path}: {error}").into())
    }
}

/// 32 bytes from `0x` and 64 hexadecimal digits.
fn hex32(text: &str) -> Outcome<[u8; 32]> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 64);
    let mut bytes = [0; 32];
    base16ct::mixed::decode(digits.ok_or("0x and 64 hexadecimal digits are needed")?, &mut bytes)
        .map_err(|_| "a character is no hexadecimal digit")?;
    Ok(bytes)
}
