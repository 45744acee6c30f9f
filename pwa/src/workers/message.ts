/** What the house says in a push message. */
export interface Message {
  /** Names what it is about: the same again takes the place of the older one. */
  ref: string;
  title: string;
  body: string;
}

/** A message of another form is shown all the same: a browser wants each to be seen. */
export function readMessage(data: PushMessageData | null): Message {
  const empty = { ref: '', title: 'Tận Nơi', body: '' };
  try {
    return { ...empty, ...(data?.json() as Partial<Message> | undefined) };
  } catch {
    return empty;
  }
}
