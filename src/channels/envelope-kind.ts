// The low four bits of an envelope's first byte (wire/channels-v1 §5). Used as a namespace, `import * as EnvelopeKind`: bundlers
// put the numbers where the names stand.

export const slice = 0;
export const credit = 1;
export const open = 2;
export const accept = 3;
export const reject = 4;
export const close = 5;
export const reset = 6;
export const handled = 8;
