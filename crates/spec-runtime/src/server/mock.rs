//! The table from which a generated server has its mock.
//!
//! Without the feature `testing`, nothing comes of it. Must not know any particular API.

/// Makes the mock of a trait: a double with a method for each operation, by which calls are expected.
///
/// A row is an operation: the method of the trait, that of the mock where this name is taken there, the
/// `operationId`, what the method takes, and what it answers.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! mock {
    ($mock:ident: $interface:ident by $router:ident {
        $($name:ident $(as $method:ident)?: $id:literal ($($taken:tt)*) -> $response:ty,)*
    }) => {
        #[doc = concat!("A mock of [`", stringify!($interface), "`] for tests: it answers as it is told.")]
        ///
        /// There is a method for each operation. It takes what answers: a closure that takes what the method
        /// of the trait takes, and whose future gives what that gives. Any number of calls is answered so,
        /// and none need come, unless `times` follows. Of several expectations of one operation, each takes
        /// its calls when the ones before it have all of theirs.
        ///
        /// Clones share everything. When the last one is dropped, it panics if calls are missing, if there
        /// was a call that nothing expects (it is answered with 501), or if a handler panicked; not while the
        /// thread panics already. The router's clone is one of them: where a task has it that outlives the
        /// test, as with a server of your own, end the test with `verify`.
        ///
        /// Any credential is good.
        #[allow(dead_code)]
        #[derive(Clone, Debug)]
        pub struct $mock {
            expectations: $crate::server::testing::Expectations,
        }

        #[allow(dead_code)]
        impl $mock {
            /// Makes a mock that expects nothing.
            #[allow(clippy::new_without_default)]
            #[must_use]
            pub fn new() -> Self {
                $mock { expectations: $crate::server::testing::Expectations::of(stringify!($interface)) }
            }

            /// Says how many calls meet the expectation before it: `2`, `1..=3`, `1..`.
            ///
            /// # Panics
            ///
            /// If no operation was named, or no number is one of these.
            #[track_caller]
            pub fn times(self, times: impl ::std::convert::Into<$crate::server::testing::Times>) -> Self {
                self.expectations.times(::std::convert::Into::into(times));
                self
            }

            /// Returns the calls so far.
            #[must_use]
            pub fn calls(&self) -> $crate::server::testing::Calls {
                self.expectations.calls()
            }

            /// Holds what came against what is expected now, and not only when the mock is dropped.
            ///
            /// # Panics
            ///
            /// If the two do not agree.
            #[track_caller]
            pub fn verify(&self) {
                self.expectations.verify();
            }

            /// Serves the mock on a port of 127.0.0.1, until what is returned is dropped.
            ///
            /// # Errors
            ///
            /// When there is no port, or no thread.
            pub fn serve(&self) -> ::std::io::Result<$crate::server::testing::MockServer> {
                let router = $router(::std::clone::Clone::clone(self));
                $crate::server::testing::MockServer::start(router, &self.expectations)
            }

            $($crate::mock!(@expect $name $($method)?: $id ($($taken)*) -> $response);)*
        }

        impl $crate::server::Authenticate for $mock {
            type Principal = ();

            async fn authenticate(
                &self,
                _: &$crate::server::AuthenticationAttempt<'_>,
            ) -> ::std::result::Result<(), $crate::server::Denied> {
                ::std::result::Result::Ok(())
            }
        }

        impl $interface for $mock {
            $($crate::mock!(@answer $name ($($taken)*) -> $response);)*
        }
    };
    (@expect $name:ident: $($rest:tt)*) => {
        $crate::mock!(@expect $name $name: $($rest)*);
    };
    (@expect $name:ident $method:ident: $id:literal ($($argument:ident: $ty:ty),*) -> $response:ty) => {
        // Not by its id: a document may write anything there.
        #[doc = concat!("Expects calls of `", stringify!($method), "`, which a handler answers.")]
        ///
        /// # Panics
        ///
        /// If an expectation of it before this one takes any number of calls.
        #[track_caller]
        pub fn $method<__F, __A>(self, handler: __F) -> Self
        where
            __F: ::std::ops::Fn($($ty),*) -> __A + ::std::marker::Send + ::std::marker::Sync + 'static,
            __A: ::std::future::Future<Output = ::std::result::Result<$response, $crate::server::Failure>>
                + ::std::marker::Send
                + 'static,
        {
            self.expectations.expect($id, move |($($argument,)*): ($($ty,)*)| {
                ::std::boxed::Box::pin(handler($($argument),*))
            });
            self
        }
    };
    (@answer $name:ident ($context:ident: $of_context:ty $(, $argument:ident: $ty:ty)*) -> $response:ty) => {
        async fn $name(
            &self,
            $context: $of_context,
            $($argument: $ty),*
        ) -> ::std::result::Result<$response, $crate::server::Failure> {
            self.expectations.take(&$context)?.answer(($context, $($argument,)*)).await
        }
    };
}

#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! mock {
    ($($table:tt)*) => {};
}
