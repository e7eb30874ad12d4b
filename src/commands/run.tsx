import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { CommonFlags } from './with-world.ts';

export const builder = (yargs: Argv) => yargs.option('headless', { type: 'boolean', alias: 'backend-only' });
export const handler = async (_flags: ArgumentsCamelCase<CommonFlags>): Promise<void> => {};
