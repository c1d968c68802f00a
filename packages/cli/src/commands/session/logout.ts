import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { PortalOAuth } from '../../session/PortalOAuth';

/** `ml logout` */
export async function logout(context: CommandContext): Promise<void> {
  const { env, output } = context;
  const { sessions, url } = await context.portal();
  await sessions.exclusively(async () => {
    const session = await sessions.get(url);
    if (!session) {
      output.info(`You were not signed in to ${url}.`);
      return;
    }
    // First here: whatever the portal answers, this machine has it no more.
    await sessions.set(url, undefined);
    if (session.refreshToken) {
      try {
        const oauth = await PortalOAuth.discover(url);
        await oauth.revoke(session.refreshToken);
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        output.warn(
          `The session is forgotten here, but the portal could not be told: ${error.message}`,
        );
        return;
      }
    }
    output.done(`Signed out of ${url}`);
  });
  if (env.ML_TOKEN) output.warn('ML_TOKEN is set, and still used.');
}
