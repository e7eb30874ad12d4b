import type { Connection } from 'ssh2';

/** A session as ssh2 keeps it; other channels there are none. */
type OpenSession = {
  _channel?: unknown;
  _chanInfo: { outgoing: { id: number; state: 'open' | 'eof' | 'closing' | 'closed' } };
};

/** The parts of ssh2 that are called here: it shows none that would do. */
type Inner = {
  _protocol: {
    channelFailure: (to: number) => void;
    _handlers: {
      CHANNEL_REQUEST: (
        protocol: unknown,
        id: number,
        type: string,
        wantsReply: boolean,
        data: unknown,
      ) => void;
    };
  };
  _chanMgr: { get: (id: number) => OpenSession | undefined };
};

/**
 * Gives a client the answers that ssh2 owes it. A request on a channel on which something is open already fails, and only
 * that (RFC 4254, sections 5.4 and 6.5): ssh2 says nothing then, and clients wait.
 */
export const answerInFull = (client: Connection): void => {
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
};
