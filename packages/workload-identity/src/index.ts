/**
 * Who a program is: tokens and certificates of service accounts.
 *
 * @packageDocumentation
 */
export * from './accountNames';
export * from './certificates/assertions';
export * from './certificates/createRequest';
export * from './certificates/EmbeddedAuthority';
export * from './certificates/verifyAccountCertificate';
export * from './IdentityError';
export {
  type AccountClaims,
  MAX_LIFETIME_SECONDS,
  TOKEN_TYPE,
} from './tokens/claims';
export * from './tokens/isAccountToken';
export * from './tokens/TokenSigner';
export * from './tokens/verifyAccountToken';
