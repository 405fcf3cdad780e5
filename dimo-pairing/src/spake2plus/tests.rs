//! The values of RFC 9383, appendix C, that never leave an exchange. Those that do are held to it in `tests/spake2plus.rs`.

use super::group::{self, M, N, SecretPoint};
use super::schedule::{Keys, Shares, main_key};
use super::{Names, Share};
use p256::{AffinePoint, ProjectivePoint};
use zeroize::Zeroizing;

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    let mut bytes = [0; N];
    assert_eq!(base16ct::lower::decode(hex, &mut bytes).unwrap().len(), N);
    bytes
}

fn point(hex: &str) -> SecretPoint {
    Zeroizing::new(group::point(&bytes(hex)).expect("a point"))
}

const SHARE_P: &str = "04ef3bd051bf78a2234ec0df197f7828060fe9856503579bb1733009042c15c0c1de127727f418b5966afadfdd95a6e4591d171056b333dab97a79c7193e341727";
const SHARE_V: &str = "04c0f65da0d11927bdf5d560c69e1d7d939a05b0e88291887d679fcadea75810fb5cc1ca7494db39e82ff2f50665255d76173e09986ab46742c798a9a68437b048";

#[test]
fn the_constants_are_the_points_that_the_rfc_gives_compressed() {
    use p256::elliptic_curve::sec1::ToSec1Point as _;
    for (constant, compressed) in [
        (M, "02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f"),
        (N, "03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49"),
    ] {
        let point = AffinePoint::from(group::constant(&constant));
        assert_eq!(point.to_sec1_point(true).as_bytes(), bytes::<33>(compressed));
    }
}

#[test]
fn z_and_v_are_those_of_the_rfc_on_both_sides() {
    let scalar = |hex: &str| group::scalar(&bytes(hex)).expect("a scalar");
    let w0 = scalar("bb8e1bbcf3c48f62c08db243652ae55d3e5586053fca77102994f23ad95491b3");
    let w1 = scalar("7e945f34d78785b8a3ef44d0df5a1a97d6b3b460409a345ca7830387a74b1dba");
    let x = scalar("d1232c8e8693d02368976c174e2088851b8365d0d79a9eee709c6a05a2fad539");
    let y = scalar("717a72348a182085109c8d3917d6c43d59b224dc6a7fc4f0483232fa6516d8b3");
    let l = ProjectivePoint::GENERATOR * *w1;
    let theirs = |share, constant: &Share| *point(share) - group::constant(constant) * *w0;
    assert_eq!(theirs(SHARE_V, &N) * *x, *point(Z));
    assert_eq!(theirs(SHARE_P, &M) * *y, *point(Z));
    assert_eq!(theirs(SHARE_V, &N) * *w1, *point(V));
    assert_eq!(l * *y, *point(V));
}

#[test]
fn every_key_of_the_schedule_is_that_of_the_rfc() {
    let names = Names {
        context: b"SPAKE2+-P256-SHA256-HKDF-SHA256-HMAC-SHA256 Test Vectors",
        prover: b"client",
        verifier: b"server",
    };
    let (prover, verifier) = (bytes(SHARE_P), bytes(SHARE_V));
    let shares = Shares { prover: &prover, verifier: &verifier };
    let w0 =
        group::scalar(&bytes("bb8e1bbcf3c48f62c08db243652ae55d3e5586053fca77102994f23ad95491b3")).unwrap();
    let main = main_key(&names, &shares, &point(Z), &point(V), &w0);
    assert_eq!(*main, bytes("4c59e1ccf2cfb961aa31bd9434478a1089b56cd11542f53d3576fb6c2a438a29"));

    let keys = Keys::derive(&main);
    let confirm_prover = bytes("871ae3f7b78445e34438fb284504240239031c39d80ac23eb5ab9be5ad6db58a");
    let confirm_verifier = bytes("ccd53c7c1fa37b64a462b40db8be101cedcf838950162902054e644b400f1680");
    let shared = bytes("0c5f8ccd1413423a54f6c1fb26ff01534a87f893779c6e68666d772bfd91f3e7");
    assert_eq!((*keys.confirm_prover, *keys.confirm_verifier), (confirm_prover, confirm_verifier));
    assert_eq!(*keys.shared, shared);
}

#[test]
fn a_number_is_reduced_modulo_the_order_and_not_cut() {
    let wide = group::reduce(&[0xFF; 40]);
    let narrow = "fffffffe00000001431905529c0166cd22159165b6faae70f756a571fc632550";
    assert_eq!(*group::scalar_bytes(&wide), bytes(narrow));
    let wide = group::reduce(&[0xFF; 48]);
    let narrow = "431905529c0166ce652e96b7ccca0a99679b73e19ad16947f01cf013fc632550";
    assert_eq!(*group::scalar_bytes(&wide), bytes(narrow));
}

#[test]
fn the_identity_is_written_as_what_nobody_reads_as_a_point() {
    assert_eq!(group::point(&group::encode(&ProjectivePoint::IDENTITY)), None);
}

const Z: &str = "04bbfce7dd7f277819c8da21544afb7964705569bdf12fb92aa388059408d50091a0c5f1d3127f56813b5337f9e4e67e2ca633117a4fbd559946ab474356c41839";
const V: &str = "0458bf27c6bca011c9ce1930e8984a797a3419797b936629a5a937cf2f11c8b9514b82b993da8a46e664f23db7c01edc87faa530db01c2ee405230b18997f16b68";
