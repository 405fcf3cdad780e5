//! [`twin!`]: the blocking twin of an async trait, and every implementation that follows from it.

/// From one list of methods: the blocking trait of the same name, both traits for `&mut T`, the async one for [`BlockingAsync`] of
/// the blocking one, and the async one with faults in front of it. The async trait itself is written by hand, since its documentation is the contract.
///
/// [`BlockingAsync`]: crate::BlockingAsync
macro_rules! twin {
    (
        $(#[$meta:meta])*
        trait $name:ident of $module:ident {
            $(getters { $($(#[$get_meta:meta])* fn $get:ident(&self) -> $got:ty;)* })?
            $($(#[$call_meta:meta])* async fn $call:ident(&mut self $(, $arg:ident: $type:ty)* $(,)?) -> $result:ty;)*
        }
    ) => {
        $(#[$meta])*
        #[doc = ""]
        #[doc = concat!("Contract and errors are those of the async [`", stringify!($name), "`](crate::", stringify!($module), "::", stringify!($name), ").")]
        #[allow(clippy::missing_errors_doc, reason = "the async trait of the same name documents them, once")]
        pub trait $name: crate::$module::ErrorType {
            $($($(#[$get_meta])* fn $get(&self) -> $got;)*)?
            $($(#[$call_meta])* fn $call(&mut self $(, $arg: $type)*) -> $result;)*
        }

        impl<T: $name + ?Sized> $name for &mut T {
            $($(fn $get(&self) -> $got {
                (**self).$get()
            })*)?
            $(fn $call(&mut self $(, $arg: $type)*) -> $result {
                (**self).$call($($arg),*)
            })*
        }

        impl<T: crate::$module::$name + ?Sized> crate::$module::$name for &mut T {
            $($(fn $get(&self) -> $got {
                (**self).$get()
            })*)?
            $(async fn $call(&mut self $(, $arg: $type)*) -> $result {
                (**self).$call($($arg),*).await
            })*
        }

        impl<T: $name> crate::$module::$name for crate::BlockingAsync<T> {
            $($(fn $get(&self) -> $got {
                self.get_ref().$get()
            })*)?
            $(async fn $call(&mut self $(, $arg: $type)*) -> $result {
                self.get_mut().$call($($arg),*)
            })*
        }

        #[cfg(feature = "dev")]
        impl<T: crate::$module::$name> crate::$module::$name for crate::mock::Faulty<T> {
            $($(fn $get(&self) -> $got {
                self.get_ref().$get()
            })*)?
            $(async fn $call(&mut self $(, $arg: $type)*) -> $result {
                let fault = self.begin().await;
                if fault == Some(crate::mock::CallFault::Refused) {
                    return Err(self.fault(&crate::$module::ErrorKind::ALL, crate::$module::ErrorKind::Other));
                }
                let result = self.get_mut().$call($($arg),*).await;
                if fault.is_some() {
                    return Err(self.fault(&crate::$module::ErrorKind::ALL, crate::$module::ErrorKind::Other));
                }
                result.map_err(crate::mock::FaultError::Inner)
            })*
        }
    };
}

/// The `ErrorType` and `Error` of a module of traits: an implementation's own error, with a kind that generic code can act on.
macro_rules! error_type {
    ($what:literal) => {
        /// What an implementation's calls fail with. Shared by the async traits and their blocking twins.
        pub trait ErrorType {
            /// The driver's own error.
            type Error: Error;
        }

        impl<T: ErrorType + ?Sized> ErrorType for &mut T {
            type Error = T::Error;
        }

        impl<T: ErrorType> ErrorType for crate::BlockingAsync<T> {
            type Error = T::Error;
        }

        #[cfg(feature = "dev")]
        impl<T: ErrorType> ErrorType for crate::mock::Faulty<T> {
            type Error = crate::mock::FaultError<T::Error, ErrorKind>;
        }

        #[cfg(feature = "dev")]
        impl<E: Error> Error for crate::mock::FaultError<E, ErrorKind> {
            fn kind(&self) -> ErrorKind {
                match self {
                    Self::Injected(kind) => *kind,
                    Self::Inner(error) => error.kind(),
                }
            }
        }

        #[doc = concat!("An error of ", $what, ", with a kind that generic code can act on.")]
        pub trait Error: core::fmt::Debug {
            /// What generic code needs to know of it.
            fn kind(&self) -> ErrorKind;
        }

        impl Error for core::convert::Infallible {
            fn kind(&self) -> ErrorKind {
                match *self {}
            }
        }
    };
}

pub(crate) use {error_type, twin};
