/** What the tabs of one phone tell each other: that the store changed, the shift's key, and that
the phone was put away. The worker hears nothing of it: it never holds a key. */
import type { PhoneLock } from './lock';
import type { OpenKey, Vault } from './vault';

type Word =
  | 'changed'
  /** Something was done to the lock on the disk: look again. */
  | 'lock'
  /** The phone was put away, in all tabs. */
  | 'shut'
  | 'key_wanted'
  | 'wiped';
type News = { name: string; kind: Word } | { name: string; kind: 'key'; open: OpenKey };

export type Channel = Pick<BroadcastChannel, 'postMessage' | 'onmessage' | 'close'>;

export interface Tabs {
  tell(kind: Exclude<Word, 'key_wanted'>): void;
  close(): void;
}

/** What a tab's part in it needs; `isAway` says that it lay unseen for too long. */
export interface Tab {
  name: string;
  vault: Vault;
  lock: Pick<PhoneLock, 'lock' | 'refresh'>;
  isAway(): boolean;
  onchanged(): void;
  onwiped(): void;
}

/** Join the other tabs on `channel`, and ask them for the key. It is taken once, from who was not
put away meanwhile, and never without having been asked for. */
export function joinTabs(channel: Channel, tab: Tab): Tabs {
  const { name, vault, lock } = tab;
  let isKeyWanted = true;
  const post = (news: News): void => channel.postMessage(news);
  const hear: Record<Word, () => void> = {
    changed: tab.onchanged,
    lock: () => void lock.refresh(),
    shut() {
      isKeyWanted = false;
      lock.lock();
    },
    key_wanted() {
      const open = tab.isAway() ? null : vault.share();
      if (open) post({ name, kind: 'key', open });
    },
    wiped: tab.onwiped,
  };
  channel.onmessage = ({ data }: MessageEvent<News>) => {
    if (data.name !== name) return;
    if (data.kind !== 'key') return hear[data.kind]();
    if (!isKeyWanted || vault.share() !== null) return;
    isKeyWanted = false;
    vault.adopt(data.open);
    void lock.refresh();
  };
  post({ name, kind: 'key_wanted' });
  return {
    tell(kind) {
      if (kind === 'shut') isKeyWanted = false;
      post({ name, kind });
    },
    close: () => channel.close(),
  };
}
