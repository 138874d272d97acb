// One channel between the tabs of this browser: who is signed in, that somebody is there, what changed.
const open = "BroadcastChannel" in window ? new BroadcastChannel("office") : null;
const listeners = new Map();

open?.addEventListener("message", ({ data }) => listeners.get(data.kind)?.forEach((listener) => listener(data)));

export function tell(kind, more = {}) {
  open?.postMessage({ kind, ...more });
}

export function hear(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}
