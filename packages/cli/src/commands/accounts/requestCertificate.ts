import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCertificateRequest } from '@ml-platform/workload-identity';
import type { CommandContext } from '../../CommandContext';
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
  await mkdir(out, { recursive: true, mode: 0o700 });
  await replace(join(out, 'client.key'), privateKey);
  await replace(join(out, 'client.pem'), issued.certificate);
  await replace(join(out, 'ca.pem'), issued.authorities.join('\n'));
  output.done(`${issued.spiffeId} until ${issued.expiresAt}, in ${out}`);
  await output.object({
    kind: 'AccountCertificate',
    name: issued.serial,
    data: { ...issued, folder: out },
    text: () => `Serial   ${issued.serial}`,
  });
}

/** As a whole, and for the owner only. */
async function replace(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, path);
}
