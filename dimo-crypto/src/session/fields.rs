//! Messages of fields of fixed length, one behind the other.

/// The fields joined; they fill the message.
pub(super) fn join<const N: usize>(fields: &[&[u8]]) -> [u8; N] {
    let mut message = [0; N];
    let mut rest = message.as_mut_slice();
    for field in fields {
        if let Some(place) = rest.split_off_mut(..field.len()) {
            place.copy_from_slice(field);
        }
    }
    message
}

/// What is left of a message.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    /// The next field.
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], TooShort> {
        let too_short = TooShort { left: self.0.len() };
        let (field, rest) = self.0.split_first_chunk().ok_or(too_short)?;
        self.0 = rest;
        Ok(*field)
    }
}

/// Too few bytes are left for a field.
pub(super) struct TooShort {
    pub(super) left: usize,
}
