//! Calls of the registry, for a program of others to decode: reads one case a line from standard input, prints the calldata.
//!
//! ```text
//! claim DEVICE OWNER OWNER_SIGNATURE DEVICE_SIGNATURE     claim-by-owner DEVICE DEVICE_SIGNATURE
//! pair-two DEVICE VEHICLE DEVICE_SIGNATURE OWNER_SIGNATURE pair DEVICE VEHICLE OWNER_SIGNATURE
//! pair-by-vehicle-owner DEVICE VEHICLE DEVICE_SIGNATURE   pair-by-owner DEVICE VEHICLE
//! unpair DEVICE VEHICLE OWNER_SIGNATURE                   unpair-by-owner DEVICE VEHICLE
//! mint MANUFACTURER (device ADDRESS (NAME INFO)*)*        erc1271 DEVICE OWNER SIGNATURE
//! ```
//!
//! Ids are decimal, addresses and bytes are hexadecimal with `0x`; the texts of a mint are the hexadecimal of their UTF-8.

use core::error::Error;
use core::str::FromStr;
use std::io::BufRead;

use dimo_crypto::{
    Claim, ContractQuestion, DeviceAttribute, MintDevices, NewDevice, Pair, Registry, Signature, Unpair,
    WalletSignature,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let data = calldata(&mut Words(line.split_whitespace()))?;
        println!("0x{}", base16ct::lower::encode_string(&data));
    }
    Ok(())
}

fn calldata(words: &mut Words<'_>) -> Outcome<Vec<u8>> {
    let registry = Registry::POLYGON;
    let name = words.next()?;
    Ok(match name {
        "claim" => {
            let claim = Claim { registry, device_node: words.parsed()?, owner: words.parsed()? };
            let by_owner = words.bytes()?;
            claim.call(WalletSignature::Contract(&by_owner), words.parsed()?).data
        }
        "claim-by-owner" => {
            let claim = Claim { registry, device_node: words.parsed()?, owner: dimo_crypto::Address::ZERO };
            claim.call_by_owner(words.parsed()?).data
        }
        "erc1271" => {
            let claim = Claim { registry, device_node: words.parsed()?, owner: words.parsed()? };
            ContractQuestion::new(claim, claim.owner, &words.bytes()?).calldata()
        }
        "mint" => mint(registry, words)?,
        "unpair" | "unpair-by-owner" => {
            let unpair = Unpair { registry, device_node: words.parsed()?, vehicle_node: words.parsed()? };
            if name == "unpair-by-owner" {
                return Ok(unpair.call_by_owner().data);
            }
            unpair.call(WalletSignature::Contract(&words.bytes()?)).data
        }
        _ => {
            let pair = Pair { registry, device_node: words.parsed()?, vehicle_node: words.parsed()? };
            match name {
                "pair-two" => {
                    let by_device: Signature = words.parsed()?;
                    pair.call_two_owners(by_device, WalletSignature::Contract(&words.bytes()?)).data
                }
                "pair" => pair.call(WalletSignature::Contract(&words.bytes()?)).data,
                "pair-by-vehicle-owner" => pair.call_by_vehicle_owner(words.parsed()?).data,
                "pair-by-owner" => pair.call_by_owner().data,
                other => return Err(format!("no case {other:?}").into()),
            }
        }
    })
}

fn mint(registry: Registry, words: &mut Words<'_>) -> Outcome<Vec<u8>> {
    let manufacturer_node = words.parsed()?;
    let mut devices: Vec<NewDevice> = Vec::new();
    while let Ok(word) = words.next() {
        if word == "device" {
            devices.push(NewDevice { address: words.parsed()?, attributes: Vec::new() });
            continue;
        }
        let attribute = DeviceAttribute::ALL.into_iter().find(|attribute| attribute.name() == word);
        let attribute = attribute.ok_or_else(|| format!("no attribute {word:?}"))?;
        let info = String::from_utf8(words.bytes()?)?;
        devices.last_mut().ok_or("an attribute of no device")?.attributes.push((attribute, info));
    }
    Ok(MintDevices::new(registry, manufacturer_node, devices)?.call().data)
}

/// The words of a line.
struct Words<'a>(std::str::SplitWhitespace<'a>);

impl<'a> Words<'a> {
    fn next(&mut self) -> Outcome<&'a str> {
        Ok(self.0.next().ok_or("a word is missing")?)
    }

    fn parsed<T: FromStr<Err: Error + 'static>>(&mut self) -> Outcome<T> {
        Ok(self.next()?.parse()?)
    }

    fn bytes(&mut self) -> Outcome<Vec<u8>> {
        let digits = self.next()?.strip_prefix("0x").ok_or("bytes begin with 0x")?;
        base16ct::mixed::decode_vec(digits).map_err(|_| "not hexadecimal".into())
    }
}
