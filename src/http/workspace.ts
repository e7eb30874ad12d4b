import { version } from '../../package.json';
import type { Accounts } from '../accounts/accounts.ts';
import { dashed } from '../accounts/user-json.ts';
import { emptyList, emptyTable, folders, pageSettings, versions } from './answers.ts';
import type { Guards } from './guards.ts';
import { anybody, type Route } from './route.ts';

/** What the web page is told about saving and waiting, all of it what it assumes anyway. Milliseconds and MiB. */
const forThePage = {
  feature_flags: { mvp_components: false },
  frontend_timeout: 0,
  auto_saving: true,
  auto_saving_interval: 1000,
  health_check_max_retries: 5,
  max_file_size_upload: 100,
};

const nothingAt = (path: string, summary: string) => ({
  method: 'GET' as const,
  path,
  summary,
  answers: { 200: emptyList },
  handle: async () => [],
});

/**
 * What the web page asks for before it shows anything. Folders are real; of flows, variables and components there are
 * none, and the page starts with empty ones. Open to whom the Python server has them open.
 */
export const workspaceRoutes = (accounts: Accounts, { signedIn }: Guards): Route[] => [
  anybody({
    method: 'GET',
    path: '/api/v1/version',
    summary: 'The version of this server',
    answers: { 200: versions },
    handle: async () => ({
      version,
      // Without what stands behind the numbers of a release that is still being tried.
      main_version: version.replace(/[-+].*/, ''),
      package: 'Langinfra',
    }),
  }),

  anybody({
    method: 'GET',
    path: '/api/v1/config',
    summary: 'Settings of the web page',
    answers: { 200: pageSettings },
    handle: async () => forThePage,
  }),

  signedIn({
    method: 'GET',
    path: '/api/v1/folders/',
    summary: 'The own folders',
    answers: { 200: folders },
    handle: async ({ asking }) => {
      const own = await accounts.foldersOf(asking.actor);
      return own.map(({ id, name, description, parentId }) => ({
        name,
        description,
        id: dashed(id),
        parent_id: parentId && dashed(parentId),
      }));
    },
  }),

  signedIn(nothingAt('/api/v1/flows/', 'The own flows: none')),
  anybody(nothingAt('/api/v1/flows/basic_examples/', 'Flows to begin with: none')),
  signedIn(nothingAt('/api/v1/variables/', 'The own variables: none')),
  anybody(nothingAt('/api/v1/store/tags', 'Tags of the store: none')),

  signedIn({
    method: 'GET',
    path: '/api/v1/all',
    summary: 'Components for flows: none',
    answers: { 200: emptyTable },
    handle: async () => ({}),
  }),
];
