import type { Listening } from '../http/listen.ts';
import type { Sessions } from '../terminals/sessions.ts';
import type { World } from '../world.ts';
import { warn } from './output.ts';

/** Loads what serves HTTP, with the console in a browser, and gives what opens that. Throws what `listen` throws. */
export const loadHttp = async () => {
  const [{ listen }, { createBrowserDoor }] = await Promise.all([
    import('../http/listen.ts'),
    import('../terminals/browser.ts'),
  ]);
  return async (world: World, sessions: Sessions): Promise<Listening> => {
    const complain = ({ message }: Error): void => warn(`a console in a browser ended: ${message}`);
    const browser = createBrowserDoor({ accounts: world.accounts, sessions, complain });
    const { url, close } = await listen({ ...world, door: browser });
    return {
      url,
      close: async () => {
        browser.stop();
        await Promise.all([sessions.closeAll(), close()]);
      },
    };
  };
};
