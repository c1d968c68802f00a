/** What is to be certified. @public */
export interface CertificateOrder {
  /** PKCS#10 in PEM; only its key is taken, and it is signed with it. */
  csr: string;
  /** The one name that the certificate is to have, as a URI. */
  uri: string;
  expiresAt: Date;
}

/** @public */
export interface IssuedCertificate {
  /** In PEM, with what is between it and the authority behind it. */
  certificate: string;
  /** Lower-case hexadecimal digits. */
  serial: string;
  expiresAt: Date;
}

/**
 * Certifies the keys of service accounts. The embedded one is the default; a
 * company's own, such as step-ca or the PKI of Vault or OpenBao, takes its place
 * through `mlIdentityExtensionPoint`. A certificate is for clients only, lives a
 * day at most, and has no other name than the URI of the order.
 * @public
 */
export interface CertificateAuthority {
  issue(order: CertificateOrder): Promise<IssuedCertificate>;

  /** Whom certificates are signed by, in PEM; several while one takes over from another. */
  getAuthorities(): Promise<string[]>;
}
