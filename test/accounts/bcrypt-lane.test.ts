import { describe, expect, test } from 'vitest';
import { type BcryptLane, createBcryptLane } from '../../src/accounts/bcrypt-lane.ts';
import { Refusal } from '../../src/refusal.ts';
import { atOnce } from '../support/accounts.ts';

const openLane = (size: number) => {
  const lane = createBcryptLane(size);
  return { ...lane, [Symbol.asyncDispose]: lane.close };
};

/** bcrypt throws at this, inside the worker; no caller of ours asks for it. */
const breakIt = (lane: BcryptLane) => lane.hash(undefined as unknown as string, 4);

/** How each of them ended, in the order in which they did. */
const inOrder = async (asked: Promise<unknown>[]): Promise<number[]> => {
  const order: number[] = [];
  await Promise.allSettled(asked.map((one, at) => one.finally(() => order.push(at))));
  return order;
};

describe('the bcrypt lane', () => {
  test('hashes at the cost asked for, and tells the right password from a wrong one', async () => {
    await using lane = openLane(2);
    const hash = await lane.hash('correct horse', 5);
    expect(hash).toMatch(/^\$2b\$05\$.{53}$/);
    expect(await lane.hash('correct horse', 5)).not.toBe(hash);
    expect(await lane.compare('correct horse', hash, [])).toBe(true);
    expect(await lane.compare('wrong horse', hash, [])).toBe(false);
    expect(await lane.compare('wrong horse', hash, [4, 5])).toBe(false);
    expect(await lane.compare('correct horse', 'no hash', [])).toBe(false);
  });

  test('answers each asker with their own result, however many ask at once', async () => {
    await using lane = openLane(2);
    const hash = await lane.hash('7', 4);
    const asked = Array.from({ length: 40 }, (_, at) => lane.compare(String(at), hash, []));
    const answers = await Promise.all(asked);
    expect(answers.flatMap((matches, at) => (matches ? [at] : []))).toEqual([7]);
  });

  test('serves those who wait in the order they came', async () => {
    await using lane = openLane(1);
    const costs = [8, 4, 7, 4, 6, 4];
    expect(await inOrder(costs.map(cost => lane.hash('x', cost)))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('tells how many jobs run and how many wait', async () => {
    await using lane = openLane(2);
    expect(lane.load()).toEqual({ running: 0, waiting: 0 });
    const asked = Array.from({ length: 5 }, () => lane.hash('x', 4));
    expect(lane.load()).toEqual({ running: 2, waiting: 3 });
    await Promise.all(asked);
    expect(lane.load()).toEqual({ running: 0, waiting: 0 });
    await expect(breakIt(lane)).rejects.toThrow();
    expect(lane.load()).toEqual({ running: 0, waiting: 0 });
  });

  test('refuses who would have to wait too long, at once, and has room again afterwards', async () => {
    await using lane = openLane(2);
    const most = 2 + 2 * 128;
    const asked = Array.from({ length: most }, () => lane.hash('x', 4));
    const refused = Array.from({ length: 3 }, () => lane.hash('x', 4));
    for (const one of await Promise.allSettled(refused)) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'too_busy', http: 503, exit: 6 } });
      expect((one as PromiseRejectedResult).reason).toBeInstanceOf(Refusal);
    }
    expect(new Set(await Promise.all(asked)).size).toBe(most);
    await expect(lane.hash('x', 4)).resolves.toMatch(/^\$2b\$/);
  });
});

describe('the two lines', () => {
  const hash = `$2b$04$${'a'.repeat(53)}`;

  test('take turns: hundreds who sign in over HTTP hold up nobody who is inside', async () => {
    await using lane = openLane(1);
    const first = lane.hash('x', 8);
    const strangers = Array.from({ length: 6 }, () => lane.compare('x', hash, [], { line: 'strangers' }));
    const insiders = [lane.hash('x', 4), lane.compare('x', hash, []), lane.hash('x', 4)];
    expect(lane.load()).toEqual({ running: 1, waiting: 9 });
    // Whoever came first runs; then one of each line, until one of them is empty.
    expect(await inOrder([first, ...strangers, ...insiders])).toEqual([0, 7, 1, 8, 2, 9, 3, 4, 5, 6]);
  });

  test('are full each by itself', async () => {
    const lane = createBcryptLane(1);
    const wait = { line: 'strangers' } as const;
    const asked = [
      lane.hash('x', 12),
      ...Array.from({ length: 128 }, () => lane.compare('x', hash, [], wait)),
    ];
    await expect(lane.compare('x', hash, [], wait)).rejects.toMatchObject({ code: 'too_busy' });
    asked.push(...Array.from({ length: 128 }, () => lane.compare('x', hash, [])));
    await expect(lane.compare('x', hash, [])).rejects.toMatchObject({ code: 'too_busy' });
    const ended = Promise.allSettled(asked);
    await lane.close();
    await ended;
  });
});

describe('who need not wait any longer', () => {
  test('leaves the line at once, and those behind move up', async () => {
    await using lane = openLane(1);
    const leaving = new AbortController();
    const asked = [
      lane.hash('x', 8),
      lane.compare('x', 'y', [], { signal: leaving.signal }),
      lane.compare('x', 'y', [], { line: 'strangers', signal: leaving.signal }),
      lane.hash('x', 4),
    ];
    expect(lane.load().waiting).toBe(3);
    const settled = Promise.allSettled(asked);
    leaving.abort(new Error('gone'));
    expect(lane.load().waiting).toBe(1);
    const reasons = (await settled).map(one => (one.status === 'rejected' ? one.reason.message : 'done'));
    expect(reasons).toEqual(['done', 'gone', 'gone', 'done']);
  });

  test('does not even come into it, and is served where there is none', async () => {
    await using lane = openLane(1);
    const signal = AbortSignal.abort(new Error('gone'));
    const running = lane.compare('x', 'y', [], { signal });
    await expect(lane.compare('x', 'y', [], { signal })).rejects.toThrow('gone');
    expect(lane.load()).toEqual({ running: 1, waiting: 0 });
    expect(await running).toBe(false);
  });

  test('is answered all the same where the job runs', async () => {
    await using lane = openLane(1);
    const late = new AbortController();
    const hash = await lane.hash('x', 4);
    const running = lane.compare('x', hash, [], { signal: late.signal });
    late.abort(new Error('gone'));
    expect(await running).toBe(true);
  });
});

describe('a thread that breaks', () => {
  test('fails its own job only: who waits behind it is served', async () => {
    await using lane = openLane(1);
    const asked = [lane.hash('a', 4), breakIt(lane), lane.hash('b', 4), breakIt(lane), lane.hash('c', 4)];
    const settled = await Promise.allSettled(asked);
    expect(settled.map(one => one.status === 'fulfilled')).toEqual([true, false, true, false, true]);
  });

  test('does not shrink the lane: both threads’ jobs go on being served', async () => {
    await using lane = openLane(2);
    await Promise.allSettled([breakIt(lane), breakIt(lane)]);
    const asked = Array.from({ length: 10 }, () => lane.hash('x', 4));
    expect((await Promise.all(asked)).length).toBe(10);
  });
});

describe('closing the lane', () => {
  test('rejects what runs and what waits; nobody hangs', async () => {
    const lane = createBcryptLane(1);
    const asked = Array.from({ length: 5 }, () => lane.hash('x', 10));
    const ended = Promise.allSettled(asked);
    await lane.close();
    const reasons = (await ended).map(one => (one.status === 'rejected' ? String(one.reason) : 'done'));
    expect(reasons).toEqual(Array(5).fill('Refusal: The server is stopping'));
  });

  test('refuses what comes later, and starts no thread for it', async () => {
    const lane = createBcryptLane(1);
    await lane.close();
    await expect(lane.hash('x', 4)).rejects.toThrow('the bcrypt lane is closed');
    await expect(lane.compare('x', 'y', [])).rejects.toThrow('the bcrypt lane is closed');
    await lane.close();
  });

  test('while a thread breaks, still rejects everybody', async () => {
    const lane = createBcryptLane(1);
    const asked = [breakIt(lane), lane.hash('x', 4), lane.hash('x', 4)];
    const ended = Promise.allSettled(asked);
    const closed = lane.close();
    expect((await ended).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    await closed;
  });
});

test('a process waits for the hash it asked for, and not for idle threads afterwards', async () => {
  // What the lane leaves running would keep this process, and so this test, from ending.
  const [hash] = await atOnce(
    1,
    `const { createBcryptLane } = await from('accounts/bcrypt-lane.ts');
     const lane = createBcryptLane(1);
     await lane.hash('x', 4);
     await go();
     process.on('exit', () => say('ended with ' + hash.slice(0, 7)));
     process.stdin.destroy();
     const hash = await lane.hash('x', 8);`,
  );
  expect(hash).toBe('ended with $2b$08$');
});
