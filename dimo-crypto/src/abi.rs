//! The ABI of contracts, as far as calls need it: arguments are words of 32 bytes, those of any length stand behind them.

use alloc::vec;
use alloc::vec::Vec;

use crate::const_keccak::keccak256_const;

const WORD: usize = 32;

/// The first four bytes of a call: which function, by the hash of its name and types.
pub(crate) const fn selector(signature: &str) -> [u8; 4] {
    let [a, b, c, d, ..] = keccak256_const(signature.as_bytes());
    [a, b, c, d]
}

/// A call: the selector and the arguments.
pub(crate) fn call(selector: [u8; 4], arguments: &[Value]) -> Vec<u8> {
    let mut data = selector.to_vec();
    append_sequence(&mut data, arguments);
    data
}

/// An argument, or a part of one.
pub(crate) enum Value {
    /// A number, an address, or fixed bytes: one word.
    Word([u8; WORD]),
    /// `bytes` or `string`.
    Bytes(Vec<u8>),
    /// A tuple with a member of any length.
    Tuple(Vec<Value>),
    /// An array of any length.
    Array(Vec<Value>),
}

/// The values one after another: of each either its word, or the place of it behind all of these, counted from the first.
fn append_sequence(out: &mut Vec<u8>, values: &[Value]) {
    let mut behind = Vec::new();
    for value in values {
        if let Value::Word(word) = value {
            out.extend_from_slice(word);
        } else {
            out.extend_from_slice(&number(values.len() * WORD + behind.len()));
            append_behind(&mut behind, value);
        }
    }
    out.append(&mut behind);
}

fn append_behind(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Word(word) => out.extend_from_slice(word),
        Value::Bytes(bytes) => {
            out.extend_from_slice(&number(bytes.len()));
            out.extend_from_slice(bytes);
            out.extend(vec![0; bytes.len().next_multiple_of(WORD) - bytes.len()]);
        }
        Value::Tuple(members) => append_sequence(out, members),
        Value::Array(elements) => {
            out.extend_from_slice(&number(elements.len()));
            append_sequence(out, elements);
        }
    }
}

fn number(number: usize) -> [u8; WORD] {
    let mut word = [0; WORD];
    if let Some(low) = word.last_chunk_mut::<8>() {
        *low = (number as u64).to_be_bytes();
    }
    word
}
