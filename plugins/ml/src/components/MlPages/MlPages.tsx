import { NavLink, Route, Routes } from 'react-router-dom';
import { Container } from '@backstage/ui';
import { RiSearchLine } from '@remixicon/react';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { usePermission } from '@backstage/plugin-permission-react';
import {
  mlAuditReadPermission,
  mlGitopsReadPermission,
  mlPolicyReadPermission,
  mlWebhookManagePermission,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { rootRouteRef } from '../../routes';
import { texts } from '../../texts';
import { AccessPage } from '../Access';
import { ApprovalsPage } from '../Approvals';
import { AuditPage } from '../Audit';
import { GitopsPage } from '../Gitops';
import { ModelsPage } from '../ModelsPage';
import { PolicyPage } from '../Policy';
import { ReleaseBoard } from '../ReleaseBoard';
import { ReleasePage } from '../ReleasePage';
import { StateMessage } from '../states';
import { VersionSearchPage } from '../VersionSearch';
import { WebhooksPage } from '../Webhooks';
import classes from './MlPages.module.css';

const MOST_COUNTED = 100;

/** `/ml`: all models, and beside them what waits for a second person, access, policies, desired state in Git, the audit log and webhooks. */
export function MlPages() {
  const base = useRouteRef(rootRouteRef)?.() ?? '/ml';
  const { allowed: mayManageWebhooks } = usePermission({
    permission: mlWebhookManagePermission,
  });
  const { allowed: mayAudit } = usePermission({
    permission: mlAuditReadPermission,
  });
  const { allowed: mayReadGitops } = usePermission({
    permission: mlGitopsReadPermission,
  });
  const { allowed: mayReadPolicy } = usePermission({
    permission: mlPolicyReadPermission,
  });
  const waiting = useMlQuery({
    key: 'approvals:waiting',
    load: async api => {
      const { items, nextCursor } = await api.approvals.list({
        state: 'pending',
        limit: MOST_COUNTED,
      });
      return `${items.length}${nextCursor ? '+' : ''}`;
    },
  });
  // Without the number the tab is still worth having; the page says what failed.
  const number = waiting.status === 'ready' ? waiting.data : undefined;
  return (
    <>
      <Container>
        <nav className={classes.tabs} aria-label={texts.models.title}>
          <NavLink to={base} end>
            {texts.models.title}
          </NavLink>
          <NavLink to={`${base}/releases`}>{texts.board.title}</NavLink>
          <NavLink to={`${base}/versions`}>{texts.search.title}</NavLink>
          <NavLink to={`${base}/approvals`}>
            {texts.approvals.tab(number)}
          </NavLink>
          <NavLink to={`${base}/access`}>{texts.access.title}</NavLink>
          {mayReadPolicy && (
            <NavLink to={`${base}/policies`}>{texts.policy.title}</NavLink>
          )}
          {mayReadGitops && (
            <NavLink to={`${base}/gitops`}>{texts.gitops.title}</NavLink>
          )}
          {mayAudit && (
            <NavLink to={`${base}/audit`}>{texts.audit.title}</NavLink>
          )}
          {mayManageWebhooks && (
            <NavLink to={`${base}/webhooks`}>{texts.webhooks.title}</NavLink>
          )}
        </nav>
      </Container>
      <Routes>
        <Route index element={<ModelsPage />} />
        <Route
          path="approvals"
          element={<ApprovalsPage onChange={waiting.reload} />}
        />
        <Route path="releases" element={<ReleaseBoard />} />
        <Route path="releases/:id" element={<ReleasePage />} />
        <Route path="versions" element={<VersionSearchPage />} />
        <Route path="access" element={<AccessPage />} />
        <Route path="policies" element={<PolicyPage />} />
        <Route path="gitops" element={<GitopsPage />} />
        <Route path="audit" element={<AuditPage />} />
        <Route path="webhooks" element={<WebhooksPage />} />
        <Route
          path="*"
          element={
            <StateMessage
              kind="failed"
              icon={<RiSearchLine aria-hidden />}
              title={texts.noPage}
            />
          }
        />
      </Routes>
    </>
  );
}
