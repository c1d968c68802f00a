import { createCertificateRequest } from '@ml-platform/workload-identity';
import type { CommandContext } from '../../CommandContext';
import { CertificateFolder } from './CertificateFolder';
import type { CertificateOptions } from './command';

/** `ml certs request` */
export async function requestCertificate(
  { connect, output }: CommandContext,
  ref: string,
  { lifetime, out }: CertificateOptions,
): Promise<void> {
  const { client } = await connect();
  const { csr, privateKey } = await createCertificateRequest();
  const issued = await client.serviceAccounts.issueCertificate(ref, {
    csr,
    lifetimeSeconds: lifetime && Math.floor(lifetime / 1000),
  });
  await new CertificateFolder(out).write(privateKey, issued);
  output.done(`${issued.spiffeId} until ${issued.expiresAt}, in ${out}`);
  await output.object({
    kind: 'AccountCertificate',
    name: issued.serial,
    data: { ...issued, folder: out },
    text: () => `Serial   ${issued.serial}`,
  });
  output.hint(`Renew it before it ends: ml certs renew ${out} --watch`);
}
