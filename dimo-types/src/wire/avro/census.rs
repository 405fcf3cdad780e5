//! A walk over an encoded record by the schema that wrote it, before the library allocates any of it: schema and record
//! may both be made to be small on the wire and large in memory.

use core::mem::size_of;

use apache_avro::Schema;
use apache_avro::schema::{NamespaceRef, ResolvedSchema};
use apache_avro::types::Value;

use super::binary::read_long;
use crate::Reading;
use crate::wire::{DecodeError, DecodeLimits};

/// Values inside of values, at most. Ours have three.
const DEPTH: usize = 32;

/// What an entry of a list may take: first as the library's value, in a list that moves while it grows; then as a number in
/// ours and as a reading in the batch and in the buffer of its sort.
const ENTRY: usize = {
    let value = 3 * size_of::<Value>();
    let reading = 2 * size_of::<Reading<'static>>();
    (if value > reading { value } else { reading }) + 3 * size_of::<i64>()
};
/// What a field of a record may take: in two lists and, between them, in a hash table.
const FIELD: usize = 5 * size_of::<(alloc::string::String, Value)>();
/// A byte of text may be copied, and be written out with escapes in an error of the library that nobody reads.
const BYTE: usize = 8;

/// Refuses a record at the start of `bytes` that would take more memory than allowed, is cut off, is nested too deeply or
/// is of a logical type that this crate does not read. Returns its length.
pub(super) fn check(
    schema: &Schema,
    names: &ResolvedSchema<'_>,
    bytes: &[u8],
    limits: &DecodeLimits,
) -> Result<usize, DecodeError> {
    let mut walk = Walk { names, left: bytes, budget: limits.memory_bytes, limit: limits.memory_bytes };
    walk.value(schema, None, DEPTH)?;
    Ok(bytes.len().saturating_sub(walk.left.len()))
}

struct Walk<'w, 's> {
    names: &'w ResolvedSchema<'s>,
    left: &'w [u8],
    /// Memory that may still be taken.
    budget: usize,
    limit: usize,
}

impl Walk<'_, '_> {
    fn value(&mut self, schema: &Schema, space: NamespaceRef<'_>, depth: usize) -> Result<(), DecodeError> {
        let depth = depth.checked_sub(1).ok_or_else(|| malformed("values are nested too deeply"))?;
        match schema {
            Schema::Null => Ok(()),
            Schema::Boolean => self.skip(1),
            Schema::Float => self.skip(4),
            Schema::Double => self.skip(8),
            Schema::Bytes | Schema::String => self.counted_bytes(),
            Schema::Fixed(fixed) => self.bytes(fixed.size),
            Schema::Array(list) => self.blocks(|walk| walk.value(&list.items, space, depth)),
            Schema::Map(map) => self.blocks(|walk| {
                walk.take(1, FIELD)?;
                walk.counted_bytes()?;
                walk.value(&map.types, space, depth)
            }),
            Schema::Union(union) => {
                self.take(1, size_of::<Value>())?;
                let variant = usize::try_from(self.long()?).ok().and_then(|at| union.variants().get(at));
                self.value(variant.ok_or_else(|| malformed("a union has no such variant"))?, space, depth)
            }
            Schema::Enum(symbols) => {
                let symbol = usize::try_from(self.long()?).ok().and_then(|at| symbols.symbols.get(at));
                self.take(symbol.map_or(0, |symbol| symbol.len()), BYTE)
            }
            Schema::Record(record) => {
                let name = record.name.fully_qualified_name(space);
                for field in &record.fields {
                    self.take(1, FIELD)?;
                    self.take(field.name.len(), BYTE)?;
                    self.value(&field.schema, name.namespace(), depth)?;
                }
                Ok(())
            }
            Schema::Ref { name } => {
                let name = name.fully_qualified_name(space);
                let names = self.names;
                let meant = names.get_names().get(name.as_ref());
                let meant = meant.copied().ok_or_else(|| malformed("a type has no definition"))?;
                self.value(meant, name.namespace(), depth)
            }
            // The library makes more of these than the numbers and bytes that they are, and no field of ours needs them.
            Schema::Decimal(_) | Schema::BigDecimal | Schema::Uuid(_) | Schema::Duration(_) => {
                Err(malformed("a logical type of bytes, fixed or string"))
            }
            // An int or a long, of whatever meaning.
            _ => self.long().map(drop),
        }
    }

    /// The blocks of a list or a map: a count and as many entries each, until a count is zero.
    fn blocks(
        &mut self,
        mut entry: impl FnMut(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        loop {
            let count = self.long()?;
            if count == 0 {
                return Ok(());
            }
            if count < 0 {
                // The length of the block in bytes follows. Nobody here needs it.
                self.long()?;
            }
            let count = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
            self.take(count, ENTRY)?;
            for _ in 0..count {
                entry(self)?;
            }
        }
    }

    fn counted_bytes(&mut self) -> Result<(), DecodeError> {
        let len = usize::try_from(self.long()?).map_err(|_| cut())?;
        self.bytes(len)
    }

    fn bytes(&mut self, len: usize) -> Result<(), DecodeError> {
        self.skip(len)?;
        self.take(len, BYTE)
    }

    fn long(&mut self) -> Result<i64, DecodeError> {
        read_long(&mut self.left).ok().flatten().ok_or_else(cut)
    }

    fn skip(&mut self, len: usize) -> Result<(), DecodeError> {
        self.left = self.left.get(len..).ok_or_else(cut)?;
        Ok(())
    }

    fn take(&mut self, count: usize, each: usize) -> Result<(), DecodeError> {
        let left = self.budget.checked_sub(count.saturating_mul(each));
        self.budget = left.ok_or(DecodeError::TooMuchMemory { limit: self.limit })?;
        Ok(())
    }
}

fn cut() -> DecodeError {
    malformed("a value is cut off")
}

pub(super) fn malformed(reason: &str) -> DecodeError {
    DecodeError::Malformed { reason: reason.into() }
}
