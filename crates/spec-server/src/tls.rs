//! HTTPS by rustls.
//!
//! Knows certificates and keys. Must not know HTTP beyond the names of its versions.

use std::fmt;
use std::io;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate and its key.
#[derive(Clone)]
pub struct Tls {
    pub(crate) acceptor: TlsAcceptor,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    /// Takes a chain of certificates, the own one first, and its private key, both in PEM.
    ///
    /// Clients choose between HTTP/1.1 and HTTP/2 (ALPN); TLS 1.2 and 1.3 are offered.
    ///
    /// # Errors
    ///
    /// When there is no certificate or no key, or the key is not that of the certificate.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> io::Result<Self> {
        let invalid = |what: &str, error: &dyn fmt::Display| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("{what}: {error}"))
        };
        let chain = CertificateDer::pem_slice_iter(certificates).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| invalid("the certificates are no PEM", &error))?;
        if chain.is_empty() {
            return Err(invalid("the certificates", &"there is no `BEGIN CERTIFICATE` in the text"));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| invalid("the private key", &error))?;
        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| invalid("the versions of TLS", &error))?.with_no_client_auth();
        let config = builder.with_single_cert(chain, key);
        let mut config = config.map_err(|error| invalid("the certificate and its key", &error))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Tls::from_config(Arc::new(config)))
    }

    /// Takes settings of rustls as they are: with certificates that are renewed, or of clients. Name the
    /// versions of HTTP in `alpn_protocols`.
    #[must_use]
    pub fn from_config(config: Arc<ServerConfig>) -> Self {
        Tls { acceptor: TlsAcceptor::from(config) }
    }
}
