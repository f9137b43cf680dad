/** Called with one line of text whenever a step of the set-up starts or ends, so that a user never stares at silence. */
export type OnProgress = (text: string) => void;

/** For callers that show nothing. */
export const silent: OnProgress = () => {};
