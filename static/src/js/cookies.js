// Small choices that the server needs before the first paint.
const YEAR = 31_536_000;

export function remember(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR}; samesite=lax`;
}
