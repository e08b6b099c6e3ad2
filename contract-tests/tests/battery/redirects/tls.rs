//! A certificate authority, and servers that speak TLS with certificates of its making.

use std::{net::SocketAddr, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, Error, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// Who the servers are.
const HOST: &str = "127.0.0.1";

/// A certificate and the key to it.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// A good certificate of this host that nobody but itself vouches for.
    pub fn self_signed() -> Result<Self, Error> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new([HOST.to_owned()])?.self_signed(&key)?;
        Ok(Self::new(certificate.der().clone(), &key))
    }

    fn new(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        Self { chain: vec![certificate], key: PrivatePkcs8KeyDer::from(key.serialize_der()).into() }
    }
}

/// An authority that a client can be told to trust.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

impl Authority {
    pub fn new() -> Result<Self, Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let der = params.self_signed(&key)?.der().to_vec();
        Ok(Self { issuer: Issuer::new(params, key), der })
    }

    pub fn der(&self) -> Vec<u8> {
        self.der.clone()
    }

    /// A certificate with nothing wrong.
    pub fn good(&self) -> Result<Identity, Error> {
        self.signed(CertificateParams::new([HOST.to_owned()])?)
    }

    /// One of another host.
    pub fn of_another_host(&self) -> Result<Identity, Error> {
        self.signed(CertificateParams::new(["vendor.example".to_owned(), "127.0.0.2".to_owned()])?)
    }

    /// One whose time is over.
    pub fn expired(&self) -> Result<Identity, Error> {
        let mut params = CertificateParams::new([HOST.to_owned()])?;
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
        self.signed(params)
    }

    fn signed(&self, params: CertificateParams) -> Result<Identity, Error> {
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(Identity::new(certificate.der().clone(), &key))
    }
}

/// A server that takes TLS off and passes on what is left. It ends when it is dropped.
pub struct Front {
    address: SocketAddr,
    listening: AbortHandle,
}

impl Front {
    /// Starts before a server without TLS.
    pub async fn start(identity: Identity, behind: SocketAddr) -> Self {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(identity.chain, identity.key).unwrap()));
        let listener = TcpListener::bind((HOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let listening = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(pass_on(acceptor.clone(), socket, behind));
            }
        });
        Self { address, listening: listening.abort_handle() }
    }

    pub fn base_url(&self) -> String {
        format!("https://{}", self.address)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// A handshake that fails, or a connection that breaks, is the client's affair.
async fn pass_on(acceptor: TlsAcceptor, socket: TcpStream, behind: SocketAddr) {
    if let (Ok(mut near), Ok(mut far)) = (acceptor.accept(socket).await, TcpStream::connect(behind).await) {
        drop(copy_bidirectional(&mut near, &mut far).await);
    }
}
