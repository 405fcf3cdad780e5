//! Typed data in JSON.

use dimo_crypto::typed_data::{JsonFault, TypedData, TypedDataJsonError};

/// The bytes as typed data in JSON. What is read must be JSON for others too and mean the same when it is built in code;
/// the rest is refused with a reason, and if that is that it is no JSON, others say so too.
pub(crate) fn typed_data(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let others = serde_json::from_str::<serde_json::Value>(text);
    match TypedData::from_json(text) {
        Ok(typed) => {
            // The only things that others cannot read: numbers above the largest double, and the last level.
            let beyond = |text: String| text.contains("out of range") || text.contains("recursion limit");
            assert!(others.is_ok() || others.is_err_and(|error| beyond(error.to_string())));
            assert!(typed.encode_type().starts_with(typed.primary_type()));
            let (domain, types) = (typed.domain().clone(), typed.types().clone());
            let built = TypedData::new(domain, types, typed.primary_type(), typed.message().clone()).unwrap();
            assert_eq!(built, typed);
            assert_eq!(built.digest(), typed.digest());
        }
        Err(TypedDataJsonError::Json(error)) => {
            let is_strict =
                matches!(error.fault, JsonFault::Duplicate { .. } | JsonFault::TooDeep | JsonFault::TooLong);
            assert!(others.is_err() || is_strict, "{error}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
