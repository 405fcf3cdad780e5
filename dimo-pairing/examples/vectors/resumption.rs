//! The phone comes back.

use dimo_pairing::{Chunk, Opening, PreSharedKey, Request, Resumption, UploadKind, UploadPlan};
use sha2::{Digest as _, Sha256};

use super::Outcome;
use super::first::{expect_answer, expect_proven};
use super::page::Page;
use super::scene::{Randomness, Scene};
use super::witness::Witness;

/// Resumes, reads the trouble codes and uploads a plan.
pub(crate) fn write(
    page: &mut Page,
    scene: &mut Scene,
    (resumption, secret): (Resumption, PreSharedKey),
) -> Outcome<()> {
    page.say("### 13.3 The phone resumes");
    page.say("The link dropped. The phone has slot 0 and the secret of *welcome*:");
    let randomness = Randomness::of_connection(2);
    scene.connect(randomness, Opening::Resume(resumption)).and_then(expect_proven)?;
    let (mut witness, _) = Witness::of_handshake(page, scene, &[0x03, 1, 1, 0], &secret, randomness)?;
    scene.ask(&Request::ReadTroubleCodes { first: 0 }).and_then(expect_answer)?;
    witness.open(page, scene, "Read trouble codes from the first on", &[])?;
    witness.open(page, scene, "Trouble codes: P0301 and P0420 stored, U0100 pending", &[])?;
    let plan = b"a plan of some bytes";
    let length = u32::try_from(plan.len())?;
    let begin = UploadPlan { kind: UploadKind::Plan, length, sha256: Sha256::digest(plan).into() };
    scene.ask(&Request::BeginUpload(begin)).and_then(expect_answer)?;
    witness.open(page, scene, "Begin upload of the plan `a plan of some bytes`", &[])?;
    witness.open(page, scene, "Upload at 0", &[])?;
    let chunk = Request::UploadChunk { offset: 0, bytes: Chunk::new(plan)? };
    scene.ask(&chunk).and_then(expect_answer)?;
    witness.open(page, scene, "Upload chunk", &[])?;
    witness.open(page, scene, &format!("Upload at {length}"), &[])?;
    scene.ask(&Request::FinishUpload).and_then(expect_answer)?;
    witness.open(page, scene, "Finish upload", &[])?;
    witness.open(page, scene, "Uploaded", &[])?;
    Ok(())
}
