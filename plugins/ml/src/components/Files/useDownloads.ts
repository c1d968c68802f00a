import { useApi } from '@backstage/core-plugin-api';
import { useCookieAuthRefresh } from '@backstage/plugin-auth-react';
import { usePermission } from '@backstage/plugin-permission-react';
import {
  mlArtifactPullPermission,
  type Version,
} from '@ml-platform/plugin-ml-common';
import useAsync from 'react-use/esm/useAsync';
import { mlApiRef } from '../../api/MlApi';
import { messageOf } from '../../lib/errors';
import { texts } from '../../texts';

export type Downloads =
  | { state: 'loading' }
  | { state: 'ready'; urls: Map<string, string> }
  | { state: 'refused'; reason: string; retry?: () => void };

/**
 * Where each file of a version is downloaded. A plain link lets the browser
 * save gigabytes without holding them, and cannot carry a token: the portal
 * knows it by a cookie that is good for these addresses only.
 */
export function useDownloads({ files, model, version }: Version): Downloads {
  const api = useApi(mlApiRef);
  const right = usePermission({
    permission: mlArtifactPullPermission,
    resourceRef: model,
  });
  const cookie = useCookieAuthRefresh({ pluginId: 'ml' });
  const urls = useAsync(
    async () =>
      new Map(
        await Promise.all(
          files.map(
            async ({ path }) =>
              [path, await api.getFileUrl(model, version, path)] as const,
          ),
        ),
      ),
    [api, files, model, version],
  );

  if (!right.loading && !right.error && !right.allowed) {
    return { state: 'refused', reason: texts.files.mayNotPull };
  }
  if (cookie.status === 'error') {
    return {
      state: 'refused',
      reason: texts.files.noCookie(messageOf(cookie.error)),
      retry: cookie.retry,
    };
  }
  if (right.loading || cookie.status === 'loading' || !urls.value) {
    return { state: 'loading' };
  }
  return { state: 'ready', urls: urls.value };
}
