//! Manifests and Merkle trees for a script of somebody else: one command a line, one answer a line.
//!
//! ```text
//! build KEY=VALUE...                     the encoded manifest
//! manifest HEX                           the fields of a manifest, as `build` takes them
//! directive HEX                          the fields of a directive
//! root HEX                               the fields of a root
//! sign ROLE SEED,... HEX                 an envelope signed by Ed25519 keys of 32 equal bytes
//! update ROOT RELEASE DIRECTIVE STATE    what a device in this state says: KEY=VALUE,...
//! rotate ROOT SIGNED_ROOT
//! tree LEAF,...                          the root
//! prove INDEX LEAF,...                   the proof
//! check ROOT COUNT INDEX LEAF PROOF
//! ```
//!
//! Answers begin with `ok` or `refused`. `tests/peers/check_manifest.py` is such a script.

use core::error::Error;
use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use dimo_crypto::manifest::*;
use dimo_crypto::merkle::{LeafHash, Proof, Prover, RootBuilder, verify_proof};
use dimo_types::Timestamp;
use ed25519_dalek::{Signer, SigningKey};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        match answer(&line?) {
            Ok(text) => writeln!(out, "ok {text}")?,
            Err(reason) => writeln!(out, "refused {reason}")?,
        }
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &str) -> Outcome<String> {
    match *line.split(' ').collect::<Vec<_>>() {
        ["build", ref fields @ ..] => build(&Fields::read(fields)?),
        ["manifest", hex] => Ok(manifest(&Manifest::parse(&bytes(hex)?)?)),
        ["directive", hex] => Ok(format!("{:?}", Directive::parse(&bytes(hex)?)?)),
        ["root", hex] => Ok(format!("{:?}", Root::parse(&bytes(hex)?)?.floors().collect::<Vec<_>>())),
        ["sign", role, seeds, payload] => sign(role, seeds, &bytes(payload)?),
        ["update", root, release, directive, state] => update(
            &bytes(root)?,
            &bytes(release)?,
            &bytes(directive)?,
            &Fields::read(&state.split(',').collect::<Vec<_>>())?,
        ),
        ["rotate", root, next] => {
            let (root, next) = (bytes(root)?, bytes(next)?);
            let root = TrustedRoot::provisioned(Root::parse(&root)?);
            Ok(root.rotate(&SignedRoot::parse(&next)?, &(Ed25519, Es256k))?.get().epoch.to_string())
        }
        ["tree", leaves] => {
            let mut tree = RootBuilder::<32>::new();
            leaves.split(',').try_for_each(|leaf| Ok::<_, Box<dyn Error>>(tree.push(leaf_hash(leaf)?)?))?;
            Ok(hex(&tree.finish()?.root))
        }
        ["prove", index, leaves] => {
            let mut siblings = [[0; 32]; 32];
            let mut prover = Prover::<32>::new(index.parse()?, &mut siblings);
            leaves.split(',').try_for_each(|leaf| Ok::<_, Box<dyn Error>>(prover.push(leaf_hash(leaf)?)?))?;
            Ok(hex(prover.finish()?.1.as_bytes()))
        }
        ["check", root, count, index, leaf, proof] => {
            let proof = bytes(proof)?;
            let (count, index) = (count.parse()?, index.parse()?);
            verify_proof(&array(root)?, count, index, leaf_hash(leaf)?, Proof::from_bytes(&proof)?)?;
            Ok(String::new())
        }
        _ => Err("no such command".into()),
    }
}

fn build(fields: &Fields<'_>) -> Outcome<String> {
    let mut version = fields.get("version")?.split('.').map(str::parse);
    let mut number = || version.next().ok_or("a version has three numbers")?.map_err(Box::<dyn Error>::from);
    let image_len = fields.get("image_len")?.parse()?;
    let manifest = Manifest {
        vendor: VendorId(array(fields.get("vendor")?)?),
        class: ClassId(array(fields.get("class")?)?),
        kind: kind(fields.get("kind")?)?,
        slot: fields.optional("slot", |text| Ok(Slot::new(text.parse()?).ok_or("no slot")?))?,
        seq: fields.get("seq")?.parse()?,
        version: Version { major: number()?, minor: number()?, patch: number()? },
        image_len,
        image_hash: ImageHash(array(fields.get("image_hash")?)?),
        payload_len: fields.optional("payload_len", |text| Ok(text.parse()?))?.unwrap_or(image_len),
        chunk_size: ChunkSize::from_log2(fields.get("chunk_log2")?.parse()?).ok_or("no chunk size")?,
        chunk_root: array(fields.get("chunk_root")?)?,
        min_boot_seq: fields.get("min_boot_seq")?.parse()?,
        dependencies: fields.optional("dependencies", dependencies)?.unwrap_or_default(),
        epoch: fields.get("epoch")?.parse()?,
        not_after: fields.optional("not_after", |text| Ok(Timestamp::from_micros(text.parse()?)?))?,
        delta_base: fields.optional("delta_base", |text| Ok(ImageHash(array(text)?)))?,
        payload_key: fields.optional("payload_key", |text| Ok(PayloadKeyId(array(text)?)))?,
    };
    Ok(hex(manifest.encode(&mut [0; Manifest::MAX_LEN])?))
}

fn dependencies(text: &str) -> Outcome<Dependencies> {
    let list = text.split('+').map(|one| {
        let (number, min_seq) = one.split_once(':').ok_or("KIND:SEQ")?;
        Ok(Dependency { kind: kind(number)?, min_seq: min_seq.parse()? })
    });
    Ok(Dependencies::new(&list.collect::<Outcome<Vec<_>>>()?).ok_or("no such dependencies")?)
}

fn manifest(m: &Manifest) -> String {
    let mut fields = vec![
        format!("vendor={}", hex(&m.vendor.0)),
        format!("class={}", hex(&m.class.0)),
        format!("kind={}", m.kind.get()),
        format!("seq={}", m.seq),
        format!("version={}", m.version),
        format!("image_len={}", m.image_len),
        format!("image_hash={}", hex(&m.image_hash.0)),
        format!("chunk_log2={}", m.chunk_size.log2()),
        format!("chunk_root={}", hex(&m.chunk_root)),
        format!("min_boot_seq={}", m.min_boot_seq),
        format!("epoch={}", m.epoch),
    ];
    let needs: Vec<_> = m.dependencies.iter().map(|d| format!("{}:{}", d.kind.get(), d.min_seq)).collect();
    let is_transformed = m.delta_base.is_some() || m.payload_key.is_some();
    let optional = [
        ("slot", m.slot.map(|slot| slot.get().to_string())),
        ("payload_len", is_transformed.then(|| m.payload_len.to_string())),
        ("dependencies", (!needs.is_empty()).then(|| needs.join("+"))),
        ("not_after", m.not_after.map(|time| time.as_micros().to_string())),
        ("delta_base", m.delta_base.map(|base| hex(&base.0))),
        ("payload_key", m.payload_key.map(|key| hex(&key.0))),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))));
    fields.sort();
    fields.join(" ")
}

fn sign(role: &str, seeds: &str, payload: &[u8]) -> Outcome<String> {
    let role = match role {
        "release" => Role::Release,
        "director" => Role::Director,
        "root" => Role::Root,
        _ => return Err("no such role".into()),
    };
    let mut signatures = Vec::new();
    for seed in seeds.split(',') {
        let key = SigningKey::from_bytes(&[seed.parse()?; 32]);
        let (algorithm, id) = (Algorithm::Ed25519, KeyId::of(key.verifying_key().as_bytes()));
        let bytes = ToBeSigned::new(role, algorithm, id, payload)?;
        let signature = key.sign(bytes.as_bytes()).to_bytes();
        signatures.push(EnvelopeSignature { algorithm, key: id, signature });
    }
    signatures.sort_by_key(|signature| signature.key);
    Ok(hex(Envelope::write(payload, &signatures, &mut [0; 4096])?))
}

fn update(root: &[u8], release: &[u8], directive: &[u8], fields: &Fields<'_>) -> Outcome<String> {
    let root = TrustedRoot::provisioned(Root::parse(root)?);
    let image = InstalledImage {
        kind: kind(fields.get("kind")?)?,
        seq: fields.get("seq")?.parse()?,
        hash: ImageHash(array(fields.get("hash")?)?),
        target_slot: fields.optional("slot", |text| Ok(Slot::new(text.parse()?).ok_or("no slot")?))?,
        capacity: u32::MAX,
    };
    let director_seq = fields.get("director")?.parse()?;
    let state = InstalledState {
        device: fields.get("device")?.parse()?,
        groups: &[],
        class: ClassId(array(fields.get("class")?)?),
        images: &[image],
        boot_seq: fields.get("boot")?.parse()?,
        director: Some(DirectorMark { epoch: root.get().epoch, seq: director_seq, hash: [0; 32] }),
        nonce: fields.optional("nonce", |text| Ok(Nonce(array(text)?)))?,
        payload_keys: &[],
        max_jump: InstalledState::USUAL_JUMP,
    };
    let (release, directive) = (SignedManifest::parse(release)?, SignedDirective::parse(directive)?);
    let ordered = root.verify_update(&release, &directive, &state, &(Ed25519, Es256k))?;
    Ok(hex(&ordered.hash().0))
}

struct Fields<'t>(BTreeMap<&'t str, &'t str>);

impl<'t> Fields<'t> {
    fn read(words: &[&'t str]) -> Outcome<Self> {
        let pairs = words.iter().map(|word| word.split_once('=').ok_or("KEY=VALUE"));
        Ok(Self(pairs.collect::<Result<_, _>>()?))
    }

    fn get(&self, name: &str) -> Outcome<&'t str> {
        Ok(self.0.get(name).ok_or_else(|| format!("{name} is missing"))?)
    }

    fn optional<T>(&self, name: &str, read: impl FnOnce(&str) -> Outcome<T>) -> Outcome<Option<T>> {
        self.0.get(name).map(|text| read(text)).transpose()
    }
}

fn kind(text: &str) -> Outcome<ImageKind> {
    Ok(ImageKind::new(text.parse()?).ok_or("no kind")?)
}

fn leaf_hash(text: &str) -> Outcome<LeafHash> {
    Ok(LeafHash::of(&bytes(text)?))
}

/// `-` for none.
fn bytes(text: &str) -> Outcome<Vec<u8>> {
    let text = text.trim_start_matches('-');
    let mut bytes = vec![0; text.len() / 2];
    base16ct::lower::decode(text, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn array<const N: usize>(text: &str) -> Outcome<[u8; N]> {
    Ok(bytes(text)?.try_into().map_err(|_| "another length")?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
