//! The side of `tests/peers/check_eth_account.py` that is ours: reads one command a line and answers each with one line, `ok` and
//! the result or `error` and the reason. Texts and bytes that may hold spaces are in hexadecimal, without `0x`.
//!
//! | command | result |
//! |---|---|
//! | `address KEY` | the checksummed address of the key |
//! | `checksum ADDRESS` | the address with its checksum |
//! | `personal KEY HEX` | digest and signature |
//! | `claim KEY CHAIN REGISTRY NODE OWNER` | digest and signature |
//! | `pair\|unpair KEY CHAIN REGISTRY NODE NODE` | digest and signature |
//! | `mint KEY CHAIN REGISTRY NODE OWNER HEX=HEX ...` | digest and signature |
//! | `mint-definition KEY CHAIN REGISTRY NODE OWNER HEX HEX=HEX ...` | digest and signature |
//! | `pairing-proof KEY HASH DEVICE` | digest and signature |
//! | `pairing-grant\|pairing-verdict KEY HASH DEVICE OWNER EXPIRES ROLE` | digest and signature |
//! | `typed KEY HEX` | digest and signature |
//! | `digest HEX` | digest of typed data |
//! | `recover DIGEST SIGNATURE` | the address |

use core::error::Error;
use core::str::FromStr;
use std::io::{self, BufRead, Write};

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::pairing::{PairingGrant, PairingProof, PairingVerdict};
use dimo_crypto::typed_data::TypedData;
use dimo_crypto::{
    Address, Claim, Message, MintVehicle, MintVehicleWithDeviceDefinition, Pair, Registry, Signature,
    SoftwareKey, Unpair, hazmat,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        match answer(&line.split(' ').collect::<Vec<_>>()) {
            Ok(result) => writeln!(out, "ok {result}")?,
            Err(reason) => writeln!(out, "error {}", reason.to_string().replace('\n', " "))?,
        }
        out.flush()?;
    }
    Ok(())
}

fn answer(words: &[&str]) -> Outcome<String> {
    match *words {
        ["address", key] => Ok(self::key(key)?.address().to_string()),
        ["checksum", address] => Ok(address.parse::<Address>()?.to_string()),
        ["personal", key, bytes] => sign(key, &hazmat::AnyPersonal(&self::bytes(bytes)?)),
        ["claim", key, chain, contract, device_node, owner] => {
            let registry = registry(chain, contract)?;
            sign(key, &Claim { registry, device_node: device_node.parse()?, owner: owner.parse()? })
        }
        ["pair", key, chain, contract, device_node, vehicle_node] => {
            let registry = registry(chain, contract)?;
            let (device_node, vehicle_node) = (device_node.parse()?, vehicle_node.parse()?);
            sign(key, &Pair { registry, device_node, vehicle_node })
        }
        ["unpair", key, chain, contract, device_node, vehicle_node] => {
            let registry = registry(chain, contract)?;
            let (device_node, vehicle_node) = (device_node.parse()?, vehicle_node.parse()?);
            sign(key, &Unpair { registry, device_node, vehicle_node })
        }
        ["mint", key, chain, contract, manufacturer_node, owner, ref pairs @ ..] => {
            let (registry, owner) = (registry(chain, contract)?, owner.parse()?);
            let (manufacturer_node, pairs) = (manufacturer_node.parse()?, self::pairs(pairs)?);
            let attributes = &borrowed(&pairs);
            sign(key, &MintVehicle { registry, manufacturer_node, owner, attributes })
        }
        ["mint-definition", key, chain, contract, manufacturer_node, owner, definition, ref pairs @ ..] => {
            let (registry, owner) = (registry(chain, contract)?, owner.parse()?);
            let (manufacturer_node, pairs) = (manufacturer_node.parse()?, self::pairs(pairs)?);
            let (device_definition, attributes) = (&*text(definition)?, &*borrowed(&pairs));
            let mint = MintVehicleWithDeviceDefinition {
                registry,
                manufacturer_node,
                owner,
                device_definition,
                attributes,
            };
            sign(key, &mint)
        }
        ["pairing-proof", key, hash, device] => {
            sign(key, &PairingProof { handshake_hash: fixed(hash)?, device: device.parse()? })
        }
        [kind @ ("pairing-grant" | "pairing-verdict"), key, hash, device, owner, expires, role] => {
            let (handshake_hash, device, owner) = (fixed(hash)?, device.parse()?, owner.parse()?);
            let (expires, role) = (expires.parse()?, role.parse::<u8>()?.try_into()?);
            if kind == "pairing-grant" {
                return sign(key, &PairingGrant { handshake_hash, device, owner, expires, role });
            }
            sign(key, &PairingVerdict { handshake_hash, device, owner, expires, role })
        }
        ["typed", key, json] => {
            let (key, typed) = (self::key(key)?, TypedData::from_json(&text(json)?)?);
            Ok(format!("{} {}", typed.digest(), key.sign_typed_data(&typed)?))
        }
        ["digest", json] => Ok(TypedData::from_json(&text(json)?)?.digest().to_string()),
        ["recover", digest, signature] => {
            let digest = hazmat::digest(fixed(digest)?);
            Ok(hazmat::recover_public_key(&digest, &Signature::from_str(signature)?)?.address().to_string())
        }
        _ => Err("no such command".into()),
    }
}

fn sign(key: &str, message: &dyn Message) -> Outcome<String> {
    Ok(format!("{} {}", message.digest(), DeviceSigner::sign(&mut self::key(key)?, message)?))
}

fn key(digits: &str) -> Outcome<SoftwareKey> {
    Ok(SoftwareKey::from_bytes(fixed(digits)?)?)
}

fn registry(chain_id: &str, contract: &str) -> Outcome<Registry> {
    Ok(Registry { chain_id: chain_id.parse()?, contract: contract.parse()? })
}

/// Names and infos, each pair with `=` between.
fn pairs(words: &[&str]) -> Outcome<Vec<(String, String)>> {
    let pair = |word: &&str| {
        let (name, info) = word.split_once('=').ok_or("no pair")?;
        Ok((text(name)?, text(info)?))
    };
    words.iter().map(pair).collect()
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, info)| (name.as_str(), info.as_str())).collect()
}

fn text(digits: &str) -> Outcome<String> {
    Ok(String::from_utf8(bytes(digits)?)?)
}

fn bytes(digits: &str) -> Outcome<Vec<u8>> {
    let mut bytes = vec![0; digits.len() / 2];
    base16ct::mixed::decode(digits, &mut bytes).map_err(|_| "no hexadecimal digits")?;
    Ok(bytes)
}

fn fixed(digits: &str) -> Outcome<[u8; 32]> {
    Ok(bytes(digits)?.try_into().map_err(|_| "32 bytes are needed")?)
}
