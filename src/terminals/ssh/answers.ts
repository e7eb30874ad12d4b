import type { Connection } from 'ssh2';
import { Refusal } from '../../refusal.ts';

/** A session as ssh2 keeps it; other channels there are none. */
type OpenSession = {
  _channel?: unknown;
  _chanInfo: { outgoing: { id: number; state: 'open' | 'eof' | 'closing' | 'closed' } };
};

/** The parts of ssh2 that are called here: it shows none that would do. */
type Inner = {
  _protocol: {
    channelOpenFail: (to: number, reason: number, sentence?: string) => void;
    channelFailure: (to: number) => void;
    channelClose: (to: number) => void;
    _handlers: {
      CHANNEL_CLOSE: (protocol: unknown, id: number) => void;
      CHANNEL_REQUEST: (
        protocol: unknown,
        id: number,
        type: string,
        wantsReply: boolean,
        data: unknown,
      ) => void;
    };
  };
  _chanMgr: { get: (id: number) => OpenSession | undefined; remove: (id: number) => void };
};

/**
 * Gives a client the answers that ssh2 owes it, and gives how to say why a channel is not opened.
 *
 * A request on a channel on which something is open already fails, and only that (RFC 4254, sections 5.4 and 6.5): ssh2 says
 * nothing then, and clients wait. A channel that is closed before anything was opened on it is closed by both sides (section
 * 5.3): ssh2 would keep it. Where it refuses a channel it gives no reason in words (section 5.1): one that it refuses by itself
 * would forward something.
 */
export const answerInFull = (client: Connection): ((reject: () => void, refusal: Refusal) => void) => {
  const { _protocol: protocol, _chanMgr: channels } = client as unknown as Inner;

  const { CHANNEL_REQUEST: answer } = protocol._handlers;
  protocol._handlers.CHANNEL_REQUEST = (own, id, type, wantsReply, data) => {
    const session = channels.get(id);
    const isLate = session?._channel !== undefined;
    answer(own, id, type, wantsReply, data);
    const to = session?._chanInfo.outgoing;
    if (to && isLate && wantsReply && (to.state === 'open' || to.state === 'eof'))
      protocol.channelFailure(to.id);
  };

  const { CHANNEL_CLOSE: close } = protocol._handlers;
  protocol._handlers.CHANNEL_CLOSE = (own, id) => {
    const session = channels.get(id);
    close(own, id);
    if (!session || session._channel) return;
    channels.remove(id);
    protocol.channelClose(session._chanInfo.outgoing.id);
  };

  let why: Refusal = new Refusal('no_forwarding');
  const fail = protocol.channelOpenFail.bind(protocol);
  protocol.channelOpenFail = (to, reason) => fail(to, reason, why.message);
  return (reject, refusal) => {
    const usual = why;
    why = refusal;
    reject();
    why = usual;
  };
};
